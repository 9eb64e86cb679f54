drop table if exists {{ candidates | qualified }};
drop table if exists {{ matched | qualified }};
drop table if exists {{ fates | qualified }};
create temporary table {{ candidates | qualified }} (
    integrity_source smallint not null,
    integrity_key {{ key_type }} not null,
    integrity_arm smallint not null,
    integrity_reject text{% for column in columns %},
    {{ column.name | ident }} {{ column.type }}{% endfor %}

) on commit delete rows;
create temporary table {{ matched | qualified }} (
    integrity_key {{ key_type }} not null,
    integrity_arm smallint not null,
    integrity_target {{ target_type }},  -- a row that was found
    integrity_times bigint not null,  -- how many were found
    integrity_rung smallint not null  -- which way found it, from 1
) on commit delete rows;
create temporary table {{ fates | qualified }} (
    integrity_key {{ key_type }} not null,
    integrity_arm smallint not null,
    integrity_fate text not null,  -- new, matched, repeated, outside, or lost before it was any
    integrity_target {{ target_type }},
    integrity_reject text,
    integrity_hash bytea,
    integrity_linked boolean,  -- whether links know the row; NULL: not told
    integrity_leader {{ key_type }},  -- of new rows of one natural key: the one that is created
    integrity_leader_arm smallint
) on commit delete rows

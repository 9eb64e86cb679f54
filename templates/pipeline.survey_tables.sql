drop table if exists {{ claims | qualified }};
drop table if exists {{ shared | qualified }};
create temporary table {{ claims | qualified }} (
    integrity_key {{ key_type }} not null,
    integrity_arm smallint not null,
    integrity_target {{ target_type }}{% for column in columns %},
    {{ column.name | ident }} {{ column.type }}{% endfor %}

);
create temporary table {{ shared | qualified }} (
    integrity_key {{ key_type }} not null,
    integrity_arm smallint not null
)

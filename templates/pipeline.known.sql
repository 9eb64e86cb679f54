{#- Whether links know a row of the source; how many links the planner believes in; whether the table has grown
    much since it was told, by more than 1 MB. -#}
select
    exists (
        select
        from {{ links | qualified }} as l
        where l.pipeline = {{ pipeline | literal }}
            and l.source = {{ label | literal }}
    ),
    c.reltuples::bigint,
    pg_relation_size(c.oid) > 1.5 * c.relpages * current_setting('block_size')::bigint + 1048576
from pg_class as c
where c.oid = {{ links | qualified | literal }}::regclass

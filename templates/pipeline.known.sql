{#- Whether links know a row of the source, and how many rows the planner takes them to have. -#}
select
    exists (
        select
        from {{ links | qualified }} as l
        where l.pipeline = {{ pipeline | literal }}
            and l.source = {{ label | literal }}
    ),
    (select reltuples::bigint from pg_class where oid = {{ links | qualified | literal }}::regclass)

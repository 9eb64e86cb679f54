{#- Per pipeline that is or was followed: entries, seconds since the oldest was written, tables with
    triggers, and the last run of a follower. -#}
with triggers as (
    select convert_from(rtrim(t.tgargs, '\x00'::bytea), 'UTF8') as pipeline, t.tgrelid::regclass::text as place
    from pg_trigger as t
    join pg_proc as p on p.oid = t.tgfoid
    join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname = {{ schema | literal }}
        and starts_with(p.proname, {{ prefix | literal }})
        and t.tgnargs = 1
),
entries as (
    select pipeline, count(*) as depth, extract(epoch from clock_timestamp() - min(at))::double precision as age
    from {{ outbox | qualified }}
    group by pipeline
),
runs as (
    select pipeline, max(run) as run
    from {{ runs | qualified }}
    where mode = 'follow'
    group by pipeline
)
select pipeline, coalesce(e.depth, 0), e.age,
    array(select distinct t.place from triggers as t where t.pipeline = names.pipeline order by 1), r.run
from (
    select pipeline from triggers
    union
    select pipeline from entries
    union
    select pipeline from runs
) as names
left join entries as e using (pipeline)
left join runs as r using (pipeline)
order by pipeline

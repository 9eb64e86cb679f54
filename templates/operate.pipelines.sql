{#- Each pipeline that ever ran: its last run that was not refused, and what was refused since. -#}
with last as (
    select distinct on (r.pipeline) r.*
    from {{ schema | ident }}.integrity_pipeline_runs as r
    where r.outcome <> 'refused'
    order by r.pipeline, r.run desc
),
names as (
    select pipeline
    from {{ schema | ident }}.integrity_pipeline_runs
    group by pipeline
)
select
    n.pipeline,
    to_jsonb(l) as last,
    (
        select max(d.ended)
        from {{ schema | ident }}.integrity_pipeline_runs as d
        where d.pipeline = n.pipeline
            and d.outcome = 'done'
    ) as last_done,
    (
        select count(*)
        from {{ schema | ident }}.integrity_pipeline_runs as f
        where f.pipeline = n.pipeline
            and f.outcome = 'refused'
            and f.run > coalesce(l.run, 0)
    ) as refused,
    (
        select count(*)
        from {{ schema | ident }}.integrity_pipeline_quarantine as q
        where q.pipeline = n.pipeline
            and q.resolved_at is null
    ) as quarantined
from names as n
left join last as l on l.pipeline = n.pipeline
order by n.pipeline

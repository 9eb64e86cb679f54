{#- Rejected rows of a run that were in quarantine before it. -#}
select count(*)
from {{ schema | ident }}.integrity_pipeline_runs as r
join {{ schema | ident }}.integrity_pipeline_quarantine as q
    on q.pipeline = r.pipeline
    and q.resolved_at is null
    and q.first_seen < r.started
    and q.last_seen >= r.started
where r.run = %(run)s

{#- The last run of a pipeline that was for a moment of its schedule. -#}
select r.started, r.outcome
from {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_runs as r
where r.pipeline = %(pipeline)s
    and r.scheduled is not null
order by r.run desc
limit 1

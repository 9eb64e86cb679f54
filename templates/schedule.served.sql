{#- The last moment of the schedule for which a run came to an end of its own, or was refused beside
another. A run that is not over, or was cut off, has no seconds. -#}
select max(r.scheduled)
from {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_runs as r
where r.pipeline = %(pipeline)s
    and r.seconds is not null

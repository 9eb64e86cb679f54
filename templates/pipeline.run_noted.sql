{#- A run that was not begun. One that is for a moment of the schedule has served it. -#}
insert into {{ runs | qualified | replace("%", "%%") }} (run, pipeline, mode, scheduled, outcome, ended, seconds, error)
select
    coalesce(max(run), 0) + 1, %(pipeline)s, %(mode)s, %(scheduled)s,
    %(outcome)s, clock_timestamp(), 0, %(error)s
from {{ runs | qualified | replace("%", "%%") }}

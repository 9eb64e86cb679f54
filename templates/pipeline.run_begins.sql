insert into {{ runs | qualified | replace("%", "%%") }} (run, pipeline, mode, scheduled)
select coalesce(max(run), 0) + 1, %(pipeline)s, %(mode)s, %(scheduled)s
from {{ runs | qualified | replace("%", "%%") }}
returning run

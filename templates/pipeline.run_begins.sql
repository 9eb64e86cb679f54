insert into {{ runs | qualified }} (run, pipeline, mode)
select coalesce(max(run), 0) + 1, {{ pipeline | literal }}, {{ mode | literal }}
from {{ runs | qualified }}
returning run

select setval(
    pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }}),
    coalesce(position, 1),
    position is not null
)
from {{ at | qualified }}

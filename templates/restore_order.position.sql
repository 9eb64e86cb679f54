select setval(
    pg_get_serial_sequence({{ at | qualified | literal }}, {{ column | literal }}),
    coalesce(position, 1),
    position is not null
)
from pg_sequence_last_value(
    pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }})::regclass
) as position

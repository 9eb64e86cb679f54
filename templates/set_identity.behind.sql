select setval(
    pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }}),
    greatest(max({{ column | ident }}), 1),
    coalesce(max({{ column | ident }}), 0) >= 1
)
from {{ table | qualified }}
having max({{ column | ident }}) >= 1
    and coalesce(
        max({{ column | ident }}) > pg_sequence_last_value(
            pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }})::regclass
        ),
        true
    )

select
    s.seqrelid,
    coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart) as value,
    pg_sequence_last_value(s.seqrelid) is not null as used
from pg_sequence as s
where s.seqrelid = pg_get_serial_sequence({{ table | qualified | literal }}, {{ primary | literal }})::regclass

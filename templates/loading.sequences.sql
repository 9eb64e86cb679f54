{#- Where sequences stand, to put them back: a sequence does not roll back. #}
select s.seqrelid::bigint, coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart),
    pg_sequence_last_value(s.seqrelid) is not null
from pg_sequence as s
where s.seqrelid = any (%(sequences)s::oid[])

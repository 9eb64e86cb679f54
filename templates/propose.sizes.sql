select n.nspname::text, c.relname::text, c.reltuples::bigint,
  (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::bigint
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'

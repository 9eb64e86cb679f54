{# Constraints that were added NOT VALID: rows may break them. -#}
select n.nspname::text, c.relname::text, k.conname::text
from pg_constraint as k
join pg_class as c on c.oid = k.conrelid
join pg_namespace as n on n.oid = c.relnamespace
where not k.convalidated and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'

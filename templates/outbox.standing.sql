{#- The tables on which a trigger calls the function of an outbox, and the trigger. -#}
select n.nspname, c.relname, t.tgname
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where t.tgfoid = to_regproc({{ function | qualified | literal }})
order by 1, 2, 3

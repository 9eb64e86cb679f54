{#- The tables and all their partitions or heirs, and which of them count their changes. #}
with recursive members (oid) as (
    select pg_catalog.unnest(%(tables)s::oid[])
    union
    select i.inhrelid from pg_inherits as i join members as m on m.oid = i.inhparent
)
select n.nspname, c.relname, t.oid is not null and t.tgenabled = 'A'
from members as m
join pg_class as c on c.oid = m.oid
join pg_namespace as n on n.oid = c.relnamespace
left join pg_trigger as t on t.tgrelid = m.oid and t.tgname = %(trigger)s
where c.relkind in ('r', 'p')
order by 1, 2

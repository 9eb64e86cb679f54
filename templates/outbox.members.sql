{#- The table, its partitions and heirs, and how many of the triggers stand on each. A table that is
    written directly does not fire the triggers of the one that it is a part of. -#}
with recursive members (oid) as (
    select to_regclass({{ table | qualified | literal }})::oid
    union
    select i.inhrelid from pg_inherits as i join members as m on m.oid = i.inhparent
)
select n.nspname, c.relname, (
        select count(*)
        from pg_trigger as t
        where t.tgrelid = m.oid
            and t.tgname in ({% for name in triggers %}{{ name | literal }}{% if not loop.last %}, {% endif %}{% endfor %})
            and t.tgenabled = 'A'
            and t.tgfoid = to_regproc({{ function | qualified | literal }})
    )
from members as m
join pg_class as c on c.oid = m.oid
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
order by 1, 2

-- what roles may do with tables and views, columns alone included; but for who will own new ones
select n.nspname::text, c.relname::text,
    case a.grantee when 0 then 'public' else r.rolname::text end,
    lower(a.privilege_type), a.part
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
cross join lateral (
    select grantee, privilege_type, '' as part
    from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))
    union all
    select e.grantee, e.privilege_type, t.attname::text
    from pg_attribute as t
    cross join lateral aclexplode(t.attacl) as e
    where t.attrelid = c.oid and not t.attisdropped
) as a
left join pg_roles as r on r.oid = a.grantee
where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.grantee <> current_user::regrole
    and n.nspname <> 'information_schema' and not starts_with(n.nspname, 'pg_')
order by 1, 2, 3, 5, 4

-- who may call a function, of those whose privileges are not the default ones
select n.nspname::text, p.proname::text, pg_get_function_identity_arguments(p.oid),
    case p.prokind when 'p' then 'procedure' else 'function' end,
    array(
        select case a.grantee when 0 then 'public' else r.rolname::text end
        from aclexplode(p.proacl) as a
        left join pg_roles as r on r.oid = a.grantee
        where a.grantee <> p.proowner
        order by 1
    )
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
where p.proacl is not null
    and n.nspname <> 'information_schema' and not starts_with(n.nspname, 'pg_')
order by 1, 2, 3

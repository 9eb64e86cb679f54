-- Who may do what with objects that default privileges know: word of GRANT, identity, privileges.
select case c.relkind when 'S' then 'sequence' else 'table' end, i.identity,
    coalesce(c.relacl, acldefault(
        case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner))::text
from pg_class as c
cross join lateral pg_identify_object('pg_class'::regclass, c.oid, 0) as i
where c.oid = any (%(relations)s::oid[]) and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
union all
select 'routine', i.identity, coalesce(p.proacl, acldefault('f', p.proowner))::text
from pg_proc as p
cross join lateral pg_identify_object('pg_proc'::regclass, p.oid, 0) as i
where p.oid = any (%(routines)s::oid[])
union all
select 'type', i.identity, coalesce(t.typacl, acldefault('T', t.typowner))::text
from pg_type as t
cross join lateral pg_identify_object('pg_type'::regclass, t.oid, 0) as i
where t.oid = any (%(types)s::oid[])
union all
select 'schema', i.identity, coalesce(n.nspacl, acldefault('n', n.nspowner))::text
from pg_namespace as n
cross join lateral pg_identify_object('pg_namespace'::regclass, n.oid, 0) as i
where n.oid = any (%(schemas)s::oid[])
order by 1, 2

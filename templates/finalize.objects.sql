-- Objects that a DROP of their own removes. The last column: for a function, whether it serves
-- triggers only; for a sequence, whether no column owns it.
select o.class, o.oid, i.type, o.schema, o.name, i.identity, o.arguments, o.special
from (
    select 'pg_class'::regclass::oid as class, c.oid, n.nspname::text as schema,
        c.relname::text as name, null as arguments, not exists (
            select from pg_depend as d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refobjsubid > 0
                and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        ) as special
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    union all
    select 'pg_proc'::regclass, p.oid, n.nspname, p.proname,
        pg_get_function_identity_arguments(p.oid),
        p.prorettype = 'pg_catalog.trigger'::regtype
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    union all
    select 'pg_type'::regclass, t.oid, n.nspname, t.typname, null, false
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace
    where t.typtype in ('d', 'e', 'r') and t.typelem = 0
    union all
    select 'pg_namespace'::regclass, n.oid, n.nspname, n.nspname, null, false from pg_namespace as n
) as o
cross join lateral pg_identify_object(o.class, o.oid, 0) as i
where o.schema !~ '^pg_' and o.schema <> 'information_schema'
    and not exists (
        select from pg_depend as e
        where e.classid = o.class and e.objid = o.oid and e.deptype = 'e'
    )
order by i.type, i.identity

{#- Default privileges, which may be newer than legacy, touch every object that is created: what they
    gave too much is revoked, what they left out is granted. #}
{% set body %}

declare
    one record;
begin
    for one in
        with wanted as (
            select g.word, g.identity, a.grantee, a.privilege_type, a.is_grantable
            from pg_catalog.jsonb_to_recordset({{ grants | literal }}::pg_catalog.jsonb)
                as g (word text, identity text, acl text)
            cross join lateral pg_catalog.aclexplode(g.acl::pg_catalog.aclitem[]) as a
        ),
        objects as (
            select distinct g.word, g.identity
            from pg_catalog.jsonb_to_recordset({{ grants | literal }}::pg_catalog.jsonb)
                as g (word text, identity text)
        ),
        present as (
            select o.word, o.identity, a.grantee, a.privilege_type, a.is_grantable
            from objects as o
            cross join lateral (
                select coalesce(c.relacl, pg_catalog.acldefault(
                    case o.word when 'sequence' then 's'::"char" else 'r'::"char" end,
                    c.relowner)) as acl
                from pg_catalog.pg_class as c
                where o.word in ('table', 'sequence')
                    and c.oid = o.identity::pg_catalog.regclass
                union all
                select coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
                from pg_catalog.pg_proc as p
                where o.word = 'routine' and p.oid = o.identity::pg_catalog.regprocedure
                union all
                select coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))
                from pg_catalog.pg_type as t
                where o.word = 'type' and t.oid = o.identity::pg_catalog.regtype
                union all
                select coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
                from pg_catalog.pg_namespace as n
                where o.word = 'schema' and n.oid = o.identity::pg_catalog.regnamespace
            ) as now
            cross join lateral pg_catalog.aclexplode(now.acl) as a
        ),
        changes as (
            select 'revoke' as verb, more.* from (table present except table wanted) as more
            union all
            select 'grant', less.* from (table wanted except table present) as less
        )
        select pg_catalog.format(
            '%s %s on %s %s %s %s%s', verb, privilege_type, word, identity,
            case verb when 'grant' then 'to' else 'from' end,
            case when grantee = 0 then 'public' else grantee::pg_catalog.regrole::text end,
            case when verb = 'grant' and is_grantable then ' with grant option' end
        ) as sql
        from changes
        order by verb desc, word, identity, privilege_type
    loop
        execute one.sql;
    end loop;
end
{% endset %}
do {{ body | dollar }};

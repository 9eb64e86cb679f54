-- grants as sources: what a role may do with one of them, it may do with the unified table
do $grants$
declare
    one record;
begin
    for one in
        select distinct
            case a.grantee when 0 then 'public' else quote_ident(r.rolname) end as role,
            a.privilege_type as privilege
        from pg_class as c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as a
        left join pg_roles as r on r.oid = a.grantee
        where c.oid = any (array[
                {{ sources | map("qualified") | map("literal") | lines(16) }}
            ]::regclass[]::oid[])
            and a.grantee <> (select relowner from pg_class where oid = {{ table | qualified | literal }}::regclass)
        order by 1, 2
    loop
        execute format('grant %s on table %s to %s', one.privilege, {{ table | qualified | literal }}, one.role);
    end loop;
end
$grants$

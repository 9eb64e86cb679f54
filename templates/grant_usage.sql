-- grants of usage: a privilege on a table is of no use without one on its schema
do $usage$
declare
    one record;
begin
    for one in
        select t.schema_name, t.role_name
        from (
            {% for schema, role in declared %}
            select {{ schema | literal }}::text as schema_name, {{ role | literal }}::text as role_name
            union
            {% endfor %}
            {% for built, schema in tables %}
            select {{ schema | literal }}::text,
                case a.grantee when 0 then 'public' else r.rolname::text end
            from pg_class as c
            cross join lateral aclexplode(c.relacl) as a
            left join pg_roles as r on r.oid = a.grantee
            where c.oid = {{ built | qualified | literal }}::regclass and a.grantee <> c.relowner
            union
            {% endfor %}
            select null, null
        ) as t (schema_name, role_name)
        where t.role_name is not null
            and not has_schema_privilege(t.role_name, t.schema_name, 'usage')
        order by 1, 2
    loop
        execute format(
            'grant usage on schema %I to %s', one.schema_name,
            case one.role_name when 'public' then 'public' else quote_ident(one.role_name) end
        );
        insert into {{ saved | qualified }} values (one.schema_name, one.role_name);
    end loop;
end
$usage$

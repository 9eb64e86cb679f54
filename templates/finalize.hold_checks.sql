{#- Takes the checks of empty tables away, to be added again when their rows stand. #}
{% set body %}

declare
    one record;
begin
    for one in
        select
            case
                when c.conrelid <> 0 then 'table ' || c.conrelid::pg_catalog.regclass
                else 'domain ' || c.contypid::pg_catalog.regtype
            end as owner,
            pg_catalog.quote_ident(c.conname) as name,
            pg_catalog.pg_get_constraintdef(c.oid) as definition,
            pg_catalog.obj_description(c.oid, 'pg_constraint') as comment
        from pg_catalog.pg_constraint as c
        where c.contype = 'c' and c.convalidated and c.conislocal and c.coninhcount = 0
            and (
                c.conrelid = any (
                    {{ tables | literal }}::text[]::pg_catalog.regclass[]::pg_catalog.oid[])
                or c.contypid = any (
                    {{ types | literal }}::text[]::pg_catalog.regtype[]::pg_catalog.oid[])
            )
        order by c.conname
    loop
        insert into pg_temp.integrity_held (owner, name, definition, comment)
        values (one.owner, one.name, one.definition, one.comment);
        execute pg_catalog.format('alter %s drop constraint %s', one.owner, one.name);
    end loop;
end
{% endset %}
create temporary table integrity_held (
    place integer generated always as identity,
    owner text not null,
    name text not null,
    definition text not null,
    comment text
) on commit drop;

do {{ body | dollar }};

{#- Adds what was held. NOT VALID asks nothing of the rows that stand; then each is validated, and
    one that they do not meet any more, such as a check relative to today, is told. A superuser puts
    such a check back as it stood in the catalog; for others it stays NOT VALID. #}
{% set body %}

declare
    one record;
    bare text;
begin
    for one in select * from pg_temp.integrity_held order by place
    loop
        bare := pg_catalog.regexp_replace(one.definition, ' NOT VALID$', '');
        execute pg_catalog.format(
            'alter %s add constraint %s %s not valid', one.owner, one.name, bare
        );
        if one.comment is not null then
            execute pg_catalog.format(
                'comment on constraint %s on %s is %L',
                one.name, pg_catalog.regexp_replace(one.owner, '^table ', ''), one.comment
            );
        end if;
        continue when bare <> one.definition;
    {% if not validate_keys %}
        continue when bare like 'FOREIGN KEY%';
    {% endif %}
        begin
            execute pg_catalog.format('alter %s validate constraint %s', one.owner, one.name);
        exception when others then
            raise warning 'integrity: unmet %.%', one.owner, one.name;
            if bare like 'CHECK%' and pg_catalog.current_setting('is_superuser') = 'on' then
                update pg_catalog.pg_constraint as c
                set convalidated = true
                where c.contype = 'c' and pg_catalog.quote_ident(c.conname) = one.name
                    and one.owner = case
                        when c.conrelid <> 0 then 'table ' || c.conrelid::pg_catalog.regclass
                        else 'domain ' || c.contypid::pg_catalog.regtype
                    end;
            end if;
        end;
    end loop;
end
{% endset %}
{% for key in keys %}
insert into pg_temp.integrity_held (owner, name, definition, comment)
values (
    {{ ("table " ~ key.table) | literal }}, {{ key.name | literal }},
    {{ key.definition | literal }}, {{ key.comment | literal }}
);
{% endfor %}
do {{ body | dollar }};

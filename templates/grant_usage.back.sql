-- grants of usage: back to what roles had
do $usage$
declare
    one record;
begin
    if to_regclass({{ saved | qualified | literal }}) is null then
        return;
    end if;
    for one in select schema_name, role_name from {{ saved | qualified }} order by 1, 2 loop
        execute format(
            'revoke usage on schema %I from %s', one.schema_name,
            case one.role_name when 'public' then 'public' else quote_ident(one.role_name) end
        );
    end loop;
    drop table {{ saved | qualified }};
end
$usage$

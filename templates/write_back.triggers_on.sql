
declare
    one record;
begin
    for one in
        select
            table_name, kind, name,
            case state when 'O' then 'enable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end as change
        from {{ triggers | qualified }}
    loop
        execute format('alter table %s %s %s %I', one.table_name, one.change, one.kind, one.name);
    end loop;
end


declare
    one record;
begin
    for one in
        select
            table_name, name,
            case state when 'O' then 'enable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end as change
        from {{ triggers | qualified }}
    loop
        execute format('alter table %s %s trigger %I', one.table_name, one.change, one.name);
    end loop;
end

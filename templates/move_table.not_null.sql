do $body$
declare
    found record;
begin  -- PostgreSQL 18 names NOT NULL constraints; before it this finds none
    for found in
        select c.conname, format('%s_%s_not_null', {{ table.name | literal }}::text, a.attname) as wanted
        from pg_constraint as c
        join pg_attribute as a
            on a.attrelid = c.conrelid
            and a.attnum = c.conkey[1]
        where c.conrelid = {{ table | qualified | literal }}::regclass
            and c.contype = 'n'
    loop
        if found.conname <> left(found.wanted, 63) then
            execute format(
                'alter table %s rename constraint %I to %I',
                {{ table | qualified | literal }}, found.conname, left(found.wanted, 63)
            );
        end if;
    end loop;
end
$body$


declare
    found record;
begin  -- PostgreSQL 18 names NOT NULL constraints; before it this finds none
    for found in
        select c.conname, named.after
        from pg_constraint as c
        join (
            values{% for before, after in names %}

                ({{ before | literal }}, {{ after | literal }}){% if not loop.last %},{% endif %}{% endfor %}

        ) as named (before, after)
            on named.before = c.conname
        where c.conrelid = {{ table | qualified | literal }}::regclass
            and c.contype = 'n'
            and named.before <> named.after
    loop
        execute format(
            'alter table %s rename constraint %I to %I',
            {{ table | qualified | literal }}, found.conname, found.after
        );
    end loop;
end

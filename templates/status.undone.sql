select c.relname
from pg_catalog.pg_class as c
where c.relnamespace = {{ schema | ident | literal }}::pg_catalog.regnamespace
    and c.relkind = 'r'
    and c.relname ~ '^integrity_saved_[0-9]+_'
    and (
        c.relname ~ '_undone$'
        or not exists (  -- a long name was cut; while its migration is applied it saves old values
            select
            from {{ schema | ident }}.integrity_state as s
            where s.number = pg_catalog.substring(c.relname, '[0-9]+')::integer
        )
    )
order by c.relname

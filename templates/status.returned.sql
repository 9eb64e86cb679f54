select migration, table_name as table, change, changes, returned, retained, counted_at
from (
    select *, pg_catalog.max(counted_at) over (partition by migration) as last_at
    from {{ schema | ident }}.integrity_returned
) as r
where counted_at = last_at
order by migration, table_name, change

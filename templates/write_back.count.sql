insert into {{ returned | qualified }} (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    {{ migration | literal }}, {{ table | literal }}, c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        {{ back | indented(8) }} as integrity_back
    from {{ changes | qualified }}
) as c
group by c.integrity_change

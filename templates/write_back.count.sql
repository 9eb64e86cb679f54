insert into {{ returned | qualified }} (migration, table_name, change, changes, returned, retained)
select
    {{ migration | literal }}, {{ table | literal }}, c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back)
from (
    select
        integrity_change,
        {{ back | indented(8) }} as integrity_back
    from {{ changes | qualified }}
) as c
group by c.integrity_change

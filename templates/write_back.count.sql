insert into {{ returned | qualified }} (migration, table_name, change, changes, returned, retained)
select
    {{ migration | literal }}, {{ table | literal }}, c.integrity_change,
    count(*),
    count(*) filter (where {{ back }}),
    count(*) filter (where not ({{ back }}))
from {{ changes | qualified }} as c
group by c.integrity_change

insert into {{ at | qualified }}
select to_jsonb(t.*), now()
from {{ table | qualified }} as t

insert into {{ at | qualified }}
select {{ as_jsonb }}(t.*), now()
from {{ table | qualified }} as t

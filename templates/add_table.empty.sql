create table if not exists {{ at | qualified }} as
select {{ as_jsonb }}(t.*) as integrity_row, now() as integrity_saved_at
from {{ table | qualified }} as t
with no data

create table if not exists {{ saved.at | qualified }} as
select {{ saved.key | idents }}, {{ saved.column | ident }} as integrity_value, now() as integrity_saved_at
from {{ saved.table | qualified }}
with no data

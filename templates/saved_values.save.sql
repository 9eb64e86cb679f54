create table {{ saved.at | qualified }} as
select {{ saved.key | idents }}, {{ saved.column | ident }} as integrity_value
from {{ saved.table | qualified }}

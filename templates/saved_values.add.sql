insert into {{ saved.at | qualified }}
select {{ saved.key | idents }}, {{ saved.column | ident }}, now()
from {{ saved.table | qualified }}
where {{ saved.column | ident }} is not null

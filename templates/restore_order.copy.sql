insert into {{ at | qualified }} ({{ columns | idents }})
overriding system value
select {{ columns | idents }}
from {{ table | qualified }}

insert into {{ table | qualified }} ({{ columns | idents }})
overriding system value
select {{ columns | idents }}
from jsonb_populate_recordset(null::{{ table | qualified }}, {{ rows | literal }})

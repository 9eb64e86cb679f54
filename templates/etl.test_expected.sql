select to_jsonb(r)
from jsonb_populate_recordset(null::{{ table | qualified }}, {{ rows | literal }}) as r

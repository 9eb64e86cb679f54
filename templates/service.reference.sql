select to_jsonb(t)
from {{ table | qualified }} as t

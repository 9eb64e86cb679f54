update {{ table | qualified }} as t
set {{ key | ident }} = p.actual_key
from {{ pairs | qualified }} as p
where p.expected_key = t.{{ key | ident }}
    and p.actual_key <> p.expected_key

select to_jsonb(s)
from (
{{ query }}
) as s
order by {% for column in key %}s.{{ column | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

limit {{ rows }}

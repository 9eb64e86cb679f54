update {{ saved.table | qualified }} as t
set {{ saved.column | ident }} = s.integrity_value
from {{ saved.at | qualified }} as s
where {% for name in saved.key %}t.{{ name | ident }} = s.{{ name | ident }}{% if not loop.last %}

    and {% endif %}{% endfor %}

update {{ table | qualified }} as t
set {{ column.name | ident }} = found.found::{{ column.type }}
from {{ rows | qualified }} as r
join (
    {{ relation | indented(4) }}
) as found
    on {% for pair in on %}{% if not loop.first %}

    and {% endif %}found.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

where t.{{ primary | ident }} = {{ key }}
    and found.times = 1{% if direct %}

    and r.integrity_place = 1{% endif %}


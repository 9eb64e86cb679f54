select count({{ expression | indented(4) }})
from {{ from }} as s
join pg_temp.integrity_blamed as b
    on b.key = {{ key }}
where b.n between %(low)s and %(high)s{% for drop in drops %}

    and ({{ drop | indented(4) }}) is not true{% endfor %}


select
{% for expression in by %}
    ({{ expression | indented(4) }}) as integrity_by_{{ loop.index }},
{% endfor %}
    min({{ take | ident }}{% if cast_take %}::text{% endif %}){% if cast_take %}::{{ cast_take }}{% endif %} as integrity_found,
    count(*) as integrity_times
from {{ table | qualified }}
group by {% for expression in by %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}

{% if only_single %}
having count(*) = 1
{% endif %}

{% if unique %}
select{% for expression in by %}

    ({{ expression | indented(4) }}) as by_{{ loop.index }},{% endfor %}

    {{ take | ident }} as found,
    1 as times
from {{ table | qualified }}
{% else %}
select{% for expression in by %}

    ({{ expression | indented(4) }}) as by_{{ loop.index }},{% endfor %}

    (array_agg({{ take | ident }} order by {{ take | ident }}))[1] as found,
    count(*) as times
from {{ table | qualified }}
group by {% for expression in by %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}

{% endif %}

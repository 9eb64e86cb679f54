select
    {{ columns | lines(4) }}
from (
    {{ rows | indented(4) }}
) as w
{% for join in joins %}
left join (
    {{ join.relation | indented(4) }}
) as {{ join.alias }}
    on {% for pair in join.on %}{% if not loop.first %}

    and {% endif %}{{ join.alias }}.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

{% endfor %}

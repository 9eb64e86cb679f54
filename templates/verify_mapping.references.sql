select
    {{ columns | lines(4) }}
from (
    {{ rows | indented(4) }}
) as w
{% for join in joins %}
left join (
    {{ join.relation | indented(4) }}
) as {{ join.alias }}
    on {{ join.form }}{% for pair in join.on %}

    and {{ join.alias }}.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

{% endfor %}

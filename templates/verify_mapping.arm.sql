select
    {{ source.rank }}::smallint as integrity_source,
    {{ key }} as integrity_key,
    {{ arm.number }}::smallint as integrity_arm{% for item in items %},
    {{ item.sql | indented(4) }} as {{ item.name | ident }}{% endfor %}

from {{ from }} as s
{% for join in joins %}
{{ "left join" if join.optional else "join" }} (
    {{ join.relation | indented(4) }}
) as {{ join.alias }}
    on {% for pair in join.on %}{% if not loop.first %}

    and {% endif %}{{ join.alias }}.{{ pair[0] }} = ({{ pair[1] | indented(4) }}){% endfor %}

{% endfor %}
{% if conditions %}
where {{ conditions | lines(4, " and") }}
{% endif %}

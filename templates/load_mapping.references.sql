update {{ table | qualified }} as t
set {{ column.name | ident }} = named.found
from (
    select
        {{ unified_key }} as unified_key,
        case{% for join in joins %}

            when {{ join.alias }}.times = 1 then {{ join.alias }}.found::{{ column.type }}
            when {{ join.alias }}.times > 1 then null{% endfor %}

        end as found
    from {{ rows | qualified }} as r
{% for join in joins %}
    left join (
        {{ join.relation | indented(4) }}
    ) as {{ join.alias }}
        on {% for pair in join.on %}{% if not loop.first %}

        and {% endif %}{{ join.alias }}.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

{% endfor %}
    where r.{{ carried | ident }} is not null{% if direct %}

        and r.integrity_place = 1{% endif %}

) as named
where t.{{ primary | ident }} = named.unified_key
    and named.found is not null

create {{ storage }} table {{ merged | qualified }} as
select
    merged.*,
    case
        {% for condition, code in rejects %}
        when {{ condition | indented(12) }} then {{ code | literal }}
        {% endfor %}
        else null::text
    end as integrity_reject
from (
    select
        m.integrity_entity,
        count(*) as integrity_size{% for column in columns %},
        (array_agg(m.{{ column.name | ident }}{{ '::text' if column.array }} order by {{ column.order }}){% if not by_row %} filter (where m.{{ column.name | ident }} is not null){% endif %})[1]{{ '::' ~ column.array if column.array }} as {{ column.name | ident }}{% endfor %}

    from {{ matched | qualified }} as m
    where m.integrity_entity is not null
    group by m.integrity_entity
) as merged

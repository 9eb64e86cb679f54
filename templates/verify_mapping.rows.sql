create {{ storage }} table {{ expected | qualified }} as
select
    row_number() over (order by {{ order | join(", ") }}, entity) as {{ primary | ident }},
    kept.*
from (
    select merged.*{% for keys in later_keys %},
        row_number() over (
            partition by {{ keys | idents }}
            order by {{ order | join(", ") }}, entity
        ) as place_{{ loop.index }}{% endfor %}

    from (
        select
            m.entity{% for column in columns %},
            (array_agg(m.{{ column.name | ident }} order by {{ column.order }}){% if not by_row %} filter (where m.{{ column.name | ident }} is not null){% endif %})[1] as {{ column.name | ident }}{% endfor %}

        from {{ members | qualified }} as m
        group by m.entity
    ) as merged
    {% if conditions %}
    where {{ conditions | lines(8, " and") }}
    {% endif %}
) as kept
{% if later_keys %}
where {% for keys in later_keys %}{% if not loop.first %}

    and {% endif %}(place_{{ loop.index }} = 1 or num_nulls({{ keys | idents }}) > 0){% endfor %}

{% endif %}

create {{ storage }} table {{ expected | qualified }} as
select
    {% if replayed and assigned %}
    coalesce(
        integrity_given,
        row_number() over (partition by integrity_given is null order by integrity_round nulls first, {{ order | join(", ") }}, integrity_entity)
    ) as {{ primary | ident }},
    {% else %}
    row_number() over (order by {{ order | join(", ") }}, integrity_entity) as {{ primary | ident }},
    {% endif %}
    kept.*
from (
    select merged.*{% for key in later_keys %},
        row_number() over (
            partition by {{ key.columns | idents }}
            order by {% if replayed %}integrity_round nulls first, {% endif %}{{ order | join(", ") }}, integrity_entity
        ) as integrity_place_{{ loop.index }}{% endfor %}

    from (
        select
            m.integrity_entity{% if replayed %},
            min(m.integrity_round) as integrity_round{% if assigned %},
            min(m.integrity_replayed_as) as integrity_given{% endif %}{% endif %}{% for column in columns %},
            (array_agg(m.{{ column.name | ident }}{{ '::text' if column.array }} order by {{ column.order }}){% if not by_row %} filter (where m.{{ column.name | ident }} is not null){% endif %})[1]{{ '::' ~ column.array if column.array }} as {{ column.name | ident }}{% endfor %}{% for column in origins %},
            (array_agg({{ column.sql }} order by m.integrity_n))[1] as {{ column.name | ident }}{% endfor %}

        {% if replayed %}
        from (  -- a row keeps its values when a later replay adds a candidate to it
            select *, dense_rank() over (partition by integrity_entity order by integrity_round nulls first) as integrity_turn
            from {{ members | qualified }}
        ) as m
        {% else %}
        from {{ members | qualified }} as m
        {% endif %}
        {% if origins %}
        join (
            values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

                ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

        ) as o (source, arm, source_label, arm_label)
            on o.source = m.integrity_source
            and o.arm = m.integrity_arm
        {% endif %}
        {% if replayed %}
        where m.integrity_turn = 1
        {% endif %}
        group by m.integrity_entity
    ) as merged
    {% if conditions %}
    where {{ conditions | lines(8, " and") }}
    {% endif %}
) as kept
{% if later_keys %}
where {% for key in later_keys %}{% if not loop.first %}

    and {% endif %}(integrity_place_{{ loop.index }} = 1{% if not key.nulls_not_distinct %} or num_nulls({{ key.columns | idents }}) > 0{% endif %}){% endfor %}

{% endif %}

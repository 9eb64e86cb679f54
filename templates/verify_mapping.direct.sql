select
    {{ columns | lines(4) }}
from (
    select
        candidate.*,
        {% if replayed %}
        coalesce(
            candidate.integrity_given,
            dense_rank() over (partition by candidate.integrity_given is null order by integrity_turn nulls first, {{ order | join(", ") }})
        ) as integrity_row,
        {% else %}
        dense_rank() over (order by {{ order | join(", ") }}) as integrity_row,
        {% endif %}
        row_number() over (
            partition by {{ order | join(", ") }}
            order by {% if replayed %}integrity_round nulls first, {% endif %}integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
        ) as integrity_place
    from (
        {% if replayed %}
        select
            c.*,
            case when bool_and(c.integrity_round is not null) over same then min(c.integrity_round) over same end as integrity_turn,
            case when bool_and(c.integrity_round is not null) over same then min(c.integrity_replayed_as) over same end as integrity_given
        from (
            {{ candidates | indented(12) }}
        ) as c
        window same as (partition by {{ order | join(", ") }})
        {% else %}
        {{ candidates | indented(8) }}
        {% endif %}
    ) as candidate
) as w
{% if origins %}
join (
    values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

        ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

) as o (source, arm, source_label, arm_label)
    on o.source = w.integrity_source
    and o.arm = w.integrity_arm
{% endif %}
{% if where %}
where {{ where }}
{% endif %}

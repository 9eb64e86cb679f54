select
    {{ columns | lines(4) }}
from (
    select
        candidate.*,
        dense_rank() over (order by {{ order | join(", ") }}) as integrity_row,
        row_number() over (
            partition by {{ order | join(", ") }}
            order by integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
        ) as integrity_place
    from (
        {{ candidates | indented(8) }}
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

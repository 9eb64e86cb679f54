select
    {{ columns | lines(4) }}
from (
    select winner.*, row_number() over (order by {{ order | join(", ") }}) as integrity_row
    from (
        select distinct on ({{ order | join(", ") }}) *
        from (
            {{ candidates | indented(12) }}
        ) as candidate
        order by {{ order | join(", ") }}, integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
    ) as winner
) as w
{% if inline %}
join (
    values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

        ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

) as o (source, arm, source_label, arm_label)
    on o.source = w.integrity_source
    and o.arm = w.integrity_arm
{% endif %}

select
    o.source_label as source,
    m.integrity_key as source_key,
    o.arm_label as arm,
    m.integrity_unified::{{ unified_type }} as unified_key,
    m.integrity_place = 1 as survived
from (
    select
        m.integrity_source,
        m.integrity_key,
        m.integrity_arm,
        e.{{ unified | ident }} as integrity_unified,
        row_number() over (partition by m.integrity_entity order by m.integrity_n) as integrity_place
    from {{ matched | qualified }} as m
    join {{ expected | qualified }} as e
        on e.integrity_entity = m.integrity_entity
) as m
join (
    values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

        ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

) as o (source, arm, source_label, arm_label)
    on o.source = m.integrity_source
    and o.arm = m.integrity_arm
{% if only_merged %}
where m.integrity_place > 1
{% endif %}

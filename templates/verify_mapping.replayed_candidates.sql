select
    candidate.*,
    case when q.mapping is not null then coalesce(q.replayed_at, 'infinity') end as integrity_round,  -- infinity: waits
    q.replayed_as::{{ unified_type }} as integrity_replayed_as
from (
    {{ candidates | indented(4) }}
) as candidate
join (
    values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

        ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

) as o (source, arm, source_label, arm_label)
    on o.source = candidate.integrity_source
    and o.arm = candidate.integrity_arm
left join {{ quarantine | qualified }} as q
    on q.mapping = {{ mapping | literal }}
    and q.source = o.source_label
    and q.source_key = candidate.integrity_key::text
    and q.arm = o.arm_label

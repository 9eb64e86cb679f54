create temporary table {{ claims | qualified }} as
select distinct on (x.unified_key) x.unified_key, to_jsonb(c.*) as candidate
from {{ origins | qualified }} as x
join (
    values{% for source in sources %}{% set outer = loop.last %}{% for arm in source.arms %}

        ({{ source.rank }}, {{ arm.number }}, {{ source.label | literal }}, {{ arm.label | literal }}){% if not (outer and loop.last) %},{% endif %}{% endfor %}{% endfor %}

) as o (source, arm, source_label, arm_label)
    on o.source_label = x.source
    and o.arm_label = x.arm
join (
    {{ candidates | indented(4) }}
) as c
    on c.integrity_source = o.source
    and c.integrity_arm = o.arm
    and c.integrity_key::text = x.source_key
order by x.unified_key, x.survived desc, o.source, x.source_key

insert into {{ crosswalk | qualified }} (source, source_key, arm, unified_key, survived)
select o.source_label, m.integrity_key, o.arm_label, {{ unified_key }}, m.integrity_place = 1
from {{ members | qualified }} as m
join {{ origins | qualified }} as o
    on o.source = m.integrity_source
    and o.arm = m.integrity_arm{% if rows %}

join {{ rows | qualified }} as r
    on r.integrity_row = m.integrity_row{% endif %}{% if only_merged %}

where m.integrity_place > 1{% endif %}


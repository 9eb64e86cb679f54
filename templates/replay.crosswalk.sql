insert into {{ crosswalk | qualified }} (source, source_key, arm, unified_key, survived)
select o.source_label, p.integrity_key, o.arm_label, p.integrity_unified, p.integrity_survived
from {{ placed | qualified }} as p
join {{ origins | qualified }} as o
    on o.source = p.integrity_source
    and o.arm = p.integrity_arm{% if only_merged %}

where not p.integrity_survived{% endif %}


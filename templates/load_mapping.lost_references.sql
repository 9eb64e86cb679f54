insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, {{ unified_key }}::text, {{ column.name | literal }},
    o.source_label, m.integrity_key::text, o.arm_label,
    concat_ws(', ', {% for key in keys %}m.{{ key | ident }}{% if not loop.last %}, {% endif %}{% endfor %}), null, null
from {{ members | qualified }} as m
join {{ rows | qualified }} as r
    on r.integrity_row = m.integrity_row{% if direct %}

    and r.integrity_place = 1{% endif %}

join {{ table | qualified }} as t
    on t.{{ primary | ident }} = {{ unified_key }}
join {{ origins | qualified }} as o
    on o.source = m.integrity_source
    and o.arm = m.integrity_arm
where t.{{ column.name | ident }} is null
    and num_nonnulls({% for key in keys %}m.{{ key | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0

insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, p.integrity_unified::text, differing.column_name,
    o.source_label, p.integrity_key::text, o.arm_label, differing.value, differing.survived, null
from {{ placed | qualified }} as p
join {{ table | qualified }} as t
    on t.{{ primary | ident }} = p.integrity_unified
join {{ origins | qualified }} as o
    on o.source = p.integrity_source
    and o.arm = p.integrity_arm
cross join lateral (
    values{% for column in columns %}

        ({{ column.name | literal }}, p.{{ column.name | ident }}::text, t.{{ column.name | ident }}::text, p.{{ column.name | ident }} is not null and {{ column.p }} is distinct from {{ column.t }}){% if not loop.last %},{% endif %}{% endfor %}

) as differing (column_name, value, survived, differs)
where differing.differs

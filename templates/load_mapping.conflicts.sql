insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, {{ unified_key }}::text, differing.column_name,
    o.source_label, m.integrity_key::text, o.arm_label,
    differing.value, differing.survived, {% if direct %}w.source_label{% else %}(
        select w.source_label
        from {{ members | qualified }} as f
        join {{ origins | qualified }} as w
            on w.source = f.integrity_source
            and w.arm = f.integrity_arm
        where f.integrity_row = m.integrity_row
            and case differing.column_name
                {% for column in columns %}
                when {{ column.name | literal }} then {{ column.f }} is not distinct from {{ column.r }}
                {% endfor %}
            end
        order by f.integrity_place
        limit 1
    ){% endif %}

from {{ members | qualified }} as m
join {{ rows | qualified }} as r
    on r.integrity_row = m.integrity_row{% if direct %}

    and r.integrity_place = 1{% endif %}

join {{ origins | qualified }} as o
    on o.source = m.integrity_source
    and o.arm = m.integrity_arm{% if direct %}

join {{ origins | qualified }} as w
    on w.source = r.integrity_source
    and w.arm = r.integrity_arm{% endif %}

cross join lateral (
    values{% for column in columns %}

        ({{ column.name | literal }}, m.{{ column.name | ident }}::text, r.{{ column.name | ident }}::text, m.{{ column.name | ident }} is not null and {{ column.m }} is distinct from {{ column.r }}){% if not loop.last %},{% endif %}{% endfor %}

) as differing (column_name, value, survived, differs)
where differing.differs
    and ({% for column in columns %}m.{{ column.name | ident }} is not null and {{ column.m }} is distinct from {{ column.r }}{% if not loop.last %}

        or {% endif %}{% endfor %})  -- so that rows that agree are passed over at once
    and {% if direct %}m.integrity_place > 1{% else %}r.integrity_size > 1{% endif %}



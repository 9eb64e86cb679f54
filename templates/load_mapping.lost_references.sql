with named as (  -- what each member names, and what its row refers to
    select
        m.integrity_row,
        m.integrity_place,
        m.integrity_key,
        o.source_label,
        o.arm_label,
        {{ unified_key }} as unified_key,
        t.{{ column.name | ident }} as survived,
        case{% for join in joins %}

            when {{ join.alias }}.times = 1 then {{ join.alias }}.found::{{ column.type }}
            when {{ join.alias }}.times > 1 then null{% endfor %}

        end as found,
        array_to_string(m.{{ carried | ident }}[2:], ', ', 'null') as written
    from {{ members | qualified }} as m
    join {{ rows | qualified }} as r
        on r.integrity_row = m.integrity_row{% if direct %}

        and r.integrity_place = 1{% endif %}

    join {{ table | qualified }} as t
        on t.{{ primary | ident }} = {{ unified_key }}
    join {{ origins | qualified }} as o
        on o.source = m.integrity_source
        and o.arm = m.integrity_arm
{% for join in joins %}
    left join (
        {{ join.relation | indented(4) }}
    ) as {{ join.alias }}
        on {% for pair in join.on %}{% if not loop.first %}

        and {% endif %}{{ join.alias }}.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

{% endfor %}
    where m.{{ carried | ident }} is not null
),
winner as (
    select distinct on (integrity_row) integrity_row, source_label
    from named
    where found = survived
    order by integrity_row, integrity_place
)
insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, named.unified_key::text, {{ column.name | literal }},
    named.source_label, named.integrity_key::text, named.arm_label,
    coalesce(named.found::text, named.written), named.survived::text, winner.source_label
from named
left join winner
    on winner.integrity_row = named.integrity_row
where named.found is distinct from named.survived
    or named.found is null

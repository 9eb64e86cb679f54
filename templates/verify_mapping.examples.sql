select
    p.kind,
    p.column_name,
    coalesce(p.actual_key, p.expected_key)::text as unified_key,
    case when p.kind = 'extra' then {{ key_of_actual }} else {{ key_of_expected }} end as key,
    case
        when p.kind = 'extra' then (
            select c.candidate::text  -- what the source row says
            from {{ claims | qualified }} as c
            where c.unified_key = p.actual_key
        )
        {% for column in columns %}
        when p.column_name = {{ column | literal }} then e.{{ column | ident }}::text
        {% endfor %}
        else to_jsonb(e.*)::text
    end as expected,
    case
        when p.kind = 'missing' then null
        {% for column in columns %}
        when p.column_name = {{ column | literal }} then a.{{ column | ident }}::text
        {% endfor %}
        else to_jsonb(a.*)::text
    end as actual,
    coalesce(
        case
            when p.kind = 'extra' then (
                select jsonb_agg(jsonb_build_array(o.source, o.source_key, o.arm) order by o.survived desc, o.source, o.source_key, o.arm)
                from {{ origins | qualified }} as o
                where o.unified_key = p.actual_key
            )
            else (
                select jsonb_agg(jsonb_build_array(m.source, m.source_key, m.arm) order by m.survived desc, m.source, m.source_key, m.arm)
                from {{ membership | qualified }} as m
                where m.unified_key = p.expected_key
            )
        end,
        '[]'
    ) as sources
from (
    select
        pairs.*,
        c.name as column_name,
        row_number() over (partition by pairs.kind, c.name order by coalesce(pairs.expected_key, pairs.actual_key)) as place
    from {{ pairs | qualified }} as pairs
    left join lateral unnest(pairs.columns) as c (name)
        on true
) as p
left join {{ expected | qualified }} as e
    on e.{{ primary | ident }} = p.{{ expected_by }}
left join {{ actual | qualified }} as a
    on a.{{ primary | ident }} = p.actual_key
where p.place <= {{ limit }}{% if without %}

    and p.column_name is distinct from {{ without | literal }}{% endif %}

order by p.kind, p.column_name, coalesce(p.expected_key, p.actual_key)

create {{ storage }} table {{ changes | qualified }} as
select
    coalesce(t.{{ primary | ident }}, e.{{ primary | ident }}) as integrity_unified,
    case
        when e.{{ primary | ident }} is null then 'inserted'
        when t.{{ primary | ident }} is null then 'deleted'
        else 'updated'
    end as integrity_change,
    array_remove(array[{% for column in columns %}

        case when {{ column.differs }} then {{ column.name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

    ]::text[], null) as integrity_changed,
    '{}'::text[] as integrity_returned,
    case when e.{{ primary | ident }} is not null then to_jsonb(e.*) end as integrity_old_row,
    case when t.{{ primary | ident }} is not null then to_jsonb(t.*) end as integrity_new_row{% if mapped_primary %},
    coalesce(t.{{ primary | ident }}, e.{{ primary | ident }}) as {{ primary | ident }}{% endif %}{% for column in columns %},
    t.{{ column.name | ident }}{% endfor %}

from (
    {{ expected | indented(4) }}
) as e
full join {{ table | qualified }} as t
    on t.{{ primary | ident }} = e.{{ primary | ident }}
where e.{{ primary | ident }} is null
    or t.{{ primary | ident }} is null{% for column in columns %}

    or {{ column.differs }}{% endfor %}


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
where case
    when e.{{ primary | ident }} is null then not exists (  -- a replayed row stands in legacy still
        select
        from {{ quarantine | qualified }} as q
        where q.mapping = {{ mapping | literal }}
            and q.replayed_as = t.{{ primary | ident }}::text
            and q.candidate = to_jsonb(t.*)
    )
    when t.{{ primary | ident }} is null then true
    else {% for column in columns %}{% if not loop.first %}

        or {% endif %}{{ column.differs }}{% endfor %}{% if not columns %}false{% endif %}

end

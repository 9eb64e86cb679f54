create {{ storage }} table {{ changes | qualified }} as
select
    coalesce(t.{{ primary | ident }}, e.{{ primary | ident }}, r.integrity_key) as integrity_unified,
    case
        when e.{{ primary | ident }} is null and r.integrity_key is null then 'inserted'
        when t.{{ primary | ident }} is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[{% for column in columns %}

            case when {{ column.differs }} then {{ column.name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

        ]::text[], null)
        else array(
            select new.key
            from jsonb_each({{ as_jsonb }}(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.{{ primary | ident }} is not null then {{ as_jsonb }}(e.*) else r.integrity_row end as integrity_old_row,
    case when t.{{ primary | ident }} is not null then {{ as_jsonb }}(t.*) end as integrity_new_row{% if mapped_primary %},
    coalesce(t.{{ primary | ident }}, e.{{ primary | ident }}) as {{ primary | ident }}{% endif %}{% for column in columns %},
    t.{{ column.name | ident }}{% endfor %}

from (
    {{ expected | indented(4) }}
) as e
full join {{ table | qualified }} as t
    on t.{{ primary | ident }} = e.{{ primary | ident }}
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::{{ primary_type }} as integrity_key, q.replayed_row as integrity_row
    from {{ quarantine | qualified }} as q
    where q.mapping = {{ mapping | literal }}
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.{{ primary | ident }}
where case
    when r.integrity_key is not null then {{ as_jsonb }}(t.*) is distinct from r.integrity_row
    when t.{{ primary | ident }} is null or e.{{ primary | ident }} is null then true
    else {% for column in columns %}{% if not loop.first %}

        or {% endif %}{{ column.differs }}{% endfor %}{% if not columns %}false{% endif %}

end

select kept.integrity_unified, 'a row of ' || kept.source || ' behind it is also one of ' || {{ other | literal }} as reason
from {{ work | qualified }} as kept
join (
    select x.source, x.source_key::text as source_key, x.unified_key
    from {{ crosswalk | qualified }} as x
{% if inline %}
    union all
    select t.{{ inline.source | ident }}::text, t.{{ inline.key | ident }}::text, t.{{ primary | ident }}
    from {{ table | qualified }} as t
{% endif %}
) as x
    on x.source = kept.source
    and x.source_key = kept.source_key::text
where kept.source = any ({{ "array[" }}{% for source in sources %}{{ source | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
    and not exists (
        select
        from {{ changes | qualified }} as o
        where o.integrity_unified = x.unified_key
            and o.integrity_change = 'deleted'
    )

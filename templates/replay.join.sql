with found as (  -- rows that agree on this rung, and have nothing to say on a more trusted one
    select m.integrity_candidate, min(t.{{ primary | ident }}) as target, count(*) as times
    from {{ matched | qualified }} as m
    join {{ table | qualified }} as t
        on {% for key in keys %}{% if not loop.first %}

        and {% endif %}t.{{ key | ident }} {{ "is not distinct from" if null_safe else "=" }} m.{{ key | ident }}{% endfor %}

    where m.integrity_target is null
        and m.integrity_reject is null{% for more in trusted %}

        and not (num_nulls({% for c in more %}m.{{ c | ident }}, t.{{ c | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) = 0){% endfor %}

    group by m.integrity_candidate
)
update {{ matched | qualified }} as m
set integrity_target = case when found.times = 1 then found.target end,
    integrity_reject = case when found.times > 1 then {{ code | literal }} end
from found
where found.integrity_candidate = m.integrity_candidate

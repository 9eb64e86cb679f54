select f.unified_key, f.source_key
from (
    select distinct on (e.{{ primary | ident }})
        e.{{ primary | ident }} as unified_key,
        m.integrity_source,
        m.integrity_key as source_key,
        m.integrity_arm,
        count(*) filter (where m.{{ held | ident }} is not null) over (partition by m.integrity_entity) as filled
    from {{ matched | qualified }} as m
    join {{ expected | qualified }} as e
        on e.integrity_entity = m.integrity_entity
    join {{ changes | qualified }} as c
        on c.integrity_unified = e.{{ primary | ident }}
    where c.integrity_change = 'updated'
    order by
        e.{{ primary | ident }},
        m.{{ held | ident }} is null,
        case  -- where nobody had a value, the write-back source may give one
            when m.{{ held | ident }} is null
            then m.integrity_source <> {{ rank }} or m.integrity_arm <> {{ arm_number }}
        end,
        {{ order }}
) as f
join {{ changes | qualified }} as c
    on c.integrity_unified = f.unified_key
where f.integrity_source = {{ rank }}
    and f.integrity_arm = {{ arm_number }}
    and (f.filled < 2 or c.{{ column | ident }} is not null)  -- else another value would surface

select o.source_label, split_part(c.integrity_reject, ' ', 1), count(*)
from (
    select integrity_source, integrity_arm, integrity_reject
    from {{ candidates | qualified }}
    where integrity_reject is not null
    union all
    select m.integrity_source, m.integrity_arm, coalesce(m.integrity_reject, r.integrity_reject)
    from {{ matched | qualified }} as m
    left join {{ merged | qualified }} as r
        on r.integrity_entity = m.integrity_entity
    where coalesce(m.integrity_reject, r.integrity_reject) is not null
) as c
join {{ origins | qualified }} as o
    on o.source = c.integrity_source
    and o.arm = c.integrity_arm
group by 1, 2
order by 1, 2

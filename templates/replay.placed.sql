create temporary table {{ placed | qualified }} as
select
    m.*,
    coalesce(m.integrity_target, n.integrity_unified) as integrity_unified,
    m.integrity_target is null
        and row_number() over (partition by m.integrity_entity order by m.integrity_candidate) = 1 as integrity_survived
from {{ matched | qualified }} as m
left join {{ new_rows | qualified }} as n
    on n.integrity_entity = m.integrity_entity
where m.integrity_reject is null
    and coalesce(m.integrity_target, n.integrity_unified) is not null

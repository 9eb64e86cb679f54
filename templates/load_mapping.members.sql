create {{ storage }} table {{ members | qualified }} as
select
    m.*,
    r.integrity_row,
    row_number() over (
        partition by m.integrity_entity
        order by m.integrity_candidate
    ) as integrity_place
from {{ matched | qualified }} as m
join {{ rows | qualified }} as r
    on r.integrity_entity = m.integrity_entity

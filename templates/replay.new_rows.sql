create temporary table {{ new_rows | qualified }} as
select {{ key }} as integrity_unified, r.*
from (
    select *
    from {{ rows | qualified }}
    order by integrity_row
) as r

create {{ storage }} table {{ rows | qualified }} as
select
    row_number() over (order by {{ order | join(", ") }}, integrity_entity) as integrity_row,
    m.*
from {{ merged | qualified }} as m
where m.integrity_reject is null

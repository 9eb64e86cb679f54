drop table if exists {{ rows | qualified }};
create temporary table {{ rows | qualified }} on commit delete rows as
select *
from {{ extract }} as integrity_extract
with no data

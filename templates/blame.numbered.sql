create temporary table integrity_blamed as
select {{ key }} as key, row_number() over (order by {{ key }}) as n
from {{ from }} as s

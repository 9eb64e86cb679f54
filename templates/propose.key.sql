select count(*), count(folded), count(distinct folded)
from (
  select nullif(lower(btrim({{ column | ident }}::text)), '') as folded
  from {{ table | qualified }}
) as given

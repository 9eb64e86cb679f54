select string_agg(concat_ws(' ', source, candidates, inserted, merged, rejected), ', ' order by source)
from sales.account

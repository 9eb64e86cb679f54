select string_agg(concat_ws(' ', source, candidates, inserted, merged, quarantined), ', ' order by source)
from operational.integrity_ledger
where mapping = 'sales.lines'

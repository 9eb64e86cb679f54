select a.state = 'finalized'
from {{ schema | ident }}.integrity_archives as a
order by a.archive_id desc
limit 1

select distinct r.migration, r.plan_hash
from {{ schema | ident }}.integrity_runs as r
where r.direction = 'apply'

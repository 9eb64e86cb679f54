select s.migration, s.plan_hash
from {{ schema | ident }}.integrity_state as s

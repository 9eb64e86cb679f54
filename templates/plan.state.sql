select j.migration, j.direction, j.step, j.statement_hash, j.outcome
from {{ schema | ident }}.integrity_journal as j
where j.outcome in ('started', 'done')

select direction, step, statement_hash, outcome, rows
from {{ schema | ident | replace("%", "%%") }}.integrity_journal
where migration = %(migration)s and outcome in ('started', 'done')

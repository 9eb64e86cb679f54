select
    q.quarantine_id, q.migration, q.mapping, q.source, q.source_key, q.arm, q.reason,
    coalesce(q.column_name, '') as column_name, coalesce(q.expression, '') as expression,
    coalesce(q.detail, '') as detail, q.candidate, q.source_row, q.quarantined_at, q.replayed_at
from {{ schema | ident }}.integrity_quarantine as q
where q.quarantine_id = %(number)s

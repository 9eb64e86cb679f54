select l.source, l.arm, l.candidates, l.inserted, l.merged, l.quarantined, l.dropped, l.empty, l.moved, l.archived
from {{ schema | ident }}.integrity_ledger as l
where l.migration = %(migration)s
    and l.mapping = %(mapping)s

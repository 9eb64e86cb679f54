select
    l.mapping, l.source, l.arm, l.candidates,
    l.inserted, l.merged, l.moved, l.quarantined, l.dropped, l.archived, l.empty
from {{ schema | ident }}.integrity_ledger as l
join {{ schema | ident }}.integrity_state as s
    on s.migration = l.migration
order by l.source, l.mapping, l.arm

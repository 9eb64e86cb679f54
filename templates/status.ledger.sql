select
    migration,
    mapping,
    pg_catalog.sum(candidates)::bigint as candidates,
    pg_catalog.sum(inserted)::bigint as inserted,
    pg_catalog.sum(merged)::bigint as merged,
    pg_catalog.sum(quarantined)::bigint as quarantined,
    pg_catalog.sum(dropped)::bigint as dropped,
    pg_catalog.sum(empty)::bigint as empty,
    pg_catalog.sum(moved)::bigint as moved,
    pg_catalog.sum(archived)::bigint as archived,
    pg_catalog.sum(pg_catalog.abs(open))::bigint as open
from {{ schema | ident }}.integrity_ledger
group by migration, mapping
order by migration, mapping

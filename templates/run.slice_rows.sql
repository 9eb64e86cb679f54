select coalesce(pg_catalog.sum(rows), 0)::bigint
from {{ schema | ident | replace("%", "%%") }}.integrity_slices
where migration = %(migration)s and direction = %(direction)s and step = %(step)s

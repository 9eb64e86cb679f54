select exists (
    select from {{ schema | ident }}.integrity_sentinel
    where migration = %(migration)s and direction = %(direction)s
)

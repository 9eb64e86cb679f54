select exists (
    select from {{ schema | ident | replace("%", "%%") }}.integrity_sentinel
    where migration = %(migration)s and direction = %(direction)s
)

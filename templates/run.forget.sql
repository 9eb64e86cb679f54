with slices as (
    delete from {{ schema | ident | replace("%", "%%") }}.integrity_slices
    where migration = %(migration)s
        and direction = %(direction)s
        and step = any (%(steps)s::text[])
)
delete from {{ schema | ident | replace("%", "%%") }}.integrity_journal
where migration = %(migration)s and direction = %(direction)s and step = any (%(steps)s::text[])

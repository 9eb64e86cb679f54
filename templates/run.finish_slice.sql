-- No row is found when the slice was done before: it must never run twice.
update {{ schema | ident | replace("%", "%%") }}.integrity_slices
set rows = %(rows)s, finished_at = pg_catalog.clock_timestamp()
where migration = %(migration)s
    and direction = %(direction)s
    and step = %(step)s
    and statement_no = %(number)s
    and low = %(low)s
    and finished_at is null

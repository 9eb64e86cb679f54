update {{ schema | ident | replace("%", "%%") }}.integrity_load_files as f
set state = 'done', finished_at = pg_catalog.clock_timestamp()
where load = %(load)s and f.quarantined = (
    select count(*) from {{ schema | ident | replace("%", "%%") }}.integrity_load_quarantine as q
    where q.load = f.load)

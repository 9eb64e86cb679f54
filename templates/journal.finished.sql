update {{ schema | ident }}.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = {{ migration | literal }}
    and direction = {{ direction | literal }} and step = {{ step | literal }}

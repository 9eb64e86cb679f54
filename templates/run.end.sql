update {{ schema | ident | replace("%", "%%") }}.integrity_runs
set outcome = %(outcome)s, detail = %(detail)s, finished_at = pg_catalog.clock_timestamp()
where run_id = %(run_id)s

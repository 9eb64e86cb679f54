-- The caller holds the lock of the database, so a run that says it runs was killed.
with killed as (
    update {{ schema | ident | replace("%", "%%") }}.integrity_runs
    set outcome = 'interrupted', detail = 'the runner was killed'
    where outcome = 'running'
)
insert into {{ schema | ident | replace("%", "%%") }}.integrity_runs (migration, direction, plan_hash, tool_version)
values (%(migration)s, %(direction)s, %(plan_hash)s, %(tool_version)s)
returning run_id

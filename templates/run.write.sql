insert into {{ schema | ident | replace("%", "%%") }}.integrity_journal as journal
    (run_id, migration, direction, step, statement_hash, outcome, rows, started_at, finished_at)
values (
    %(run_id)s, %(migration)s, %(direction)s, %(step)s, %(statement_hash)s, %(outcome)s, %(rows)s,
    pg_catalog.transaction_timestamp(),
    case when %(outcome)s = 'done' then pg_catalog.clock_timestamp() end
)
on conflict (migration, direction, step) do update set
    run_id = excluded.run_id,
    statement_hash = excluded.statement_hash,
    outcome = excluded.outcome,
    rows = excluded.rows,
    -- A step in slices began when its first slices were planned.
    started_at = case
        when journal.outcome = 'started' then journal.started_at
        else excluded.started_at
    end,
    finished_at = excluded.finished_at

insert into {{ schema | ident }}.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    {{ migration | literal }}, {{ direction | literal }}, {{ step | literal }}, {{ outcome | literal }},
    pg_catalog.transaction_timestamp(), {{ "pg_catalog.clock_timestamp()" if outcome == "done" else "null" }},
    {{ statement_hash | literal }}
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash

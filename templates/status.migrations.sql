with steps as (
    select
        migration,
        count(*) filter (where direction = 'apply') as forward,
        count(*) filter (where direction = 'rollback') as backward,
        count(*) filter (where outcome = 'done' and direction = 'apply') as forward_done,
        count(*) filter (where outcome = 'done' and direction = 'rollback') as backward_done,
        pg_catalog.array_agg(step order by step) filter (where outcome = 'started') as open_steps,
        (pg_catalog.array_agg(step order by finished_at desc, step)
            filter (where outcome = 'done'))[1] as last_step
    from {{ schema | ident }}.integrity_journal
    where outcome <> 'undone'
    group by migration
),
runs as (
    select distinct on (migration) migration, run_id, outcome, started_at, finished_at, detail
    from {{ schema | ident }}.integrity_runs
    order by migration, run_id desc
),
known as (
    select migration from {{ schema | ident }}.integrity_journal
    union
    select migration from {{ schema | ident }}.integrity_runs
    union
    select migration from {{ schema | ident }}.integrity_state
)
select
    known.migration,
    state.migration is not null as applied,
    state.applied_at,
    state.plan_hash,
    coalesce(steps.forward, 0) as forward,
    coalesce(steps.backward, 0) as backward,
    coalesce(steps.forward_done, 0) as forward_done,
    coalesce(steps.backward_done, 0) as backward_done,
    coalesce(steps.open_steps, '{}') as open_steps,
    steps.last_step,
    runs.run_id,
    runs.outcome,
    runs.started_at,
    runs.finished_at,
    runs.detail
from known
left join {{ schema | ident }}.integrity_state as state using (migration)
left join steps using (migration)
left join runs using (migration)
order by known.migration

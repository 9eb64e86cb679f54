-- =================================================================================================
-- 014_performance_optimization.rollback.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Undoes the migration in 8 steps, from whatever point it had reached.
--   run    psql -X -f 014_performance_optimization.rollback.sql "$DATABASE_URL"
--          Never with -1: the file begins and commits by itself, step by step.
--   stages constrain
--   redo   psql -X -f 014_performance_optimization.migrate.sql
-- =================================================================================================

\set ON_ERROR_STOP on
\set QUIET on

set client_encoding = 'UTF8';
set client_min_messages = warning;
set TimeZone = 'UTC';
set DateStyle = 'ISO, MDY';
set IntervalStyle = 'postgres';
set search_path = 'pg_catalog';
set standard_conforming_strings = 'on';
set extra_float_digits = '1';
set bytea_output = 'hex';
set quote_all_identifiers = 'off';
set row_security = 'off';
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = 'off';
set jit = 'off';
set lock_timeout = '2000ms';
set statement_timeout = '1800000ms';

-- Refuse to start beside another run, or from a state that this file is not for. The advisory lock
-- is the one the runner takes; this session holds it until the end.
do $body1$
declare
    found boolean := false;
begin
    if pg_catalog.transaction_timestamp() <> pg_catalog.statement_timestamp() then
        raise exception using
            errcode = 'active_sql_transaction',
            message = 'this file begins and commits by itself',
            hint = 'run it without -1 and outside a transaction';
    end if;
    if not pg_catalog.pg_try_advisory_lock(8671817705102877495) then
        raise exception using
            errcode = 'lock_not_available',
            message = 'another run is in progress in this database',
            hint = 'wait for it to end, then run this file again';
    end if;
    -- A query is parsed when it is executed: the table it reads may not exist yet.
    if pg_catalog.to_regclass('operational.integrity_state') is not null then
        execute $body$
            select exists (
                select from operational.integrity_state
                where number > 14
            ) or exists (
                select from operational.integrity_journal
                where direction = 'apply' and outcome <> 'undone'
                    and pg_catalog.split_part(migration, '_', 1)::integer > 14
            )$body$
        into found;
    end if;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a migration after 014_performance_optimization is applied or begun',
            hint = 'undo that one first';
    end if;
    -- A query is parsed when it is executed: the table it reads may not exist yet.
    if pg_catalog.to_regclass('operational.integrity_journal') is not null then
        execute $body$
            select exists (
                select from operational.integrity_journal
                where migration = '014_performance_optimization'
                    and direction = 'apply' and outcome <> 'undone'
            )$body$
        into found;
    end if;
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '014_performance_optimization is not applied: there is nothing to undo',
            hint = 'apply it with 014_performance_optimization.migrate.sql';
    end if;
end
$body1$;

-- =================================================================================================
-- Stage 1 of 1: constrain
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 1 of 1: constrain'


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.sportsbook_mappings: sportsbook_mappings_sportsbook_id_idx: drop index
-- sportsbook_mappings_sportsbook_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.sportsbook_mappings
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.sportsbook_mappings_sportsbook_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.sportsbook_mappings: sportsbook_mappings_sportsbook_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fcdf692ed060a79c701c4ea436de0243a4046890414bcb53050466aa30cba089'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.games: games_start_time_idx: drop index games_start_time_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.games_start_time_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.games: games_start_time_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c3672cb2611b6c6591db6efd7a41639849317180a05524f0d454e3252ee3348d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.games: games_official_date_idx: drop index games_official_date_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.games_official_date_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.games: games_official_date_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0e11cb9d730f10c8e3992ec02ce5fec3be799ed03ead09e6b68402b99eae60ef'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.games: games_away_team_official_date_idx: drop index
-- games_away_team_official_date_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.games_away_team_official_date_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.games: games_away_team_official_date_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ea420a0425db5381c0c50713d383c2d4ee4b26c5e1e1667ed636595ba0246000'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.game_id_mappings: game_id_mappings_game_id_idx: drop index
-- game_id_mappings_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.game_id_mappings
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.game_id_mappings_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.game_id_mappings: game_id_mappings_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a5c5aaf747ecbc44114003aad7f7ff79a71691900678afa654247274baaa1516'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.enhanced_games: enhanced_games_updated_at_idx: drop index
-- enhanced_games_updated_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.enhanced_games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.enhanced_games_updated_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.enhanced_games: enhanced_games_updated_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '9dab1e338c4b69cae1b95e4dfe051318c7ccc6ff703fbe7377e70222bc2027eb'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.betting_lines: betting_lines_sportsbook_id_observed_at_idx: drop index
-- betting_lines_sportsbook_id_observed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.betting_lines
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.betting_lines_sportsbook_id_observed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.betting_lines: betting_lines_sportsbook_id_observed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c7df8aafa9933377bb7f1658b8daf71b444d403db28e73ce1c54e0f8b577c341'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.betting_lines:
-- betting_lines_game_id_market_phase_observed_at_price_points_idx: drop index
-- betting_lines_game_id_market_phase_observed_at_price_points_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.betting_lines
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.betting_lines_game_id_market_phase_observed_at_price_points_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.betting_lines: betting_lines_game_id_market_phase_observed_at_price_points_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '13aecc0c2dfe9f1a1faf4f8bd3a6ab05a63b5ea497ff4c8207eeb64496f1f35f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- The end: record that all of it is undone
-- =================================================================================================

begin;

update operational.integrity_journal
set outcome = 'undone'
where migration = '014_performance_optimization' and direction = 'apply';

delete from operational.integrity_slices
where migration = '014_performance_optimization';

delete from operational.integrity_state
where migration = '014_performance_optimization';

commit;

do $body$
begin
    perform pg_catalog.pg_advisory_unlock(8671817705102877495);
end
$body$;

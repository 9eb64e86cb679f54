-- =================================================================================================
-- 014_performance_optimization.migrate.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Applies the migration in 16 steps. No legacy row is changed or dropped.
--   run    psql -X -f 014_performance_optimization.migrate.sql "$DATABASE_URL"
--          Never with -1: the file begins and commits by itself, step by step.
--   stages constrain, switch
--   undo   psql -X -f 014_performance_optimization.rollback.sql; after an error too, from whatever
--          point was reached
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
                where migration = '014_performance_optimization'
            )$body$
        into found;
    end if;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '014_performance_optimization is already applied',
            hint = 'undo it with 014_performance_optimization.rollback.sql';
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
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '014_performance_optimization was begun and has not ended',
            hint = 'go on with integrity apply, or undo it with 014_performance_optimization.rollback.sql';
    end if;
end
$body1$;

-- =================================================================================================
-- Stage 1 of 2: constrain
-- Keys, checks, foreign keys and indexes, once the rows are there.
-- =================================================================================================

\echo 'Stage 1 of 2: constrain'


-- -------------------------------------------------------------------------------------------------
-- index core_betting.betting_lines:
-- betting_lines_game_id_market_phase_observed_at_price_points_idx: index
-- betting_lines_game_id_market_phase_observed_at_price_points_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.betting_lines
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.betting_lines: betting_lines_game_id_market_phase_observed_at_price_points_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '1468e5ff26bbf1b6950a8741015d1ff7037066895a963271896d2f0c108f5dab'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_lines_game_id_market_phase_observed_at_price_points_idx
    on core_betting.betting_lines (game_id, market, phase, observed_at desc)
    include (price, points);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.betting_lines: betting_lines_game_id_market_phase_observed_at_price_points_idx';

update operational.integrity_journal
set outcome = 'undone'
where migration = '014_performance_optimization' and direction = 'rollback';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.betting_lines: betting_lines_sportsbook_id_observed_at_idx: index
-- betting_lines_sportsbook_id_observed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index core_betting.betting_lines:
--          betting_lines_game_id_market_phase_observed_at_price_points_idx
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.betting_lines
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.betting_lines: betting_lines_sportsbook_id_observed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '9d13c01b9f6b12ca1e94b212e1a362caf9abcaf003d7d16d42582b280581090f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_lines_sportsbook_id_observed_at_idx
    on core_betting.betting_lines (sportsbook_id, observed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.betting_lines: betting_lines_sportsbook_id_observed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.enhanced_games: enhanced_games_updated_at_idx: index
-- enhanced_games_updated_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.enhanced_games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.enhanced_games: enhanced_games_updated_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'a56281590f1b7ef0e8de8766426f403fe6f6a309aa7a6e0b54725f4703fd3d7a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently enhanced_games_updated_at_idx
    on core_betting.enhanced_games (updated_at)
    where home_score is not null;

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.enhanced_games: enhanced_games_updated_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.game_id_mappings: game_id_mappings_game_id_idx: index
-- game_id_mappings_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.game_id_mappings
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.game_id_mappings: game_id_mappings_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '94a92e882b72ff8c933e197663aa9e88dfe6ca8ffce70b3715168582944416b0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently game_id_mappings_game_id_idx
    on core_betting.game_id_mappings (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.game_id_mappings: game_id_mappings_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.games: games_away_team_official_date_idx: index
-- games_away_team_official_date_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.games: games_away_team_official_date_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '333fc32c18d3b1cc7bd75bb7d813b8f1774c2a5a68fe85d09452126084d37aa8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently games_away_team_official_date_idx
    on core_betting.games (away_team, official_date);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.games: games_away_team_official_date_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.games: games_official_date_idx: index games_official_date_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index core_betting.games: games_away_team_official_date_idx
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.games: games_official_date_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'd9dbf615443b96b2351151dce6b8aa143aaa382ab6a73ca4ea7f595c9b6584c4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently games_official_date_idx
    on core_betting.games (official_date);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.games: games_official_date_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.games: games_start_time_idx: index games_start_time_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index core_betting.games: games_official_date_idx
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.games: games_start_time_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'ec7043683e1480480c081839c0399304084bece20fab34ca9a3a813510225b8b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently games_start_time_idx
    on core_betting.games (start_time);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.games: games_start_time_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.sportsbook_mappings: sportsbook_mappings_sportsbook_id_idx: index
-- sportsbook_mappings_sportsbook_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.sportsbook_mappings
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.sportsbook_mappings: sportsbook_mappings_sportsbook_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'eb646e6aab01860d4b66a8aba38e51ffbbc3fbefc1c9d1c2d9b93eba3b08d077'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sportsbook_mappings_sportsbook_id_idx
    on core_betting.sportsbook_mappings (sportsbook_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.sportsbook_mappings: sportsbook_mappings_sportsbook_id_idx';

commit;


-- =================================================================================================
-- Stage 2 of 2: switch
-- The unified tables take their names; legacy tables in the way are parked.
-- =================================================================================================

\echo 'Stage 2 of 2: switch'


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.betting_lines: statistics of core_betting.betting_lines
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.betting_lines;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.betting_lines', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7ac1d2bd9a49d89f0f64b06c9953742ca5333049a730142d4e316aef81e8ceb8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.enhanced_games: statistics of core_betting.enhanced_games
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.enhanced_games;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.enhanced_games', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '283c6eb8a57ef662213558cecbbb40231f5239a3c31ef202719d51596ad932cc'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.game_id_mappings: statistics of core_betting.game_id_mappings
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.game_id_mappings;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.game_id_mappings', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '66740d8e83e09ca18858eee624e040870d573479e8e76d9709f0b74926ff8952'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.game_outcomes: statistics of core_betting.game_outcomes
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.game_outcomes;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.game_outcomes', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'd8be305e186865c1875be88f03bea264bb3b1d3fc0b7f4d37caf07652c46d4f9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.games: statistics of core_betting.games
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.games;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.games', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3b7dccdb093c16b5ceef0f51f0225eec8420aaaf81e55c89cedb29dbf77fcd70'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.sportsbook_mappings: statistics of core_betting.sportsbook_mappings
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.sportsbook_mappings;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.sportsbook_mappings', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'de1472090b3136514acc846a579a8303d5bc5dafcf25768cafd7b3091f9aac92'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.sportsbooks: statistics of core_betting.sportsbooks
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.sportsbooks;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.sportsbooks', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '52e8619274cf2fa7f80b33df6d7365867d3ce086039b08e2b4e5516f2eefd7a1'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze core_betting.teams: statistics of core_betting.teams
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.teams;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.teams', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '39083964b0176efcee8baceb739e9356f3201b6c393dc29cbc1cc7813cd70d78'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- The end: record that all of it is applied
-- =================================================================================================

begin;

insert into operational.integrity_state (migration, number)
values ('014_performance_optimization', 14)
on conflict (migration) do nothing;

commit;

do $body$
begin
    perform pg_catalog.pg_advisory_unlock(8671817705102877495);
end
$body$;

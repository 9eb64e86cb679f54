-- =================================================================================================
-- 014_performance_optimization.rollback.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Undoes the migration in 77 steps, from whatever point it had reached.
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
-- drop index raw_data.vsin_raw_data: vsin_raw_data_external_id_idx: drop index
-- vsin_raw_data_external_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.vsin_raw_data
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.vsin_raw_data_external_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.vsin_raw_data: vsin_raw_data_external_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a204f570121053d8e9c661615a8daf4b644baefb94857dd9063da3fcd6aa940c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx: drop index
-- vsin_raw_data_collected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.vsin_raw_data
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.vsin_raw_data_collected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f46e6c4ad1f320472f49146b18ec09974a1ccd217f2070759c18d17752e89044'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.sbr_raw_html: sbr_raw_html_page_date_idx: drop index
-- sbr_raw_html_page_date_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.sbr_raw_html
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.sbr_raw_html_page_date_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.sbr_raw_html: sbr_raw_html_page_date_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b4f8e0e9a72c9879251cfe90c70102a301a96c5ec50f8eb75333dba02273be43'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.sbr_parsed_games: sbr_parsed_games_status_idx: drop index
-- sbr_parsed_games_status_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.sbr_parsed_games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.sbr_parsed_games_status_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.sbr_parsed_games: sbr_parsed_games_status_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a48378c28636c27d7f06ce87bac17a347f0262f2dbb74ac58126e23be0ab1ba2'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx: drop index
-- sbr_parsed_games_page_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.sbr_parsed_games
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.sbr_parsed_games_page_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'cceaafb9947178fa338f2eca12f8cd6458cc8638a84916b46ee60c3df7cafd4e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_observed_at_idx: drop index
-- raw_mlb_betting_splits_observed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.raw_mlb_betting_splits
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.raw_mlb_betting_splits_observed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_observed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c759da66dd9b07e713ed2e6a473d49347ed50f6f1fa7b25e1dd9bd0bc6f792da'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.raw_mlb_betting_splits:
-- raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e: drop index
-- raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.raw_mlb_betting_splits
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '02f37b8ecdebe106e01e613550074f6f96248992c12c3d9bb28985fa9690a4e5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.mlb_api_responses: mlb_api_responses_responded_at_idx: drop index
-- mlb_api_responses_responded_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.mlb_api_responses
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.mlb_api_responses_responded_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.mlb_api_responses: mlb_api_responses_responded_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '76e05367c6d785c738b9e0d3cda40b4d3d5a7505af3887476d49385b21a37bdb'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx: drop index
-- mlb_api_responses_external_id_responded_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.mlb_api_responses
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.mlb_api_responses_external_id_responded_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '381eca204a441f4820bd7573a19dcf16ee6a704242156dd38bd68911866ab1a5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.betting_lines_raw:
-- betting_lines_raw_external_game_id_market_collected_at_idx: drop index
-- betting_lines_raw_external_game_id_market_collected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.betting_lines_raw
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.betting_lines_raw_external_game_id_market_collected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.betting_lines_raw: betting_lines_raw_external_game_id_market_collected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a5e9180968bf6791fb6d7d94f2b4efe0b9ea0c2271c0cb80dcf890be004c381d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx: drop index
-- betting_lines_raw_collected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.betting_lines_raw
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.betting_lines_raw_collected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'db3543b087b677d5181e1e9e659ac64f25a197e01b0ceeba0780a1971023ba21'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.bet_share_rows: bet_share_rows_loaded_at_idx: drop index
-- bet_share_rows_loaded_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.bet_share_rows
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.bet_share_rows_loaded_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.bet_share_rows: bet_share_rows_loaded_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b33952e6ddb839eb66a849f75187241712da4d1fc6ce885b1509b09c1b11aced'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.action_network_raw: action_network_raw_external_game_id_collected_at_idx:
-- drop index action_network_raw_external_game_id_collected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.action_network_raw
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.action_network_raw_external_game_id_collected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.action_network_raw: action_network_raw_external_game_id_collected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f9aae85675589e57c5310789b6a5bfd1770773810fa2e3c83b33b3961af0f611'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx: drop index
-- action_network_raw_endpoint_collected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on raw_data.action_network_raw
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists raw_data.action_network_raw_endpoint_collected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7af666ec07b3e3d50532ba602226b4feeaa5d3118372b1b4db67ab573373e03e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.threshold_recommendations: threshold_recommendations_strategy_name_idx:
-- drop index threshold_recommendations_strategy_name_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.threshold_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.threshold_recommendations_strategy_name_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.threshold_recommendations: threshold_recommendations_strategy_name_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '393ad893cd5a9d3f4db19c0acf5bb07e6e3f423275bf24700d44f1a69bd19857'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.strategy_validation_records:
-- strategy_validation_records_strategy_name_validation_date_idx: drop index
-- strategy_validation_records_strategy_name_validation_date_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.strategy_validation_records
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.strategy_validation_records_strategy_name_validation_date_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.strategy_validation_records: strategy_validation_records_strategy_name_validation_date_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'd9367e6ac0991e8717fc03c7458bbf6b6751dcf3a76c963bd69b038c487d68f7'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.strategy_performance: strategy_performance_backtest_date_idx: drop index
-- strategy_performance_backtest_date_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.strategy_performance
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.strategy_performance_backtest_date_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.strategy_performance: strategy_performance_backtest_date_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '65dd2cd1fbd9196c7fcef7ad62613287a1764310508db395f2854b45f0e644ac'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.strategy_lifecycle_events:
-- strategy_lifecycle_events_strategy_name_happened_at_idx: drop index
-- strategy_lifecycle_events_strategy_name_happened_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.strategy_lifecycle_events
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.strategy_lifecycle_events_strategy_name_happened_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.strategy_lifecycle_events: strategy_lifecycle_events_strategy_name_happened_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '019b56d315be6f1a2b7d1aa027e7f36560e82a95bf6f604b70ba2cefd32ace2a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.strategy_integration_log: strategy_integration_log_configuration_id_idx:
-- drop index strategy_integration_log_configuration_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.strategy_integration_log
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.strategy_integration_log_configuration_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.strategy_integration_log: strategy_integration_log_configuration_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2b4dd7d1e0b0cf61dbf4f0fdf9fe0d76bc36bb9c1d52be23d361ee4ead4892a2'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.pre_game_recommendations: pre_game_recommendations_recommended_at_idx:
-- drop index pre_game_recommendations_recommended_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.pre_game_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.pre_game_recommendations_recommended_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.pre_game_recommendations: pre_game_recommendations_recommended_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ead951d1cb9e4178585a32b473738cf88675655969de1c92f8d01aae9d62ca9f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx: drop index
-- pre_game_recommendations_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.pre_game_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.pre_game_recommendations_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7c51bedd0e7465dc9bf70c10d984887126166446823d97ad1c21ea56b30fcdf0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.pipeline_execution_logs:
-- pipeline_execution_logs_pipeline_name_started_at_idx: drop index
-- pipeline_execution_logs_pipeline_name_started_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.pipeline_execution_logs
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.pipeline_execution_logs_pipeline_name_started_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.pipeline_execution_logs: pipeline_execution_logs_pipeline_name_started_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '228f3ed05f6769a5fcd5ec3177611c58f17f8e2d34be256677463c6276095997'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx: drop
-- index pipeline_execution_logs_execution_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.pipeline_execution_logs
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.pipeline_execution_logs_execution_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'dcf79b39ed7a6fe8571f917f10a11908d5de33e59517e1ec2958eb3de28f84b8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.performance_monitoring:
-- performance_monitoring_kind_check_name_measured_at_idx: drop index
-- performance_monitoring_kind_check_name_measured_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.performance_monitoring
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.performance_monitoring_kind_check_name_measured_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.performance_monitoring: performance_monitoring_kind_check_name_measured_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7e1cd056b352ab4ad88be2bb7e82425346491b251bfd7f4aa50c2346832f5f84'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.performance_monitoring: performance_monitoring_experiment_id_idx: drop
-- index performance_monitoring_experiment_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.performance_monitoring
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.performance_monitoring_experiment_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.performance_monitoring: performance_monitoring_experiment_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'd12fa89bcb868711868e00684fc6689b1d5ada507ffdfeeed40c87c746761164'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.orchestrator_update_triggers:
-- orchestrator_update_triggers_triggered_at_idx: drop index
-- orchestrator_update_triggers_triggered_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.orchestrator_update_triggers
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.orchestrator_update_triggers_triggered_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.orchestrator_update_triggers: orchestrator_update_triggers_triggered_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3f18146f97b2b1b5966abb880ae7f70d2b1c4a47d5c78718dc5f75b9ac39a19c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.notification_log: notification_log_game_id_idx: drop index
-- notification_log_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.notification_log
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.notification_log_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.notification_log: notification_log_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fc0c08498f074861c72a34e05d2ca4aa985b3d64ab7f08faf21eea3d7dff04d3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.data_quality_metrics:
-- data_quality_metrics_table_name_metric_name_measured_at_idx: drop index
-- data_quality_metrics_table_name_metric_name_measured_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.data_quality_metrics
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.data_quality_metrics_table_name_metric_name_measured_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.data_quality_metrics: data_quality_metrics_table_name_metric_name_measured_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6ebb64f7c20f1e20a9370c304e386d9d788ba04364bc27542e4c422200a008e2'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.data_quality_metrics: data_quality_metrics_execution_id_idx: drop index
-- data_quality_metrics_execution_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.data_quality_metrics
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.data_quality_metrics_execution_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.data_quality_metrics: data_quality_metrics_execution_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6487a1ad5baf485afb9c3f92107b4644ea11945b7343d251773caf5884be813b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.collection_logs: collection_logs_started_at_idx: drop index
-- collection_logs_started_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.collection_logs
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.collection_logs_started_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.collection_logs: collection_logs_started_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'cb9a54966f02068ff4d9fca20c9aae8358fbf3b63bbcfd074865319cb6a19d7e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.collection_logs: collection_logs_source_started_at_idx: drop index
-- collection_logs_source_started_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.collection_logs
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.collection_logs_source_started_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.collection_logs: collection_logs_source_started_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1ad18a6890d0b62dc00c4a48c171cc6f3627190f8a594aeec1e98173603f26e5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.collection_logs: collection_logs_game_id_idx: drop index
-- collection_logs_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.collection_logs
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.collection_logs_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.collection_logs: collection_logs_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2e6b67d1f25adfd0efa2be6cf36ae1361fa9af5051bcccf0d68c6b714a4fefd8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.alert_history: alert_history_triggered_at_idx: drop index
-- alert_history_triggered_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.alert_history
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.alert_history_triggered_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.alert_history: alert_history_triggered_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'd64e911a83c3d213de075ff6c3733077613e6516d4d6a2ed247ecfac1112d80c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.alert_history: alert_history_subject_severity_idx: drop index
-- alert_history_subject_severity_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.alert_history
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.alert_history_subject_severity_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.alert_history: alert_history_subject_severity_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'cb2cf58d50e010f4d8eb0a5c1ed3ac4c469a0a076c9129a281966766e793169b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.alert_history: alert_history_experiment_id_idx: drop index
-- alert_history_experiment_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.alert_history
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.alert_history_experiment_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.alert_history: alert_history_experiment_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a034af3ceb36fa58636be9c958aeb588701ddd98ac0bb98797e0ca9cd2ab4798'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index operational.alert_history: alert_history_alert_config_id_idx: drop index
-- alert_history_alert_config_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on operational.alert_history
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists operational.alert_history_alert_config_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index operational.alert_history: alert_history_alert_config_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '201013c0f3960e9bd27ac22b9bd9e0f78e2dce43ef5258c5a55d85129c89fadd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


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
-- drop index core_betting.line_movements: line_movements_sportsbook_id_moved_at_idx: drop index
-- line_movements_sportsbook_id_moved_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.line_movements
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.line_movements_sportsbook_id_moved_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.line_movements: line_movements_sportsbook_id_moved_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5ef867b2793d3999360d24cb8430ffabc9fe603b03e861c6f45f2ea2e13fcb68'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.line_movements: line_movements_raw_movement_id_idx: drop index
-- line_movements_raw_movement_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.line_movements
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.line_movements_raw_movement_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.line_movements: line_movements_raw_movement_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'dca6860dddd961f4621e74260b853b4d332a159581abcea49b6681df52fc8d52'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index core_betting.line_movements: line_movements_game_id_market_moved_at_idx: drop index
-- line_movements_game_id_market_moved_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on core_betting.line_movements
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists core_betting.line_movements_game_id_market_moved_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index core_betting.line_movements: line_movements_game_id_market_moved_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '69252a5baaceee9efe074ae7eb5922e5767a077b5ce02415e98deda4bd51f5e8'
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


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.timing_recommendations:
-- timing_recommendations_strategy_name_recommended_at_idx: drop index
-- timing_recommendations_strategy_name_recommended_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.timing_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.timing_recommendations_strategy_name_recommended_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.timing_recommendations: timing_recommendations_strategy_name_recommended_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1591ab468078a9908bbcd49fd6a94570bdc25b365f264791923ba4d2bc344249'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.timing_recommendations: timing_recommendations_game_id_idx: drop index
-- timing_recommendations_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.timing_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.timing_recommendations_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.timing_recommendations: timing_recommendations_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ccf0f8db9cb16ad7272020c42f6bd802f7f59f70b3f6c4bacc4ed1c57a0cf93b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.timing_bucket_performance:
-- timing_bucket_performance_timing_bucket_period_end_idx: drop index
-- timing_bucket_performance_timing_bucket_period_end_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.timing_bucket_performance
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.timing_bucket_performance_timing_bucket_period_end_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.timing_bucket_performance: timing_bucket_performance_timing_bucket_period_end_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1eff743960fd21927ecc2557090d684c54d07a4bb0a504e142a678c896f631e9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.strategy_signals: strategy_signals_strategy_name_generated_at_idx: drop
-- index strategy_signals_strategy_name_generated_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.strategy_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.strategy_signals_strategy_name_generated_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.strategy_signals: strategy_signals_strategy_name_generated_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a797dfd6c0982221b7346467e7b6551b659d02c4a41cba8c537e31bb87f5585b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.strategy_signals: strategy_signals_game_id_idx: drop index
-- strategy_signals_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.strategy_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.strategy_signals_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.strategy_signals: strategy_signals_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6e297d8cc855aa7392ba982ff5820f361a8d3f1ac573f4a37e85fac0448f28d8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.strategy_results: strategy_results_strategy_name_placed_at_idx: drop index
-- strategy_results_strategy_name_placed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.strategy_results
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.strategy_results_strategy_name_placed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.strategy_results: strategy_results_strategy_name_placed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '29cb7478f3e3f00ab8061ff525d217dad02a43f2ccef28371b96938ac3680ae4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.strategy_results: strategy_results_strategy_id_idx: drop index
-- strategy_results_strategy_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.strategy_results
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.strategy_results_strategy_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.strategy_results: strategy_results_strategy_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '567b17b32cd543329dbb85ea19cfb1c83ca99b8f0e09c2694cb1a12457851eca'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.strategy_results: strategy_results_game_id_idx: drop index
-- strategy_results_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.strategy_results
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.strategy_results_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.strategy_results: strategy_results_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2643bab3d4847132adfc68252b7431f1bde45428c58162784a95115a155e5e4c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.sharp_action_signals: sharp_action_signals_sportsbook_id_idx: drop index
-- sharp_action_signals_sportsbook_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.sharp_action_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.sharp_action_signals_sportsbook_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.sharp_action_signals: sharp_action_signals_sportsbook_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '68464b38f186b13470329a01c60e54e6019af01bb7f22470587a64bf6326e0c8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx: drop
-- index sharp_action_signals_signal_type_detected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.sharp_action_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.sharp_action_signals_signal_type_detected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fadaec5337a712a14c57bede5af5921d9a16209dbe68f87432b35fd3c89feb12'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.sharp_action_signals: sharp_action_signals_report_id_idx: drop index
-- sharp_action_signals_report_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.sharp_action_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.sharp_action_signals_report_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.sharp_action_signals: sharp_action_signals_report_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c62a07676a5c527285e95a0f2bc059a2a5c490766af0e04cfe6f7fd9dd2b08ee'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx: drop
-- index sharp_action_signals_other_sportsbook_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.sharp_action_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.sharp_action_signals_other_sportsbook_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e10c97f67e775e8ed705efd653ef6169ac436e402fc18e87250b1800ae5c97ff'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx: drop index
-- sharp_action_signals_detected_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.sharp_action_signals
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.sharp_action_signals_detected_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'cc4b4a872761a64a5de36a9af8b2a767e2abd2d4b62c09e636640fc01304e811'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_predictions: ml_predictions_model_name_model_version_predicted_at_idx:
-- drop index ml_predictions_model_name_model_version_predicted_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_predictions
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_predictions_model_name_model_version_predicted_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_predictions: ml_predictions_model_name_model_version_predicted_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6d0580d6ea68e799e79df5119d1e2c54de5eb1256e99dcc227c234580ef07fb0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_predictions: ml_predictions_game_id_idx: drop index
-- ml_predictions_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_predictions
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_predictions_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_predictions: ml_predictions_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4664451efd95630ff9bffde9657abc3a653db32f1f3e6d3bd4d2e88555a520ea'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_predictions: ml_predictions_feature_id_idx: drop index
-- ml_predictions_feature_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_predictions
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_predictions_feature_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_predictions: ml_predictions_feature_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6e64e5276d4e86f6eb15f065d7a5fe1763cec416a1ca161cb5867751557817a6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_predictions: ml_predictions_experiment_id_idx: drop index
-- ml_predictions_experiment_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_predictions
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_predictions_experiment_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_predictions: ml_predictions_experiment_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4f922a83d27550b3c251297ac222f3f246262d9cc1b1d148843ef77e8155fa7c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_opportunity_scores: ml_opportunity_scores_game_id_idx: drop index
-- ml_opportunity_scores_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_opportunity_scores
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_opportunity_scores_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_opportunity_scores: ml_opportunity_scores_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2e974949abccc5a2dff1a5dc6b4289b3df1c6a03907661373a913c0a27f8de49'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_features: ml_features_game_id_feature_set_feature_version_cutoff_at_idx:
-- drop index ml_features_game_id_feature_set_feature_version_cutoff_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_features
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_features_game_id_feature_set_feature_version_cutoff_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_features: ml_features_game_id_feature_set_feature_version_cutoff_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '90f68e8d7565b18b9ccdeb81dc68d4e6b996e707cfde2f0d3cc25409f44d6af3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_features: ml_features_feature_set_cutoff_at_idx: drop index
-- ml_features_feature_set_cutoff_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_features
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_features_feature_set_cutoff_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_features: ml_features_feature_set_cutoff_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0e4422640a32b29f1f9609e90a2e96ccdaf3635294a6d358ec7f58bd6b95bb17'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_explanations: ml_explanations_opportunity_id_idx: drop index
-- ml_explanations_opportunity_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_explanations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_explanations_opportunity_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_explanations: ml_explanations_opportunity_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4098ff3718d5f5f439ea9b4353d74099fbf90f2c0c3140c5c5ecbdc01223d54a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_detected_patterns: ml_detected_patterns_opportunity_id_idx: drop index
-- ml_detected_patterns_opportunity_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_detected_patterns
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_detected_patterns_opportunity_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_detected_patterns: ml_detected_patterns_opportunity_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4c6a17259ae12ac4d00e863d06d011ea4232010401ce5846252d2048badba29c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx: drop index
-- ml_detected_patterns_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.ml_detected_patterns
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.ml_detected_patterns_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '592f56614f269eb4adb2da428afe387ed5485ace5d75ece36b278ee5ac96e83d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.game_analyses: game_analyses_game_id_kind_idx: drop index
-- game_analyses_game_id_kind_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.game_analyses
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.game_analyses_game_id_kind_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.game_analyses: game_analyses_game_id_kind_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '842935e11aedad25899296aa6f4bd53a60abe718fd37ee2ea6ed0b4d53b23523'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.game_analyses: game_analyses_analysed_at_idx: drop index
-- game_analyses_analysed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.game_analyses
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.game_analyses_analysed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.game_analyses: game_analyses_analysed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'db9c182218a4bd98bc11a36ed3bfc83d980b8e1a6cf0bc15f8799d04bf2ca6a3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.betting_splits: betting_splits_sportsbook_id_idx: drop index
-- betting_splits_sportsbook_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.betting_splits
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.betting_splits_sportsbook_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.betting_splits: betting_splits_sportsbook_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3de2afb4b09b8ff66b94761363e55264568826aa69fd5f18e63744c71e29c318'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.betting_splits: betting_splits_observed_at_idx: drop index
-- betting_splits_observed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.betting_splits
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.betting_splits_observed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.betting_splits: betting_splits_observed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5b6c44a49da15c4959e614c47b7e54a98c7a4de352284579916b8b5d990a485d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.betting_recommendations: betting_recommendations_game_id_idx: drop index
-- betting_recommendations_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.betting_recommendations
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.betting_recommendations_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.betting_recommendations: betting_recommendations_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e7972cdec5295ce3d8fa41cc23085e63029bb9bd652d82c0fb59ea5c30095006'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.backtesting_results: backtesting_results_source_component_placed_at_idx:
-- drop index backtesting_results_source_component_placed_at_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.backtesting_results
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.backtesting_results_source_component_placed_at_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.backtesting_results: backtesting_results_source_component_placed_at_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '10ba51a09ece14c3276bb1a556b6fde13c70a9dd3cb5dd2ab23300747f3b4281'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index analytics.backtesting_results: backtesting_results_game_id_idx: drop index
-- backtesting_results_game_id_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on analytics.backtesting_results
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists analytics.backtesting_results_game_id_idx;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'rollback', 'drop index analytics.backtesting_results: backtesting_results_game_id_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3b7de06ac4d29f70426fe6e2f32f3e67e70de9d020a9a73f8682ee6f5683c3e8'
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

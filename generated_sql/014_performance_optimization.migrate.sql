-- =================================================================================================
-- 014_performance_optimization.migrate.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Applies the migration in 129 steps. No legacy row is changed or dropped.
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
-- index analytics.backtesting_results: backtesting_results_game_id_idx: index
-- backtesting_results_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.backtesting_results
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.backtesting_results: backtesting_results_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '2c54af74e652f5f6a3e6395f870857dcec90e2acbfa85f244ba5d2ab3b14b799'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently backtesting_results_game_id_idx
    on analytics.backtesting_results (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.backtesting_results: backtesting_results_game_id_idx';

update operational.integrity_journal
set outcome = 'undone'
where migration = '014_performance_optimization' and direction = 'rollback';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.backtesting_results: backtesting_results_source_component_placed_at_idx: index
-- backtesting_results_source_component_placed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.backtesting_results: backtesting_results_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.backtesting_results
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.backtesting_results: backtesting_results_source_component_placed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '1c129f25afb9950b76c49dd1e6ed43b0ed4c6aa0b2859f7b8c6a136eae899d25'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently backtesting_results_source_component_placed_at_idx
    on analytics.backtesting_results (source_component, placed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.backtesting_results: backtesting_results_source_component_placed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.betting_recommendations: betting_recommendations_game_id_idx: index
-- betting_recommendations_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.betting_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.betting_recommendations: betting_recommendations_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '0959f8e19bd3f271935b7d844a29b9d4f2f4613c46385fcbddd9120e9c31ea3e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_recommendations_game_id_idx
    on analytics.betting_recommendations (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.betting_recommendations: betting_recommendations_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.betting_splits: betting_splits_observed_at_idx: index
-- betting_splits_observed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.betting_splits
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.betting_splits: betting_splits_observed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'dbf4af0590c39d9fe4e03453d1e49829d310375dd531aad24201d535cc7ea032'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_splits_observed_at_idx
    on analytics.betting_splits (observed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.betting_splits: betting_splits_observed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.betting_splits: betting_splits_sportsbook_id_idx: index
-- betting_splits_sportsbook_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.betting_splits: betting_splits_observed_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.betting_splits
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.betting_splits: betting_splits_sportsbook_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'f6e7dd6feb6973d4e841fbd3a294af6747693e804852351dfe46c5944440de0d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_splits_sportsbook_id_idx
    on analytics.betting_splits (sportsbook_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.betting_splits: betting_splits_sportsbook_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.game_analyses: game_analyses_analysed_at_idx: index game_analyses_analysed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.game_analyses
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.game_analyses: game_analyses_analysed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '1342a9e39d091eea9c839de8b1eedd15252cd27e0436ee706209d1d81a076bf4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently game_analyses_analysed_at_idx
    on analytics.game_analyses (analysed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.game_analyses: game_analyses_analysed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.game_analyses: game_analyses_game_id_kind_idx: index
-- game_analyses_game_id_kind_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.game_analyses: game_analyses_analysed_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.game_analyses
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.game_analyses: game_analyses_game_id_kind_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '87f5be6f403354f41ad01ccc3ba5c59d8f03bba34df572fadf12572af79b9dbf'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently game_analyses_game_id_kind_idx
    on analytics.game_analyses (game_id, kind);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.game_analyses: game_analyses_game_id_kind_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx: index
-- ml_detected_patterns_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_detected_patterns
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '5a9e77fd61c7734d5517148ba6b3c7c6770c05a5acbd9a7be623da6a4b4339e8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_detected_patterns_game_id_idx
    on analytics.ml_detected_patterns (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_detected_patterns: ml_detected_patterns_opportunity_id_idx: index
-- ml_detected_patterns_opportunity_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.ml_detected_patterns: ml_detected_patterns_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_detected_patterns
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_detected_patterns: ml_detected_patterns_opportunity_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'e0ad0a4f4e632346dc23c9519bf1abf55f18626968801a343682db1990b7be47'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_detected_patterns_opportunity_id_idx
    on analytics.ml_detected_patterns (opportunity_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_detected_patterns: ml_detected_patterns_opportunity_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_explanations: ml_explanations_opportunity_id_idx: index
-- ml_explanations_opportunity_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_explanations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_explanations: ml_explanations_opportunity_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'f5c9abd7ad1f3b40df1d1704560c2632ecd2a23ab83ca9a67c6adbfffe5aa9ac'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_explanations_opportunity_id_idx
    on analytics.ml_explanations (opportunity_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_explanations: ml_explanations_opportunity_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_features: ml_features_feature_set_cutoff_at_idx: index
-- ml_features_feature_set_cutoff_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_features
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_features: ml_features_feature_set_cutoff_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '7ffef6a16122447673ef2536b156d73d08e26ef87f6c04484002eb5527480c5e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_features_feature_set_cutoff_at_idx
    on analytics.ml_features (feature_set, cutoff_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_features: ml_features_feature_set_cutoff_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_features: ml_features_game_id_feature_set_feature_version_cutoff_at_idx: index
-- ml_features_game_id_feature_set_feature_version_cutoff_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.ml_features: ml_features_feature_set_cutoff_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_features
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_features: ml_features_game_id_feature_set_feature_version_cutoff_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '3d9269dc51b8a942d660f908440bc1efe89253ae2f413df8f96357774df86523'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_features_game_id_feature_set_feature_version_cutoff_at_idx
    on analytics.ml_features (game_id, feature_set, feature_version, cutoff_at desc);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_features: ml_features_game_id_feature_set_feature_version_cutoff_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_opportunity_scores: ml_opportunity_scores_game_id_idx: index
-- ml_opportunity_scores_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_opportunity_scores
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_opportunity_scores: ml_opportunity_scores_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '733ce7e7338f32e5060d9da493c8b2ec214e6647ea3a0b06abc8ce8a784c0baa'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_opportunity_scores_game_id_idx
    on analytics.ml_opportunity_scores (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_opportunity_scores: ml_opportunity_scores_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_predictions: ml_predictions_experiment_id_idx: index
-- ml_predictions_experiment_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_predictions
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_predictions: ml_predictions_experiment_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '63c99f5d222ee71932b1d1efa3b4c605a618fd36bdcfec597584027003ebc5d0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_predictions_experiment_id_idx
    on analytics.ml_predictions (experiment_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_predictions: ml_predictions_experiment_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_predictions: ml_predictions_feature_id_idx: index
-- ml_predictions_feature_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.ml_predictions: ml_predictions_experiment_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_predictions
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_predictions: ml_predictions_feature_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '0f4e169aa9f6fe2637c05e36c3d47ffba6689b5ee601de9a491af0e30045b6b3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_predictions_feature_id_idx
    on analytics.ml_predictions (feature_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_predictions: ml_predictions_feature_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_predictions: ml_predictions_game_id_idx: index ml_predictions_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.ml_predictions: ml_predictions_feature_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_predictions
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_predictions: ml_predictions_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'bff1bcff91bf8aaeb32d111aafcafee4eb9621074e9fec32a6848cdbccbc53c4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_predictions_game_id_idx
    on analytics.ml_predictions (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_predictions: ml_predictions_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.ml_predictions: ml_predictions_model_name_model_version_predicted_at_idx: index
-- ml_predictions_model_name_model_version_predicted_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.ml_predictions: ml_predictions_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.ml_predictions
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.ml_predictions: ml_predictions_model_name_model_version_predicted_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'c6130048dd8642c768eb49b342232ff61e81a8a0bdfc5fd2fdf249d1c9a19d51'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently ml_predictions_model_name_model_version_predicted_at_idx
    on analytics.ml_predictions (model_name, model_version, predicted_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.ml_predictions: ml_predictions_model_name_model_version_predicted_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx: index
-- sharp_action_signals_detected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.sharp_action_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '709e99710efb05ee56d3cb1ae02bfa14984e90c8461b6573eeb880a61de216c0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sharp_action_signals_detected_at_idx
    on analytics.sharp_action_signals (detected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx: index
-- sharp_action_signals_other_sportsbook_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.sharp_action_signals: sharp_action_signals_detected_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.sharp_action_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'f861d80e8f2a5a2841a56070e51eb4012d1c4eba9150e582ee9d81b6591c9be9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sharp_action_signals_other_sportsbook_id_idx
    on analytics.sharp_action_signals (other_sportsbook_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.sharp_action_signals: sharp_action_signals_report_id_idx: index
-- sharp_action_signals_report_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.sharp_action_signals: sharp_action_signals_other_sportsbook_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.sharp_action_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.sharp_action_signals: sharp_action_signals_report_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '16fa29190676601f4fd5150948ef452c79b5ce74709ea04d8cff5a9388a3e42f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sharp_action_signals_report_id_idx
    on analytics.sharp_action_signals (report_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.sharp_action_signals: sharp_action_signals_report_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx: index
-- sharp_action_signals_signal_type_detected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.sharp_action_signals: sharp_action_signals_report_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.sharp_action_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '81460fd187153a9926155e0aff26a5c375dba2d96d5517d536224fe1ffc453cb'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sharp_action_signals_signal_type_detected_at_idx
    on analytics.sharp_action_signals (signal_type, detected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.sharp_action_signals: sharp_action_signals_sportsbook_id_idx: index
-- sharp_action_signals_sportsbook_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.sharp_action_signals: sharp_action_signals_signal_type_detected_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.sharp_action_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.sharp_action_signals: sharp_action_signals_sportsbook_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'c1e2cfe968f732f5dc050bca35de6ed5bf4be178a4a913afcc0291cf942296b9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sharp_action_signals_sportsbook_id_idx
    on analytics.sharp_action_signals (sportsbook_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.sharp_action_signals: sharp_action_signals_sportsbook_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.strategy_results: strategy_results_game_id_idx: index
-- strategy_results_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.strategy_results
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.strategy_results: strategy_results_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '2f10caa3c6f80073e974ccdbf8499d4364111544e001232b70f470839d723615'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_results_game_id_idx
    on analytics.strategy_results (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.strategy_results: strategy_results_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.strategy_results: strategy_results_strategy_id_idx: index
-- strategy_results_strategy_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.strategy_results: strategy_results_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.strategy_results
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.strategy_results: strategy_results_strategy_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '190fbc0b17748032a5ab2ea070cfbc99acd5b3ea824c4f47bf383a10b08c0a8a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_results_strategy_id_idx
    on analytics.strategy_results (strategy_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.strategy_results: strategy_results_strategy_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.strategy_results: strategy_results_strategy_name_placed_at_idx: index
-- strategy_results_strategy_name_placed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.strategy_results: strategy_results_strategy_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.strategy_results
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.strategy_results: strategy_results_strategy_name_placed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '5dadc08474f6683395f173556351f1466f2477a5a623d0a187b0a6a8cfb9c61c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_results_strategy_name_placed_at_idx
    on analytics.strategy_results (strategy_name, placed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.strategy_results: strategy_results_strategy_name_placed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.strategy_signals: strategy_signals_game_id_idx: index
-- strategy_signals_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.strategy_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.strategy_signals: strategy_signals_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '5111748fab3fa931421198a2185846a5a332b5d6455b1f5b23e93c62f6d810aa'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_signals_game_id_idx
    on analytics.strategy_signals (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.strategy_signals: strategy_signals_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.strategy_signals: strategy_signals_strategy_name_generated_at_idx: index
-- strategy_signals_strategy_name_generated_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.strategy_signals: strategy_signals_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.strategy_signals
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.strategy_signals: strategy_signals_strategy_name_generated_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'b214419753f8e529da180d3eec79ad7cdbe454fa97366684a03fbda428657fba'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_signals_strategy_name_generated_at_idx
    on analytics.strategy_signals (strategy_name, generated_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.strategy_signals: strategy_signals_strategy_name_generated_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.timing_bucket_performance:
-- timing_bucket_performance_timing_bucket_period_end_idx: index
-- timing_bucket_performance_timing_bucket_period_end_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.timing_bucket_performance
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.timing_bucket_performance: timing_bucket_performance_timing_bucket_period_end_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '79f9ff8fc27a09dca105deb29c7eeca9c549954b1fa2f558a6e4cddcfd13b2e0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently timing_bucket_performance_timing_bucket_period_end_idx
    on analytics.timing_bucket_performance (timing_bucket, period_end);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.timing_bucket_performance: timing_bucket_performance_timing_bucket_period_end_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.timing_recommendations: timing_recommendations_game_id_idx: index
-- timing_recommendations_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on analytics.timing_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.timing_recommendations: timing_recommendations_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'ea4bb772769384c836ba789ee16d58da54521ed2d93ec6bdfced3ffd905b78e3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently timing_recommendations_game_id_idx
    on analytics.timing_recommendations (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.timing_recommendations: timing_recommendations_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index analytics.timing_recommendations: timing_recommendations_strategy_name_recommended_at_idx:
-- index timing_recommendations_strategy_name_recommended_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index analytics.timing_recommendations: timing_recommendations_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on analytics.timing_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index analytics.timing_recommendations: timing_recommendations_strategy_name_recommended_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '3c00a82872d0dc566a7d2a926c2326d3dbdd2dc4fbc968564690ea1f775880bd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently timing_recommendations_strategy_name_recommended_at_idx
    on analytics.timing_recommendations (strategy_name, recommended_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index analytics.timing_recommendations: timing_recommendations_strategy_name_recommended_at_idx';

commit;


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
-- index core_betting.line_movements: line_movements_game_id_market_moved_at_idx: index
-- line_movements_game_id_market_moved_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.line_movements
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.line_movements: line_movements_game_id_market_moved_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '11f942f78b01eae964ea5e143e03b82af9f26306f84f3df447245f88d9849d93'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently line_movements_game_id_market_moved_at_idx
    on core_betting.line_movements (game_id, market, moved_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.line_movements: line_movements_game_id_market_moved_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.line_movements: line_movements_raw_movement_id_idx: index
-- line_movements_raw_movement_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index core_betting.line_movements: line_movements_game_id_market_moved_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.line_movements
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.line_movements: line_movements_raw_movement_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '6718724bc520e5b56925482b1bf16bf0d835a47d17fad398ca05edaa7812212c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently line_movements_raw_movement_id_idx
    on core_betting.line_movements (raw_movement_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.line_movements: line_movements_raw_movement_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index core_betting.line_movements: line_movements_sportsbook_id_moved_at_idx: index
-- line_movements_sportsbook_id_moved_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index core_betting.line_movements: line_movements_raw_movement_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on core_betting.line_movements
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index core_betting.line_movements: line_movements_sportsbook_id_moved_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '168fc7274931e7b5d1e3143e1bf0ef65de95451db9a8b94dd23eeb6f4bb9e61e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently line_movements_sportsbook_id_moved_at_idx
    on core_betting.line_movements (sportsbook_id, moved_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index core_betting.line_movements: line_movements_sportsbook_id_moved_at_idx';

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


-- -------------------------------------------------------------------------------------------------
-- index operational.alert_history: alert_history_alert_config_id_idx: index
-- alert_history_alert_config_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.alert_history
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.alert_history: alert_history_alert_config_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '16496fbea80c681f53cacbbf58dc99394a7fed527259f2e21722f3540131b358'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently alert_history_alert_config_id_idx
    on operational.alert_history (alert_config_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.alert_history: alert_history_alert_config_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.alert_history: alert_history_experiment_id_idx: index
-- alert_history_experiment_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.alert_history: alert_history_alert_config_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.alert_history
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.alert_history: alert_history_experiment_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'ca176ca866884787e308b72fbc65689896f84de11598df2734342bc7727218bd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently alert_history_experiment_id_idx
    on operational.alert_history (experiment_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.alert_history: alert_history_experiment_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.alert_history: alert_history_subject_severity_idx: index
-- alert_history_subject_severity_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.alert_history: alert_history_experiment_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.alert_history
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.alert_history: alert_history_subject_severity_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'f9d594207eb841e460f11a41e8901e3cca768769ac6c96055efa466579ae3a26'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently alert_history_subject_severity_idx
    on operational.alert_history (subject, severity)
    where resolved_at is null;

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.alert_history: alert_history_subject_severity_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.alert_history: alert_history_triggered_at_idx: index
-- alert_history_triggered_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.alert_history: alert_history_subject_severity_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.alert_history
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.alert_history: alert_history_triggered_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '9dbaff70f689431c9cb8c42d849c0d687f6a2608eb6824c5636c96101e6c0839'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently alert_history_triggered_at_idx
    on operational.alert_history (triggered_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.alert_history: alert_history_triggered_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.collection_logs: collection_logs_game_id_idx: index collection_logs_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.collection_logs
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.collection_logs: collection_logs_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '89f6cc357fccf10b200e734fa95d4ad56a86c3a5270654f2ff54889dd61c9d48'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently collection_logs_game_id_idx
    on operational.collection_logs (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.collection_logs: collection_logs_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.collection_logs: collection_logs_source_started_at_idx: index
-- collection_logs_source_started_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.collection_logs: collection_logs_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.collection_logs
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.collection_logs: collection_logs_source_started_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '9b8d4cee6adfd9a35646d94830a455c2d2d8df680cdf1d155994ba18cab84ce7'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently collection_logs_source_started_at_idx
    on operational.collection_logs (source, started_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.collection_logs: collection_logs_source_started_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.collection_logs: collection_logs_started_at_idx: index
-- collection_logs_started_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.collection_logs: collection_logs_source_started_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.collection_logs
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.collection_logs: collection_logs_started_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '912d9baab305f6874df4296eae5a167b69d6ebaf3693597b8053c16eb9145c4e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently collection_logs_started_at_idx
    on operational.collection_logs (started_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.collection_logs: collection_logs_started_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.data_quality_metrics: data_quality_metrics_execution_id_idx: index
-- data_quality_metrics_execution_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.data_quality_metrics
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.data_quality_metrics: data_quality_metrics_execution_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'e6abb007a57e1280f22ec9d749ac1a30aa9c4d7ea36431b53cfb90dda80e8928'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently data_quality_metrics_execution_id_idx
    on operational.data_quality_metrics (execution_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.data_quality_metrics: data_quality_metrics_execution_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.data_quality_metrics:
-- data_quality_metrics_table_name_metric_name_measured_at_idx: index
-- data_quality_metrics_table_name_metric_name_measured_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.data_quality_metrics: data_quality_metrics_execution_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.data_quality_metrics
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.data_quality_metrics: data_quality_metrics_table_name_metric_name_measured_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '43f30e5bacec59d2ecc6dd6e38480d78d11a480a12179fe7add92dec379cf47c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently data_quality_metrics_table_name_metric_name_measured_at_idx
    on operational.data_quality_metrics (table_name, metric_name, measured_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.data_quality_metrics: data_quality_metrics_table_name_metric_name_measured_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.notification_log: notification_log_game_id_idx: index
-- notification_log_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.notification_log
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.notification_log: notification_log_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '573c73a4ca6c2b85c3a572ab554202864041c6abd1795b54f9c20dfe53ff7575'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently notification_log_game_id_idx
    on operational.notification_log (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.notification_log: notification_log_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.orchestrator_update_triggers: orchestrator_update_triggers_triggered_at_idx:
-- index orchestrator_update_triggers_triggered_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.orchestrator_update_triggers
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.orchestrator_update_triggers: orchestrator_update_triggers_triggered_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '9b114b428099172cf57705d7cd184c664f3ca81f3448d32a04306e2bdba93250'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently orchestrator_update_triggers_triggered_at_idx
    on operational.orchestrator_update_triggers (triggered_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.orchestrator_update_triggers: orchestrator_update_triggers_triggered_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.performance_monitoring: performance_monitoring_experiment_id_idx: index
-- performance_monitoring_experiment_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.performance_monitoring
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.performance_monitoring: performance_monitoring_experiment_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'b34b8e6eac94ed59934b154d2da37177ac02331a508fc23ea79d66c67e70dfed'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently performance_monitoring_experiment_id_idx
    on operational.performance_monitoring (experiment_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.performance_monitoring: performance_monitoring_experiment_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.performance_monitoring: performance_monitoring_kind_check_name_measured_at_idx:
-- index performance_monitoring_kind_check_name_measured_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.performance_monitoring: performance_monitoring_experiment_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.performance_monitoring
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.performance_monitoring: performance_monitoring_kind_check_name_measured_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '1b437466bd2dc8fb1cae91474b24b7cbe59379c1444e464d2ec408c62c3e9d7b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently performance_monitoring_kind_check_name_measured_at_idx
    on operational.performance_monitoring (kind, check_name, measured_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.performance_monitoring: performance_monitoring_kind_check_name_measured_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx: index
-- pipeline_execution_logs_execution_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.pipeline_execution_logs
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'd477f2aed9903d84f7e3ad007720df717b3935d9f54dd8fd529f8bad18f0731f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently pipeline_execution_logs_execution_id_idx
    on operational.pipeline_execution_logs (execution_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.pipeline_execution_logs: pipeline_execution_logs_pipeline_name_started_at_idx:
-- index pipeline_execution_logs_pipeline_name_started_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.pipeline_execution_logs: pipeline_execution_logs_execution_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.pipeline_execution_logs
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.pipeline_execution_logs: pipeline_execution_logs_pipeline_name_started_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'e24c4600b4c4096a3ba9634254c4ff3cea80eac6161cf4be068abe25fdf851bf'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently pipeline_execution_logs_pipeline_name_started_at_idx
    on operational.pipeline_execution_logs (pipeline_name, started_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.pipeline_execution_logs: pipeline_execution_logs_pipeline_name_started_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx: index
-- pre_game_recommendations_game_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.pre_game_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '4b60c5e95db423849aaee027fab1b11311a196a89acc492b2574e6a115872370'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently pre_game_recommendations_game_id_idx
    on operational.pre_game_recommendations (game_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.pre_game_recommendations: pre_game_recommendations_recommended_at_idx: index
-- pre_game_recommendations_recommended_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index operational.pre_game_recommendations: pre_game_recommendations_game_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on operational.pre_game_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.pre_game_recommendations: pre_game_recommendations_recommended_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '9f550e5771427c84394383d432925be97900260668bde71fb6fc938e8873e39d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently pre_game_recommendations_recommended_at_idx
    on operational.pre_game_recommendations (recommended_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.pre_game_recommendations: pre_game_recommendations_recommended_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.strategy_integration_log: strategy_integration_log_configuration_id_idx: index
-- strategy_integration_log_configuration_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.strategy_integration_log
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.strategy_integration_log: strategy_integration_log_configuration_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '94114f475d3bfd549a8159d0d53aa3a75c7af7cf7a5f1dc7813f2d94cd49f9b3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_integration_log_configuration_id_idx
    on operational.strategy_integration_log (configuration_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.strategy_integration_log: strategy_integration_log_configuration_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.strategy_lifecycle_events:
-- strategy_lifecycle_events_strategy_name_happened_at_idx: index
-- strategy_lifecycle_events_strategy_name_happened_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.strategy_lifecycle_events
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.strategy_lifecycle_events: strategy_lifecycle_events_strategy_name_happened_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'aa69db6bf016eb4eb69bf073f4f35d6702e4b4c1952fd31f52751c080cb57114'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_lifecycle_events_strategy_name_happened_at_idx
    on operational.strategy_lifecycle_events (strategy_name, happened_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.strategy_lifecycle_events: strategy_lifecycle_events_strategy_name_happened_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.strategy_performance: strategy_performance_backtest_date_idx: index
-- strategy_performance_backtest_date_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.strategy_performance
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.strategy_performance: strategy_performance_backtest_date_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'e7aa627abc4600ee5b54392570e3f0fc0733027760afe7cf5a474041f7817ce3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_performance_backtest_date_idx
    on operational.strategy_performance (backtest_date);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.strategy_performance: strategy_performance_backtest_date_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.strategy_validation_records:
-- strategy_validation_records_strategy_name_validation_date_idx: index
-- strategy_validation_records_strategy_name_validation_date_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.strategy_validation_records
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.strategy_validation_records: strategy_validation_records_strategy_name_validation_date_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '3e2bd21dbe72e9d8c495d092a34b794f83d168529f59f680fa416e15d3080f27'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently strategy_validation_records_strategy_name_validation_date_idx
    on operational.strategy_validation_records (strategy_name, validation_date);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.strategy_validation_records: strategy_validation_records_strategy_name_validation_date_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index operational.threshold_recommendations: threshold_recommendations_strategy_name_idx: index
-- threshold_recommendations_strategy_name_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on operational.threshold_recommendations
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index operational.threshold_recommendations: threshold_recommendations_strategy_name_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'a710cf713225bcd0fdbdcf5707c2f285ee7771553cf0beaa9e82571324c9e8a7'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently threshold_recommendations_strategy_name_idx
    on operational.threshold_recommendations (strategy_name);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index operational.threshold_recommendations: threshold_recommendations_strategy_name_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx: index
-- action_network_raw_endpoint_collected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.action_network_raw
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '55b1d7baaf13f424b6d53987569bd98ba7675cdceda9dccd9c535088b825ca2c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently action_network_raw_endpoint_collected_at_idx
    on raw_data.action_network_raw (endpoint, collected_at)
    where processed_at is null;

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.action_network_raw: action_network_raw_external_game_id_collected_at_idx: index
-- action_network_raw_external_game_id_collected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.action_network_raw: action_network_raw_endpoint_collected_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.action_network_raw
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.action_network_raw: action_network_raw_external_game_id_collected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    'e3ce93a01f066db5d52b7f6de1369cab735a690428557476b6d385c0e8d34c4c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently action_network_raw_external_game_id_collected_at_idx
    on raw_data.action_network_raw (external_game_id, collected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.action_network_raw: action_network_raw_external_game_id_collected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.bet_share_rows: bet_share_rows_loaded_at_idx: index bet_share_rows_loaded_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.bet_share_rows
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.bet_share_rows: bet_share_rows_loaded_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '2e81669c10d5dc5cceecca9d4eed2379c64df772bec1e6807f08586c5cf2ee06'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently bet_share_rows_loaded_at_idx
    on raw_data.bet_share_rows (loaded_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.bet_share_rows: bet_share_rows_loaded_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx: index
-- betting_lines_raw_collected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.betting_lines_raw
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '6d07bfed5e100efaa05c84fdf53465acc1c219d9e63c95956a5ccab755aceca9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_lines_raw_collected_at_idx
    on raw_data.betting_lines_raw (collected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.betting_lines_raw: betting_lines_raw_external_game_id_market_collected_at_idx:
-- index betting_lines_raw_external_game_id_market_collected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.betting_lines_raw: betting_lines_raw_collected_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.betting_lines_raw
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.betting_lines_raw: betting_lines_raw_external_game_id_market_collected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '635a853db42138453c4d1804e79333124f805800550e737e412fdd81a44deeee'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently betting_lines_raw_external_game_id_market_collected_at_idx
    on raw_data.betting_lines_raw (external_game_id, market, collected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.betting_lines_raw: betting_lines_raw_external_game_id_market_collected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx: index
-- mlb_api_responses_external_id_responded_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.mlb_api_responses
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '5caeb39c74708b600f445659a0a44d02b29b820cdc78ad206f33e83604c8fc65'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently mlb_api_responses_external_id_responded_at_idx
    on raw_data.mlb_api_responses (external_id, responded_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.mlb_api_responses: mlb_api_responses_responded_at_idx: index
-- mlb_api_responses_responded_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.mlb_api_responses: mlb_api_responses_external_id_responded_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.mlb_api_responses
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.mlb_api_responses: mlb_api_responses_responded_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '58f6f6b2874d673659145da8f63a35f35914664fd1b83e7e155ffbe31cb24090'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently mlb_api_responses_responded_at_idx
    on raw_data.mlb_api_responses (responded_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.mlb_api_responses: mlb_api_responses_responded_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.raw_mlb_betting_splits:
-- raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e: index
-- raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.raw_mlb_betting_splits
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e', 'started',
    pg_catalog.transaction_timestamp(), null,
    '6904e492891fc480c7dd432c777219426b7a6fcac9c1ba844d0388c4b5dae8cd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e
    on raw_data.raw_mlb_betting_splits (external_game_id, split_type, observed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_observed_at_idx: index
-- raw_mlb_betting_splits_observed_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.raw_mlb_betting_splits:
--          raw_mlb_betting_splits_external_game_id_split_type_obs_d92ee49e
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.raw_mlb_betting_splits
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_observed_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '6a7263d7cec79521c72672848c16fb3b6318120af60a6b8b9d26a3b74cea1b66'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently raw_mlb_betting_splits_observed_at_idx
    on raw_data.raw_mlb_betting_splits (observed_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.raw_mlb_betting_splits: raw_mlb_betting_splits_observed_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx: index sbr_parsed_games_page_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.sbr_parsed_games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '8127035a80ad3fe09c92dd2755a5a7dcd94a15f6e8c48481f16a8a8c41e878c0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sbr_parsed_games_page_id_idx
    on raw_data.sbr_parsed_games (page_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.sbr_parsed_games: sbr_parsed_games_status_idx: index sbr_parsed_games_status_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.sbr_parsed_games: sbr_parsed_games_page_id_idx
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.sbr_parsed_games
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.sbr_parsed_games: sbr_parsed_games_status_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '78925408f2aa33ee8aca6369b094e41c026e82f2f42072170659a45275edd203'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sbr_parsed_games_status_idx
    on raw_data.sbr_parsed_games (status)
    where status = 'new';

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.sbr_parsed_games: sbr_parsed_games_status_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.sbr_raw_html: sbr_raw_html_page_date_idx: index sbr_raw_html_page_date_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.sbr_raw_html
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.sbr_raw_html: sbr_raw_html_page_date_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '4b41cbbc93783b0a83d422dedf5921a969856237b71bc183221c390da4462bc0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently sbr_raw_html_page_date_idx
    on raw_data.sbr_raw_html (page_date);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.sbr_raw_html: sbr_raw_html_page_date_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx: index
-- vsin_raw_data_collected_at_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.vsin_raw_data
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '3a0e496e814accbf9abbcdbadf19094115410267b8cb907180554974b3770811'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently vsin_raw_data_collected_at_idx
    on raw_data.vsin_raw_data (collected_at);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx';

commit;


-- -------------------------------------------------------------------------------------------------
-- index raw_data.vsin_raw_data: vsin_raw_data_external_id_idx: index vsin_raw_data_external_id_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index raw_data.vsin_raw_data: vsin_raw_data_collected_at_idx
--   lock   SHARE UPDATE EXCLUSIVE on raw_data.vsin_raw_data
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'index raw_data.vsin_raw_data: vsin_raw_data_external_id_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '4815b8088645d6d33b4281a1c7124b0b26298013683f6e00e9e4c7c4babc9abb'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently vsin_raw_data_external_id_idx
    on raw_data.vsin_raw_data (external_id);

begin;
set local synchronous_commit = off;

update operational.integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '014_performance_optimization'
    and direction = 'apply' and step = 'index raw_data.vsin_raw_data: vsin_raw_data_external_id_idx';

commit;


-- =================================================================================================
-- Stage 2 of 2: switch
-- The unified tables take their names; legacy tables in the way are parked.
-- =================================================================================================

\echo 'Stage 2 of 2: switch'


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.backtesting_results: statistics of analytics.backtesting_results
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.backtesting_results;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.backtesting_results', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5290178c610ebe79017ee1733aa54feeb41a207dd5a8631c6440525ee3fce535'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.betting_recommendations: statistics of analytics.betting_recommendations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.betting_recommendations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.betting_recommendations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b385d43cd945d070532dda229624aa256e4b68f025a7c9fa6c87e888a6c46240'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.betting_splits: statistics of analytics.betting_splits
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.betting_splits;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.betting_splits', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a52ccffc3ab82535550b75984133ab0c0d04bba2a693fb5b99f8e4131d0c059d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.game_analyses: statistics of analytics.game_analyses
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.game_analyses;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.game_analyses', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '06d8775c0169cb618dcc270d919df32dca2713ee31366a084634d12ec6165654'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_detected_patterns: statistics of analytics.ml_detected_patterns
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_detected_patterns;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_detected_patterns', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b1a693bd5a07c8b6d009abf5e2173947afc898c93ef7dbf5c39f5f671a6bef13'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_experiments: statistics of analytics.ml_experiments
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_experiments;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_experiments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '90246449550c58fb5d08346cba152ee86637d8ffe8496565d6f1dd75ac98bb54'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_explanations: statistics of analytics.ml_explanations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_explanations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_explanations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5a50710afb76b4dfef4938fd5809bb16c5450f51a179f204e27f5243a55e5e78'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_features: statistics of analytics.ml_features
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_features;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_features', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0dc7bc90f4c0fa4be99c5415d0f2c5800dd27f2722e53e29f0f8487e26b31877'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_model_performance: statistics of analytics.ml_model_performance
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_model_performance;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_model_performance', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2eb8210bf7b10eda466cd2982b626743a1f4cdcdb0dce7fd5fcc9dae4cd4f3db'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_opportunity_scores: statistics of analytics.ml_opportunity_scores
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_opportunity_scores;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_opportunity_scores', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fe175ccc11fb59ac9262bc9b4e0b3ee8a930a29d7ee8ba5ebc2eb87dc5cb2f24'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.ml_predictions: statistics of analytics.ml_predictions
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.ml_predictions;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.ml_predictions', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '34c5876efc5695857ecee24af5c81103106ddc755b4b18f52d34abc0e09a0ab8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.sharp_action_signals: statistics of analytics.sharp_action_signals
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.sharp_action_signals;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.sharp_action_signals', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '03817b5f477a07d7b6df069979a8bea571da6a090bd559adfcb4b16a031778be'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.strategy_results: statistics of analytics.strategy_results
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.strategy_results;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.strategy_results', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b38d236331ae770aac058170cca9e005f664a50b7966629c522a29e400f0c77c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.strategy_signals: statistics of analytics.strategy_signals
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.strategy_signals;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.strategy_signals', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ce4ba20e17c9cb01559a1f43d72858be05e7f08d6089af850f83ad171f7005af'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.timing_bucket_performance: statistics of analytics.timing_bucket_performance
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.timing_bucket_performance;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.timing_bucket_performance', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8f9c2b82c1fae9ebad53ac63331cee087c249b7fa50c5b4b6cdcac260ad52b64'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze analytics.timing_recommendations: statistics of analytics.timing_recommendations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze analytics.timing_recommendations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze analytics.timing_recommendations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'bebb053bf1e78e482102296b073c60728e6f41de8ffae0b0f2bf7faf62e1cb13'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


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
-- analyze core_betting.line_movements: statistics of core_betting.line_movements
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze core_betting.line_movements;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze core_betting.line_movements', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '75e1fdc752e9f3cfa6765b39ae0a6c72b63354a147bcc409ff948d29b423c1b0'
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


-- -------------------------------------------------------------------------------------------------
-- analyze operational.alert_history: statistics of operational.alert_history
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.alert_history;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.alert_history', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f4d64309bc2bace08eef7feccda900f2bcba237ba2debd22d4f38e34fa0d0852'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.alignment_analysis: statistics of operational.alignment_analysis
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.alignment_analysis;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.alignment_analysis', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a09e2cb4fa4753cb6219b94ab214793a3d81677bbb61a1bc2b8b5c1a82d80a7a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.collection_logs: statistics of operational.collection_logs
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.collection_logs;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.collection_logs', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e404cb4bb154831dcb54d140bdb378eb16a8568fbde563f154ad5ded8a2931ad'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.data_quality_metrics: statistics of operational.data_quality_metrics
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.data_quality_metrics;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.data_quality_metrics', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2c5355bf435c3f9674b7bf3b8cf95c709f25fd493c8064982da8a5eee807da9f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.data_sources: statistics of operational.data_sources
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.data_sources;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.data_sources', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7b8ef4603ed6d253d921e060c824e2bca412f6eb73c00afd3b4e06503633579f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.notification_log: statistics of operational.notification_log
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.notification_log;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.notification_log', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '49fca24ebe29e7475a2075f38c5dcf2db68991a9bb3ad2b5855261604afe108c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.orchestrator_update_triggers: statistics of
-- operational.orchestrator_update_triggers
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.orchestrator_update_triggers;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.orchestrator_update_triggers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6c1cce25b4fb32d34bf47d3bc512294319dfe33ceca9ceb295378fcf425b9c7b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.performance_monitoring: statistics of operational.performance_monitoring
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.performance_monitoring;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.performance_monitoring', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'af89f8a15b61313b9da30c2e8c38caef40df57ef2ca60ae715fce781bee27223'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.pipeline_execution_logs: statistics of operational.pipeline_execution_logs
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.pipeline_execution_logs;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.pipeline_execution_logs', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e6b7bb8efe0a25cfedcc097280df88016dbaa74340ed4bd2f9c06bb46c6f4d3b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.pre_game_recommendations: statistics of operational.pre_game_recommendations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.pre_game_recommendations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.pre_game_recommendations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4b74802168a137ebbe1adbd92c7554fbe04e17a46e065c4ad404feff44728d96'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.schema_migrations: statistics of operational.schema_migrations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.schema_migrations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.schema_migrations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '087331c47c4a7864763394a6ee63da1a9a46f706f2384a24224a1ff312e2f4b6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_config_history: statistics of operational.strategy_config_history
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_config_history;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_config_history', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'af8d60ca227bb72d18edab96346389450d673ab30345c767ccae388d6f4345b9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_configurations: statistics of operational.strategy_configurations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_configurations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_configurations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f00af6cd45e118cb971ab34ef50be024ff67384c3818fc5d22f8daf419d7f941'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_integration_log: statistics of operational.strategy_integration_log
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_integration_log;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_integration_log', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '22be1b4568339bc0cccfedd787080c3f24c82f61d4d72cfa1c26be80f2491e00'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_lifecycle_events: statistics of
-- operational.strategy_lifecycle_events
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_lifecycle_events;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_lifecycle_events', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ebb9f4f161c0f343c733a0a3a869ba40d3e44d8fca5b0c8c5a96dffb48f440db'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_performance: statistics of operational.strategy_performance
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_performance;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_performance', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2852cd75160b991c2472f8a459e599b4aaab4692b2feff5af5f36fb2c83305a0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.strategy_validation_records: statistics of
-- operational.strategy_validation_records
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.strategy_validation_records;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.strategy_validation_records', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '293f8d9a82e9aaee7d6bf63cda7a9eedf77a8060cecd2e0f95c0a804c0ac7822'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.threshold_configurations: statistics of operational.threshold_configurations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.threshold_configurations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.threshold_configurations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3cf33a04d33630470aece3b91c4f66d1f7d480c15d180dae65630b50cc4a4bc5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze operational.threshold_recommendations: statistics of
-- operational.threshold_recommendations
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze operational.threshold_recommendations;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze operational.threshold_recommendations', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6a16f31cad36b1b9e9e3248b2dad05f7497de7c699b03a6dd0fee66c5be748d0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.action_network_raw: statistics of raw_data.action_network_raw
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.action_network_raw;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.action_network_raw', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0c4e30cf16c149d940effbae95a8073e7f9d069fc3a72becf8788549cfa1ddce'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.bet_share_rows: statistics of raw_data.bet_share_rows
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.bet_share_rows;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.bet_share_rows', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0c5f9c76fb14c75714608d0999ec9368d65c93d824ea066f725b51ef08298c1b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.betting_lines_raw: statistics of raw_data.betting_lines_raw
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.betting_lines_raw;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.betting_lines_raw', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '922e1bd7542b157a525928f4533f8382b7a8f324144e097246c85e5fbe4806d6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.mlb_api_responses: statistics of raw_data.mlb_api_responses
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.mlb_api_responses;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.mlb_api_responses', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '188c3ba04aca769d569601ada322a314223d00523a2b517c1b5f0f50191da7bd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.raw_mlb_betting_splits: statistics of raw_data.raw_mlb_betting_splits
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.raw_mlb_betting_splits;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.raw_mlb_betting_splits', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a5d02265b1718a4f146da5c614476ca58349ce41e75fd5008fe0215b11829d32'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.sbr_parsed_games: statistics of raw_data.sbr_parsed_games
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.sbr_parsed_games;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.sbr_parsed_games', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fc79830cdd5d41c0f423b81c8ae23be297f082ef28c9b6dee665a49b108725f6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.sbr_raw_html: statistics of raw_data.sbr_raw_html
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.sbr_raw_html;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.sbr_raw_html', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '3e949114f4d38bfcfa5f3ce1753fbc95694666e59d7390bb4d354d98270055e8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze raw_data.vsin_raw_data: statistics of raw_data.vsin_raw_data
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze raw_data.vsin_raw_data;

insert into operational.integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '014_performance_optimization', 'apply', 'analyze raw_data.vsin_raw_data', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f27227986dfcc9a4da4629bdf962299326f1c47958266fd1ec9b4ee586c4083b'
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

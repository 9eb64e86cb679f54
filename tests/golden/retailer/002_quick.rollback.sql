-- =================================================================================================
-- 002_quick.rollback.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Undoes the migration in 3 steps, from whatever point it had reached.
--   run    psql -X -f 002_quick.rollback.sql "$DATABASE_URL"
--          Never with -1: the file begins and commits by itself, step by step.
--   stages constrain
--   redo   psql -X -f 002_quick.migrate.sql
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
set statement_timeout = '300000ms';

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
    if pg_catalog.to_regclass('"kit ""100%""".integrity_state') is not null then
        execute $body$
            select exists (
                select from "kit ""100%""".integrity_state
                where number > 2
            ) or exists (
                select from "kit ""100%""".integrity_journal
                where direction = 'apply' and outcome <> 'undone'
                    and pg_catalog.split_part(migration, '_', 1)::integer > 2
            )$body$
        into found;
    end if;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a migration after 002_quick is applied or begun',
            hint = 'undo that one first';
    end if;
    -- A query is parsed when it is executed: the table it reads may not exist yet.
    if pg_catalog.to_regclass('"kit ""100%""".integrity_journal') is not null then
        execute $body$
            select exists (
                select from "kit ""100%""".integrity_journal
                where migration = '002_quick'
                    and direction = 'apply' and outcome <> 'undone'
            )$body$
        into found;
    end if;
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '002_quick is not applied: there is nothing to undo',
            hint = 'apply it with 002_quick.migrate.sql';
    end if;
end
$body1$;

-- =================================================================================================
-- Stage 1 of 1: constrain
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 1 of 1: constrain'


-- -------------------------------------------------------------------------------------------------
-- drop index retail.customers: customers_full_name_born_idx: drop index
-- customers_full_name_born_idx
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on retail.customers
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists retail.customers_full_name_born_idx;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'rollback', 'drop index retail.customers: customers_full_name_born_idx', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '386e4e3a076ec5c9f96555390fa16a7038312e295684e2a97282a28927e045ba'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index retail.customers: Mail, klein 100%: drop index Mail, klein 100%
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on retail.customers
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists retail."Mail, klein 100%";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'rollback', 'drop index retail.customers: Mail, klein 100%', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '362943d2a946b7e951db6358a4a51ef58b3f4153254ed019ac7feef996223e27'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop index Q"1 100% Ünïted.Click → "Event" %s: Index % on "Session": drop index Index % on
-- "Session"
--
--   why    The table was without it before.
--   lock   ACCESS EXCLUSIVE on Q"1 100% Ünïted.Click → "Event" %s
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop index if exists "Q""1 100% Ünïted"."Index % on ""Session""";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'rollback', 'drop index Q"1 100% Ünïted.Click → "Event" %s: Index % on "Session"', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '33eec2c17269a4882af8050305f612ab6813a11d4abd8895a203311f4194a0b9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- The end: record that all of it is undone
-- =================================================================================================

begin;

update "kit ""100%""".integrity_journal
set outcome = 'undone'
where migration = '002_quick' and direction = 'apply';

delete from "kit ""100%""".integrity_slices
where migration = '002_quick';

delete from "kit ""100%""".integrity_state
where migration = '002_quick';

commit;

do $body$
begin
    perform pg_catalog.pg_advisory_unlock(8671817705102877495);
end
$body$;

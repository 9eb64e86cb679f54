-- =================================================================================================
-- 002_quick.migrate.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Applies the migration in 12 steps. No legacy row is changed or dropped.
--   run    psql -X -f 002_quick.migrate.sql "$DATABASE_URL"
--          Never with -1: the file begins and commits by itself, step by step.
--   stages constrain, switch
--   undo   psql -X -f 002_quick.rollback.sql; after an error too, from whatever point was reached
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
                where migration = '002_quick'
            )$body$
        into found;
    end if;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '002_quick is already applied',
            hint = 'undo it with 002_quick.rollback.sql';
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
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '002_quick was begun and has not ended',
            hint = 'go on with integrity apply, or undo it with 002_quick.rollback.sql';
    end if;
end
$body1$;

-- =================================================================================================
-- Stage 1 of 2: constrain
-- Keys, checks, foreign keys and indexes, once the rows are there.
-- =================================================================================================

\echo 'Stage 1 of 2: constrain'


-- -------------------------------------------------------------------------------------------------
-- index Q"1 100% Ünïted.Click → "Event" %s: Index % on "Session": index Index % on "Session"
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on Q"1 100% Ünïted.Click → "Event" %s
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'index Q"1 100% Ünïted.Click → "Event" %s: Index % on "Session"', 'started',
    pg_catalog.transaction_timestamp(), null,
    'd8533f215b92af872e8bf8c7381e2e0c8ea973d0fc62b247d32277920a490233'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently "Index % on ""Session"""
    on "Q""1 100% Ünïted"."Click → ""Event"" %s" ("Session" desc, kind)
    include ("amount €");

begin;
set local synchronous_commit = off;

update "kit ""100%""".integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '002_quick'
    and direction = 'apply' and step = 'index Q"1 100% Ünïted.Click → "Event" %s: Index % on "Session"';

update "kit ""100%""".integrity_journal
set outcome = 'undone'
where migration = '002_quick' and direction = 'rollback';

commit;


-- -------------------------------------------------------------------------------------------------
-- index retail.customers: Mail, klein 100%: index Mail, klein 100%
--
--   why    Built beside readers and writers; it waits for older transactions.
--   lock   SHARE UPDATE EXCLUSIVE on retail.customers
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'index retail.customers: Mail, klein 100%', 'started',
    pg_catalog.transaction_timestamp(), null,
    'd969e9d179e9088f859b98cc18156d88fbcdb454a9a3c907985751e850d2ccab'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently "Mail, klein 100%"
    on retail.customers (lower(email))
    where email is not null;

begin;
set local synchronous_commit = off;

update "kit ""100%""".integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '002_quick'
    and direction = 'apply' and step = 'index retail.customers: Mail, klein 100%';

commit;


-- -------------------------------------------------------------------------------------------------
-- index retail.customers: customers_full_name_born_idx: index customers_full_name_born_idx
--
--   why    Built beside readers and writers; it waits for older transactions.
--   after  index retail.customers: Mail, klein 100%
--   lock   SHARE UPDATE EXCLUSIVE on retail.customers
--   undo   the index is dropped
-- -------------------------------------------------------------------------------------------------

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'index retail.customers: customers_full_name_born_idx', 'started',
    pg_catalog.transaction_timestamp(), null,
    '72991abcaa02df09f9fd970fcbf683e6f24f6b8997a7de3f35747dc73bf2a44a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

create index concurrently customers_full_name_born_idx
    on retail.customers (full_name, born desc);

begin;
set local synchronous_commit = off;

update "kit ""100%""".integrity_journal
set outcome = 'done', finished_at = pg_catalog.clock_timestamp()
where migration = '002_quick'
    and direction = 'apply' and step = 'index retail.customers: customers_full_name_born_idx';

commit;


-- =================================================================================================
-- Stage 2 of 2: switch
-- The unified tables take their names; legacy tables in the way are parked.
-- =================================================================================================

\echo 'Stage 2 of 2: switch'


-- -------------------------------------------------------------------------------------------------
-- analyze Q"1 100% Ünïted.Click → "Event" %s: statistics of Q"1 100% Ünïted.Click → "Event" %s
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze "Q""1 100% Ünïted"."Click → ""Event"" %s";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b5f40d95c2772b409f0bb8cac3f8cb2fb57605e366713ba63583d0fd4f145aae'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze Q"1 100% Ünïted.prices: statistics of Q"1 100% Ünïted.prices
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze "Q""1 100% Ünïted".prices;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5977a3405d21729faeaa9d739d7ca2f7a67e0de00fc92056ff10f82b8ef99257'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze hr.departments: statistics of hr.departments
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze hr.departments;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2cc2bbb317b1d9626e8341a831839e013aba2ee3ce7dae60c7a70ee6f96a80c0'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze hr.employees: statistics of hr.employees
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze hr.employees;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0c4e05e56687b1a751e22f2030a3746d3f7a2589a1634c135d8167c7d1ecf0d5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze retail.categories: statistics of retail.categories
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze retail.categories;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c7e858f75910e6cb717c689e650857c98dca0e6c381e92803b18f866a6b9d957'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze retail.customers: statistics of retail.customers
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze retail.customers;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '258cf41d1441b010e027c8ec443796be2ff3e2d111a1b46922b47bd91b0ec325'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze retail.products: statistics of retail.products
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze retail.products;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ab4f59e0e88e88aec31786c420d595499bd606a71a1071723167715d064fe1b3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze retail.stock_levels: statistics of retail.stock_levels
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze retail.stock_levels;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '5a431368ff2a0fbd47fca69db71082b8da211798ef75b5804c6a87b20298bb85'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- analyze retail_stock.levels: statistics of retail_stock.levels
--
--   why    The planner knows the rows from the first query on.
--   undo   statistics need no undo
-- -------------------------------------------------------------------------------------------------

begin;

analyze retail_stock.levels;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '002_quick', 'apply', 'analyze retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '401be9add9b8e844ef657ff54158965c779145aa81156b170979af7143b91ba6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- The end: record that all of it is applied
-- =================================================================================================

begin;

insert into "kit ""100%""".integrity_state (migration, number)
values ('002_quick', 2)
on conflict (migration) do nothing;

commit;

do $body$
begin
    perform pg_catalog.pg_advisory_unlock(8671817705102877495);
end
$body$;

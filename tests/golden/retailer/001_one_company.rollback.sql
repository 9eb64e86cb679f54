-- =================================================================================================
-- 001_one_company.rollback.sql
--
-- Made by integrity 0.1.0 from the YAML. Change the YAML, not this file.
--
--   does   Undoes the migration in 74 steps, from whatever point it had reached.
--   run    psql -X -f 001_one_company.rollback.sql "$DATABASE_URL"
--          Never with -1: the file begins and commits by itself, step by step.
--   stages switch, verify, constrain, load, create, prepare
--   redo   psql -X -f 001_one_company.migrate.sql
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
                where number > 1
            ) or exists (
                select from "kit ""100%""".integrity_journal
                where direction = 'apply' and outcome <> 'undone'
                    and pg_catalog.split_part(migration, '_', 1)::integer > 1
            )$body$
        into found;
    end if;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a migration after 001_one_company is applied or begun',
            hint = 'undo that one first';
    end if;
    -- A query is parsed when it is executed: the table it reads may not exist yet.
    if pg_catalog.to_regclass('"kit ""100%""".integrity_journal') is not null then
        execute $body$
            select exists (
                select from "kit ""100%""".integrity_journal
                where migration = '001_one_company'
                    and direction = 'apply' and outcome <> 'undone'
            )$body$
        into found;
    end if;
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = '001_one_company is not applied: there is nothing to undo',
            hint = 'apply it with 001_one_company.migrate.sql';
    end if;
end
$body1$;

-- =================================================================================================
-- Stage 1 of 6: switch
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 1 of 6: switch'


-- -------------------------------------------------------------------------------------------------
-- freeze unified: block writes to the unified tables
--
--   why    No change may slip in between finding the later changes and writing them back.
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
--   lock   SHARE ROW EXCLUSIVE on Q"1 100% Ünïted.Click → "Event" %s
--   lock   SHARE ROW EXCLUSIVE on Q"1 100% Ünïted.prices
--   lock   SHARE ROW EXCLUSIVE on hr.departments
--   lock   SHARE ROW EXCLUSIVE on hr.employees
--   lock   SHARE ROW EXCLUSIVE on retail.categories
--   lock   SHARE ROW EXCLUSIVE on retail.customers
--   lock   SHARE ROW EXCLUSIVE on retail.products
--   lock   SHARE ROW EXCLUSIVE on retail.stock_levels
--   lock   SHARE ROW EXCLUSIVE on retail_stock.levels
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

do $body$
declare
    built oid[] := array[
        '"Q""1 100% Ünïted"."Click → ""Event"" %s"',
        '"Q""1 100% Ünïted".prices',
        'hr.departments',
        'hr.employees',
        'retail.categories',
        'retail.customers',
        'retail.products',
        'retail.stock_levels',
        'retail_stock.levels'
    ]::regclass[]::oid[];
    parts oid[];
    dependents text;
begin
    select array_agg(c.oid) || array_agg(c.reltype) || array_agg(t.typarray)
    into parts
    from pg_class as c
    left join pg_type as t
        on t.oid = c.reltype
    where c.oid = any (built);
    select string_agg(
        distinct case
            when r.oid is not null then pg_describe_object('pg_class'::regclass, r.ev_class, 0)
            else pg_describe_object(d.classid, d.objid, d.objsubid)
        end,
        ', '
    )
    into dependents
    from pg_depend as d
    left join pg_rewrite as r
        on d.classid = 'pg_rewrite'::regclass
        and r.oid = d.objid
    left join pg_constraint as k
        on d.classid = 'pg_constraint'::regclass
        and k.oid = d.objid
    where d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
        and d.refobjid = any (parts)
        and d.deptype = 'n'
        and coalesce(r.ev_class, k.conrelid, 0) <> all (built)
        and d.objid <> all (parts)
        and not exists (  -- what goes with its table: triggers, policies, defaults
            select
            from pg_depend as own
            where own.classid = d.classid
                and own.objid = d.objid
                and own.refclassid = 'pg_class'::regclass
                and own.refobjid = any (built)
                and own.deptype in ('a', 'i')
        );
    if dependents is not null then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = format('the rollback would drop tables that others depend on: %s', dependents),
            hint = 'drop them or point them elsewhere first; the rollback drops nothing that others made';
    end if;
end
$body$;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on "Q""1 100% Ünïted"."Click → ""Event"" %s"
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table "Q""1 100% Ünïted"."Click → ""Event"" %s" enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on "Q""1 100% Ünïted".prices
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table "Q""1 100% Ünïted".prices enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on hr.departments
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table hr.departments enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on hr.employees
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table hr.employees enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on retail.categories
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table retail.categories enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on retail.customers
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table retail.customers enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on retail.products
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table retail.products enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on retail.stock_levels
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table retail.stock_levels enable always trigger integrity_freeze;

create or replace trigger integrity_freeze
    before insert or update or delete or truncate on retail_stock.levels
    for each statement execute function "kit ""100%""".integrity_refuse_write('001_one_company');

alter table retail_stock.levels enable always trigger integrity_freeze;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'freeze unified', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ff4f4c671456c15d91d40702d560f621346a5e2e9d4a653c109552bd5ef3286a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- work schema: schema for the work of the rollback
--
--   why    What is compared is written there.
--   after  freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

create schema if not exists integrity_work;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'work schema', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1f3a5a14750d7ea99d3529a5bf6c6fee572dff9409329be2628b25847a821331'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again hr.departments: expected rows of hr.departments
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.hr__departments__differences;

drop table if exists integrity_work.hr__departments__expected;

drop table if exists integrity_work.hr__departments__expected_matched;

drop table if exists integrity_work.hr__departments__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.hr__departments__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key collate "C", integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(code) = 0 as integrity_has_1
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s.dept_id::text as integrity_key,
                1::smallint as integrity_arm,
                (code)::text as code,
                (title)::text as title,
                null::bigint as head_id,
                case when num_nonnulls((head_no)) > 0 then array['1', ((head_no)::text)::text] end as integrity_reference_1
            from hr__legacy.departments as s
            
            union all
            select
                2::smallint as integrity_source,
                s.code as integrity_key,
                1::smallint as integrity_arm,
                (code)::text as code,
                (title)::text as title,
                null::bigint as head_id,
                case when num_nonnulls((head), (lower(head))) > 0 then array['2', (head)::text, (lower(head))::text] end as integrity_reference_1
            from "select".depts as s
            
        ) as candidate
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by code) as integrity_entity
    from pending_1 as p
)
select c.*, e.integrity_entity
from entities_1 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.hr__departments__expected_matched;

create unlogged table integrity_work.hr__departments__expected as
select
    row_number() over (order by code collate "C", integrity_entity) as department_id,
    kept.*
from (
    select merged.*
    from (
        select
            m.integrity_entity,
            (array_agg(m.code order by m.integrity_n) filter (where m.code is not null))[1] as code,
            (array_agg(m.title order by m.integrity_n) filter (where m.title is not null))[1] as title,
            (array_agg(m.head_id order by m.integrity_n) filter (where m.head_id is not null))[1] as head_id,
            (array_agg(m.integrity_reference_1::text order by m.integrity_n) filter (where m.integrity_reference_1 is not null))[1]::text[] as integrity_reference_1
        from integrity_work.hr__departments__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where code is not null
) as kept;

analyze integrity_work.hr__departments__expected;

create unlogged table integrity_work.hr__departments__expected_members as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
    select m.integrity_source, m.integrity_key, e.department_id as integrity_unified
    from integrity_work.hr__departments__expected_matched as m
    join integrity_work.hr__departments__expected as e
        on e.integrity_entity = m.integrity_entity
) as m
join (
    values
        (1, 'hr.departments'),
        (2, 'select.depts')
) as o (rank, label)
    on o.rank = m.integrity_source;

analyze integrity_work.hr__departments__expected_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7d2e917d2c1df8270cbff084ef2171e8fca222afcb67e2c7e4f9190eb4ad29bc'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again hr.employees: expected rows of hr.employees
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  expect again hr.departments, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.hr__employees__differences;

drop table if exists integrity_work.hr__employees__expected;

drop table if exists integrity_work.hr__employees__expected_matched;

drop table if exists integrity_work.hr__employees__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.hr__employees__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key collate "C", integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(badge) = 0 as integrity_has_1,
num_nulls(mail) = 0 as integrity_has_2
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s.emp_no::text as integrity_key,
                1::smallint as integrity_arm,
                (badge)::text as badge,
                (nullif(lower(btrim(mail)), ''))::text as mail,
                (full_name)::text as full_name,
                null::bigint as manager_id,
                integrity_way_1_1.integrity_found::bigint as department_id,
                (salary)::numeric(10,2) as salary,
                (hired)::timestamp with time zone as hired,
                case when num_nonnulls((boss_badge)) > 0 then array['1', (boss_badge)::text] end as integrity_reference_1
            from hr__legacy.employees as s
            left join (
                select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                from integrity_work.hr__departments__expected_members
                where integrity_label = 'hr.departments'
            ) as integrity_way_1_1
                on integrity_way_1_1.integrity_by_1 = ((dept_id)::text)
            where (integrity_way_1_1.integrity_times = 1 or (dept_id) is null)
            
            union all
            select
                2::smallint as integrity_source,
                jsonb_build_array(s."group", s.no)::text as integrity_key,
                1::smallint as integrity_arm,
                (badge)::text as badge,
                (nullif(lower(btrim(mail)), ''))::text as mail,
                (full_name)::text as full_name,
                null::bigint as manager_id,
                integrity_way_1_1.integrity_found::bigint as department_id,
                (salary)::numeric(10,2) as salary,
                null::timestamp with time zone as hired,
                case when num_nonnulls((boss)) > 0 then array['1', (boss)::text] end as integrity_reference_1
            from "select".staff as s
            join (
                select
                    (upper(code)) as integrity_by_1,
                    min(department_id) as integrity_found,
                    count(*) as integrity_times
                from integrity_work.hr__departments__expected
                group by 1
                having count(*) = 1
                
            ) as integrity_way_1_1
                on integrity_way_1_1.integrity_by_1 = (upper(dept))
            where (case when not (coalesce("kit ""100%""".integrity_is_valid((salary)::text, 'numeric(10,2)'), true)) then false else true end)
            
            offset 0  -- casts are tested first: no condition below moves in beside them
        ) as candidate
        where (salary >= 0) is not false
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by badge) as integrity_entity
    from pending_1 as p
),
pending_2 as (
    select *
    from c
    where integrity_has_2 and not integrity_has_1
),
known_2 as (
    select c.*, e.integrity_entity, bool_or(c.integrity_has_1) over (partition by e.integrity_entity) as integrity_entity_has_1, bool_or(c.integrity_has_2) over (partition by e.integrity_entity) as integrity_entity_has_2
    from entities_1 as e
    join c on c.integrity_n = e.integrity_n
),
options_2 as (
    select p.integrity_n, 2 as rung, k.integrity_entity
    from pending_2 as p
    join known_2 as k
        on p.mail = k.mail
    where p.integrity_has_2 and k.integrity_has_2
),
choice_2 as (
    select integrity_n, min(integrity_entity) as low, max(integrity_entity) as high
    from options_2 as o
    where rung = (select min(rung) from options_2 as better where better.integrity_n = o.integrity_n)
    group by integrity_n
),
settled_2 as (
    select
        p.integrity_n, h.low, h.high,
        min(h.low) filter (where h.low = h.high) over mates as mates_low,
        max(h.low) filter (where h.low = h.high) over mates as mates_high,
        min(p.integrity_n) over mates as founder
    from pending_2 as p
    left join choice_2 as h on h.integrity_n = p.integrity_n
    window mates as (partition by p.mail)
),
entities_2 as (
    select integrity_n, integrity_entity from entities_1
    union all
    select integrity_n, coalesce(low, mates_low, founder)
    from settled_2
    where low is not distinct from high
        and (low is not null or mates_low is not distinct from mates_high)
)
select c.*, e.integrity_entity
from entities_2 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.hr__employees__expected_matched;

create unlogged table integrity_work.hr__employees__expected as
select
    row_number() over (order by full_name collate "C", badge collate "C", mail collate "C", integrity_entity) as employee_id,
    kept.*
from (
    select merged.*,
        row_number() over (
            partition by badge
            order by full_name collate "C", badge collate "C", mail collate "C", integrity_entity
        ) as integrity_place_1,
        row_number() over (
            partition by mail
            order by full_name collate "C", badge collate "C", mail collate "C", integrity_entity
        ) as integrity_place_2
    from (
        select
            m.integrity_entity,
            (array_agg(m.badge order by m.integrity_n) filter (where m.badge is not null))[1] as badge,
            (array_agg(m.mail order by m.integrity_n) filter (where m.mail is not null))[1] as mail,
            (array_agg(m.full_name order by m.integrity_n) filter (where m.full_name is not null))[1] as full_name,
            (array_agg(m.manager_id order by m.integrity_n) filter (where m.manager_id is not null))[1] as manager_id,
            (array_agg(m.department_id order by m.integrity_n) filter (where m.department_id is not null))[1] as department_id,
            (array_agg(m.salary order by array_position(array[2, 1], m.integrity_source::integer) nulls last, m.integrity_n) filter (where m.salary is not null))[1] as salary,
            (array_agg(m.hired order by m.integrity_n) filter (where m.hired is not null))[1] as hired,
            (array_agg(m.integrity_reference_1::text order by m.integrity_n) filter (where m.integrity_reference_1 is not null))[1]::text[] as integrity_reference_1
        from integrity_work.hr__employees__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where (salary >= 0) is not false and
        full_name is not null and
        department_id is not null
) as kept
where (integrity_place_1 = 1 or num_nulls(badge) > 0)
    and (integrity_place_2 = 1 or num_nulls(mail) > 0);

analyze integrity_work.hr__employees__expected;

create unlogged table integrity_work.hr__employees__expected_members as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
    select m.integrity_source, m.integrity_key, e.employee_id as integrity_unified
    from integrity_work.hr__employees__expected_matched as m
    join integrity_work.hr__employees__expected as e
        on e.integrity_entity = m.integrity_entity
) as m
join (
    values
        (1, 'hr.employees'),
        (2, 'select.staff')
) as o (rank, label)
    on o.rank = m.integrity_source;

analyze integrity_work.hr__employees__expected_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '85973f364f8a145e37114295b9205f0155864e8264232a7b31b3c45d10d293d9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again retail.categories: expected rows of retail.categories
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__categories__differences;

drop table if exists integrity_work.retail__categories__expected;

drop table if exists integrity_work.retail__categories__expected_matched;

drop table if exists integrity_work.retail__categories__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.retail__categories__expected_members as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
    select
        candidate.integrity_source,
        candidate.integrity_key,
        dense_rank() over (order by code collate "C") as integrity_unified
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s.code as integrity_key,
                1::smallint as integrity_arm,
                (code)::text as code,
                null::bigint as parent_id,
                (title)::text as title,
                case when num_nonnulls((parent)) > 0 then array['1', ((parent)::text)::text] end as integrity_reference_1
            from shop.categories as s
            
        ) as candidate
        where code is not null and
            title is not null
        
    ) as candidate
) as m
join (
    values
        (1, 'shop.categories')
) as o (rank, label)
    on o.rank = m.integrity_source;

analyze integrity_work.retail__categories__expected_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '699de06b33c843d75f0375121f28d8e2c65539751648497b4afbbb61a3929b3f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again retail.customers: expected rows of retail.customers
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__customers__differences;

drop table if exists integrity_work.retail__customers__expected;

drop table if exists integrity_work.retail__customers__expected_matched;

drop table if exists integrity_work.retail__customers__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.retail__customers__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key collate "C", integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(loyalty_no) = 0 as integrity_has_1,
num_nulls(email) = 0 as integrity_has_2,
num_nulls(full_name, born) = 0 as integrity_has_3
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s."Kund#"::text as integrity_key,
                1::smallint as integrity_arm,
                ("order")::integer as loyalty_no,
                (nullif(lower(btrim("E-Mail")), ''))::text as email,
                ("Name, voll")::text as full_name,
                ("Geboren")::date as born,
                ("Kredit%")::numeric(10,2) as credit,
                ((seit at time zone 'Europe/Berlin'))::timestamp with time zone as since,
                null::"select"."tier level" as tier,
                ("Tags")::text[] as tags,
                null::boolean as vip,
                null::integer as n,
                null::text as entity,
                ('%s 100%')::text as integrity
            from "Øst & Vest Markt"."Kunden 100%" as s
            
            union all
            select
                2::smallint as integrity_source,
                jsonb_build_array(s."group", s.no)::text as integrity_key,
                1::smallint as integrity_arm,
                (loyalty)::integer as loyalty_no,
                (nullif(lower(btrim(mail)), ''))::text as email,
                (full_name)::text as full_name,
                (born)::date as born,
                (credit)::numeric(10,2) as credit,
                (since)::timestamp with time zone as since,
                (level)::"select"."tier level" as tier,
                null::text[] as tags,
                null::boolean as vip,
                ("no")::integer as n,
                null::text as entity,
                null::text as integrity
            from "select"."user" as s
            where (case when not (coalesce("kit ""100%""".integrity_is_valid((credit)::text, 'numeric(10,2)'), true)) then false else true end)
            
            union all
            select
                3::smallint as integrity_source,
                s.code as integrity_key,
                1::smallint as integrity_arm,
                (loyalty_no::integer)::integer as loyalty_no,
                (nullif(lower(btrim(mail)), ''))::text as email,
                (fullname)::text as full_name,
                (born::date)::date as born,
                (credit)::numeric(10,2) as credit,
                null::timestamp with time zone as since,
                null::"select"."tier level" as tier,
                null::text[] as tags,
                (vip)::boolean as vip,
                null::integer as n,
                (code)::text as entity,
                null::text as integrity
            from shop.clients as s
            where not coalesce((code like 'test\_%'), false) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid((loyalty_no)::text, 'integer'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid((born)::text, 'date'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid((credit)::text, 'numeric(10,2)'), true)) then false else true end)
            
            offset 0  -- casts are tested first: no condition below moves in beside them
        ) as candidate
        where (credit >= -500) is not false and
            (email = lower(email)) is not false
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by loyalty_no) as integrity_entity
    from pending_1 as p
),
pending_2 as (
    select *
    from c
    where integrity_has_2 and not integrity_has_1
),
known_2 as (
    select c.*, e.integrity_entity, bool_or(c.integrity_has_1) over (partition by e.integrity_entity) as integrity_entity_has_1, bool_or(c.integrity_has_2) over (partition by e.integrity_entity) as integrity_entity_has_2, bool_or(c.integrity_has_3) over (partition by e.integrity_entity) as integrity_entity_has_3
    from entities_1 as e
    join c on c.integrity_n = e.integrity_n
),
options_2 as (
    select p.integrity_n, 2 as rung, k.integrity_entity
    from pending_2 as p
    join known_2 as k
        on p.email = k.email
    where p.integrity_has_2 and k.integrity_has_2
    union all
    select p.integrity_n, 3 as rung, k.integrity_entity
    from pending_2 as p
    join known_2 as k
        on p.full_name = k.full_name and p.born = k.born
    where p.integrity_has_3 and k.integrity_has_3 and not (p.integrity_has_2 and k.integrity_entity_has_2)
),
choice_2 as (
    select integrity_n, min(integrity_entity) as low, max(integrity_entity) as high
    from options_2 as o
    where rung = (select min(rung) from options_2 as better where better.integrity_n = o.integrity_n)
    group by integrity_n
),
settled_2 as (
    select
        p.integrity_n, h.low, h.high,
        min(h.low) filter (where h.low = h.high) over mates as mates_low,
        max(h.low) filter (where h.low = h.high) over mates as mates_high,
        min(p.integrity_n) over mates as founder
    from pending_2 as p
    left join choice_2 as h on h.integrity_n = p.integrity_n
    window mates as (partition by p.email)
),
entities_2 as (
    select integrity_n, integrity_entity from entities_1
    union all
    select integrity_n, coalesce(low, mates_low, founder)
    from settled_2
    where low is not distinct from high
        and (low is not null or mates_low is not distinct from mates_high)
),
pending_3 as (
    select *
    from c
    where integrity_has_3 and not integrity_has_1 and not integrity_has_2
),
known_3 as (
    select c.*, e.integrity_entity, bool_or(c.integrity_has_1) over (partition by e.integrity_entity) as integrity_entity_has_1, bool_or(c.integrity_has_2) over (partition by e.integrity_entity) as integrity_entity_has_2, bool_or(c.integrity_has_3) over (partition by e.integrity_entity) as integrity_entity_has_3
    from entities_2 as e
    join c on c.integrity_n = e.integrity_n
),
options_3 as (
    select p.integrity_n, 3 as rung, k.integrity_entity
    from pending_3 as p
    join known_3 as k
        on p.full_name = k.full_name and p.born = k.born
    where p.integrity_has_3 and k.integrity_has_3
),
choice_3 as (
    select integrity_n, min(integrity_entity) as low, max(integrity_entity) as high
    from options_3 as o
    where rung = (select min(rung) from options_3 as better where better.integrity_n = o.integrity_n)
    group by integrity_n
),
settled_3 as (
    select
        p.integrity_n, h.low, h.high,
        min(h.low) filter (where h.low = h.high) over mates as mates_low,
        max(h.low) filter (where h.low = h.high) over mates as mates_high,
        min(p.integrity_n) over mates as founder
    from pending_3 as p
    left join choice_3 as h on h.integrity_n = p.integrity_n
    window mates as (partition by p.full_name, p.born)
),
entities_3 as (
    select integrity_n, integrity_entity from entities_2
    union all
    select integrity_n, coalesce(low, mates_low, founder)
    from settled_3
    where low is not distinct from high
        and (low is not null or mates_low is not distinct from mates_high)
)
select c.*, e.integrity_entity
from entities_3 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.retail__customers__expected_matched;

create unlogged table integrity_work.retail__customers__expected as
select
    row_number() over (order by full_name collate "C", loyalty_no, email collate "C", integrity_entity) as customer_id,
    kept.*
from (
    select merged.*,
        row_number() over (
            partition by loyalty_no
            order by full_name collate "C", loyalty_no, email collate "C", integrity_entity
        ) as integrity_place_1,
        row_number() over (
            partition by email
            order by full_name collate "C", loyalty_no, email collate "C", integrity_entity
        ) as integrity_place_2
    from (
        select
            m.integrity_entity,
            (array_agg(m.loyalty_no order by m.integrity_n) filter (where m.loyalty_no is not null))[1] as loyalty_no,
            (array_agg(m.email order by m.integrity_n) filter (where m.email is not null))[1] as email,
            (array_agg(m.full_name order by m.integrity_n) filter (where m.full_name is not null))[1] as full_name,
            (array_agg(m.born order by array_position(array[3, 1, 2], m.integrity_source::integer) nulls last, m.integrity_n) filter (where m.born is not null))[1] as born,
            (array_agg(m.credit order by array_position(array[2, 1, 3], m.integrity_source::integer) nulls last, m.integrity_n) filter (where m.credit is not null))[1] as credit,
            (array_agg(m.since order by m.integrity_n) filter (where m.since is not null))[1] as since,
            (array_agg(m.tier order by m.integrity_n) filter (where m.tier is not null))[1] as tier,
            (array_agg(m.tags::text order by m.integrity_n) filter (where m.tags is not null))[1]::text[] as tags,
            (array_agg(m.vip order by m.integrity_n) filter (where m.vip is not null))[1] as vip,
            (array_agg(m.n order by m.integrity_n) filter (where m.n is not null))[1] as n,
            (array_agg(m.entity order by m.integrity_n) filter (where m.entity is not null))[1] as entity,
            (array_agg(m.integrity order by m.integrity_n) filter (where m.integrity is not null))[1] as integrity
        from integrity_work.retail__customers__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where (credit >= -500) is not false and
        (email = lower(email)) is not false and
        full_name is not null
) as kept
where (integrity_place_1 = 1 or num_nulls(loyalty_no) > 0)
    and (integrity_place_2 = 1 or num_nulls(email) > 0);

analyze integrity_work.retail__customers__expected;

create unlogged table integrity_work.retail__customers__expected_members as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
    select m.integrity_source, m.integrity_key, e.customer_id as integrity_unified
    from integrity_work.retail__customers__expected_matched as m
    join integrity_work.retail__customers__expected as e
        on e.integrity_entity = m.integrity_entity
) as m
join (
    values
        (1, 'Øst & Vest Markt.Kunden 100%'),
        (2, 'select.user'),
        (3, 'shop.clients')
) as o (rank, label)
    on o.rank = m.integrity_source;

analyze integrity_work.retail__customers__expected_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8e0767635487c2c4ecf0066306da23706e8c2944ac2fc98bfd457ea55703900e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again Q"1 100% Ünïted.Click → "Event" %s: expected rows of Q"1 100% Ünïted.Click → "Event"
-- %s
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  expect again retail.customers, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_members";

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched" as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key, integrity_arm
        ) as integrity_n,
        candidate.*,
true as integrity_has_1
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s.id as integrity_key,
                1::smallint as integrity_arm,
                ((payload ->> 'session')::uuid)::uuid as "Session",
                ((((payload ->> 'at')::timestamp) at time zone 'Europe/Berlin'))::timestamp with time zone as "At: %(when)s",
                (received at time zone 'UTC')::timestamp with time zone as received,
                (payload ->> 'kind')::"select"."tier level" as kind,
                ((payload ->> 'amount')::numeric)::numeric(10,2) as "amount €",
                (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found when integrity_way_1_3.integrity_times = 1 then integrity_way_1_3.integrity_found end)::bigint as customer_id,
                ((payload ->> 'bot')::boolean)::boolean as "bot?",
                (string_to_array(payload ->> 'tags', ','))::text[] as "Tags""",
                (payload -> 'meta')::jsonb as meta
            from shop.click_log as s
            left join (
                select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                from integrity_work.retail__customers__expected_members
                where integrity_label = 'select.user'
            ) as integrity_way_1_1
                on integrity_way_1_1.integrity_by_1 = (jsonb_build_array(payload ->> 'group', (payload ->> 'no')::integer)::text)
            left join (
                select
                    (loyalty_no) as integrity_by_1,
                    min(customer_id) as integrity_found,
                    count(*) as integrity_times
                from integrity_work.retail__customers__expected
                group by 1
                
            ) as integrity_way_1_2
                on integrity_way_1_2.integrity_by_1 = ((payload ->> 'loyalty')::integer)
            left join (
                select
                    (email) as integrity_by_1,
                    min(customer_id) as integrity_found,
                    count(*) as integrity_times
                from integrity_work.retail__customers__expected
                group by 1
                
            ) as integrity_way_1_3
                on integrity_way_1_3.integrity_by_1 = (nullif(lower(btrim((payload ->> 'mail'))), ''))
            where (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'session'))::text, 'uuid'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'at'))::text, 'timestamp'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid((payload ->> 'kind')::text, '"select"."tier level"'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'amount'))::text, 'numeric'), true)) then false when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'amount')::numeric)::text, 'numeric(10,2)'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'no'))::text, 'integer'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'loyalty'))::text, 'integer'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid(((payload ->> 'bot'))::text, 'boolean'), true)) then false else true end) and
                (coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times, integrity_way_1_3.integrity_times) = 1 or (payload ->> 'group') is null and ((payload ->> 'no')::integer) is null and ((payload ->> 'loyalty')::integer) is null and (nullif(lower(btrim((payload ->> 'mail'))), '')) is null)
            
            offset 0  -- casts are tested first: no condition below moves in beside them
        ) as candidate
        where ("amount €" >= 0) is not false
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by "Session", "At: %(when)s") as integrity_entity
    from pending_1 as p
)
select c.*, e.integrity_entity
from entities_1 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched";

create unlogged table integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected" as
select
    row_number() over (order by "Session", "At: %(when)s", integrity_entity) as "order",
    kept.*
from (
    select merged.*
    from (
        select
            m.integrity_entity,
            (array_agg(m."Session" order by m.integrity_n) filter (where m."Session" is not null))[1] as "Session",
            (array_agg(m."At: %(when)s" order by m.integrity_n) filter (where m."At: %(when)s" is not null))[1] as "At: %(when)s",
            (array_agg(m.received order by m.integrity_n) filter (where m.received is not null))[1] as received,
            (array_agg(m.kind order by m.integrity_n) filter (where m.kind is not null))[1] as kind,
            (array_agg(m."amount €" order by m.integrity_n) filter (where m."amount €" is not null))[1] as "amount €",
            (array_agg(m.customer_id order by m.integrity_n) filter (where m.customer_id is not null))[1] as customer_id,
            (array_agg(m."bot?" order by m.integrity_n) filter (where m."bot?" is not null))[1] as "bot?",
            (array_agg(m."Tags"""::text order by m.integrity_n) filter (where m."Tags""" is not null))[1]::text[] as "Tags""",
            (array_agg(m.meta order by m.integrity_n) filter (where m.meta is not null))[1] as meta
        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched" as m
        group by m.integrity_entity
    ) as merged
    where ("amount €" >= 0) is not false and
        "Session" is not null and
        received is not null and
        kind is not null
) as kept;

analyze integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected";

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1b09e7cd15b0d4fea9f9b05fe6cfd8a9053c723cec7320db2765981ba62088c8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again retail.products: expected rows of retail.products
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  expect again retail.categories, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__products__differences;

drop table if exists integrity_work.retail__products__expected;

drop table if exists integrity_work.retail__products__expected_matched;

drop table if exists integrity_work.retail__products__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.retail__products__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key collate "C", integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(sku) = 0 as integrity_has_1
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s."Art.Nr" as integrity_key,
                1::smallint as integrity_arm,
                (id)::uuid as product_id,
                ("Art.Nr")::text as sku,
                ("Titel ""neu""")::text as title,
                ("Gewicht"::numeric)::numeric(8,3) as weight,
                integrity_way_1_1.integrity_found::bigint as category_id,
                null::uuid as replaced_by,
                ("Eigenschaften")::jsonb as attributes,
                ("Tags")::text[] as tags,
                (s)::smallint as s,
                (j)::integer as j,
                ("Bemerkung_über_Ware_die_nicht_länger_als_dreiundsechzig_Byte_")::text as t,
                case when num_nonnulls(("Nachfolger")) > 0 then array['1', ("Nachfolger")::text] end as integrity_reference_1
            from "Øst & Vest Markt"."Waren" as s
            left join (
                select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                from integrity_work.retail__categories__expected_members
                where integrity_label = 'shop.categories'
            ) as integrity_way_1_1
                on integrity_way_1_1.integrity_by_1 = (("Gruppe")::text)
            where (case when not (coalesce("kit ""100%""".integrity_is_valid(("Gewicht")::text, 'numeric'), true)) then false when not (coalesce("kit ""100%""".integrity_is_valid(("Gewicht"::numeric)::text, 'numeric(8,3)'), true)) then false else true end) and
                (case when not (coalesce("kit ""100%""".integrity_is_valid((s)::text, 'smallint'), true)) then false else true end) and
                (integrity_way_1_1.integrity_times = 1 or ("Gruppe") is null)
            
            union all
            select
                2::smallint as integrity_source,
                s.sku as integrity_key,
                1::smallint as integrity_arm,
                (id)::uuid as product_id,
                (sku)::text as sku,
                (title)::text as title,
                null::numeric(8,3) as weight,
                null::bigint as category_id,
                null::uuid as replaced_by,
                null::jsonb as attributes,
                null::text[] as tags,
                null::smallint as s,
                null::integer as j,
                null::text as t,
                null::text[] as integrity_reference_1
            from shop.items as s
            
        ) as candidate
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by sku) as integrity_entity
    from pending_1 as p
)
select c.*, e.integrity_entity
from entities_1 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.retail__products__expected_matched;

create unlogged table integrity_work.retail__products__expected as
select
    row_number() over (order by sku collate "C", integrity_entity) as integrity_row,
    kept.*
from (
    select merged.*,
        row_number() over (
            partition by product_id
            order by sku collate "C", integrity_entity
        ) as integrity_place_1
    from (
        select
            m.integrity_entity,
            (array_agg(m.product_id order by m.integrity_n) filter (where m.product_id is not null))[1] as product_id,
            (array_agg(m.sku order by m.integrity_n) filter (where m.sku is not null))[1] as sku,
            (array_agg(m.title order by m.integrity_n) filter (where m.title is not null))[1] as title,
            (array_agg(m.weight order by m.integrity_n) filter (where m.weight is not null))[1] as weight,
            (array_agg(m.category_id order by m.integrity_n) filter (where m.category_id is not null))[1] as category_id,
            (array_agg(m.replaced_by order by m.integrity_n) filter (where m.replaced_by is not null))[1] as replaced_by,
            (array_agg(m.attributes order by m.integrity_n) filter (where m.attributes is not null))[1] as attributes,
            (array_agg(m.tags::text order by m.integrity_n) filter (where m.tags is not null))[1]::text[] as tags,
            (array_agg(m.s order by m.integrity_n) filter (where m.s is not null))[1] as s,
            (array_agg(m.j order by m.integrity_n) filter (where m.j is not null))[1] as j,
            (array_agg(m.t order by m.integrity_n) filter (where m.t is not null))[1] as t,
            (array_agg(m.integrity_reference_1::text order by m.integrity_n) filter (where m.integrity_reference_1 is not null))[1]::text[] as integrity_reference_1
        from integrity_work.retail__products__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where product_id is not null and
        sku is not null and
        title is not null
) as kept
where (integrity_place_1 = 1 or num_nulls(product_id) > 0);

analyze integrity_work.retail__products__expected;

create unlogged table integrity_work.retail__products__expected_members as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
    select m.integrity_source, m.integrity_key, e.product_id as integrity_unified
    from integrity_work.retail__products__expected_matched as m
    join integrity_work.retail__products__expected as e
        on e.integrity_entity = m.integrity_entity
) as m
join (
    values
        (1, 'Øst & Vest Markt.Waren'),
        (2, 'shop.items')
) as o (rank, label)
    on o.rank = m.integrity_source;

analyze integrity_work.retail__products__expected_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '77fc802bb82918318f42a3654dd64869bef46c545c60ffd1518d0b802f42c88e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again Q"1 100% Ünïted.prices: expected rows of Q"1 100% Ünïted.prices
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  expect again retail.products, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work."Q""1 100% Ünïted__prices__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_members";

set local work_mem = '256MB';

set local enable_nestloop = off;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e1c88e82b52e4f876a1bba97afe85bac71565d4cd0af49056b85c11891120691'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again retail.stock_levels: expected rows of retail.stock_levels
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  expect again retail.products, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__stock_levels__differences;

drop table if exists integrity_work.retail__stock_levels__expected;

drop table if exists integrity_work.retail__stock_levels__expected_matched;

drop table if exists integrity_work.retail__stock_levels__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.retail__stock_levels__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key collate "C", integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(product_id, place) = 0 as integrity_has_1
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                jsonb_build_array(s.sku, s.place)::text as integrity_key,
                1::smallint as integrity_arm,
                integrity_way_1_1.integrity_found::uuid as product_id,
                (place)::integer as place,
                (n)::integer as n
            from shop.stock as s
            join (
                select
                    (sku) as integrity_by_1,
                    min(product_id::text)::uuid as integrity_found,
                    count(*) as integrity_times
                from integrity_work.retail__products__expected
                group by 1
                having count(*) = 1
                
            ) as integrity_way_1_1
                on integrity_way_1_1.integrity_by_1 = (sku)
            
        ) as candidate
        where (n >= 0) is not false
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by product_id, place) as integrity_entity
    from pending_1 as p
)
select c.*, e.integrity_entity
from entities_1 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.retail__stock_levels__expected_matched;

create unlogged table integrity_work.retail__stock_levels__expected as
select
    row_number() over (order by product_id, place, integrity_entity) as level_id,
    kept.*
from (
    select merged.*
    from (
        select
            m.integrity_entity,
            (array_agg(m.product_id order by m.integrity_n) filter (where m.product_id is not null))[1] as product_id,
            (array_agg(m.place order by m.integrity_n) filter (where m.place is not null))[1] as place,
            (array_agg(m.n order by m.integrity_n) filter (where m.n is not null))[1] as n
        from integrity_work.retail__stock_levels__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where (n >= 0) is not false and
        product_id is not null and
        place is not null and
        n is not null
) as kept;

analyze integrity_work.retail__stock_levels__expected;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b8541d1d9764a02479eaa0bc9a96f3492d133dd98a43200e5135ab3e684123e9'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- expect again retail_stock.levels: expected rows of retail_stock.levels
--
--   why    Legacy is frozen since the first count, so it still says what apply made.
--   after  work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail_stock__levels__differences;

drop table if exists integrity_work.retail_stock__levels__expected;

drop table if exists integrity_work.retail_stock__levels__expected_matched;

drop table if exists integrity_work.retail_stock__levels__expected_members;

set local work_mem = '256MB';

set local enable_nestloop = off;

create unlogged table integrity_work.retail_stock__levels__expected_matched as
with c as materialized (
    select
        row_number() over (
            order by integrity_source, integrity_key, integrity_arm
        ) as integrity_n,
        candidate.*,
num_nulls(place) = 0 as integrity_has_1
    from (
        select *
        from (
            select
                1::smallint as integrity_source,
                s.place::bigint as integrity_key,
                1::smallint as integrity_arm,
                (place)::integer as place,
                (label)::text as label
            from shop.bins as s
            
        ) as candidate
        
    ) as candidate
),
pending_1 as (
    select *
    from c
    where integrity_has_1
),
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by place) as integrity_entity
    from pending_1 as p
)
select c.*, e.integrity_entity
from entities_1 as e
join c on c.integrity_n = e.integrity_n;

analyze integrity_work.retail_stock__levels__expected_matched;

create unlogged table integrity_work.retail_stock__levels__expected as
select
    row_number() over (order by place, integrity_entity) as level_id,
    kept.*
from (
    select merged.*
    from (
        select
            m.integrity_entity,
            (array_agg(m.place order by m.integrity_n) filter (where m.place is not null))[1] as place,
            (array_agg(m.label order by m.integrity_n) filter (where m.label is not null))[1] as label
        from integrity_work.retail_stock__levels__expected_matched as m
        group by m.integrity_entity
    ) as merged
    where place is not null
) as kept;

analyze integrity_work.retail_stock__levels__expected;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'expect again retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6f51a9972ad09efe75a60d4ea16e1c955ccec10d2642f0c50a0d3a0335c92ee3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes hr.departments: later changes of hr.departments
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.hr__departments__changes;

drop table if exists integrity_work.hr__departments__changed_members;

drop table if exists integrity_work.hr__departments__updates;

drop table if exists integrity_work.hr__departments__inserts;

drop table if exists integrity_work.hr__departments__deletes;

drop table if exists integrity_work.hr__departments__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.hr__departments__changes as
select
    coalesce(t.department_id, e.department_id, r.integrity_key) as integrity_unified,
    case
        when e.department_id is null and r.integrity_key is null then 'inserted'
        when t.department_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.code is distinct from e.code then 'code' end,
            case when t.title is distinct from e.title then 'title' end,
            case when t.head_id is distinct from e.head_id then 'head_id' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.department_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.department_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.code,
    t.title,
    t.head_id
from (
    select
        w.department_id,
        w.code,
        w.title,
        (case when found_1_1_1.integrity_times is not null then case found_1_1_1.integrity_times when 1 then found_1_1_1.integrity_found end when found_1_2_1.integrity_times is not null then case found_1_2_1.integrity_times when 1 then found_1_2_1.integrity_found end when found_1_2_2.integrity_times is not null then case found_1_2_2.integrity_times when 1 then found_1_2_2.integrity_found end end)::bigint as head_id
    from (
        select
            e.department_id,
            e.code,
            e.title,
            e.head_id,
            e.integrity_reference_1
        from integrity_work.hr__departments__expected as e
    ) as w
    left join (
        select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
        from integrity_work.hr__employees__expected_members
        where integrity_label = 'hr.employees'
    ) as found_1_1_1
        on found_1_1_1.integrity_by_1 = case w.integrity_reference_1[1] when '1' then w.integrity_reference_1[2]::text end
    left join (
        select
            (badge) as integrity_by_1,
            min(employee_id) as integrity_found,
            count(*) as integrity_times
        from integrity_work.hr__employees__expected
        group by 1
        
    ) as found_1_2_1
        on found_1_2_1.integrity_by_1 = case w.integrity_reference_1[1] when '2' then w.integrity_reference_1[2]::text end
    left join (
        select
            (lower(full_name)) as integrity_by_1,
            min(employee_id) as integrity_found,
            count(*) as integrity_times
        from integrity_work.hr__employees__expected
        group by 1
        
    ) as found_1_2_2
        on found_1_2_2.integrity_by_1 = case w.integrity_reference_1[1] when '2' then w.integrity_reference_1[3]::text end
    
) as e
full join hr.departments as t
    on t.department_id = e.department_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'hr.departments'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.department_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.department_id is null or e.department_id is null then true
    else t.code is distinct from e.code
        or t.title is distinct from e.title
        or t.head_id is distinct from e.head_id
end;

create unlogged table integrity_work.hr__departments__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_hr_departments as x
join integrity_work.hr__departments__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.hr__departments__changes;

analyze integrity_work.hr__departments__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'fbdf3fba0fe47333aaa0ffa54734fda9f0947452447f38ff043a56bf499edec3'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes hr.employees: later changes of hr.employees
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.hr__employees__changes;

drop table if exists integrity_work.hr__employees__changed_members;

drop table if exists integrity_work.hr__employees__updates;

drop table if exists integrity_work.hr__employees__inserts;

drop table if exists integrity_work.hr__employees__deletes;

drop table if exists integrity_work.hr__employees__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.hr__employees__changes as
select
    coalesce(t.employee_id, e.employee_id, r.integrity_key) as integrity_unified,
    case
        when e.employee_id is null and r.integrity_key is null then 'inserted'
        when t.employee_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.badge is distinct from e.badge then 'badge' end,
            case when t.mail is distinct from e.mail then 'mail' end,
            case when t.full_name is distinct from e.full_name then 'full_name' end,
            case when t.manager_id is distinct from e.manager_id then 'manager_id' end,
            case when t.department_id is distinct from e.department_id then 'department_id' end,
            case when t.salary is distinct from e.salary then 'salary' end,
            case when t.hired is distinct from e.hired then 'hired' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.employee_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.employee_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.badge,
    t.mail,
    t.full_name,
    t.manager_id,
    t.department_id,
    t.salary,
    t.hired
from (
    select
        w.employee_id,
        w.badge,
        w.mail,
        w.full_name,
        (case when found_1_1_1.integrity_times is not null then case found_1_1_1.integrity_times when 1 then found_1_1_1.integrity_found end end)::bigint as manager_id,
        w.department_id,
        w.salary,
        w.hired
    from (
        select
            e.employee_id,
            e.badge,
            e.mail,
            e.full_name,
            e.manager_id,
            e.department_id,
            e.salary,
            e.hired,
            e.integrity_reference_1
        from integrity_work.hr__employees__expected as e
    ) as w
    left join (
        select
            (badge) as integrity_by_1,
            min(employee_id) as integrity_found,
            count(*) as integrity_times
        from integrity_work.hr__employees__expected
        group by 1
        
    ) as found_1_1_1
        on found_1_1_1.integrity_by_1 = case w.integrity_reference_1[1] when '1' then w.integrity_reference_1[2]::text end
    
) as e
full join hr.employees as t
    on t.employee_id = e.employee_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'hr.employees'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.employee_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.employee_id is null or e.employee_id is null then true
    else t.badge is distinct from e.badge
        or t.mail is distinct from e.mail
        or t.full_name is distinct from e.full_name
        or t.manager_id is distinct from e.manager_id
        or t.department_id is distinct from e.department_id
        or t.salary is distinct from e.salary
        or t.hired is distinct from e.hired
end;

create unlogged table integrity_work.hr__employees__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_hr_employees as x
join integrity_work.hr__employees__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.hr__employees__changes;

analyze integrity_work.hr__employees__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6a6b099ef09f68ca40aa6fd3a65daaf3d60c71ea60e223d27469194d267cb15a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes retail.categories: later changes of retail.categories
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__categories__changes;

drop table if exists integrity_work.retail__categories__changed_members;

drop table if exists integrity_work.retail__categories__updates;

drop table if exists integrity_work.retail__categories__inserts;

drop table if exists integrity_work.retail__categories__deletes;

drop table if exists integrity_work.retail__categories__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.retail__categories__changes as
select
    coalesce(t.category_id, e.category_id, r.integrity_key) as integrity_unified,
    case
        when e.category_id is null and r.integrity_key is null then 'inserted'
        when t.category_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.code is distinct from e.code then 'code' end,
            case when t.parent_id is distinct from e.parent_id then 'parent_id' end,
            case when t.title is distinct from e.title then 'title' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.category_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.category_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.code,
    t.parent_id,
    t.title
from (
    select
        w.category_id,
        w.code,
        (case when found_1_1_1.integrity_times is not null then case found_1_1_1.integrity_times when 1 then found_1_1_1.integrity_found end end)::bigint as parent_id,
        w.title
    from (
        select
            w.integrity_row as category_id,
            w.code as code,
            w.parent_id as parent_id,
            w.title as title,
            w.integrity_reference_1 as integrity_reference_1
        from (
            select
                candidate.*,
                dense_rank() over (order by code collate "C") as integrity_row,
                row_number() over (
                    partition by code collate "C"
                    order by integrity_source, integrity_key collate "C", integrity_arm
                ) as integrity_place
            from (
                select *
                from (
                    select
                        1::smallint as integrity_source,
                        s.code as integrity_key,
                        1::smallint as integrity_arm,
                        (code)::text as code,
                        null::bigint as parent_id,
                        (title)::text as title,
                        case when num_nonnulls((parent)) > 0 then array['1', ((parent)::text)::text] end as integrity_reference_1
                    from shop.categories as s
                    
                ) as candidate
                where code is not null and
                    title is not null
                
            ) as candidate
        ) as w
        where w.integrity_place = 1
        
    ) as w
    left join (
        select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
        from integrity_work.retail__categories__expected_members
        where integrity_label = 'shop.categories'
    ) as found_1_1_1
        on found_1_1_1.integrity_by_1 = case w.integrity_reference_1[1] when '1' then w.integrity_reference_1[2]::text end
    
) as e
full join retail.categories as t
    on t.category_id = e.category_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'retail.categories'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.category_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.category_id is null or e.category_id is null then true
    else t.code is distinct from e.code
        or t.parent_id is distinct from e.parent_id
        or t.title is distinct from e.title
end;

create unlogged table integrity_work.retail__categories__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_retail_categories as x
join integrity_work.retail__categories__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.retail__categories__changes;

analyze integrity_work.retail__categories__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ec06b2a9421c3c80e5a5c2051e0acddee3fb825d7230b9c0571dfdfe40c73c5c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes retail.customers: later changes of retail.customers
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__customers__changes;

drop table if exists integrity_work.retail__customers__changed_members;

drop table if exists integrity_work.retail__customers__updates;

drop table if exists integrity_work.retail__customers__inserts;

drop table if exists integrity_work.retail__customers__deletes;

drop table if exists integrity_work.retail__customers__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.retail__customers__changes as
select
    coalesce(t.customer_id, e.customer_id, r.integrity_key) as integrity_unified,
    case
        when e.customer_id is null and r.integrity_key is null then 'inserted'
        when t.customer_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.loyalty_no is distinct from e.loyalty_no then 'loyalty_no' end,
            case when t.email is distinct from e.email then 'email' end,
            case when t.full_name is distinct from e.full_name then 'full_name' end,
            case when t.born is distinct from e.born then 'born' end,
            case when t.credit is distinct from e.credit then 'credit' end,
            case when t.since is distinct from e.since then 'since' end,
            case when t.tier::text is distinct from e.tier::text then 'tier' end,
            case when t.tags is distinct from e.tags then 'tags' end,
            case when t.vip is distinct from e.vip then 'vip' end,
            case when t.n is distinct from e.n then 'n' end,
            case when t.entity is distinct from e.entity then 'entity' end,
            case when t.integrity is distinct from e.integrity then 'integrity' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.customer_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.customer_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.loyalty_no,
    t.email,
    t.full_name,
    t.born,
    t.credit,
    t.since,
    t.tier,
    t.tags,
    t.vip,
    t.n,
    t.entity,
    t.integrity
from (
    select
        e.customer_id,
        e.loyalty_no,
        e.email,
        e.full_name,
        e.born,
        e.credit,
        e.since,
        e.tier,
        e.tags,
        e.vip,
        e.n,
        e.entity,
        e.integrity
    from integrity_work.retail__customers__expected as e
) as e
full join retail.customers as t
    on t.customer_id = e.customer_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'retail.customers'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.customer_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.customer_id is null or e.customer_id is null then true
    else t.loyalty_no is distinct from e.loyalty_no
        or t.email is distinct from e.email
        or t.full_name is distinct from e.full_name
        or t.born is distinct from e.born
        or t.credit is distinct from e.credit
        or t.since is distinct from e.since
        or t.tier::text is distinct from e.tier::text
        or t.tags is distinct from e.tags
        or t.vip is distinct from e.vip
        or t.n is distinct from e.n
        or t.entity is distinct from e.entity
        or t.integrity is distinct from e.integrity
end;

create unlogged table integrity_work.retail__customers__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_retail_customers as x
join integrity_work.retail__customers__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.retail__customers__changes;

analyze integrity_work.retail__customers__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b39a5b6033fd68f40bfae7c247a12e041871da59fd7f5bbf368983f020479c7c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes Q"1 100% Ünïted.Click → "Event" %s: later changes of Q"1 100% Ünïted.Click → "Event" %s
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changed_members";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__updates";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__inserts";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__deletes";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__crowded";

set local work_mem = '256MB';

create unlogged table integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as
select
    coalesce(t."order", e."order", r.integrity_key) as integrity_unified,
    case
        when e."order" is null and r.integrity_key is null then 'inserted'
        when t."order" is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t."Session" is distinct from e."Session" then 'Session' end,
            case when t."At: %(when)s" is distinct from e."At: %(when)s" then 'At: %(when)s' end,
            case when t.received is distinct from e.received then 'received' end,
            case when t.kind::text is distinct from e.kind::text then 'kind' end,
            case when t."amount €" is distinct from e."amount €" then 'amount €' end,
            case when t.customer_id is distinct from e.customer_id then 'customer_id' end,
            case when t."bot?" is distinct from e."bot?" then 'bot?' end,
            case when t."Tags""" is distinct from e."Tags""" then 'Tags"' end,
            case when t.meta::text is distinct from e.meta::text then 'meta' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e."order" is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t."order" is not null then to_jsonb(t.*) end as integrity_new_row,
    t."Session",
    t."At: %(when)s",
    t.received,
    t.kind,
    t."amount €",
    t.customer_id,
    t."bot?",
    t."Tags""",
    t.meta
from (
    select
        e."order",
        e."Session",
        e."At: %(when)s",
        e.received,
        e.kind,
        e."amount €",
        e.customer_id,
        e."bot?",
        e."Tags""",
        e.meta
    from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected" as e
) as e
full join "Q""1 100% Ünïted"."Click → ""Event"" %s" as t
    on t."order" = e."order"
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t."order"
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t."order" is null or e."order" is null then true
    else t."Session" is distinct from e."Session"
        or t."At: %(when)s" is distinct from e."At: %(when)s"
        or t.received is distinct from e.received
        or t.kind::text is distinct from e.kind::text
        or t."amount €" is distinct from e."amount €"
        or t.customer_id is distinct from e.customer_id
        or t."bot?" is distinct from e."bot?"
        or t."Tags""" is distinct from e."Tags"""
        or t.meta::text is distinct from e.meta::text
end;

create unlogged table integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changed_members" as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%"""."integrity_crosswalk_Q""1 100% Ünïted_Click → ""Event"" %s" as x
join integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes";

analyze integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changed_members";

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '537864e0c7a5517f9df39e34be5c1765a133360121790594d77464c019ae4491'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes retail.products: later changes of retail.products
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__products__changes;

drop table if exists integrity_work.retail__products__changed_members;

drop table if exists integrity_work.retail__products__updates;

drop table if exists integrity_work.retail__products__inserts;

drop table if exists integrity_work.retail__products__deletes;

drop table if exists integrity_work.retail__products__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.retail__products__changes as
select
    coalesce(t.product_id, e.product_id, r.integrity_key) as integrity_unified,
    case
        when e.product_id is null and r.integrity_key is null then 'inserted'
        when t.product_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.sku is distinct from e.sku then 'sku' end,
            case when t.title is distinct from e.title then 'title' end,
            case when t.weight is distinct from e.weight then 'weight' end,
            case when t.category_id is distinct from e.category_id then 'category_id' end,
            case when t.replaced_by is distinct from e.replaced_by then 'replaced_by' end,
            case when t.attributes::text is distinct from e.attributes::text then 'attributes' end,
            case when t.tags is distinct from e.tags then 'tags' end,
            case when t.s is distinct from e.s then 's' end,
            case when t.j is distinct from e.j then 'j' end,
            case when t.t is distinct from e.t then 't' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.product_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.product_id is not null then to_jsonb(t.*) end as integrity_new_row,
    coalesce(t.product_id, e.product_id) as product_id,
    t.sku,
    t.title,
    t.weight,
    t.category_id,
    t.replaced_by,
    t.attributes,
    t.tags,
    t.s,
    t.j,
    t.t
from (
    select
        w.product_id,
        w.sku,
        w.title,
        w.weight,
        w.category_id,
        (case when found_1_1_1.integrity_times is not null then case found_1_1_1.integrity_times when 1 then found_1_1_1.integrity_found end end)::uuid as replaced_by,
        w.attributes,
        w.tags,
        w.s,
        w.j,
        w.t
    from (
        select
            e.product_id,
            e.sku,
            e.title,
            e.weight,
            e.category_id,
            e.replaced_by,
            e.attributes,
            e.tags,
            e.s,
            e.j,
            e.t,
            e.integrity_reference_1
        from integrity_work.retail__products__expected as e
    ) as w
    left join (
        select
            (sku) as integrity_by_1,
            min(product_id::text)::uuid as integrity_found,
            count(*) as integrity_times
        from integrity_work.retail__products__expected
        group by 1
        
    ) as found_1_1_1
        on found_1_1_1.integrity_by_1 = case w.integrity_reference_1[1] when '1' then w.integrity_reference_1[2]::text end
    
) as e
full join retail.products as t
    on t.product_id = e.product_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::uuid as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'retail.products'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.product_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.product_id is null or e.product_id is null then true
    else t.sku is distinct from e.sku
        or t.title is distinct from e.title
        or t.weight is distinct from e.weight
        or t.category_id is distinct from e.category_id
        or t.replaced_by is distinct from e.replaced_by
        or t.attributes::text is distinct from e.attributes::text
        or t.tags is distinct from e.tags
        or t.s is distinct from e.s
        or t.j is distinct from e.j
        or t.t is distinct from e.t
end;

create unlogged table integrity_work.retail__products__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_retail_products as x
join integrity_work.retail__products__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.retail__products__changes;

analyze integrity_work.retail__products__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8f887111fe817ae954ce9456939e193b2e0e69f584bebb8d63abdb9502ddafde'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes Q"1 100% Ünïted.prices: later changes of Q"1 100% Ünïted.prices
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work."Q""1 100% Ünïted__prices__changes";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__changed_members";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__updates";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__inserts";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__deletes";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__crowded";

set local work_mem = '256MB';

create unlogged table integrity_work."Q""1 100% Ünïted__prices__changes" as
select
    coalesce(t.price_id, e.price_id, r.integrity_key) as integrity_unified,
    case
        when e.price_id is null and r.integrity_key is null then 'inserted'
        when t.price_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.product_id is distinct from e.product_id then 'product_id' end,
            case when t.kind is distinct from e.kind then 'kind' end,
            case when t.valid_from is distinct from e.valid_from then 'valid_from' end,
            case when t.price is distinct from e.price then 'price' end,
            case when t."Origin" is distinct from e."Origin" then 'Origin' end,
            case when t.key is distinct from e.key then 'key' end,
            case when t."select" is distinct from e."select" then 'select' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.price_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.price_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.product_id,
    t.kind,
    t.valid_from,
    t.price,
    t."Origin",
    t.key,
    t."select"
from (
    select
        w.integrity_row as price_id,
        w.product_id as product_id,
        w.kind as kind,
        w.valid_from as valid_from,
        w.price as price,
        o.source_label::text as "Origin",
        w.integrity_key::text as key,
        o.arm_label::text as "select"
    from (
        select
            candidate.*,
            dense_rank() over (order by product_id, kind collate "C", valid_from) as integrity_row,
            row_number() over (
                partition by product_id, kind collate "C", valid_from
                order by integrity_source, integrity_key collate "C", integrity_arm
            ) as integrity_place
        from (
            select *
            from (
                select
                    1::smallint as integrity_source,
                    jsonb_build_array(s.sku, s.valid_from)::text as integrity_key,
                    1::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('regular')::text as kind,
                    (valid_from)::date as valid_from,
                    (regular::numeric)::numeric(10,2) as price
                from shop.price_list as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where not coalesce((state = 'draft'), false) and
                    ((case when not (coalesce("kit ""100%""".integrity_is_valid((regular)::text, 'numeric'), true)) then true else num_nonnulls(regular::numeric) > 0 end)) and
                    (case when not (coalesce("kit ""100%""".integrity_is_valid((regular)::text, 'numeric'), true)) then false when not (coalesce("kit ""100%""".integrity_is_valid((regular::numeric)::text, 'numeric(10,2)'), true)) then false else true end) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                union all
                select
                    1::smallint as integrity_source,
                    jsonb_build_array(s.sku, s.valid_from)::text as integrity_key,
                    2::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('promo')::text as kind,
                    (valid_from)::date as valid_from,
                    (promo::numeric)::numeric(10,2) as price
                from shop.price_list as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where not coalesce((state = 'draft'), false) and
                    ((case when not (coalesce("kit ""100%""".integrity_is_valid((promo)::text, 'numeric'), true)) then true else num_nonnulls(promo::numeric) > 0 end)) and
                    (case when not (coalesce("kit ""100%""".integrity_is_valid((promo)::text, 'numeric'), true)) then false when not (coalesce("kit ""100%""".integrity_is_valid((promo::numeric)::text, 'numeric(10,2)'), true)) then false else true end) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                union all
                select
                    1::smallint as integrity_source,
                    jsonb_build_array(s.sku, s.valid_from)::text as integrity_key,
                    3::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('clearance')::text as kind,
                    (valid_from)::date as valid_from,
                    (case when valid_from > '2000-01-01' then clearance::numeric end)::numeric(10,2) as price
                from shop.price_list as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where not coalesce((state = 'draft'), false) and
                    ((case when not ((case when case when valid_from > '2000-01-01' then true else false end then coalesce("kit ""100%""".integrity_is_valid((clearance)::text, 'numeric'), true) else true end)) then true else num_nonnulls(case when valid_from > '2000-01-01' then clearance::numeric end) > 0 end)) and
                    (case when not ((case when case when valid_from > '2000-01-01' then true else false end then coalesce("kit ""100%""".integrity_is_valid((clearance)::text, 'numeric'), true) else true end)) then false when not (coalesce("kit ""100%""".integrity_is_valid((case when valid_from > '2000-01-01' then clearance::numeric end)::text, 'numeric(10,2)'), true)) then false else true end) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                union all
                select
                    2::smallint as integrity_source,
                    s.line::text as integrity_key,
                    1::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('regular')::text as kind,
                    (valid_from)::date as valid_from,
                    (regular)::numeric(10,2) as price
                from shop.price_archive as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where ((num_nonnulls(regular) > 0)) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                union all
                select
                    2::smallint as integrity_source,
                    s.line::text as integrity_key,
                    2::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('promo')::text as kind,
                    (valid_from)::date as valid_from,
                    (promo)::numeric(10,2) as price
                from shop.price_archive as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where ((num_nonnulls(promo) > 0)) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                union all
                select
                    2::smallint as integrity_source,
                    s.line::text as integrity_key,
                    3::smallint as integrity_arm,
                    (case when integrity_way_1_1.integrity_times = 1 then integrity_way_1_1.integrity_found when integrity_way_1_2.integrity_times = 1 then integrity_way_1_2.integrity_found end)::uuid as product_id,
                    ('clearance')::text as kind,
                    (valid_from)::date as valid_from,
                    (clearance)::numeric(10,2) as price
                from shop.price_archive as s
                left join (
                    select integrity_key as integrity_by_1, integrity_unified as integrity_found, 1 as integrity_times
                    from integrity_work.retail__products__expected_members
                    where integrity_label = 'Øst & Vest Markt.Waren'
                ) as integrity_way_1_1
                    on integrity_way_1_1.integrity_by_1 = ((sku)::text)
                left join (
                    select
                        (lower(sku)) as integrity_by_1,
                        min(product_id::text)::uuid as integrity_found,
                        count(*) as integrity_times
                    from integrity_work.retail__products__expected
                    group by 1
                    
                ) as integrity_way_1_2
                    on integrity_way_1_2.integrity_by_1 = (lower(btrim(sku)))
                where ((num_nonnulls(clearance) > 0)) and
                    coalesce(integrity_way_1_1.integrity_times, integrity_way_1_2.integrity_times) = 1
                
                offset 0  -- casts are tested first: no condition below moves in beside them
            ) as candidate
            where (kind in ('regular', 'promo', 'clearance')) is not false and
                (price > 0) is not false and
                product_id is not null and
                kind is not null and
                valid_from is not null and
                price is not null
            
        ) as candidate
    ) as w
    join (
        values
            (1, 1, 'shop.price_list', 'it''s regular'),
            (1, 2, 'shop.price_list', 'promo'),
            (1, 3, 'shop.price_list', 'clear % "out"'),
            (2, 1, 'shop.price_archive', 'regular'),
            (2, 2, 'shop.price_archive', 'promo'),
            (2, 3, 'shop.price_archive', 'clearance')
    ) as o (source, arm, source_label, arm_label)
        on o.source = w.integrity_source
        and o.arm = w.integrity_arm
    where w.integrity_place = 1
    
) as e
full join "Q""1 100% Ünïted".prices as t
    on t.price_id = e.price_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'Q"1 100% Ünïted.prices'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.price_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.price_id is null or e.price_id is null then true
    else t.product_id is distinct from e.product_id
        or t.kind is distinct from e.kind
        or t.valid_from is distinct from e.valid_from
        or t.price is distinct from e.price
        or t."Origin" is distinct from e."Origin"
        or t.key is distinct from e.key
        or t."select" is distinct from e."select"
end;

create unlogged table integrity_work."Q""1 100% Ünïted__prices__changed_members" as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%"""."integrity_crosswalk_Q""1 100% Ünïted_prices" as x
join integrity_work."Q""1 100% Ünïted__prices__changes" as c
    on c.integrity_unified = x.unified_key
union all
select
    c.integrity_old_row ->> 'Origin',
    (c.integrity_old_row ->> 'key')::text,
    c.integrity_old_row ->> 'select',
    c.integrity_unified,
    true
from integrity_work."Q""1 100% Ünïted__prices__changes" as c
where c.integrity_old_row is not null;

analyze integrity_work."Q""1 100% Ünïted__prices__changes";

analyze integrity_work."Q""1 100% Ünïted__prices__changed_members";

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c2be1bb44539a7715ecee41a6f7dbcf553c4319c8bb85ec48c85ffb7c8cc5c26'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes retail.stock_levels: later changes of retail.stock_levels
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail__stock_levels__changes;

drop table if exists integrity_work.retail__stock_levels__changed_members;

drop table if exists integrity_work.retail__stock_levels__updates;

drop table if exists integrity_work.retail__stock_levels__inserts;

drop table if exists integrity_work.retail__stock_levels__deletes;

drop table if exists integrity_work.retail__stock_levels__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.retail__stock_levels__changes as
select
    coalesce(t.level_id, e.level_id, r.integrity_key) as integrity_unified,
    case
        when e.level_id is null and r.integrity_key is null then 'inserted'
        when t.level_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.product_id is distinct from e.product_id then 'product_id' end,
            case when t.place is distinct from e.place then 'place' end,
            case when t.n is distinct from e.n then 'n' end,
            case when t.checked is distinct from (false)::boolean then 'checked' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.level_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.level_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.product_id,
    t.place,
    t.n,
    t.checked
from (
    select
        e.level_id,
        e.product_id,
        e.place,
        e.n
    from integrity_work.retail__stock_levels__expected as e
) as e
full join retail.stock_levels as t
    on t.level_id = e.level_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'retail.stock_levels'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.level_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.level_id is null or e.level_id is null then true
    else t.product_id is distinct from e.product_id
        or t.place is distinct from e.place
        or t.n is distinct from e.n
        or t.checked is distinct from (false)::boolean
end;

create unlogged table integrity_work.retail__stock_levels__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_retail_stock_levels_dfe7202e as x
join integrity_work.retail__stock_levels__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.retail__stock_levels__changes;

analyze integrity_work.retail__stock_levels__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1b5a766dfef3380ffe4adb7e129066c29fe44630f000f33b857fd1e5c4878f79'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- changes retail_stock.levels: later changes of retail_stock.levels
--
--   why    Rows that differ from what apply made were changed since.
--   after  expect again hr.departments, expect again hr.employees, expect again retail.categories,
--          expect again retail.customers, expect again Q"1 100% Ünïted.Click → "Event" %s, expect
--          again retail.products, expect again Q"1 100% Ünïted.prices, expect again
--          retail.stock_levels, expect again retail_stock.levels, work schema, freeze unified
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

drop table if exists integrity_work.retail_stock__levels__changes;

drop table if exists integrity_work.retail_stock__levels__changed_members;

drop table if exists integrity_work.retail_stock__levels__updates;

drop table if exists integrity_work.retail_stock__levels__inserts;

drop table if exists integrity_work.retail_stock__levels__deletes;

drop table if exists integrity_work.retail_stock__levels__crowded;

set local work_mem = '256MB';

create unlogged table integrity_work.retail_stock__levels__changes as
select
    coalesce(t.level_id, e.level_id, r.integrity_key) as integrity_unified,
    case
        when e.level_id is null and r.integrity_key is null then 'inserted'
        when t.level_id is null then 'deleted'
        else 'updated'
    end as integrity_change,
    case
        when r.integrity_key is null then array_remove(array[
            case when t.place is distinct from e.place then 'place' end,
            case when t.label is distinct from e.label then 'label' end
        ]::text[], null)
        else array(
            select new.key
            from jsonb_each(to_jsonb(t.*)) as new
            where new.value is distinct from r.integrity_row -> new.key
        )
    end as integrity_changed,
    '{}'::text[] as integrity_returned,
    null::text as integrity_reason,
    '{}'::jsonb as integrity_kept,  -- column: why it may not go back
    r.integrity_key is not null as integrity_replayed,
    case when e.level_id is not null then to_jsonb(e.*) else r.integrity_row end as integrity_old_row,
    case when t.level_id is not null then to_jsonb(t.*) end as integrity_new_row,
    t.place,
    t.label
from (
    select
        e.level_id,
        e.place,
        e.label
    from integrity_work.retail_stock__levels__expected as e
) as e
full join retail_stock.levels as t
    on t.level_id = e.level_id
full join (  -- rows that a replay made: legacy as it was loaded does not tell of them
    select q.replayed_as::bigint as integrity_key, q.replayed_row as integrity_row
    from "kit ""100%""".integrity_quarantine as q
    where q.mapping = 'retail_stock.levels'
        and q.replayed_row is not null
) as r
    on r.integrity_key = t.level_id
where case
    when r.integrity_key is not null then to_jsonb(t.*) is distinct from r.integrity_row
    when t.level_id is null or e.level_id is null then true
    else t.place is distinct from e.place
        or t.label is distinct from e.label
end;

create unlogged table integrity_work.retail_stock__levels__changed_members as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from "kit ""100%""".integrity_crosswalk_retail_stock_levels_beee63bc as x
join integrity_work.retail_stock__levels__changes as c
    on c.integrity_unified = x.unified_key;

analyze integrity_work.retail_stock__levels__changes;

analyze integrity_work.retail_stock__levels__changed_members;

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'changes retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '09d34516d94fa6bc77648e1ba5036f186e34ef714e23a244b4efef3fb6b8bf8b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

insert into "kit ""100%""".integrity_sentinel (migration, direction)
values ('001_one_company', 'rollback')
on conflict do nothing;

commit;


-- -------------------------------------------------------------------------------------------------
-- switch back: write later changes back and put the legacy tables under their names
--
--   why    One transaction: a change is in unified before it, and in legacy after it.
--   after  work schema, expect again hr.departments, expect again hr.employees, expect again
--          retail.categories, expect again retail.customers, expect again Q"1 100% Ünïted.Click →
--          "Event" %s, expect again retail.products, expect again Q"1 100% Ünïted.prices, expect
--          again retail.stock_levels, expect again retail_stock.levels, changes hr.departments,
--          changes hr.employees, changes retail.categories, changes retail.customers, changes Q"1
--          100% Ünïted.Click → "Event" %s, changes retail.products, changes Q"1 100% Ünïted.prices,
--          changes retail.stock_levels, changes retail_stock.levels
--   if     exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company'
--          and direction = 'apply' and step = 'switch' and outcome = 'done')
--   lock   SHARE ROW EXCLUSIVE on select.user
--   lock   SHARE ROW EXCLUSIVE on shop.categories
--   lock   SHARE ROW EXCLUSIVE on shop.clients
--   lock   SHARE ROW EXCLUSIVE on Øst & Vest Markt.Kunden 100%
--   lock   ACCESS EXCLUSIVE on Q"1 100% Ünïted.Click → "Event" %s
--   lock   ACCESS EXCLUSIVE on Q"1 100% Ünïted.prices
--   lock   ACCESS EXCLUSIVE on hr.departments
--   lock   ACCESS EXCLUSIVE on hr.employees
--   lock   ACCESS EXCLUSIVE on retail.categories
--   lock   ACCESS EXCLUSIVE on retail.customers
--   lock   ACCESS EXCLUSIVE on retail.products
--   lock   ACCESS EXCLUSIVE on retail.stock_levels
--   lock   ACCESS EXCLUSIVE on retail_stock.levels
--   lock   ACCESS EXCLUSIVE on hr__legacy.departments
--   lock   ACCESS EXCLUSIVE on hr__legacy.employees
--   hazard trigger-disabled: select.user: off while rows go back
--   hazard trigger-disabled: shop.categories: off while rows go back
--   hazard trigger-disabled: shop.clients: off while rows go back
--   hazard trigger-disabled: Øst & Vest Markt.Kunden 100%: off while rows go back
-- -------------------------------------------------------------------------------------------------

select (
    exists (select from "kit ""100%""".integrity_journal where migration = '001_one_company' and direction = 'apply' and step = 'switch' and outcome = 'done')
) is true as wanted \gset

begin;

\if :wanted

set constraints all immediate;

drop table if exists integrity_work.triggers;

do $body$declare
    rule record;
begin  -- how each trigger and rule stands, so that it stands like that again
    create unlogged table integrity_work.triggers as
    select t.tgrelid::regclass as table_name, 'trigger' as kind, t.tgname as name, t.tgenabled as state
    from pg_trigger as t
    where t.tgrelid in (
        '"select"."user"'::regclass,
        'shop.categories'::regclass,
        'shop.clients'::regclass,
        '"Øst & Vest Markt"."Kunden 100%"'::regclass
    ) and not t.tgisinternal
    union all
    select r.ev_class::regclass, 'rule', r.rulename, r.ev_enabled
    from pg_rewrite as r
    where r.ev_class in (
        '"select"."user"'::regclass,
        'shop.categories'::regclass,
        'shop.clients'::regclass,
        '"Øst & Vest Markt"."Kunden 100%"'::regclass
    );
    for rule in select * from integrity_work.triggers where kind = 'rule' loop
        execute format('alter table %s disable rule %I', rule.table_name, rule.name);
    end loop;
end$body$;

alter table "select"."user" disable trigger user;

alter table shop.categories disable trigger user;

alter table shop.clients disable trigger user;

alter table "Øst & Vest Markt"."Kunden 100%" disable trigger user;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
drop table if exists integrity_work.retail__customers__deletes;
        create unlogged table integrity_work.retail__customers__deletes as
        select
            dense_rank() over (order by m.unified_key) as integrity_place,
            m.source, m.source_key, m.arm, m.unified_key as integrity_unified
        from integrity_work.retail__customers__changed_members as m
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = m.unified_key
        where c.integrity_change = 'deleted'
            and c.integrity_returned = '{}';
        loop  -- what stays may keep others
            with kept as (
                select integrity_unified, min(reason) as reason
                from (
                    select kept.integrity_unified, 'a row of ' || kept.source || ' behind it waits in quarantine' as reason
                    from integrity_work.retail__customers__deletes as kept
                    join "kit ""100%""".integrity_quarantine as q
                        on q.source = kept.source
                        and q.source_key = kept.source_key::text
                    where q.mapping <> 'retail.customers'
                        and q.replayed_at is null
                        and kept.source = any (array['Øst & Vest Markt.Kunden 100%', 'select.user', 'shop.clients']::text[])
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                ) as every
                group by integrity_unified
            ),
            noted as (
                update integrity_work.retail__customers__changes as c
                set integrity_reason = kept.reason
                from kept
                where kept.integrity_unified = c.integrity_unified
            )
            delete from integrity_work.retail__customers__deletes as d
            using kept
            where kept.integrity_unified = d.integrity_unified;
            exit when not found;
        end loop;
        update integrity_work.retail__customers__deletes as d
        set integrity_place = numbered.place
        from (
            select integrity_unified, dense_rank() over (order by integrity_unified) as place
            from integrity_work.retail__customers__deletes
        ) as numbered
        where numbered.integrity_unified = d.integrity_unified;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__customers__deletes
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = '"Øst & Vest Markt"."Kunden 100%"'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join "Øst & Vest Markt"."Kunden 100%" as s
        on s."Kund#"::text = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''Øst & Vest Markt.Kunden 100%''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''Øst & Vest Markt.Kunden 100%''
                and e.integrity_place between $1 and $2
                and child."Kund#"::text = e.source_key
        )
)' else '
    where d.source = ''Øst & Vest Markt.Kunden 100%''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from "Øst & Vest Markt"."Kunden 100%" as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'Øst & Vest Markt.Kunden 100%'
                        and d.integrity_place between integrity_low and integrity_high
                        and s."Kund#"::text = d.source_key;
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = '"select"."user"'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join "select"."user" as s
        on jsonb_build_array(s."group", s.no)::text = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''select.user''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''select.user''
                and e.integrity_place between $1 and $2
                and jsonb_build_array(child."group", child.no)::text = e.source_key
        )
)' else '
    where d.source = ''select.user''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from "select"."user" as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'select.user'
                        and d.integrity_place between integrity_low and integrity_high
                        and jsonb_build_array(s."group", s.no)::text = d.source_key;
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = 'shop.clients'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join shop.clients as s
        on s.code = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''shop.clients''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''shop.clients''
                and e.integrity_place between $1 and $2
                and child.code = e.source_key
        )
)' else '
    where d.source = ''shop.clients''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from shop.clients as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'shop.clients'
                        and d.integrity_place between integrity_low and integrity_high
                        and s.code = d.source_key;
update integrity_work.retail__customers__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__customers__deletes as d
                    where d.integrity_place between integrity_low and integrity_high
                        and d.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__customers__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__customers__deletes as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
drop table if exists integrity_work.retail__categories__deletes;
        create unlogged table integrity_work.retail__categories__deletes as
        select
            dense_rank() over (order by m.unified_key) as integrity_place,
            m.source, m.source_key, m.arm, m.unified_key as integrity_unified
        from integrity_work.retail__categories__changed_members as m
        join integrity_work.retail__categories__changes as c
            on c.integrity_unified = m.unified_key
        where c.integrity_change = 'deleted'
            and c.integrity_returned = '{}';
        loop  -- what stays may keep others
            with kept as (
                select integrity_unified, min(reason) as reason
                from (
                    select kept.integrity_unified, 'a row of ' || kept.source || ' behind it waits in quarantine' as reason
                    from integrity_work.retail__categories__deletes as kept
                    join "kit ""100%""".integrity_quarantine as q
                        on q.source = kept.source
                        and q.source_key = kept.source_key::text
                    where q.mapping <> 'retail.categories'
                        and q.replayed_at is null
                        and kept.source = any (array['shop.categories']::text[])
                    union all
                    select mine.integrity_unified, 'a row of ' || 'retail.categories' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'category_id' as taken
                        from integrity_work.retail__categories__deletes as kept
                        join integrity_work.retail__categories__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'parent_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'retail.categories'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'parent_id'
                        from integrity_work.retail__categories__changes as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}' and o.integrity_unified not in (select integrity_unified from integrity_work.retail__categories__deletes)
                            else not 'parent_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'retail.products' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'category_id' as taken
                        from integrity_work.retail__categories__deletes as kept
                        join integrity_work.retail__categories__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'category_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'retail.products'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'category_id'
                        from integrity_work.retail__products__changes as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'category_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                ) as every
                group by integrity_unified
            ),
            noted as (
                update integrity_work.retail__categories__changes as c
                set integrity_reason = kept.reason
                from kept
                where kept.integrity_unified = c.integrity_unified
            )
            delete from integrity_work.retail__categories__deletes as d
            using kept
            where kept.integrity_unified = d.integrity_unified;
            exit when not found;
        end loop;
        update integrity_work.retail__categories__deletes as d
        set integrity_place = numbered.place
        from (
            select integrity_unified, dense_rank() over (order by integrity_unified) as place
            from integrity_work.retail__categories__deletes
        ) as numbered
        where numbered.integrity_unified = d.integrity_unified;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__deletes
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = 'shop.categories'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__categories__deletes as d
    join shop.categories as s
        on s.code = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''shop.categories''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__categories__deletes as e
            where e.source = ''shop.categories''
                and e.integrity_place between $1 and $2
                and child.code = e.source_key
        )
)' else '
    where d.source = ''shop.categories''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from shop.categories as s
                    using integrity_work.retail__categories__deletes as d
                    where d.source = 'shop.categories'
                        and d.integrity_place between integrity_low and integrity_high
                        and s.code = d.source_key;
update integrity_work.retail__categories__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__categories__deletes as d
                    where d.integrity_place between integrity_low and integrity_high
                        and d.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__deletes as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

drop table if exists integrity_work.retail__categories__updates;

create unlogged table integrity_work.retail__categories__updates (
    integrity_place bigint,  -- the same for all values that go to one legacy row
    source_key text not null,
    integrity_unified bigint not null,
    column_name text not null,
    legacy jsonb not null  -- legacy column -> the value as text
);

with origin as (  -- the one source row whose value survived
    select m.unified_key, m.source_key
    from integrity_work.retail__categories__changed_members as m
    where m.survived
        and m.source = 'shop.categories'
        and m.arm = ''
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((c.parent_id is null or (
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ) is not null), false) then 'no value of shop.categories.parent gives it again'
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid(((
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ))::text, 'text'), true)), false) then 'no value of shop.categories.parent gives it again'
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((((
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ))::text)::text, 'text'), true)), false) then 'no value of shop.categories.parent gives it again'
        end as integrity_why
    from integrity_work.retail__categories__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'parent_id' = any (c.integrity_changed)
        and not 'parent_id' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__categories__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'parent_id', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__categories__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'parent_id',
    jsonb_build_object(
        'parent', (((
            select x.source_key
            from "kit ""100%""".integrity_crosswalk_retail_categories as x
            where x.source = 'shop.categories'
                and x.unified_key = c.parent_id
            order by x.survived desc, x.source_key
            limit 1
        ))::text)::text::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select m.unified_key, m.source_key
    from integrity_work.retail__categories__changed_members as m
    where m.survived
        and m.source = 'shop.categories'
        and m.arm = ''
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.title)::text, 'text'), true)), false) then 'no value of shop.categories.title gives it again'
            when not coalesce((((((c.title)::text))::text) is not distinct from (c.title)), false) then 'no value of shop.categories.title gives it again'
            when not coalesce(((c.title) is not null), false) then 'shop.categories.title must not be NULL'
        end as integrity_why
    from integrity_work.retail__categories__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'title' = any (c.integrity_changed)
        and not 'title' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__categories__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'title', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__categories__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'title',
    jsonb_build_object(
        'title', (c.title)::text::text
    )
from asked as c
where c.integrity_why is null;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
update integrity_work.retail__categories__updates as u
        set integrity_place = numbered.place
        from (
            select source_key, dense_rank() over (order by source_key) as place
            from integrity_work.retail__categories__updates
        ) as numbered
        where numbered.source_key = u.source_key;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__updates
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
with sent as (
                        select u.source_key, jsonb_object_agg(pair.key, pair.value) as legacy
                        from integrity_work.retail__categories__updates as u
                        cross join lateral jsonb_each(u.legacy) as pair
                        where u.integrity_place between integrity_low and integrity_high
                        group by u.source_key
                    ),
                    written as (
                        update shop.categories as s
                        set parent = case
                                when sent.legacy ? 'parent'
                                then (sent.legacy ->> 'parent')::text
                                else s.parent
                            end,
title = case
                                when sent.legacy ? 'title'
                                then (sent.legacy ->> 'title')::text
                                else s.title
                            end
                        from sent
                        where s.code = sent.source_key
                        returning sent.source_key
                    )
                    update integrity_work.retail__categories__changes as c
                    set integrity_returned = c.integrity_returned || done.columns,
                        integrity_reason = null
                    from (
                        select u.integrity_unified, array_agg(u.column_name) as columns
                        from integrity_work.retail__categories__updates as u
                        join written
                            on written.source_key = u.source_key
                        group by u.integrity_unified
                    ) as done
                    where done.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__updates as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

drop table if exists integrity_work.retail__categories__crowded;

create unlogged table integrity_work.retail__categories__crowded as
select c.integrity_unified  -- another row would be taken for the same one
from integrity_work.retail__categories__changes as c
join retail.categories as o
    on o.code = c.code
where c.integrity_new_row is not null
    and o.category_id <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from integrity_work.retail__categories__changes as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from integrity_work.retail__categories__changes as gone
    cross join lateral jsonb_populate_record(null::retail.categories, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on o.code = c.code
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := array(
        select distinct found.sequence
        from (
            select d.refobjid::regclass as sequence
            from pg_attrdef as a
            join pg_depend as d
                on d.classid = 'pg_attrdef'::regclass
                and d.objid = a.oid
                and d.refclassid = 'pg_class'::regclass
            where a.adrelid = 'shop.categories'::regclass
            union all
            select d.objid::regclass
            from pg_depend as d
            where d.classid = 'pg_class'::regclass
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = 'shop.categories'::regclass
                and d.deptype in ('a', 'i')
        ) as found
        join pg_class as c
            on c.oid = found.sequence
            and c.relkind = 'S'
    );

    loop
drop table if exists integrity_work.retail__categories__inserts;
        create unlogged table integrity_work.retail__categories__inserts as
        select row_number() over (order by integrity_unified) as integrity_place, p.*
        from (
            select
                c.integrity_unified as integrity_unified,
                case
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.code)::text, 'text'), true)), false) then null
                    when not coalesce((((((c.code)::text))::text) is not distinct from (c.code)), false) then null
                    else (c.code)::text
                end as code,
                case
                    when not coalesce((c.parent_id is null or (
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ) is not null), false) then null
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid(((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text, 'text'), true)), false) then null
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text, 'text'), true)), false) then null
                    else (((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text
                end as parent,
                case
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.title)::text, 'text'), true)), false) then null
                    when not coalesce((((((c.title)::text))::text) is not distinct from (c.title)), false) then null
                    else (c.title)::text
                end as title,
                c.code as integrity_value_1,
                c.parent_id as integrity_value_2,
                c.title as integrity_value_3
            from integrity_work.retail__categories__changes as c
            where c.integrity_change = 'inserted'
                and c.integrity_returned = '{}'
                and (c.parent_id is null or (
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ) is not null)
                and (coalesce("kit ""100%""".integrity_is_valid(((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text, 'text'), true))
                and (coalesce("kit ""100%""".integrity_is_valid((((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text, 'text'), true))
                and (not exists (
                    select
                    from integrity_work.retail__categories__crowded as x
                    where x.integrity_unified = c.integrity_unified
                ))
        ) as p
        where case
                when not coalesce((code is not null), false) then false
                when not coalesce((title is not null), false) then false
                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((code)::text, 'text'), true)), false) then false
                when not coalesce((((code)::text) is not distinct from (p.integrity_value_1)), false) then false
                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((title)::text, 'text'), true)), false) then false
                when not coalesce((((title)::text) is not distinct from (p.integrity_value_3)), false) then false
                else true
            end;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__inserts
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
insert into shop.categories (
                        code,
                        parent,
                        title
                    )
                    overriding system value
                    select
                        code,
                        parent,
                        title
                    from integrity_work.retail__categories__inserts
                    where integrity_place between integrity_low and integrity_high
                    order by integrity_place;
                    if exists (
                        select
                        from (  -- under names that no legacy column has
                            select integrity_place, code as integrity_key_1, integrity_value_1, integrity_value_2, integrity_value_3
                            from integrity_work.retail__categories__inserts
                            where integrity_place between integrity_low and integrity_high
                        ) as p
                        join shop.categories as s
                            on s.code = p.integrity_key_1
                        where case
                                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((code)::text, 'text'), true)), false) then true
                                when not coalesce((((code)::text) is not distinct from (p.integrity_value_1)), false) then true
                                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((title)::text, 'text'), true)), false) then true
                                when not coalesce((((title)::text) is not distinct from (p.integrity_value_3)), false) then true
                                else false
                            end
                    ) then
                        raise exception using
                            errcode = '23514', message = 'the row would not come back the same';
                    end if;
                    insert into "kit ""100%""".integrity_crosswalk_retail_categories (source, source_key, arm, unified_key, survived)
                    select 'shop.categories', s.code, '', s.integrity_unified, true
                    from integrity_work.retail__categories__inserts as s
                    where s.integrity_place between integrity_low and integrity_high;
                    update integrity_work.retail__categories__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__categories__inserts as p
                    where p.integrity_place between integrity_low and integrity_high
                        and p.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__inserts as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (true and integrity_gone);
    end loop;
end$body$;

drop table if exists integrity_work.retail__customers__updates;

create unlogged table integrity_work.retail__customers__updates (
    integrity_place bigint,  -- the same for all values that go to one legacy row
    source_key text not null,
    integrity_unified bigint not null,
    column_name text not null,
    legacy jsonb not null  -- legacy column -> the value as text
);

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.loyalty_no is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.loyalty_no is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.loyalty_no is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.loyalty_no is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.loyalty_no)::text, 'integer'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.order gives it again'
            when not coalesce((((((c.loyalty_no)::integer))::integer) is not distinct from (c.loyalty_no)), false) then 'no value of Øst & Vest Markt.Kunden 100%.order gives it again'
            when not coalesce((not exists (  -- no other row is found by it
                select
                from "Q""1 100% Ünïted"."Click → ""Event"" %s" as child
                where child.customer_id = c.integrity_unified
                    or child.customer_id = (c.integrity_old_row ->> 'customer_id')::bigint
            )
            and not exists (
                select
                from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                where o.integrity_old_row ->> 'customer_id' = c.integrity_old_row ->> 'customer_id'
            )), false) then 'rows of Q"1 100% Ünïted.Click → "Event" %s are found by it'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'loyalty_no' = any (c.integrity_changed)
        and not 'loyalty_no' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'loyalty_no', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'loyalty_no',
    jsonb_build_object(
        'order', (c.loyalty_no)::integer::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.email is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.email is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.email is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.email is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.email)::text, 'character varying(120)'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.E-Mail gives it again'
            when not coalesce(((nullif(lower(btrim(c.email)), '')) is not distinct from c.email), false) then 'no value of Øst & Vest Markt.Kunden 100%.E-Mail gives it again'
            when not coalesce((((nullif(lower(btrim(((c.email)::character varying(120)))), ''))::text) is not distinct from (c.email)), false) then 'no value of Øst & Vest Markt.Kunden 100%.E-Mail gives it again'
            when not coalesce((not exists (  -- no other row is found by it
                select
                from "Q""1 100% Ünïted"."Click → ""Event"" %s" as child
                where child.customer_id = c.integrity_unified
                    or child.customer_id = (c.integrity_old_row ->> 'customer_id')::bigint
            )
            and not exists (
                select
                from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                where o.integrity_old_row ->> 'customer_id' = c.integrity_old_row ->> 'customer_id'
            )), false) then 'rows of Q"1 100% Ünïted.Click → "Event" %s are found by it'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'email' = any (c.integrity_changed)
        and not 'email' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'email', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'email',
    jsonb_build_object(
        'E-Mail', (c.email)::character varying(120)::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.full_name is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.full_name is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.full_name is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.full_name is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.full_name)::text, 'text'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Name, voll gives it again'
            when not coalesce((((((c.full_name)::text))::text) is not distinct from (c.full_name)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Name, voll gives it again'
            when not coalesce(((c.full_name) is not null), false) then 'Øst & Vest Markt.Kunden 100%.Name, voll must not be NULL'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'full_name' = any (c.integrity_changed)
        and not 'full_name' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'full_name', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'full_name',
    jsonb_build_object(
        'Name, voll', (c.full_name)::text::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.born is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.born is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.born is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            array_position(array[3, 1, 2], m.integrity_source::integer) nulls last, m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.born is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.born)::text, 'date'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Geboren gives it again'
            when not coalesce((((((c.born)::date))::date) is not distinct from (c.born)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Geboren gives it again'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'born' = any (c.integrity_changed)
        and not 'born' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'born', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'born',
    jsonb_build_object(
        'Geboren', (c.born)::date::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.credit is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.credit is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.credit is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            array_position(array[2, 1, 3], m.integrity_source::integer) nulls last, m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.credit is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.credit)::text, 'numeric(8,2)'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Kredit% gives it again'
            when not coalesce((((((c.credit)::numeric(8,2)))::numeric(10,2)) is not distinct from (c.credit)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Kredit% gives it again'
            when not coalesce(((c.credit) is not null), false) then 'Øst & Vest Markt.Kunden 100%.Kredit% must not be NULL'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'credit' = any (c.integrity_changed)
        and not 'credit' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'credit', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'credit',
    jsonb_build_object(
        'Kredit%', (c.credit)::numeric(8,2)::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.since is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.since is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.since is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.since is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.since at time zone 'Europe/Berlin')::text, 'timestamp without time zone'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.seit gives it again'
            when not coalesce(((((c.since at time zone 'Europe/Berlin') at time zone 'Europe/Berlin')) is not distinct from c.since), false) then 'no value of Øst & Vest Markt.Kunden 100%.seit gives it again'
            when not coalesce(((((((c.since at time zone 'Europe/Berlin')::timestamp without time zone) at time zone 'Europe/Berlin'))::timestamp with time zone) is not distinct from (c.since)), false) then 'no value of Øst & Vest Markt.Kunden 100%.seit gives it again'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'since' = any (c.integrity_changed)
        and not 'since' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'since', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'since',
    jsonb_build_object(
        'seit', (c.since at time zone 'Europe/Berlin')::timestamp without time zone::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select f.unified_key, f.source_key
    from (
        select distinct on (e.customer_id)
            e.customer_id as unified_key,
            m.integrity_source,
            m.integrity_key as source_key,
            m.integrity_arm,
            count(*) filter (where m.tags is not null) over (partition by m.integrity_entity) as filled
        from integrity_work.retail__customers__expected_matched as m
        join integrity_work.retail__customers__expected as e
            on e.integrity_entity = m.integrity_entity
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = e.customer_id
        where c.integrity_change = 'updated'
        order by
            e.customer_id,
            m.tags is null,
            case  -- where nobody had a value, the write-back source may give one
                when m.tags is null
                then m.integrity_source <> 1 or m.integrity_arm <> 1
            end,
            m.integrity_n
    ) as f
    join integrity_work.retail__customers__changes as c
        on c.integrity_unified = f.unified_key
    where f.integrity_source = 1
        and f.integrity_arm = 1
        and (f.filled < 2 or c.tags is not null)  -- else another value would surface
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.tags)::text, 'text[]'), true)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Tags gives it again'
            when not coalesce((((((c.tags)::text[]))::text[]) is not distinct from (c.tags)), false) then 'no value of Øst & Vest Markt.Kunden 100%.Tags gives it again'
        end as integrity_why
    from integrity_work.retail__customers__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'tags' = any (c.integrity_changed)
        and not 'tags' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__customers__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'tags', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__customers__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'tags',
    jsonb_build_object(
        'Tags', (c.tags)::text[]::text
    )
from asked as c
where c.integrity_why is null;

drop table if exists integrity_work.retail__customers__crowded;

create unlogged table integrity_work.retail__customers__crowded as
select c.integrity_unified  -- another row would be taken for the same one
from integrity_work.retail__customers__changes as c
join retail.customers as o
    on o.loyalty_no = c.loyalty_no
where c.integrity_new_row is not null
    and o.customer_id <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from integrity_work.retail__customers__changes as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from integrity_work.retail__customers__changes as gone
    cross join lateral jsonb_populate_record(null::retail.customers, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on o.loyalty_no = c.loyalty_no
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified
union all
select c.integrity_unified  -- or a legacy row that is a part of another one, or was rejected with it
from integrity_work.retail__customers__changes as c
join integrity_work.retail__customers__expected_matched as o
    on o.loyalty_no = c.loyalty_no
left join integrity_work.retail__customers__expected as e
    on e.integrity_entity = o.integrity_entity
left join integrity_work.retail__customers__changes as gone
    on gone.integrity_unified = e.customer_id
where c.integrity_new_row is not null
    and e.customer_id is distinct from c.integrity_unified
    and case gone.integrity_change
        when 'deleted' then gone.integrity_returned = '{}'
        when 'updated' then not gone.integrity_changed <@ gone.integrity_returned
        else true
    end
union all
select c.integrity_unified  -- another row would be taken for the same one
from integrity_work.retail__customers__changes as c
join retail.customers as o
    on o.email = c.email and num_nulls(c.loyalty_no, o.loyalty_no) > 0
where c.integrity_new_row is not null
    and o.customer_id <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from integrity_work.retail__customers__changes as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from integrity_work.retail__customers__changes as gone
    cross join lateral jsonb_populate_record(null::retail.customers, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on o.email = c.email and num_nulls(c.loyalty_no, o.loyalty_no) > 0
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified
union all
select c.integrity_unified  -- or a legacy row that is a part of another one, or was rejected with it
from integrity_work.retail__customers__changes as c
join integrity_work.retail__customers__expected_matched as o
    on o.email = c.email and num_nulls(c.loyalty_no, o.loyalty_no) > 0
left join integrity_work.retail__customers__expected as e
    on e.integrity_entity = o.integrity_entity
left join integrity_work.retail__customers__changes as gone
    on gone.integrity_unified = e.customer_id
where c.integrity_new_row is not null
    and e.customer_id is distinct from c.integrity_unified
    and case gone.integrity_change
        when 'deleted' then gone.integrity_returned = '{}'
        when 'updated' then not gone.integrity_changed <@ gone.integrity_returned
        else true
    end
union all
select c.integrity_unified  -- another row would be taken for the same one
from integrity_work.retail__customers__changes as c
join retail.customers as o
    on o.full_name = c.full_name and o.born = c.born and num_nulls(c.loyalty_no, o.loyalty_no) > 0 and num_nulls(c.email, o.email) > 0
where c.integrity_new_row is not null
    and o.customer_id <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from integrity_work.retail__customers__changes as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from integrity_work.retail__customers__changes as gone
    cross join lateral jsonb_populate_record(null::retail.customers, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on o.full_name = c.full_name and o.born = c.born and num_nulls(c.loyalty_no, o.loyalty_no) > 0 and num_nulls(c.email, o.email) > 0
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified
union all
select c.integrity_unified  -- or a legacy row that is a part of another one, or was rejected with it
from integrity_work.retail__customers__changes as c
join integrity_work.retail__customers__expected_matched as o
    on o.full_name = c.full_name and o.born = c.born and num_nulls(c.loyalty_no, o.loyalty_no) > 0 and num_nulls(c.email, o.email) > 0
left join integrity_work.retail__customers__expected as e
    on e.integrity_entity = o.integrity_entity
left join integrity_work.retail__customers__changes as gone
    on gone.integrity_unified = e.customer_id
where c.integrity_new_row is not null
    and e.customer_id is distinct from c.integrity_unified
    and case gone.integrity_change
        when 'deleted' then gone.integrity_returned = '{}'
        when 'updated' then not gone.integrity_changed <@ gone.integrity_returned
        else true
    end;

delete from integrity_work.retail__customers__updates as u
using integrity_work.retail__customers__changes as c
where c.integrity_unified = u.integrity_unified
    and u.column_name = any (array['born', 'email', 'full_name', 'loyalty_no']::text[])
    and not (
        (select count(*) from integrity_work.retail__customers__changed_members as m where m.unified_key = c.integrity_unified) = 1
        and not exists (  -- all of what rows are matched by goes back, or none of it
            select
            from unnest(c.integrity_changed) as changed
            where changed = any (array['born', 'email', 'full_name', 'loyalty_no']::text[])
                and not changed = any (c.integrity_returned)
                and not exists (
                    select
                    from integrity_work.retail__customers__updates as other
                    where other.integrity_unified = c.integrity_unified
                        and other.column_name = changed
                )
        )
        and (num_nulls(c.loyalty_no) = 0 or num_nulls(c.email) = 0 or num_nulls(c.full_name, c.born) = 0)
        and (not exists (
            select
            from integrity_work.retail__customers__crowded as x
            where x.integrity_unified = c.integrity_unified
        ))
    );

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
update integrity_work.retail__customers__updates as u
        set integrity_place = numbered.place
        from (
            select source_key, dense_rank() over (order by source_key) as place
            from integrity_work.retail__customers__updates
        ) as numbered
        where numbered.source_key = u.source_key;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__customers__updates
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
with sent as (
                        select u.source_key, jsonb_object_agg(pair.key, pair.value) as legacy
                        from integrity_work.retail__customers__updates as u
                        cross join lateral jsonb_each(u.legacy) as pair
                        where u.integrity_place between integrity_low and integrity_high
                        group by u.source_key
                    ),
                    written as (
                        update "Øst & Vest Markt"."Kunden 100%" as s
                        set "order" = case
                                when sent.legacy ? 'order'
                                then (sent.legacy ->> 'order')::integer
                                else s."order"
                            end,
"E-Mail" = case
                                when sent.legacy ? 'E-Mail'
                                then (sent.legacy ->> 'E-Mail')::character varying(120)
                                else s."E-Mail"
                            end,
"Name, voll" = case
                                when sent.legacy ? 'Name, voll'
                                then (sent.legacy ->> 'Name, voll')::text
                                else s."Name, voll"
                            end,
"Geboren" = case
                                when sent.legacy ? 'Geboren'
                                then (sent.legacy ->> 'Geboren')::date
                                else s."Geboren"
                            end,
"Kredit%" = case
                                when sent.legacy ? 'Kredit%'
                                then (sent.legacy ->> 'Kredit%')::numeric(8,2)
                                else s."Kredit%"
                            end,
seit = case
                                when sent.legacy ? 'seit'
                                then (sent.legacy ->> 'seit')::timestamp without time zone
                                else s.seit
                            end,
"Tags" = case
                                when sent.legacy ? 'Tags'
                                then (sent.legacy ->> 'Tags')::text[]
                                else s."Tags"
                            end
                        from sent
                        where s."Kund#"::text = sent.source_key
                        returning sent.source_key
                    )
                    update integrity_work.retail__customers__changes as c
                    set integrity_returned = c.integrity_returned || done.columns,
                        integrity_reason = null
                    from (
                        select u.integrity_unified, array_agg(u.column_name) as columns
                        from integrity_work.retail__customers__updates as u
                        join written
                            on written.source_key = u.source_key
                        group by u.integrity_unified
                    ) as done
                    where done.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__customers__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__customers__updates as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

drop table if exists integrity_work.retail__categories__updates;

create unlogged table integrity_work.retail__categories__updates (
    integrity_place bigint,  -- the same for all values that go to one legacy row
    source_key text not null,
    integrity_unified bigint not null,
    column_name text not null,
    legacy jsonb not null  -- legacy column -> the value as text
);

with origin as (  -- the one source row whose value survived
    select m.unified_key, m.source_key
    from integrity_work.retail__categories__changed_members as m
    where m.survived
        and m.source = 'shop.categories'
        and m.arm = ''
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((c.parent_id is null or (
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ) is not null), false) then 'no value of shop.categories.parent gives it again'
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid(((
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ))::text, 'text'), true)), false) then 'no value of shop.categories.parent gives it again'
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((((
                select x.source_key
                from "kit ""100%""".integrity_crosswalk_retail_categories as x
                where x.source = 'shop.categories'
                    and x.unified_key = c.parent_id
                order by x.survived desc, x.source_key
                limit 1
            ))::text)::text, 'text'), true)), false) then 'no value of shop.categories.parent gives it again'
        end as integrity_why
    from integrity_work.retail__categories__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'parent_id' = any (c.integrity_changed)
        and not 'parent_id' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__categories__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'parent_id', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__categories__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'parent_id',
    jsonb_build_object(
        'parent', (((
            select x.source_key
            from "kit ""100%""".integrity_crosswalk_retail_categories as x
            where x.source = 'shop.categories'
                and x.unified_key = c.parent_id
            order by x.survived desc, x.source_key
            limit 1
        ))::text)::text::text
    )
from asked as c
where c.integrity_why is null;

with origin as (  -- the one source row whose value survived
    select m.unified_key, m.source_key
    from integrity_work.retail__categories__changed_members as m
    where m.survived
        and m.source = 'shop.categories'
        and m.arm = ''
),
asked as (
    select
        origin.source_key,
        c.*,
        case
            when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.title)::text, 'text'), true)), false) then 'no value of shop.categories.title gives it again'
            when not coalesce((((((c.title)::text))::text) is not distinct from (c.title)), false) then 'no value of shop.categories.title gives it again'
            when not coalesce(((c.title) is not null), false) then 'shop.categories.title must not be NULL'
        end as integrity_why
    from integrity_work.retail__categories__changes as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and 'title' = any (c.integrity_changed)
        and not 'title' = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update integrity_work.retail__categories__changes as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        'title', coalesce(asked.integrity_why, 'other rows would change with it')
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into integrity_work.retail__categories__updates (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, 'title',
    jsonb_build_object(
        'title', (c.title)::text::text
    )
from asked as c
where c.integrity_why is null;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
update integrity_work.retail__categories__updates as u
        set integrity_place = numbered.place
        from (
            select source_key, dense_rank() over (order by source_key) as place
            from integrity_work.retail__categories__updates
        ) as numbered
        where numbered.source_key = u.source_key;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__updates
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
with sent as (
                        select u.source_key, jsonb_object_agg(pair.key, pair.value) as legacy
                        from integrity_work.retail__categories__updates as u
                        cross join lateral jsonb_each(u.legacy) as pair
                        where u.integrity_place between integrity_low and integrity_high
                        group by u.source_key
                    ),
                    written as (
                        update shop.categories as s
                        set parent = case
                                when sent.legacy ? 'parent'
                                then (sent.legacy ->> 'parent')::text
                                else s.parent
                            end,
title = case
                                when sent.legacy ? 'title'
                                then (sent.legacy ->> 'title')::text
                                else s.title
                            end
                        from sent
                        where s.code = sent.source_key
                        returning sent.source_key
                    )
                    update integrity_work.retail__categories__changes as c
                    set integrity_returned = c.integrity_returned || done.columns,
                        integrity_reason = null
                    from (
                        select u.integrity_unified, array_agg(u.column_name) as columns
                        from integrity_work.retail__categories__updates as u
                        join written
                            on written.source_key = u.source_key
                        group by u.integrity_unified
                    ) as done
                    where done.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__updates as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

drop table if exists integrity_work.retail__categories__crowded;

create unlogged table integrity_work.retail__categories__crowded as
select c.integrity_unified  -- another row would be taken for the same one
from integrity_work.retail__categories__changes as c
join retail.categories as o
    on o.code = c.code
where c.integrity_new_row is not null
    and o.category_id <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from integrity_work.retail__categories__changes as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from integrity_work.retail__categories__changes as gone
    cross join lateral jsonb_populate_record(null::retail.categories, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on o.code = c.code
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := array(
        select distinct found.sequence
        from (
            select d.refobjid::regclass as sequence
            from pg_attrdef as a
            join pg_depend as d
                on d.classid = 'pg_attrdef'::regclass
                and d.objid = a.oid
                and d.refclassid = 'pg_class'::regclass
            where a.adrelid = 'shop.categories'::regclass
            union all
            select d.objid::regclass
            from pg_depend as d
            where d.classid = 'pg_class'::regclass
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = 'shop.categories'::regclass
                and d.deptype in ('a', 'i')
        ) as found
        join pg_class as c
            on c.oid = found.sequence
            and c.relkind = 'S'
    );

    loop
drop table if exists integrity_work.retail__categories__inserts;
        create unlogged table integrity_work.retail__categories__inserts as
        select row_number() over (order by integrity_unified) as integrity_place, p.*
        from (
            select
                c.integrity_unified as integrity_unified,
                case
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.code)::text, 'text'), true)), false) then null
                    when not coalesce((((((c.code)::text))::text) is not distinct from (c.code)), false) then null
                    else (c.code)::text
                end as code,
                case
                    when not coalesce((c.parent_id is null or (
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ) is not null), false) then null
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid(((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text, 'text'), true)), false) then null
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text, 'text'), true)), false) then null
                    else (((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text
                end as parent,
                case
                    when not coalesce((coalesce("kit ""100%""".integrity_is_valid((c.title)::text, 'text'), true)), false) then null
                    when not coalesce((((((c.title)::text))::text) is not distinct from (c.title)), false) then null
                    else (c.title)::text
                end as title,
                c.code as integrity_value_1,
                c.parent_id as integrity_value_2,
                c.title as integrity_value_3
            from integrity_work.retail__categories__changes as c
            where c.integrity_change = 'inserted'
                and c.integrity_returned = '{}'
                and (c.parent_id is null or (
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ) is not null)
                and (coalesce("kit ""100%""".integrity_is_valid(((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text, 'text'), true))
                and (coalesce("kit ""100%""".integrity_is_valid((((
                    select x.source_key
                    from "kit ""100%""".integrity_crosswalk_retail_categories as x
                    where x.source = 'shop.categories'
                        and x.unified_key = c.parent_id
                    order by x.survived desc, x.source_key
                    limit 1
                ))::text)::text, 'text'), true))
                and (not exists (
                    select
                    from integrity_work.retail__categories__crowded as x
                    where x.integrity_unified = c.integrity_unified
                ))
        ) as p
        where case
                when not coalesce((code is not null), false) then false
                when not coalesce((title is not null), false) then false
                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((code)::text, 'text'), true)), false) then false
                when not coalesce((((code)::text) is not distinct from (p.integrity_value_1)), false) then false
                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((title)::text, 'text'), true)), false) then false
                when not coalesce((((title)::text) is not distinct from (p.integrity_value_3)), false) then false
                else true
            end;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__inserts
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
insert into shop.categories (
                        code,
                        parent,
                        title
                    )
                    overriding system value
                    select
                        code,
                        parent,
                        title
                    from integrity_work.retail__categories__inserts
                    where integrity_place between integrity_low and integrity_high
                    order by integrity_place;
                    if exists (
                        select
                        from (  -- under names that no legacy column has
                            select integrity_place, code as integrity_key_1, integrity_value_1, integrity_value_2, integrity_value_3
                            from integrity_work.retail__categories__inserts
                            where integrity_place between integrity_low and integrity_high
                        ) as p
                        join shop.categories as s
                            on s.code = p.integrity_key_1
                        where case
                                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((code)::text, 'text'), true)), false) then true
                                when not coalesce((((code)::text) is not distinct from (p.integrity_value_1)), false) then true
                                when not coalesce((coalesce("kit ""100%""".integrity_is_valid((title)::text, 'text'), true)), false) then true
                                when not coalesce((((title)::text) is not distinct from (p.integrity_value_3)), false) then true
                                else false
                            end
                    ) then
                        raise exception using
                            errcode = '23514', message = 'the row would not come back the same';
                    end if;
                    insert into "kit ""100%""".integrity_crosswalk_retail_categories (source, source_key, arm, unified_key, survived)
                    select 'shop.categories', s.code, '', s.integrity_unified, true
                    from integrity_work.retail__categories__inserts as s
                    where s.integrity_place between integrity_low and integrity_high;
                    update integrity_work.retail__categories__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__categories__inserts as p
                    where p.integrity_place between integrity_low and integrity_high
                        and p.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__inserts as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (true and integrity_gone);
    end loop;
end$body$;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
drop table if exists integrity_work.retail__customers__deletes;
        create unlogged table integrity_work.retail__customers__deletes as
        select
            dense_rank() over (order by m.unified_key) as integrity_place,
            m.source, m.source_key, m.arm, m.unified_key as integrity_unified
        from integrity_work.retail__customers__changed_members as m
        join integrity_work.retail__customers__changes as c
            on c.integrity_unified = m.unified_key
        where c.integrity_change = 'deleted'
            and c.integrity_returned = '{}';
        loop  -- what stays may keep others
            with kept as (
                select integrity_unified, min(reason) as reason
                from (
                    select kept.integrity_unified, 'a row of ' || kept.source || ' behind it waits in quarantine' as reason
                    from integrity_work.retail__customers__deletes as kept
                    join "kit ""100%""".integrity_quarantine as q
                        on q.source = kept.source
                        and q.source_key = kept.source_key::text
                    where q.mapping <> 'retail.customers'
                        and q.replayed_at is null
                        and kept.source = any (array['Øst & Vest Markt.Kunden 100%', 'select.user', 'shop.clients']::text[])
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'Q"1 100% Ünïted.Click → "Event" %s' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'customer_id' as taken
                        from integrity_work.retail__customers__deletes as kept
                        join integrity_work.retail__customers__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'customer_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'Q"1 100% Ünïted.Click → "Event" %s'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'customer_id'
                        from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes" as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'customer_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                ) as every
                group by integrity_unified
            ),
            noted as (
                update integrity_work.retail__customers__changes as c
                set integrity_reason = kept.reason
                from kept
                where kept.integrity_unified = c.integrity_unified
            )
            delete from integrity_work.retail__customers__deletes as d
            using kept
            where kept.integrity_unified = d.integrity_unified;
            exit when not found;
        end loop;
        update integrity_work.retail__customers__deletes as d
        set integrity_place = numbered.place
        from (
            select integrity_unified, dense_rank() over (order by integrity_unified) as place
            from integrity_work.retail__customers__deletes
        ) as numbered
        where numbered.integrity_unified = d.integrity_unified;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__customers__deletes
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = '"Øst & Vest Markt"."Kunden 100%"'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join "Øst & Vest Markt"."Kunden 100%" as s
        on s."Kund#"::text = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''Øst & Vest Markt.Kunden 100%''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''Øst & Vest Markt.Kunden 100%''
                and e.integrity_place between $1 and $2
                and child."Kund#"::text = e.source_key
        )
)' else '
    where d.source = ''Øst & Vest Markt.Kunden 100%''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from "Øst & Vest Markt"."Kunden 100%" as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'Øst & Vest Markt.Kunden 100%'
                        and d.integrity_place between integrity_low and integrity_high
                        and s."Kund#"::text = d.source_key;
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = '"select"."user"'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join "select"."user" as s
        on jsonb_build_array(s."group", s.no)::text = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''select.user''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''select.user''
                and e.integrity_place between $1 and $2
                and jsonb_build_array(child."group", child.no)::text = e.source_key
        )
)' else '
    where d.source = ''select.user''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from "select"."user" as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'select.user'
                        and d.integrity_place between integrity_low and integrity_high
                        and jsonb_build_array(s."group", s.no)::text = d.source_key;
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = 'shop.clients'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__customers__deletes as d
    join shop.clients as s
        on s.code = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''shop.clients''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__customers__deletes as e
            where e.source = ''shop.clients''
                and e.integrity_place between $1 and $2
                and child.code = e.source_key
        )
)' else '
    where d.source = ''shop.clients''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from shop.clients as s
                    using integrity_work.retail__customers__deletes as d
                    where d.source = 'shop.clients'
                        and d.integrity_place between integrity_low and integrity_high
                        and s.code = d.source_key;
update integrity_work.retail__customers__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__customers__deletes as d
                    where d.integrity_place between integrity_low and integrity_high
                        and d.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__customers__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__customers__deletes as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

do $body$
declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
integrity_sequences := '{}';
    loop
drop table if exists integrity_work.retail__categories__deletes;
        create unlogged table integrity_work.retail__categories__deletes as
        select
            dense_rank() over (order by m.unified_key) as integrity_place,
            m.source, m.source_key, m.arm, m.unified_key as integrity_unified
        from integrity_work.retail__categories__changed_members as m
        join integrity_work.retail__categories__changes as c
            on c.integrity_unified = m.unified_key
        where c.integrity_change = 'deleted'
            and c.integrity_returned = '{}';
        loop  -- what stays may keep others
            with kept as (
                select integrity_unified, min(reason) as reason
                from (
                    select kept.integrity_unified, 'a row of ' || kept.source || ' behind it waits in quarantine' as reason
                    from integrity_work.retail__categories__deletes as kept
                    join "kit ""100%""".integrity_quarantine as q
                        on q.source = kept.source
                        and q.source_key = kept.source_key::text
                    where q.mapping <> 'retail.categories'
                        and q.replayed_at is null
                        and kept.source = any (array['shop.categories']::text[])
                    union all
                    select mine.integrity_unified, 'a row of ' || 'retail.categories' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'category_id' as taken
                        from integrity_work.retail__categories__deletes as kept
                        join integrity_work.retail__categories__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'parent_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'retail.categories'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'parent_id'
                        from integrity_work.retail__categories__changes as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}' and o.integrity_unified not in (select integrity_unified from integrity_work.retail__categories__deletes)
                            else not 'parent_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                    union all
                    select mine.integrity_unified, 'a row of ' || 'retail.products' || ' refers to it in legacy' as reason
                    from (
                        select distinct kept.integrity_unified, c.integrity_old_row ->> 'category_id' as taken
                        from integrity_work.retail__categories__deletes as kept
                        join integrity_work.retail__categories__changes as c
                            on c.integrity_unified = kept.integrity_unified
                    ) as mine
                    join (
                        select q.candidate ->> 'category_id' as taken
                        from "kit ""100%""".integrity_quarantine as q
                        where q.mapping = 'retail.products'
                            and q.replayed_at is null
                        union all
                        select o.integrity_old_row ->> 'category_id'
                        from integrity_work.retail__products__changes as o
                        where case o.integrity_change
                            when 'deleted' then o.integrity_returned = '{}'
                            else not 'category_id' = any (o.integrity_returned)
                        end
                    ) as naming
                        on naming.taken = mine.taken
                ) as every
                group by integrity_unified
            ),
            noted as (
                update integrity_work.retail__categories__changes as c
                set integrity_reason = kept.reason
                from kept
                where kept.integrity_unified = c.integrity_unified
            )
            delete from integrity_work.retail__categories__deletes as d
            using kept
            where kept.integrity_unified = d.integrity_unified;
            exit when not found;
        end loop;
        update integrity_work.retail__categories__deletes as d
        set integrity_place = numbered.place
        from (
            select integrity_unified, dense_rank() over (order by integrity_unified) as place
            from integrity_work.retail__categories__deletes
        ) as numbered
        where numbered.integrity_unified = d.integrity_unified;

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from integrity_work.retail__categories__deletes
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = 'shop.categories'::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute 'select exists (
    select
    from integrity_work.retail__categories__deletes as d
    join shop.categories as s
        on s.code = d.source_key
    join '
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then '
    where d.source = ''shop.categories''
        and d.integrity_place between $1 and $2
        and not exists (
            select
            from integrity_work.retail__categories__deletes as e
            where e.source = ''shop.categories''
                and e.integrity_place between $1 and $2
                and child.code = e.source_key
        )
)' else '
    where d.source = ''shop.categories''
        and d.integrity_place between $1 and $2
)' end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from shop.categories as s
                    using integrity_work.retail__categories__deletes as d
                    where d.source = 'shop.categories'
                        and d.integrity_place between integrity_low and integrity_high
                        and s.code = d.source_key;
update integrity_work.retail__categories__changes as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from integrity_work.retail__categories__deletes as d
                    where d.integrity_place between integrity_low and integrity_high
                        and d.integrity_unified = c.integrity_unified;

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update integrity_work.retail__categories__changes as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from integrity_work.retail__categories__deletes as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not (false and integrity_gone);
    end loop;
end$body$;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'hr.departments', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'it came from another source, or the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('department_id', 'the mapping of hr.departments names no write-back source'),
                    ('code', 'the mapping of hr.departments names no write-back source'),
                    ('title', 'the mapping of hr.departments names no write-back source'),
                    ('head_id', 'the mapping of hr.departments names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of hr.departments names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of hr.departments names no write-back source')
    end
from integrity_work.hr__departments__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'hr.departments', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.hr__departments__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'hr.employees', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'it came from another source, or the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('employee_id', 'the mapping of hr.employees names no write-back source'),
                    ('badge', 'the mapping of hr.employees names no write-back source'),
                    ('mail', 'the mapping of hr.employees names no write-back source'),
                    ('full_name', 'the mapping of hr.employees names no write-back source'),
                    ('manager_id', 'the mapping of hr.employees names no write-back source'),
                    ('department_id', 'the mapping of hr.employees names no write-back source'),
                    ('salary', 'the mapping of hr.employees names no write-back source'),
                    ('hired', 'the mapping of hr.employees names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of hr.employees names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of hr.employees names no write-back source')
    end
from integrity_work.hr__employees__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'hr.employees', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.hr__employees__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'retail.categories', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('category_id', 'shop.categories does not fill it'),
                    ('code', 'shop.categories.code also decides which row it is'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'a legacy row of it cannot be removed')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'no source takes new rows of this kind, or the row would not come back the same')
    end
from integrity_work.retail__categories__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'retail.categories', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.retail__categories__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'retail.customers', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'it came from another source, or the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('customer_id', 'Øst & Vest Markt.Kunden 100% does not fill it'),
                    ('tier', 'Øst & Vest Markt.Kunden 100% does not fill it'),
                    ('vip', 'Øst & Vest Markt.Kunden 100% does not fill it'),
                    ('n', 'Øst & Vest Markt.Kunden 100% does not fill it'),
                    ('entity', 'Øst & Vest Markt.Kunden 100% does not fill it'),
                    ('integrity', 'it is the same for every row of the source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'a legacy row of it cannot be removed')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'no source takes new rows of this kind, or the row would not come back the same')
    end
from integrity_work.retail__customers__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'retail.customers', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.retail__customers__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'Q"1 100% Ünïted.Click → "Event" %s', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('order', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('Session', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('At: %(when)s', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('received', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('kind', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('amount €', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('customer_id', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('bot?', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('Tags"', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    ('meta', 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of Q"1 100% Ünïted.Click → "Event" %s names no write-back source')
    end
from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes"
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'Q"1 100% Ünïted.Click → "Event" %s', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes"
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'retail.products', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'it came from another source, or the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('product_id', 'the mapping of retail.products names no write-back source'),
                    ('sku', 'the mapping of retail.products names no write-back source'),
                    ('title', 'the mapping of retail.products names no write-back source'),
                    ('label', 'the mapping of retail.products names no write-back source'),
                    ('weight', 'the mapping of retail.products names no write-back source'),
                    ('category_id', 'the mapping of retail.products names no write-back source'),
                    ('replaced_by', 'the mapping of retail.products names no write-back source'),
                    ('attributes', 'the mapping of retail.products names no write-back source'),
                    ('tags', 'the mapping of retail.products names no write-back source'),
                    ('s', 'the mapping of retail.products names no write-back source'),
                    ('j', 'the mapping of retail.products names no write-back source'),
                    ('t', 'the mapping of retail.products names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of retail.products names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of retail.products names no write-back source')
    end
from integrity_work.retail__products__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'retail.products', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.retail__products__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'Q"1 100% Ünïted.prices', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'it came from another source, or the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('price_id', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('product_id', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('kind', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('valid_from', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('price', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('Origin', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('key', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    ('select', 'the mapping of Q"1 100% Ünïted.prices names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of Q"1 100% Ünïted.prices names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of Q"1 100% Ünïted.prices names no write-back source')
    end
from integrity_work."Q""1 100% Ünïted__prices__changes"
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'Q"1 100% Ünïted.prices', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work."Q""1 100% Ünïted__prices__changes"
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'retail.stock_levels', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('level_id', 'the mapping of retail.stock_levels names no write-back source'),
                    ('product_id', 'the mapping of retail.stock_levels names no write-back source'),
                    ('place', 'the mapping of retail.stock_levels names no write-back source'),
                    ('n', 'the mapping of retail.stock_levels names no write-back source'),
                    ('checked', 'the mapping of retail.stock_levels names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of retail.stock_levels names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of retail.stock_levels names no write-back source')
    end
from integrity_work.retail__stock_levels__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'retail.stock_levels', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.retail__stock_levels__changes
) as c
group by c.integrity_change;

insert into "kit ""100%""".integrity_retained (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    '001_one_company', 'retail_stock.levels', integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then 'the row came in by a replay of the quarantine' else 'the value of another row behind it would take its place' end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values
                    ('level_id', 'the mapping of retail_stock.levels names no write-back source'),
                    ('place', 'the mapping of retail_stock.levels names no write-back source'),
                    ('label', 'the mapping of retail_stock.levels names no write-back source'),
                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, 'the mapping of retail_stock.levels names no write-back source')
        when integrity_returned <> '{}' then 'the row went back without columns that no source fills: '
        else coalesce(integrity_reason, 'the mapping of retail_stock.levels names no write-back source')
    end
from integrity_work.retail_stock__levels__changes
where not case integrity_change
        when 'updated' then integrity_changed <@ integrity_returned
        when 'deleted' then integrity_returned <> '{}'
        else integrity_returned <> '{}'
    end;

insert into "kit ""100%""".integrity_returned (
    migration, table_name, change, changes, returned, retained, counted_at
)
select
    '001_one_company', 'retail_stock.levels', c.integrity_change,
    count(*),
    count(*) filter (where c.integrity_back),
    count(*) filter (where not c.integrity_back),
    pg_catalog.transaction_timestamp()  -- one rollback, one moment
from (
    select
        integrity_change,
        case integrity_change
            when 'updated' then integrity_changed <@ integrity_returned
            when 'deleted' then integrity_returned <> '{}'
            else integrity_returned <> '{}'
        end as integrity_back
    from integrity_work.retail_stock__levels__changes
) as c
group by c.integrity_change;

do $body$
declare
    one record;
begin
    for one in
        select
            table_name, kind, name,
            case state when 'O' then 'enable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end as change
        from integrity_work.triggers
    loop
        execute format('alter table %s %s %s %I', one.table_name, one.change, one.kind, one.name);
    end loop;
end$body$;

drop table if exists integrity_work.triggers;

drop table if exists integrity_work.hr__departments__changes;

drop table if exists integrity_work.hr__departments__changed_members;

drop table if exists integrity_work.hr__departments__updates;

drop table if exists integrity_work.hr__departments__inserts;

drop table if exists integrity_work.hr__departments__deletes;

drop table if exists integrity_work.hr__departments__crowded;

drop table if exists integrity_work.hr__departments__differences;

drop table if exists integrity_work.hr__departments__expected;

drop table if exists integrity_work.hr__departments__expected_matched;

drop table if exists integrity_work.hr__departments__expected_members;

drop table if exists integrity_work.hr__employees__changes;

drop table if exists integrity_work.hr__employees__changed_members;

drop table if exists integrity_work.hr__employees__updates;

drop table if exists integrity_work.hr__employees__inserts;

drop table if exists integrity_work.hr__employees__deletes;

drop table if exists integrity_work.hr__employees__crowded;

drop table if exists integrity_work.hr__employees__differences;

drop table if exists integrity_work.hr__employees__expected;

drop table if exists integrity_work.hr__employees__expected_matched;

drop table if exists integrity_work.hr__employees__expected_members;

drop table if exists integrity_work.retail__categories__changes;

drop table if exists integrity_work.retail__categories__changed_members;

drop table if exists integrity_work.retail__categories__updates;

drop table if exists integrity_work.retail__categories__inserts;

drop table if exists integrity_work.retail__categories__deletes;

drop table if exists integrity_work.retail__categories__crowded;

drop table if exists integrity_work.retail__categories__differences;

drop table if exists integrity_work.retail__categories__expected;

drop table if exists integrity_work.retail__categories__expected_matched;

drop table if exists integrity_work.retail__categories__expected_members;

drop table if exists integrity_work.retail__customers__changes;

drop table if exists integrity_work.retail__customers__changed_members;

drop table if exists integrity_work.retail__customers__updates;

drop table if exists integrity_work.retail__customers__inserts;

drop table if exists integrity_work.retail__customers__deletes;

drop table if exists integrity_work.retail__customers__crowded;

drop table if exists integrity_work.retail__customers__differences;

drop table if exists integrity_work.retail__customers__expected;

drop table if exists integrity_work.retail__customers__expected_matched;

drop table if exists integrity_work.retail__customers__expected_members;

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changes";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__changed_members";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__updates";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__inserts";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__deletes";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__crowded";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_members";

drop table if exists integrity_work.retail__products__changes;

drop table if exists integrity_work.retail__products__changed_members;

drop table if exists integrity_work.retail__products__updates;

drop table if exists integrity_work.retail__products__inserts;

drop table if exists integrity_work.retail__products__deletes;

drop table if exists integrity_work.retail__products__crowded;

drop table if exists integrity_work.retail__products__differences;

drop table if exists integrity_work.retail__products__expected;

drop table if exists integrity_work.retail__products__expected_matched;

drop table if exists integrity_work.retail__products__expected_members;

drop table if exists integrity_work."Q""1 100% Ünïted__prices__changes";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__changed_members";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__updates";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__inserts";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__deletes";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__crowded";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_members";

drop table if exists integrity_work.retail__stock_levels__changes;

drop table if exists integrity_work.retail__stock_levels__changed_members;

drop table if exists integrity_work.retail__stock_levels__updates;

drop table if exists integrity_work.retail__stock_levels__inserts;

drop table if exists integrity_work.retail__stock_levels__deletes;

drop table if exists integrity_work.retail__stock_levels__crowded;

drop table if exists integrity_work.retail__stock_levels__differences;

drop table if exists integrity_work.retail__stock_levels__expected;

drop table if exists integrity_work.retail__stock_levels__expected_matched;

drop table if exists integrity_work.retail__stock_levels__expected_members;

drop table if exists integrity_work.retail_stock__levels__changes;

drop table if exists integrity_work.retail_stock__levels__changed_members;

drop table if exists integrity_work.retail_stock__levels__updates;

drop table if exists integrity_work.retail_stock__levels__inserts;

drop table if exists integrity_work.retail_stock__levels__deletes;

drop table if exists integrity_work.retail_stock__levels__crowded;

drop table if exists integrity_work.retail_stock__levels__differences;

drop table if exists integrity_work.retail_stock__levels__expected;

drop table if exists integrity_work.retail_stock__levels__expected_matched;

drop table if exists integrity_work.retail_stock__levels__expected_members;

create schema if not exists "Q""1 100% Ünïted__next";

create schema if not exists hr__next;

create schema if not exists retail__next;

create schema if not exists retail_stock__next;

drop trigger if exists integrity_freeze on "Q""1 100% Ünïted"."Click → ""Event"" %s";

drop trigger if exists integrity_freeze on "Q""1 100% Ünïted".prices;

drop trigger if exists integrity_freeze on hr.departments;

drop trigger if exists integrity_freeze on hr.employees;

drop trigger if exists integrity_freeze on retail.categories;

drop trigger if exists integrity_freeze on retail.customers;

drop trigger if exists integrity_freeze on retail.products;

drop trigger if exists integrity_freeze on retail.stock_levels;

drop trigger if exists integrity_freeze on retail_stock.levels;

alter table "Q""1 100% Ünïted"."Click → ""Event"" %s" set schema "Q""1 100% Ünïted__next";

alter table "Q""1 100% Ünïted".prices set schema "Q""1 100% Ünïted__next";

alter table hr.departments set schema hr__next;

alter table hr.employees set schema hr__next;

alter table retail.categories set schema retail__next;

alter table retail.customers set schema retail__next;

alter table retail.products set schema retail__next;

alter table retail.stock_levels set schema retail__next;

alter table retail_stock.levels set schema retail_stock__next;

alter table hr__legacy.departments set schema hr;

alter table hr__legacy.employees set schema hr;

drop schema if exists hr__legacy;

update "kit ""100%""".integrity_journal
set outcome = 'undone'
where migration = '001_one_company'
    and direction = 'apply'
    and step = 'switch';

\endif

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'switch back', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2f103a23b416db2386bd5c79d13b299b09d51d2561655b38c2ef1788bb71c0ce'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- Stage 2 of 6: verify
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 2 of 6: verify'


-- -------------------------------------------------------------------------------------------------
-- drop verification retail_stock.levels: drop work tables of the verification of
-- retail_stock.levels
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.retail_stock__levels__differences;

drop table if exists integrity_work.retail_stock__levels__expected;

drop table if exists integrity_work.retail_stock__levels__expected_matched;

drop table if exists integrity_work.retail_stock__levels__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '9a01181a45323d08993ca038e0066da8da4ea4177c45784855970f560b25f23c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification retail.stock_levels: drop work tables of the verification of
-- retail.stock_levels
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.retail__stock_levels__differences;

drop table if exists integrity_work.retail__stock_levels__expected;

drop table if exists integrity_work.retail__stock_levels__expected_matched;

drop table if exists integrity_work.retail__stock_levels__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f58758746b19e918b8ea0438e16ad3d066fe03d76188d1b9307264d723ec6706'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification Q"1 100% Ünïted.prices: drop work tables of the verification of Q"1 100%
-- Ünïted.prices
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work."Q""1 100% Ünïted__prices__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__expected_members";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '871a567c312bb84e045617693ceb75f659d1b9f12a9353daa7a6f731e59be5df'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification retail.products: drop work tables of the verification of retail.products
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.retail__products__differences;

drop table if exists integrity_work.retail__products__expected;

drop table if exists integrity_work.retail__products__expected_matched;

drop table if exists integrity_work.retail__products__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'bf32fd652489c75b2137bd96295e018c20fde0edbc05466e02356ae62f99dce4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification Q"1 100% Ünïted.Click → "Event" %s: drop work tables of the verification of Q"1
-- 100% Ünïted.Click → "Event" %s
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__differences";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_matched";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__expected_members";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ef25a15663f90567f7ea4df9afa46ad3dcdaf0548a2d3814c848048b39e447e8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification retail.customers: drop work tables of the verification of retail.customers
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.retail__customers__differences;

drop table if exists integrity_work.retail__customers__expected;

drop table if exists integrity_work.retail__customers__expected_matched;

drop table if exists integrity_work.retail__customers__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'df79a1c6631e4a5d80e471e4b031b5b754efaef058b26cb7b5caf3a5e767b635'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification retail.categories: drop work tables of the verification of retail.categories
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.retail__categories__differences;

drop table if exists integrity_work.retail__categories__expected;

drop table if exists integrity_work.retail__categories__expected_matched;

drop table if exists integrity_work.retail__categories__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'bfd571439156e7d95467f3c9d5ca421e15eb0f4b88f23bc7c5dc5070d4d9441c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification hr.employees: drop work tables of the verification of hr.employees
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.hr__employees__differences;

drop table if exists integrity_work.hr__employees__expected;

drop table if exists integrity_work.hr__employees__expected_matched;

drop table if exists integrity_work.hr__employees__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f53ede0793fd9fc3b8b21ee077da4f829cb73c6ecc791f2f77e70c379660f2df'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop verification hr.departments: drop work tables of the verification of hr.departments
--
--   why    An interrupted run may have left them.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists integrity_work.hr__departments__differences;

drop table if exists integrity_work.hr__departments__expected;

drop table if exists integrity_work.hr__departments__expected_matched;

drop table if exists integrity_work.hr__departments__expected_members;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop verification hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2210d97be3fb8e5d8ab97fc0418713f3853e9bae9cf7cfcec866bab814ebdc33'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- Stage 3 of 6: constrain
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 3 of 6: constrain'


-- -------------------------------------------------------------------------------------------------
-- drop references retail_stock.levels: drop the foreign keys of retail_stock.levels
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references retail.stock_levels: drop the foreign keys of retail.stock_levels
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists retail__next.stock_levels
    drop constraint if exists place;

alter table if exists retail__next.stock_levels
    drop constraint if exists stock_levels_product_id_fkey;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1c20eb6afbdd59bc595441986af661369a9ff99b37ece7e678f6dd26dfc47d24'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references retail.products: drop the foreign keys of retail.products
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists retail__next.products
    drop constraint if exists products_category_id_fkey;

alter table if exists retail__next.products
    drop constraint if exists replaced_by;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1bf9ab8e09c80906fb13038a759f3f38b42563be4379f4d4499070dd812d15f8'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references retail.customers: drop the foreign keys of retail.customers
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references retail.categories: drop the foreign keys of retail.categories
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists retail__next.categories
    drop constraint if exists categories_parent_id_fkey;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'ffd546d23c7017998678d128042d3a1ab271e480a7121668a805674e4933896f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references hr.employees: drop the foreign keys of hr.employees
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists hr__next.employees
    drop constraint if exists employees_department_id_fkey;

alter table if exists hr__next.employees
    drop constraint if exists employees_manager_id_fkey;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '016b8a68328b3979f8e8335806ccd9c18409b0a7b987c2db438f210fe61a1838'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references hr.departments: drop the foreign keys of hr.departments
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists hr__next.departments
    drop constraint if exists departments_head_id_fkey;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '9cfbe0d82c02574a1fa9bd039c6627fe0dabf28d3aef1eb40fec6c79a899c093'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references Q"1 100% Ünïted.prices: drop the foreign keys of Q"1 100% Ünïted.prices
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists "Q""1 100% Ünïted__next".prices
    drop constraint if exists product_id;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8accc8b1bcb3d2029ba9d2d6037a12a92835da5f82e99e7023729220133d400a'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop references Q"1 100% Ünïted.Click → "Event" %s: drop the foreign keys of Q"1 100%
-- Ünïted.Click → "Event" %s
--
--   why    Tables that reference each other can then be dropped one by one.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

alter table if exists "Q""1 100% Ünïted__next"."Click → ""Event"" %s"
    drop constraint if exists "Click → ""Event"" %s_customer_id_fkey";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop references Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c3099faa32578e5eb5c175f39b592a7369bcfccaf140ee8fa8eafb83f79a3c0f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- Stage 4 of 6: load
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 4 of 6: load'


-- -------------------------------------------------------------------------------------------------
-- unload retail_stock.levels: drop work tables and crosswalk of retail_stock.levels
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.retail_stock__levels__origins;

drop table if exists integrity_work.retail_stock__levels__candidates;

drop table if exists integrity_work.retail_stock__levels__matched;

drop table if exists integrity_work.retail_stock__levels__keys;

drop table if exists integrity_work.retail_stock__levels__merged;

drop table if exists integrity_work.retail_stock__levels__rows;

drop table if exists integrity_work.retail_stock__levels__members;

drop table if exists integrity_work.retail_stock__levels__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_retail_stock_levels_beee63bc;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '4b9cff62b51e4a73066c43a49558560966575baac29c295bbe6fcb49f6ca99d5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload retail.stock_levels: drop work tables and crosswalk of retail.stock_levels
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.retail__stock_levels__origins;

drop table if exists integrity_work.retail__stock_levels__candidates;

drop table if exists integrity_work.retail__stock_levels__matched;

drop table if exists integrity_work.retail__stock_levels__keys;

drop table if exists integrity_work.retail__stock_levels__merged;

drop table if exists integrity_work.retail__stock_levels__rows;

drop table if exists integrity_work.retail__stock_levels__members;

drop table if exists integrity_work.retail__stock_levels__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_retail_stock_levels_dfe7202e;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f20dd7749ceb0ee18afe710371875b9f50791fd63d9a8a5bb4c00974e25bd7fd'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload Q"1 100% Ünïted.prices: drop work tables and crosswalk of Q"1 100% Ünïted.prices
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work."Q""1 100% Ünïted__prices__origins";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__candidates";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__matched";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__keys";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__merged";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__rows";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__members";

drop table if exists integrity_work."Q""1 100% Ünïted__prices__rejected";

drop table if exists "kit ""100%"""."integrity_crosswalk_Q""1 100% Ünïted_prices";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '902a000482c2932b1c622055383fd8d7db52c323edf7d6876365c65fc4a182ef'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload retail.products: drop work tables and crosswalk of retail.products
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.retail__products__origins;

drop table if exists integrity_work.retail__products__candidates;

drop table if exists integrity_work.retail__products__matched;

drop table if exists integrity_work.retail__products__keys;

drop table if exists integrity_work.retail__products__merged;

drop table if exists integrity_work.retail__products__rows;

drop table if exists integrity_work.retail__products__members;

drop table if exists integrity_work.retail__products__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_retail_products;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '400ce5a7c7764b56b24e5a36a7732a20b30b7701c5785e893409893f4e63e332'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload Q"1 100% Ünïted.Click → "Event" %s: drop work tables and crosswalk of Q"1 100%
-- Ünïted.Click → "Event" %s
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__origins";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__candidates";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__matched";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__keys";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__merged";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__rows";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__members";

drop table if exists integrity_work."Q""1 100% Ünïted__Click → ""Event"" %s__rejected";

drop table if exists "kit ""100%"""."integrity_crosswalk_Q""1 100% Ünïted_Click → ""Event"" %s";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8a5cf9b929ccd94005bdccf6d22111eda2d0132e313ee0cafd6042da4442b45c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload retail.customers: drop work tables and crosswalk of retail.customers
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.retail__customers__origins;

drop table if exists integrity_work.retail__customers__candidates;

drop table if exists integrity_work.retail__customers__matched;

drop table if exists integrity_work.retail__customers__keys;

drop table if exists integrity_work.retail__customers__merged;

drop table if exists integrity_work.retail__customers__rows;

drop table if exists integrity_work.retail__customers__members;

drop table if exists integrity_work.retail__customers__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_retail_customers;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e3ca8263d81dde909939c9856b56328ae029999d4028c42d38566200834eccc4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload retail.categories: drop work tables and crosswalk of retail.categories
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.retail__categories__origins;

drop table if exists integrity_work.retail__categories__candidates;

drop table if exists integrity_work.retail__categories__matched;

drop table if exists integrity_work.retail__categories__keys;

drop table if exists integrity_work.retail__categories__merged;

drop table if exists integrity_work.retail__categories__rows;

drop table if exists integrity_work.retail__categories__members;

drop table if exists integrity_work.retail__categories__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_retail_categories;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '83d14576bff0ef706d716b58f2eb6c75174109a1dfefc377c64a1f38dae885f6'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload hr.employees: drop work tables and crosswalk of hr.employees
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.hr__employees__origins;

drop table if exists integrity_work.hr__employees__candidates;

drop table if exists integrity_work.hr__employees__matched;

drop table if exists integrity_work.hr__employees__keys;

drop table if exists integrity_work.hr__employees__merged;

drop table if exists integrity_work.hr__employees__rows;

drop table if exists integrity_work.hr__employees__members;

drop table if exists integrity_work.hr__employees__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_hr_employees;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a69b91e7ac051e9a91c3cae32bf35d2e9a331fdeb9dfe8075771713152c527ee'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- unload hr.departments: drop work tables and crosswalk of hr.departments
--
--   why    They describe rows that are gone.
-- -------------------------------------------------------------------------------------------------

begin;
set local synchronous_commit = off;

drop table if exists integrity_work.hr__departments__origins;

drop table if exists integrity_work.hr__departments__candidates;

drop table if exists integrity_work.hr__departments__matched;

drop table if exists integrity_work.hr__departments__keys;

drop table if exists integrity_work.hr__departments__merged;

drop table if exists integrity_work.hr__departments__rows;

drop table if exists integrity_work.hr__departments__members;

drop table if exists integrity_work.hr__departments__rejected;

drop table if exists "kit ""100%""".integrity_crosswalk_hr_departments;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'unload hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a1128a60a684ebfd48b1b0a5e30e9f010f6e4a978cf59f1e949888d0969c410b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- Stage 5 of 6: create
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 5 of 6: create'


-- -------------------------------------------------------------------------------------------------
-- drop retail_stock.levels: drop the unified table retail_stock.levels
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists retail_stock__next.levels;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop retail_stock.levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '9c89197dcdc67761cf9b6d12d6a63150f01ae5fd04d74a89c7180d7257ad199d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop retail.stock_levels: drop the unified table retail.stock_levels
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists retail__next.stock_levels;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop retail.stock_levels', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '369494019ef84788866fc1b691c2306aad4b725ad68181d249ccce3615ab83bc'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop retail.products: drop the unified table retail.products
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists retail__next.products;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop retail.products', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '9477fe759473aff2d2bf205056b8687fb317c4172b09b96fdd3b8e0258d3b7ce'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop retail.customers: drop the unified table retail.customers
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists retail__next.customers;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop retail.customers', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '674a3a9309d088c3aa598317e23e181ec0312e2d8b55c7e68671b8a5bdfaa7c4'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop retail.categories: drop the unified table retail.categories
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists retail__next.categories;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop retail.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '6d7b4c298fc560453377ff21281697de943fbd879af2b940ae4ddb959244775e'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop hr.employees: drop the unified table hr.employees
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists hr__next.employees;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '84caafda59e007cbaa5a0e35f2e0719857460fc510fbbecda1cb4c14e00214f2'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop hr.departments: drop the unified table hr.departments
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists hr__next.departments;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '47ae4a4634f498f58edb79bb8dc1b835970db74dc1936fbdb546062802e1ed34'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop Q"1 100% Ünïted.prices: drop the unified table Q"1 100% Ünïted.prices
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists "Q""1 100% Ünïted__next".prices;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop Q"1 100% Ünïted.prices', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '16376a503fd7854fe105be4d32b6c346edc981aa7071b08147cf7f3ab14d096d'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop Q"1 100% Ünïted.Click → "Event" %s: drop the unified table Q"1 100% Ünïted.Click → "Event"
-- %s
--
--   why    Legacy holds every row again; later changes went back or are retained.
-- -------------------------------------------------------------------------------------------------

begin;

drop table if exists "Q""1 100% Ünïted__next"."Click → ""Event"" %s";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop Q"1 100% Ünïted.Click → "Event" %s', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'b076994cd69f907a230b652074fced4894c2d97078bbd516b3b8c5c72db70c45'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- =================================================================================================
-- Stage 6 of 6: prepare
-- Undoes what this stage did.
-- =================================================================================================

\echo 'Stage 6 of 6: prepare'


-- -------------------------------------------------------------------------------------------------
-- thaw Øst & Vest Markt.Waren: allow writes to Øst & Vest Markt.Waren
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on "Øst & Vest Markt"."Waren";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw Øst & Vest Markt.Waren', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'dd054c747191aac49a525f2fdbb5e43abdd04774d3f08784caecbef44a6cc1d5'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw Øst & Vest Markt.Kunden 100%: allow writes to Øst & Vest Markt.Kunden 100%
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on "Øst & Vest Markt"."Kunden 100%";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw Øst & Vest Markt.Kunden 100%', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a4d222033fc507e99570f2d0c8950571c498ba2b5bdb40c35a307cd0f5c0ef2f'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.stock: allow writes to shop.stock
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.stock;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.stock', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '67aa596a821ab38f1b727d02ae24ed136fea860f3666e21af48bd0a9971d5e23'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.price_list: allow writes to shop.price_list
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.price_list;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.price_list', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '0f72f4229e935b5d7d198d402f1f5770c7aa860aff1b49df39e77060108c418b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.price_archive: allow writes to shop.price_archive
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.price_archive;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.price_archive', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '7320548063b4802ef071a2fcdae81d96b39a080da94e655641202ad20c06518c'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.items: allow writes to shop.items
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.items;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.items', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'e78111b8a42c365903f3f9207f9e2191c5b4d60412e6af147310a5df0b762cca'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.clients: allow writes to shop.clients
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.clients;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.clients', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '1043b90837da9d1a8ab918d1e247b988091888de3136b17b17b2073bf8cb9f11'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.click_log: allow writes to shop.click_log
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.click_log;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.click_log', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '93884b5ea89c3c034c62e02c7e70b5f2beb2d8800bb26174d2f2ff32a6287a82'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.categories: allow writes to shop.categories
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.categories;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.categories', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '2f99979f6f8a614b20203c050523e05bd7594d0b201a05d6810d6a7d0e0de7ff'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw shop.bins: allow writes to shop.bins
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on shop.bins;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw shop.bins', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '8d980ce77ace88255fb63111f26d97de1affc4ec1cbf7d1e378535263883f504'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw select.user: allow writes to select.user
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on "select"."user";

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw select.user', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'dca666ff62147a8bf008471802ee2f0464c7a99e1ff4c36f635043a1db2e1d1b'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw select.staff: allow writes to select.staff
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on "select".staff;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw select.staff', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'f95b7166977d9bd0e9d609e3e669f2406f76dec89c6758d0318ddc5fca2cb646'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw select.depts: allow writes to select.depts
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on "select".depts;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw select.depts', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'a77235193a6a8ddcbc56d92a7e8fcfd41b5c80b6cfbabed7330a813a2d657c04'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw hr.employees: allow writes to hr.employees
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on hr.employees;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw hr.employees', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'adede6db9f855f7a3d9787aabb92a67090452fc4c87fb70d66fdfbd81cc6b260'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw hr.departments: allow writes to hr.departments
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on hr.departments;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw hr.departments', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    '89d18e2858c820b4b072dd5e5270d415b7b2d3255e535d860cfb72e2bd5e4c65'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- thaw hr.badge_log: allow writes to hr.badge_log
--
--   why    Legacy is in charge again.
-- -------------------------------------------------------------------------------------------------

begin;

drop trigger if exists integrity_freeze on hr.badge_log;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'thaw hr.badge_log', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'be4439c519b7308bcc376f2bf568c5d3346534648a60e11babfd3fccdc77e3eb'
)
on conflict (migration, direction, step) do update
    set outcome = excluded.outcome, run_id = null, rows = null, started_at = excluded.started_at,
        finished_at = excluded.finished_at, statement_hash = excluded.statement_hash;

commit;


-- -------------------------------------------------------------------------------------------------
-- drop schemas: drop the schemas that were built in
--
--   why    All of them are empty now; nothing is dropped with CASCADE.
-- -------------------------------------------------------------------------------------------------

begin;

drop schema if exists integrity_work;

drop schema if exists "Q""1 100% Ünïted__next";

drop schema if exists hr__next;

drop schema if exists retail__next;

drop schema if exists retail_stock__next;

do $body$
begin
    drop schema if exists "Q""1 100% Ünïted";
exception
    when dependent_objects_still_exist then
        raise notice 'schema % stays: somebody created objects in it since', 'Q"1 100% Ünïted';
end
$body$;

do $body$
begin
    drop schema if exists retail;
exception
    when dependent_objects_still_exist then
        raise notice 'schema % stays: somebody created objects in it since', 'retail';
end
$body$;

do $body$
begin
    drop schema if exists retail_stock;
exception
    when dependent_objects_still_exist then
        raise notice 'schema % stays: somebody created objects in it since', 'retail_stock';
end
$body$;

insert into "kit ""100%""".integrity_journal
    (migration, direction, step, outcome, started_at, finished_at, statement_hash)
values (
    '001_one_company', 'rollback', 'drop schemas', 'done',
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
    'c35dc512f54fe800c1a166e2786b59ebfdc6eee84b81f66204bdaab68b61c43c'
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
where migration = '001_one_company' and direction = 'apply';

delete from "kit ""100%""".integrity_slices
where migration = '001_one_company';

delete from "kit ""100%""".integrity_state
where migration = '001_one_company';

commit;

do $body$
begin
    perform pg_catalog.pg_advisory_unlock(8671817705102877495);
end
$body$;

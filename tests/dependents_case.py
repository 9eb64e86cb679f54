"""A clinic whose tables have views, functions, triggers, grants and comments hanging on them."""

from __future__ import annotations

READER = "integrity_test_reader"

LEGACY = f"""
create schema ward;
create schema care;
create schema login;
create schema report;
create schema guests;
create type ward.level as enum ('low', 'high');
create table login.users (id serial primary key, name text not null);
create table ward.visits (
    id integer primary key, patient text not null, price numeric(8,2), level ward.level
);
create table care.visits (id integer primary key, patient text not null, price numeric(8,2));
create table ward.leftovers (n integer);
create sequence ward.tickets owned by ward.visits.id;
comment on table ward.visits is 'What the ward wrote down.';
grant select, insert on ward.visits to {READER};
grant select on care.visits to {READER};
grant update (price) on care.visits to {READER};
grant usage on schema ward, care to {READER};

create function ward.touched() returns trigger language plpgsql as
    $$begin perform count(*) from ward.visits; return new; end$$;
create trigger touched before update on ward.visits
    for each row execute function ward.touched();
create function login.stamped() returns trigger language plpgsql as
    $$begin
        new.name = upper(new.name) || (select count(*) from login.users);
        return new;
    end$$;
create trigger stamped before update on login.users
    for each row execute function login.stamped();
alter table login.users enable always trigger stamped;
create function login.lowered() returns trigger language plpgsql as
    $$begin new.name = lower(new.name); return new; end$$;
create trigger lowered before update on login.users
    for each row execute function login.lowered();
create rule quiet as on delete to ward.leftovers do instead nothing;

create view ward.v_visits as select id, patient, price from ward.visits;
create view ward.v_dear as select * from ward.v_visits where price > 10;
create view care.v_patients as select distinct patient from care.visits;
comment on view care.v_patients is 'Of the ward system.';
grant select on care.v_patients to {READER};
create materialized view report.monthly as select count(*) as visits from ward.v_visits;
create unique index monthly_key on report.monthly (visits);
create view login.v_names as select name from login.users;
create view guests.v_theirs as select 1 as one;
create function care.total(which text) returns numeric language sql stable as
    $$select sum(price) from ward.visits where patient = which$$;
revoke execute on function care.total(text) from public;
grant execute on function care.total(text) to {READER};
create function care.total(a integer, b integer) returns integer language sql as $$select a + b$$;
create function report.ids() returns setof integer language plpgsql as
    $$begin return query execute 'select id from ward.v_dear'; end$$;
create function ward.half(n numeric) returns numeric language sql as
    $$select n / 2 from ward.visits$$;
revoke execute on function ward.half(numeric) from public;
create function login.count_users() returns bigint language plpgsql as
    $$begin return (select count(*) from login.users); end$$;
create function report.users() returns bigint language sql
    begin atomic select count(*) from login.users; end;
create procedure report.clean() language plpgsql as
    $$begin delete from ward.leftovers; end$$;

insert into login.users (name) values ('ann'), ('bob');
insert into ward.visits values (1, 'p', 12, 'high'), (2, 'q', 8, 'low');
insert into care.visits values (2, 'q', 8), (3, 'r', 20);
insert into ward.leftovers values (1);
refresh materialized view report.monthly;
"""

UNIFIED = """
schema: care
tables:
  visits:
    description: Every visit.
    grants: as_sources
    columns:
      visit_id: {type: bigint, key: assigned}
      number:   {type: integer, null: false}
      patient:  {type: text, null: false}
      price:    {type: "numeric(8,2)"}
    primary_key: [visit_id]
    natural_key: [number]
"""

MAPPINGS = """
mappings:
  - table: care.visits
    sources:
      - from: ward.visits
        write_back: true
        columns: {number: id, patient: patient, price: price}
        ignore: {level: copy}
      - from: care.visits
        columns: {number: id, patient: patient, price: price}
moves:
  - {from: login.users, to: care.login_users}
drop:
  - {from: ward.leftovers, because: a test of ours}
"""

DEPENDENTS = f"""\
description: What hangs on the tables of the clinic.
recreate:
  - view: care.v_dear
    replaces: [ward.v_visits, ward.v_dear]
    definition: |
      select v.visit_id, v.patient, care.total(v.patient) as total
      from care.v_patients as p
      join care.visits as v using (patient)
      where v.price > 10
  - view: care.v_patients
    description: Everybody who was here.
    definition: |
      select distinct patient from care.visits  -- no order
    grants: {{{READER}: [select]}}
  - materialized_view: report.monthly
    definition: |
      select count(*) as visits, (select count(*) from care.login_users) as users
      from care.visits;
  - function: care.total(which text default 'p, q')
    definition: |
      returns numeric language sql stable as
      $$select sum(price) from care.visits where patient = which$$
    grants: {{{READER}: [execute]}}
  - function: care.half(n numeric)
    replaces: [ward.half(n numeric)]
    definition: returns numeric language sql as 'select n / 2'
  - function: login.stamped()
    definition: |
      returns trigger language plpgsql as $$begin
          new.name = upper(new.name) || (select count(*) from care.login_users);
          return new;
      end$$
archive:
  - {{name: ward.*, because: nobody reads them any more}}
  - {{name: [report.ids(), report.clean], because: they list the old rows}}
  - {{name: login.count_users, because: the application counts them itself}}
keep:
  - {{name: guests.*, because: they belong to the guests}}
"""

FILES = {
    "unified/care.yaml": UNIFIED,
    "mappings/all.yaml": MAPPINGS,
    "dependents/all.yaml": DEPENDENTS,
}

"""Families: a whole schema moved, tables archived, dropped and foreign, the rest of a row as JSON.

There and back with equal snapshots, by the runner and by psql, with everything that hangs on what
moves: views, triggers, functions, foreign keys of tables that stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_project import KIT, Case, compiled

from integrity.catalog.drift import differences
from integrity.catalog.equality import snapshot
from integrity.config.lineage import Lineages
from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import ConfigFailure
from integrity.model import Column, Name
from integrity.plan.compile import Compiled, layout_of
from integrity.plan.compile_all import compile_all
from integrity.plan.judge import judge_migrations
from integrity.plan.live import described, foreign, within, without_tables
from integrity.plan.planner import live_of, make_plan
from integrity.plan.state import read_state
from integrity.run.rows import rows_of
from integrity.run.verify import verify

LEGACY = """
create schema login;
create schema ward;
create schema care;
create schema lab;
create schema other;
create type login.level as enum ('low', 'high');
create function login.touch() returns trigger language plpgsql as
    $$begin new.changed = now(); return new; end$$;
create function login.secret() returns text language sql as $$select 'x'$$;
create table login.users (
    id serial primary key,
    name text not null unique default login.secret(),
    level login.level not null default 'low',
    made_by integer references login.users,
    upper_name text generated always as (upper(name)) stored,
    changed timestamptz,
    constraint users_name_check check (length(name) > 0)
);
create index users_level_idx on login.users (level) where level = 'high';
create index by_name on login.users (lower(name));
create index by_name_again on login.users (lower(name));
create trigger touch before update on login.users for each row execute function login.touch();
create table login.sessions (
    token uuid primary key,
    user_id integer not null references login.users on delete cascade,
    seen timestamptz
);
create sequence login.tickets;
grant usage on sequence login.users_id_seq to public;
grant select on login.sessions to public;
create table login.odd (n bigint default nextval('login.tickets'), "K%" text);
create view login.active as
    select u.id, users_2.name from login.users u join login.users users_2 using (id);
create view ward.who as select sessions.token, users.name
    from login.sessions join login.users on users.id = sessions.user_id;
create function ward.names() returns setof login.users language plpgsql as
    $$begin return query select * from login.users; end$$;
create table care.notes (id integer primary key, text text);   -- stays where it is
create index by_name on care.notes (text);
create table care.visits (id integer primary key, legacy boolean);   -- in the way of a unified one
create view care.parked as select id from care.visits;
create table ward.visits (
    id integer primary key, patient text not null, user_id integer references login.users,
    price numeric(8,2), at timestamptz, tags text[], doc jsonb, plain json, note text, low real,
    twice integer generated always as (id * 2) stored
);
create table ward.copy_visits (like ward.visits);
create table ward.bench_a (n integer);
create table ward.bench_b (n integer primary key);
create table lab.samples (id integer primary key, label text);
create table other.experiments (id integer primary key, name text);
insert into login.users (name, made_by, level) values ('ann', null, 'high'), ('bob', 1, 'low');
insert into login.sessions values
    ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1, null),
    ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 2, now());
insert into login.odd ("K%") values ('a'), ('b'), ('b');
insert into care.notes values (1, 'one');
insert into care.visits values (7, true), (8, false);
insert into ward.visits (id, patient, user_id, price, at, tags, doc, plain, note, low) values
    (1, 'p', 1, 1.50, '2024-01-01 12:00+02', '{a,"b c",null}', '{"a": null, "b": [1]}',
        '{"z": 1,  "z": 2}', 'x', 0.1),
    (2, 'q', 2, null, 'infinity', null, 'null', null, null, 'NaN'),
    (3, 'r', null, null, null, null, null, null, null, null);
insert into ward.copy_visits (id, patient) values (1, 'p'), (2, 'q');
insert into ward.bench_a values (1), (1), (1);
insert into lab.samples values (1, 's'), (2, 't');
insert into other.experiments values (1, 'theirs');
"""

FILES = {
    "unified/care.yaml": """
schema: care
tables:
  visits:
    columns:
      visit_id: {type: bigint, key: assigned}
      number:   {type: integer, null: false}
      patient:  {type: text, null: false}
      user_id:  {type: integer}
      attributes: {type: jsonb}
    primary_key: [visit_id]
    natural_key: [number]
    foreign_keys: {user_id: care.login_users}
""",
    "mappings/all.yaml": """
description: Everything this clinic has.
shared:
  why: &second {because: second copies}
mappings:
  - table: care.visits
    sources:
      - from: ward.visits
        write_back: true
        rest: attributes
        columns: {number: id, patient: patient, user_id: user_id}
        ignore: {twice: computed from the number}
moves:
  - {from: login.*, to: care, name: "login_{table}", except: [login.odd]}
  - {from: login.odd, to: fresh.odd}
  - {from: care.notes, to: care}
archive:
  - from: [ward.copy_*, lab.*]
    <<: *second
  - {from: care.visits, because: under a name that is wanted}
drop:
  - {from: ward.bench_*, because: benchmark leftovers}
foreign:
  - {from: [other.experiments, other.unknown], because: the tracking server owns them}
""",
}


@pytest.fixture(scope="module")
def made(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_families_{len(names)}")
        return create_database(server, names[-1])

    yield compiled(tmp_path_factory.mktemp("families"), LEGACY, FILES, make)
    for name in names:
        drop_database(server, name)


@pytest.fixture
def case(made: Compiled, database: str) -> Case:
    found = Case(made, database)
    found.execute(LEGACY)
    return found


@pytest.mark.both_servers
def test_there_and_back(case: Case, made: Compiled) -> None:
    before = case.state()
    case.apply()
    assert verify(made, case.url).ok
    plan = make_plan(made, case.url, data=False)
    assert (plan.migrations, plan.drift) == ((), ())
    case.roll_back()
    assert before.differences(case.state()) == []
    case.apply()
    case.roll_back()
    assert before.differences(case.state()) == []
    assert make_plan(made, case.url, data=False).drift == ()


def test_the_contracts_stay_what_they_were(case: Case, made: Compiled) -> None:
    case.apply()
    with connect(case.url) as conn:
        live = live_of(conn, made.project, read_state(conn, KIT))
    seen, legacy = described(live, made.project), made.project.legacy
    others = foreign(made.project)
    assert differences(
        without_tables(legacy, others), without_tables(within(seen, legacy.schemas), others)
    ) == ()  # fmt: skip


def test_everything_follows_what_moved(case: Case) -> None:
    case.apply()
    users = "care.login_users"
    left = "select nspname from pg_namespace where nspname like '%next' or nspname like '%work'"
    assert case.rows(left) == []
    assert case.rows(f"select id, name, level::text, upper_name from {users} order by id") == [
        (1, "ann", "high", "ANN"),
        (2, "bob", "low", "BOB"),
    ]
    case.execute(
        f"insert into {users} (name) values ('eve')", f"update {users} set name = 'e' where id = 3"
    )
    assert case.value(f"select changed is not null from {users} where id = 3")
    assert case.value("select count(*) from ward.who") == 2
    assert case.value("select count(*) from login.active") == 3
    assert case.value("select pg_get_serial_sequence('care.login_users', 'id')") == (
        "care.login_users_id_seq"
    )
    names = case.rows(
        "select conname from pg_constraint where conrelid = 'care.login_sessions'::regclass"
        " and contype <> 'n' order by 1"
    )
    assert names == [("login_sessions_pkey",), ("login_sessions_user_id_fkey",)]
    indexes = case.rows("select indexname from pg_indexes where schemaname = 'care' order by 1")
    assert {
        "by_name", "login_users_by_name", "by_name_again", "login_users_level_idx",
        "login_users_pkey", "login_users_name_key", "odd_K%",
    } >= {name for (name,) in indexes if name.startswith(("by_", "login_users"))}  # fmt: skip
    assert case.value("select nextval('login.tickets')") == 4
    case.execute("insert into fresh.odd (\"K%\") values ('c')")
    assert case.value("select max(n) from fresh.odd") == 5


def test_the_ledger_says_where_every_row_went(case: Case, made: Compiled) -> None:
    case.apply()
    lines = case.rows(
        "select mapping, source, candidates, inserted + moved, archived, dropped, open"
        " from kit.integrity_ledger order by 1, 2"
    )
    assert lines == [
        ("archive", "care.visits", 2, 0, 2, 0, 0),
        ("archive", "lab.samples", 2, 0, 2, 0, 0),
        ("archive", "ward.copy_visits", 2, 0, 2, 0, 0),
        ("care.login_sessions", "login.sessions", 2, 2, 0, 0, 0),
        ("care.login_users", "login.users", 2, 2, 0, 0, 0),
        ("care.notes", "care.notes", 1, 1, 0, 0, 0),
        ("care.visits", "ward.visits", 3, 3, 0, 0, 0),
        ("drop", "ward.bench_a", 3, 0, 0, 3, 0),
        ("drop", "ward.bench_b", 0, 0, 0, 0, 0),
        ("fresh.odd", "login.odd", 3, 3, 0, 0, 0),
    ]
    with connect(case.url) as conn:
        found = rows_of(conn, made.project, count=layout_of(made.project).after_switch())
    assert [one.problems for one in found if one.problems] == []
    rows = {str(one.table): (one.rows, one.counted) for one in found}
    assert rows["care.visits"] == (2, 2) and rows["ward.visits"] == (3, 3)
    assert rows["login.users"] == (2, None) and "other.experiments" not in rows


def test_rows_that_are_lost_are_named(case: Case, made: Compiled) -> None:
    case.apply()
    case.execute(
        "update kit.integrity_ledger set inserted = 2 where source = 'ward.visits'",
        "delete from kit.integrity_ledger where source = 'lab.samples'",
        "alter table ward.bench_a disable trigger integrity_freeze",
        "delete from ward.bench_a where ctid = '(0,1)'",
    )
    with connect(case.url) as conn:
        found = rows_of(conn, made.project, count=layout_of(made.project).after_switch())
    assert [problem for one in found for problem in one.problems] == [
        "lab.samples: the ledger has no line for archive",
        "ward.bench_a: 3 rows in the snapshot, 2 in the table now",
        "ward.visits: care.visits: 2 of 3 rows are accounted for",
    ]


def test_retired_tables_are_frozen_and_foreign_ones_are_not(case: Case) -> None:
    case.apply()
    for table in ("ward.copy_visits (id, patient)", "care__legacy.visits (id, legacy)"):
        with pytest.raises(Exception, match="is read-only"):
            case.execute(f"insert into {table} select 9, null")
    case.execute("insert into other.experiments values (2, 'still theirs')")
    case.roll_back()
    case.execute("insert into ward.copy_visits (id, patient) values (3, 'r')")
    case.execute("insert into care.visits values (9, null)")


def test_the_rest_of_a_row_comes_back(case: Case) -> None:
    legacy = (
        "select id, price::text, at::text, tags, doc::text, plain::text, note, low::text"
        " from ward.visits order by 1"
    )
    before = case.rows(legacy)
    case.apply()
    assert case.rows("select number, attributes from care.visits order by 1") == [
        (
            1,
            {
                "price": 1.50, "at": "2024-01-01T10:00:00+00:00", "tags": '{a,"b c",NULL}',
                "doc": {"a": None, "b": [1]}, "plain": '{"z": 1,  "z": 2}', "note": "x",
                "low": 0.1,
            },
        ),
        (2, {"at": "infinity", "doc": None, "low": "NaN"}),
        (3, None),
    ]  # fmt: skip
    case.execute(
        'update care.visits set attributes = attributes || \'{"note": "new", "tags": "{z}"}\''
        " where number = 1",
        "update care.visits set attributes = null where number = 2",
        "update care.visits set attributes = '{\"surplus\": 1}' where number = 3",
        "insert into care.visits (number, patient, attributes) values"
        ' (4, \'s\', \'{"price": 2.50, "at": "2024-02-01T00:00:00+00:00"}\')',
    )
    case.roll_back()
    assert case.retained() == [
        (
            "care.visits",
            "updated",
            "attributes: no row of ward.visits gives it again",
        )
    ]
    after = case.rows(legacy)
    assert after[0][3] == ["z"] and after[0][6] == "new" and after[0][:3] == before[0][:3]
    assert after[0][4:6] == before[0][4:6]
    assert after[1] == (2, *[None] * 7)
    assert after[2] == before[2]
    assert after[3][1:3] == ("2.50", "2024-02-01 00:00:00+00")


@pytest.mark.both_servers
def test_psql_does_the_same(
    case: Case, make_database: Callable[[], str], made: Compiled, tmp_path: Path
) -> None:
    other = Case(made, make_database())
    other.execute(LEGACY.replace("now())", "'2024-05-05Z')"))
    case.execute("update login.sessions set seen = '2024-05-05Z' where user_id = 2")
    before = other.state()
    case.apply()
    other.by_psql(tmp_path, "migrate")
    with connect(case.url) as one, connect(other.url) as two:
        states = [snapshot(conn, toolkit_schema=KIT, accounts=True) for conn in (one, two)]
    assert states[0].differences(states[1]) == []
    other.by_psql(tmp_path, "rollback")
    assert before.differences(other.state()) == []


def test_the_judge_accepts_it(made: Compiled, server: str) -> None:
    judge_migrations(made.project, made.migrations, server)


def test_the_plan_lists_moves_and_retired_tables(case: Case, made: Compiled) -> None:
    plan = make_plan(made, case.url, data=False)
    listed = {(one.verb, one.name, one.detail) for one in plan.changes if one.kind == "table"}
    assert ("move", "login.users", "to care.login_users") in listed
    assert ("move", "care.notes", "under its own name") in listed
    assert ("retire", "lab.samples", "second copies") in listed
    assert plan.drift == ()
    hazards = {one.hazard.detail for one in plan.hazards}
    assert (
        "rows of care.login_users that ward.visits refers to cannot be deleted before finalize"
        in hazards
    )
    found = {one.name: one.effect for one in plan.redirected}
    assert (
        found["ward.names()"]
        == "will find no table for login.users, which becomes care.login_users"
    )
    assert "ward.who" not in found
    assert not any("experiments" in line for line in plan.unmanaged)


def test_later_changes_leave_moved_tables_alone(
    made: Compiled, server: str, tmp_path: Path
) -> None:
    generated = compile_all(made.project, server, tmp_path)
    for name, text in generated.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert compile_all(made.project, server, tmp_path).added == ""
    visits = made.project.table(Name("care", "visits"))
    assert visits is not None
    noted = replace(visits, columns=(*visits.columns, Column(name="comment", type="text")))
    tables = tuple(noted if t is visits else t for t in made.project.tables)
    later = compile_all(replace(made.project, tables=tables), server, tmp_path)
    assert later.added == "003_add_column_care_visits_comment"
    assert {s.table for s in later.compiled.migrations[-1].steps()} == {visits.name, None}
    names = {table.name for table in later.compiled.desired.tables}
    assert names == {table.name for table in tables}


def test_a_table_that_is_retired_otherwise_afterwards_is_refused(
    made: Compiled, server: str, tmp_path: Path
) -> None:
    generated = compile_all(made.project, server, tmp_path)
    for name, text in generated.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    kept = tuple(one for one in made.project.retired if one.table.name != "bench_b")
    kept = tuple(replace(one, kind="archive") if one.kind == "drop" else one for one in kept)
    with pytest.raises(ConfigFailure) as caught:
        compile_all(replace(made.project, retired=kept), server, tmp_path)
    assert [problem.message for problem in caught.value.problems] == [
        "ward.bench_b was drop, and is not any more",
        "ward.bench_a is archive, which the consolidation did not count",
    ]


def test_lineage_of_moved_and_remaining_columns(made: Compiled) -> None:
    lineages = Lineages(made.project)
    (visits,) = lineages.of(Name("ward", "visits"), "note")
    (edge,) = visits.edges
    assert (edge.unified, edge.column, edge.label) == (
        Name("care", "visits"),
        "attributes",
        "exact",
    )
    assert (edge.expression, edge.rest, edge.reads) == ("rest", True, ("note",))
    (filled,) = lineages.of(Name("care", "visits"), "attributes")[1:]
    assert filled.edges[0].reads == ("price", "at", "tags", "doc", "plain", "note", "low")
    (moved,) = lineages.of(Name("care", "login_users"), "level")
    assert moved.what == "is moved from login.users"
    assert [(e.legacy, e.reads, e.label) for e in moved.edges] == [
        (Name("login", "users"), ("level",), "exact")
    ]
    both = lineages.of(Name("care", "visits"))
    assert [(one.kind, one.what) for one in both] == [
        ("legacy", "goes to the archive: under a name that is wanted"),
        ("unified", "is filled from ward.visits"),
    ]

"""Moves: metadata only, there and back, with everything that is named after the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_project import Case, compiled

from integrity.catalog.read import read_catalog
from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import ConfigFailure, UnprovenFailure
from integrity.model import Catalog, Name
from integrity.plan.compile import Compiled

LEGACY = """
create schema old;
create schema fresh;
create table old.kinds (code text primary key, title text);
create table old.events (
    id     serial primary key,
    a      character varying(20) not null,
    b      numeric(6,2),
    "K%"   text references old.kinds,
    parent integer references old.events on delete cascade,
    at     timestamp with time zone default now(),
    constraint "b is %" check (b > 0),
    constraint events_label_key unique (a)
);
create index events_at_idx on old.events (at desc) where b > 5;
create index "by K%" on old.events (lower("K%"));
comment on table old.events is 'what happened';
create table old.log (id integer generated always as identity primary key,
    event_id integer references old.events);
create view old.seen as select id, "K%" from old.events;
create table fresh.events (n integer primary key);   -- has the name that the moved table had
create table old.same (id integer primary key, was text);
create table old.notes (id integer primary key, event_id integer, text text);
insert into old.kinds values ('k', 'Kind');
insert into old.events (a, b, "K%", parent, at)
    values ('one', 1.5, 'k', null, '2024-01-01Z'), ('two', null, 'k', 1, null);
insert into old.log (event_id) values (1), (2);
insert into old.notes values (1, 2, 'n');
"""

FILES = {
    "unified/fresh.yaml": """
schema: fresh
tables:
  kinds:
    columns: {code: {type: text}, title: {type: text}}
    primary_key: [code]
  happenings:
    description: What happened, and when.
    columns:
      id:     {type: integer, default: "nextval('fresh.happenings_id_seq'::regclass)"}
      b:      {type: text, null: false}
      a:      {type: "numeric(8,2)"}
      kind:   {type: text}
      'of "': {type: integer}
      at:     {type: timestamptz, default: now(), description: the moment}
    primary_key: [id]
    unique: [[b]]
    checks: {a_is_more: "a > 0"}
    foreign_keys:
      kind: fresh.kinds
      parent_fk: {columns: ['of "'], references: fresh.happenings, to: [id], on_delete: cascade}
    indexes:
      - {columns: [at desc], where: a > 5}
      - {name: by_kind, columns: [lower(kind)]}
      - {columns: [a]}
  notes:
    columns:
      note_id: {type: bigint, key: assigned}
      event:   {type: integer, null: false}
      text:    {type: text}
    primary_key: [note_id]
    natural_key: [event]
    foreign_keys: {event: fresh.happenings}
""",
    "unified/old.yaml": """
schema: old
tables:
  same:
    columns: {id: {type: integer}, now: {type: text}}
    primary_key: [id]
""",
    "mappings/happenings.yaml": """
table: fresh.happenings
move: old.events
columns: {b: a, a: b, kind: K%, 'of "': parent}
""",
    "mappings/kinds.yaml": "table: fresh.kinds\nmove: old.kinds\n",
    "mappings/same.yaml": "table: old.same\nmove: old.same\ncolumns: {now: was}\n",
    "mappings/notes.yaml": """
table: fresh.notes
sources:
  - {from: old.notes, write_back: true, columns: {event: event_id, text: text}}
""",
}
WIDER = ("create view old.seen", "create view old.seen as select 1 as one; --")


@pytest.fixture(scope="module")
def made(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_move_{len(names)}")
        return create_database(server, names[-1])

    yield compiled(tmp_path_factory.mktemp("move"), LEGACY.replace(*WIDER), FILES, make)
    for name in names:
        drop_database(server, name)


@pytest.fixture
def case(made: Compiled, database: str) -> Case:
    found = Case(made, database)
    found.execute(LEGACY.replace(*WIDER))
    return found


def catalog(case: Case) -> Catalog:
    with connect(case.url) as conn:
        return read_catalog(conn, ["fresh", "old"])


def files_of_rows(case: Case, *names: str) -> list[Any]:
    return [case.value(f"select pg_relation_filenode('{name}')") for name in names]


@pytest.mark.both_servers
def test_there_and_back(case: Case, made: Compiled) -> None:
    before, rows = case.state(), files_of_rows(case, "old.events", "old.kinds", "old.same")
    case.apply()
    assert files_of_rows(case, "fresh.happenings", "fresh.kinds", "old.same") == rows
    reached, wanted = catalog(case), made.desired
    for name in ("fresh.happenings", "fresh.kinds", "old.same"):
        table = Name(*name.split("."))
        assert reached.table(table) == wanted.table(table)
    names = {str(sequence.name) for sequence in reached.sequences}
    assert "fresh.happenings_id_seq" in names and "old.events_id_seq" not in names
    not_null = case.rows("select conname from pg_constraint where contype = 'n' order by 1")
    if not_null:  # from PostgreSQL 18 on
        assert ("happenings_b_not_null",) in not_null
        assert not any(name.startswith("events_a") for (name,) in not_null)
    case.execute(
        "insert into fresh.happenings (b, a, kind) values ('three', 2, 'k')",
        "insert into old.log (event_id) values (3)",
    )
    assert case.rows("select event from fresh.notes") == [(2,)]
    assert case.rows("select candidates, moved, open from kit.integrity_ledger where mapping ="
                     " 'fresh.happenings'") == [(2, 2, 0)]  # fmt: skip
    case.execute(
        "delete from old.log where event_id = 3", "delete from fresh.happenings where b = 'three'"
    )
    case.execute("select setval('fresh.happenings_id_seq', 2), setval('old.log_id_seq', 2)")
    case.roll_back()
    assert before.differences(case.state()) == []


def test_rows_written_since_travel_along(case: Case) -> None:
    case.apply()
    case.execute("insert into fresh.happenings (b, kind) values ('four', 'k')")
    case.roll_back()
    assert case.rows('select id, a, "K%" from old.events order by 1') == [
        (1, "one", "k"), (2, "two", "k"), (3, "four", "k")
    ]  # fmt: skip


def test_a_value_that_does_not_fit_any_more_stops_the_rollback(case: Case) -> None:
    case.apply()
    case.execute("update fresh.happenings set b = 'much longer than twenty' where id = 2")
    there = case.state()
    with pytest.raises(UnprovenFailure) as caught:
        case.roll_back()
    assert "1 values of fresh.happenings.b do not fit character varying(20) any more" in str(
        caught.value
    )
    assert "key 2" in str(caught.value)
    lost = there.differences(case.state())
    assert [line for line in lost if "integrity_" not in line and "idx" not in line] == []
    case.execute("alter table fresh.happenings disable trigger integrity_freeze")
    case.execute("update fresh.happenings set b = 'short' where id = 2")
    case.roll_back()
    assert case.rows("select a from old.events order by id") == [("one",), ("short",)]


@pytest.mark.both_servers
def test_the_files_for_psql_do_the_same(
    case: Case, made: Compiled, make_database: Callable[[], str], tmp_path: Path
) -> None:
    other = Case(made, make_database())
    other.execute(LEGACY.replace(*WIDER))
    before = other.state()
    case.apply()
    other.by_psql(tmp_path, "migrate")
    assert case.state().differences(other.state()) == []
    other.by_psql(tmp_path, "rollback")
    assert before.differences(other.state()) == []


def refused(folder: Path, make: Callable[[], str], legacy: str, **files: str) -> list[str]:
    with pytest.raises(ConfigFailure) as caught:
        compiled(folder, legacy, FILES | files, make)
    return [
        f"{p.location.file.rsplit('/', 1)[-1]}:{p.location.line}: {p.message}"
        for p in caught.value.problems
    ]


def test_what_a_move_cannot_do_is_said_with_its_place(
    tmp_path: Path, make_database: Callable[[], str]
) -> None:
    yaml = FILES["unified/fresh.yaml"]
    for old, new in (
        ('{type: "numeric(8,2)"}', '{type: "numeric(8,3)"}'),
        ("kind:   {type: text}", "kind:   {type: text, null: false}"),
        ("default: now()", "default: \"'epoch'\""),
        ("unique: [[b]]", "unique: [[b], [a]]"),
        ("on_delete: cascade", "on_delete: restrict"),
        ('    checks: {a_is_more: "a > 0"}\n', ""),
        ("      - {name: by_kind, columns: [lower(kind)]}\n", ""),
    ):
        assert old in yaml
        yaml = yaml.replace(old, new)
    by_hand = "old.events is moved, but"
    view = "cannot change: view old.seen reads it"
    assert refused(tmp_path, make_database, LEGACY, **{"unified/fresh.yaml": yaml}) == [
        f"happenings.yaml:2: {by_hand} old.events has 1 checks, fresh.happenings 0",
        f'happenings.yaml:2: {by_hand} only fresh.happenings has that foreign key on (of ")',
        f"happenings.yaml:2: {by_hand} only fresh.happenings has that unique key on (a)",
        f'happenings.yaml:2: {by_hand} only old.events has that foreign key on (of ")',
        f"happenings.yaml:2: {by_hand} only old.events has the index by K%",
        f"fresh.yaml:11: {by_hand} the type of b {view}",
        f"fresh.yaml:12: {by_hand} b would be rewritten: numeric(6,2) to numeric(8,3)",
        f"fresh.yaml:12: {by_hand} the type of a {view}",
        f"fresh.yaml:13: {by_hand} NOT NULL differs for kind",
        f"fresh.yaml:15: {by_hand} the default of at differs: now, epoch",
    ]


def test_a_foreign_key_to_a_table_that_is_loaded_is_refused(
    tmp_path: Path, make_database: Callable[[], str]
) -> None:
    kinds = (
        "table: fresh.kinds\nsources:\n  - {from: old.kinds, columns: {code: code, title: title}}\n"
    )
    legacy = LEGACY.replace(*WIDER)
    assert refused(tmp_path, make_database, legacy, **{"mappings/kinds.yaml": kinds}) == [
        "happenings.yaml:2: old.events is moved, but its foreign key on (K%)"
        " would go on referring to legacy old.kinds",
    ]

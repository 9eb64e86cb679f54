"""Hostile legacy and edits: keys that are none, rules, dependents, JSON that jsonb refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_project import KIT, Case, compiled

from integrity.errors import ConfigFailure, DatabaseFailure, UnprovenFailure

LEGACY = """
create schema ward;
create schema arch;
create table ward.staff (id serial primary key, code text not null, name text, born date);
create table arch.persons (no integer, code text, full_name text, born text, extra json);
insert into ward.staff (code, name, born)
    select 'C' || i, 'N' || i, date '1980-01-01' + i from generate_series(1, 6) as i;
insert into arch.persons
    select i, 'C' || i, 'Old ' || i, '1980-01-01', '{}' from generate_series(4, 9) as i;
"""
UNIFIED = """\
schema: ward
tables:
  staff:
    columns:
      staff_id: {type: bigint, key: assigned}
      code:     {type: text, null: false}
      name:     {type: text}
      born:     {type: date}
      extra:    {type: json}
    primary_key: [staff_id]
    natural_key: [code]
"""
MAPPING = """\
table: ward.staff
rejects: {max: 50%}
sources:
  - from: ward.staff
    write_back: true
    columns: {code: code, name: name, born: born}
  - from: arch.persons
    key: ["no"]
    columns: {code: code, name: full_name, born: born, extra: extra}
"""
FILES = {"unified/ward.yaml": UNIFIED, "mappings/staff.yaml": MAPPING}


@pytest.fixture
def case(tmp_path: Path, make_database: Callable[[], Any]) -> Case:
    made = Case(compiled(tmp_path, LEGACY, FILES, make_database), make_database())
    made.execute(LEGACY)
    return made


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("(4, 'C10', 'twice', null, null)", "0 of them have no such key, 1 keys stand in several"),
        (
            "(null, 'C10', 'none', null, null)",
            "1 of them have no such key, 0 keys stand in several",
        ),
    ],
    ids=["twice", "null"],
)
def test_a_key_that_does_not_tell_rows_apart(case: Case, row: str, found: str) -> None:
    case.execute(f"insert into arch.persons values {row}")
    before = case.state()
    with pytest.raises(UnprovenFailure) as failed:
        case.apply()
    assert "the rows of arch.persons are not known by no: " in failed.value.message
    assert found in failed.value.message
    assert "key: row" in failed.value.hint
    case.roll_back()
    assert before.differences(case.state()) == []


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("create view public.mine as select code from ward.staff", "view public.mine"),
        (
            "create table public.shifts (staff_id bigint references ward.staff)",
            "constraint shifts_staff_id_fkey on table public.shifts",
        ),
        ("create table public.mixed (who ward.staff)", "column who of table public.mixed"),
        (
            "create function public.first() returns text begin atomic"
            " select code from ward.staff limit 1; end",
            "function public.first()",
        ),
    ],
    ids=["view", "foreign key", "row type", "function"],
)
def test_what_hangs_on_a_unified_table_stops_the_rollback_before_it_begins(
    case: Case, made: str, named: str
) -> None:
    before = case.state()
    case.apply()
    case.execute(made, "update ward.staff set name = 'later' where code = 'C1'")
    there = case.state()
    with pytest.raises(DatabaseFailure) as failed:
        case.roll_back()
    assert f"tables that others depend on: {named}" in failed.value.message
    assert "CASCADE" not in failed.value.hint
    assert there.differences(case.state()) == []
    kind, name = named.split()[0], named.split()[-1]
    case.execute(f"drop {'table' if kind in ('constraint', 'column') else kind} {name}")
    case.roll_back()
    case.execute("update ward.staff set name = 'N1' where code = 'C1'")
    assert before.differences(case.state()) == []


def test_rules_of_legacy_do_not_swallow_what_goes_back(case: Case) -> None:
    case.execute(
        "create rule no_secrets as on insert to ward.staff where new.name = 'secret'"
        " do instead nothing",
        "create rule quiet as on update to ward.staff do instead nothing",
        "alter table ward.staff disable rule quiet",
    )
    case.apply()
    case.execute(
        "insert into ward.staff (code, name) values ('Z1', 'secret'), ('Z2', 'open')",
        "update ward.staff set name = 'Z' where code = 'C1'",
    )
    case.roll_back()
    assert case.rows("select code, name from ward.staff where name !~ '^N' order by 1") == [
        ("C1", "Z"),
        ("Z1", "secret"),
        ("Z2", "open"),
    ]
    assert case.retained() == []
    states = "select rulename::text, ev_enabled::text from pg_rewrite where rulename !~ '^_' and"
    assert case.rows(f"{states} ev_class = 'ward.staff'::regclass order by 1") == [
        ("no_secrets", "O"),
        ("quiet", "D"),
    ]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (r"""{"k": "a\u0000b \\u0000"}""", {"k": r"a\u0000b \u0000"}),
        (r"""{"k": "\ud800"}""", None),
    ],
    ids=["null character", "half a character"],
)
def test_json_that_jsonb_does_not_take(case: Case, value: str, kept: object) -> None:
    bad = f"insert into arch.persons values (99, 'C99', 'Bad', 'never', '{value}')"
    good = f"insert into arch.persons values (98, 'C98', 'Good', null, '{value}')"
    case.execute(bad, good)
    before = case.state()
    case.apply()
    ((reason, row),) = case.rows(f"select reason, source_row from {KIT}.integrity_quarantine")
    assert reason == "cast"
    assert row["extra"] == kept if kept else value in row["row"]
    assert case.rows("select extra::text from ward.staff where code = 'C98'") == [(value,)]
    case.execute("update ward.staff set extra = '{}' where code = 'C98'")
    case.roll_back()
    ((table, change, _),) = case.retained()
    assert (table, change) == ("ward.staff", "updated")
    assert before.differences(case.state()) == []


# --- types ----------------------------------------------------------------------------------------

DOMAINS = """
create schema shop;
create type shop.mood as enum ('calm', 'wild');
create domain shop.feeling as shop.mood not null default 'calm';
create domain shop.address as text collate "C" constraint "an address" check (value like '%@%');
create domain shop.work_address as shop.address check (value like '%.example');
create type shop.pair as (a integer, b integer);
create collation shop.by_number from "C";
create table shop.people (
    id integer primary key, mail shop.address, desk shop.work_address, mood shop.feeling,
    since text, place shop.pair, note text collate shop.by_number
);
insert into shop.people values
    (1, 'a@b', 'a@b.example', 'wild', '2024-01-01', '(1,2)', 'x'),
    (2, 'c@d', null, 'calm', 'today', null, 'y'), (3, 'e@f', null, 'calm', 'Yesterday', null, 'z');
"""


def test_domains_and_words_that_change_their_meaning(
    tmp_path: Path, make_database: Callable[[], Any]
) -> None:
    files = {
        "unified/crm.yaml": """\
schema: crm
tables:
  people:
    columns:
      person_id: {type: bigint, key: assigned}
      mail:      {type: shop.address, null: false}
      desk:      {type: text}
      mood:      {type: shop.mood}
      since:     {type: date}
      note:      {type: text}
    primary_key: [person_id]
    natural_key: [mail]
""",
        "mappings/people.yaml": """\
table: crm.people
rejects: {max: 100%}
sources:
  - from: shop.people
    write_back: true
    columns: {mail: mail, desk: upper(desk), mood: mood, since: since, note: note}
    ignore: {place: of a type that contracts do not describe}
""",
    }
    case = Case(compiled(tmp_path, DOMAINS, files, make_database), make_database())
    case.execute(DOMAINS)
    before = case.state()
    case.apply()
    assert case.rows("select mail::text, desk, mood::text from crm.people order by 1") == [
        ("a@b", "A@B.EXAMPLE", "wild"),
    ]
    rejected = f"select source_key, reason, column_name from {KIT}.integrity_quarantine order by 1"
    assert case.rows(rejected) == [("2", "cast", "since"), ("3", "cast", "since")]
    case.roll_back()
    assert before.differences(case.state()) == []


def test_a_column_of_a_type_that_contracts_do_not_describe(
    tmp_path: Path, make_database: Callable[[], Any]
) -> None:
    legacy = LEGACY + "create type ward.pair as (a text); alter table ward.staff add at ward.pair;"
    files = FILES | {"mappings/staff.yaml": MAPPING.replace("name: name", "name: (at).a")}
    with pytest.raises(ConfigFailure) as failed:
        compiled(tmp_path, legacy, files, make_database)
    (problem,) = failed.value.problems
    assert problem.message == "column 'at' of ward.staff: there is no type 'ward.pair'"
    assert problem.location.file.endswith("legacy/ward.yaml")


def test_a_type_that_nobody_knows(tmp_path: Path, make_database: Callable[[], Any]) -> None:
    files = FILES | {"unified/ward.yaml": UNIFIED.replace("{type: date}", "{type: daet}")}
    with pytest.raises(ConfigFailure) as failed:
        compiled(tmp_path, LEGACY, files, make_database)
    (problem,) = failed.value.problems
    assert problem.message == "column 'born' of ward.staff: there is no type 'daet'"
    assert problem.hint == "did you mean 'date'?"
    assert problem.location.line == 8


# --- what stands in the way -----------------------------------------------------------------------


@pytest.mark.parametrize("schema", ["ward__next", "ward__legacy", "integrity_work"])
def test_a_schema_of_somebody_is_not_built_in(case: Case, schema: str) -> None:
    case.execute(f"create schema {schema}", f"create table {schema}.staff as select 1 as mine")
    before = case.state()
    with pytest.raises(DatabaseFailure) as failed:
        case.apply()
    assert f"and these exist: {schema}" in failed.value.message
    assert "nothing was changed" in failed.value.message
    assert before.differences(case.state()) == []
    case.roll_back()  # there is nothing to undo
    assert before.differences(case.state()) == []

"""States, files, refusals and guards of the difference engine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from difference_cases import FILES, Case, clone, dict_of, edited, started

from integrity.config import load_project
from integrity.database.connect import connect, drop_database
from integrity.database.embedded import client
from integrity.errors import ConfigFailure, DatabaseFailure, StaleFailure, UnprovenFailure
from integrity.plan.compile_all import compile_all
from integrity.plan.generated import check_generated
from integrity.plan.hazards import collect
from integrity.plan.reached import Milestone, Reached, milestone_text, read_milestones

LIB, MEMBERS = "unified/lib.yaml", "mappings/members.yaml"
TOWN = "      town:      {type: text}\n"
NAME = "      name:      {type: text}\n"
SCORE = '      score:     {type: "numeric(8,2)"}\n'
PHONE = edited((LIB, TOWN, TOWN + "      phone: {type: text}\n"))
NO_SCORE = edited((LIB, SCORE, ""), (MEMBERS, "      score: score::numeric\n", ""))


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield started(server, tmp_path_factory.mktemp("template"), name)
    drop_database(server, name)


@pytest.fixture
def case(template: Case, tmp_path: Path) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield clone(template, tmp_path, name)
    drop_database(template.server, name)


# --- the state file --------------------------------------------------------------------------


@pytest.mark.parametrize("configs", ["configs", "tests/retailer/configs"])
def test_a_state_says_all_of_a_project(configs: str, tmp_path: Path) -> None:
    project = load_project(Path(__file__).parent.parent / configs)
    milestone = Milestone(14, "x", Reached.of(project), {"014_x.migrate.sql": "0"})
    (tmp_path / milestone.file).write_text(milestone_text(milestone), encoding="utf-8")
    (again,) = read_milestones(tmp_path)
    assert again == milestone
    assert again.reached.project(project).mappings == project.mappings
    assert milestone_text(again) == milestone_text(milestone)


@pytest.mark.parametrize("text", ["", "{}", '{"format": "integrity-state", "version": 9}', "[]"])
def test_a_damaged_state_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "002_performance.state.json").write_text(text)
    with pytest.raises(StaleFailure, match=r"^002_performance\.state\.json cannot be read"):
        read_milestones(tmp_path)


# --- files -----------------------------------------------------------------------------------


def test_files_follow_each_other(case: Case) -> None:
    first = case.compile(PHONE)
    assert first.added == "003_add_column_lib_members_phone"
    second = case.compile(edited((LIB, NAME, ""), (MEMBERS, "      name: name\n", ""), files=PHONE))
    assert second.added == "004_drop_column_lib_members_name"
    for migration in second.compiled.migrations[2:]:
        case.run(migration)
    assert case.pending() == ()
    assert [m.stem for m in second.compiled.migrations[:2]] == [
        "001_consolidation", "002_performance",
    ]  # fmt: skip
    assert second.foreign == ()
    states = {stem: state.catalog for stem, state in second.states.items()}
    assert list(states) == [m.stem for m in second.compiled.migrations]
    assert second.as_of(["001_consolidation", first.added]) == second.states[first.added]


def test_the_last_pair_can_be_replaced(case: Case) -> None:
    before = dict_of(case.out)
    case.compile(PHONE)
    other = edited((LIB, TOWN, TOWN + "      mobile: {type: text}\n"))
    again = case.compile(other, replace_last=True)
    assert again.added == "003_add_column_lib_members_mobile"
    assert again.removed == (
        "003_add_column_lib_members_phone.migrate.sql",
        "003_add_column_lib_members_phone.rollback.sql",
        "003_add_column_lib_members_phone.state.json",
    )
    assert case.compile(FILES, replace_last=True).added == ""
    assert dict_of(case.out) == before


def test_the_consolidation_can_be_replaced(case: Case) -> None:
    again = case.compile(PHONE, replace_last=True)
    assert again.added == "002_performance"
    assert again.removed == ()
    made = (case.out / "001_consolidation.migrate.sql").read_text()
    assert re.search(r"^    phone +text", made, re.MULTILINE)


def test_check_finds_yaml_that_was_not_compiled_and_files_that_were_edited(case: Case) -> None:
    changed = compile_all(case.project(PHONE), case.server, case.out)
    assert {one.kind for one in check_generated(case.out, changed.files)} == {"missing", "changed"}
    path = case.out / "001_consolidation.migrate.sql"
    path.write_text(path.read_text() + "-- by hand\n")
    present = compile_all(case.project(FILES), case.server, case.out)
    assert [str(one) for one in check_generated(case.out, present.files)] == [
        "changed: 001_consolidation.migrate.sql"
    ]


def test_text_that_means_the_same_is_no_difference(case: Case) -> None:
    same = edited((LIB, 'check: "days >= 0"', 'check: "(days >= (0))"'))
    assert case.compile(same).added == ""


def test_a_migration_does_not_begin_on_another_state(case: Case) -> None:
    case.compile(PHONE)
    case.compile(edited((LIB, NAME, ""), (MEMBERS, "      name: name\n", ""), files=PHONE))
    with pytest.raises(DatabaseFailure, match="003_add_column_lib_members_phone is not applied"):
        case.run(case.generated.compiled.migrations[3])


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        (
            edited((LIB, TOWN, "      city: {type: text}\n"),
                   (MEMBERS, "town: town", "city: town")),
            "column 'city' of lib.members is new, and 'town' of the same type is gone",
            "write renamed_from: town",
        ),
        (
            edited((LIB, TOWN, TOWN + "      city: {type: text, renamed_from: twon}\n")),
            "renamed_from names 'twon', which the migrations so far do not have",
            "did you mean 'town'?",
        ),
        (
            edited((LIB, SCORE, "      score:     {type: date}\n"),
                   (MEMBERS, "      score: score::numeric\n", "")),
            "numeric(8,2) to date: the server has no such cast",
            "add a column of the new type",
        ),
    ],
)  # fmt: skip
def test_nothing_is_guessed(case: Case, files: dict[str, str], message: str, hint: str) -> None:
    before = dict_of(case.out)
    with pytest.raises(ConfigFailure) as caught:
        case.compile(files)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in problem.hint
    assert problem.location.file.endswith("unified/lib.yaml") and problem.location.line > 1
    assert dict_of(case.out) == before


# --- guards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            edited((LIB, NAME, "      name:      {type: integer}\n"),
                   (MEMBERS, "name: name", "name: length(name)")),
            r"name of lib\.members: 40 values are no integer \(key 1: Member 10, key 2: ",
        ),
        (
            edited((LIB, TOWN, "      town:      {type: text, null: false}\n"),
                   (MEMBERS, "town: town", "town: coalesce(town, town)")),
            r"town of lib\.members: 13 rows have NULL where the YAML forbids it \(key ",
        ),
        (
            edited((LIB, "    natural_key: [email]\n",
                    "    natural_key: [email]\n    checks: {few: score < 50}\n")),
            r"score of lib\.members: 7 rows fail the check few \(key \d+: 51\.00, ",
        ),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_are_named(case: Case, files: dict[str, str], message: str) -> None:
    case.compile(files)
    start = case.snapshot()
    migration = case.generated.compiled.migrations[-1]
    with pytest.raises(UnprovenFailure, match=message):
        case.run(migration)
    case.run(migration, "rollback")
    assert start.differences(case.snapshot()) == []


def test_values_that_do_not_cast_stop_before_anything_is_changed(case: Case) -> None:
    files = edited(
        (LIB, TOWN, "      town:      {type: boolean}\n      phone: {type: text}\n"),
        (MEMBERS, "town: town", "town: town is not null"),
    )
    case.compile(files)
    start = case.snapshot()
    with pytest.raises(UnprovenFailure, match="27 values are no boolean"):
        case.run(case.generated.compiled.migrations[-1])
    assert start.differences(case.snapshot()) == []


# --- values come back ------------------------------------------------------------------------


def test_a_dropped_column_comes_back_beside_later_rows(case: Case) -> None:
    was = case.rows("select email, score from lib.members order by 1")
    case.compile(NO_SCORE)
    migration = case.generated.compiled.migrations[-1]
    case.run(migration)
    case.execute(
        "delete from lib.loans where member_id = 9; delete from lib.members where member_id = 9"
    )
    gone = {email for (email,) in case.rows("select lower(email) from old.members")} - {
        email for (email,) in case.rows("select email from lib.members")
    }
    case.execute("insert into lib.members (email) values ('new@example.org')")
    case.run(migration, "rollback")
    now = case.rows("select email, score from lib.members order by 1")
    assert now == sorted([row for row in was if row[0] not in gone] + [("new@example.org", None)])


def test_a_narrowed_type_gives_exact_values_back_and_keeps_later_ones(case: Case) -> None:
    case.execute("update lib.members set score = 1.25 where member_id <= 3")
    files = edited((LIB, SCORE, '      score:     {type: "numeric(8,1)"}\n'))
    case.compile(files)
    migration = case.generated.compiled.migrations[-1]
    case.run(migration)
    assert case.rows("select distinct score::text from lib.members where member_id <= 3") == [
        ("1.3",)
    ]
    case.execute("update lib.members set score = 7.7 where member_id = 2")
    case.run(migration, "rollback")
    found = case.rows("select score::text from lib.members where member_id <= 3 order by member_id")
    assert found == [("1.25",), ("7.70",), ("1.25",)]


def test_a_view_keeps_a_table_from_being_written_anew(case: Case) -> None:
    case.execute("create view lib.towns as select town from lib.members")
    case.compile(NO_SCORE)
    migration = case.generated.compiled.migrations[-1]
    query = "select member_id, email, name, score, town from lib.members order by 1"
    was = case.rows(query)
    case.run(migration)
    case.run(migration, "rollback")
    assert (
        case.rows("select member_id, email, name, score, town from lib.members order by 1") == was
    )
    assert case.rows("select count(*) from lib.towns") == [(40,)]


# --- hazards and psql ------------------------------------------------------------------------


def test_hazards_are_named(case: Case) -> None:
    case.compile(NO_SCORE)
    (found,) = collect(case.generated.compiled.migrations[-1:])
    assert found.hazard.code == "drops-column"
    assert (
        found.hazard.detail
        == "lib.members.score, kept in tools.integrity_saved_003_lib_members_score"
    )


def psql(case: Case, name: str) -> None:
    command = [str(client("psql", 18)), "-X", "-q", "-f", str(case.out / name), case.url]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_psql_reaches_the_same(case: Case) -> None:
    files = edited(
        (LIB, SCORE, ""),
        (LIB, TOWN, "      town:      {type: character varying(30)}\n      nick: {type: text}\n"),
        (MEMBERS, "      score: score::numeric\n      town: town\n",
         "      town: upper(town)\n      nick: left(name, 8)\n"),
    )  # fmt: skip
    case.compile(files, name="several")
    migration = case.generated.compiled.migrations[-1]
    start = case.snapshot()
    case.run(migration)
    by_runner = case.snapshot()
    psql(case, "003_several.rollback.sql")
    assert start.differences(case.snapshot()) == []
    psql(case, "003_several.migrate.sql")
    assert by_runner.differences(case.snapshot()) == []
    case.run(migration, "rollback")
    with connect(case.url) as conn:
        row = conn.execute("select count(*) from tools.integrity_state where number = 3").fetchone()
    assert row == (0,)
    assert start.differences(case.snapshot()) == []

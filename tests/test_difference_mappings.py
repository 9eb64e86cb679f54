"""A changed mapping: values are computed anew where nobody changed them, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from difference_cases import FILES, Case, clone, edited, started, whole_way

from integrity.database.connect import drop_database
from integrity.errors import ConfigFailure, UnprovenFailure

LIB, MEMBERS, LOANS = "unified/lib.yaml", "mappings/members.yaml", "mappings/loans.yaml"
TOWN = "      town:      {type: text}\n"
LOUD = edited((MEMBERS, "name: name", "name: upper(name)"))


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


def conflicts(case: Case) -> list[tuple[str, ...]]:
    return case.rows(
        "select unified_key, column_name, value, survived from tools.integrity_conflicts"
        " where migration like '003%' order by 1, 2"
    )


def test_a_changed_expression_changes_the_rows(case: Case) -> None:
    whole_way(case, LOUD)
    assert case.rows("select count(*) from lib.members where name = upper(name)") == [(40,)]
    assert conflicts(case) == []


def test_changed_rows_keep_their_values_and_are_recorded(case: Case) -> None:
    case.execute("update lib.members set name = 'Changed' where member_id in (3, 4)")
    case.execute("update lib.members set name = 'MEMBER 5' where email = 'm5@example.org'")
    case.execute(
        "delete from lib.loans where member_id = 6; delete from lib.members where member_id = 6"
    )
    case.execute("insert into lib.members (email, name) values ('new@example.org', 'New')")
    before = case.snapshot()
    whole_way(case, LOUD)
    assert [row[2:] for row in conflicts(case)] == [
        (name, "Changed") for (name,) in case.rows(
            "select upper(m.name) from old.members as m join lib.members as u"
            " on u.email = m.email where u.name = 'Changed' order by u.member_id::text"
        )
    ]  # fmt: skip
    assert case.rows("select name from lib.members where email = 'new@example.org'") == [("New",)]
    migration = case.generated.compiled.migrations[-1]
    case.run(migration, "rollback")
    assert before.differences(case.snapshot()) == []
    assert conflicts(case) == []


def test_rows_changed_after_the_migration_keep_that_through_its_rollback(case: Case) -> None:
    case.compile(LOUD)
    migration = case.generated.compiled.migrations[-1]
    case.run(migration)
    case.execute("update lib.members set name = 'Later' where member_id = 7")
    case.run(migration, "rollback")
    names = (
        "select count(*) filter (where name = 'Later'), count(*) filter (where name like 'Member%')"
    )
    assert case.rows(f"{names} from lib.members") == [(1, 39)]


def test_a_new_column_is_filled_by_its_mapping(case: Case) -> None:
    files = edited(
        (LIB, TOWN, TOWN + "      initial: {type: text, null: false}\n"),
        (MEMBERS, "town: town", "town: town\n      initial: left(name, 1)"),
    )
    whole_way(case, files)
    assert case.rows("select distinct initial from lib.members") == [("M",)]


def test_a_reference_is_found_anew(case: Case) -> None:
    files = edited(
        (LOANS, "{crosswalk: old.members, key: member_id}",
         "{crosswalk: old.members, key: 1 + member_id % 40}"),
    )  # fmt: skip
    whole_way(case, files)
    wrong = (
        "select count(*) from lib.loans as l join lib.members as m using (member_id)"
        " join old.loans as o on o.id = l.number"
        " where m.email <> 'm' || 1 + o.member_id % 40 || '@example.org'"
    )
    assert case.rows(wrong) == [(0,)]


def test_a_renamed_column_of_a_mapping_changes_no_row(case: Case) -> None:
    files = edited(
        (
            LIB,
            "      name:      {type: text}\n",
            "      called: {type: text, renamed_from: name}\n",
        ),
        (MEMBERS, "name: name", "called: name"),
    )
    migration = whole_way(case, files)
    assert [step.id for step in migration.steps()] == ["follows", "rename column lib.members: name"]


def test_rename_and_change_of_one_column(case: Case) -> None:
    files = edited(
        (
            LIB,
            "      name:      {type: text}\n",
            "      called: {type: text, renamed_from: name}\n",
        ),
        (MEMBERS, "name: name", "called: upper(name)"),
    )
    whole_way(case, files)
    assert case.rows("select count(*) from lib.members where called = upper(called)") == [(40,)]


def test_a_new_table_is_loaded_and_verified(case: Case) -> None:
    files = {
        **edited(
            (LIB, "  loans:\n", "  titles:\n    columns:\n"
             "      title_id: {type: bigint, key: assigned}\n"
             "      title: {type: text, null: false}\n      reader: {type: bigint}\n"
             "    primary_key: [title_id]\n    natural_key: [title]\n"
             "    foreign_keys:\n      reader: lib.members\n  loans:\n"),
        ),
        "mappings/titles.yaml": "table: lib.titles\nsurvivorship: {by: row}\nsources:\n"
        "  - from: old.loans\n    columns:\n      title: title\n"
        "      reader: {crosswalk: old.members, key: member_id}\n",
    }  # fmt: skip
    whole_way(case, files)
    assert case.rows("select count(*), count(reader) from lib.titles") == [(23, 23)]
    assert case.rows(
        "select candidates, inserted, merged, open from tools.integrity_ledger"
        " where mapping = 'lib.titles'"
    ) == [(90, 23, 67, 0)]


def test_what_passes_now_waits_for_the_replay(case: Case) -> None:
    """A rescued candidate makes no row, and the numbers of others are no matter."""
    case.execute("drop trigger integrity_freeze on old.members")
    case.execute("insert into old.members values (0, null, 'Nobody', '1', null)")
    files = edited((MEMBERS, "score: score::numeric", "score: score::numeric * 2"))
    whole_way(case, files)
    assert case.rows("select count(*) from lib.members") == [(40,)]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("email: lower(email)", "email: upper(email)", "email tells its rows apart"),
        ("  - from: old.members\n", "  - from: old.members\n    drop:\n"
         "      - {when: id > 30, because: too new}\n", "its drop rules changed"),
    ],
)  # fmt: skip
def test_what_would_make_other_rows_is_refused(case: Case, old: str, new: str, part: str) -> None:
    with pytest.raises(ConfigFailure) as caught:
        case.compile(edited((MEMBERS, old, new)))
    (problem,) = caught.value.problems
    assert part in problem.message
    assert problem.location.file.endswith("mappings/members.yaml")
    assert "--replace-last" in problem.hint


def test_keys_that_moved_stop_a_reference_from_being_found_anew(case: Case) -> None:
    case.execute("drop trigger integrity_freeze on old.members")
    case.execute("insert into old.members values (0, 'a@example.org', 'First of all', '1', null)")
    case.compile(
        edited((LOANS, "{crosswalk: old.members, key: member_id}",
                "{crosswalk: old.members, key: 1 + member_id % 40}"))
    )  # fmt: skip
    migration = case.generated.compiled.migrations[-1]
    with pytest.raises(UnprovenFailure, match=r"rows of lib\.members have other keys"):
        case.run(migration)
    case.run(migration, "rollback")
    assert FILES

"""Views and functions on the unified tables change: in place where possible, else anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from difference_cases import FILES, Case, clone, edited, started, whole_way

from integrity.database.connect import connect, drop_database
from integrity.errors import ConfigFailure
from integrity.model import Migration

ROLE = "integrity_test_librarian"
LIB, MADE = "unified/lib.yaml", "dependents/all.yaml"
TOWNS = "select town, count(*) as members, lib.half(count(*)) as half from lib.named group by town"
DEPENDENTS = f"""
recreate:
  - view: lib.named
    definition: select member_id, email, name, town from lib.members where name is not null
  - view: lib.everything
    definition: select * from lib.loans
  - materialized_view: lib.towns
    definition: {TOWNS}
  - view: lib.big_towns
    description: Towns with many members.
    definition: select * from lib.towns where members > 5
  - function: lib.half(n bigint)
    definition: returns bigint language sql immutable as 'select n / 2'
  - function: lib.lent(who bigint)
    definition: |
      returns bigint language sql stable as
      'select count(*) from lib.loans where member_id = who'
"""
FIRST = {**FILES, MADE: DEPENDENTS}
EMAIL = "select member_id, email, name, town"
TITLE = "      title:     {type: text}\n"
EVERYTHING = "  - view: lib.everything\n    definition: select * from lib.loans\n"
FEW = "  - view: lib.few\n    definition: select * from lib.big_towns where members < 9\n"


def changed(*edits: tuple[str, str], text: str = DEPENDENTS) -> dict[str, str]:
    """The first files with texts of the dependents replaced."""
    return edited(*((MADE, old, new) for old, new in edits), files={**FIRST, MADE: text})


CASES: Mapping[str, tuple[dict[str, str], int, int]] = {
    # the files, how many are dropped first, how many are created or replaced
    "a condition": (changed(("members > 5", "members > 6")), 0, 1),
    "a body": (changed(("select n / 2", "select (n + 1) / 2")), 0, 1),
    "a column at the end": (changed((EMAIL, f"{EMAIL}, score")), 3, 3),
    "a column less": (changed(("email, name,", "email,")), 3, 3),
    "a result": (
        changed(("returns bigint language sql imm", "returns numeric language sql imm")),
        3,
        3,
    ),
    "a description": (changed(("with many", "of many")), 0, 1),
    "gone": (changed((EVERYTHING, "")), 1, 0),
    "one more": (changed(text=DEPENDENTS + FEW), 0, 1),
    "a type beneath": (
        edited((LIB, "days:      {type: integer,", "days:      {type: bigint,"), files=FIRST),
        1,
        1,
    ),
    "a column beneath": (
        edited((LIB, TITLE, f"{TITLE}      note: {{type: text}}\n"), files=FIRST),
        1,
        1,
    ),
    "a table renamed": (
        edited(
            (LIB, "  loans:\n", "  borrowed:\n    renamed_from: loans\n"),
            ("mappings/loans.yaml", "table: lib.loans", "table: lib.borrowed"),
            (MADE, "select * from lib.loans", "select * from lib.borrowed"),
            (MADE, "count(*) from lib.loans", "count(*) from lib.borrowed"),
            files=FIRST,
        ),
        1,
        2,
    ),
}


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with connect(server) as conn:
        conn.execute(f"drop role if exists {ROLE}".encode())
        conn.execute(f"create role {ROLE}".encode())
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield started(server, tmp_path_factory.mktemp("template"), name, FIRST)
    drop_database(server, name)
    with connect(server) as conn:
        conn.execute(f"drop role {ROLE}".encode())


@pytest.fixture
def case(template: Case, tmp_path: Path) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield clone(template, tmp_path, name)
    drop_database(template.server, name)


def counted(migration: Migration) -> tuple[int, int]:
    steps = {step.id: [s.sql for s in step.statements] for step in migration.steps()}
    drops = steps.get("drop dependents", [])
    creates = [sql for sql in steps.get("create dependents", []) if sql.startswith("create")]
    return len(drops), len(creates)


@pytest.mark.parametrize("name", CASES)
def test_a_change_converges(case: Case, name: str) -> None:
    files, dropped, created = CASES[name]
    migration = whole_way(case, files)
    assert counted(migration) == (dropped, created)


def test_what_is_filled_is_filled_again(case: Case) -> None:
    before = case.rows("select * from lib.towns order by 1")
    assert before and before[0][2] == before[0][1] // 2
    whole_way(case, CASES["a result"][0])
    assert [row[:2] for row in case.rows("select * from lib.towns order by 1")] == [
        row[:2] for row in before
    ]


def test_grants(case: Case) -> None:
    granted = DEPENDENTS.replace(
        "lib.everything\n", f"lib.everything\n    grants: {{{ROLE}: [select]}}\n"
    ).replace("as 'select n / 2'", f"as 'select n / 2'\n    grants: {{{ROLE}: [execute]}}")
    tables = f"  members:\n    grants: {{{ROLE}: [select, insert]}}\n"
    first = edited((LIB, "  members:\n", tables), files={**FIRST, MADE: granted})
    migration = whole_way(case, first)
    assert counted(migration) == (0, 0)
    assert case.rows(
        f"select has_table_privilege('{ROLE}', 'lib.members', 'insert'),"
        f" has_table_privilege('{ROLE}', 'lib.everything', 'select')"
    ) == [(True, True)]
    assert case.rows(f"select has_schema_privilege('{ROLE}', 'lib', 'usage')") == [(True,)]
    fewer = edited((LIB, "[select, insert]", "[select]"), files=first)
    whole_way(case, fewer)
    assert case.rows(f"select has_table_privilege('{ROLE}', 'lib.members', 'insert')") == [(False,)]


def test_what_only_the_consolidation_can_do(case: Case) -> None:
    with pytest.raises(ConfigFailure, match=r"a legacy table stands under that name"):
        case.compile(
            {**FIRST, MADE: DEPENDENTS + "  - view: old.members\n    definition: select 1 as one\n"}
        )
    with pytest.raises(ConfigFailure, match="as_sources is for the consolidation"):
        granted = "  members:\n    grants: as_sources\n"
        case.compile(edited((LIB, "  members:\n", granted), files=FIRST))

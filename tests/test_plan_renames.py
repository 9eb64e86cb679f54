"""Renames in a plan: one change each, and nothing dropped or created for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from difference_cases import Case, clone, edited, started

from integrity.database.connect import drop_database
from integrity.plan.planner import make_plan

UNIFIED = "unified/lib.yaml"


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield started(server, tmp_path_factory.mktemp("renames"), name)
    drop_database(server, name)


@pytest.fixture
def case(template: Case, tmp_path: Path) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield clone(template, tmp_path, name)
    drop_database(template.server, name)


def changes(case: Case) -> list[tuple[str, str, str, str]]:
    plan = make_plan(case.generated, case.url, data=False)
    return [(one.verb, one.kind, one.name, one.detail) for one in plan.changes]


def test_a_renamed_column_and_what_hangs_on_it(case: Case) -> None:
    case.compile(
        edited(
            (UNIFIED, "number:    {type: integer, null: false}",
             "seq:       {type: integer, null: false, renamed_from: number}"),
            (UNIFIED, "natural_key: [number]", "natural_key: [seq]"),
            (UNIFIED, "number desc", "seq desc"),
            (UNIFIED, 'days:      {type: integer, check: "days >= 0"}',
             'length:    {type: integer, check: "length >= 0", renamed_from: days}'),
            ("mappings/loans.yaml", "number: id", "seq: id"),
            ("mappings/loans.yaml", "days: days", "length: days"),
        )
    )  # fmt: skip
    assert changes(case) == [
        ("rename", "column", "lib.loans.number", "becomes seq"),
        ("rename", "column", "lib.loans.days", "becomes length"),
        ("rename", "unique constraint", "lib.loans.loans_number_key", "becomes loans_seq_key"),
        ("rename", "check", "lib.loans.loans_days_check", "becomes loans_length_check"),
        ("rename", "index", "lib.loans.loans_member_id_number_idx",
         "becomes loans_member_id_seq_idx"),
    ]  # fmt: skip


def test_a_renamed_table_that_another_refers_to(case: Case) -> None:
    case.compile(
        edited(
            (UNIFIED, "  members:\n", "  people:\n    renamed_from: lib.members\n"),
            (UNIFIED, "member_id: lib.members", "member_id: lib.people"),
            ("mappings/members.yaml", "table: lib.members", "table: lib.people"),
        )
    )
    found = changes(case)
    assert found[0] == ("rename", "table", "lib.members", "becomes lib.people")
    assert {verb for verb, *_ in found} == {"rename"}


def test_a_rename_beside_another_change(case: Case) -> None:
    case.compile(
        edited(
            (UNIFIED, "score:     {type: \"numeric(8,2)\"}",
             "points:    {type: \"numeric(9,2)\", renamed_from: score}"),
            ("mappings/members.yaml", "score: score", "points: score"),
        )
    )  # fmt: skip
    assert changes(case) == [
        ("rename", "column", "lib.members.score", "becomes points"),
        ("alter", "column", "lib.members.points", "type: numeric(8,2) becomes numeric(9,2)"),
    ]


def test_a_changed_expression_names_the_migration(case: Case) -> None:
    made = case.compile(edited(("mappings/members.yaml", "town: town", "town: upper(town)")))
    assert made.compiled.migrations[-1].stem == "003_recompute_lib_members"

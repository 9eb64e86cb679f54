"""Verification of references that are filled last, and of names that need every quote."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
import retailer_case as case
from clinic_project import changed

from integrity.database.connect import connect
from integrity.errors import UnprovenFailure
from integrity.model import Migration
from integrity.run.verification import Verification
from integrity.run.verify import verify

CLICK = '"Q""1 100% Ünïted"."Click → ""Event"" %s"'


def found(one: Verification) -> dict[str, dict[tuple[str, str | None], int]]:
    return {
        table.table: {(c.kind, c.column): c.rows for c in table.counts}
        for table in one.tables
        if not table.ok
    }


def test_a_later_change_of_a_reference_is_named(server: str) -> None:
    made = case.compiled(server)
    with case.Database(server, f"retailer_{uuid4().hex[:12]}") as url:
        case.build(url)
        case.apply(url, made)
        assert verify(made, url).ok
        with connect(url) as conn:
            conn.execute("update retail.categories set parent_id = category_id where code = 'tea'")
            conn.execute("update hr.departments set head_id = null where code = 'IT'")
            conn.execute(
                f'update {CLICK} set "amount €" = 7'
                f' where "order" = (select min("order") from {CLICK})'.encode()
            )
        now = verify(made, url)
    assert found(now) == {
        "retail.categories": {("different", "parent_id"): 1},
        "hr.departments": {("different", "head_id"): 1},
        'Q"1 100% Ünïted.Click → "Event" %s': {("different", "amount €"): 1},
    }
    (tea,) = next(t for t in now.tables if t.table == "retail.categories").differences
    assert (tea.key, tea.column) == ({"code": "tea"}, "parent_id")
    assert [str(source) for source in tea.sources] == ["shop.categories tea"]


@pytest.mark.parametrize(
    ("table", "edit", "key"),
    [
        (
            "retail.categories",
            lambda sql: sql.replace(
                'dense_rank() over (\n        order by code collate "C"',
                'dense_rank() over (\n        order by code collate "C" desc',
            ),
            "category_id",
        ),
        (
            "hr.departments",
            lambda sql: sql.replace(
                'row_number() over (order by code collate "C"',
                'row_number() over (order by code collate "C" desc',
            ),
            "department_id",
        ),
    ],
)
def test_wrong_numbers_are_told_once_and_not_by_what_refers_to_them(
    server: str, table: str, edit: Callable[[str], str], key: str
) -> None:
    made = case.compiled(server)
    broken: Migration = changed(made.migrations[0], f"load {table}: resolve", edit)
    with case.Database(server, f"retailer_{uuid4().hex[:12]}") as url:
        case.build(url)
        with pytest.raises(UnprovenFailure, match=r"SQLSTATE IG003"):
            case.run(url, broken)
        now = verify(made, url)
    assert {name: set(counts) for name, counts in found(now).items()} == {
        table: {("different", key)}
    }

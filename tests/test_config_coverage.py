"""Which legacy columns are accounted for; and places inside expressions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from config_files import CUSTOMERS, FILES, LEGACY, ORDERS, write

from integrity.config import load_project
from integrity.config.coverage import ColumnCover, Cover, TableCover, coverage, unexplained
from integrity.config.places import inside
from integrity.model import NOWHERE, Expression, Location, Name


def test_every_legacy_column_has_a_cover(tmp_path: Path) -> None:
    files = {
        **FILES,
        "legacy/old.yaml": LEGACY + "      level: {type: text}\n",
        "mappings/orders.yaml": ORDERS.replace(
            "    write_back: true\n", "    ignore: {note: nobody reads it, id: only a number}\n"
        ).replace("{crosswalk: old.clients, key: client_id}", "1"),
        "mappings/customers.yaml": CUSTOMERS.replace("name: full_name\n", "name: upper(mail)\n"),
    }
    project = load_project(write(tmp_path, files))
    mapped, ignored = Cover.MAPPED, Cover.IGNORED
    clients, log, orders = coverage(project)
    assert replace(clients, location=NOWHERE) == TableCover(
        Name("old", "clients"),
        mapped,
        (Name("shop", "customers"),),
        (
            ColumnCover("id", mapped),
            ColumnCover("mail", mapped),
            ColumnCover("full_name", Cover.UNEXPLAINED),
        ),
    )
    assert clients.unexplained == ("full_name",)
    none = Cover.UNEXPLAINED
    assert replace(log, location=NOWHERE) == TableCover(
        Name("old", "log"), none, (), (ColumnCover("line", none), ColumnCover("level", none))
    )
    assert replace(orders, location=NOWHERE) == TableCover(
        Name("old", "orders"),
        mapped,
        (Name("shop", "orders"),),
        (
            ColumnCover("id", mapped),  # the key; being used outweighs being ignored
            ColumnCover("client_id", Cover.UNEXPLAINED),
            ColumnCover("no", mapped),
            ColumnCover("total", mapped),
            ColumnCover("note", mapped),  # in the drop rule
        ),
    )
    assert ignored not in {column.cover for column in orders.columns}
    found = [str(problem).partition("configs/")[2] for problem in unexplained(
        (clients, log, orders), project
    )]  # fmt: skip
    assert found == [
        "mappings/customers.yaml:3:11: legacy column old.clients.full_name is neither mapped nor"
        " ignored\n  hint: map it, or write `ignore: {full_name: the reason}`, or `rest:`",
        "legacy/old.yaml:19:3: legacy table old.log is in no mapping, move, archive, drop or"
        " foreign\n  hint: write it under moves:, archive:, drop: or foreign: of a family file",
        "mappings/orders.yaml:4:11: legacy column old.orders.client_id is neither mapped nor"
        " ignored\n  hint: map it, or write `ignore: {client_id: the reason}`, or `rest:`",
    ]


def test_ways_arms_and_other_mappings_explain_columns(tmp_path: Path) -> None:
    orders = """\
table: shop.orders
sources:
  - from: old.orders
    ignore: {id: only a number}
    columns:
      customer_id:
        first_of:
          - {crosswalk: old.clients, key: client_id}
          - {lookup: shop.customers, by: {email: "trim(\\"no\\")"}}
    arms:
      - {arm: one, number: "case when total > '1' then '1' end"}
    key: [note]
  - {from: old.clients, columns: {number: mail, customer_id: 1}, ignore: {full_name: a copy}}
"""
    project = load_project(
        write(
            tmp_path,
            {
                **FILES,
                "mappings/orders.yaml": orders,
                "mappings/customers.yaml": "table: shop.customers\n"
                "sources: [{from: old.clients, columns: {email: mail}}]\n",
            },
        )
    )
    clients, _, covered = coverage(project)
    assert [c.cover for c in covered.columns] == [Cover.IGNORED] + [Cover.MAPPED] * 4
    assert covered.columns[0].reason == "only a number"
    assert clients.feeds == (Name("shop", "customers"), Name("shop", "orders"))
    assert clients.columns[2] == ColumnCover("full_name", Cover.IGNORED, "a copy")


@pytest.mark.parametrize(
    ("written", "text", "offset", "place"),
    [
        ("a + b", "a + b", 4, (2, 8)),
        ("a + b # why", "a + b", 4, (2, 8)),
        ("'''x'' || b'", "'x' || b", 7, (2, 14)),
        ('"\\"x\\" || b"', '"x" || b', 7, (2, 14)),
        ("|\n    a\n    + b", "a\n+ b", 4, (4, 7)),
        ("|-\n    a\n\n      + b", "a\n\n  + b", 7, (5, 9)),
        (">\n    a\n    + b", "a + b", 4, (2, 4)),
        ('"\\u0061 + b"', "a + b", 4, (2, 4)),
        ("&x a + b", "a + b", 4, (2, 4)),
        ("a + b", "a + b", None, (2, 4)),
    ],
)
def test_a_place_inside_a_scalar(
    written: str, text: str, offset: int | None, place: tuple[int, int], tmp_path: Path
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"# first\nx: {written}\n")
    start = Location(str(file), 2, 4)
    assert inside(Expression(text, start), offset) == Location(str(file), *place)


def test_a_place_without_its_file() -> None:
    assert inside(Expression("a", NOWHERE), 0) == NOWHERE
    gone = Location("gone.yaml", 3, 2)
    assert inside(Expression("a", gone), 0) == gone

"""Differences name the object, the property, what was expected and what is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integrity.catalog.drift import differences, fingerprint
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection
from integrity.model import Catalog, Column, Index, Key, Location, Name, Table

TABLE = Table(
    name=Name("s", "t"),
    columns=(Column(name="a", type="integer"), Column(name="b", type="text")),
    uniques=(Key(name="u", columns=("a",)),),
    indexes=(Index(name="i", columns=("a", "b desc")),),
)
CATALOG = Catalog(schemas=("s",), tables=(TABLE,))


def lines(table: Table) -> list[str]:
    return [str(d) for d in differences(CATALOG, replace(CATALOG, tables=(table,)))]


def test_equal_catalogs() -> None:
    assert differences(CATALOG, CATALOG) == ()


def test_columns() -> None:
    changed = (
        Column(name="b", type="text", nullable=False, default="'x'"),
        Column(name="a", type="bigint"),
        Column(name="c", type="text"),
    )
    assert lines(replace(TABLE, columns=changed)) == [
        "table s.t: order of columns is b, a, expected a, b",
        "column s.t.a: type is bigint, expected integer",
        "column s.t.b: default is 'x', expected not set",
        "column s.t.b: nullable is no, expected yes",
        "column s.t.c was not expected",
    ]
    assert lines(replace(TABLE, columns=TABLE.columns[:1])) == ["column s.t.b is missing"]


def test_other_parts() -> None:
    changed = replace(
        TABLE,
        description="new",
        uniques=(),
        primary_key=Key(name="pk", columns=("a",)),
        indexes=(Index(name="i", columns=("a",), where="b IS NULL"),),
    )
    assert lines(changed) == [
        "table s.t: description is new, expected not set",
        "index s.t.i: columns is a, expected a, b desc",
        "index s.t.i: where is b IS NULL, expected not set",
        "primary key s.t.pk was not expected",
        "unique constraint s.t.u is missing",
    ]


def test_whole_objects() -> None:
    other = Catalog(schemas=("s", "z"), unmanaged=("policy s.t.p",))
    assert [str(d) for d in differences(CATALOG, other)] == [
        "unmanaged object policy s.t.p was not expected",
        "table s.t is missing",
        "schema z was not expected",
    ]


def test_what_only_the_toolkit_knows_makes_no_difference() -> None:
    intent = replace(
        TABLE,
        columns=(
            replace(TABLE.columns[0], assigned=True, renamed_from="z"),
            replace(TABLE.columns[1], provenance="key", location=Location("f", 1, 1)),
        ),
        uniques=(),
        natural_key=TABLE.uniques[0],
        renamed_from=Name("s", "old"),
        location=Location("f", 2, 3),
    )
    assert lines(intent) == []
    assert fingerprint(replace(CATALOG, tables=(intent,))) == fingerprint(CATALOG)


def test_every_difference_changes_the_fingerprint() -> None:
    print_ = fingerprint(CATALOG)
    assert len(print_) == 64
    for changed in (
        replace(TABLE, description=""),
        replace(TABLE, indexes=()),
        replace(TABLE, columns=TABLE.columns[::-1]),
        replace(TABLE, uniques=(Key(name="u", columns=("b",)),)),
    ):
        assert fingerprint(replace(CATALOG, tables=(changed,))) != print_


def test_a_real_change(connection: Connection[Any]) -> None:
    connection.execute(
        "create schema s; create table s.t (a integer);"
        " create view s.v as select a from s.t;"
        " create function s.f() returns integer language sql as 'select 1'"
    )
    before = read_catalog(connection, ["s"])
    connection.execute(
        "create or replace view s.v as select a, 2 as b from s.t; drop function s.f()"
    )
    found = differences(before, read_catalog(connection, ["s"]))
    assert [str(d) for d in found] == [
        "function s.f() is missing",
        "view s.v: definition is SELECT a, 2 AS b FROM s.t;, expected SELECT a FROM s.t;",
    ]

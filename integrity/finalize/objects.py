"""What a database holds, by the server's own numbers, and what depends on what.

Parts (defaults, indexes, constraints, triggers, rules, owned sequences, partitions) count as the
object that they are dropped with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrity.catalog.read import quiet_search_path
from integrity.database.connect import Connection
from integrity.model import Name
from integrity.sql.template import render

Number = tuple[int, int]  # oid of the catalog, oid of the object
PG_CLASS = 1259  # the same on every server


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """An object with a DROP of its own. ``kind`` and ``identity``: pg_identify_object.

    ``arguments``: of a function, as the server identifies it by.
    ``special``: a function that serves triggers only, or a sequence that no column owns.
    """

    kind: str
    identity: str
    name: Name = field(compare=False)
    number: Number = field(compare=False)
    arguments: str | None = field(compare=False, default=None)
    special: bool = field(compare=False, default=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.identity}"

    @property
    def holds_rows(self) -> bool:
        """Whether it is a table of any kind."""
        return self.kind in ("table", "foreign table")


@dataclass(frozen=True, slots=True)
class Dependence:
    """``who`` needs ``whom``; ``part`` is the number of the part of ``who`` that does."""

    who: Number
    whom: Number
    part: Number
    by_key: bool  # by a foreign key


@dataclass(frozen=True, slots=True)
class ForeignKeyOf:
    """A foreign key of a table, as the server spells it."""

    number: int
    table: Number
    references: Number
    table_text: str
    name: str  # quoted
    definition: str
    valid: bool
    comment: str | None


@dataclass(frozen=True, slots=True)
class Objects:
    """All objects of a database, what they are parts of, and who depends on whom."""

    things: Mapping[Number, Thing]
    wholes: Mapping[Number, Number]
    dependences: tuple[Dependence, ...]

    def whole(self, number: Number) -> Number:
        """The object that this one is dropped with; itself when it is no part."""
        seen = {number}
        while (up := self.wholes.get(number)) is not None and up not in seen:
            seen.add(up)
            number = up
        return number

    def named(self, names: Iterable[Name], kinds: Iterable[str]) -> dict[Name, Thing]:
        """The objects of some kinds that have these names."""
        wanted, allowed = frozenset(names), frozenset(kinds)
        found = (t for t in self.things.values() if t.kind in allowed and t.name in wanted)
        return {thing.name: thing for thing in found}


def read_objects(conn: Connection[Any]) -> Objects:
    """Everything that users made, as one snapshot shows it; what extensions own is left out."""
    with quiet_search_path(conn):
        things = {
            (class_, oid): Thing(kind, identity, Name(schema, name), (class_, oid), *rest)
            for class_, oid, kind, schema, name, identity, *rest in conn.execute(
                render("finalize.objects.sql")
            )
        }
        wholes = {
            (class_, oid): (up_class, up)
            for class_, oid, up_class, up in conn.execute(render("finalize.parts.sql"))
        }
        rows = conn.execute(render("finalize.depends.sql")).fetchall()
    found = Objects(things, wholes, ())
    dependences = tuple(
        Dependence(who, whom, (class_, oid), by_key)
        for class_, oid, ref_class, ref, by_key in rows
        if (who := found.whole((class_, oid))) != (whom := found.whole((ref_class, ref)))
    )
    return Objects(things, wholes, dependences)


def foreign_keys(conn: Connection[Any], tables: Iterable[Thing]) -> tuple[ForeignKeyOf, ...]:
    """The foreign keys that these tables have."""
    given = {"tables": sorted(table.number[1] for table in tables)}
    with quiet_search_path(conn):
        rows = conn.execute(render("finalize.keys.sql"), given).fetchall()
    return tuple(
        ForeignKeyOf(oid, (PG_CLASS, table), (PG_CLASS, to), *rest)
        for oid, table, to, *rest in rows
    )


def grants(
    conn: Connection[Any], objects: Objects, things: Iterable[Thing]
) -> list[tuple[str, str, str]]:
    """Word of GRANT, identity and privileges of these objects and of their owned sequences."""
    numbers = {thing.number for thing in things}
    every = [t for t in objects.things.values() if objects.whole(t.number) in numbers]
    routines, schemas = ("function", "procedure", "aggregate"), ("schema",)

    def oids(kinds: tuple[str, ...]) -> list[int]:
        return sorted(thing.number[1] for thing in every if thing.kind in kinds)

    given = {
        "relations": sorted(t.number[1] for t in every if t.number[0] == PG_CLASS),
        "routines": oids(routines),
        "types": oids(("type",)),
        "schemas": oids(schemas),
    }
    with quiet_search_path(conn):
        rows = conn.execute(render("finalize.grants.sql"), given).fetchall()
    return [(word, identity, acl) for word, identity, acl in rows]


def describe(conn: Connection[Any], number: Number) -> str:
    """An object in the server's words."""
    row = conn.execute("select pg_catalog.pg_describe_object(%s, %s, 0)", list(number)).fetchone()
    return str(row[0]) if row and row[0] else f"object {number[1]}"

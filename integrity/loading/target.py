"""The table that rows enter, as the server's catalog describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from integrity.config.scalars import parse_name
from integrity.database.connect import Connection, dict_row, translated
from integrity.errors import DriftFailure, Exit, Failure, nearest
from integrity.model import Name
from integrity.sql.template import render

NUMBER = "integrity_number"  # of the row in its chunk, in the table of typed rows
_TEXTS = ("text", "character varying", "bpchar", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetColumn:
    """A column. ``type`` with its modifier, ``cast`` without: an explicit cast would cut a text.

    ``base``: the type below domains. ``default``: the expression for a row that does not have the
    column; None where NULL stands in. ``given``: who makes the value when it is always the
    server, else empty.
    """

    name: str
    type: str
    cast: str
    base: str
    required: bool
    default: str | None
    given: str
    array: bool
    comparable: bool
    cuts: bool

    @property
    def json(self) -> bool:
        """Whether the column takes JSON as it is."""
        return self.base in ("json", "jsonb")

    @property
    def text(self) -> bool:
        """Whether a text is assigned as it is, without a cast."""
        return self.base in _TEXTS

    @property
    def moment(self) -> bool:
        """Whether words such as now and today would be read as a moment."""
        return self.base.startswith(("date", "time", "tsrange", "tstz", "tsmulti"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A unique index over plain columns and all rows."""

    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A foreign key to another table."""

    name: str
    columns: tuple[str, ...]
    parent: Name
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check constraint; ``columns`` are those that it reads."""

    name: str
    columns: tuple[str, ...]
    expression: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table and what must hold for its rows."""

    name: Name
    oid: int
    columns: tuple[TargetColumn, ...]
    uniques: tuple[Unique, ...]
    foreigns: tuple[Foreign, ...]
    checks: tuple[Check, ...]
    sequences: tuple[int, ...]

    @cached_property
    def by_name(self) -> Mapping[str, TargetColumn]:
        """Columns by name."""
        return {column.name: column for column in self.columns}


def target_of(conn: Connection[Any], text: str) -> Target:
    """The table ``schema.name``. Raises DriftFailure when there is none, with the nearest name."""
    name = parse_name(text)
    if name is None:
        failure = Failure(f"{text!r} is no table", hint="write schema.table")
        failure.exit_code = Exit.USAGE
        raise failure
    with translated(f"read table {name}"), conn.cursor(row_factory=dict_row) as cursor:
        given = {"schema": name.schema, "table": name.name}
        row = cursor.execute(render("loading.target.sql"), given).fetchone()
        if row is None:
            raise _missing(conn, name)
    if row["kind"] not in ("r", "p"):
        raise DriftFailure(f"{name} is no table", hint="rows enter tables, not views")
    target = Target(
        name=name,
        oid=row["oid"],
        columns=tuple(TargetColumn(**one) for one in row["columns"]),
        uniques=tuple(Unique(**(one | _tuples(one))) for one in row["uniques"]),
        foreigns=tuple(map(_foreign, row["foreigns"])),
        checks=tuple(Check(**(one | _tuples(one))) for one in row["checks"]),
        sequences=tuple(row["sequences"]),
    )
    if NUMBER in target.by_name:
        raise DriftFailure(f"{name} has a column {NUMBER}, which the toolkit uses itself")
    return target


def _tuples(one: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) for key, value in one.items() if isinstance(value, list)}


def _foreign(one: dict[str, Any]) -> Foreign:
    parent = Name(one.pop("parent_schema"), one.pop("parent_name"))
    return Foreign(parent=parent, **(one | _tuples(one)))


def _missing(conn: Connection[Any], name: Name) -> DriftFailure:
    rows = conn.execute(render("loading.tables_there.sql")).fetchall()
    return DriftFailure(
        f"there is no table {name}", hint=nearest(str(name), (str(Name(*row)) for row in rows))
    )

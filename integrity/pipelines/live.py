"""Tables as they stand in the database that a pipeline works on: the truth about types and keys."""

from __future__ import annotations

from typing import Any

from integrity.database.connect import Connection
from integrity.errors import DriftFailure, nearest
from integrity.model import Check, Column, Key, Name, Table
from integrity.sql.template import render


def standing(conn: Connection[Any], name: Name) -> bool:
    """Whether a table of that name stands there and is not frozen by a migration."""
    row = conn.execute(render("pipeline.table.sql", name=name).encode()).fetchone()
    return bool(row and row[0] and not row[1])


def live_table(
    conn: Connection[Any], name: Name, declared: Table | None = None, *, written: bool = True
) -> Table:
    """The table of that name. Raises DriftFailure when it is not there, frozen, or lacks columns.

    ``declared``: the contract or unified table that the configuration means. ``written``: False
    for one that is only read, so that a migration may have frozen it.
    """
    row = conn.execute(render("pipeline.table.sql", name=name).encode()).fetchone()
    if row is None or not row[0]:
        raise DriftFailure(
            f"there is no table {name} in this database",
            hint="a unified table stands after integrity apply; see integrity status",
        )
    _, frozen, columns, constraints = row
    if frozen and written:
        raise DriftFailure(
            f"{name} is frozen by a migration: rows of legacy no longer change",
            hint="run the pipeline over the unified tables",
        )
    table = _table(name, columns, constraints)
    _check_declared(table, declared)
    return table


def _check_declared(table: Table, declared: Table | None) -> None:
    have = [column.name for column in table.columns]
    for column in declared.columns if declared else ():
        if column.name not in have:
            raise DriftFailure(
                f"{table.name} has no column {column.name!r} in this database",
                hint=nearest(column.name, have) or "compare with integrity inspect --check",
            )


def _table(name: Name, columns: list[Any], constraints: list[Any]) -> Table:
    keys = {kind: [k for k in constraints if k["kind"] == kind] for kind in "puc"}
    return Table(
        name=name,
        columns=tuple(_column(one) for one in columns),
        primary_key=next((_key(one) for one in keys["p"]), None),
        uniques=tuple(_key(one) for one in keys["u"]),
        checks=tuple(Check(name=k["name"], expression=k["expression"]) for k in keys["c"]),
    )


def _column(one: dict[str, Any]) -> Column:
    generated = one["expression"] if one["generated"] else None
    return Column(
        name=one["name"],
        type=one["type"],
        nullable=one["nullable"],
        default=None if one["generated"] else one["expression"],
        generated=generated,
        identity=one["identity"],
    )


def _key(one: dict[str, Any]) -> Key:
    return Key(name=one["name"], columns=tuple(one["columns"]))

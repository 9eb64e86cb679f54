"""Columns in a form that can be compared: some types of PostgreSQL have no equality or no hash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from integrity.model import Column
from integrity.sql.quote import ident

_BY_TEXT = ("json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle")


def hashable(column: Column, *, of: str = "t") -> str:
    """The column of row ``of`` in a form that has a hash and an equality."""
    name = f"{of}.{ident(column.name)}"
    return f"{name}::text" if _by_text(column.type) else name


def same(one: str, other: str, type_name: str) -> str:
    """A comparison that every type has: two NULLs are the same."""
    if _by_text(type_name):
        return f"({one})::text is not distinct from ({other})::text"
    return f"({one}) is not distinct from ({other})"


def compared(columns: Iterable[Column], *rows: str) -> list[dict[str, Any]]:
    """For a template: the name of each column, and its comparable form in each of the rows."""
    return [
        {"name": column.name} | {row: hashable(column, of=row) for row in rows}
        for column in columns
    ]


def _by_text(type_name: str) -> bool:
    return type_name.split("(")[0].rstrip("[]") in _BY_TEXT

"""Columns in a form that can be compared.

Some types of PostgreSQL have no equality or no hash, and for some two values that are equal are
not the same: 30 days equal 1 month. What is lost when one of them takes the place of the other
would go unseen, so such values are compared by their texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from integrity.mapping.layout import Layout
from integrity.model import Column
from integrity.sql.quote import ident, qualified
from integrity.sql.types import exact_equality, is_number


def hashable(column: Column, *, of: str = "t") -> str:
    """The column of row ``of`` in a form that has a hash, and is equal for one value only."""
    name = f"{of}.{ident(column.name)}"
    if not exact_equality(column.type):
        return f"{name}::text"
    return f'{name} collate "C"' if column.collation else name


def same(one: str, other: str, type_name: str) -> str:
    """A comparison that every type has: two NULLs are the same, and so are 1.5 and 1.50."""
    if exact_equality(type_name) or is_number(type_name):
        return f"({one}) is not distinct from ({other})"
    return f"({one})::text is not distinct from ({other})::text"


def as_jsonb(columns: Iterable[Column], layout: Layout) -> str:
    """The function that turns a row with these columns into jsonb: json holds what jsonb cannot."""
    types = {column.type.rstrip("[]") for column in columns}
    return qualified(layout.toolkit("as_jsonb")) if "json" in types else "to_jsonb"


def compared(columns: Iterable[Column], *rows: str) -> list[dict[str, Any]]:
    """For a template: the name of each column, and its comparable form in each of the rows."""
    return [
        {"name": column.name} | {row: hashable(column, of=row) for row in rows}
        for column in columns
    ]

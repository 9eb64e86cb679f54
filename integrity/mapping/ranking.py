"""Orders that decide: in which rows are numbered, and in which candidates are asked for values.

Both sides, load and expectation, take them from here: they are part of what a mapping says.
"""

from __future__ import annotations

from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Column
from integrity.sql.quote import ident

_TEXTS = ("text", "character varying", "character", "name")


def sortable(column: Column) -> str:
    """The column in an order that is the same on every server: texts by code point."""
    text = column.type.startswith(_TEXTS) and not column.type.endswith("[]")
    return f'{ident(column.name)} collate "C"' if text else ident(column.name)


def preference(
    mapping: ResolvedMapping, column: Column, alias: str, *, number: str = "integrity_candidate"
) -> str:
    """The order in which candidates are asked for the value of a column."""
    prefer = mapping.mapping.survivorship.columns.get(column.name)
    number = f"{alias}.{number}"
    if not prefer:
        return number
    ranks = {source.table: source.rank for source in mapping.sources}
    listed = ", ".join(str(ranks[name]) for name in prefer)
    place = f"array_position(array[{listed}], {alias}.integrity_source::integer)"
    return f"{place} nulls last, {number}"


def surviving(
    mapping: ResolvedMapping, column: Column, *, number: str = "integrity_candidate"
) -> dict[str, str]:
    """A column of merged candidates ``m``: its name, the order of preference, and its array type
    when it is one, since arrays are aggregated as text (the server would nest them)."""
    array = column.type if column.type.endswith("]") else ""
    asked = next((one.column for one in mapping.deferred if one.carried == column), column)
    order = preference(mapping, asked, "m", number=number)
    return {"name": column.name, "order": order, "array": array}

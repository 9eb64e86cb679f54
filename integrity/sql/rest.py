"""The rest of a row: columns that no value reads, as one JSON object, and each of them back.

A column stands in it under its own name when it is not NULL. JSON numbers, booleans and texts keep
the values of the plain types; a jsonb column stands as the JSON it holds; any other type stands as
its text, which the type reads again. So ``rest ->> 'column'`` cast to the column's type is the
value that stood there. Sessions of the toolkit have TimeZone UTC and DateStyle ISO.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from re import compile as pattern

from integrity.model import Column, Table
from integrity.sql.quote import ident, literal

# A call takes at most 100 arguments: FUNC_MAX_ARGS of the server.
_PAIRS = 50
_PLAIN = frozenset(
    (
        "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean",
        "text", "character varying", "character", "uuid", "date",
        "time without time zone", "timestamp without time zone", "timestamp with time zone",
        "time with time zone", "timestamptz", "timestamp", "varchar", "int",
    )
)  # fmt: skip
_MODIFIER = pattern(r"\(\d+(,-?\d+)?\)")


def rest_sql(columns: Sequence[Column]) -> str:
    """The expression that makes the rest of these columns; NULL when all of them are NULL."""
    if not columns:
        return "null::jsonb"
    parts = [*_stripped(columns), *_documents(columns)]
    return f"nullif({' || '.join(parts)}, '{{}}'::jsonb)"


def rest_columns(text: str, reads: Iterable[str], table: Table) -> tuple[Column, ...]:
    """The columns of ``table`` that an expression makes the rest of; () for any other one."""
    if not text.startswith("nullif(") or "jsonb_build_object" not in text:
        return ()
    names = frozenset(reads)
    columns = tuple(column for column in table.columns if column.name in names)
    return columns if text == rest_sql(columns) else ()


def from_rest(column: Column, value: str) -> str:
    """SQL for the text, or the document, of a column out of the rest ``value``, an operand."""
    arrow = "->" if column.type == "jsonb" else "->>"
    return f"({value} {arrow} {literal(column.name)})"


def _stripped(columns: Sequence[Column]) -> Iterator[str]:
    """What must not keep its NULLs. No document is among it: its own NULLs would go too."""
    plain = [column for column in columns if column.type != "jsonb"]
    for at in range(0, len(plain), _PAIRS):
        pairs = (_pair(column) for column in plain[at : at + _PAIRS])
        yield f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))"


def _documents(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        if column.type == "jsonb":
            name = ident(column.name)
            made = f"jsonb_build_object({literal(column.name)}, {name})"
            yield f"case when {name} is null then '{{}}'::jsonb else {made} end"


def _pair(column: Column) -> str:
    name = ident(column.name)
    plain = _MODIFIER.sub("", column.type) in _PLAIN
    return f"{literal(column.name)}, {name if plain else f'{name}::text'}"

"""Rows of a chunk into a work table of the session, by binary COPY.

The table is temporary: it writes no WAL, and a killed load leaves nothing behind. Values arrive as
texts; what becomes of them is decided by the server, which knows the types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrity.database.connect import Connection
from integrity.loading.model import Fault, Row
from integrity.loading.target import NUMBER, TargetColumn
from integrity.sql.template import render

_COPY = "copy pg_temp.integrity_load_rows from stdin (format binary)"

_EMPTY = (
    "truncate pg_temp.integrity_load_rows, pg_temp.integrity_load_typed,"
    " pg_temp.integrity_load_refused"
)


def make_stage(conn: Connection[Any], columns: Sequence[TargetColumn]) -> None:
    """Create the work tables for these columns, in place of earlier ones."""
    conn.execute(render("loading.stage.sql", number=NUMBER, columns=columns))


def fill(conn: Connection[Any], rows: Sequence[Row], columns: Sequence[TargetColumn]) -> None:
    """Replace what is staged by these rows, numbered from 0. Those with a fault are left out."""
    conn.execute(_EMPTY)
    with conn.cursor().copy(_COPY) as copy:
        copy.set_types(["int8", "int2[]", *["text"] * len(columns)])
        for number, row in enumerate(rows):
            if row.fault is None:
                copy.write_row([number, list(row.absent) or None, *row.values])


def storable(
    rows: Sequence[Row], columns: Sequence[TargetColumn]
) -> tuple[Sequence[Row], Mapping[int, Fault]]:
    """The rows, those with a value that no text of PostgreSQL can be marked with their fault."""
    joined = "".join([value for row in rows for value in row.values if value])
    if _why(joined) is None:
        return rows, {n: row.fault for n, row in enumerate(rows) if row.fault}
    marked = [row if row.fault else row._replace(fault=_fault(row, columns)) for row in rows]
    return marked, {n: row.fault for n, row in enumerate(marked) if row.fault}


def _fault(row: Row, columns: Sequence[TargetColumn]) -> Fault | None:
    for value, column in zip(row.values, columns, strict=True):
        why = _why(value or "")
        if why is not None:
            return Fault("text", column.name, why)
    return None


def _why(text: str) -> str | None:
    if "\0" in text:
        return "holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        one = ord(text[error.start])
        byte = f"byte 0x{one - 0xDC00:02x}" if 0xDC80 <= one <= 0xDCFF else f"U+{one:04X}"
        return f"is not UTF-8 text: {byte}"
    return None

"""The table of breakers, which processes share. A change is one short transaction.

Times are the server's: a cell counts in seconds from now, and the server turns them into moments.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.pipelines.breaker import CLOSED, KINDS, OPEN, Cell
from integrity.pipelines.toolkit import has_toolkit
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerState:
    """A breaker as it stands in the table. ``since``: when it came into its state."""

    pipeline: str
    what: str
    state: str
    since: datetime
    failures: int
    successes: int
    retry_at: datetime | None
    reason: str | None

    def as_json(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {
            "pipeline": self.pipeline,
            "what": self.what,
            "state": self.state,
            "since": self.since.isoformat(),
            "failures": self.failures,
            "successes": self.successes,
            "retry_at": self.retry_at.isoformat() if self.retry_at else None,
            "reason": self.reason,
        }


def breaker_states(conn: Connection[Any], schema: str) -> tuple[BreakerState, ...]:
    """Every breaker that ever changed, by pipeline; none before the first run of any."""
    if not has_toolkit(conn, schema):
        return ()
    return tuple(
        BreakerState(**{name: row[name] for name in BreakerState.__dataclass_fields__})
        for row in _rows(conn, schema, None)
    )


def read_cells(conn: Connection[Any], schema: str, pipeline: str) -> dict[str, Cell]:
    """The breakers of a pipeline by kind; those that have no row are closed."""
    found = {row["what"]: _cell(row) for row in _rows(conn, schema, pipeline)}
    return {what: found.get(what) or Cell(what=what) for what in KINDS}


@contextmanager
def changing(conn: Connection[Any], schema: str, pipeline: str) -> Iterator[dict[str, Cell]]:
    """The breakers of a pipeline to be changed by the block, which nobody else does meanwhile."""
    with conn.transaction():
        given = {"pipeline": pipeline, "kinds": list(KINDS)}
        conn.execute(render("breaker.add.sql", schema=schema).encode(), given)
        cells = {row["what"]: _cell(row) for row in _rows(conn, schema, pipeline, lock=True)}
        before = {what: (cell.values(), cell.retry_at) for what, cell in cells.items()}
        yield cells
        for what, cell in cells.items():
            if (cell.values(), cell.retry_at) != before[what]:
                _write(conn, schema, pipeline, cell)


def close_breakers(conn: Connection[Any], schema: str, pipeline: str) -> tuple[str, ...]:
    """Close the breakers of a pipeline by hand; the kinds that were not closed."""
    if not has_toolkit(conn, schema):
        return ()
    closed = []
    with translated(f"close the breakers of {pipeline}"), changing(conn, schema, pipeline) as cells:
        for what, cell in cells.items():
            if cell.state != CLOSED or cell.failures:
                closed += [what] if cell.state != CLOSED else []
                cells[what] = Cell(what=what)
    return tuple(closed)


def _rows(
    conn: Connection[Any], schema: str, pipeline: str | None, *, lock: bool = False
) -> list[dict[str, Any]]:
    sql = render("breaker.read.sql", schema=schema, lock=lock)
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.encode(), {"pipeline": pipeline}).fetchall()


def _cell(row: dict[str, Any]) -> Cell:
    now = time.monotonic()
    return Cell(
        what=row["what"],
        state=row["state"],
        failures=row["failures"],
        successes=row["successes"],
        reason=row["reason"],
        begun=now - row["age"],
        retry_at=None if row["retry_in"] is None else now + row["retry_in"],
    )


def _write(conn: Connection[Any], schema: str, pipeline: str, cell: Cell) -> None:
    values = {
        "pipeline": pipeline,
        "what": cell.what,
        "state": cell.state,
        "failures": cell.failures,
        "successes": cell.successes,
        "reason": cell.reason,
        "age": cell.age,
        "retry_in": cell.retry_in if cell.state == OPEN else None,
    }
    conn.execute(render("breaker.write.sql", schema=schema).encode(), values)

"""What became of later changes in a rollback: how many returned, and where the others are kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row
from integrity.model import Name
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The later changes of one kind (inserted, updated, deleted) that a rollback found in a table.

    ``changes`` = ``returned`` + ``retained``, in rows; ``counted_at`` tells rollbacks apart.
    """

    migration: str
    table: str
    change: str
    changes: int
    returned: int
    retained: int
    counted_at: datetime

    @property
    def returned_percent(self) -> float:
        """With one decimal, cut: 100 means all."""
        return self.returned * 1000 // self.changes / 10

    @property
    def retained_percent(self) -> float:
        """The rest of 100."""
        return round(100 - self.returned_percent, 1)

    def as_json(self) -> dict[str, Any]:
        """The share as JSON values."""
        shares = {
            "returned_percent": self.returned_percent,
            "retained_percent": self.retained_percent,
        }
        return asdict(self) | shares | {"counted_at": self.counted_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Undone:
    """A side table with the values of something that a rollback dropped, and its rows."""

    table: str
    rows: int


def shares(conn: Connection[Any], schema: str) -> tuple[Share, ...]:
    """The shares of the last rollback of each migration that found later changes."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(render("status.returned.sql", schema=schema)).fetchall()
    return tuple(Share(**row) for row in found)


def undone(conn: Connection[Any], schema: str) -> tuple[Undone, ...]:
    """The side tables that rollbacks left."""
    names = conn.execute(render("status.undone.sql", schema=schema)).fetchall()
    return tuple(_counted(conn, Name(schema, name)) for (name,) in names)


def _counted(conn: Connection[Any], table: Name) -> Undone:
    row = conn.execute(render("status.rows.sql", table=table)).fetchone()
    assert row is not None
    return Undone(str(table), row[0])

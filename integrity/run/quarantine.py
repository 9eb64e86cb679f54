"""The quarantine as it is read: rejected candidates, each with its reason and its source row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.run.journal import Journal
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rejected candidate, in short. ``column_name`` may also name a check or a rung."""

    quarantine_id: int
    mapping: str
    source: str
    source_key: str
    arm: str
    reason: str
    column_name: str
    detail: str
    replayed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details(Entry):
    """One rejected candidate, whole."""

    migration: str
    expression: str
    candidate: dict[str, Any] | None
    source_row: dict[str, Any] | None
    quarantined_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON values; moments in ISO 8601."""
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Listing:
    """The first entries, and how many there are in all."""

    entries: tuple[Entry, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rejected candidates of one table, source, reason and column; ``examples`` are details."""

    mapping: str
    source: str
    reason: str
    column_name: str
    count: int
    examples: tuple[str, ...]


def listed(
    conn: Connection[Any], schema: str, *, examples: int = 3, replayed: bool = False
) -> tuple[Group, ...]:
    """The quarantine in groups, the largest first, each with some examples."""
    given = {"examples": examples, "replayed": replayed}
    rows = _rows(conn, schema, "quarantine.groups.sql", given)
    return tuple(Group(**(row | {"examples": tuple(row["examples"])})) for row in rows)


def entries(
    conn: Connection[Any],
    schema: str,
    *,
    mapping: str | None = None,
    source: str | None = None,
    reason: str | None = None,
    replayed: bool = False,
    limit: int | None = None,
) -> Listing:
    """Entries by table, source and reason. ``replayed``: also those that were replayed since."""
    given = {"mapping": mapping, "source": source, "reason": reason, "replayed": replayed}
    rows = _rows(conn, schema, "quarantine.list.sql", given | {"limit": limit})
    total = rows[0]["total"] if rows else 0
    return Listing(
        tuple(Entry(**{k: v for k, v in row.items() if k != "total"}) for row in rows), total
    )


def entry(conn: Connection[Any], schema: str, number: int) -> Details | None:
    """The entry of that number, or None."""
    rows = _rows(conn, schema, "quarantine.show.sql", {"number": number})
    return Details(**rows[0]) if rows else None


def _rows(
    conn: Connection[Any], schema: str, template: str, given: dict[str, Any]
) -> list[dict[str, Any]]:
    if not Journal(schema=schema, migration="", direction="apply").exists(conn):
        return []
    with translated("read the quarantine"), conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(render(template, schema=schema), given).fetchall()

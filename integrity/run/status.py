"""What the toolkit's tables say about a database: migrations, ledger, and what was kept aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.run.journal import Journal
from integrity.run.locks import Holder, lock_holder
from integrity.run.returned import Share, Undone, shares, undone
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationStatus:
    """Where a migration stands.

    ``state``: applied, applying, rolling back, rolled back, or new when no step is done.
    ``running`` is false for one that was interrupted on its way. ``open_steps`` had begun and
    not ended, ``last_step`` was the last to end.
    """

    migration: str
    state: str
    running: bool
    applied_at: datetime | None
    plan_hash: str | None
    steps_done: int
    open_steps: tuple[str, ...]
    last_step: str | None
    run_id: int | None
    outcome: str | None
    started_at: datetime | None
    finished_at: datetime | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTotal:
    """The ledger of one mapping over all sources and arms; ``open`` sums absolute values."""

    migration: str
    mapping: str
    candidates: int
    inserted: int
    merged: int
    quarantined: int
    dropped: int
    empty: int
    moved: int
    archived: int
    open: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows were kept aside for one table (``name``) and one reason (``what``).

    ``kind`` is quarantine (``what``: the reason; not replayed yet), conflict (the column) or
    retained (the change).
    """

    kind: str
    name: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Status:
    """All of it. ``holder`` is the session that runs a migration at this moment.

    ``shares``: what became of later changes in rollbacks; ``undone``: tables with values of what
    rollbacks dropped.
    """

    migrations: tuple[MigrationStatus, ...] = ()
    ledger: tuple[LedgerTotal, ...] = ()
    kept: tuple[Kept, ...] = ()
    holder: Holder | None = None
    shares: tuple[Share, ...] = ()
    undone: tuple[Undone, ...] = ()

    def count(self, kind: str) -> int:
        """How many rows of a kind were kept aside."""
        return sum(one.count for one in self.kept if one.kind == kind)

    def as_json(self) -> dict[str, Any]:
        """The status as JSON values; moments in ISO 8601."""
        found: dict[str, Any] = _plain(asdict(self))
        return found | {"shares": [one.as_json() for one in self.shares]}


def status(conn: Connection[Any], toolkit_schema: str) -> Status:
    """The status of a database, empty when the toolkit never ran on it; one snapshot."""
    with translated("read the status"), conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        holder = lock_holder(conn)
        if not Journal(schema=toolkit_schema, migration="", direction="apply").exists(conn):
            return Status(holder=holder)
        migrations = _rows(conn, toolkit_schema, "status.migrations.sql")
        return Status(
            tuple(_migration(row, running=holder is not None) for row in migrations),
            tuple(LedgerTotal(**r) for r in _rows(conn, toolkit_schema, "status.ledger.sql")),
            tuple(Kept(**r) for r in _rows(conn, toolkit_schema, "status.kept.sql")),
            holder,
            shares(conn, toolkit_schema),
            undone(conn, toolkit_schema),
        )


def _rows(conn: Connection[Any], schema: str, template: str) -> Iterable[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(render(template, schema=schema)).fetchall()


def _migration(row: dict[str, Any], *, running: bool) -> MigrationStatus:
    state = _state(row)
    back = state in ("rolling back", "rolled back")
    return MigrationStatus(
        migration=row["migration"],
        state=state,
        running=running and row["outcome"] == "running",
        applied_at=row["applied_at"],
        plan_hash=row["plan_hash"],
        steps_done=row["backward_done" if back else "forward_done"],
        open_steps=tuple(row["open_steps"]),
        last_step=row["last_step"],
        run_id=row["run_id"],
        outcome=row["outcome"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        detail=row["detail"],
    )


def _state(row: dict[str, Any]) -> str:
    if row["backward"]:
        return "rolling back" if row["forward"] else "rolled back"
    if row["applied"]:
        return "applied"
    return "applying" if row["forward"] else "new"


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case datetime():
            return value.isoformat()
        case _:
            return value

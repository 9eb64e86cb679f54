"""What the mappings would do to the rows that are there now: ``plan --data``.

The load runs for real, by the steps that ``apply`` will run, in one transaction that is always
rolled back. So every figure is exact, and nothing is left behind but dead space that the server
reuses. Sources are read, not locked; a migration that runs at the same time is refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from integrity.database.connect import Connection, connect, translated
from integrity.errors import LockedFailure
from integrity.model import Migration, Name, Settings, StageKind, Step
from integrity.operations.context import step_id
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY
from integrity.plan.model import (
    ConflictGroup,
    Example,
    LedgerLine,
    MappingProfile,
    MappingSummary,
    RejectGroup,
)
from integrity.sql.template import render

EXAMPLES = 5
_LEDGER = [
    "candidates",
    "inserted",
    "merged",
    "quarantined",
    "dropped",
    "empty",
    "moved",
    "archived",
]


class Watch(Protocol):
    """Who is told how far it is; ``run.progress.Progress`` is one."""

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """It begins."""

    def step_started(self, step: str) -> None:
        """A step begins."""

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """A step is done."""

    def end(self) -> None:
        """It is over, in whatever way."""


def profile(
    url: str,
    migration: Migration,
    mappings: Sequence[MappingSummary],
    settings: Settings,
    *,
    watch: Watch,
) -> tuple[MappingProfile, ...]:
    """Run the load of ``migration`` and undo it; one profile per mapping that loads rows.

    Raises LockedFailure when a run is in progress, and DatabaseFailure.
    """
    steps = tuple(_steps(migration, mappings))
    watch.begin(f"count what {migration.stem} would do", steps=len(steps), done=0)
    try:
        with (
            connect(url, application_name="integrity plan") as conn,
            translated("count rows"),
            conn.transaction(force_rollback=True),
        ):
            _prepare(conn, settings)
            seconds = _run(conn, steps, watch)
            return tuple(
                _read(conn, settings.toolkit_schema, migration, one.table, seconds)
                for one in mappings
            )
    finally:
        watch.end()


def _steps(migration: Migration, mappings: Sequence[MappingSummary]) -> Iterator[Step]:
    """All that loading needs. What stops a run (budgets, ledgers) is reported instead."""
    stops = {step_id("load", one.table, "balance") for one in mappings}
    for stage in migration.stages:
        for step in stage.steps:
            match stage.kind:
                case StageKind.PREPARE if step.table is None:  # freezing belongs to tables
                    yield step
                case StageKind.CREATE:
                    yield step
                case StageKind.LOAD if step.id not in stops:
                    yield step
                case _:
                    pass


def _prepare(conn: Connection[Any], settings: Settings) -> None:
    row = conn.execute(
        "select pg_catalog.pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK_KEY]
    ).fetchone()
    if not row or not row[0]:
        raise LockedFailure(
            "another run is in progress on this database", hint="plan without --data, or wait"
        )
    limits = {
        "lock_timeout": f"{settings.lock_timeout_ms}ms",
        "statement_timeout": f"{settings.statement_timeout_ms}ms",
        "client_min_messages": "warning",
    }
    for name, value in limits.items():
        conn.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])


def _run(conn: Connection[Any], steps: Sequence[Step], watch: Watch) -> dict[Name, float]:
    """Seconds per table."""
    seconds: dict[Name, float] = {}
    for step in steps:
        begin, rows = time.monotonic(), 0
        watch.step_started(step.title)
        for statement in step.statements:
            cursor = conn.execute(statement.sql.encode())
            if statement.slices is not None:
                rows += max(cursor.rowcount, 0)
        spent = time.monotonic() - begin
        if step.table is not None:
            seconds[step.table] = seconds.get(step.table, 0.0) + spent
        watch.step_done(step.title, rows=rows, seconds=spent)
    return seconds


def _read(
    conn: Connection[Any],
    schema: str,
    migration: Migration,
    table: Name,
    seconds: Mapping[Name, float],
) -> MappingProfile:
    given = {"migration": migration.stem, "mapping": str(table), "examples": EXAMPLES}

    def rows(template: str) -> list[tuple[Any, ...]]:
        return conn.execute(render(template, schema=schema), given).fetchall()

    return MappingProfile(
        table=table,
        ledger=tuple(_ledger(rows("plan.ledger.sql"))),
        rejects=tuple(_rejects(rows("plan.rejects.sql"))),
        conflicts=tuple(_conflicts(rows("plan.conflicts.sql"))),
        seconds=round(seconds.get(table, 0.0), 3),
    )


def _ledger(rows: list[tuple[Any, ...]]) -> Iterator[LedgerLine]:
    for source, arm, *counts in rows:
        yield LedgerLine(source=source, arm=arm, **dict(zip(_LEDGER, counts, strict=True)))


def _rejects(rows: list[tuple[Any, ...]]) -> Iterator[RejectGroup]:
    for (source, reason, column, expression, count), group in groupby(rows, lambda row: row[:5]):
        yield RejectGroup(
            source=source,
            reason=reason,
            column=column,
            expression=expression,
            count=count,
            examples=tuple(
                Example(source=source, source_key=key, arm=arm, value=detail)
                for *_, key, arm, detail in group
            ),
        )


def _conflicts(rows: list[tuple[Any, ...]]) -> Iterator[ConflictGroup]:
    for (column, count), group in groupby(rows, lambda row: row[:2]):
        yield ConflictGroup(
            column=column,
            count=count,
            examples=tuple(
                Example(
                    source=source,
                    source_key=key,
                    arm=arm,
                    value=value,
                    survived=survived,
                    survived_from=survived_from,
                )
                for _, _, source, key, arm, value, survived, survived_from in group
            ),
        )

"""What one worker does: a step, or a part of one, in a transaction with its journal row.

A step runs whole when all of its statements may run in a transaction and none is worth cutting.
Else it is opened statement by statement: its parts are recorded first, then run, in any order
and on any connection, and each commits together with the mark that it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, TypeAlias, TypeVar, assert_never

from integrity.database.connect import Cursor
from integrity.model import Settings, Slices, Statement, Step
from integrity.run.concurrent_index import recheck
from integrity.run.journal import WHOLE, Journal, Session, Slice
from integrity.run.locks import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    SERIALIZATION,
    Clock,
    Holder,
    Retry,
    with_retry,
)

Value = TypeVar("Value")

TRANSIENT = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK})
TRANSIENT_SLICE = TRANSIENT | {SERIALIZATION}

_LIMITS = """
select pg_catalog.set_config('lock_timeout', %(lock)s, %(local)s),
    pg_catalog.set_config('statement_timeout', %(statement)s, %(local)s),
    pg_catalog.set_config('client_min_messages', 'warning', %(local)s)
"""
# For the builds of indexes that run outside a transaction.
_SORTED_IN_MEMORY = "select pg_catalog.set_config('maintenance_work_mem', '256MB', false)"
# The journal commits in the same order, so a crash loses the end of both alike. The last commit
# of a run waits for the disk, and with it all before.
_ASYNCHRONOUS = "select pg_catalog.set_config('synchronous_commit', 'off', true)"


class Stopped(Exception):
    """The run is being stopped; this worker undid what it had begun."""


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a statement of a step; a step that needs no cutting runs to its end here."""

    step: Step
    number: int
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of a statement, or the whole of a statement that is not cut."""

    step: Step
    number: int
    slice: Slice
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """All statements are done: journal the step."""

    step: Step


Task: TypeAlias = Open | Part | Close


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of a statement, finished ones included."""

    parts: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A part, or the whole step when ``step`` is true, has committed."""

    rows: int
    step: bool


Result: TypeAlias = Opened | Done


@dataclass(slots=True)
class Run:
    """What all workers of a run share."""

    journal: Journal
    settings: Settings
    plan_hash: str
    retry: Retry
    stop: Event
    clock: Clock
    run_id: int | None = None  # unknown until the first step has created the tables
    blockers: dict[int, tuple[Holder, ...]] = field(default_factory=dict)  # by backend


@dataclass(slots=True)
class Worker:
    """Performs tasks on one connection in autocommit."""

    conn: Session
    run: Run

    def perform(self, task: Task) -> Result:
        """Do a task. Raises the server's error, LockedFailure, or Stopped."""
        self.run.blockers.pop(self.conn.info.backend_pid, None)
        match task:
            case Open():
                return self._open(task)
            case Part():
                return Done(self._part(task), step=False)
            case Close():
                return Done(self._transact(task.step, lambda: self._close(task.step)), step=True)
            case _:
                assert_never(task)

    def _open(self, task: Open) -> Result:
        step, number = task.step, task.number
        if task.resumed:
            parts = self.run.journal.slices(self.conn, step, number)
            if parts:
                return Opened(tuple(parts))
        elif number == 0 and not self._wanted(step):
            return self._whole(step, ())
        elif number == 0 and all(one.transactional for one in step.statements):
            ranges = [self._ranges(one) for one in step.statements]
            if all(len(found) <= 1 for found in ranges):
                return self._whole(step, step.statements)
        return Opened(self._transact(step, lambda: self._plan(step, number)))

    def _wanted(self, step: Step) -> bool:
        """Whether the step's condition holds; without one it always does."""
        if not step.only_if:
            return True
        row = self.conn.execute(f"select ({step.only_if}) is true").fetchone()
        return bool(row and row[0])

    def _whole(self, step: Step, statements: Sequence[Statement]) -> Done:
        def run() -> tuple[int, int]:
            rows = sum(self._execute(one.sql) for one in statements)
            run_id, journal = self.run.run_id, self.run.journal
            if run_id is None:
                run_id = journal.begin_run(self.conn, self.run.plan_hash)
            journal.write(self.conn, step, "done", run_id=run_id, rows=rows)
            return rows, run_id

        rows, self.run.run_id = self._transact(step, run)
        return Done(rows, step=True)

    def _plan(self, step: Step, number: int) -> tuple[Slice, ...]:
        ranges = self._ranges(step.statements[number])
        parts = tuple(ranges) if len(ranges) > 1 else (WHOLE,)
        self.run.journal.plan_slices(self.conn, step, number, parts)
        self.run.journal.write(self.conn, step, "started", run_id=self.run.run_id)
        return parts

    def _close(self, step: Step) -> int:
        rows = self.run.journal.slice_rows(self.conn, step)
        self.run.journal.write(self.conn, step, "done", run_id=self.run.run_id, rows=rows)
        return rows

    def _part(self, task: Part) -> int:
        statement = task.step.statements[task.number]
        if not statement.transactional:
            return self._alone(task, statement)

        def run() -> int:
            if task.slice.whole or statement.slices is None:
                rows = self._execute(statement.sql)
            else:
                ends = {"low": task.slice.low, "high": task.slice.high}
                rows = self._execute(statement.slices.sql, ends)
            self._finish(task, rows)
            return rows

        return self._transact(task.step, run, transient=TRANSIENT_SLICE)

    def _alone(self, task: Part, statement: Statement) -> int:
        """Run outside a transaction; the intent was journalled when the step was opened."""
        tried = task.resumed

        def run() -> int:
            nonlocal tried
            again, tried = tried, True
            self._check()
            self._limit(local=False)
            if again and not recheck(self.conn, statement.sql):
                return 0
            return self._execute(statement.sql)

        rows = self._retried(task.step, run, TRANSIENT)
        self._transact(task.step, lambda: self._finish(task, rows))
        return rows

    def _finish(self, task: Part, rows: int) -> None:
        self.run.journal.finish_slice(self.conn, task.step, task.number, task.slice, rows=rows)

    def _ranges(self, statement: Statement) -> list[Slice]:
        if statement.slices is None:
            return []
        return list(_ranges(self.conn, statement.slices, self.run.settings.slice_rows))

    def _transact(
        self, step: Step, action: Callable[[], Value], *, transient: frozenset[str] = TRANSIENT
    ) -> Value:
        def attempt() -> Value:
            self._check()
            with self.conn.transaction():
                self._limit(local=True)
                result = action()
                self._check()
            return result

        return self._retried(step, attempt, transient)

    def _retried(self, step: Step, action: Callable[[], Value], transient: frozenset[str]) -> Value:
        return with_retry(
            action,
            what=f"step {step.id}",
            policy=self.run.retry,
            transient=transient,
            blockers=lambda: self.run.blockers.get(self.conn.info.backend_pid, ()),
            clock=self.run.clock,
        )

    def _limit(self, *, local: bool) -> None:
        settings = self.run.settings
        lock, statement = f"{settings.lock_timeout_ms}ms", f"{settings.statement_timeout_ms}ms"
        self.conn.execute(_LIMITS, {"lock": lock, "statement": statement, "local": local})
        self.conn.execute(_ASYNCHRONOUS if local else _SORTED_IN_MEMORY)

    def _check(self) -> None:
        if self.run.stop.is_set():
            raise Stopped

    def _execute(self, sql: str, values: dict[str, Any] | None = None) -> int:
        self._check()
        return rows_written(self.conn.execute(sql, values))


def rows_written(cursor: Cursor[Any]) -> int:
    """Rows that the commands of a statement wrote; rows that a query returned do not count."""
    rows = 0
    more: bool | None = True
    while more:
        command = (cursor.statusmessage or "").partition(" ")[0]
        if command != "SELECT" or cursor.description is None:  # create table as says SELECT too
            rows += max(cursor.rowcount, 0)
        more = cursor.nextset()
    return rows


def _ranges(conn: Session, slices: Slices, size: int) -> Iterator[Slice]:
    """Ranges of about ``size`` keys, each end asked from the database: keys may have gaps."""
    found = conn.execute(slices.bounds).fetchone()
    if found is None or found[0] is None:
        return
    low, last = int(found[0]) - 1, int(found[1])
    while slices.boundary and low < last:
        row = conn.execute(slices.boundary, {"low": low, "rows": size}).fetchone()
        if row is None or row[0] is None or row[0] >= last:
            break
        yield Slice(low, int(row[0]))
        low = int(row[0])
    yield Slice(low, last)

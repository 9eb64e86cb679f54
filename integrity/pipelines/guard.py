"""Runs behind breakers: admitted before they begin, judged when they ended.

``database`` counts failures in a row of the server: no connection, a lost one, a timeout, a full
disk. ``validation`` looks at the share of rejected rows of each run. What cannot be written,
because there is no server, is kept in a ``Memory`` for as long as the process lives, and written
once there is one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrity.database.connect import Connection, Error, errors, translated
from integrity.errors import (
    DatabaseFailure,
    InterruptedFailure,
    OpenFailure,
    StoppedFailure,
    UnreachableFailure,
)
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.breaker import CLOSED, DATABASE, OPEN, VALIDATION, Cell
from integrity.pipelines.breaker_table import BreakerState, changing, read_cells
from integrity.pipelines.figures import Figures
from integrity.pipelines.ledger import FOLLOW, note
from integrity.pipelines.options import Options
from integrity.pipelines.toolkit import ensure_toolkit, has_toolkit
from integrity.pipelines.words import one_line
from integrity.sql.template import render

Reach = Callable[[], AbstractContextManager[Connection[Any]]]

FEW_ROWS = 20  # of so few judged rows, a share says nothing against a run
# SQLSTATE classes of a server that cannot work: connection, resources, intervention, system.
_OUTAGE = ("08", "53", "57", "58")


class Memory:
    """What one process knows of breakers that could not be written. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cells: dict[str, Cell] = {}  # the breaker of the database by pipeline

    def cell(self, pipeline: str) -> Cell | None:
        """The breaker of the database that is not yet written, if there is one."""
        with self._lock:
            return self._cells.get(pipeline)

    def keep(self, pipeline: str, cell: Cell) -> None:
        """Keep one until there is a server."""
        with self._lock:
            self._cells[pipeline] = cell

    def written(self, pipeline: str) -> None:
        """It stands in the table."""
        with self._lock:
            self._cells.pop(pipeline, None)

    def admit(self, pipeline: Pipeline) -> None:
        """Raises OpenFailure while the server is known not to be there, without asking it."""
        cell = self.cell(pipeline.name)
        if cell is None:
            return
        if cell.refuses:
            raise _refusal(pipeline.name, cell)
        cell.admit(pipeline.breaker)

    def fail(self, pipeline: Pipeline, reason: str, known: Cell | None = None) -> None:
        """Count a failure after those that are ``known``."""
        cell = self.cell(pipeline.name) or known or Cell(what=DATABASE)
        cell.fail(pipeline.breaker, reason)
        self.keep(pipeline.name, cell)

    @contextmanager
    def watched(self, pipeline: Pipeline) -> Iterator[None]:
        """Look something up for a pipeline before it runs: refused, and counted, like a run."""
        self.admit(pipeline)
        try:
            yield
        except Exception as error:
            if is_outage(error):
                self.fail(pipeline, one_line(error))
            raise

    def states(self) -> tuple[BreakerState, ...]:
        """The breakers that are not yet written, as the process knows them."""
        now = datetime.now(UTC)
        with self._lock:
            return tuple(
                BreakerState(
                    pipeline=name,
                    what=cell.what,
                    state=cell.state,
                    since=now - timedelta(seconds=cell.age),
                    failures=cell.failures,
                    successes=cell.successes,
                    retry_at=None if (wait := cell.retry_in) is None else now + timedelta(0, wait),
                    reason=cell.reason,
                )
                for name, cell in sorted(self._cells.items())
            )

    def retry_in(self, pipeline: str) -> float | None:
        """Seconds until an open one admits a trial; None when none is open here."""
        cell = self.cell(pipeline)
        return cell.retry_in if cell and cell.state == OPEN else None


def is_outage(error: BaseException) -> bool:
    """Whether it counts against the database: not a mistake of the YAML, not a refused overlap."""
    match error:
        case StoppedFailure():
            return False
        case InterruptedFailure() | UnreachableFailure():
            return True
        case DatabaseFailure():
            return isinstance(error.__cause__, Error) and is_outage(error.__cause__)
        case Error():
            lost = error.sqlstate is None and isinstance(error, errors.OperationalError)
            return lost or (error.sqlstate or "").startswith(_OUTAGE)
    return False


@dataclass
class Guard:
    """A run that was admitted. ``opened``: why its end opened a breaker; empty: it did not."""

    conn: Connection[Any]
    figures: Figures | None = None
    run: int = 0
    opened: str = ""

    def judge(self, figures: Figures, run: int) -> None:
        """Tell what became of the rows, and the number of the run, before the block ends."""
        self.figures, self.run = figures, run


@contextmanager
def guarded(
    reach: Reach,
    project: Project,
    pipeline: Pipeline,
    *,
    memory: Memory | None = None,
    mode: str = "",
) -> Iterator[Guard]:
    """A connection of ``reach`` for one run, unless a breaker is open: then OpenFailure.

    The end of the block counts: an outage against ``database``, the figures that were told
    against or for ``validation``. Other errors count for nothing.
    """
    watch = _Watch(project.settings.toolkit_schema, pipeline, memory or Memory(), mode)
    watch.memory.admit(pipeline)
    conn: Connection[Any] | None = None
    with ExitStack() as stack:
        try:
            conn = stack.enter_context(reach())
            with translated(f"read the breakers of {pipeline.name}"):
                watch.admit(conn)
            guard = Guard(conn)
            yield guard
        except BaseException as error:
            if is_outage(error):
                watch.fail(conn, error)
            raise
        guard.opened = watch.end(guard)


@dataclass
class _Watch:
    """The breakers of one pipeline around one run."""

    schema: str
    pipeline: Pipeline
    memory: Memory
    mode: str
    known: dict[str, Cell] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.pipeline.name

    def admit(self, conn: Connection[Any]) -> None:
        """Write down what is not written; refuse, or half-open what waited long enough."""
        kept = self.memory.cell(self.name)
        if kept is None:
            if not has_toolkit(conn, self.schema):
                return
            self.known = read_cells(conn, self.schema, self.name)
            if all(cell.state == CLOSED for cell in self.known.values()):
                return
        ensure_toolkit(conn, self.schema)
        with changing(conn, self.schema, self.name) as cells:
            if kept is not None and cells[DATABASE].state != OPEN:
                cells[DATABASE] = kept
            for cell in cells.values():
                cell.admit(self.pipeline.breaker)
            self.known = dict(cells)
        self.memory.written(self.name)
        for cell in self.known.values():
            if cell.refuses:
                self._refuse(conn, cell)

    def _refuse(self, conn: Connection[Any], cell: Cell) -> None:
        failure = _refusal(self.name, cell)
        options = Options(mode=self.mode)  # without its moment, which stays open
        note(conn, self.schema, self.name, options, "refused", failure)
        raise failure

    def fail(self, conn: Connection[Any] | None, error: BaseException) -> None:
        """Count an outage, in the table if the connection still serves, else in the process."""
        reason = one_line(error)
        if conn is not None and not conn.closed:
            with suppress(Error):
                ensure_toolkit(conn, self.schema)
                with changing(conn, self.schema, self.name) as cells:
                    cells[DATABASE].fail(self.pipeline.breaker, reason)
                return
        self.memory.fail(self.pipeline, reason, self.known.get(DATABASE))

    def end(self, guard: Guard) -> str:
        """Count a run that came to its end; why that opened a breaker, if it did."""
        share = self._share(guard)
        over = share.text(self.pipeline) if share else ""
        if not over and all(c.state == CLOSED and not c.failures for c in self.known.values()):
            return ""
        with suppress(Error):
            ensure_toolkit(guard.conn, self.schema)
            with changing(guard.conn, self.schema, self.name) as cells:
                cells[DATABASE].succeed(self.pipeline.breaker)
                if over:
                    cells[VALIDATION].fail(self.pipeline.breaker, over)
                elif share and not share.over(self.pipeline):
                    cells[VALIDATION].succeed(self.pipeline.breaker)
        return over

    def _share(self, guard: Guard) -> _Share | None:
        """The rejects of the run, without rows that were rejected before where it looks at those.

        Modes that do see few rows beside those that stay in quarantine, run after run.
        """
        figures = guard.figures
        if figures is None:
            return None
        judged = figures.found - figures.dropped - figures.empty
        share = _Share(figures.quarantined, judged)
        if self.mode in ("all", FOLLOW) or not share.over(self.pipeline):
            return share
        try:
            sql = render("breaker.known.sql", schema=self.schema)
            row = guard.conn.execute(sql.encode(), {"run": guard.run}).fetchone()
        except Error:  # the run itself is over, and stands
            return None
        known = int(row[0]) if row else 0
        return _Share(share.rejected - known, judged - known)


@dataclass(frozen=True, slots=True)
class _Share:
    """Rejected rows among those that were judged."""

    rejected: int
    judged: int

    def over(self, pipeline: Pipeline) -> bool:
        """Whether it is above what the breaker of the pipeline allows."""
        limit = pipeline.breaker.reject_share
        return limit is not None and self.judged > 0 and self.rejected > limit * self.judged

    def text(self, pipeline: Pipeline) -> str:
        """Why it opens the breaker; empty: it does not, for it is not over, or of few rows."""
        limit = pipeline.breaker.reject_share
        if limit is None or not self.over(pipeline) or self.judged < FEW_ROWS:
            return ""
        return (
            f"{self.rejected:,} of {self.judged:,} rows were rejected,"
            f" {_percent(Decimal(self.rejected) / self.judged)}; at most {_percent(limit)}"
            " are expected"
        )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + " %"


def _refusal(pipeline: str, cell: Cell) -> OpenFailure:
    now = datetime.now(UTC)
    since = now - timedelta(seconds=cell.age)
    retry = now + timedelta(seconds=cell.retry_in or 0)
    reason = cell.reason or "no reason was kept"
    if cell.what == DATABASE and cell.failures > 1:
        reason = f"{cell.failures} failures in a row, the last: {reason}"
    return OpenFailure(
        f"pipeline {pipeline} is not run: its {cell.what} breaker is open since"
        f" {since:%Y-%m-%d %H:%M:%S} UTC ({reason}); it tries again at {retry:%H:%M:%S} UTC",
        hint=f"wait until then, or close it: integrity breaker close {pipeline}",
        retry_in=cell.retry_in or 0.0,
    )

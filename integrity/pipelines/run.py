"""A run of a pipeline: one at a time, its row in the ledger, its figures, or all of it undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from integrity.database.connect import Connection, Error, connect, translated
from integrity.errors import (
    DatabaseFailure,
    InterruptedFailure,
    LockedFailure,
    OverlapFailure,
    RefusedFailure,
    nearest,
)
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.batch import Batch
from integrity.pipelines.etl import Etl
from integrity.pipelines.figures import Figures, Result
from integrity.pipelines.guard import Memory, Reach, guarded
from integrity.pipelines.ledger import DRY, Ledger, note, served
from integrity.pipelines.options import DEFAULT, Options
from integrity.pipelines.passing import Kind, Pass
from integrity.pipelines.resolve import Ready, ready
from integrity.pipelines.sync import Sync
from integrity.pipelines.toolkit import ensure_toolkit, toolkit_name
from integrity.pipelines.words import one_line
from integrity.run.locks import session_lock
from integrity.sql.quote import qualified
from integrity.sql.template import render

Progress = Callable[[Figures], None]

KINDS: dict[str, Callable[[Batch, Options], Kind]] = {  # one line per kind
    "sync": lambda batch, options: Sync(batch, options.mode),
    "etl": Etl,
}


def lock_key(pipeline: str) -> int:
    """The advisory lock that one run of a pipeline holds."""
    digest = sha256(f"integrity pipeline {pipeline}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def run_pipeline(
    url: str,
    project: Project,
    pipeline: Pipeline,
    options: Options = DEFAULT,
    *,
    progress: Progress | None = None,
    memory: Memory | None = None,
) -> Result:
    """Run a pipeline once; the result says what became of every row.

    Raises OpenFailure while a breaker is open, LockedFailure beside another run, DriftFailure when
    a table is not there, ConfigFailure for what the server does not accept, UnprovenFailure when
    the figures do not add up. ``memory``: what the process knows of breakers while the server is
    away.
    """

    def reach() -> Connection[Any]:
        return connect(url, application_name=_application(pipeline))

    return run_through(reach, project, pipeline, options, progress=progress, memory=memory)


def run_on(
    conn: Connection[Any],
    project: Project,
    pipeline: Pipeline,
    options: Options = DEFAULT,
    *,
    progress: Progress | None = None,
) -> Result:
    """The same on a connection in autocommit, whose session keeps settings of the run."""
    return run_through(lambda: nullcontext(conn), project, pipeline, options, progress=progress)


def run_through(
    reach: Reach,
    project: Project,
    pipeline: Pipeline,
    options: Options = DEFAULT,
    *,
    progress: Progress | None = None,
    memory: Memory | None = None,
) -> Result:
    """The same on a connection that ``reach`` gives for a block, as that of a pool.

    A dry run is not refused by a breaker, and does not count.
    """
    _require_mode(pipeline, options)
    if options.dry_run:
        with reach() as conn:
            return _run(conn, project, pipeline, options, progress)
    with guarded(reach, project, pipeline, memory=memory, mode=options.mode) as guard:
        result = _run(guard.conn, project, pipeline, options, progress)
        guard.judge(result.figures, result.run)
    return replace(result, breaker=guard.opened)


def _application(pipeline: Pipeline) -> str:
    return f"integrity {pipeline.kind} {pipeline.name}"


def _run(
    conn: Connection[Any],
    project: Project,
    pipeline: Pipeline,
    options: Options,
    progress: Progress | None,
) -> Result:
    what = f"pipeline {pipeline.name}"
    schema = project.settings.toolkit_schema
    with (
        _interrupted(conn, what),
        translated(f"run {what}"),
        _alone(conn, schema, pipeline, options),
    ):
        _set_session(conn, project, pipeline)
        sources = ready(conn, project, pipeline)
        return _Run(conn, project, pipeline, options, progress).all(sources)


@contextmanager
def _alone(
    conn: Connection[Any], schema: str, pipeline: Pipeline, options: Options
) -> Iterator[None]:
    """The lock of the pipeline. A run that does not get it is in the ledger, as refused."""
    key, what = lock_key(pipeline.name), f"pipeline {pipeline.name}"
    with ExitStack() as stack:
        try:
            stack.enter_context(session_lock(conn, key, what, patience=options.patience))
        except LockedFailure as failure:
            if not options.dry_run:
                note(conn, schema, pipeline.name, options, "refused", failure)
            raise OverlapFailure(failure.message, hint=failure.hint) from None
        if options.scheduled is not None:
            _require_open(conn, schema, pipeline, options.scheduled)
        yield


def _require_open(conn: Connection[Any], schema: str, pipeline: Pipeline, moment: datetime) -> None:
    """Two schedulers see that a moment is due; under the lock only one does."""
    last = served(conn, schema, pipeline.name)
    if last is not None and last >= moment:
        raise OverlapFailure(f"another run has served {moment:%Y-%m-%d %H:%M %Z} meanwhile")


@contextmanager
def _interrupted(conn: Connection[Any], what: str) -> Iterator[None]:
    """Tells a lost connection from a statement that was refused."""
    try:
        yield
    except DatabaseFailure as failure:
        if not conn.closed:
            raise
        raise InterruptedFailure(
            f"{what}: the connection to the server was lost: {failure.message}",
            hint="what was committed stands; run the same command again to go on",
        ) from failure


def _require_mode(pipeline: Pipeline, options: Options) -> None:
    if options.mode not in pipeline.mode_names:
        raise RefusedFailure(
            f"pipeline {pipeline.name} has no mode {options.mode!r}",
            hint=nearest(options.mode, pipeline.mode_names),
        )


def set_timeouts(conn: Connection[Any], project: Project) -> None:
    """Give the session the timeouts of the project."""
    settings = project.settings
    conn.execute(
        "select set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false)",
        [f"{settings.lock_timeout_ms}ms", f"{settings.statement_timeout_ms}ms"],
    )


def _set_session(conn: Connection[Any], project: Project, pipeline: Pipeline) -> None:
    """Timeouts; and a name by which others know who holds locks, also on a pool's connection."""
    set_timeouts(conn, project)
    conn.execute("select set_config('application_name', %s, false)", [_application(pipeline)])


@dataclass
class _Run:
    """One run on one connection."""

    conn: Connection[Any]
    project: Project
    pipeline: Pipeline
    options: Options
    progress: Progress | None
    figures: Figures = field(default_factory=Figures)
    begun: float = field(default_factory=time.monotonic)

    @property
    def schema(self) -> str:
        return self.project.settings.toolkit_schema

    def all(self, sources: tuple[Ready, ...]) -> Result:
        """Every source, then the result."""
        with self._frame() as ledger:
            for source in sources:
                self._pass(source, ledger)
        return self._result(ledger)

    def _pass(self, source: Ready, ledger: Ledger) -> None:
        def tell(figures: Figures) -> None:
            self.figures = figures
            if self.progress:
                self.progress(figures)

        batch = self._batch(source)
        kind = KINDS[self.pipeline.kind](batch, self.options)
        Pass(self.conn, batch, kind, self.options, ledger, tell, self.figures).run()

    def _batch(self, source: Ready) -> Batch:
        batch = Batch(source)
        row = self.conn.execute(batch.is_known().encode()).fetchone()
        assert row is not None
        return replace(batch, known=row[0], links_told=max(0, row[1]), links_stale=row[2])

    @contextmanager
    def _frame(self) -> Iterator[Ledger]:
        if self.options.dry_run:
            with _undone(self.conn, self._sequenced()):
                ensure_toolkit(self.conn, self.schema)
                yield Ledger(self.schema, DRY)
            return
        ensure_toolkit(self.conn, self.schema)
        ledger = Ledger.begin(self.conn, self.schema, self.pipeline.name, self.options)
        try:
            yield ledger
        except BaseException as error:
            with suppress(Error):  # a lost connection tells nobody
                ledger.ends(self.conn, "failed", self._seconds(), one_line(error))
            raise
        over = self._result(ledger).over_budget
        ledger.ends(self.conn, "failed" if over else "done", self._seconds(), over or None)

    def _sequenced(self) -> list[Any]:
        """Tables whose sequences a run draws from; the first is locked by a dry run."""
        return [self.pipeline.into, toolkit_name(self.schema, "pipeline_history")]

    def _seconds(self) -> float:
        return time.monotonic() - self.begun

    def _result(self, ledger: Ledger) -> Result:
        return Result(
            pipeline=self.pipeline.name,
            mode=self.options.mode,
            run=ledger.run,
            dry_run=self.options.dry_run,
            figures=self.figures,
            seconds=self._seconds(),
            max_reject_share=self.pipeline.max_reject_share,
        )


@contextmanager
def _undone(conn: Connection[Any], tables: list[Any]) -> Iterator[None]:
    """A transaction that is rolled back; the sequences of the tables stand where they stood.

    The first table is locked against writers, so that nobody else draws from its sequences.
    """
    with conn.transaction(force_rollback=True):
        conn.execute(f"lock table {qualified(tables[0])} in share row exclusive mode".encode())
        sql = render("pipeline.sequences.sql", tables=tables)
        before = conn.execute(sql.encode()).fetchall()
        yield
        for position in before:  # a sequence does not roll back
            conn.execute("select setval(%s::oid::regclass, %s, %s)", position)

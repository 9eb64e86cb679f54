"""Runs a migration: stage by stage, the steps of a stage in parallel as far as they allow.

One thread coordinates: it holds the lock of the database, hands tasks to the workers, listens to
them, and writes how the run ended. A step and its journal row commit together, so whatever kills
the runner or the server, the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Event

from integrity.database.connect import Error, connect, translated
from integrity.errors import Failure, InterruptedFailure
from integrity.model import Migration, Settings, Stage, StageKind, Step
from integrity.operations.journal_sql import applied_sql, undone_statements
from integrity.run.crew import Began, Crew, Ended
from integrity.run.failures import Trouble, failure_of
from integrity.run.journal import Journal, Session
from integrity.run.locks import Clock, Retry, blockers_of, database_lock
from integrity.run.progress import Progress, Silent
from integrity.run.resume import Start, start_of
from integrity.run.schedule import Schedule
from integrity.run.signals import Request, stop_requests
from integrity.run.work import Done, Open, Part, Result, Run, Stopped, Task, Worker

COORDINATOR, WORKER = "integrity", "integrity worker"
TICK = 0.2  # seconds between looks at signals and locks while nothing happens
RESUME = {
    "apply": "run the same command again to go on, or roll back",
    "rollback": "run the rollback again to go on",
}

# What was reported as done must outlive a crash, also where the server is set to commit lazily.
_DURABLE = """
select pg_catalog.set_config('synchronous_commit', 'on', true)
where pg_catalog.current_setting('synchronous_commit') = 'off'
"""
# A worker whose coordinator is gone must not go on beside a new run.
_END_ORPHANS = """
select pg_catalog.pg_terminate_backend(pid, 5000)
from pg_catalog.pg_stat_activity
where application_name = %s and datname = pg_catalog.current_database()
    and pid <> pg_catalog.pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that this run finished; rows are those its statements wrote."""

    step: str
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did. ``run_id`` is None when there was nothing to do."""

    migration: str
    direction: str
    run_id: int | None
    steps: tuple[StepResult, ...]
    skipped: int  # steps that an earlier run had done
    seconds: float

    @property
    def rows(self) -> int:
        """Rows that this run wrote."""
        return sum(step.rows for step in self.steps)


def execute(
    migration: Migration,
    *,
    direction: str,
    url: str,
    settings: Settings,
    plan_hash: str,
    workers: int | None = None,
    progress: Progress | None = None,
    retry: Retry | None = None,
    gate: Callable[[StageKind], None] | None = None,
) -> RunResult:
    """Run a migration there (``apply``) or back (``rollback``), or go on where a run stopped.

    ``workers``: connections that work in parallel, by default those of the settings. ``gate`` is
    called before each stage that has something to do, and stops the run by raising a Failure.
    Raises LockedFailure, DriftFailure, RefusedFailure before anything is changed, and
    DatabaseFailure, UnprovenFailure, LockedFailure, InterruptedFailure on the way: the run can
    then be resumed or rolled back.
    """
    journal = Journal(schema=settings.toolkit_schema, migration=migration.stem, direction=direction)
    stages = migration.stages if direction == "apply" else migration.rollback
    with (
        stop_requests() as request,
        translated(f"{direction} {migration.stem}"),
        connect(url, application_name=COORDINATOR) as conn,
        database_lock(conn, patience=settings.lock_timeout_ms / 1000),
    ):
        conn.execute(_END_ORPHANS, [WORKER])
        start = start_of(conn, migration, stages, journal)
        if start.nothing:
            return RunResult(migration.stem, direction, None, (), len(start.done), 0.0)
        stop = Event()
        run = Run(journal, settings, plan_hash, retry or Retry(), stop, Clock(sleep=stop.wait))
        with _crew(url, run, workers or settings.workers) as crew:
            execution = _Execution(
                migration, stages, conn, run, crew, progress or Silent(), request, start
            )
            return execution.run_all(gate)


@contextlib.contextmanager
def _crew(url: str, run: Run, size: int) -> Iterator[Crew]:
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(connect(url, application_name=WORKER)) for _ in range(size)
        ]
        crew = Crew([Worker(conn, run) for conn in connections])
        try:
            yield crew
        finally:
            run.stop.set()
            if crew.busy:
                crew.cancel()
            crew.dismiss()


@dataclass(slots=True)
class _Execution:
    """One run, as the coordinating thread sees it."""

    migration: Migration
    stages: tuple[Stage, ...]
    conn: Session
    run: Run
    crew: Crew
    progress: Progress
    request: Request
    start: Start
    done: set[str] = field(init=False)
    results: list[StepResult] = field(init=False, default_factory=list)
    troubles: list[Trouble] = field(init=False, default_factory=list)
    begun: dict[str, float] = field(init=False, default_factory=dict)  # step -> when
    told: set[tuple[int, int]] = field(init=False, default_factory=set)  # waiting, blocking pid

    def __post_init__(self) -> None:
        self.done = set(self.start.done)

    def run_all(self, gate: Callable[[StageKind], None] | None) -> RunResult:
        """Run what is missing, and record how that ended."""
        begin = time.monotonic()
        steps = sum(len(stage.steps) for stage in self.stages)
        self.progress.begin(self._title, steps=steps, done=len(self.done))
        try:
            complete = self._go(gate)
        except (Error, Failure) as error:  # of the coordinating thread's own
            self.troubles.append(Trouble("", error))
            complete = False
        finally:
            self.progress.end()
        if not complete:
            raise self._failure(steps)
        return RunResult(
            self.migration.stem,
            self.run.journal.direction,
            self.run.run_id,
            tuple(self.results),
            len(self.start.done),
            time.monotonic() - begin,
        )

    @property
    def _title(self) -> str:
        return f"{self.run.journal.direction} {self.migration.stem}"

    def _go(self, gate: Callable[[StageKind], None] | None) -> bool:
        """Whether the run came to its end."""
        if self.start.notice:
            self.progress.message(self.start.notice)
        if not self._begin():
            return False
        for stage in self.stages:
            if self.done.issuperset(step.id for step in stage.steps):
                continue
            if gate is not None:
                gate(stage.kind)
            if not self._steps(stage.steps):
                return False
        self._finish()
        return True

    def _begin(self) -> bool:
        """Record the run. The very first step of all creates the tables it is recorded in."""
        journal = self.run.journal
        if self.start.journal:
            self.run.run_id = journal.begin_run(self.conn, self.run.plan_hash)
            return True
        first = next(step for stage in self.stages for step in stage.steps)
        return self._steps([first])

    def _finish(self) -> None:
        journal = self.run.journal
        with self.conn.transaction():
            self.conn.execute(_DURABLE)
            if journal.direction == "apply":
                self.conn.execute(applied_sql(self.migration, schema=journal.schema))
                journal.stamp_state(self.conn, self.run.plan_hash)
            else:
                for statement in undone_statements(self.migration, schema=journal.schema):
                    self.conn.execute(statement)
            if self.run.run_id is not None:
                journal.end_run(self.conn, self.run.run_id, "done", f"{len(self.results)} steps")

    def _steps(self, steps: Iterable[Step]) -> bool:
        """Run steps that may run in parallel; whether all of them are done."""
        schedule = Schedule(steps, self.done, set(self.start.started))
        self._submit(schedule.ready())
        while self.crew.busy:
            event = self.crew.event(self._tick)
            self._heed_signal(again=event is None)
            match event:
                case Began():
                    self._began(event.task)
                case Ended():
                    self._ended(schedule, event)
                case None:
                    self._look_at_locks()
        if self.run.stop.is_set():
            return False
        schedule.refuse_leftovers()
        return True

    @property
    def _tick(self) -> float:
        return max(0.02, min(TICK, self.run.settings.lock_timeout_ms / 3000))

    def _submit(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.crew.submit(task)

    def _began(self, task: Task) -> None:
        if isinstance(task, Open) and task.number == 0:
            self.begun[task.step.id] = time.monotonic()  # it may end even if another has failed
            if not self.run.stop.is_set():
                self.progress.step_started(task.step.title)

    def _ended(self, schedule: Schedule, event: Ended) -> None:
        if isinstance(event.result, Exception):
            if not isinstance(event.result, Stopped) and not self._cancelled(event.result):
                self.troubles.append(Trouble(event.task.step.id, event.result))
            self.run.stop.set()
            return
        follow = schedule.settle(event.task, event.result)
        self._report(schedule, event.task, event.result)
        if not self.run.stop.is_set():
            self._submit([*follow, *schedule.ready()])

    def _cancelled(self, error: Exception) -> bool:
        """Whether this is the cancellation that a signal made the crew ask for."""
        return bool(self.request.name) and getattr(error, "sqlstate", None) == "57014"

    def _report(self, schedule: Schedule, task: Task, result: Result) -> None:
        step = task.step
        if isinstance(result, Done) and result.step:
            seconds = time.monotonic() - self.begun[step.id]
            self.results.append(StepResult(step.id, result.rows, seconds))
            self.progress.step_done(step.title, rows=result.rows, seconds=seconds)
        elif isinstance(task, Part) and not task.slice.whole:
            rows, done, total = schedule.part_of(step)
            self.progress.slice_done(step.title, rows=rows, done=done, total=total)

    def _heed_signal(self, *, again: bool) -> None:
        """Cancel what runs once a signal came, and again while something still runs."""
        if self.request.name and (again or not self.run.stop.is_set()):
            self.run.stop.set()
            self.crew.cancel()

    def _look_at_locks(self) -> None:
        """Remember who blocks the workers, for the message when patience ends, and tell it."""
        for pid, holders in blockers_of(self.conn, self.crew.pids()).items():
            self.run.blockers[pid] = holders
            for holder in holders:
                if (pid, holder.pid) not in self.told:
                    self.told.add((pid, holder.pid))
                    self.progress.message(f"waiting for a lock: blocked by {holder}")

    def _failure(self, steps: int) -> Exception:
        failure = failure_of(
            self.troubles,
            title=self._title,
            signal=self.request.name,
            done=len(self.done),
            steps=steps,
            resume=RESUME[self.run.journal.direction],
        )
        outcome = "interrupted" if isinstance(failure, InterruptedFailure) else "failed"
        if self.run.run_id is not None:
            with contextlib.suppress(Error):  # the server may be gone
                self.run.journal.end_run(self.conn, self.run.run_id, outcome, str(failure))
        return failure

"""Follow a source: apply its changes within moments of their commit, until somebody says stop.

A follower first makes the triggers of the outbox, then passes over everything once, so that what
happened before there were any is not lost, then over what the outbox names, again and again. It is
woken by a notification, or by the clock, since a notification is lost with a connection. Whatever
happens to server or follower, the entries of the outbox stay until their rows are written.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from integrity.database.connect import Connection, Error, connect, errors, translated
from integrity.errors import (
    DatabaseFailure,
    Failure,
    InterruptedFailure,
    LockedFailure,
    OpenFailure,
)
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.figures import NUMBERS, Figures, Result
from integrity.pipelines.follower import PATIENCE, Follower, follower_key, following
from integrity.pipelines.guard import Memory, guarded
from integrity.pipelines.ledger import FOLLOW, Ledger
from integrity.pipelines.outbox import outbox_of
from integrity.pipelines.run import set_timeouts
from integrity.pipelines.toolkit import has_toolkit
from integrity.pipelines.words import one_line
from integrity.run.locks import Retry, session_lock

Guard = Callable[[Callable[[], Figures]], Figures]
Tell = Callable[["Applied | Pause"], None]

# SQLSTATE classes, and codes, after which the same pass may go well: connections, conflicts, a full
# disk or too many sessions, timeouts, a server that ends, its files; a server that only reads.
_PASSING = ("08", "40", "53", "55P03", "57", "58", "25006")
RETRY = Retry(first=0.2, longest=10.0)  # seconds; the budget is not looked at
_GRACE = 1.0  # seconds that a batch has to end by itself, after that
_SLICE = 0.2  # seconds in which a wish to stop is noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One pass. ``seconds`` it took; ``lag``: from the oldest change to its end.

    ``mode``: follow, or catch-up for passes over the source itself. ``total``: followed so far.
    """

    mode: str
    figures: Figures
    total: Figures
    seconds: float
    lag: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures of the pass as JSON values."""
        numbers = {name: getattr(self.figures, name) for name in NUMBERS if name != "batches"}
        times = {"seconds": round(self.seconds, 4), "lag": round(self.lag, 4)}
        return {"mode": self.mode, **numbers, "reasons": dict(self.figures.reasons), **times}


@dataclass(frozen=True, slots=True)
class Pause:
    """Something went wrong that may pass; the follower goes on after ``seconds``."""

    message: str
    seconds: float


class Held(Exception):
    """Raised by a guard that allows no pass for so many seconds."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOptions:
    """``catch_up``: seconds between passes over the source itself, which also find what changed in
    other tables than the watched one; 0: at the start only."""

    catch_up: float = 3_600.0
    retry: Retry = RETRY


DEFAULT = FollowOptions()


def unguarded(action: Callable[[], Figures]) -> Figures:
    """No guard: every pass is made."""
    return action()


def ignored(_: Applied | Pause, /) -> None:
    """Nobody wants to know."""


def follow(
    url: str,
    project: Project,
    pipeline: Pipeline,
    *,
    stop: threading.Event | None = None,
    tell: Tell = ignored,
    guard: Guard = unguarded,
    options: FollowOptions = DEFAULT,
) -> Result:
    """Follow the watched table of a pipeline until ``stop`` is set: the batch under way ends within
    a second, or is undone and stays in the outbox.

    Every pass goes through ``guard``, which may raise Held. Lost connections, locks and full disks
    are waited for, for ever; each is told. The first connection must succeed. Raises ConfigFailure
    and DriftFailure when the pipeline does not fit the database, LockedFailure beside another
    follower, DatabaseFailure for what the server refuses twice.
    """
    return _Following(url, project, pipeline, stop or threading.Event(), tell, guard, options).run()


def unfollow(url: str, project: Project, pipeline: Pipeline) -> int:
    """Take the triggers and the entries of the outbox away; the number of tables that had any.

    Raises LockedFailure while a follower runs.
    """
    schema, name = project.settings.toolkit_schema, pipeline.name
    with (
        connect(url, application_name=f"integrity unfollow {name}") as conn,
        translated(f"take the triggers of {name} away"),
        session_lock(conn, follower_key(name), f"follower {name}", patience=PATIENCE),
    ):
        set_timeouts(conn, project)
        return outbox_of(schema, pipeline).remove(conn) if has_toolkit(conn, schema) else 0


@dataclass
class _Following:
    """One call of ``follow``: sessions, one after the other."""

    url: str
    project: Project
    pipeline: Pipeline
    stop: threading.Event
    tell: Tell
    guard: Guard
    options: FollowOptions
    ledgers: list[Ledger] = field(default_factory=list)
    running: Ledger | None = None
    memory: Memory = field(default_factory=Memory)
    started: bool = False  # it fitted the database once
    total: Figures = field(default_factory=Figures)
    begun: float = field(default_factory=time.monotonic)
    due: float | None = 0.0  # when to catch up
    tries: int = 0
    suspects: bool = False  # the last pass failed for a reason that does not pass by itself

    def run(self) -> Result:
        """Sessions until somebody says stop; what they did."""
        with suppress(KeyboardInterrupt):
            while not self.stop.is_set():
                try:
                    with (
                        following(self.url, self.project, self.pipeline) as one,
                        self._cancelled(one),
                    ):
                        self.running = one.ledger
                        self.ledgers.append(one.ledger)
                        one.prepare()
                        self.started = True
                        self._session(one)
                except (Failure, Error) as error:
                    if not self.stop.is_set():
                        self._lost(error)
        return self._result()

    def _session(self, one: Follower) -> None:
        while not self.stop.is_set():
            try:
                if self.due is not None and time.monotonic() >= self.due:
                    self._catch_up(one)
                elif one.claimed():
                    self._apply(one)
                else:
                    self._idle(one)
            except Held as held:
                self._pause(str(held), held.seconds)
            except OpenFailure as opened:
                self._pause(opened.message, opened.retry_in)
            except (Failure, Error) as error:
                if one.conn.closed or not _passes(error):
                    raise
                self._again(one_line(error))

    def _catch_up(self, one: Follower) -> None:
        begin = time.monotonic()
        figures = self.guard(one.catch_up)
        now, every = time.monotonic(), self.options.catch_up
        self.due = now + every if every else None
        self._went_well(
            Applied(mode="catch-up", figures=figures, total=self.total, seconds=now - begin)
        )

    def _apply(self, one: Follower) -> None:
        begin, age = time.monotonic(), one.claim.age

        def apply() -> Figures:
            return self._guarded(one)

        figures = self.guard(apply)
        self.total += figures
        seconds = time.monotonic() - begin
        self._went_well(
            Applied(
                mode=FOLLOW, figures=figures, total=self.total, seconds=seconds, lag=age + seconds
            )
        )

    def _guarded(self, one: Follower) -> Figures:
        """One pass behind the pipeline's breakers, on the connection that there is."""

        def reach() -> AbstractContextManager[Connection[Any]]:
            return nullcontext(one.conn)

        facts = (self.project, self.pipeline)
        with guarded(reach, *facts, memory=self.memory, mode=FOLLOW) as guard:
            figures = one.apply()
            guard.judge(figures, one.ledger.run)
        return figures

    def _went_well(self, applied: Applied) -> None:
        self.tries, self.suspects = 0, False
        self.tell(applied)

    def _idle(self, one: Follower) -> None:
        """Until a notification comes, or it is time to look all the same."""
        deadline = time.monotonic() + one.poll
        while not self.stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if one.wait(min(left, _SLICE)):
                return

    # --- what goes wrong ---------------------------------------------------------------------

    def _lost(self, error: Failure | Error) -> None:
        """After a session that failed: wait, or raise."""
        self.running = None
        if not self.started:
            _raise(error, self.pipeline)
        if _passes(error):
            self._again(one_line(error))
        elif isinstance(error, (DatabaseFailure, Error)) and not self.suspects:
            self.suspects = True  # a table may be another one: a new session resolves it anew
            self._again(one_line(error))
        else:
            _raise(error, self.pipeline)

    def _again(self, message: str) -> None:
        delay = self.options.retry.delay(self.tries, random.random())
        self.tries += 1
        self._pause(message, delay)

    def _pause(self, message: str, seconds: float) -> None:
        if self.stop.is_set():
            return
        self.tell(Pause(message, seconds))
        self.stop.wait(seconds)

    @contextmanager
    def _cancelled(self, one: Follower) -> Iterator[None]:
        """Statements that still run a while after somebody said stop are undone."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(_SLICE):
                if self.stop.is_set() and not ended.wait(_GRACE):
                    with suppress(Error):
                        one.conn.cancel_safe()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    # --- the end -----------------------------------------------------------------------------

    def _result(self) -> Result:
        seconds, figures = time.monotonic() - self.begun, self.total
        with suppress(Failure, Error), connect(self.url, application_name="integrity") as conn:
            if self.running:
                self.running.ends(conn, "done", seconds)
            figures = sum((one.figures(conn) for one in self.ledgers), Figures())
        return Result(
            pipeline=self.pipeline.name,
            mode=FOLLOW,
            run=self.ledgers[-1].run if self.ledgers else 0,
            dry_run=False,
            figures=figures,
            seconds=seconds,
        )


def _passes(error: BaseException) -> bool:
    """Whether the same may go well later."""
    if isinstance(error, (LockedFailure, InterruptedFailure)):
        return True
    if isinstance(error, DatabaseFailure):  # without a cause: no connection
        return error.__cause__ is None or _passes(error.__cause__)
    if not isinstance(error, Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, errors.OperationalError)  # the connection was lost
    return error.sqlstate.startswith(_PASSING)


def _raise(error: Failure | Error, pipeline: Pipeline) -> NoReturn:
    if isinstance(error, Failure):
        raise error
    with translated(f"follow pipeline {pipeline.name}"):
        raise error
    raise AssertionError("unreachable: raised above")

"""What is due: the schedules of the YAML against the runs of the ledger, and its doing.

A pipeline is due when the last moment of its schedule has not been served: by a run that ended, or
by one that was refused beside another. So a moment is served once, several that were missed are
caught up by one run, and a run that was cut off is due again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrity.database.connect import Connection, translated
from integrity.database.pool import Pools
from integrity.errors import (
    ConfigFailure,
    Exit,
    Failure,
    OpenFailure,
    OverlapFailure,
    Problem,
    RefusedFailure,
    StoppedFailure,
)
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.figures import Figures, Result
from integrity.pipelines.guard import Memory, is_outage
from integrity.pipelines.ledger import note, served
from integrity.pipelines.live import standing
from integrity.pipelines.options import Options
from integrity.pipelines.run import run_through
from integrity.pipelines.schedule import Moments
from integrity.pipelines.service import READS, RUNS
from integrity.pipelines.toolkit import ensure_toolkit
from integrity.pipelines.words import one_line
from integrity.sql.template import render

AGAIN = 5.0  # seconds after a failure of the server, while the breaker is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What became of one moment.

    ``outcome``: done, failed, refused (beside another run), open (a breaker), stopped, or absent
    (the table cannot be written in this database). ``again``: seconds until it is tried again.
    """

    pipeline: str
    mode: str
    moment: datetime
    outcome: str
    at: datetime
    result: Result | None = None
    error: str = ""
    exit_code: Exit = Exit.OK
    again: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The event as JSON values."""
        return {
            "pipeline": self.pipeline,
            "mode": self.mode,
            "moment": self.moment.astimezone(UTC).isoformat(),
            "at": self.at.isoformat(),
            "outcome": self.outcome,
            "error": self.error or None,
            "again_seconds": None if self.again is None else round(self.again, 1),
            "result": self.result.as_json() if self.result else None,
        }

    def line(self) -> str:
        """The event for a reader."""
        said = f"{self.at:%Y-%m-%d %H:%M:%S} UTC  {self.pipeline}, {self.mode}: {self.outcome}"
        if self.result:
            said += f", {_ends(self.result.figures)}, {self.result.seconds:.2f} s"
            said += f"; breaker opened: {self.result.breaker}" if self.result.breaker else ""
        said += f": {self.error}" if self.error else ""
        return said + (f"; again in {self.again:.0f} s" if self.again is not None else "")


def _ends(figures: Figures) -> str:
    ends = ("created", "updated", "unchanged", "repeated", "dropped", "empty", "quarantined")
    counted = [(name, getattr(figures, name)) for name in ends]
    return ", ".join([f"{figures.found:,} found", *(f"{n:,} {name}" for name, n in counted if n)])


@dataclass(frozen=True, slots=True)
class Planned:
    """A pipeline with a schedule, and the moments of it."""

    pipeline: Pipeline
    moments: Moments

    @property
    def mode(self) -> str:
        """The mode in which it is run."""
        schedule = self.pipeline.schedule
        usual = "increment" if self.pipeline.kind == "etl" else "all"
        return (schedule.mode if schedule else "") or usual


def planned(pipelines: Iterable[Pipeline]) -> dict[str, Planned]:
    """Those that have a schedule, by name. Raises ConfigFailure with every one that is wrong."""
    found: dict[str, Planned] = {}
    problems: list[Problem] = []
    for pipeline in pipelines:
        if pipeline.schedule is None:
            continue
        try:
            found[pipeline.name] = Planned(pipeline, Moments(pipeline.schedule))
        except ConfigFailure as failure:
            problems += failure.problems
    if problems:
        raise ConfigFailure(problems)
    return found


def due(plan: Planned, last_served: datetime | None, now: datetime) -> datetime | None:
    """The moment that is to be served now. One that never was served is due for its last moment."""
    moment = plan.moments.last(now)
    if moment is None or (last_served is not None and moment <= last_served):
        return None
    return moment


def missed_since(plan: Planned, last_served: datetime | None, now: datetime) -> datetime | None:
    """The first moment that was not served; None: none is open."""
    if last_served is None:
        return plan.moments.last(now)
    first = plan.moments.after(last_served)
    return first if first is not None and first <= now else None


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Agenda:
    """The pipelines that have a schedule, on one database. Thread-safe.

    ``tell`` gets every event; ``now`` is the clock. ``stopping`` names
    what asked to stop, if anything did: runs end after their batch.
    """

    pools: Pools
    project: Project
    plans: dict[str, Planned]
    tell: Callable[[Event], None]
    now: Callable[[], datetime] = _utc_now
    patience: float = 2.0
    memory: Memory = field(default_factory=Memory)
    stopping: Callable[[], str] = str
    _absent: set[str] = field(default_factory=set)

    def require(self) -> None:
        """Raises RefusedFailure when there is nothing to schedule."""
        if not self.plans:
            hint = 'write schedule: {cron: "15 6 * * *", zone: UTC} in a file of configs/pipelines/'
            raise RefusedFailure("no pipeline has a schedule", hint=hint)

    def attempt(self, name: str) -> Event | None:
        """Run the pipeline if it is due; None when it is not."""
        plan, begun = self.plans[name], self.now()
        if self.stopping():
            return None
        moment: datetime | None = plan.moments.last(begun)
        try:
            with self.memory.watched(plan.pipeline), self._reading() as conn:
                moment = due(plan, served(conn, self._schema, name), begun)
                if moment is None:
                    return None
                if not standing(conn, plan.pipeline.into):
                    return self._is_absent(plan, moment)
            self._absent.discard(name)
            options = Options(mode=plan.mode, scheduled=moment, patience=self.patience)
            result = run_through(
                lambda: self.pools.connection(RUNS),
                self.project,
                plan.pipeline,
                options,
                progress=self._between_batches,
                memory=self.memory,
            )
            return self._ended(plan, moment, result)
        except Exception as error:
            if moment is None:
                raise
            return self._failed(plan, moment, error)

    def skipped(self, name: str, moment: datetime) -> None:
        """A moment came while the pipeline was at work in this process: it is refused."""
        plan = self.plans[name]
        failure = OverlapFailure(f"pipeline {name} is still at work on an earlier moment")
        self._note(plan, moment, "refused", failure)
        self._event(plan, moment, "refused", error=failure.message)

    # --- ends ----------------------------------------------------------------------------------

    def _ended(self, plan: Planned, moment: datetime, result: Result) -> Event:
        over = result.over_budget
        outcome, code = ("failed", Exit.UNPROVEN) if over else ("done", Exit.OK)
        return self._event(plan, moment, outcome, result=result, error=over, exit_code=code)

    def _failed(self, plan: Planned, moment: datetime, error: Exception) -> Event:
        name, said = plan.pipeline.name, one_line(error)
        code = error.exit_code if isinstance(error, Failure) else Exit.DEFECT
        match error:
            case OpenFailure():
                again = max(error.retry_in, 0.1)
                return self._event(plan, moment, "open", error=said, again=again)
            case OverlapFailure():
                return self._event(plan, moment, "refused", error=said)
            case StoppedFailure():
                self._give_back(name, moment)
                return self._event(plan, moment, "stopped", error=said, exit_code=code)
        if is_outage(error):
            again = self.memory.retry_in(name) or AGAIN
            return self._event(plan, moment, "failed", error=said, exit_code=code, again=again)
        self._note(plan, moment, "failed", error)
        return self._event(plan, moment, "failed", error=said, exit_code=code)

    def _is_absent(self, plan: Planned, moment: datetime) -> Event | None:
        """Told once: a configuration may hold pipelines for before and after a migration."""
        if plan.pipeline.name in self._absent:
            return None
        self._absent.add(plan.pipeline.name)
        said = f"there is no table {plan.pipeline.into} that may be written in this database"
        return self._event(plan, moment, "absent", error=said)

    def _event(self, plan: Planned, moment: datetime, outcome: str, **facts: Any) -> Event:
        event = Event(
            pipeline=plan.pipeline.name,
            mode=plan.mode,
            moment=moment,
            outcome=outcome,
            at=self.now(),
            **facts,
        )
        self.tell(event)
        return event

    # --- the ledger ----------------------------------------------------------------------------

    def _note(self, plan: Planned, moment: datetime, outcome: str, error: Exception) -> None:
        """Put an end into the ledger that the run itself did not put there."""
        name = plan.pipeline.name
        try:
            with self._reading() as conn:
                last = served(conn, self._schema, name)
                if last is None or last < moment:
                    ensure_toolkit(conn, self._schema)
                    options = Options(mode=plan.mode, scheduled=moment)
                    note(conn, self._schema, name, options, outcome, error)
        except Failure:
            return  # the server is away; the moment stays open

    def _give_back(self, name: str, moment: datetime) -> None:
        with suppress(Failure), self._reading() as conn:
            sql = render("schedule.give_back.sql", schema=self._schema)
            conn.execute(sql.encode(), {"pipeline": name, "moment": moment})

    def _between_batches(self, _figures: Figures) -> None:
        if who := self.stopping():
            raise StoppedFailure(
                f"stopped by {who} after a batch",
                hint="what was committed stands; the next run goes on",
            )

    @contextmanager
    def _reading(self) -> Iterator[Connection[Any]]:
        with self.pools.connection(READS) as conn, translated("read the schedule"):
            yield conn

    @property
    def _schema(self) -> str:
        return self.project.settings.toolkit_schema

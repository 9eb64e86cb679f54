"""One session of a follower: a connection that listens, its work tables, its row in the ledger.

It holds a lock of its own for as long as it lives, and the pipeline's only while it works, so that
runs of the same pipeline, by hand or on schedule, find their turn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from integrity.database.connect import Connection, Error, connect
from integrity.errors import Failure
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.batch import Batch
from integrity.pipelines.claim import Claim, Following, FollowingPass
from integrity.pipelines.figures import Figures
from integrity.pipelines.ledger import FOLLOW, Ledger
from integrity.pipelines.options import Options
from integrity.pipelines.outbox import Outbox, outbox_of, require_watchable
from integrity.pipelines.resolve import ready
from integrity.pipelines.run import lock_key, run_on, set_timeouts
from integrity.pipelines.toolkit import ensure_toolkit, toolkit_name
from integrity.pipelines.words import one_line
from integrity.run.locks import POLL_SECONDS, session_lock
from integrity.sql.quote import ident, qualified

PATIENCE = 2.0  # seconds: the server may still end the session of a killed follower
_POLL = 5.0  # seconds without a notification after which the outbox is looked at all the same
_POLL_UNTOLD = 0.2  # where transactions may be prepared, nobody is notified
_BUSY = 1.5  # seconds of work after which those who poll for the lock get a chance

_UNTOLD = "select pg_catalog.current_setting('max_prepared_transactions') <> '0'"


def follower_key(pipeline: str) -> int:
    """The advisory lock that the follower of a pipeline holds."""
    return lock_key(f"{pipeline} follower")


@dataclass
class Follower:
    """What is kept between passes. ``poll``: seconds after which one looks without being told."""

    conn: Connection[Any]
    project: Project
    pipeline: Pipeline
    outbox: Outbox
    ledger: Ledger
    poll: float = _POLL
    figures: Figures = field(default_factory=Figures)
    claim: Claim = field(default_factory=Claim)
    _pass: FollowingPass | None = None
    _sign: str = ""
    _idle: float = field(default_factory=time.monotonic)

    def prepare(self) -> None:
        """Resolve the pipeline and make the triggers, before the first pass.

        Raises ConfigFailure when it cannot be followed, and what ``ready`` raises.
        """
        self._pass = self._made()

    def claimed(self) -> bool:
        """Whether the outbox holds anything: the oldest entries are claimed. Nothing is changed."""
        found = self._following.take(self.conn)
        if found and self.claim.sign != self._sign:
            self._pass = None  # a table is not what it was
        return found

    def apply(self) -> Figures:
        """Write what was claimed; the figures of this pass. What fails stays in the outbox."""
        following, before = self._following, self.figures
        with session_lock(
            self.conn,
            lock_key(self.pipeline.name),
            f"pipeline {self.pipeline.name}",
            patience=PATIENCE,
        ):
            following.widen(self.conn)
            self._passing.again()
        if time.monotonic() - self._idle > _BUSY:
            self._idle = time.monotonic()
            time.sleep(POLL_SECONDS * 1.1)
        return self.figures - before

    def catch_up(self) -> Figures:
        """Passes over the source itself, each with a row of its own in the ledger."""
        self._pass = None  # its work tables are made anew
        total = Figures()
        for mode in catch_up_modes(self.pipeline):
            options = Options(mode=mode, patience=PATIENCE)
            total += run_on(self.conn, self.project, self.pipeline, options).figures
        # Links that the server has not counted yet make it read all of them in every small pass.
        links = qualified(toolkit_name(self.outbox.schema, "pipeline_links"))
        self.conn.execute(f"analyze {links}".encode())
        return total

    def wait(self, seconds: float) -> bool:
        """Wait for a notification; whether one came."""
        self._idle = time.monotonic()
        told = list(self.conn.notifies(timeout=seconds, stop_after=1))
        if told:
            list(self.conn.notifies(timeout=0))  # one pass answers them all
        return bool(told)

    @property
    def _following(self) -> Following:
        kind = self._passing.kind
        assert isinstance(kind, Following)
        return kind

    @property
    def _passing(self) -> FollowingPass:
        if self._pass is None:
            self._pass = self._made()
        return self._pass

    def _made(self) -> FollowingPass:
        """The pipeline resolved anew, on new work tables."""
        self._sign = self.outbox.sign(self.conn, self.pipeline.into)
        (source,) = ready(self.conn, self.project, self.pipeline)
        require_watchable(self.conn, self.outbox, self.pipeline, source.resolved.key)
        self.outbox.install(self.conn)
        batch = Batch(source)
        for statement in batch.work_tables():
            self.conn.execute(statement.encode())
        # Of a table that it has never counted the server expects ten pages: passes are small.
        work = (batch.ready.rows, batch.candidates_table, batch.matched, batch.fates)
        self.conn.execute(f"analyze {', '.join(map(qualified, work))}".encode())
        kind = Following(batch, "all", self.outbox, self.claim)
        return FollowingPass(
            self.conn, batch, kind, Options(), self.ledger, self._tell, self.figures
        )

    def _tell(self, figures: Figures) -> None:
        self.figures = figures


@contextmanager
def following(url: str, project: Project, pipeline: Pipeline) -> Iterator[Follower]:
    """A follower that listens, to be prepared. The connection is closed at the end.

    Raises LockedFailure beside another follower, and ConfigFailure when the pipeline does not say
    what to watch.
    """
    schema, name = project.settings.toolkit_schema, pipeline.name
    outbox = outbox_of(schema, pipeline)
    with (
        connect(url, application_name=f"integrity follow {name}") as conn,
        session_lock(conn, follower_key(name), f"follower {name}", patience=PATIENCE),
    ):
        set_timeouts(conn, project)
        ensure_toolkit(conn, schema)
        conn.execute(f"listen {ident(outbox.channel)}".encode())
        row = conn.execute(_UNTOLD).fetchone()
        poll = _POLL_UNTOLD if row and row[0] else _POLL
        ledger, begun = Ledger.begin(conn, schema, name, Options(mode=FOLLOW)), time.monotonic()
        try:
            yield Follower(conn, project, pipeline, outbox, ledger, poll)
        except (Failure, Error) as error:
            with suppress(Error):  # a lost connection tells nobody
                ledger.ends(conn, "failed", time.monotonic() - begun, one_line(error))
            raise


def catch_up_modes(pipeline: Pipeline) -> tuple[str, ...]:
    """The modes that find what was not followed."""
    return ("missing", "corrected") if pipeline.modes.missing else ("all",)

"""The schedules of pipelines beside what ran: last run, next moment, what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrity.database.connect import Connection, translated
from integrity.pipelines.ledger import served
from integrity.pipelines.live import standing
from integrity.pipelines.toolkit import has_toolkit
from integrity.sql.template import render

if TYPE_CHECKING:
    from integrity.pipelines.agenda import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One schedule. ``next`` is in its zone. ``missed_since``: the first moment that is open.

    ``absent``: the table of the pipeline cannot be written in this database, so it is not run.
    """

    pipeline: str
    cron: str
    zone: str
    mode: str
    last_started: datetime | None
    last_outcome: str
    next: datetime | None
    missed_since: datetime | None
    absent: bool

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values; ``next`` in its zone and in UTC."""
        return {
            "pipeline": self.pipeline,
            "cron": self.cron,
            "zone": self.zone,
            "mode": self.mode,
            "last_started": _iso(self.last_started),
            "last_outcome": self.last_outcome or None,
            "next": _iso(self.next),
            "next_utc": _iso(self.next.astimezone(UTC) if self.next else None),
            "missed_since": _iso(self.missed_since),
            "absent": self.absent,
        }


def scheduled(
    conn: Connection[Any], schema: str, plans: Iterable[Planned], now: datetime | None = None
) -> tuple[Scheduled, ...]:
    """The schedules of these pipelines on a database."""
    with translated("read the schedule"):
        known = has_toolkit(conn, schema)
        at = now or datetime.now(UTC)
        return tuple(_one(conn, schema if known else "", plan, at) for plan in plans)


def _one(conn: Connection[Any], schema: str, plan: Planned, now: datetime) -> Scheduled:
    from integrity.pipelines.agenda import missed_since

    pipeline, schedule = plan.pipeline, plan.pipeline.schedule
    assert schedule is not None
    started, outcome, last = None, "", None
    if schema:
        sql = render("schedule.last.sql", schema=schema)
        row = conn.execute(sql.encode(), {"pipeline": pipeline.name}).fetchone()
        started, outcome = row or (None, "")
        last = served(conn, schema, pipeline.name)
    absent = not standing(conn, pipeline.into)
    missed = None if absent else missed_since(plan, last, now)
    return Scheduled(
        pipeline=pipeline.name,
        cron=schedule.cron,
        zone=schedule.zone,
        mode=plan.mode,
        last_started=started,
        last_outcome=outcome,
        next=plan.moments.after(now),
        missed_since=missed.astimezone(UTC) if missed else None,
        absent=absent,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""What the toolkit's tables say of pipelines, breakers, followers, and loads of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.loading.ledger import LoadedFile, list_loads
from integrity.operate.scheduled import Scheduled, scheduled
from integrity.pipeline_model import Pipeline
from integrity.pipelines.breaker_table import BreakerState, breaker_states
from integrity.pipelines.follow_status import FollowStatus, follow_status
from integrity.pipelines.toolkit import has_toolkit
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineOverview:
    """One pipeline. ``last``: the row of its last run that was not refused; None: it never ran.

    ``refused``: runs that were refused since; ``quarantined``: rows that are in quarantine now.
    """

    pipeline: str
    last: dict[str, Any] | None = None
    last_done: datetime | None = None
    refused: int = 0
    quarantined: int = 0
    scheduled: Scheduled | None = None

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return {
            "pipeline": self.pipeline,
            "last": self.last,
            "last_done": self.last_done.isoformat() if self.last_done else None,
            "refused_since": self.refused,
            "quarantined": self.quarantined,
            "schedule": self.scheduled.as_json() if self.scheduled else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTotal:
    """The loads into one table. ``running``: files that are not done yet."""

    target: str
    files: int
    running: int
    read: int
    loaded: int
    quarantined: int
    repeated: int
    last: datetime

    def as_json(self) -> dict[str, Any]:
        """The totals as JSON values."""
        names = ("target", "files", "running", "read", "loaded", "quarantined", "repeated")
        return {name: getattr(self, name) for name in names} | {"last": self.last.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it; empty where none ever ran."""

    pipelines: tuple[PipelineOverview, ...] = ()
    breakers: tuple[BreakerState, ...] = ()
    loads: tuple[LoadTotal, ...] = ()
    followers: tuple[FollowStatus, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The overview as JSON values."""
        return {
            "pipelines": [one.as_json() for one in self.pipelines],
            "breakers": [one.as_json() for one in self.breakers],
            "loads": [one.as_json() for one in self.loads],
            "followers": [one.as_json() for one in self.followers],
        }


def overview(conn: Connection[Any], schema: str, pipelines: Iterable[Pipeline]) -> Overview:
    """The overview of a database: pipelines of the configuration, and others that ran here."""
    declared = tuple(pipelines)
    with translated("read the status of the pipelines"):
        times = _schedules(conn, schema, declared)
        ran = {row["pipeline"]: row for row in _ran(conn, schema)}
        names = sorted({one.name for one in declared} | ran.keys())
        return Overview(
            pipelines=tuple(
                PipelineOverview(**(ran.get(name) or {"pipeline": name}), scheduled=times.get(name))
                for name in names
            ),
            breakers=breaker_states(conn, schema),
            loads=_loads(list_loads(conn, schema)),
            followers=tuple(follow_status(conn, schema)),
        )


def _schedules(
    conn: Connection[Any], schema: str, pipelines: tuple[Pipeline, ...]
) -> dict[str, Scheduled]:
    if not any(one.schedule for one in pipelines):
        return {}
    from integrity.pipelines.agenda import planned  # the scheduler's library takes its time

    return {one.pipeline: one for one in scheduled(conn, schema, planned(pipelines).values())}


def _ran(conn: Connection[Any], schema: str) -> list[dict[str, Any]]:
    if not has_toolkit(conn, schema):
        return []
    with conn.cursor(row_factory=dict_row) as cursor:
        sql = render("operate.pipelines.sql", schema=schema)
        return cursor.execute(sql.encode()).fetchall()


def _loads(files: Iterable[LoadedFile]) -> tuple[LoadTotal, ...]:
    by_target: dict[str, list[LoadedFile]] = {}
    for one in files:
        by_target.setdefault(one.target, []).append(one)
    return tuple(
        LoadTotal(
            target=target,
            files=len(found),
            running=sum(one.state != "done" for one in found),
            read=sum(one.read for one in found),
            loaded=sum(one.loaded for one in found),
            quarantined=sum(one.quarantined for one in found),
            repeated=sum(one.repeated for one in found),
            last=max(one.finished_at or one.started_at for one in found),
        )
        for target, found in sorted(by_target.items())
    )

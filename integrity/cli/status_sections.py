"""The sections of ``integrity status`` beyond migrations: one class each, listed in SECTIONS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from integrity.model import Project
    from integrity.operate.overview import Overview, PipelineOverview


class Section(Protocol):
    """A part of the status."""

    def as_json(self) -> Any:
        """Its JSON values."""

    def text(self) -> str:
        """It, for a reader; empty when there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Pipelines: last run, figures, open quarantine, next moment."""

    found: Overview

    def as_json(self) -> Any:
        """One object per pipeline."""
        return [one.as_json() for one in self.found.pipelines]

    def text(self) -> str:
        """One line per pipeline."""
        from integrity.cli.grid import grid

        if not self.found.pipelines:
            return ""
        headings = ("pipeline", "last run (UTC)", "mode", "outcome", "found", "created", "updated",
                    "rejected", "in quarantine", "refused since", "next (UTC)")  # fmt: skip
        text = grid(headings, [self._row(one) for one in self.found.pipelines])
        errors = [
            f"{one.pipeline}: {one.last['error']}"
            for one in self.found.pipelines
            if one.last and one.last["error"]
        ]
        return "\n".join([text, *errors])

    @staticmethod
    def _row(one: PipelineOverview) -> tuple[object, ...]:
        last = one.last or {}
        started = str(last.get("started", "never"))[:19].replace("T", " ")
        figures = [last.get(name, 0) for name in ("found", "created", "updated", "quarantined")]
        coming = _moment(one.scheduled.next) if one.scheduled and not one.scheduled.absent else ""
        ended = (last.get("mode", ""), last.get("outcome", ""))
        return (one.pipeline, started, *ended, *figures, one.quarantined, one.refused, coming)


@dataclass(frozen=True, slots=True)
class Breakers:
    """Circuit breakers: state, reason, when they try again."""

    found: Overview

    def as_json(self) -> Any:
        """One object per breaker."""
        return [one.as_json() for one in self.found.breakers]

    def text(self) -> str:
        """One line per breaker that counted something."""
        from integrity.cli.breaker import breaker_grid

        told = [one for one in self.found.breakers if one.state != "closed" or one.failures]
        return breaker_grid(told) if told else ""


@dataclass(frozen=True, slots=True)
class Loads:
    """Loads of files, by table."""

    found: Overview

    def as_json(self) -> Any:
        """One object per table."""
        return [one.as_json() for one in self.found.loads]

    def text(self) -> str:
        """One line per table."""
        from integrity.cli.grid import grid

        if not self.found.loads:
            return ""
        rows = [
            (one.target, one.files, one.running, one.read, one.loaded, one.quarantined,
             one.repeated, _moment(one.last))
            for one in self.found.loads
        ]  # fmt: skip
        headings = ("loaded into", "files", "not done", "rows", "loaded", "rejected", "repeated")
        return grid((*headings, "last (UTC)"), rows)


@dataclass(frozen=True, slots=True)
class Followers:
    """Pipelines that are or were followed."""

    found: Overview

    def as_json(self) -> Any:
        """One object per pipeline."""
        return [one.as_json() for one in self.found.followers]

    def text(self) -> str:
        """One line per pipeline."""
        from integrity.cli.grid import grid

        if not self.found.followers:
            return ""
        rows = [
            (one.pipeline, "running" if one.running else "stopped", one.waiting,
             "" if one.oldest is None else f"{one.oldest:.1f} s",
             ", ".join(one.tables) or "none")
            for one in self.found.followers
        ]  # fmt: skip
        return grid(("followed", "follower", "waiting", "the oldest", "triggers on"), rows)


# Name in the JSON -> section. Further ones are added here.
SECTIONS: dict[str, Callable[[Overview], Section]] = {
    "pipelines": Pipelines,
    "breakers": Breakers,
    "followers": Followers,
    "loads": Loads,
}


def sections(config: Path, project: Project, url: str) -> dict[str, Section]:
    """Every section, read from the database."""
    from integrity.config.pipelines import load_pipelines
    from integrity.database.connect import connect
    from integrity.operate.overview import overview

    pipelines = load_pipelines(config, project)
    with connect(url, application_name="integrity status") as conn:
        found = overview(conn, project.settings.toolkit_schema, pipelines)
    return {name: section(found) for name, section in SECTIONS.items()}


def _moment(moment: datetime | None) -> str:
    from datetime import UTC

    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""

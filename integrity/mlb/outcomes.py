"""The outcome sync under the name by which its user calls it: thin over the engine.

Before the consolidation scores go to curated.enhanced_games, after it to
core_betting.enhanced_games; which one is meant is seen from the database.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from integrity.config import load_project
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.chosen import first_standing, load_named
from integrity.pipelines.figures import Result
from integrity.pipelines.options import Options
from integrity.pipelines.run import Progress, run_pipeline
from integrity.pipelines.service import PipelineService

PIPELINES = ("outcomes", "outcomes_legacy")
SYNC_TYPES = ("all", "missing", "recent", "corrected")


def sync_outcomes(
    config: Path, url: str, options: Options, *, progress: Progress | None = None
) -> Result:
    """One pass of the outcome sync that fits the database; the caller judges the reject budget.

    Raises ConfigFailure, DriftFailure, LockedFailure, UnprovenFailure and DatabaseFailure.
    """
    project, pipeline = outcome_pipeline(config, url)
    return run_pipeline(url, project, pipeline, options, progress=progress)


def outcome_pipeline(config: Path, url: str) -> tuple[Project, Pipeline]:
    """The project, and the outcome sync that fits the database.

    Raises ConfigFailure, DriftFailure and DatabaseFailure.
    """
    project = load_project(config)
    return project, first_standing(url, load_named(config, project, PIPELINES))


class EnhancedGamesOutcomeSyncService(PipelineService):
    """Outcomes into enhanced_games, for callers in an event loop.

    The engine runs in a worker thread, on connections that are kept: see ``PipelineService``.
    """

    async def sync_all_missing_outcomes(
        self, *, limit: int | None = None, dry_run: bool = False
    ) -> Result:
        """Outcomes of games that have no row in enhanced_games, or a row without scores."""
        return await self.sync("missing", limit=limit, dry_run=dry_run)

    async def sync_recent_outcomes(
        self, days_back: int = 7, *, limit: int | None = None, dry_run: bool = False
    ) -> Result:
        """Outcomes of the last ``days_back`` days."""
        return await self.sync("recent", days_back=days_back, limit=limit, dry_run=dry_run)

    async def sync_corrected_outcomes(
        self, *, limit: int | None = None, dry_run: bool = False
    ) -> Result:
        """Outcomes that changed after they were synced; the old values are kept in history."""
        return await self.sync("corrected", limit=limit, dry_run=dry_run)

    async def sync(
        self,
        sync_type: str = "missing",
        *,
        days_back: int | None = None,
        limit: int | None = None,
        dry_run: bool = False,
    ) -> Result:
        """One pass. ``sync_type``: one of SYNC_TYPES."""
        options = Options(mode=sync_type, days_back=days_back, limit=limit, dry_run=dry_run)
        return await asyncio.to_thread(self.run, PIPELINES, options)

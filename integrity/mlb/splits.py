"""The betting splits under the name by which their user calls them: thin over the engine.

One pass extracts, transforms and loads; the three steps of the service are views of that pass, so
that there is one engine and one account of the rows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from integrity.pipelines.figures import Result
from integrity.pipelines.options import Options
from integrity.pipelines.service import PipelineService
from integrity.sql.template import render

PIPELINE = "betting_splits"


@dataclass(frozen=True, slots=True)
class RawSplits:
    """How many rows each source holds: one per game, book and market, before any is judged."""

    by_source: dict[str, int]

    @property
    def rows(self) -> int:
        """Rows of all sources."""
        return sum(self.by_source.values())


class BettingSplitsETLService(PipelineService):
    """Observations of the public's bets into analytics.betting_splits, for callers in a loop.

    The engine runs in a worker thread, on connections that are kept: see ``PipelineService``.
    """

    async def extract_raw_splits(self) -> RawSplits:
        """What the sources hold. Changes nothing."""
        return await asyncio.to_thread(self._extracted)

    async def transform_splits(
        self, *, since: str = "", full: bool = False, limit: int | None = None
    ) -> Result:
        """What ``load_splits`` would make of it, to the row: the same pass, rolled back."""
        return await self._pass(since=since, full=full, limit=limit, dry_run=True)

    async def load_splits(
        self, *, since: str = "", full: bool = False, limit: int | None = None
    ) -> Result:
        """Load what came since the last run, or since a moment (ISO 8601), or all of it."""
        return await self._pass(since=since, full=full, limit=limit, dry_run=False)

    async def _pass(self, *, since: str, full: bool, limit: int | None, dry_run: bool) -> Result:
        mode = "all" if full else "increment"
        options = Options(mode=mode, since=since, limit=limit, dry_run=dry_run)
        return await asyncio.to_thread(self.run, [PIPELINE], options)

    def _extracted(self) -> RawSplits:
        found: dict[str, int] = {}
        with self.reading("count the rows of the sources") as conn:
            for source in self.pipeline(PIPELINE).sources:
                query = source.extract.query
                assert query is not None
                sql = render("etl.extracted.sql", query=query.text.rstrip())
                row = conn.execute(sql.encode()).fetchone()
                found[str(source.extract.watch)] = int(row[0]) if row else 0
        return RawSplits(found)

"""The betting splits under the name by which their user calls them: thin over the engine.

One pass of the engine extracts, transforms and loads. ``extract_raw_splits`` reads what the sources
hold, ``transform_splits`` runs the pass and rolls it back, ``load_splits`` runs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrity.database.connect import Connection
from integrity.pipelines.figures import Figures, Result
from integrity.pipelines.options import Options
from integrity.pipelines.run import run_on
from integrity.pipelines.service import PipelineService
from integrity.pipelines.toolkit import toolkit_name
from integrity.sql.template import render

PIPELINE = "betting_splits"
ROWS = 10_000  # rows that a service hands out when nobody says how many


@dataclass(frozen=True, slots=True)
class RawSplit:
    """One row of a source before it is judged: a game, book and market, as its query reads it."""

    source: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawSplits:
    """How many rows each source holds, and the first of them."""

    by_source: Mapping[str, int]
    rows: tuple[RawSplit, ...]

    @property
    def found(self) -> int:
        """Rows of all sources."""
        return sum(self.by_source.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One row of analytics.betting_splits. Shares are percent, 0 to 100; differences points."""

    split_id: int
    game_id: int
    market: str
    source: str
    sportsbook_id: int | None
    observed_at: datetime
    home_or_over_bets: int | None
    home_or_over_bets_pct: Decimal | None
    home_or_over_money_pct: Decimal | None
    away_or_under_bets: int | None
    away_or_under_bets_pct: Decimal | None
    away_or_under_money_pct: Decimal | None
    sharp_difference: Decimal | None
    sharp_side: str | None
    sharp_level: str | None
    split_value: str | None
    repeats: int


@dataclass(frozen=True, slots=True)
class TransformedSplits:
    """What a load would come to: its figures, and the first of the rows that it would make."""

    result: Result
    rows: tuple[Split, ...]


class BettingSplitsETLService(PipelineService):
    """Observations of the public's bets into analytics.betting_splits, for callers in a loop.

    The engine runs in a worker thread, on connections that are kept: see ``PipelineService``.
    """

    async def extract_raw_splits(self, *, rows: int = ROWS) -> RawSplits:
        """What the sources hold: all rows counted, ``rows`` of each source read."""
        return await asyncio.to_thread(self._extracted, rows)

    async def transform_splits(
        self,
        *,
        since: str = "",
        full: bool = False,
        limit: int | None = None,
        rows: int = ROWS,
    ) -> TransformedSplits:
        """What ``load_splits`` would write, to the row: the same pass, rolled back."""
        options = _options(since=since, full=full, limit=limit, dry_run=True)
        return await asyncio.to_thread(self._transformed, options, rows)

    async def load_splits(
        self, *, since: str = "", full: bool = False, limit: int | None = None
    ) -> Result:
        """Load what came since the last run, or since a moment (ISO 8601), or all of it."""
        options = _options(since=since, full=full, limit=limit, dry_run=False)
        return await asyncio.to_thread(self.run, [PIPELINE], options)

    # --- in the worker thread ------------------------------------------------------------------

    def _extracted(self, rows: int) -> RawSplits:
        found: dict[str, int] = {}
        read: list[RawSplit] = []
        with self.reading("read the sources") as conn, conn.transaction():
            conn.execute("set transaction isolation level repeatable read read only")
            for source in self.pipeline(PIPELINE).sources:
                label = str(source.extract.watch)
                assert source.extract.query is not None
                facts = {"query": source.extract.query.text.rstrip(), "key": source.extract.key}
                found[label] = _number(conn, render("etl.extracted.sql", **facts))
                sql = render("etl.extracted_rows.sql", rows=rows, **facts)
                values = conn.execute(sql.encode()).fetchall()
                read += [RawSplit(label, row) for (row,) in values]
        return RawSplits(found, tuple(read))

    def _transformed(self, options: Options, rows: int) -> TransformedSplits:
        made: list[Split] = []
        with self.running(PIPELINE) as (conn, project, pipeline):
            facts = {
                "table": pipeline.into,
                "columns": [one.name for one in fields(Split)],
                "links": toolkit_name(project.settings.toolkit_schema, "pipeline_links"),
                "pipeline": pipeline.name,
            }
            last = _number(conn, render("etl.last.sql", key="split_id", table=pipeline.into))

            def note(_: Figures) -> None:  # after each batch, before the whole is rolled back
                sql = render("etl.made.sql", key="split_id", after=last, rows=rows, **facts)
                found = conn.execute(sql.encode())
                named = [column.name for column in found.description or ()]
                made[:] = (Split(**dict(zip(named, row, strict=True))) for row in found)

            result = run_on(conn, project, pipeline, options, progress=note)
        return TransformedSplits(result, tuple(made))


def _options(*, since: str, full: bool, limit: int | None, dry_run: bool) -> Options:
    mode = "all" if full else "increment"
    return Options(mode=mode, since=since, limit=limit, dry_run=dry_run)


def _number(conn: Connection[Any], sql: str) -> int:
    row = conn.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0

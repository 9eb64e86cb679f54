"""The table of runs: one row per run, brought up to date by each batch in its own transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY
from integrity.pipelines.figures import NUMBERS, Figures
from integrity.pipelines.options import Options
from integrity.pipelines.toolkit import has_toolkit, toolkit_name
from integrity.pipelines.words import one_line
from integrity.sql.template import render

DRY = 0  # the number of a dry run, which has no row
FOLLOW = "follow"  # the mode of a follower, which lives beside runs of the same pipeline


@dataclass(frozen=True, slots=True)
class Ledger:
    """Writes the row of one run."""

    schema: str
    run: int

    @classmethod
    def begin(cls, conn: Connection[Any], schema: str, pipeline: str, options: Options) -> Ledger:
        """A new row. Runs of this pipeline that were killed are marked as such."""
        runs = toolkit_name(schema, "pipeline_runs")
        with conn.transaction():
            conn.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [ADVISORY_LOCK_KEY ^ 2])
            lost = {"pipeline": pipeline, "follow": FOLLOW, "follows": options.mode == FOLLOW}
            conn.execute(render("pipeline.run_lost.sql", runs=runs, **lost).encode())
            values = {"pipeline": pipeline, "mode": options.mode, "scheduled": options.scheduled}
            sql = render("pipeline.run_begins.sql", runs=runs)
            row = conn.execute(sql.encode(), values).fetchone()
        assert row is not None
        return cls(schema, int(row[0]))

    def goes_on(self, conn: Connection[Any], figures: Figures, cursor: str) -> None:
        """The figures so far, in the transaction of the batch."""
        if self.run == DRY:
            return
        values = {name: getattr(figures, name) for name in NUMBERS}
        kinds = {name: json.dumps(dict(getattr(figures, name))) for name in ("reasons", "drops")}
        sql = render("pipeline.run_goes_on.sql", runs=self._runs, numbers=NUMBERS)
        conn.execute(sql.encode(), {**values, **kinds, "cursor": cursor, "run": self.run})

    def ends(
        self, conn: Connection[Any], outcome: str, seconds: float, error: str | None = None
    ) -> None:
        """The end: done, failed or refused."""
        if self.run == DRY:
            return
        values = {"outcome": outcome, "seconds": seconds, "error": error, "run": self.run}
        conn.execute(render("pipeline.run_ends.sql", runs=self._runs).encode(), values)

    def figures(self, conn: Connection[Any]) -> Figures:
        """What stands in the row: exactly what was committed."""
        sql = render("pipeline.run_figures.sql", runs=self._runs, numbers=NUMBERS)
        row = conn.execute(sql.encode(), {"run": self.run}).fetchone()
        if row is None:
            return Figures()
        reasons, *numbers = row
        return Figures(reasons=reasons, **dict(zip(NUMBERS, numbers, strict=True)))

    @property
    def _runs(self) -> Any:
        return toolkit_name(self.schema, "pipeline_runs")


def note(
    conn: Connection[Any],
    schema: str,
    pipeline: str,
    options: Options,
    outcome: str,
    error: BaseException,
) -> None:
    """Note a run that did not begin, as refused or failed; without a ledger nothing is noted.

    ``options.scheduled`` is the moment of the schedule that it served, for which none is run later.
    """
    if not has_toolkit(conn, schema):
        return
    values = {"pipeline": pipeline, "mode": options.mode, "scheduled": options.scheduled}
    sql = render("pipeline.run_noted.sql", runs=toolkit_name(schema, "pipeline_runs"))
    with conn.transaction():
        conn.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [ADVISORY_LOCK_KEY ^ 2])
        conn.execute(sql.encode(), {**values, "outcome": outcome, "error": one_line(error)})


def served(conn: Connection[Any], schema: str, pipeline: str) -> datetime | None:
    """The last moment of its schedule that was served; None: none ever."""
    if not has_toolkit(conn, schema):
        return None
    sql = render("schedule.served.sql", schema=schema)
    row = conn.execute(sql.encode(), {"pipeline": pipeline}).fetchone()
    return row[0] if row else None

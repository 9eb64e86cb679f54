"""How far pipelines are: the last run, the watermark of each source, and what is kept aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import connect, translated
from integrity.pipelines.toolkit import has_toolkit
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStatus:
    """One pipeline. ``last``: the row of its last run; empty: it never ran here."""

    pipeline: str
    last: dict[str, Any]
    watermarks: dict[str, str]
    rejects: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """The status as JSON values."""
        return {
            "pipeline": self.pipeline,
            "last": self.last or None,
            "watermarks": self.watermarks,
            "rejects": self.rejects,
        }

    def lines(self) -> list[str]:
        """The status for a reader."""
        if not self.last:
            return [f"{self.pipeline}: never ran on this database"]
        last = self.last
        listed = [
            f"{self.pipeline}: run {last['run']} ({last['mode']}) {last['outcome']},"
            f" {last['started']}, {last['found']:,} found, {last['created']:,} created,"
            f" {last['updated']:,} updated, {last['repeated']:,} repeated"
        ]
        listed += [f"  error: {last['error']}"] if last["error"] else []
        listed += [f"  {source}: up to {mark}" for source, mark in self.watermarks.items()]
        listed += [f"  kept aside: {rows:,} {reason}" for reason, rows in self.rejects.items()]
        return listed


def etl_status(url: str, schema: str, names: Iterable[str]) -> list[PipelineStatus]:
    """The status of these pipelines in a database."""
    with connect(url, application_name="integrity etl status") as conn, translated("read status"):
        known = has_toolkit(conn, schema)
        sql = render("etl.status.sql", schema=schema)
        found = {}
        for name in names:
            row = conn.execute(sql.encode(), {"pipeline": name}).fetchone() if known else None
            last, watermarks, rejects = row or ({}, {}, {})
            found[name] = PipelineStatus(
                pipeline=name, last=last or {}, watermarks=watermarks or {}, rejects=rejects or {}
            )
    return list(found.values())

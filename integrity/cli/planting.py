"""The demo's planting table on stdout: what was planted where, and how it has to show up."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrity.mlb.legacy.report import PlantingReport

WIDTH = 160  # columns where stdout is no terminal


def print_planting(report: PlantingReport, *, as_json: bool = False, rows: bool = False) -> None:
    """Print the report as a table, or as JSON, with each planted row if ``rows``."""
    if as_json:
        json.dump(report.as_json(rows=rows), sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    from rich.console import Console
    from rich.table import Table

    from integrity.mlb.legacy.demo import HEADINGS, planting_lines

    table = Table(*HEADINGS, box=None, pad_edge=False, title=_title(report), title_justify="left")
    for column, heading in zip(table.columns, HEADINGS, strict=True):
        column.no_wrap = heading != "why"
        if heading in ("rows", "candidates"):
            column.justify = "right"
    for line in planting_lines(report):
        table.add_row(*line)
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def _title(report: PlantingReport) -> str:
    size = sum(report.tables.values())
    return f"{report.mode} games, {len(report.tables)} tables, {size:,} rows"

"""The plan for a terminal: tables with rules and colour; plain columns for a pipe or a file.

rich is imported only when a terminal is drawn for. Its markup is never on: a value such as
``[red]`` is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from textwrap import wrap
from typing import TYPE_CHECKING

from integrity.plan.explain.document import Grid, Section, sections
from integrity.plan.model import Plan
from integrity.plan.shown import shown
from integrity.plan.verdict import judge

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS = {"blocked": "bold red", "hazardous": "bold yellow", "clear": "bold green"}


def render_text(plan: Plan, *, terminal: bool, width: int = 100) -> str:
    """The plan as text of ``width`` columns; ``terminal``: with box rules and colour."""
    return _for_terminal(plan, width) if terminal else _plain(plan, width)


# --- plain -----------------------------------------------------------------------------------


def _plain(plan: Plan, width: int) -> str:
    lines = [line for section in sections(plan) for line in _section(section, width)]
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _section(section: Section, width: int) -> Iterator[str]:
    title = shown(section.title)
    yield from ("", title, ("=-~"[section.level - 1]) * min(len(title), width))
    for paragraph in section.paragraphs:
        yield from wrap(shown(paragraph), width) or [""]
    for grid in section.grids:
        if grid.caption != section.title:
            yield from ("", shown(grid.caption))
        yield from _columns(grid)


def _columns(grid: Grid) -> Iterator[str]:
    """Columns under each other. Nothing is cut: a wide table is wide, and can be searched."""
    rows = [grid.columns, *(tuple(map(shown, row)) for row in grid.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for at, row in enumerate(rows):
        cells = zip(grid.columns, row, widths, strict=True)
        yield "  " + "  ".join(
            cell.rjust(size) if name in grid.numbers else cell.ljust(size)
            for name, cell, size in cells
        )
        if not at:
            yield "  " + "  ".join("-" * size for size in widths)


# --- terminal --------------------------------------------------------------------------------


def _for_terminal(plan: Plan, width: int) -> str:
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, markup=False, emoji=False, highlight=False
    )
    colour = _COLOURS.get(judge(plan).state, "bold")
    for section in sections(plan):
        console.print(shown(section.title), style=colour if section.level == 1 else "bold cyan")
        for paragraph in section.paragraphs:
            console.print(shown(paragraph))
        for grid in section.grids:
            _draw(console, grid)
        console.print()
    return out.getvalue()


def _draw(console: Console, grid: Grid) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD, title=Text(shown(grid.caption)), title_justify="left", pad_edge=False
    )
    for name in grid.columns:
        is_number = name in grid.numbers
        table.add_column(
            Text(name), justify="right" if is_number else "left", overflow="fold", no_wrap=is_number
        )
    for row in grid.rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    console.print(table)

"""The plan as Markdown, for a pull request or a wiki.

Every cell is text in the sense of CommonMark 2.4: ASCII punctuation that Markdown or HTML could
read is escaped, so no value becomes a link, an image, a table cell or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.plan.explain.document import Grid, Section, sections
from integrity.plan.model import Plan
from integrity.plan.shown import shown

_SPECIAL = re.compile(
    r"[\\`*{}\[\]<>#|~&$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=[Ww]{3})\."
)
_BLOCK_START = re.compile(r"^(?:[-+=]|\d+(?=[.)]))")


def render_markdown(plan: Plan) -> str:
    """The document; ends with a newline."""
    return "\n\n".join(block for one in sections(plan) for block in _blocks(one)) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line that Markdown shows as it is, inside a paragraph, heading or cell."""
    return _SPECIAL.sub(_reference, shown(text))


def _paragraph(text: str) -> str:
    """As ``escaped``; what would begin a list or a rule at the start of a line does not."""
    line = escaped(text)
    start = _BLOCK_START.match(line)
    if not start:
        return line
    end = start.end() - 1
    return f"{line[:end]}&#{ord(line[end])};{line[end + 1 :]}"


def _reference(match: re.Match[str]) -> str:
    """A backslash where CommonMark knows it as an escape, else a character reference."""
    character = match.group()
    return "\\" + character if character in "\\`*_{}[]#|~$" else f"&#{ord(character)};"


def _blocks(section: Section) -> Iterator[str]:
    yield f"{'#' * section.level} {escaped(section.title)}"
    if section.paragraphs:
        yield "\n".join(f"{_paragraph(one)}  " for one in section.paragraphs).rstrip()
    for grid in section.grids:
        if grid.caption != section.title:
            yield f"**{escaped(grid.caption)}**"
        yield "\n".join(_grid(grid))


def _grid(grid: Grid) -> Iterator[str]:
    yield _row(grid.columns)
    yield _row_of(["---:" if name in grid.numbers else "---" for name in grid.columns])
    for row in grid.rows:
        yield _row(row)


def _row(cells: tuple[str, ...]) -> str:
    return _row_of([escaped(cell) or " " for cell in cells])


def _row_of(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"

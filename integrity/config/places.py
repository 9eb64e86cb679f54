"""A place inside a scalar: where the n-th character of an expression stands in its file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from integrity.model import Expression, Location


def inside(expression: Expression, offset: int | None) -> Location:
    """Where character ``offset`` (from 0) of the expression stands.

    Exact for plain and quoted scalars on one line and for literal blocks (``|``); for any other
    form, and without an offset, the beginning of the scalar. Reads the file, so it is meant for
    messages only.
    """
    start = expression.location
    if not start.file or offset is None:
        return start
    lines = _lines(start)
    if not lines:
        return start
    if lines[0][start.column - 1 :].startswith("|"):
        return _in_block(expression, offset, lines)
    column = _in_line(expression.text, offset, lines[0][start.column - 1 :])
    return start if column is None else Location(start.file, start.line, start.column + column)


def _lines(start: Location) -> list[str]:
    """The lines of the file from the place on."""
    try:
        with Path(start.file).open(encoding="utf-8-sig") as file:
            return [line.rstrip("\n") for line in islice(file, start.line - 1, None)]
    except (OSError, UnicodeDecodeError):
        return []


def _in_line(text: str, offset: int, source: str) -> int | None:
    """How far behind the beginning of ``source`` the character stands; None when unsure."""
    quote = source[:1]
    if quote == "'":
        written = text.replace("'", "''")
        before = len(text[:offset].replace("'", "''"))
        return before + 1 if source.startswith(f"'{written}'") else None
    if quote == '"':
        written = text.replace("\\", "\\\\").replace('"', '\\"')
        before = len(text[:offset].replace("\\", "\\\\").replace('"', '\\"'))
        return before + 1 if source.startswith(f'"{written}"') else None
    return offset if source.startswith(text) else None


def _in_block(expression: Expression, offset: int, lines: list[str]) -> Location:
    """The same in a literal block, whose lines stand as written behind their indentation."""
    start = expression.location
    before = expression.text[:offset]
    down = before.count("\n")
    content = expression.text.split("\n")[down]
    written = lines[1 + down] if 1 + down < len(lines) else ""
    if not written.endswith(content):
        return start
    indent = len(written) - len(content)
    column = indent + len(before) - (before.rfind("\n") + 1)
    return Location(start.file, start.line + 1 + down, column + 1)

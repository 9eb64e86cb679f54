"""A table on stdout: columns under each other, numbers flush right. Nothing is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from integrity.plan.shown import shown


def grid(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The lines of a table; a column that holds only numbers is set flush right."""
    body = [list(row) for row in rows]
    numeric = [
        bool(body) and all(isinstance(row[at], int) for row in body) for at in range(len(headings))
    ]
    cells = [list(headings), *([_text(value) for value in row] for row in body)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(headings))]
    lines = [_line(row, widths, numeric) for row in cells]
    lines.insert(1, "  ".join("-" * size for size in widths))
    return "\n".join(lines)


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else shown(str(value))


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = zip(row, widths, numeric, strict=True)
    return "  ".join(t.rjust(size) if right else t.ljust(size) for t, size, right in cells).rstrip()

"""What a benchmark measures, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One comparison. ``ours`` and ``theirs`` are medians, in ``unit``.

    ``ratio`` is the median of the ratios of each round, since what else the machine does changes
    from round to round. ``goal`` is what is aimed at, in words; ``met`` says whether it was.
    """

    name: str
    ours: float
    against: str
    theirs: float | None
    ratio: float | None
    size: str
    server: str
    goal: str = ""
    met: bool | None = None
    unit: str = "s"


def compared(
    name: str,
    ours: Sequence[float],
    against: str,
    theirs: Sequence[float],
    *,
    size: str,
    server: str,
    at_most: float | None = None,
    unit: str = "s",
) -> Figure:
    """The figure of rounds that took ``ours`` and ``theirs``; ``at_most`` is for the ratio."""
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Figure(
        name=name,
        ours=median(ours),
        against=against,
        theirs=median(theirs),
        ratio=ratio,
        size=size,
        server=server,
        goal="" if at_most is None else f"ratio at most {at_most:g}",
        met=None if at_most is None else ratio <= at_most,
        unit=unit,
    )


def limited(
    name: str, ours: Sequence[float], *, size: str, server: str = "", at_most: float
) -> Figure:
    """The figure of rounds that are held against an absolute limit in seconds."""
    return Figure(
        name=name,
        ours=median(ours),
        against="",
        theirs=None,
        ratio=None,
        size=size,
        server=server,
        goal=f"under {at_most:g} s",
        met=median(ours) < at_most,
    )


_HEADS = ("figure", "ours", "against", "theirs", "ratio", "size", "goal", "")


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table in plain text."""
    rows = [_HEADS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows)
    return "\n".join(lines)


def as_json(figures: Iterable[Figure]) -> list[dict[str, object]]:
    """The figures as values for JSON."""
    return [asdict(figure) for figure in figures]


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "met", False: "missed"}[figure.met]
    return (
        figure.name,
        _number(figure.ours, figure.unit),
        figure.against,
        "" if figure.theirs is None else _number(figure.theirs, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.size,
        figure.goal,
        met,
    )


def _number(value: float, unit: str) -> str:
    digits = 3 if unit == "s" and value < 1 else 1 if unit == "MB" else 2
    return f"{value:.{digits}f} {unit}"

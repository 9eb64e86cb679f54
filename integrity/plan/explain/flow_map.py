"""The picture of a consolidation: legacy tables on the left, unified tables on the right.

A Sankey diagram (M. Schmidt, "The Sankey Diagram in Energy and Material Flow Management", 2008):
a ribbon is as wide as its number of candidates and coloured by what becomes of them. Widths are
linear, with a least width so that no flow is invisible. Nodes are ordered by the barycentre
method to cross few ribbons. Pure geometry; the page draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from integrity.plan.model import Plan
from integrity.plan.verdict import OUTCOMES, by_source

WIDTH = 1120.0
_LEFT, _RIGHT, _BAR = 356.0, 800.0, 10.0
_FLOW = 470.0  # height that all candidates together take, before least widths
_LEAST = 1.2  # least width of a ribbon
_SOURCE_SLOT, _TABLE_SLOT = 15.0, 36.0  # least room for a label
_SOURCE_GAP, _TABLE_GAP = 5.0, 16.0
_UNKNOWN = "uncounted"
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Flow:
    """Candidates from a legacy table to a unified table with the same outcome."""

    source: str
    table: str
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a node: a rectangle in the colour of an outcome."""

    outcome: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A table: its bar and the middle of its label. ``number`` counts from 0 in its column."""

    name: str
    number: int
    x: float
    y: float
    height: float
    middle: float
    bands: tuple[Band, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Candidates of the node."""
        return sum(self.counts.values())

    @property
    def rows(self) -> int:
        """Rows that they become."""
        return self.counts.get("inserted", 0) + self.counts.get("moved", 0)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A flow as an SVG path, with the numbers of its nodes."""

    flow: Flow
    path: str
    source: int
    table: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing, in the units of its view box. ``counted``: whether widths mean anything."""

    width: float
    height: float
    bar: float
    sources: tuple[Node, ...]
    tables: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    counted: bool


def picture(plan: Plan) -> Picture | None:
    """The picture of a plan's mappings; None when it has none."""
    flows = _flows(plan)
    if not flows:
        return None
    bands = _widths(flows)
    sources, tables = _ordered(flows, bands)
    left = _tops(sources, bands, lambda f: f.source, slot=_SOURCE_SLOT, gap=_SOURCE_GAP)
    right = _tops(tables, bands, lambda f: f.table, slot=_TABLE_SLOT, gap=_TABLE_GAP)
    height = max(left.height, right.height)
    starts = _places(left, height, _by_table(flows, tables), bands, lambda f: f.source)
    ends = _places(right, height, _by_outcome(flows, sources), bands, lambda f: f.table)
    ribbons = tuple(
        Ribbon(
            f, _path(starts[f], ends[f], bands[f]), sources.index(f.source), tables.index(f.table)
        )
        for f in sorted(flows, key=lambda f: (-bands[f], f.source, f.table, f.outcome))
    )
    return Picture(
        width=WIDTH,
        height=height,
        bar=_BAR,
        sources=_nodes(sources, _LEFT - _BAR, starts, bands, lambda f: f.source),
        tables=_nodes(tables, _RIGHT, ends, bands, lambda f: f.table),
        ribbons=ribbons,
        counted=plan.profiles is not None,
    )


def _flows(plan: Plan) -> tuple[Flow, ...]:
    if plan.profiles is None:
        return tuple(
            Flow(str(source), str(mapping.table), _UNKNOWN, 1)
            for mapping in plan.mappings
            for source in mapping.sources
        )
    return tuple(
        Flow(line.source, str(profile.table), outcome, count)
        for profile in plan.profiles
        for line in by_source(profile.ledger)
        for outcome in OUTCOMES
        if (count := getattr(line, outcome)) > 0
    )


def _widths(flows: Iterable[Flow]) -> dict[Flow, float]:
    flows = tuple(flows)
    if flows[0].outcome == _UNKNOWN:
        return dict.fromkeys(flows, 8.0)
    scale = _FLOW / sum(flow.count for flow in flows)
    return {flow: max(_LEAST, flow.count * scale) for flow in flows}


# --- order -----------------------------------------------------------------------------------

_End = Callable[[Flow], str]


def _ordered(flows: tuple[Flow, ...], bands: Mapping[Flow, float]) -> tuple[list[str], list[str]]:
    sources = list(dict.fromkeys(flow.source for flow in flows))
    tables = list(dict.fromkeys(flow.table for flow in flows))
    for _ in range(_SWEEPS):
        sources = _sorted(sources, tables, flows, bands, lambda f: (f.source, f.table))
        tables = _sorted(tables, sources, flows, bands, lambda f: (f.table, f.source))
    return _sorted(sources, tables, flows, bands, lambda f: (f.source, f.table)), tables


def _sorted(
    names: list[str],
    others: list[str],
    flows: tuple[Flow, ...],
    bands: Mapping[Flow, float],
    ends: Callable[[Flow], tuple[str, str]],
) -> list[str]:
    """``names`` by the mean position of what they are joined to, wide ribbons counting more."""
    places = _middles(others, flows, bands, lambda f: ends(f)[1])
    weights, sums = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for flow in flows:
        mine, other = ends(flow)
        weights[mine] += bands[flow]
        sums[mine] += bands[flow] * places[other]
    return sorted(
        names, key=lambda name: (round(sums[name] / weights[name], 6), -weights[name], name)
    )


def _middles(
    names: list[str], flows: tuple[Flow, ...], bands: Mapping[Flow, float], end: _End
) -> dict[str, float]:
    at, middles = 0.0, {}
    for name in names:
        size = max(_SOURCE_SLOT, sum(bands[flow] for flow in flows if end(flow) == name))
        middles[name] = at + size / 2
        at += size
    return middles


# --- places ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    names: list[str]
    sizes: dict[str, float]  # of the bars
    slots: dict[str, float]  # of the bars, or of the labels where those need more
    gap: float

    @property
    def height(self) -> float:
        return sum(self.slots.values()) + self.gap * (len(self.names) - 1)


def _tops(
    names: list[str], bands: Mapping[Flow, float], end: _End, *, slot: float, gap: float
) -> _Column:
    sizes = {n: sum(width for flow, width in bands.items() if end(flow) == n) for n in names}
    return _Column(names, sizes, {n: max(slot, size) for n, size in sizes.items()}, gap)


def _places(
    column: _Column, height: float, order: list[Flow], bands: Mapping[Flow, float], end: _End
) -> dict[Flow, float]:
    """The upper edge of each ribbon at one column, spread over the whole height."""
    spare = (height - column.height) / max(1, len(column.names))
    at, found = spare / 2, {}
    for name in column.names:
        y = at + (column.slots[name] - column.sizes[name]) / 2
        for flow in order:
            if end(flow) == name:
                found[flow] = y
                y += bands[flow]
        at += column.slots[name] + column.gap + spare
    return found


def _by_table(flows: Iterable[Flow], tables: list[str]) -> list[Flow]:
    return sorted(flows, key=lambda f: (tables.index(f.table), _rank(f)))


def _by_outcome(flows: Iterable[Flow], sources: list[str]) -> list[Flow]:
    return sorted(flows, key=lambda f: (_rank(f), sources.index(f.source)))


def _rank(flow: Flow) -> int:
    return OUTCOMES.index(flow.outcome) if flow.outcome in OUTCOMES else 0


def _path(y0: float, y1: float, width: float) -> str:
    """Two Bezier curves and the edges between: there above, back below."""
    middle = f"{(_LEFT + _RIGHT) / 2:.1f}"
    above = f"C{middle} {y0:.2f} {middle} {y1:.2f} {_RIGHT:.1f} {y1:.2f}"
    y0_low, y1_low = y0 + width, y1 + width
    below = f"C{middle} {y1_low:.2f} {middle} {y0_low:.2f} {_LEFT:.1f} {y0_low:.2f}"
    return f"M{_LEFT:.1f} {y0:.2f}{above}V{y1_low:.2f}{below}Z"


def _nodes(
    names: list[str], x: float, places: Mapping[Flow, float], bands: Mapping[Flow, float], end: _End
) -> tuple[Node, ...]:
    nodes = []
    for number, name in enumerate(names):
        mine = sorted((f for f in places if end(f) == name), key=lambda f: places[f])
        top, height = places[mine[0]], sum(bands[f] for f in mine)
        counts = {o: sum(f.count for f in mine if f.outcome == o) for o in (*OUTCOMES, _UNKNOWN)}
        nodes.append(
            Node(
                name=name,
                number=number,
                x=x,
                y=top,
                height=height,
                middle=top + height / 2,
                bands=tuple(Band(f.outcome, places[f], bands[f]) for f in mine),
                counts={outcome: count for outcome, count in counts.items() if count},
            )
        )
    return tuple(nodes)

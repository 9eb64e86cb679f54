"""The map: schemas as panels, tables as boxes, groups by colour and lines. Pure geometry.

A box is as wide as the logarithm of its rows. Panels fill columns from the top, each the shortest
column so far, the largest panel first. A line joins the leading table of a group with a member; it
is the bolder, the surer the member is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

from integrity.model import Name
from integrity.propose.model import Group, Kind

if TYPE_CHECKING:
    from integrity.propose.proposal import Proposal

WIDTH = 1140.0
COLOURS = 12
_COLUMNS, _GAP = 4, 18.0
_HEAD, _SLOT, _BOX, _PAD = 26.0, 19.0, 16.0, 8.0
_LEAST = 10.0  # width of the bar of an empty table
_MOST_ROWS = 7.0  # powers of ten at which a bar is full


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table: where its label begins, and the bar under it."""

    name: Name
    rows: int
    group: int | None  # position in the list of groups
    colour: int | None
    kind: str
    x: float
    y: float
    width: float  # of the bar
    room: float  # of the whole line

    @property
    def middle(self) -> float:
        """Where text and lines meet it."""
        return self.y + _BOX / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A schema."""

    schema: str
    x: float
    y: float
    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From the leading table of a group to a member."""

    group: int
    colour: int
    path: str
    opacity: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that is drawn."""

    width: float
    height: float
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...]


def picture(proposal: Proposal) -> Picture:
    """The map of a database. The same proposal gives the same picture."""
    panels = tuple(_panels(proposal))
    boxes = {box.name: box for panel in panels for box in panel.boxes}
    lines = tuple(
        line for at, group in enumerate(proposal.groups) for line in _lines(at, group, boxes)
    )
    height = max((panel.y + panel.height for panel in panels), default=0.0)
    return Picture(width=WIDTH, height=height, panels=panels, lines=lines)


def group_colours(groups: Sequence[Group]) -> tuple[int, ...]:
    """A colour for each group; those with the most rows and tables differ from each other."""
    ranked = sorted(
        range(len(groups)),
        key=lambda at: (-sum(m.rows for m in groups[at].members), -len(groups[at].members), at),
    )
    colours = {at: rank % COLOURS for rank, at in enumerate(ranked)}
    return tuple(colours[at] for at in range(len(groups)))


def _panels(proposal: Proposal) -> Iterator[Panel]:
    schemas: dict[str, list[Name]] = defaultdict(list)
    for name in sorted(proposal.survey.facts):
        schemas[name.schema].append(name)
    places = {
        name: (at, member.kind.value)
        for at, group in enumerate(proposal.groups)
        for member in group.members
        for name in (member.table,)
    }
    colours = group_colours(proposal.groups)
    width = (WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    ends = [0.0] * _COLUMNS
    for schema in sorted(schemas, key=lambda s: (-len(schemas[s]), s)):
        column = ends.index(min(ends))
        x, y = column * (width + _GAP), ends[column]
        names = schemas[schema]
        height = _HEAD + _SLOT * len(names) + _PAD
        ends[column] = y + height + _GAP
        boxes = tuple(
            _box(
                proposal,
                name,
                places.get(name),
                colours,
                corner=(x + _PAD, y + _HEAD + at * _SLOT),
                width=width,
            )
            for at, name in enumerate(names)
        )
        yield Panel(schema=schema, x=x, y=y, width=width, height=height, boxes=boxes)


def _box(
    proposal: Proposal,
    name: Name,
    place: tuple[int, str] | None,
    colours: Sequence[int],
    *,
    corner: tuple[float, float],
    width: float,
) -> Box:
    rows, room = proposal.survey.facts[name].rows, width - 2 * _PAD
    share = min(1.0, log10(rows + 1) / _MOST_ROWS)
    return Box(
        name=name,
        rows=rows,
        group=None if place is None else place[0],
        colour=None if place is None else colours[place[0]],
        kind="" if place is None else place[1],
        x=corner[0],
        y=corner[1],
        width=_LEAST + share * (room - _LEAST),
        room=room,
    )


def _lines(at: int, group: Group, boxes: dict[Name, Box]) -> Iterator[Line]:
    leading = boxes[group.members[0].table]
    colour = leading.colour or 0
    for member in group.members[1:]:
        box = boxes[member.table]
        kind = "" if member.kind is Kind.SAME else f", {member.kind.value}"
        yield Line(
            group=at,
            colour=colour,
            path=_curve(leading, box),
            opacity=round(0.15 + 0.6 * member.confidence**2, 2),
            title=f"{leading.name} – {member.table}: {member.confidence:.2f}{kind}",
        )


def _curve(one: Box, other: Box) -> str:
    """Between facing sides; within a column around the left side."""
    start, end = (one, other) if one.x <= other.x else (other, one)
    if start.x == end.x:
        bend = start.x - 6 - min(40.0, abs(start.middle - end.middle) / 6)
        x = start.x
        return _bezier((x, start.middle), (bend, bend), (x, end.middle))
    left, right = start.x + start.room, end.x
    middle = (left + right) / 2
    return _bezier((left, start.middle), (middle, middle), (right, end.middle))


def _bezier(
    start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]
) -> str:
    """A curve that leaves and arrives level; ``middle``: x of its two control points."""
    (x, y), (end_x, end_y) = start, end
    first, second = f"{middle[0]:.1f} {y:.1f}", f"{middle[1]:.1f} {end_y:.1f}"
    return f"M{x:.1f} {y:.1f}C{first} {second} {end_x:.1f} {end_y:.1f}"

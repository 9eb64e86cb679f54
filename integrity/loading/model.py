"""The vocabulary of loading: what is asked for, what a row is, and what became of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How files are read, and what is done with them.

    ``mapped``: column -> path in the row. ``rest``: the column that takes what no other does.
    ``skipped``: names of the file that are left out on purpose. ``rows``: path to the list that
    holds the rows of a JSON document. ``null``: the CSV text that stands for NULL.
    ``copies``: what happens to a file with the content of another: refuse, load or skip.
    ``changed``: a file that changed since it was loaded is read again from its beginning.
    """

    mapped: Mapping[str, str] = field(default_factory=dict)
    rest: str | None = None
    skipped: tuple[str, ...] = ()
    rows: str | None = None
    format: str | None = None
    delimiter: str | None = None
    null: str = ""
    copies: str = "refuse"
    changed: bool = False
    chunk: int = 20_000
    max_rejects: float = 10.0  # percent of the rows read
    dry_run: bool = False

    def reading(self) -> dict[str, Any]:
        """What decides how a row is read, as JSON: a file is finished as it was begun.

        The size of the chunks counts: rows of one chunk may refer to each other in any order.
        """
        names = ("rest", "skipped", "rows", "format", "delimiter", "null", "chunk")
        known = {name: getattr(self, name) for name in names}
        return known | {"mapped": dict(self.mapped), "skipped": list(self.skipped)}


class Fault(NamedTuple):
    """Why a row cannot be loaded. ``column`` may also name a constraint."""

    reason: str
    column: str
    detail: str


class Row(NamedTuple):
    """One row of a file. ``line`` counts from 1; ``values`` are texts in the order of the columns.

    ``absent`` holds positions of columns that the row does not have. ``whole`` is the row as it
    stood in the file, for the quarantine.
    """

    line: int
    values: Sequence[str | None]
    whole: Any
    absent: tuple[int, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the rows went: ``read`` is the sum of the others."""

    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    repeated: int = 0

    def __add__(self, other: Figures) -> Figures:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(Figures))
        return Figures(*(one + two for one, two in pairs))

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.loaded + self.quarantined + self.repeated


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows in quarantine for one reason and column, with an example: ``file:line: detail``."""

    reason: str
    column: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did. Figures are those of its files whole, also when an earlier run began them.

    ``finished``: files that an earlier run had finished. ``copies``: files that were left out for
    having the content of another.
    """

    target: str
    dry_run: bool
    files: int
    finished: int
    copies: int
    figures: Figures
    reasons: tuple[Reason, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        whole = asdict(self)
        return whole | {"rejected_percent": round(self.rejected_percent, 3)}

    @property
    def rejected_percent(self) -> float:
        """Share of the rows read that are in quarantine, in percent."""
        return 100 * self.figures.quarantined / self.figures.read if self.figures.read else 0.0

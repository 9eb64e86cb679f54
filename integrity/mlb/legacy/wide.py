"""The wide line rows: opening, current and closing prices of both sides in one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from integrity.mlb.legacy.archive import Archived
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.market import HALF, Market, two_sided
from integrity.mlb.legacy.sheet import Row

PHASES = ("opening", "current", "closing")
Sides = tuple[Decimal | None, int | None, int | None]  # line of the first side, both prices
NO_PRICES: Sides = (None, None, None)


@dataclass(frozen=True, slots=True)
class Wide:
    """How one market is laid out in a wide row, and in which tables of the two eras."""

    market: str
    early: str
    late: str
    sides: tuple[str, str]
    price: str  # column of a side's current price
    line: str | None  # column of a side's current line; the prefix of the phase comes before
    shared_line: bool = False  # one line for both sides

    @cache  # noqa: B019 - three values for the life of the process
    def prices(self, phase: str) -> tuple[str, str]:
        """The price columns of both sides in a phase."""
        first, second = (_in_phase(phase, self.price.format(side)) for side in self.sides)
        return first, second

    @cache  # noqa: B019 - three values for the life of the process
    def lines(self, phase: str) -> tuple[str, ...]:
        """The line columns in a phase: none, one for both sides, or one per side."""
        if self.line is None:
            return ()
        if self.shared_line:
            return (self.line if phase == "current" else f"{phase}_total",)
        return tuple(_in_phase(phase, self.line.format(side)) for side in self.sides)

    def arm(self, side: int, phase: str) -> str:
        """The label of an arm, such as ``home_opening``."""
        return f"{self.sides[side]}_{phase}"

    def write(self, phase: str, values: Sides) -> Row:
        """The columns of a phase; the second side's spread is the first one's opposite."""
        line, first, second = values
        lines = (line,) if self.shared_line else (line, None if line is None else -line)
        prices = dict(zip(self.prices(phase), (first, second), strict=True))
        return prices | dict(zip(self.lines(phase), lines, strict=False))

    def filled(self, row: Row) -> Iterator[str]:
        """The arms of a row that hold a line or a price."""
        for phase, side, columns in self._arms():
            if any(row[c] is not None for c in columns):
                yield self.arm(side, phase)

    def empty(self, row: Row) -> Iterator[str]:
        """The arms of a row that hold nothing."""
        for phase, side, columns in self._arms():
            if all(row[c] is None for c in columns):
                yield self.arm(side, phase)

    @cache  # noqa: B019 - three values for the life of the process
    def _arms(self) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """Each arm with its columns: the price, and the line where the market has one."""
        arms = []
        for phase in PHASES:
            lines = self.lines(phase)
            for side in (0, 1):
                own = lines if self.shared_line else lines[side : side + 1]
                arms.append((phase, side, (self.prices(phase)[side], *own)))
        return tuple(arms)


def _in_phase(phase: str, column: str) -> str:
    return column if phase == "current" else f"{phase}_{column}"


WIDE = (
    Wide(
        "moneyline",
        "mlb_betting.moneyline",
        "core_betting.betting_lines_moneyline",
        ("home", "away"),
        "{}_ml",
        None,
    ),
    Wide(
        "spread",
        "mlb_betting.spreads",
        "core_betting.betting_lines_spread",
        ("home", "away"),
        "{}_spread_price",
        "{}_spread",
    ),
    Wide(
        "totals",
        "mlb_betting.totals",
        "core_betting.betting_lines_totals",
        ("over", "under"),
        "{}_price",
        "total_line",
        shared_line=True,
    ),
)


def archived_prices(wide: Wide, found: Archived) -> dict[str, Sides] | None:
    """The archive's prices of a market by phase; None when it lacks one it should have."""
    if wide.market == "moneyline":
        opening: Sides = (None, *found.opening)
        closing: Sides = (None, *found.closing)
    elif wide.market == "spread":
        opening, closing = NO_PRICES, found.spread or NO_PRICES
    else:
        opening = found.opening_total or NO_PRICES
        closing = found.closing_total or NO_PRICES
    if closing[1] is None or closing[2] is None:
        return None
    return {"opening": opening, "current": closing, "closing": closing}


def made_prices(wide: Wide, seen: Market, rng: Random, *, opening: bool) -> dict[str, Sides]:
    """Prices of a book around the market; without ``opening`` the book came late to it."""
    made: dict[str, Sides] = {}
    for phase in PHASES:
        if wide.market == "moneyline":
            made[phase] = (None, *two_sided(seen.chance, rng))
        elif wide.market == "spread":
            made[phase] = (seen.home_spread, *two_sided(0.5, rng))
        else:
            made[phase] = (seen.total + rng.choice((0, 0, HALF, -HALF)), *two_sided(0.5, rng))
    if not opening:
        made["opening"] = NO_PRICES
    return made


def observed(game: Game, book: int, snapshot: int) -> datetime:
    """When a book's prices were taken: before the start, another minute for each book."""
    return game.start - timedelta(minutes=30 + 7 * book + 97 * snapshot)


def results(wide: Wide, game: Game, row: Row) -> Row:
    """What later runs wrote beside the prices: who won the bet, derived from the score."""
    margin, runs = game.home_score - game.away_score, game.home_score + game.away_score
    if wide.market == "moneyline":
        return {"winning_side": "home" if game.home_won else "away"}
    if wide.market == "spread":
        line = row["closing_home_spread"]
        covered = None if line is None else margin + line > 0
        return {"winning_side": None, "home_cover": covered, "margin_of_victory": margin}
    return {"winning_side": None, "total": runs, "line": row["closing_total"]}

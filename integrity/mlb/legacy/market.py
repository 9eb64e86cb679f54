"""Prices around a game: American odds, run lines and totals, real where the archive has them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from integrity.mlb.legacy.archive import Archived
from integrity.mlb.legacy.game import Game

VIG = 0.022  # added to each side's probability
HALF = Decimal("0.5")
RUN_LINE = Decimal("1.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What books think of a game: the home club's chance, the total, the run line."""

    chance: float
    total: Decimal
    home_spread: Decimal


def market(game: Game, seed: int, archived: Archived | None) -> Market:
    """The market of a game, from the archive's closing lines where it has them."""
    rng = Random(f"{seed}:market:{game.pk}")
    chance = rng.uniform(0.36, 0.68)
    total = Decimal(rng.randint(14, 21)) / 2
    if archived and archived.closing[0] is not None:
        chance = implied(archived.closing[0]) - VIG
    if archived and archived.closing_total:
        total = archived.closing_total[0]
    return Market(chance=chance, total=total, home_spread=-RUN_LINE if chance >= 0.5 else RUN_LINE)


def implied(price: int) -> float:
    """The probability that an American price stands for."""
    return 100 / (price + 100) if price > 0 else -price / (100 - price)


def american(chance: float) -> int:
    """A probability as an American price, in steps of 5; never between -100 and 100."""
    chance = min(0.92, max(0.08, chance))
    exact = -100 * chance / (1 - chance) if chance >= 0.5 else 100 * (1 - chance) / chance
    price = 5 * round(exact / 5)
    return -100 if abs(price) < 100 and exact < 0 else max(price, 100) if exact > 0 else price


def two_sided(chance: float, rng: Random) -> tuple[int, int]:
    """Prices of both sides of a book that sees the chance a little differently."""
    seen = chance + rng.uniform(-0.02, 0.02)
    return american(seen + VIG), american(1 - seen + VIG)


def moved(price: int) -> int:
    """The price one step further from even money."""
    return price + 5 if price > 0 else price - 5

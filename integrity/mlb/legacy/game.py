"""A game as the generator knows it, before it is written into tables that disagree about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
FIRST_GENERATED_ID = 9_000_001  # MLB ids of generated games start here, real ones are below


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game. ``official`` is the US baseball day, ``start`` the first pitch in UTC.

    ``number`` is 1 or 2 within a doubleheader, else 1; ``double`` says that two games of the same
    home and away club stand on that official date.
    """

    pk: int
    season: int
    official: date
    start: datetime
    home: str
    away: str
    home_score: int
    away_score: int
    generated: bool = False
    index: int = 0
    number: int = 1
    double: bool = False

    @property
    def eastern(self) -> datetime:
        """The first pitch as Eastern wall clock, without zone."""
        return self.start.astimezone(EASTERN).replace(tzinfo=None)

    @property
    def start_utc(self) -> datetime:
        """The first pitch in UTC, without zone."""
        return self.start.astimezone(UTC).replace(tzinfo=None)

    @property
    def resumed(self) -> bool:
        """Whether the first pitch of record fell on another Eastern day than the official one."""
        return self.eastern.date() != self.official

    @property
    def home_won(self) -> bool:
        """Whether the home club won; final games are never tied."""
        return self.home_score > self.away_score

    @property
    def winner(self) -> str:
        """The code of the club that won."""
        return self.home if self.home_won else self.away

    @property
    def _matchup(self) -> str:
        return f"{self.official:%Y%m%d}-{self.away}"

    @property
    def sbr_id(self) -> str:
        """The SBR id of the game."""
        return f"sbr-{self._matchup}-{self.home}-{self.number}"

    @property
    def vsin_key(self) -> str:
        """The VSIN key of the game."""
        return f"vsin-{self._matchup}@{self.home}-{self.number}"

    @property
    def an_id(self) -> int:
        """The Action Network id: an integer that looks like a surrogate id."""
        return 200_001 + self.index

    @property
    def sbd_id(self) -> str:
        """The SportsBettingDime id."""
        return f"sbd_api_{300_001 + self.index}"

    @property
    def price_key(self) -> str:
        """How a closing price names the game: UTC date and clubs, all that its source has."""
        return f"odds:{self.start_utc:%Y-%m-%d}:{self.home}:{self.away}"


def numbered(games: Iterable[Game]) -> list[Game]:
    """The games by start, with index, number within the day and doubleheader flag set."""
    ordered = sorted(games, key=lambda g: (g.start, g.pk))
    days = Counter((g.home, g.away, g.official) for g in ordered)
    pairs: Counter[tuple[frozenset[str], date]] = Counter()
    result = []
    for index, game in enumerate(ordered):
        pair = (frozenset((game.home, game.away)), game.official)
        pairs[pair] += 1
        double = days[game.home, game.away, game.official] > 1
        result.append(replace(game, index=index, number=pairs[pair], double=double))
    return result

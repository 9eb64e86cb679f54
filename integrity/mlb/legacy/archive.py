"""The data folder: real games, real closing prices, one book archive. Read, never copied.

Every row is read as it stands; what its columns mean is told in the folder's own SOURCES.md.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from integrity.errors import Failure
from integrity.mlb.legacy.game import Game, numbered

TEAMS = "reference/teams.csv"
RESULTS = "results/statsapi_results_2021_2024.csv"
PRICES = "odds/closing_moneyline_2021_2024.csv"
ARCHIVE = "odds/sbr_archive_2021.csv"
ARCHIVE_YEAR = 2021
CODE = {"ATH": "OAK"}  # the legacy database's code where the folder has a newer one
V_OR_H, TEAM, FINAL, OPEN, CLOSE, RUN_LINE, OPEN_TOTAL, CLOSE_TOTAL = 2, 3, 14, 15, 16, 17, 19, 21


@dataclass(frozen=True, slots=True)
class ClosingPrice:
    """A row of the closing prices: it names a UTC date and two clubs, no game."""

    day: str
    home: str
    away: str
    home_price: int
    away_price: int
    vig: Decimal
    books: int

    @property
    def key(self) -> str:
        """The text key under which the price stands in the staging table."""
        return f"odds:{self.day}:{self.home}:{self.away}"

    @property
    def in_play(self) -> bool:
        """Whether the price was taken while the game was being played."""
        return max(abs(self.home_price), abs(self.away_price)) > 1000 or self.vig > Decimal("0.10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """Opening and closing lines of one game; a price is None where the archive has none."""

    opening: tuple[int | None, int | None]
    closing: tuple[int | None, int | None]
    spread: tuple[Decimal, int | None, int | None] | None
    opening_total: tuple[Decimal, int | None, int | None] | None
    closing_total: tuple[Decimal, int | None, int | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What the data folder holds, in the legacy database's codes."""

    path: Path
    games: list[Game]
    prices: list[ClosingPrice]
    lines: dict[int, Archived] = field(default_factory=dict)  # by MLB id
    team_ids: dict[str, int] = field(default_factory=dict)  # Action Network's, by code


def read_folder(path: Path) -> Folder:
    """Read the folder. Raises Failure when a file is missing."""
    missing = [f for f in (TEAMS, RESULTS, PRICES, ARCHIVE) if not (path / f).is_file()]
    if missing:
        raise Failure(f"{path} has no {missing[0]}", hint="name the folder that holds SOURCES.md")
    teams = list(_dicts(path / TEAMS))
    names = {t[c]: _code(t) for t in teams for c in ("full_name_2025", "full_name_2021")}
    games = numbered(_game(row, names) for row in _dicts(path / RESULTS))
    return Folder(
        path=path,
        games=games,
        prices=[_price(row, names) for row in _dicts(path / PRICES)],
        lines=_lines(path / ARCHIVE, {t["sbr_archive_2021"]: _code(t) for t in teams}, games),
        team_ids={_code(t): int(t["action_network_id"]) for t in teams},
    )


def _dicts(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _code(team: Mapping[str, str]) -> str:
    return CODE.get(team["team"], team["team"])


def _game(row: Mapping[str, str], names: Mapping[str, str]) -> Game:
    return Game(
        pk=int(row["game_pk"]),
        season=int(row["season"]),
        official=date.fromisoformat(row["official_date"]),
        start=datetime.fromisoformat(row["game_date"]),
        home=names[row["home"]],
        away=names[row["away"]],
        home_score=int(row["home_score"]),
        away_score=int(row["away_score"]),
    )


def _price(row: Mapping[str, str], names: Mapping[str, str]) -> ClosingPrice:
    return ClosingPrice(
        day=row["date"],
        home=names[row["home"]],
        away=names[row["away"]],
        home_price=int(row["home_ml"]),
        away_price=int(row["away_ml"]),
        vig=Decimal(row["vig"]),
        books=int(row["n_books"]),
    )


def _lines(path: Path, codes: Mapping[str, str], games: list[Game]) -> dict[int, Archived]:
    """The archive's lines by MLB id; a row that fits no game, or two, is left out."""
    known: dict[tuple[str, str, date, int, int], list[int]] = defaultdict(list)
    for g in games:
        known[g.home, g.away, g.eastern.date(), g.home_score, g.away_score].append(g.pk)
    found: dict[int, Archived] = {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = [r for r in csv.reader(file) if r[V_OR_H] in ("V", "H")]
    for visitor, home in zip(rows[::2], rows[1::2], strict=True):
        day = date(ARCHIVE_YEAR, int(visitor[0]) // 100, int(visitor[0]) % 100)
        scores = int(home[FINAL]), int(visitor[FINAL])
        fits = known.get((codes[home[TEAM]], codes[visitor[TEAM]], day, *scores), [])
        if len(fits) == 1:
            found[fits[0]] = _archived(visitor, home)
    return found


def _archived(visitor: list[str], home: list[str]) -> Archived:
    return Archived(
        opening=(_american(home[OPEN]), _american(visitor[OPEN])),
        closing=(_american(home[CLOSE]), _american(visitor[CLOSE])),
        spread=_line(home, visitor, RUN_LINE),
        opening_total=_line(visitor, home, OPEN_TOTAL),
        closing_total=_line(visitor, home, CLOSE_TOTAL),
    )


def _line(
    first: list[str], second: list[str], column: int
) -> tuple[Decimal, int | None, int | None] | None:
    if not first[column]:
        return None
    prices = _american(first[column + 1]), _american(second[column + 1])
    return None if None in prices else (Decimal(first[column]), *prices)


def _american(text: str) -> int | None:
    return int(text) if text and abs(int(text)) >= 100 else None

"""Plausible seasons from a seed: 30 clubs, 162 games each, in series of three games.

Night games, day games on Sundays, doubleheaders after a rained-out game, late West Coast games
whose UTC date is the next day, and now and then a suspended game that was resumed a day later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.game import FIRST_GENERATED_ID, Game, numbered

SERIES_A_SEASON = 54  # times 3 games of 15 pairs: 162 games for each of the 30 clubs
FIRST_SEASON = 2021
RAINED_OUT = 17  # every so many series one game is played in a doubleheader
SUSPENDED = 101  # every so many series one game is resumed the day after
CENTRAL = 5  # hours behind UTC; clubs there start an hour earlier by their own clock
RUNS = (0.03, 0.08, 0.13, 0.15, 0.15, 0.13, 0.1, 0.08, 0.06, 0.04, 0.03, 0.02)


def seasons(count: int, seed: int) -> list[Game]:
    """The first ``count`` games of as many seasons as that takes."""
    games: list[Game] = []
    year = FIRST_SEASON
    while len(games) < count:
        games += _season(year, Random(f"{seed}:{year}"), FIRST_GENERATED_ID + len(games))
        year += 1
    return numbered(sorted(games, key=lambda g: (g.start, g.pk))[:count])


def _season(year: int, rng: Random, first_id: int) -> Iterator[Game]:
    opening = date(year, 4, 1)
    identifier = first_id
    for slot in range(SERIES_A_SEASON):
        first_day = opening + timedelta(days=slot * 10 // 3)
        for place, (home, away) in enumerate(_pairs(slot)):
            for official, start in _series(home, first_day, slot * 15 + place, rng):
                yield _game(identifier, home, away, (official, start), rng)
                identifier += 1


def _pairs(slot: int) -> list[tuple[str, str]]:
    """Who plays whom: the circle method; home and away change with each turn of the circle."""
    fixed, *others = sorted(CLUBS)
    turn = slot % len(others)
    circle = [fixed, *others[turn:], *others[:turn]]
    half = len(circle) // 2
    pairs = list(zip(circle[:half], reversed(circle[half:]), strict=True))
    flip = slot // len(others) + slot
    return [(a, b) if (i + flip) % 2 else (b, a) for i, (a, b) in enumerate(pairs)]


def _series(home: str, first: date, number: int, rng: Random) -> Iterator[tuple[date, datetime]]:
    """Official date and start of three games on three days, or on two when it rained."""
    days = [first + timedelta(days=d) for d in range(3)]
    if number % RAINED_OUT == 3:
        days[1] = days[2]
    twice = days[1] == days[2]
    for place, day in enumerate(days):
        early = place == 1 if twice else day.weekday() == 6
        evening = 18 if CLUBS[home].behind == CENTRAL else 19
        start = _local(home, day, 13 if early else evening, rng.choice((5, 10, 15, 35, 40)))
        if number % SUSPENDED == 50 and place == 0:
            start = _local(home, day + timedelta(days=1), 12, 7)
        yield day, start


def _local(home: str, day: date, hour: int, minute: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(hours=hour + CLUBS[home].behind, minutes=minute)


def _game(identifier: int, home: str, away: str, when: tuple[date, datetime], rng: Random) -> Game:
    scores = rng.choices(range(len(RUNS)), RUNS, k=2)
    if scores[0] == scores[1]:
        scores[rng.random() < 0.46] += 1
    official, start = when
    return Game(
        pk=identifier,
        season=official.year,
        official=official,
        start=start,
        home=home,
        away=away,
        home_score=scores[0],
        away_score=scores[1],
        generated=True,
    )

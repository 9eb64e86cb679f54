"""splits.raw_mlb_betting_splits: no key, nullable ids, up to 53 repeats of one observation.

Times are Eastern wall clock, clubs stand with their full names, and SBD writes no book. Collectors
stored what they saw at every poll, changed or not, under the id of what they had seen, if it had
one. A copy script took what has an id into raw_data.raw_mlb_betting_splits and called it all SBD.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from integrity.mlb.legacy.clubs import CLUBS, NAME_VARIANTS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.landing import trial_id
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.mlb.legacy.sizes_later import later_rows

SPLITS, COPY = "splits.raw_mlb_betting_splits", "raw_data.raw_mlb_betting_splits"
MARKETS = ("Moneyline", "Spread", "Total")
FEEDS = (("SBD", None), ("VSIN", "circa"), ("VSIN", "draftkings"))
MOST = 53  # repeats of one (game, market, source, book)
TEST_ROWS, LATE, OVER_102, NAMELESS, LOST = 40, 200, 30, 90, 10
MANUAL = 200  # rows that a person's scripts wrote more columns of
LATE_EVENING = timedelta(hours=2)
OWN = ("id", "created_at", "updated_at")  # what tells two rows of one observation apart
DRIFT = {  # columns that the live table had and no script declared
    "hybrid_strategy": None,
    "multi_consensus_bets": None,
    "winning_team": None,
    "correct_movements": None,
    "line_movement": None,
    "strategy_variant": None,
}


@dataclass(frozen=True, slots=True)
class Feed:
    """One market of one game as one source saw it over the day."""

    game: Game
    market: str
    source: str
    book: str | None


def fill_raw_splits(draft: Draft) -> None:
    """Fill both tables and note what is wrong with their rows."""
    rng = draft.random("raw splits")
    count = later_rows(SPLITS, draft.sizes.scale)
    tests = min(TEST_ROWS, count // 20)
    undecided = _undecided(draft)
    rows = list(_rows(draft, count - tests - LOST - len(undecided), rng))
    _spoil(draft, rows, rng)
    rows += _tests(rows, tests, len(rows))
    rows += _lost(rows, len(rows))
    rows += undecided
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        _note(draft, row)
        values = tuple(v for name, v in row.items() if name not in OWN)
        if values in seen:
            draft.planting.add("repeated_split", SPLITS, observation(row))
        seen.add(values)
    draft.tables[SPLITS] = rows
    _copy(draft, rows)


def _rows(draft: Draft, count: int, rng: Random) -> Iterator[Row]:
    """``count`` rows: feed after feed, each polled a number of times."""
    games = [g for g in draft.cast.splits if not g.double]
    feeds = [
        Feed(game, market, source, book)
        for game in games
        for source, book in FEEDS
        if source == "SBD" or game.index % 2
        for market in MARKETS
    ]
    left, number = count, 0
    for place, feed in enumerate(feeds):
        fair = left // (len(feeds) - place)
        polls = MOST if place == 0 else min(MOST, fair + rng.randint(-fair // 3, fair // 3))
        polls = min(left, fair if place == len(feeds) - 1 else polls)
        known: int | None = None
        for row, is_new in _polls(feed, polls, rng):
            number += 1
            if is_new:
                known = number if number % 5 < 2 else None
            yield row | {"id": known}
        left -= polls


def _polls(feed: Feed, polls: int, rng: Random) -> Iterator[tuple[Row, bool]]:
    """Rows of a feed, and whether they say anything new: every other poll or so does."""
    start = feed.game.eastern
    bets, money = rng.randint(20, 80), rng.randint(20, 80)
    seen: Row = {}
    for poll in range(polls):
        is_new = not seen or rng.random() < 0.55
        if is_new:
            bets = max(1, min(99, bets + rng.randint(-4, 4)))
            money = max(1, min(99, money + rng.randint(-5, 5)))
            at = start - timedelta(minutes=12 * (polls - poll) + 3)
            seen = _row(feed, bets, money) | {"last_updated": at, "updated_at": at}
            seen["created_at"] = at + timedelta(minutes=1)
        yield seen, is_new


def _row(feed: Feed, bets: int, money: int) -> Row:
    game, known = feed.game, feed.source == "SBD"
    return {
        "game_id": game.sbd_id,
        "home_team": _name(game.home, game.index),
        "away_team": _name(game.away, game.index + 1),
        "game_datetime": game.eastern,
        "split_type": feed.market,
        "source": feed.source,
        "book": feed.book,
        "home_or_over_bets": bets * 31 if known else None,
        "home_or_over_bets_percentage": float(bets),
        "home_or_over_stake_percentage": float(money),
        "away_or_under_bets": (100 - bets) * 31 if known else None,
        "away_or_under_bets_percentage": float(100 - bets),
        "away_or_under_stake_percentage": float(100 - money),
        "split_value": {"Spread": "-1.5", "Total": "8.5"}.get(feed.market, "-130/+110"),
        "sharp_action": ("home", "away")[bets > money] if abs(money - bets) >= 15 else None,
        "outcome": None,
        **DRIFT,
    }


def _name(code: str, number: int) -> str:
    name = CLUBS[code].full_name
    return NAME_VARIANTS.get(code, name) if number % 9 == 4 else name


def _spoil(draft: Draft, rows: list[Row], rng: Random) -> None:
    """Late rows, pairs that add up to more than 102, rows without a game, rows with more."""
    share = len(rows) / 43_330
    counts = [max(2, round(n * min(1, share))) for n in (LATE, OVER_102, NAMELESS, MANUAL)]
    times = Counter(map(observation, rows))
    single = [row for row in rows if times[observation(row)] == 1]
    chosen = rng.sample(single, sum(counts))
    late, over, nameless, manual = (chosen[sum(counts[:n]) :][: counts[n]] for n in range(4))
    for row in chosen:
        row["id"] = None
    for place, row in enumerate(late):
        row["last_updated"] = row["game_datetime"] + timedelta(minutes=5, seconds=place)
    for place, row in enumerate(over):
        row["last_updated"] += timedelta(seconds=1 + place % 50)
        row["away_or_under_bets_percentage"] = 109.0 - row["home_or_over_bets_percentage"]
    for row in nameless:
        row["game_id"] = None
    for place, row in enumerate(manual):
        row |= {
            "hybrid_strategy": place % 2 == 0,
            "multi_consensus_bets": place % 5,
            "winning_team": row["home_team"],
            "correct_movements": place % 4,
            "line_movement": place % 7 / 2,
            "strategy_variant": ("standard", "aggressive")[place % 2],
        }


def _tests(like: list[Row], count: int, first: int) -> list[Row]:
    """Rows of a trial: lower-case ids, real clubs, round shares."""
    return [
        like[0]
        | {
            "id": first + place + 1,
            "game_id": trial_id(place % 10),
            "home_team": "New York Yankees",
            "away_team": "Boston Red Sox",
            "last_updated": like[0]["game_datetime"] - timedelta(minutes=10 + place),
        }
        for place in range(count)
    ]


def _lost(like: list[Row], first: int) -> list[Row]:
    """Rows of games that nobody knows, with the name that a fallback gave to their clubs."""
    return [
        like[0]
        | {
            "id": first + place + 1,
            "game_id": f"sbd_api_{990_001 + place}",
            "home_team": "Unknown",
            "away_team": "Unknown",
        }
        for place in range(LOST)
    ]


def _undecided(draft: Draft) -> list[Row]:
    """Rows that name clubs and a day on which those clubs played twice."""
    rows = []
    for game in draft.cast.doubleheader:
        day = datetime.combine(game.official, time())
        row = _row(Feed(game, "Total", "VSIN", "circa"), 61, 39)
        stamps = dict.fromkeys(("last_updated", "created_at", "updated_at"), day - LATE_EVENING)
        rows.append(row | stamps | {"id": None, "game_id": None, "game_datetime": day})
    return rows


def observation(row: Row) -> str:
    """What makes a row the same observation as another: everything but id and stamps."""
    names = ("game_id", "split_type", "source", "book", "last_updated")
    return "|".join(str(row[name]) for name in names)


def _note(draft: Draft, row: Row) -> None:
    """Note what stands in a row, under the observation it is of."""
    key = observation(row)
    add = draft.planting.add
    if str(row["game_id"]).startswith("test_"):
        add("test_row", SPLITS, key)
        return
    if row["home_team"] == "Unknown":
        add("orphan_reference", SPLITS, key)
        return
    if row["game_datetime"].time() == time():
        add("doubleheader_no_time", SPLITS, key)
        return
    if row["game_id"] is None:
        add("split_without_game_id", SPLITS, key)
    if row["last_updated"] > row["game_datetime"]:
        add("late_split", SPLITS, key)
    if row["home_or_over_bets_percentage"] + row["away_or_under_bets_percentage"] > 102:
        add("shares_over_102", SPLITS, key)


def _copy(draft: Draft, rows: list[Row]) -> None:
    """The July copy: rows with an id, all called SBD, none with a book."""
    first = {r["id"]: r for r in rows if r["id"] is not None and r["home_team"] != "Unknown"}
    named = [r for r in first.values() if not str(r["game_id"]).startswith("test_")]
    count = min(later_rows(COPY, draft.sizes.scale), len(named))
    chosen = [named[n * len(named) // count] for n in range(count)]
    copies = []
    for row in chosen:
        code = "split_copy" if row["source"] == "SBD" else "relabelled_split"
        draft.planting.add(code, COPY, row["id"])
        kept = {name: value for name, value in row.items() if name not in DRIFT}
        copies.append(kept | {"source": "SBD", "book": None})
    draft.tables[COPY] = copies

"""staging.moneylines, spreads and totals: prices whose game is named by a text of three kinds.

The real closing prices go here too. They name a UTC date and two clubs, so a late game and the
next day's early game share one name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from integrity.mlb.legacy.archive import ClosingPrice
from integrity.mlb.legacy.clubs import ALIASES
from integrity.mlb.legacy.enhanced import TABLE as ENHANCED
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.lines import BOOKS, NO_PRICE, spelt
from integrity.mlb.legacy.market import market, two_sided
from integrity.mlb.legacy.reference import ACTION_IDS, CONSENSUS, SWAPPED
from integrity.mlb.legacy.sheet import Draft, Row, as_json

LOADED = datetime(2025, 8, 12, 6, 0, 41, tzinfo=UTC)  # second 41: no other table observes then
IN_PLAY = 8  # generated prices taken during the game


@dataclass(frozen=True, slots=True)
class Stage:
    """One staging table, its columns, and its planted rows."""

    table: str
    raw: str
    sides: tuple[str, str]
    teams: bool
    line: bool
    orphans: int
    nameless: int
    bad: int
    repeated: int


STAGES = (
    Stage("staging.moneylines", "raw_moneylines_id", ("home", "away"), True, False, 10, 3, 6, 5),
    Stage("staging.spreads", "raw_spreads_id", ("home", "away"), True, True, 8, 2, 4, 0),
    Stage("staging.totals", "raw_totals_id", ("over", "under"), False, True, 7, 2, 4, 0),
)


def fill_staging(draft: Draft) -> None:
    """Fill the three tables, then look at what their text keys lead to."""
    prices = draft.folder.prices if draft.folder else _made_prices(draft)
    for stage in STAGES:
        rng = draft.random(stage.table)
        closing = prices if stage.table == "staging.moneylines" else []
        made = [
            (g, _row(draft, stage, g, n, rng))
            for n, g in enumerate(_games(draft, _plain(draft, stage, closing), rng), start=1)
        ]
        rows = [row for _, row in made]
        _spoil(draft, stage, rows, rng)
        rows += _special(draft, stage, made, rng)
        rows += _closing(draft, closing, len(rows) + 1)
        draft.tables[stage.table] = rows
        _count(draft, stage, rows)


def _plain(draft: Draft, stage: Stage, closing: list[ClosingPrice]) -> int:
    """How many rows are neither closing prices nor special; real prices come on top."""
    planted = (stage.orphans, stage.nameless, stage.repeated)
    special = sum(draft.sizes.plant(n) for n in planted if n)
    within = 0 if draft.folder else len(closing)
    return max(1, draft.sizes.rows(stage.table) - special - within)


def _games(draft: Draft, count: int, rng: Random) -> Iterator[Game]:
    games = list(draft.cast.games)
    rng.shuffle(games)
    for place in range(count):
        yield games[place % len(games)]


def _row(draft: Draft, stage: Stage, game: Game, number: int, rng: Random) -> Row:
    book = BOOKS[(number // len(draft.cast.games) + game.index) % len(BOOKS)]
    row = _values(draft, stage, game, rng)
    swapped = {name: n for n, name in (ACTION_IDS | SWAPPED).items()}
    return {
        "id": number,
        stage.raw: None,
        "game_id": _name(draft, stage, game, number),
        "sportsbook_id": swapped.get(book) if number % 4 == 1 else None,
        "sportsbook_name": spelt(book, number),
        **row,
        "data_quality_score": 80,
        "validation_status": "valid",
        "validation_errors": as_json({"origin": "generated"}),
        "processed_at": LOADED + timedelta(minutes=number),
    }


def _values(draft: Draft, stage: Stage, game: Game, rng: Random) -> Row:
    archived = draft.folder.lines.get(game.pk) if draft.folder else None
    seen = market(game, draft.seed, archived)
    row: Row = {}
    if stage.line:
        row["line_value"] = seen.total if stage.sides[0] == "over" else seen.home_spread
    chance = 0.5 if stage.line else seen.chance
    row |= dict(zip(_odds(stage), two_sided(chance, rng), strict=True))
    if stage.teams:
        row |= {"home_team_normalized": game.home, "away_team_normalized": game.away}
    return row


def _odds(stage: Stage) -> tuple[str, str]:
    return f"{stage.sides[0]}_odds", f"{stage.sides[1]}_odds"


def _name(draft: Draft, stage: Stage, game: Game, number: int) -> str:
    """The game as text: mostly its MLB id, now and then a date key or the SBD id.

    A game that no master names by its MLB id cannot be found by it.
    """
    kind = number % 20
    known = game.index in draft.anchors[ENHANCED] and game.index % 2
    if kind == 7 and known:
        return game.sbd_id
    by_date = kind in (3, 9, 15) or game.index not in draft.cast.with_mlb_id()
    return game.price_key if by_date else str(game.pk)


def _spoil(draft: Draft, stage: Stage, rows: list[Row], rng: Random) -> None:
    plain = [r for r in rows if r["game_id"].isdigit()]
    bad = rng.sample(plain, min(draft.sizes.plant(stage.bad), len(plain)))
    for place, row in enumerate(sorted(bad, key=lambda r: int(r["id"]))):
        row[_odds(stage)[0]] = NO_PRICE[place % len(NO_PRICE)]
        draft.planting.add("bad_price", stage.table, row["id"], (stage.sides[0],))
    keys = [r for r in rows if r["game_id"].startswith("odds:")]
    for row in keys[::4]:
        old = row["game_id"].split(":")
        old[2:] = [ALIASES.get(code, (code,))[0] for code in old[2:]]
        row["game_id"] = ":".join(old)


def _special(draft: Draft, stage: Stage, made: list[tuple[Game, Row]], rng: Random) -> list[Row]:
    """Rows of no game, rows that name none, rows stored twice."""
    rows: list[Row] = []
    first = len(made) + 1
    for place in range(draft.sizes.plant(stage.orphans)):
        lost = f"sbd_api_{99_001 + place}" if place % 2 else str(99_800_001 + place)
        rows.append(made[place][1] | {"id": first + len(rows), "game_id": lost})
        draft.planting.add("orphan", stage.table, rows[-1]["id"], stage.sides)
    for place in range(draft.sizes.plant(stage.nameless)):
        rows.append(made[place][1] | {"id": first + len(rows), "game_id": None})
        draft.planting.add("missing_game_id", stage.table, rows[-1]["id"], stage.sides)
    spoilt = {r.key for r in draft.planting.rows if r.table == stage.table}
    plain = [r for _, r in made if r["game_id"].isdigit() and str(r["id"]) not in spoilt]
    for row in rng.sample(plain, draft.sizes.plant(stage.repeated) if stage.repeated else 0):
        rows.append(row | {"id": first + len(rows)})
        draft.planting.add("duplicate_row", stage.table, rows[-1]["id"], stage.sides)
    return rows


def _closing(draft: Draft, prices: list[ClosingPrice], first: int) -> list[Row]:
    """Consensus closing prices: the real ones, or those of a tenth of the generated games."""
    origin = "real" if draft.folder else "generated"
    rows = []
    for number, price in enumerate(prices, start=first):
        facts = {"origin": origin, "vig": float(price.vig), "n_books": price.books}
        if price.in_play:
            facts["in_play"] = True
            draft.planting.add("in_play", "staging.moneylines", number, ("home", "away"))
        rows.append(
            {
                "id": number,
                "raw_moneylines_id": None,
                "game_id": price.key,
                "sportsbook_id": None,
                "sportsbook_name": CONSENSUS,
                "home_odds": price.home_price,
                "away_odds": price.away_price,
                "home_team_normalized": price.home,
                "away_team_normalized": price.away,
                "data_quality_score": 95,
                "validation_status": "warning" if price.in_play else "valid",
                "validation_errors": as_json(facts),
                "processed_at": LOADED + timedelta(days=1, seconds=number),
            }
        )
    return rows


def _made_prices(draft: Draft) -> list[ClosingPrice]:
    """Closing prices for generated games, one a UTC date and matchup, as the real source has."""
    rng = draft.random("closing")
    in_play = draft.sizes.plant(IN_PLAY)
    prices: dict[str, ClosingPrice] = {}
    for game in draft.cast.games[::10]:
        home, away = two_sided(market(game, draft.seed, None).chance, rng)
        vig = Decimal(rng.randint(300, 600)) / 10_000
        if len(prices) < in_play:
            home, away, vig = -2_500, 1_100, Decimal("0.1204")
        day = f"{game.start_utc:%Y-%m-%d}"
        prices.setdefault(
            game.price_key, ClosingPrice(day, game.home, game.away, home, away, vig, books=4)
        )
    return list(prices.values())


def _count(draft: Draft, stage: Stage, rows: list[Row]) -> None:
    """Note which date keys lead to two games, or to none, and which use a foreign code."""
    games = Counter(g.price_key for g in draft.cast.games)
    codes = {alias: code for code, aliases in ALIASES.items() for alias in aliases}
    found: Counter[str] = Counter()
    for row in rows:
        if not (row["game_id"] or "").startswith("odds:"):
            continue
        prefix, day, *teams = row["game_id"].split(":")
        key = ":".join((prefix, day, *(codes.get(t, t) for t in teams)))
        if key != row["game_id"]:
            draft.planting.add("alias_in_key", stage.table, row["id"], stage.sides)
        code = {0: "unmatched_date_key", 1: "date_key"}.get(games[key], "ambiguous_date_key")
        draft.planting.add(code, stage.table, row["id"], stage.sides)
        if row["sportsbook_name"] == CONSENSUS:
            found[code] += 1
    if found:
        draft.planting.expected |= {
            "closing prices on one game": found["date_key"],
            "closing prices of two games": found["ambiguous_date_key"],
            "closing prices of no game": found["unmatched_date_key"],
        }

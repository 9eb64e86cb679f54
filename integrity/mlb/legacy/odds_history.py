"""Action Network's prices over time: payloads, one row per side and change, movements of two eras.

Two rows make a pair of sides, their times milliseconds apart; shares of 0 and 0 mean that none are
known. The books are named by Action Network's ids, of which another system swaps two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from integrity.mlb.legacy.by_rule import More, Place, fill_by_rule
from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.market import market, two_sided
from integrity.mlb.legacy.reference import ACTION_IDS, BOOKS, CURATED
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, agree
from integrity.mlb.legacy.sizes_later import later_rows

HISTORY = "staging.action_network_odds_historical"
PAYLOADS = "raw_data.action_network_odds"
LINES = "action_network.betting_lines"
MOVES = ("core_betting.line_movement_history", "curated.line_movement_history")
MOVEMENTS = ("core_betting.line_movements", "curated.line_movements", "staging.line_movements")
MARKETS = (
    ("moneyline", ("home", "away")),
    ("spread", ("home", "away")),
    ("total", ("over", "under")),
)
CHANGES = 6  # prices of one side on the way to the game
AFTER_START, LOST = 40, 8
LOST_ID = 990_000_000


def fill_odds_history(draft: Draft) -> None:
    """Fill payloads, history and movements."""
    games = settled(draft)
    _payloads(draft, games)
    _history(draft, games)
    _lines(draft, games)
    _moves(draft, games)
    _movements(draft, games)


def _payloads(draft: Draft, games: list[Game]) -> None:
    """One payload per game, book and poll: side, price and their history."""
    books = list(ACTION_IDS)
    count = later_rows(PAYLOADS, draft.sizes.scale)
    rng = draft.random("payloads")
    rows = []
    for place in range(count):
        game = games[place % len(games)]
        book = books[place // len(games) % len(books)]
        poll = place // len(games) // len(books)
        at = game.start - timedelta(hours=5 - poll % 5, seconds=place % 60)
        rows.append(
            {
                "id": place + 1,
                "external_game_id": str(game.an_id),
                "sportsbook_key": str(book),
                "raw_odds": json.dumps(_payload(draft, game, book, at, rng)),
                "collected_at": at,
                "processed_at": at + timedelta(minutes=1) if place % 10 else None,
            }
        )
    draft.tables[PAYLOADS] = rows


def _payload(draft: Draft, game: Game, book: int, at: datetime, rng: Random) -> dict[str, Any]:
    """A payload in the shape of the source: book -> event -> markets of sides."""
    prices = two_sided(market(game, draft.seed, None).chance, rng)
    sides = [
        {
            "side": side,
            "odds": price,
            "value": None,
            "type": "moneyline",
            "line_status": "opener" if number else "normal",
            "history": [{"odds": price, "value": None, "updated_at": at.isoformat()}],
            "bet_info": {
                "tickets": {"value": 0, "percent": 0},
                "money": {"value": 0, "percent": 0},
            },
        }
        for number, (side, price) in enumerate(zip(("home", "away"), prices, strict=True))
    ]
    return {str(book): {"event": {"id": game.an_id, "moneyline": sides}}, "origin": "generated"}


def _history(draft: Draft, games: list[Game]) -> None:
    """One row per side and change; each pair a few milliseconds apart."""
    rng = draft.random("odds history")
    count = later_rows(HISTORY, draft.sizes.scale) // 2
    first = {r["external_game_id"]: r["id"] for r in reversed(draft.tables[PAYLOADS])}
    rows: list[Row] = []
    for place, (game, at, sides) in enumerate(_changes(draft, games, rng)):
        if place == count:
            break
        shares = rng.randint(5, 95) if place % 4 else 0
        money = rng.randint(5, 95) if shares else 0
        for side, values in enumerate(sides):
            rows.append(
                _price(game, at + timedelta(milliseconds=side * rng.randint(1, 9)), values)
                | _bet_info(side, shares, money)
                | {"id": len(rows) + 1, "raw_data_id": first.get(str(game.an_id))}
            )
    _spoil(draft, rows)
    draft.tables[HISTORY] = rows


def _changes(
    draft: Draft, games: list[Game], rng: Random
) -> Iterator[tuple[Game, datetime, list[Row]]]:
    """Each game, book and market on its way to the start, until the table is full."""
    for turn in range(len(ACTION_IDS) * len(MARKETS)):
        book, (label, sides) = list(ACTION_IDS)[turn // 3], MARKETS[turn % 3]
        for game in games:
            seen = market(game, draft.seed, None)
            line = {"spread": seen.home_spread, "total": seen.total}.get(label)
            for change in range(CHANGES):
                prices = two_sided(seen.chance if label == "moneyline" else 0.5, rng)
                at = game.start - timedelta(minutes=40 * (CHANGES - change), seconds=turn)
                yield (
                    game,
                    at,
                    [
                        {
                            "sportsbook_external_id": str(book),
                            "sportsbook_name": ACTION_IDS[book],
                            "market_type": label,
                            "side": side,
                            "odds": price,
                            "line_value": -line if line and side == "away" else line,
                            "is_current_odds": change == CHANGES - 1,
                        }
                        for side, price in zip(sides, prices, strict=True)
                    ],
                )


def _price(game: Game, at: datetime, values: Row) -> Row:
    return {
        **values,
        "external_game_id": str(game.an_id),
        "mlb_stats_api_game_id": str(game.pk),
        "sportsbook_id": None,
        "updated_at": at,
        "data_collection_time": at + timedelta(seconds=4),
        "data_processing_time": at + timedelta(seconds=9),
        "line_status": "normal",
        "market_id": game.an_id * 10,
        "outcome_id": None,
        "period": "event",
        "data_quality_score": 1,
        "validation_status": "valid",
        "processed_at": at + timedelta(minutes=1),
        "created_at": at + timedelta(minutes=1),
        "updated_at_record": at + timedelta(minutes=1),
    }


def _bet_info(side: int, tickets: int, money: int) -> Row:
    """Shares of a side; 0 and 0 stand where the source has none."""
    known = tickets > 0
    return {
        "bet_percent_tickets": abs(100 * side - tickets) if known else 0,
        "bet_percent_money": abs(100 * side - money) if known else 0,
        "bet_value_tickets": tickets * 37 if known else 0,
        "bet_value_money": money * 1_250 if known else 0,
        "bet_info_available": known,
    }


def _spoil(draft: Draft, rows: list[Row]) -> None:
    """Prices after the start, and prices of games that nobody knows."""
    step = max(2, len(rows) // (AFTER_START + LOST + 1))
    for place, row in enumerate(rows[::step][: AFTER_START + LOST]):
        if place < AFTER_START:
            row["updated_at"] += timedelta(hours=9)
            draft.planting.add("price_after_start", HISTORY, row["id"])
        else:
            row |= {"external_game_id": str(LOST_ID + place), "mlb_stats_api_game_id": None}
            draft.planting.add("orphan_reference", HISTORY, row["id"])
    nothing = [r for r in rows if not r["bet_info_available"]]
    draft.note("zero_means_unknown", HISTORY, nothing)


def _lines(draft: Draft, games: list[Game]) -> None:
    """action_network.betting_lines and what its triggers keep beside it: ids of Action Network."""
    rng = draft.random("action lines")
    count = later_rows(LINES, draft.sizes.scale)
    made = [
        (game, values)
        for game in games[: max(1, count // 12)]
        for book in list(ACTION_IDS)[:2]
        for values in _sides(draft, game, book, rng)
    ][:count]

    def more(place: Place) -> Row:
        game, values = made[place.number - 1]
        closing = place.number % 4 == 0
        return values | {
            "game_id": game.an_id,
            "home_team": CLUBS[game.home].full_name,
            "away_team": CLUBS[game.away].full_name,
            "game_datetime": game.start,
            "period": "event",
            "line_timestamp": game.start - timedelta(minutes=70 - place.number % 50, seconds=47),
            "is_opening_line": not closing,
            "is_closing_line": closing,
            "sharp_action": None,
            "line_movement_direction": None,
            "odds_movement_direction": None,
            "extracted_at": game.start,
        }

    fill_by_rule(draft, LINES, len(made), more)
    _summaries(draft)


def _sides(draft: Draft, game: Game, book: int, rng: Random) -> Iterator[Row]:
    seen = market(game, draft.seed, None)
    for label, sides in MARKETS:
        prices = two_sided(seen.chance if label == "moneyline" else 0.5, rng)
        for side, price in zip(sides, prices, strict=True):
            line = {"spread": seen.home_spread, "total": seen.total}.get(label)
            decimal = 1 + (price / 100 if price > 0 else 100 / -price)
            yield {
                "book_id": book,
                "sportsbook_name": ACTION_IDS[book],
                "market_type": label,
                "side": side,
                "odds_american": price,
                "odds_decimal": round(decimal, 4),
                "line_value": -line if line and side == "away" else line,
            }


def _summaries(draft: Draft) -> None:
    """One summary per side of a line table, one per game, and the log of extractions."""
    lines = draft.tables[LINES]
    by_game = list({r["game_id"]: r for r in lines}.values())
    shared = ("game_id", "home_team", "away_team", "game_datetime")

    def summary(place: Place) -> Row:
        line = lines[place.number - 1]
        return {name: line[name] for name in (*shared, "book_id", "market_type", "side")} | {
            "opening_odds_american": line["odds_american"],
            "closing_odds_american": line["odds_american"],
            "total_movements": 1,
        }

    def of_game(place: Place) -> Row:
        return {name: by_game[place.number - 1][name] for name in shared}

    def entry(place: Place) -> Row:
        line = by_game[(place.number - 1) // 5]
        return {name: line[name] for name in shared} | {
            "entry_index": (place.number - 1) % 5,
            **_both_sides(place.number),
            "period": "live" if place.number % 5 == 0 else "pregame",
        }

    _fill_summaries(draft, len(lines), len(by_game), (summary, of_game, entry))


def _both_sides(number: int) -> Row:
    """Prices and lines of all three markets at one entry."""
    return {
        "moneyline_home_american": -130 - number % 20,
        "moneyline_away_american": 110 + number % 20,
        "spread_line": -1.5,
        "spread_home_american": 140 + number % 10,
        "spread_away_american": -160 - number % 10,
        "total_line": 8.5,
        "total_over_american": -110,
        "total_under_american": -110,
    }


def _fill_summaries(draft: Draft, lines: int, games: int, more: tuple[More, More, More]) -> None:
    summary, of_game, entry = more
    fill_by_rule(draft, "action_network.line_movement_summary", lines, summary)
    fill_by_rule(draft, "action_network.game_summary", games, of_game)
    fill_by_rule(draft, "action_network.extraction_log", games, of_game)
    table = "action_network.historical_line_movement"
    fill_by_rule(draft, table, 5 * games, entry)


def _moves(draft: Draft, games: list[Game]) -> None:
    """The movement history of two eras: half of the later rows copy the earlier ones."""
    early, late = MOVES
    rows = _history_rows(draft, early, games, BOOKS)
    made = _history_rows(draft, late, games[len(games) // 4 :], CURATED)
    known = {_move_key(r): r for r in rows}
    for row in made:
        if _move_key(row) in known:
            agree(row, known[_move_key(row)], but=("id", "game_id", "sportsbook_id"))
            draft.planting.add("movement_copy", late, row["id"])


def _history_rows(draft: Draft, table: str, games: list[Game], books: str) -> list[Row]:
    ids = {r["display_name"]: r["id"] for r in draft.tables[books]}
    count = min(later_rows(MOVES[0], draft.sizes.scale), 3 * len(games))

    def more(place: Place) -> Row:
        game = place.about
        turn = (place.number - 1) // len(games)
        book = 15 if turn == 0 else 30
        return {
            "sportsbook_id": ids[ACTION_IDS[book]],
            "action_network_book_id": book,
            "bet_type": "moneyline",
            "side": ("home", "away")[turn % 2],
            "period": "event",
            "odds": 5 * place.rng.randint(21, 40),
            "line_value": None,
            "line_status": "normal",
            "line_timestamp": game.start - timedelta(minutes=90, seconds=turn),
            "collection_timestamp": game.start - timedelta(minutes=89),
            "source": "action_network",
            "is_live": False,
        }

    return fill_by_rule(draft, table, count, more, games=games)


def _move_key(row: Row) -> tuple[Any, ...]:
    names = ("action_network_game_id", "action_network_book_id", "bet_type", "side")
    return (*(row[n] for n in names), row["line_timestamp"])


def _movements(draft: Draft, games: list[Game]) -> None:
    """Movements as two values in text, under the surrogates of three masters."""
    core, curated, staging = MOVEMENTS
    count = later_rows(core, draft.sizes.scale)

    def more(place: Place) -> Row:
        game = place.about
        return {
            "sportsbook": tuple(ACTION_IDS.values())[place.number % len(ACTION_IDS)],
            "movement_timestamp": game.start - timedelta(minutes=30 + place.number // len(games)),
            "old_value": str(-110 - place.number % 20),
            "new_value": str(-115 - place.number % 20),
            "movement_direction": "down",
            "movement_size": 5,
        }

    for table in (core, curated):
        fill_by_rule(draft, table, count, more, games=games)
    draft.note("movement_copy", curated, draft.tables[curated])

    raw = fill_by_rule(draft, "raw_data.line_movements_raw", 60, games=games)
    anchored = [g for g in games if g.index in draft.anchors["staging.games"]]
    fill_by_rule(draft, staging, len(raw), _staged_move, games=anchored)


def _staged_move(place: Place) -> Row:
    return {"movement_direction": "down", "movement_significance": "minor", "bet_type": "total"}

"""Lines of the later era: one side per row, three curated tables, raw tables beside them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.market import market, two_sided
from integrity.mlb.legacy.reference import ACTION_IDS
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.mlb.legacy.sizes_later import later_rows

LINES, STAGING = "curated.betting_lines", "staging.betting_lines"
CURATED = {  # the sides that a row has a price of
    "curated.moneylines": ("home", "away"),
    "curated.spreads": ("home",),
    "curated.totals": ("over", "under"),
}
RAW = ("raw_data.moneylines_raw", "raw_data.spreads_raw", "raw_data.totals_raw")
UNIFIED = "staging.betting_odds_unified"
LOST, BAD = 4, 3
MARKETS = ("moneyline", "spread", "total")


def fill_later_lines(draft: Draft) -> None:
    """Fill the line tables of the later era."""
    games = settled(draft)
    rng = draft.random("later lines")
    _one_side(draft, games, rng)
    _curated(draft, games, rng)
    _raw(draft, games)
    fill_by_rule(draft, "curated.betting_lines_enhanced", 60, games=games)
    _unified(draft, games)


def _one_side(draft: Draft, games: list[Game], rng: Random) -> None:
    """curated.betting_lines names games by text, staging.betting_lines by a price key.

    The staged ones have no name of a book, but Action Network's number of it.
    """
    books = list(ACTION_IDS.values())
    anchored = [g for g in games if g.index in draft.anchors["curated.games"]]

    def more(place: Place) -> Row:
        game = place.about
        turn = (place.number - 1) // len(anchored)
        prices = two_sided(market(game, draft.seed, None).chance, rng)
        side = ("home", "away")[turn % 2]
        return {
            "sportsbook_name": books[turn // 2 % len(books)],
            "sportsbook_id": None,
            "market_type": "moneyline",
            "bet_type": "moneyline",
            "side": side,
            "team_type": side,
            "odds_american": prices[turn % 2],
            "odds_decimal": None,
            "line_value": None,
            "raw_betting_lines_id": None,
            "line_timestamp": game.start - timedelta(minutes=33, seconds=turn),
        }

    numbers = list(ACTION_IDS)

    def staged(place: Place) -> Row:
        turn = (place.number - 1) // len(anchored) // 2
        return more(place) | {"sportsbook_id": numbers[turn % len(numbers)]}

    count = later_rows(LINES, draft.sizes.scale)
    fill_by_rule(draft, LINES, count, more, games=anchored)
    fill_by_rule(draft, STAGING, count, staged, games=anchored)
    _spoil(draft)


def _spoil(draft: Draft) -> None:
    """Staged lines of no game, curated lines without a price."""
    rows = draft.tables[STAGING]
    for row in rows[:LOST]:
        row["game_id"] = f"odds:2019-12-24:{row['team_normalized']}:XXX"
    draft.note("orphan_reference", STAGING, rows[:LOST])
    days = Counter(g.price_key for g in draft.cast.games)
    draft.note("ambiguous_date_key", STAGING, [r for r in rows if days[r["game_id"]] > 1])
    for row in draft.tables[LINES][:BAD]:
        row["odds_american"] = 50
    draft.note("bad_price", LINES, draft.tables[LINES][:BAD])


def _curated(draft: Draft, games: list[Game], rng: Random) -> None:
    """Rows made from staging rows, with an id of a master that no foreign key holds."""
    for table, arms in CURATED.items():
        sources = draft.tables[table.replace("curated.", "staging.")]

        def more(place: Place, sources: list[Row] = sources) -> Row:
            game = place.about
            first, second = two_sided(market(game, draft.seed, None).chance, rng)
            return {
                "staging_id": sources[place.number % len(sources)]["id"],
                "home_odds": first,
                "away_odds": second,
                "spread_value": -1.5,
                "spread_odds": first,
                "total_points": 8.5,
                "over_odds": -110,
                "under_odds": -110,
                "created_at": game.start - timedelta(minutes=50, seconds=place.number),
            }

        rows = fill_by_rule(draft, table, 120, more, games=games)
        for row in rows[:LOST]:
            row["game_id"] = 9_000_000 + row["id"]
            draft.planting.add("orphan_reference", table, row["id"], arms)


def _raw(draft: Draft, games: list[Game]) -> None:
    """Lines as they landed, with the prices in columns of their own."""

    def more(place: Place, mark: str) -> Row:
        game = place.about
        return {
            "home_odds": -120 - place.number % 30,
            "away_odds": 100 + place.number % 30,
            "over_odds": -110,
            "under_odds": -110,
            "odds_american": -115,
            "odds_decimal": 1.869565,
            "spread_odds": -110,
            "spread_value": -1.5,
            "total_points": 8.5,
            "line_value": 8.5,
            "favorite_team": game.home,
            "underdog_team": game.away,
            "sportsbook_id": None,
            "external_id": f"an_{game.an_id}_{mark}_{place.number}",
            "source": "action_network",
            "collected_at": game.start - timedelta(minutes=41 + place.number // len(games)),
        }

    for table in (*RAW, "raw_data.betting_lines_raw"):
        mark = table.split(".")[1].split("_")[0]
        fill_by_rule(draft, table, 120, partial(more, mark=mark), games=games)


def _unified(draft: Draft, games: list[Game]) -> None:
    """The eight rows that ever reached it."""

    def more(place: Place) -> Row:
        game = place.about
        return {
            "data_source": "action_network",
            "sportsbook_external_id": "15",
            "sportsbook_name": "DraftKings",
            "market_type": MARKETS[place.number % 3],
            "home_moneyline_odds": -125,
            "away_moneyline_odds": 105,
            "spread_line": -1.5,
            "home_spread_odds": 150,
            "away_spread_odds": -170,
            "total_line": 8.5,
            "over_odds": -110,
            "under_odds": -110,
            "raw_data_table": "raw_data.action_network_odds",
            "raw_data_id": place.number,
            "odds_timestamp": game.start - timedelta(minutes=30, seconds=31),
        }

    fill_by_rule(draft, UNIFIED, 8, more, games=games)

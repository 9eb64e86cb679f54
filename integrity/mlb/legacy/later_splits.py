"""Splits of the later era: pairs, one-sided rows, and one wide row of three markets."""

from __future__ import annotations

from datetime import timedelta

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.mlb.legacy.sizes_later import later_rows

CORE, CURATED = "core_betting.betting_splits", "curated.betting_splits"
STAGING, VSIN = "staging.betting_splits", "staging.vsin_betting_data"
UNIFIED = "curated.unified_betting_splits"
MARKETS = ("moneyline", "spread", "total")
COLLECTOR_GAMES = (("NYY", "BOS"), ("LAD", "SF"), ("CHC", "STL"))  # what the mock collector makes
BOOKS = ("DraftKings", "FanDuel", "BetMGM")
MOCK = 6


def fill_later_splits(draft: Draft) -> None:
    """Fill the tables of splits that were not landed but loaded."""
    games = settled(draft)
    core = _pairs(draft, CORE, games)
    _curated(draft, games, core)
    _staging(draft, games)
    _vsin(draft, games)
    _unified(draft, games)
    fill_by_rule(draft, "splits.sharp_actions", 3, games=games)


def _pairs(draft: Draft, table: str, games: list[Game]) -> list[Row]:
    """Market by market: sbd without a book first, then vsin with one."""
    count = min(later_rows(table, draft.sizes.scale), 6 * len(games))
    return fill_by_rule(draft, table, count, lambda p: _pair(p, len(games)), games=games)


def _pair(place: Place, games: int) -> Row:
    game, turn = place.about, (place.number - 1) // games
    bets, money = 20 + game.index % 60, 15 + game.index * 7 % 70
    return {
        "split_type": MARKETS[turn % 3],
        "source": ("SBD", "VSIN")[turn // 3],
        "book": (None, "circa")[turn // 3],
        "home_or_over_bets": 31 * bets,
        "home_or_over_bets_percentage": bets,
        "home_or_over_stake_percentage": money,
        "away_or_under_bets": 31 * (100 - bets),
        "away_or_under_bets_percentage": 100 - bets,
        "away_or_under_stake_percentage": 100 - money,
        "sharp_action": "home" if money - bets >= 15 else None,
        "sharp_confidence": 0.7 if money - bets >= 15 else None,
        "split_value": None,
        "last_updated": game.start - timedelta(minutes=60 + 7 * turn),
    }


def _curated(draft: Draft, games: list[Game], core: list[Row]) -> None:
    """The second consolidation: the first one's splits again, under another master's ids."""
    rows = _pairs(draft, CURATED, games)
    both = min(len(core), len(rows))
    draft.note("split_row_copy", CURATED, rows[:both])


def _staging(draft: Draft, games: list[Game]) -> None:
    """Shares of the public, one side per row, so that two rows make a pair.

    The last rows came from a mock collector.
    """
    anchored = [g for g in games if g.index in draft.anchors["staging.games"]]

    def more(place: Place) -> Row:
        game, pair = place.about, (place.number + 1) // 2
        second = place.number % 2 == 0
        turn = (pair - 1) // len(anchored)
        share, sides = 35 + pair % 40, (("home", "away"), ("home", "away"), ("over", "under"))
        return {
            "sportsbook_name": BOOKS[pair % len(BOOKS)],
            "bet_type": MARKETS[turn % 3],
            "public_bet_percentage": 100 - share if second else share,
            "public_money_percentage": share if second else 100 - share,
            "sharp_bet_percentage": None,
            "total_bets": 40 + pair,
            "total_handle": 1_250 * (40 + pair),
            "home_team": CLUBS[game.home].full_name,
            "away_team": CLUBS[game.away].full_name,
            "game_name": f"{game.away} @ {game.home}",
            "team_side": sides[turn % 3][second],
            "processed_at": game.start - timedelta(minutes=95, seconds=turn),
        }

    count = later_rows(STAGING, draft.sizes.scale)
    rows = fill_by_rule(draft, STAGING, count, more, games=[g for g in anchored for _ in "12"])
    _mock(draft, rows[-MOCK:])
    draft.note("other_side", STAGING, rows[1:-MOCK:2])


def _mock(draft: Draft, rows: list[Row]) -> None:
    """Rows as the mock collector makes them: three matchups, round shares."""
    for place, row in enumerate(rows):
        home, away = COLLECTOR_GAMES[place % len(COLLECTOR_GAMES)]
        row |= {
            "sportsbook_name": "MockCollector",
            "home_team_abbr": home,
            "away_team_abbr": away,
            "home_team": CLUBS[home].full_name,
            "away_team": CLUBS[away].full_name,
            "game_name": f"{away} @ {home}",
            "public_bet_percentage": 60,
            "public_money_percentage": 40,
        }
    draft.note("mock_row", STAGING, rows)


def _vsin(draft: Draft, games: list[Game]) -> None:
    """One wide row of three markets; run line means spread, handle means money."""

    def more(place: Place) -> Row:
        game = place.about
        row: Row = {
            "external_matchup_id": game.vsin_key,
            "home_team": CLUBS[game.home].full_name,
            "away_team": CLUBS[game.away].full_name,
            "sportsbook_name": ("dk", "circa")[(place.number - 1) // len(games) % 2],
            "sportsbook_id": None,
            "total_line": 8.5,
            "runline_spread": -1.5,
            "parsing_errors": None,
            "processed_at": game.start - timedelta(minutes=45),
            "validation_status": "valid",
            "raw_data_id": 1 + place.number % 25,
        }
        sides = (("moneyline", "home", "away"), ("total", "over", "under"))
        for step, (market, one, two) in enumerate((*sides, ("runline", "home", "away"))):
            missing = place.number % 7 == 3 and market == "total"
            for kind, share in (("handle", 25 + place.number % 50), ("bets", 30 + game.index % 40)):
                value = None if missing else share + step
                row[f"{market}_{one}_{kind}_percent"] = value
                row[f"{market}_{two}_{kind}_percent"] = None if missing else 100 - share - step
            row[f"{market}_{one}_odds"], row[f"{market}_{two}_odds"] = -115, -105
        return row

    count = min(later_rows(VSIN, draft.sizes.scale), 2 * len(games))
    rows = fill_by_rule(draft, VSIN, count, more, games=games)
    blank = [r for r in rows if r["total_over_bets_percent"] is None]
    for row in blank:
        draft.planting.add("market_without_shares", VSIN, row["id"], ("total",))


def _unified(draft: Draft, games: list[Game]) -> None:
    """Three rows: its checks refuse what is nearer than an hour to the game."""

    def more(place: Place) -> Row:
        game = place.about
        shares = {
            f"{kind}_percentage_{side}": (55, 45)[side == "away"]
            for kind in ("bet", "money")
            for side in ("home", "away")
        }
        blank = {
            f"{kind}_percentage_{side}": None
            for kind in ("bet", "money")
            for side in ("over", "under")
        }
        return {
            **shares,
            **blank,
            "data_source": ("ACTION_NETWORK", "VSIN", "SBD")[place.number % 3],
            "market_type": "moneyline",
            "sharp_action_strength": "weak",
            "collected_at": game.start - timedelta(hours=2),
        }

    fill_by_rule(draft, UNIFIED, 3, more, games=games)

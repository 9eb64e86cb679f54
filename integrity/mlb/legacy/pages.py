"""Landing tables: pages and payloads as they came in, in the shapes of their sources.

One captured response of betting splits is read from the data folder where it is; everything else
is generated, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, as_json
from integrity.mlb.legacy.sizes_later import later_rows

HTML = ("public.sbr_raw_html", "raw_data.sbr_raw_html")
PARSED = ("public.sbr_parsed_games", "raw_data.sbr_parsed_games")
SBD, VSIN = "raw_data.sbd_betting_splits", "raw_data.vsin"
MLB_GAMES, MLB_OUTCOMES = "raw_data.mlb_stats_api_games", "raw_data.mlb_game_outcomes"
ACTION = "raw_data.action_network_games"
CAPTURED = "splits/sbd_betting_splits_2025-06-13.json"
SAME_PAGE, PLACEHOLDERS = 15, 4
STATUSES = ("new", "processed", "failed", "duplicate", "loaded")
MARKETS = ("moneyline", "spread", "totals")
BEGUN = datetime(2025, 6, 1, 4, tzinfo=UTC)


def fill_pages(draft: Draft) -> None:
    """Fill the landing tables of every source."""
    games = settled(draft)
    _html(draft)
    _parsed(draft, games)
    _sbd(draft, games)
    _vsin(draft, games)
    _mlb(draft, games)
    _action(draft, games)


def _html(draft: Draft) -> None:
    """Pages of two eras, both numbered from 1; some pages stand in both."""
    early, late = HTML
    count = later_rows(early, draft.sizes.scale)
    draft.tables[early] = [
        {
            "id": n,
            "source_url": _url(n),
            "html_content": _html_of(n),
            "scraped_at": BEGUN + timedelta(hours=n),
            "status": STATUSES[n % 4],
        }
        for n in range(1, count + 1)
    ]

    def more(place: Place) -> Row:
        same = place.number <= SAME_PAGE
        number = place.number * 3 if same else 10_000 + place.number
        return {
            "url": _url(number),
            "response_html": _html_of(number),
            "scrape_timestamp": BEGUN + timedelta(hours=number if same else 400 + place.number),
            "status_code": 200,
            "page_type": MARKETS[place.number % 3],
            "date_scraped": (BEGUN + timedelta(hours=number)).date(),
            "processing_status": STATUSES[number % 4],
        }

    rows = fill_by_rule(draft, late, later_rows(late, draft.sizes.scale), more)
    draft.note("same_page", late, [r for r in rows if r["id"] <= SAME_PAGE])
    for row in rows:
        if row["id"] <= count:
            draft.planting.add("overlapping_surrogates", " / ".join(HTML), row["id"])


def _html_of(number: int) -> str:
    return f"<html><!-- generated --><table id='odds-{number}'></table></html>"


def _url(number: int) -> str:
    day = BEGUN + timedelta(days=number // 3)
    return f"https://sbr.invalid/{MARKETS[number % 3]}/{day:%Y-%m-%d}?page={number}"


def _parsed(draft: Draft, games: list[Game]) -> None:
    """What was read from the pages; the page is named by an id that both eras give away."""
    early, late = PARSED
    pages = len(draft.tables[HTML[0]])
    draft.tables[early] = [
        {
            "id": n + 1,
            "raw_html_id": 1 + n % pages,
            "game_data": json.dumps(_game_data(games[n % len(games)], n)),
            "parsed_at": BEGUN + timedelta(hours=1 + n % pages, seconds=n % 3_600),
            "status": STATUSES[n % 5],
        }
        for n in range(later_rows(early, draft.sizes.scale))
    ]

    def more(place: Place) -> Row:
        game = place.about
        return {
            "game_time": f"{game.eastern:%I:%M %p}",
            "parsed_data": json.dumps(_game_data(game, place.number)),
            "data_quality": "GENERATED",
        }

    fill_by_rule(draft, late, later_rows(late, draft.sizes.scale), more, games=games)


def _game_data(game: Game, number: int) -> dict[str, Any]:
    return {
        "game_id": game.sbr_id,
        "home_team": game.home,
        "away_team": game.away,
        "game_date": game.official.isoformat(),
        "bet_type": MARKETS[number % 3],
        "sportsbook": ("DraftKings", "FanDuel", "BetMGM", "Caesars")[number // 3 % 4],
        "home_odds": -130 + number % 9,
        "away_odds": 110 - number % 9,
        "origin": "generated",
    }


# --- SportsBettingDime ------------------------------------------------------------------------


def _sbd(draft: Draft, games: list[Game]) -> None:
    """One payload per matchup; the captured ones have another shape than the documented one."""
    payloads = [*_captured(draft), *(_documented(g, n) for n, g in enumerate(games[:40]))]

    def more(place: Place) -> Row:
        key, home, away, payload = payloads[place.number - 1]
        return {
            "external_matchup_id": key,
            "raw_response": json.dumps(payload),
            "api_endpoint": "betting-splits",
            "home_team": home,
            "away_team": away,
            "home_team_abbr": payload["home"]["code"] if "home" in payload else None,
            "away_team_abbr": payload["away"]["code"] if "away" in payload else None,
            "game_name": f"{away} at {home}",
        }

    rows = fill_by_rule(draft, SBD, len(payloads), more)
    draft.note("unknown_club_name", SBD, [r for r in rows if r["home_team"] == "Unknown"])


def _captured(draft: Draft) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """The games of the captured response in the data folder, as they stand."""
    path = Path(draft.folder.path, CAPTURED) if draft.folder else None
    if path is None or not path.is_file():
        return
    for game in json.loads(path.read_text(encoding="utf-8"))["games"]:
        names = [f"{game[s]['city']} {game[s]['team']}" for s in ("home", "away")]
        yield game["_id"], names[0], names[1], game


def _documented(game: Game, number: int) -> tuple[str, str, str, dict[str, Any]]:
    """A payload in the documented shape; splits are per game, not per book."""
    home, away = CLUBS[game.home].full_name, CLUBS[game.away].full_name
    if number % 20 == 7:
        home = "Unknown"
    bets, stake = 30 + number, 70 - number
    updated = (game.start - timedelta(minutes=30)).isoformat()
    shares = {
        market: {
            "updated": updated,
            first: {"betsPercentage": bets, "stakePercentage": stake},
            second: {"betsPercentage": 100 - bets, "stakePercentage": 100 - stake},
        }
        for market, first, second in (
            ("moneyline", "home", "away"),
            ("spread", "home", "away"),
            ("totals", "over", "under"),
        )
    }
    competitors = {
        "home": {"id": f"MLB_{game.home}", "name": home, "abbreviation": game.home},
        "away": {"id": f"MLB_{game.away}", "name": away, "abbreviation": game.away},
    }
    payload = {
        "id": game.sbd_id,
        "scheduled": game.start.isoformat(),
        "status": "scheduled",
        "competitors": competitors,
        "markets": {"moneyline": {"books": [{"id": "draftkings", "home": {"odds": -120}}]}},
        "bettingSplits": shares,
        "origin": "generated",
    }
    return game.sbd_id, home, away, payload


# --- VSIN, MLB, Action Network ----------------------------------------------------------------


def _vsin(draft: Draft, games: list[Game]) -> None:
    """Three landing tables of different shapes: JSON per game, JSON per feed, raw HTML."""

    def more(place: Place) -> Row:
        game = place.about
        bets = 35 + place.number % 20
        cells = {"handle": ["41%", "59%"], "bets": [f"{bets}%", f"{100 - bets}%"]}
        return {
            "sport": "mlb",
            "sportsbook": ("dk", "circa")[place.number % 2],
            "betting_data": as_json({"moneyline": cells, "runline": cells, "origin": "generated"}),
            "data_quality_score": 0.9,
            "collected_at": game.start - timedelta(minutes=20 + place.number % 90),
        }

    fill_by_rule(draft, VSIN, later_rows(VSIN, draft.sizes.scale), more, games=games)
    fill_by_rule(draft, "raw_data.vsin_data", 40)
    fill_by_rule(draft, "raw_data.vsin_raw_data", 25, _page)


def _page(place: Place) -> Row:
    cell = "<td>41%<br>59%</td>"
    return {
        "source_url": f"https://vsin.invalid/mlb/{('dk', 'circa')[place.number % 2]}",
        "raw_content": f"<table><!-- generated --><tr>{cell * 6}</tr></table>",
        "content_type": "text/html",
        "processing_status": "processed",
    }


def _mlb(draft: Draft, games: list[Game]) -> None:
    """Responses of the MLB Stats API, beside a table that also holds typed columns."""

    def response(place: Place) -> Row:
        game = place.about
        return {
            "raw_response": as_json(_schedule(game)),
            "api_endpoint": f"/game/{game.pk}/feed",
            "sport": "mlb",
            "game_status": "Final",
            "collection_timestamp": game.start + timedelta(hours=6),
            "collected_at": game.start + timedelta(hours=6),
            "processed_at": game.start + timedelta(hours=6, minutes=1),
        }

    fill_by_rule(draft, MLB_GAMES, min(90, len(games)), response, games=games)
    outcomes = fill_by_rule(draft, MLB_OUTCOMES, min(120, len(games)), response, games=games)
    for row in outcomes[:3]:
        row |= {"home_score": None, "away_score": None, "game_status": "Postponed"}
        draft.planting.add("postponed_without_score", MLB_OUTCOMES, row["id"])

    def call(place: Place) -> Row:
        game = games[place.number % len(games)]
        return {
            "external_id": str(game.pk),
            "endpoint": "schedule",
            "raw_response": as_json(_schedule(game)),
            "response_data": as_json(_schedule(game)),
            "collection_timestamp": game.start + timedelta(hours=place.number),
        }

    fill_by_rule(draft, "raw_data.mlb_stats_api", 60, call)
    fill_by_rule(draft, "raw_data.mlb_api_responses", 20, call)
    fill_by_rule(draft, "raw_data.odds_api_responses", 15)


def _schedule(game: Game) -> dict[str, Any]:
    return {
        "gamePk": game.pk,
        "gameDate": game.start.isoformat(),
        "officialDate": game.official.isoformat(),
        "status": {"codedGameState": "F", "detailedState": "Final"},
        "teams": {
            "home": {"score": game.home_score, "team": {"name": CLUBS[game.home].full_name}},
            "away": {"score": game.away_score, "team": {"name": CLUBS[game.away].full_name}},
        },
        "origin": "generated" if game.generated else "MLB Stats API",
    }


def _action(draft: Draft, games: list[Game]) -> None:
    """Games and history of Action Network; placeholders among them name no clubs."""

    def of_game(place: Place) -> Row:
        game = place.about
        clubs = {"home": game.home, "away": game.away}
        teams = {s: {"abbr": c, "full_name": CLUBS[c].full_name} for s, c in clubs.items()}
        return {
            "raw_game_data": as_json({"id": game.an_id, "status": "complete", "teams": teams}),
            "home_team": CLUBS[game.home].full_name,
            "away_team": CLUBS[game.away].full_name,
            "game_status": "complete",
        }

    rows = fill_by_rule(draft, ACTION, min(30, len(games)), of_game, games=games[-30:])
    for row in rows[-PLACEHOLDERS:]:
        row |= {
            "external_game_id": f"placeholder_{row['id']}",
            "raw_game_data": as_json({"table": "action_network_history", "real_data": True}),
            **dict.fromkeys(("home_team", "away_team", "home_team_abbr", "away_team_abbr")),
        }
        draft.planting.add("placeholder_payload", ACTION, row["id"])
    history = {"raw_history": as_json({"15": {"event": []}, "origin": "generated"})}
    history["endpoint_url"] = "https://action.invalid/history"
    fill_by_rule(draft, "raw_data.action_network_history", 60, lambda _: dict(history), games=games)

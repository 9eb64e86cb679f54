"""curated.enhanced_games: the master with a payload, and the outcomes it never received."""

from __future__ import annotations

from datetime import UTC
from random import Random

from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.masters import COMPLETE, park, weather
from integrity.mlb.legacy.sheet import Draft, Row, as_json, moment

TABLE = "curated.enhanced_games"
WITHOUT_SCORE = 94
INVENTED = ("home_pitcher_throws", "away_pitcher_throws", "home_pitcher_era", "away_pitcher_era")


def fill_enhanced(draft: Draft) -> None:
    """One row per game; some finished games have a complete outcome but no score here."""
    rng = draft.random("enhanced")
    games = list(draft.cast.enhanced)
    rng.shuffle(games)
    rows = [_row(g, n, rng) for n, g in enumerate(games, start=1)]
    with_outcome = [place for place, g in enumerate(games) if g.index in draft.anchors[COMPLETE]]
    chosen = rng.sample(with_outcome, min(draft.sizes.plant(WITHOUT_SCORE), len(with_outcome)))
    for place in chosen:
        rows[place] |= {
            "home_score": None,
            "away_score": None,
            "winning_team": None,
            "game_status": "scheduled",
        }
    draft.note("outcome_without_score", TABLE, [rows[p] for p in sorted(chosen)])
    draft.tables[TABLE] = rows
    draft.anchors[TABLE] = {g.index: r["id"] for g, r in zip(games, rows, strict=True)}
    _false_matches(draft)


def _row(game: Game, number: int, rng: Random) -> Row:
    when = moment(number).replace(tzinfo=UTC)
    origin = "generated" if game.generated else "real"
    return {
        "id": number,
        "mlb_stats_api_game_id": str(game.pk),
        "action_network_game_id": game.an_id if game.index % 10 < 7 else None,
        "sbd_game_id": game.sbd_id if game.index % 2 else None,
        "vsin_game_key": game.vsin_key if game.index % 5 < 2 else None,
        "home_team": game.home,
        "away_team": game.away,
        "home_team_full_name": CLUBS[game.home].full_name,
        "away_team_full_name": CLUBS[game.away].full_name,
        "game_date": game.official,
        "game_time": game.eastern.time(),
        "game_datetime": game.start,
        "season": game.season,
        "season_type": "regular",
        "game_type": "regular",
        "game_number": game.number,
        "venue_name": park(game),
        "venue_city": CLUBS[game.home].city,
        "venue_state": None,
        "venue_timezone": None,
        **_weather(game),
        "home_score": game.home_score,
        "away_score": game.away_score,
        "winning_team": game.winner,
        "game_status": "final",
        "home_pitcher_name": None,
        "away_pitcher_name": None,
        "home_pitcher_era": rng.randint(180, 640) / 100,
        "away_pitcher_era": rng.randint(180, 640) / 100,
        "home_pitcher_throws": rng.choice("RRRL"),
        "away_pitcher_throws": rng.choice("RRRL"),
        "feature_data": as_json({"rest_days": {"home": number % 4, "away": number % 3}}),
        "ml_metadata": as_json({"origin": origin, "generated": [*INVENTED, "feature_data"]}),
        "data_quality_score": 0.9,
        "mlb_correlation_confidence": 1,
        "source_coverage_score": 0.8,
        "created_at": when,
        "updated_at": when,
    }


def _weather(game: Game) -> Row:
    names = {"temperature": "temperature_fahrenheit", "wind_speed": "wind_speed_mph"}
    names["humidity"] = "humidity_pct"
    return {names.get(name, name): value for name, value in weather(game).items()}


def _false_matches(draft: Draft) -> None:
    """Ids that the old outcome join takes for the same game, and that are not."""
    complete = {number: index for index, number in draft.anchors[COMPLETE].items()}
    for index, number in sorted(draft.anchors[TABLE].items(), key=lambda item: item[1]):
        if complete.get(number, index) != index:
            draft.planting.add("overlapping_surrogates", f"{TABLE} / {COMPLETE}", number)

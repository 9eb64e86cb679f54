"""The later era's masters and id maps: staging.games, curated.games, and who is who elsewhere.

They name games that the other masters name too. Their own ids start at 1 once more, so that one
number means a different game in each of them.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.clubs import ALIASES, CLUBS
from integrity.mlb.legacy.enhanced import TABLE as ENHANCED
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.landing import team_ids
from integrity.mlb.legacy.masters import CORE, park
from integrity.mlb.legacy.references import MAP, settled
from integrity.mlb.legacy.sheet import Draft, Row, agree, as_json, moment
from integrity.mlb.legacy.sizes_later import later_rows

STAGING, CURATED = "staging.games", "curated.games"
MAPS = (MAP, "curated.game_id_mappings")
ACTION_GAMES = ("core_betting.action_network_games", "core_betting.action_network_games_enhanced")
ACTION_STAGED = "staging.action_network_games"
DISAGREEING = 6  # games whose Action Network id the two maps disagree about
AGAIN = 5  # games that staging.games holds twice
NOT_ACTION = 900_000_000


def fill_later_masters(draft: Draft) -> None:
    """Fill masters, id maps and the tables of Action Network's games."""
    _maps(draft, settled(draft))
    games = settled(draft)
    _staging(draft, games)
    _curated(draft, games)
    _action(draft, games)
    _overlaps(draft)


def _spread(games: list[Game], count: int) -> list[Game]:
    count = min(count, len(games))
    return [games[n * len(games) // count] for n in range(count)]


def _staging(draft: Draft, games: list[Game]) -> None:
    """External id: Action Network's mostly, a price key now and then."""
    chosen = _spread(games, later_rows(STAGING, draft.sizes.scale) - AGAIN)
    again = chosen[:: max(1, len(chosen) // AGAIN)][:AGAIN]

    def more(place: Place) -> Row:
        game = place.about
        return {
            "external_id": game.price_key if place.number % 6 == 0 else str(game.an_id),
            "week": None,
            "venue": park(game),
            "weather_conditions": as_json({"origin": "generated"}),
            "data_quality_score": 90,
            "validation_status": "valid",
        }

    rows = fill_by_rule(draft, STAGING, len(chosen) + len(again), more, games=[*chosen, *again])
    draft.anchors[STAGING] = {g.index: r["id"] for g, r in zip(chosen, rows, strict=False)}
    first = {g.index: r for g, r in zip(chosen, rows, strict=False)}
    for game, row in zip(again, rows[len(chosen) :], strict=True):
        agree(row, first[game.index], but=("id", "external_id"))
    draft.note("duplicate_in_staging", STAGING, rows[len(chosen) :])
    known = [r for r in rows if r["home_team_normalized"] in ALIASES]
    aliased = [r for r in known if r["id"] % 3 == 0]
    for row in aliased:
        row["home_team_normalized"] = ALIASES[row["home_team_normalized"]][0]
    draft.note("alias_team_code", STAGING, aliased)


def _curated(draft: Draft, games: list[Game]) -> None:
    """game_id is text: the MLB id mostly, the SBR id now and then; clubs by their full names."""
    chosen = list(reversed(_spread(games, later_rows(CURATED, draft.sizes.scale))))

    def more(place: Place) -> Row:
        game = place.about
        by_sbr = place.number % 9 == 0
        return {
            "game_id": game.sbr_id if by_sbr else str(game.pk),
            "home_team": CLUBS[game.home].full_name if place.number % 4 else game.home,
            "away_team": CLUBS[game.away].full_name if place.number % 4 else game.away,
            "game_status": "final",
            "season_type": "regular",
            "data_quality_score": 1,
        }

    rows = fill_by_rule(draft, CURATED, len(chosen), more, games=chosen)
    draft.anchors[CURATED] = {g.index: r["game_id"] for g, r in zip(chosen, rows, strict=True)}
    draft.note("text_id_sbr", CURATED, [r for r in rows if r["game_id"].startswith("sbr")])
    full = [r for r in rows if len(r["home_team"]) > 3]
    draft.note("full_team_name", CURATED, full)


def _maps(draft: Draft, games: list[Game]) -> None:
    """Both maps name mostly the same games; about a few of them they disagree."""
    staging, curated = MAPS
    first = _spread(games, later_rows(staging, draft.sizes.scale))
    second = _spread(games[len(games) // 5 :], later_rows(curated, draft.sizes.scale))
    rows = fill_by_rule(draft, staging, len(first), _staging_map, games=first)
    by_game = {g.index: r for g, r in zip(first, rows, strict=True)}
    draft.anchors[MAP] = {g.index: r["id"] for g, r in zip(first, rows, strict=True)}
    rows = fill_by_rule(draft, curated, len(second), _curated_map, games=second)
    shared = []
    for game, row in zip(second, rows, strict=True):
        if game.index in by_game:
            agree(row, by_game[game.index])
            shared.append(row)
    for row in shared[: draft.sizes.plant(DISAGREEING)]:
        row["action_network_game_id"] = str(NOT_ACTION + row["id"])
        draft.planting.add("mapping_disagrees", curated, row["id"])
    draft.note("same_mapping", curated, shared)


def _staging_map(place: Place) -> Row:
    game = place.about
    return {
        "sbr_game_id": game.sbr_id,
        "resolution_confidence": 1,
        "primary_source": "mlb_stats_api",
        "verification_attempts": 1,
    }


def _curated_map(place: Place) -> Row:
    game = place.about
    return {
        "canonical_game_id": f"mlb_{game.pk}",
        "mapping_confidence": 1,
        "verification_source": "mlb_stats_api",
        "game_status": "final",
        "game_type": "R",
    }


def _action(draft: Draft, games: list[Game]) -> None:
    """Fifteen games as July's consolidation took them over, and thirty as August staged them."""
    plain, wider = ACTION_GAMES
    ids = team_ids(draft)
    chosen = list(draft.cast.action)
    draft.tables[plain] = [_action_game(g, n, ids) for n, g in enumerate(chosen, start=1)]
    draft.tables[wider] = [_wider(g, n, ids) for n, g in enumerate(chosen, start=1)]
    fill_by_rule(draft, ACTION_STAGED, min(30, len(games)), _staged, games=games[-30:])


def _action_game(game: Game, number: int, ids: dict[str, int]) -> Row:
    when = moment(number).replace(tzinfo=UTC) + timedelta(days=15)
    return {
        "id": number,
        "id_action": game.an_id,
        "id_mlbstatsapi": game.pk,
        "dim_home_team_actionid": ids[game.home],
        "dim_away_team_actionid": ids[game.away],
        "game_date": game.official,
        "game_time": game.eastern.time(),
        "game_datetime": game.eastern,
        "status": "complete",
        "created_at": when,
        "updated_at": when,
    }


def _wider(game: Game, number: int, ids: dict[str, int]) -> Row:
    home, away = CLUBS[game.home], CLUBS[game.away]
    taken = ("id_action", "id_mlbstatsapi", "game_date", "game_time", "game_datetime")
    plain = _action_game(game, number, ids)
    return {
        "id": number,
        **{name: plain[name] for name in taken},
        "home_team_name": home.full_name,
        "away_team_name": away.full_name,
        "home_team_short": home.nickname,
        "away_team_short": away.nickname,
        "home_team_actionid": ids[game.home],
        "away_team_actionid": ids[game.away],
        "venue_name": home.park,
        "venue_city": home.city,
        "venue_state": None,
        "weather_conditions": None,
        "temperature": None,
        "created_at": plain["created_at"],
        "updated_at": plain["updated_at"],
    }


def _staged(place: Place) -> Row:
    game = place.about
    return {
        "home_team": CLUBS[game.home].full_name,
        "away_team": CLUBS[game.away].full_name,
        "game_status": "complete",
        "venue_location": CLUBS[game.home].city,
        "data_quality_score": 1,
        "data_source": "action_network",
    }


def _overlaps(draft: Draft) -> None:
    """Count the ids of staging.games that mean another game elsewhere."""
    own = {number: index for index, number in draft.anchors[STAGING].items()}
    for master in (CORE, ENHANCED):
        for index, number in draft.anchors[master].items():
            if own.get(number, index) != index:
                draft.planting.add("overlapping_surrogates", f"{STAGING} / {master}", number)

"""splits.games, core_betting.supplementary_games and action.fact_games: games seen by collectors.

The first two hold Eastern wall clock without a zone and name clubs in free text.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from integrity.mlb.legacy.cast import TESTS
from integrity.mlb.legacy.clubs import CLUBS, NAME_VARIANTS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.masters import park
from integrity.mlb.legacy.sheet import Draft, Row, moment

SPLITS, SUPPLEMENTARY = "splits.games", "core_betting.supplementary_games"
ACTION = "action.fact_games"
LACKING_MLB_ID = 3


def fill_landing(draft: Draft) -> None:
    """Fill the three tables; the supplementary games are copies of the splits and a few more."""
    rows = [_splits(g, draft, n) for n, g in enumerate(draft.cast.splits, start=1)]
    known = rows.copy()
    for code, games in (
        ("doubleheader_no_time", draft.cast.doubleheader),
        ("date_only", draft.cast.date_only),
    ):
        wanted = {g.sbd_id for g in games}
        draft.note(code, SPLITS, [r for r in known if r["game_id"] in wanted])
        draft.note(code, SUPPLEMENTARY, [r for r in known if r["game_id"] in wanted])
    rows += _tests(draft, len(rows) + 1)
    draft.tables[SPLITS] = rows
    more = [_splits(g, draft, 1_000 + n) for n, g in enumerate(draft.cast.supplementary, start=1)]
    draft.tables[SUPPLEMENTARY] = [_supplementary(r, n) for n, r in enumerate([*known, *more])]
    _count_names(draft)
    draft.tables[ACTION] = _action(draft)


def _splits(game: Game, draft: Draft, number: int) -> Row:
    no_time = game in draft.cast.doubleheader or game in draft.cast.date_only
    start = datetime.combine(game.official, time()) if no_time else game.eastern
    return {
        "id": f"split_{number:06}",
        "game_id": game.sbd_id,
        "home_team": _name(game.home, number),
        "away_team": _name(game.away, number + 1),
        "game_datetime": start,
        "status": ("final", "completed")[number % 2],
        "home_score": game.home_score,
        "away_score": game.away_score,
        "weather_conditions": "GENERATED" if game.generated else None,
        "venue": park(game),
        "created_at": moment(number),
        "updated_at": moment(number),
    }


def _name(code: str, number: int) -> str:
    """A club in free text: full name, now and then a variant, untidy, or the code."""
    name = CLUBS[code].full_name
    if number % 4 == 1:
        name = NAME_VARIANTS.get(code, name)
    if number % 9 == 2:
        return code
    return {3: name.upper(), 5: f" {name} ", 6: name.lower()}.get(number % 11, name)


def _tests(draft: Draft, first: int) -> list[Row]:
    """Rows of a trial, with real clubs and plausible scores; only the id gives them away."""
    like = draft.cast.splits[0]
    rows = []
    for place in range(draft.sizes.plant(TESTS)):
        rows.append(
            _splits(like, draft, first + place)
            | {
                "id": f"split_{first + place:06}",
                "game_id": trial_id(place),
                "game_datetime": datetime(2025, 7, 1 + place, 19, 5),
                "home_team": "New York Yankees",
                "away_team": "Boston Red Sox",
            }
        )
    draft.note("test_row", SPLITS, rows)
    return rows


def trial_id(place: int) -> str:
    """The id of the trial's game number ``place``, lower case as the trial wrote it."""
    strategy = ("sharp_action", "line_movement")[place % 2]
    return f"test_{strategy}_{place // 2 + 1:03}"


def _supplementary(row: Row, number: int) -> Row:
    when = moment(number).replace(tzinfo=UTC)
    kept = ("id", "game_id", "home_team", "away_team", "game_datetime", "status", "venue")
    return {
        **{name: row[name] for name in kept},
        "source": "GENERATED" if row["weather_conditions"] == "GENERATED" else "splits_migration",
        "home_pitcher": None,
        "away_pitcher": None,
        "created_at": when + timedelta(days=15),
        "updated_at": when + timedelta(days=15),
    }


def _count_names(draft: Draft) -> None:
    full = {c.full_name for c in CLUBS.values()}
    variants = {v.lower() for v in NAME_VARIANTS.values()}
    for table in (SPLITS, SUPPLEMENTARY):
        for row in draft.tables[table]:
            names = {row["home_team"], row["away_team"]}
            if {n.strip().lower() for n in names} & variants:
                draft.planting.add("name_variant", table, row["id"])
            elif not names <= full:
                draft.planting.add("untidy_name", table, row["id"])


def _action(draft: Draft) -> list[Row]:
    complete = draft.anchors["curated.games_complete"]
    only_here = [g for g in draft.cast.action if g.index not in complete]
    lacking = [g for g in draft.cast.action if g not in only_here][-LACKING_MLB_ID:]
    rows = [_fact(g, draft, n) for n, g in enumerate(draft.cast.action, start=1)]
    named = {
        r["mlb_stats_api_game_id"]: r
        for r in draft.tables["curated.games_complete"]
        if r["action_network_game_id"] is None
    }
    for game in lacking:
        rows[draft.cast.action.index(game)]["id_mlbstatsapi"] = None
        if str(game.pk) in named:
            named[str(game.pk)]["action_network_game_id"] = game.an_id
    return rows


def _fact(game: Game, draft: Draft, number: int) -> Row:
    teams = team_ids(draft)
    when = moment(number).replace(tzinfo=UTC)
    return {
        "id": number,
        "id_action": game.an_id,
        "id_mlbstatsapi": game.pk,
        "dim_home_team_actionid": teams[game.home],
        "dim_away_team_actionid": teams[game.away],
        "dim_date": game.official,
        "dim_time": game.start_utc.time(),
        "dim_datetime": game.start,
        "game_status": "complete",
        "venue_name": park(game),
        "season": game.season,
        "season_type": "regular",
        "game_number": game.number,
        "weather_conditions": "GENERATED" if game.generated else None,
        "temperature": None,
        "wind_speed": None,
        "wind_direction": None,
        "created_at": when,
        "updated_at": when,
    }


def team_ids(draft: Draft) -> dict[str, int]:
    """Action Network's team ids by code; invented ones when there is no data folder."""
    if draft.folder:
        return draft.folder.team_ids
    return {code: 501 + place for place, code in enumerate(sorted(CLUBS))}

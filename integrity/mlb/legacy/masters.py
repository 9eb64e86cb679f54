"""public.games, core_betting.games and curated.games_complete: three masters, three id spaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from integrity.mlb.legacy.cast import TRIALS, TWICE, UNKNOWN
from integrity.mlb.legacy.clubs import ALIASES, CLUBS
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.sheet import Draft, Row, moment

PUBLIC, CORE, COMPLETE = "public.games", "core_betting.games", "curated.games_complete"
DIRTY_IDS = ("N/A", "unknown", "mlb-634700", "63A112", "?")
STATUSES = ("final", "completed", "Final", "F")
# Planted rows by master: dirty ids, padded ids, alias codes, untidy codes.
SHARES = {PUBLIC: (5, 8, 60, 20), CORE: (7, 9, 80, 25), COMPLETE: (6, 0, 100, 30)}
OLD_IDS = 1_000  # games_complete: the first ids are old, the rest came from a sequence at 10001
OLD_PARKS = " (old name)"


def fill_masters(draft: Draft) -> None:
    """Fill the three masters, each with its planted rows."""
    parts = draft.cast
    draft.claimed |= {
        g.index
        for group in (
            parts.differing_score,
            parts.differing_venue,
            parts.date_only,
            parts.doubleheader,
        )
        for g in group
    }
    _plan_ids(draft)
    _public(draft)
    _core(draft)
    _complete(draft)
    _overlaps(draft)


def _plan_ids(draft: Draft) -> None:
    """Choose the rows without MLB id, and those with an unusable one.

    Another master must name such a game well, or it would be lost or split in two.
    """
    rng = draft.random("dirty")
    parts = draft.cast
    core, complete = ({g.index for g in m} for m in (parts.core, parts.complete))
    both = core & complete
    for master, games in ((PUBLIC, parts.public), (CORE, parts.core), (COMPLETE, parts.complete)):
        pool = [g for g in games if g.index in both]
        count = draft.sizes.plant(SHARES[master][0])
        draft.dirty[master] = {g.index for g in draft.claim(pool, count, rng)}
    free = [g for g in parts.games if g.index not in draft.claimed]
    early = {g.index for g in parts.public} & core
    draft.lacking[PUBLIC] = {g.index for g in free if g.index % 8 == 5 and g.index in early}
    draft.lacking[CORE] = {g.index for g in free if g.index % 12 == 3 and g.index in both}


def _ids(game: Game, draft: Draft, master: str) -> Row:
    lacks = draft.lacks(game, master)
    linked = draft.lacks(game, PUBLIC) or draft.lacks(game, CORE)
    has_sbr = linked or {PUBLIC: game.index % 37 > 0, CORE: game.index % 7 != 2}.get(master, True)
    has_an = game.index % 5 < 2 and not lacks if master == PUBLIC else game.index % 2 == 0
    has_an = has_an or (master != PUBLIC and draft.lacks(game, CORE))
    ids: Row = {
        "sportsbookreview_game_id": game.sbr_id if has_sbr else None,
        "mlb_stats_api_game_id": None if lacks else str(game.pk),
        "action_network_game_id": game.an_id if has_an else None,
    }
    if master != PUBLIC:
        ids["vsin_game_id"] = game.vsin_key if game.index % 3 == 0 else None
    return ids


def park(game: Game) -> str:
    """The name of the park that every master gives."""
    return CLUBS[game.home].park


def weather(game: Game) -> Row:
    """Weather of a generated game; of real games it is not known here, so it stays NULL."""
    known = game.generated
    return {
        "weather_condition": ("clear", "cloudy", "dome")[game.index % 3] if known else None,
        "temperature": 55 + game.index % 40 if known else None,
        "wind_speed": game.index % 18 if known else None,
        "wind_direction": ("N", "SW", "E")[game.index % 3] if known else None,
        "humidity": 30 + game.index % 60 if known else None,
    }


def _row(game: Game, draft: Draft, master: str, number: int) -> Row:
    return {
        "id": number,
        **_ids(game, draft, master),
        "home_team": game.home,
        "away_team": game.away,
        "game_date": game.start_utc.date() if master == CORE else game.official,
        "game_datetime": game.start,
        "game_status": STATUSES[game.index % 4] if master == CORE else "completed",
        "home_score": game.home_score,
        "away_score": game.away_score,
        "winning_team": game.winner,
        "venue_name": park(game),
        "venue_id": 1 + sorted(CLUBS).index(game.home),
        "season": game.season,
        "season_type": "regular",
        "game_type": "regular",
        **weather(game),
        "data_quality": "GENERATED" if game.generated else "HIGH",
        "mlb_correlation_confidence": None,
        "has_mlb_enrichment": True,
        **_stamps(master, number, generated=game.generated),
    }


def _stamps(master: str, number: int, *, generated: bool) -> Row:
    when = moment(number)
    if master != COMPLETE:
        return {"created_at": when.replace(tzinfo=UTC), "updated_at": when.replace(tzinfo=UTC)}
    return {
        "source_system": "GENERATED" if generated else "MLB_STATS_API",
        "data_quality_score": 0.9,
        "created_at": when,
        "updated_at": when,
        "migrated_at": when,
    }


def _fill(draft: Draft, master: str, games: list[Game], numbers: Iterable[int]) -> dict[int, Row]:
    """One row per game, spoilt where planned; returns the rows by game index."""
    rows = {g.index: _row(g, draft, master, n) for g, n in zip(games, numbers, strict=True)}
    dirty = draft.dirty[master]
    for place, index in enumerate(sorted(dirty)):
        rows[index]["mlb_stats_api_game_id"] = DIRTY_IDS[place % len(DIRTY_IDS)]
    draft.note("dirty_mlb_id", master, [rows[i] for i in sorted(dirty)])
    _, padded, aliased, untidy = (draft.sizes.plant(n) if n else 0 for n in SHARES[master])
    rng = draft.random(f"codes:{master}")
    has_id = [g for g in games if rows[g.index]["mlb_stats_api_game_id"] and g.index not in dirty]
    _spoil(draft, master, rows, "padded_mlb_id", (rng.sample(has_id, padded), _pad))
    known = [g for g in games if {g.home, g.away} & ALIASES.keys()]
    chosen = rng.sample(known, min(aliased, len(known)))
    _spoil(draft, master, rows, "alias_team_code", (chosen, _alias))
    aliased_games = {g.index for g in chosen}
    others = [g for g in games if g.index not in aliased_games]
    _spoil(draft, master, rows, "untidy_team_code", (rng.sample(others, untidy), _untidy))
    draft.anchors[master] = {i: r["id"] for i, r in rows.items() if i not in dirty}
    return rows


def _spoil(
    draft: Draft,
    master: str,
    rows: dict[int, Row],
    code: str,
    how: tuple[list[Game], Callable[[Row], None]],
) -> None:
    games, change = how
    chosen = [rows[g.index] for g in sorted(games, key=lambda g: g.index)]
    for row in chosen:
        change(row)
    draft.note(code, master, chosen)


def _pad(row: Row) -> None:
    row["mlb_stats_api_game_id"] = f" {row['mlb_stats_api_game_id']} "


def _alias(row: Row) -> None:
    for side in ("home_team", "away_team"):
        names = ALIASES.get(row[side])
        if names:
            row[side] = names[row["id"] % len(names)]


def _untidy(row: Row) -> None:
    row["home_team"] = row["home_team"].lower()
    row["away_team"] = f" {row['away_team']} "


def _public(draft: Draft) -> None:
    table, games = PUBLIC, draft.cast.public
    rows = _fill(draft, table, games, range(1, len(games) + 1))
    unknown = _unknown(draft, table, games[0], len(games) + 1)
    draft.anchors["unknown"] = {-r["id"]: r["id"] for r in unknown}
    draft.tables[table] = [*rows.values(), *unknown]


def _unknown(draft: Draft, master: str, like: Game, first: int) -> list[Row]:
    """Rows of a club that nobody knows: no game, no ids."""
    rows = []
    for number in range(first, first + draft.sizes.plant(UNKNOWN[master])):
        row = _row(like, draft, master, number) | {
            "sportsbookreview_game_id": None,
            "mlb_stats_api_game_id": None,
            "action_network_game_id": None,
            "home_team": "UNK",
            "winning_team": None,
            "game_datetime": like.start + timedelta(days=number % 7, minutes=number),
        }
        rows.append(row)
    draft.note("unknown_team", master, rows)
    return rows


def _core(draft: Draft) -> None:
    table, games = CORE, list(draft.cast.core)
    rng = draft.random("core")
    rng.shuffle(games)
    rows = _fill(draft, table, games, range(1, len(games) + 1))
    _differences(draft, rows)
    free = len(games) + 1
    extra = [*_unknown(draft, table, games[0], free)]
    extra += _trials(draft, games[1], free + len(extra))
    extra += _twice(draft, rows, free + len(extra), rng)
    _ties(draft, rows, rng)
    draft.tables[table] = [*rows.values(), *extra]


def _differences(draft: Draft, rows: dict[int, Row]) -> None:
    for game in draft.cast.differing_score:
        rows[game.index]["home_score"] += 1
    for game in draft.cast.differing_venue:
        rows[game.index]["venue_name"] += OLD_PARKS
    draft.note("score_differs", CORE, [rows[g.index] for g in draft.cast.differing_score])
    draft.note("venue_differs", CORE, [rows[g.index] for g in draft.cast.differing_venue])


def _trials(draft: Draft, like: Game, first: int) -> list[Row]:
    """Rows that an earlier trial left behind; lines hang on them."""
    rows = []
    for place in range(draft.sizes.plant(TRIALS)):
        day = date(2025, 7, 1) + timedelta(days=place)
        rows.append(
            _row(like, draft, CORE, first + place)
            | {
                "sportsbookreview_game_id": f"test_sbr_trial_{place + 1:03}",
                "mlb_stats_api_game_id": None,
                "action_network_game_id": None,
                "vsin_game_id": None,
                "game_date": day,
                "game_datetime": datetime(day.year, day.month, day.day, 23, 5, tzinfo=UTC),
            }
        )
    draft.note("trial_row", CORE, rows)
    draft.anchors["trial"] = {r["id"]: r["id"] for r in rows}
    return rows


def _twice(draft: Draft, rows: dict[int, Row], first: int, rng: Random) -> list[Row]:
    """The same game once more, known by its MLB id alone."""
    with_id = [g for g in draft.cast.core if not draft.lacks(g, CORE)]
    games = draft.claim(with_id, draft.sizes.plant(TWICE), rng)
    again = [
        rows[g.index]
        | {
            "id": first + place,
            "sportsbookreview_game_id": None,
            "mlb_stats_api_game_id": str(g.pk),
            "action_network_game_id": None,
            "vsin_game_id": None,
        }
        for place, g in enumerate(games)
    ]
    draft.note("duplicate_in_master", CORE, again)
    return again


def _ties(draft: Draft, rows: dict[int, Row], rng: Random) -> None:
    """Finished games at 0-0, which cannot be; another master has the true score."""
    complete = {g.index for g in draft.cast.complete}
    usable = [g for g in draft.cast.core if g.index in complete and not draft.lacks(g, CORE)]
    games = draft.claim(usable, draft.sizes.plant(3), rng)
    for game in games:
        rows[game.index] |= {"home_score": 0, "away_score": 0, "winning_team": None}
        del draft.anchors[CORE][game.index]
    draft.note("tied_final", CORE, [rows[g.index] for g in games])


def _complete(draft: Draft) -> None:
    games = list(reversed(draft.cast.complete))
    numbers = (n if n <= OLD_IDS else 10_000 + n - OLD_IDS for n in range(1, len(games) + 1))
    rows = _fill(draft, COMPLETE, games, numbers)
    draft.tables[COMPLETE] = list(rows.values())


def _overlaps(draft: Draft) -> None:
    """Count the ids that mean one game in one master and another game in another."""
    masters = (PUBLIC, CORE, COMPLETE)
    by_id = {m: {n: i for i, n in draft.anchors[m].items()} for m in masters}
    for place, one in enumerate(masters):
        for other in masters[place + 1 :]:
            for number in sorted(by_id[one].keys() & by_id[other].keys()):
                if by_id[one][number] != by_id[other][number]:
                    draft.planting.add("overlapping_surrogates", f"{one} / {other}", number)

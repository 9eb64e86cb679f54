"""The three tables of outcomes: one keyed by text of five kinds, two by surrogates of a master."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.landing import trial_id
from integrity.mlb.legacy.market import market
from integrity.mlb.legacy.masters import COMPLETE, CORE, PUBLIC
from integrity.mlb.legacy.sheet import Draft, Row, moment

TEXT, SERIAL, CURATED = (
    "public.game_outcomes",
    "core_betting.game_outcomes",
    "curated.game_outcomes",
)
TESTS, ORPHANS, NO_TIME, BY_SURROGATE, BY_SBR = 10, 12, 6, 40, 120
SHARED_WITH_PUBLIC = 900
DIFFERING_SCORE, DIFFERING_LINE, FABRICATED = 9, 14, 25


def fill_outcomes(draft: Draft) -> None:
    """Fill the three tables; where they speak of one game they agree, but for what is planted."""
    _text(draft)
    _serial(draft)
    _curated(draft)
    _differences(draft)
    _fabricated(draft)


def _values(game: Game, draft: Draft) -> Row:
    archived = draft.folder.lines.get(game.pk) if draft.folder else None
    seen = market(game, draft.seed, archived)
    margin = game.home_score - game.away_score
    return {
        "home_team": game.home,
        "away_team": game.away,
        "home_score": game.home_score,
        "away_score": game.away_score,
        "over": game.home_score + game.away_score > seen.total,
        "home_win": game.home_won,
        "home_cover_spread": margin + seen.home_spread > 0,
        "total_line": seen.total,
        "home_spread_line": seen.home_spread,
    }


def _text(draft: Draft) -> None:
    """public.game_outcomes: game_id is an MLB id, an SBR id, a surrogate, or of no game."""
    rng = draft.random("outcomes")
    plant = draft.sizes.plant
    special = [*_no_time(draft), *_orphans(draft), *_tests(draft)]
    games = list(draft.cast.public)
    rng.shuffle(games)
    games = games[: draft.sizes.rows(TEXT) - len(special)]
    anchors = draft.anchors[PUBLIC]
    rows = []
    left = {"text_id_surrogate": plant(BY_SURROGATE), "text_id_sbr": plant(BY_SBR)}
    for game in games:
        kind, identifier = "text_id_mlb", str(game.pk)
        if left["text_id_surrogate"] and game.index in anchors:
            kind, identifier = "text_id_surrogate", str(anchors[game.index])
        elif left["text_id_sbr"] and game.index % 37:
            kind, identifier = "text_id_sbr", game.sbr_id
        left[kind] = left.get(kind, 0) - 1
        rows.append(_text_row(draft, game, identifier, game.start_utc))
        draft.planting.add(kind, TEXT, identifier)
    draft.tables[TEXT] = [*rows, *special]


def _text_row(draft: Draft, game: Game, identifier: str, when: datetime) -> Row:
    return {
        "game_id": identifier,
        **_values(game, draft),
        "game_date": when,
        "created_at": moment(game.index),
        "updated_at": moment(game.index),
    }


def _no_time(draft: Draft) -> list[Row]:
    """Outcomes of doubleheaders under an id that nobody knows, with a date but no time."""
    second = [g for g in draft.cast.games if g.double and g.number == 2 and not g.resumed]
    rows = []
    for game in draft.random("dh").sample(second, min(draft.sizes.plant(NO_TIME), len(second))):
        lost = f"dh-{game.official:%Y%m%d}-{game.home}"
        rows.append(_text_row(draft, game, lost, datetime.combine(game.official, time())))
    draft.note("doubleheader_no_time", TEXT, rows, "game_id")
    return rows


def _orphans(draft: Draft) -> list[Row]:
    """Outcomes of no game at all: unknown ids, and a day on which nobody plays."""
    winter = datetime(2020, 12, 24, 18, 5)
    rows = []
    for place in range(draft.sizes.plant(ORPHANS)):
        lost = f"sbr-lost-{place:03}" if place % 3 == 2 else str(99_900_001 + place)
        like = draft.cast.games[place]
        rows.append(_text_row(draft, like, lost, winter + timedelta(days=place)))
    draft.note("orphan", TEXT, rows, "game_id")
    return rows


def _tests(draft: Draft) -> list[Row]:
    like = draft.cast.games[0]
    rows = [
        _text_row(draft, like, trial_id(place), datetime(2025, 7, 1 + place, 23, 5))
        for place in range(draft.sizes.plant(TESTS))
    ]
    draft.note("test_row", TEXT, rows, "game_id")
    return rows


def _serial(draft: Draft) -> None:
    early = {g.index for g in draft.cast.public}
    usable = draft.anchored(CORE)
    shared = [g for g in usable if g.index in early][: draft.sizes.games(SHARED_WITH_PUBLIC)]
    known = {g.index for g in draft.anchored(COMPLETE)}
    later = [g for g in usable if g.index not in early]
    later.sort(key=lambda g: (g.index not in known, g.index))  # what curated knows first
    games = [*shared, *later][: draft.sizes.rows(SERIAL)]
    rows = []
    for number, game in enumerate(games, start=1):
        when = moment(number).replace(tzinfo=UTC)
        rows.append(
            {
                "id": number,
                "game_id": draft.anchors[CORE][game.index],
                **_values(game, draft),
                "game_date": game.start,
                "created_at": when,
                "updated_at": when,
            }
        )
    draft.tables[SERIAL] = rows
    draft.anchors[SERIAL] = {g.index: r["id"] for g, r in zip(games, rows, strict=True)}


def _curated(draft: Draft) -> None:
    """Outcomes of all enhanced games first, then of others until the table has its size."""
    usable = draft.anchored(COMPLETE)
    enhanced = {g.index for g in draft.cast.enhanced}
    serial = draft.anchors[SERIAL]
    usable.sort(key=lambda g: (g.index not in enhanced, g.index not in serial, g.index))
    games = usable[: draft.sizes.rows(CURATED)]
    rows = []
    for number, game in enumerate(games, start=1):
        when = moment(number)
        rows.append(
            {
                "id": number,
                "game_id": draft.anchors[COMPLETE][game.index],
                **_values(game, draft),
                "game_date": game.start,
                "source_system": "GENERATED" if game.generated else "MLB_STATS_API",
                "confidence_score": 1,
                "created_at": when,
                "updated_at": when,
                "migrated_at": when,
            }
        )
    draft.tables[CURATED] = rows
    draft.anchors[CURATED] = {g.index: r["id"] for g, r in zip(games, rows, strict=True)}


def _differences(draft: Draft) -> None:
    """Change the core row of games of which curated alone also has an outcome."""
    early = {g.index for g in draft.cast.public}
    serial, curated = draft.anchors[SERIAL], draft.anchors[CURATED]
    games = [g for g in draft.cast.games if g.index in serial and g.index in curated]
    games = [g for g in games if g.index not in early]
    by_id = {r["id"]: r for r in draft.tables[SERIAL]}
    won = [g for g in games if g.home_won][: draft.sizes.plant(DIFFERING_SCORE)]
    others = [g for g in games if g not in won][: draft.sizes.plant(DIFFERING_LINE)]
    for code, chosen, column, step in (
        ("score_differs", won, "home_score", 1),
        ("total_line_differs", others, "total_line", Decimal("0.5")),
    ):
        rows = [by_id[serial[g.index]] for g in chosen]
        for row in rows:
            row[column] += step
        draft.note(code, SERIAL, rows)


def _fabricated(draft: Draft) -> None:
    """Labels where no line is known: over and cover are false there, and mean nothing."""
    texts = {r["game_id"] for r in draft.tables[TEXT]}
    serial = draft.anchors[SERIAL]
    surrogates = draft.anchors[PUBLIC]
    alone = [
        g.index
        for g in draft.cast.games
        if g.index in draft.anchors[CURATED]
        and g.index not in serial
        and not texts & {str(g.pk), g.sbr_id, str(surrogates.get(g.index))}
    ]
    chosen = {draft.anchors[CURATED][i] for i in alone[: draft.sizes.plant(FABRICATED)]}
    rows = [r for r in draft.tables[CURATED] if r["id"] in chosen]
    for row in rows:
        row |= {
            "total_line": None,
            "home_spread_line": None,
            "over": False,
            "home_cover_spread": False,
        }
    draft.note("fabricated_label", CURATED, rows)

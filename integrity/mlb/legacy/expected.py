"""Counts that a correct consolidation ends with, from the games themselves."""

from __future__ import annotations

from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.enhanced import TABLE as ENHANCED
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.masters import COMPLETE, CORE, PUBLIC
from integrity.mlb.legacy.outcomes import CURATED, SERIAL, TEXT
from integrity.mlb.legacy.reference import CURATED as BOOKS
from integrity.mlb.legacy.reference import EXTERNAL
from integrity.mlb.legacy.sheet import Draft


def expect(draft: Draft) -> None:
    """Write the expected counts, and the games whose date is a trap."""
    games = draft.cast.games
    keys = {g.index: str(g.pk) for g in games}
    for game in games:
        if game.double and game.number == 2:
            draft.planting.add("doubleheader", "core_betting.games", keys[game.index])
        if game.start_utc.date() != game.official:
            draft.planting.add("utc_date_differs", "core_betting.games", keys[game.index])
        if game.resumed:
            draft.planting.add("resumed", "core_betting.games", keys[game.index])
    draft.planting.expected |= {
        "core_betting.games": len(_named(draft)),
        "core_betting.enhanced_games": len(draft.tables[ENHANCED]),
        "core_betting.teams": len(CLUBS),
        "core_betting.sportsbooks": len(draft.tables[BOOKS]),
        "core_betting.sportsbook_mappings": len(draft.tables[EXTERNAL]),
        "core_betting.game_outcomes": len(_with_outcome(draft)),
    }


def _named(draft: Draft) -> set[int]:
    """The games that at least one usable row of a master names."""
    parts = draft.cast
    masters = (parts.public, parts.core, parts.complete, parts.enhanced, parts.action)
    named = {g.index for group in (*masters, parts.supplementary) for g in group}
    return named | {g.index for g in parts.splits if g not in parts.doubleheader}


def _with_outcome(draft: Draft) -> set[int]:
    ids: dict[str, Game] = {}
    for game in draft.cast.games:
        ids |= {str(game.pk): game, game.sbr_id: game}
        if game.index in draft.anchors[PUBLIC]:
            ids[str(draft.anchors[PUBLIC][game.index])] = game
    texts = {ids[r["game_id"]].index for r in draft.tables[TEXT] if r["game_id"] in ids}
    by_row = {
        master: {number: index for index, number in draft.anchors[master].items()}
        for master in (CORE, COMPLETE)
    }
    serial = {by_row[CORE][r["game_id"]] for r in draft.tables[SERIAL]}
    return texts | serial | {by_row[COMPLETE][r["game_id"]] for r in draft.tables[CURATED]}

"""What ``game_id`` means in each table: six types, and more meanings than that.

A column with a foreign key means a row of that master. The others are told here, table by table:
an integer may be a surrogate or Action Network's id, a text the MLB id, an SBD id or a price key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.enhanced import TABLE as ENHANCED
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.masters import COMPLETE, CORE, park
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.model import Column, Table

MAP = "staging.game_id_mappings"  # it knows the ids of every system
# Ids that are no surrogate of a master.
KINDS: Mapping[str, Callable[[Game], Any]] = {
    "action network": lambda g: g.an_id,
    "mlb": lambda g: g.pk,
    "mlb text": lambda g: str(g.pk),
    "action network text": lambda g: str(g.an_id),
    "sbd": lambda g: g.sbd_id,
    "vsin": lambda g: g.vsin_key,
    "price key": lambda g: g.price_key,
}
GAME_COLUMNS = ("game_id", "game_pk", "external_game_id", "game_external_id", "legacy_game_id")
# Logical references without a foreign key: a kind of id, or the master whose surrogate it is.
MEANING: Mapping[str, str] = {
    "action_network.betting_lines": "action network",
    "action_network.extraction_log": "action network",
    "action_network.game_summary": "action network",
    "action_network.historical_line_movement": "action network",
    "action_network.line_movement_summary": "action network",
    "analysis.ml_detected_patterns": "mlb text",
    "analysis.ml_opportunity_scores": "mlb text",
    "analysis.strategy_results": "mlb text",
    "analytics.ml_predictions": "mlb text",
    "analytics.sharp_action_indicators": "sbd",
    "backtesting.unified_bet_outcomes": "mlb",
    "clean.betting_recommendations": "sbd",
    "curated.betting_lines_enhanced": "curated.games_complete",
    "curated.ml_features": "mlb text",
    "curated.ml_market_analysis": "mlb text",
    "curated.moneylines": "curated.enhanced_games",
    "curated.spreads": "curated.enhanced_games",
    "curated.totals": "curated.enhanced_games",
    "monitoring.outcome_metrics": "mlb text",
    "operational.pre_game_recommendations": "mlb text",
    "raw_data.action_network_games": "action network text",
    "raw_data.action_network_history": "action network text",
    "raw_data.action_network_odds": "action network text",
    "raw_data.betting_lines_raw": "action network text",
    "raw_data.line_movements_raw": "action network text",
    "raw_data.mlb_stats_api_games": "mlb text",
    "raw_data.moneylines_raw": "action network text",
    "raw_data.spreads_raw": "action network text",
    "raw_data.totals_raw": "action network text",
    "raw_data.vsin": "vsin",
    "splits.sharp_actions": "sbd",
    "staging.action_network_games": "action network text",
    "staging.action_network_odds_historical": "action network text",
    "staging.betting_lines": "price key",
    "staging.betting_odds_unified": "action network text",
    "staging.line_movements": "staging.games",
    "timing_analysis.recommendation_history": "mlb text",
    "tracking.notification_log": "mlb",
    "tracking.pre_game_recommendations": "mlb",
}


def game_master(table: Table) -> str | None:
    """The master whose surrogates the table's game column holds, if it holds any."""
    for key in table.foreign_keys:
        if key.columns[0] == "game_id":
            return str(key.references)
    meaning = MEANING.get(str(table.name))
    return meaning if meaning and "." in meaning else None


def game_key(draft: Draft, table: Table, game: Game) -> Any:
    """What the table writes to name the game."""
    if master := game_master(table):
        return draft.anchors[master][game.index]
    return KINDS[MEANING[str(table.name)]](game)


def about_game(draft: Draft, table: Table, game: Game) -> Row:
    """Every column of the table that follows from the game alone."""
    values: Row = {}
    for column in table.columns:
        if column.generated is not None:
            continue
        if column.name in GAME_COLUMNS and (game_master(table) or str(table.name) in MEANING):
            values[column.name] = game_key(draft, table, game)
        elif maker := _ABOUT.get(column.name):
            values[column.name] = _fitted(maker(game), column, game)
    return values


def settled(draft: Draft) -> list[Game]:
    """Games that every surrogate master names cleanly and that no defect is planted in.

    Once the map of ids is filled, those that it knows, so that every id leads to a game.
    """
    names = (CORE, COMPLETE, ENHANCED, MAP)
    masters = [draft.anchors[m] for m in names if m in draft.anchors]
    free = [g for g in draft.cast.games if not g.double and g.index not in draft.claimed]
    return [g for g in free if all(g.index in anchors for anchors in masters)]


_ABOUT: Mapping[str, Callable[[Game], Any]] = {
    "home_team": lambda g: g.home,
    "away_team": lambda g: g.away,
    "home_team_normalized": lambda g: g.home,
    "away_team_normalized": lambda g: g.away,
    "home_team_abbr": lambda g: g.home,
    "away_team_abbr": lambda g: g.away,
    "team_normalized": lambda g: g.home,
    "home_team_name": lambda g: CLUBS[g.home].full_name,
    "away_team_name": lambda g: CLUBS[g.away].full_name,
    "game_date": lambda g: g.official,
    "game_time": lambda g: g.eastern.time(),
    "game_datetime": lambda g: g.start,
    "game_start_time": lambda g: g.start,
    "start_time": lambda g: g.start,
    "season": lambda g: g.season,
    "home_score": lambda g: g.home_score,
    "away_score": lambda g: g.away_score,
    "winning_team": lambda g: g.winner,
    "venue_name": park,
    "mlb_stats_api_game_id": lambda g: str(g.pk),
    "action_network_game_id": lambda g: g.an_id,
    "sbd_game_id": lambda g: g.sbd_id,
    "vsin_game_id": lambda g: g.vsin_key,
    "game_number": lambda g: g.number,
}


def _fitted(value: Any, column: Column, game: Game) -> Any:
    """A game's value as the column's type takes it: wall clock without zone is Eastern."""
    if column.type == "timestamp without time zone" and isinstance(value, datetime):
        return game.eastern
    if column.type == "timestamp with time zone" and not isinstance(value, datetime):
        return game.start
    if column.type.startswith(("character varying", "text")) and isinstance(value, int):
        return str(value)
    return value

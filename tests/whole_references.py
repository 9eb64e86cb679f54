"""The 75 columns of legacy that name a row of another table without a foreign key.

For each: where it went, and what it has to point to there. A reference that was text or a number
of some system is a key of ours where its table was consolidated; a landing table keeps what the
collector wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

GAMES, IDS = "core_betting.games", "core_betting.game_id_mappings"
BOOKS, BOOK_IDS = "core_betting.sportsbooks", "core_betting.sportsbook_mappings"
LINES, SPLITS = "core_betting.betting_lines", "analytics.betting_splits"
RAW_SPLITS, ODDS = "raw_data.raw_mlb_betting_splits", "raw_data.action_network_raw"
RESPONSES, PAGES = "raw_data.mlb_api_responses", "raw_data.vsin_raw_data"


@dataclass(frozen=True)
class Reference:
    """Rows of ``table`` (t) whose ``value`` no row of ``target`` (o) has are orphans."""

    table: str
    value: str
    target: str
    key: str
    rows: str = "true"  # of t
    among: str = "true"  # of o


def _game(table: str) -> Reference:
    return Reference(table, "t.game_id", GAMES, "o.game_id")


def _book(table: str) -> Reference:
    return Reference(table, "t.sportsbook_id", BOOKS, "o.sportsbook_id")


def _text(table: str, column: str, system: str, rows: str = "true") -> Reference:
    among = f"o.source_system = '{system}'"
    return Reference(table, f"t.{column}", IDS, "o.external_id", rows, among)


def _landed(table: str, rows: str, target: str, landing: str) -> Reference:
    value = "(t.legacy_attributes ->> 'raw_data_id')::bigint"
    return Reference(table, value, target, "o.legacy_id", rows, f"o.legacy_table = '{landing}'")


_QUOTED = Reference(
    *("raw_data.betting_lines_raw", "t.external_sportsbook_id::text", BOOK_IDS, "o.external_id")
)
_CONFIGURED = Reference(
    *("operational.strategy_integration_log", "t.configuration_id"),
    *("operational.strategy_configurations", "o.configuration_id"),
)
_CLUB = Reference(
    *("core_betting.games", "t.home_team", "core_betting.teams", "o.abbreviation"),
    among="o.action_network_id is not null",
)

# What the columns point to in the unified tables. The columns of ids and numbers that are keys of
# their own rows are told by what points to these rows.
LOGICAL = {
    "action.dim_teams.team_id": _CLUB,
    "action_network.betting_lines.game_id": _game(LINES),
    "action_network.extraction_log.game_id": _game("operational.collection_logs"),
    "action_network.historical_line_movement.game_id": _game("core_betting.line_movements"),
    "action_network.sportsbooks.book_id": _book(BOOK_IDS),
    "analysis.ml_detected_patterns.game_id": _game("analytics.ml_detected_patterns"),
    "analysis.ml_opportunity_scores.opportunity_id": Reference(
        *("analytics.ml_explanations", "t.opportunity_id"),
        *("analytics.ml_opportunity_scores", "o.opportunity_id"),
    ),
    "analysis.ml_opportunity_scores.game_id": _game("analytics.ml_opportunity_scores"),
    "analysis.strategy_results.game_id": _game("analytics.strategy_results"),
    "analytics.ml_predictions.game_id": _game("analytics.ml_predictions"),
    "analytics.sharp_action_indicators.game_id": _game("analytics.sharp_action_signals"),
    "backtesting.unified_bet_outcomes.game_pk": _game("analytics.backtesting_results"),
    "clean.betting_recommendations.game_id": _game("analytics.betting_recommendations"),
    "core_betting.supplementary_games.game_id": _game(IDS),
    "core_betting.teams.team_id": _CLUB,
    "curated.betting_lines.sportsbook_id": _book(LINES),
    "curated.betting_lines_enhanced.game_id": _game("analytics.game_analyses"),
    "curated.games.game_id": _game(IDS),
    "curated.ml_features.game_id": _game("analytics.ml_features"),
    "curated.ml_market_analysis.game_id": _game("analytics.ml_features"),
    "curated.ml_predictions.experiment_id": Reference(
        *("analytics.ml_predictions", "t.experiment_id"),
        *("analytics.ml_experiments", "o.experiment_id"),
    ),
    "curated.moneylines.game_id": _game(LINES),
    "curated.spreads.game_id": _game(LINES),
    "curated.teams_master.team_id": _CLUB,
    "curated.totals.game_id": _game(LINES),
    "curated.unified_betting_splits.sportsbook_id": _book(SPLITS),
    "operational.pre_game_recommendations.game_pk": _game("operational.pre_game_recommendations"),
    "operational.strategy_configurations.strategy_id": _CONFIGURED,
    "operational.strategy_integration_log.strategy_id": _CONFIGURED,
    "raw_data.action_network_games.external_game_id": _text(
        ODDS, "external_game_id", "action_network", "t.endpoint = 'games'"
    ),
    "raw_data.action_network_history.external_game_id": _text(
        ODDS, "external_game_id", "action_network", "t.endpoint = 'history'"
    ),
    "raw_data.action_network_odds.external_game_id": _text(
        ODDS, "external_game_id", "action_network", "t.endpoint = 'odds'"
    ),
    "raw_data.betting_lines_raw.sportsbook_id": _QUOTED,
    "raw_data.mlb_stats_api_games.external_game_id": _text(
        RESPONSES, "external_id", "mlb_stats_api"
    ),
    "raw_data.moneylines_raw.sportsbook_id": _QUOTED,
    "raw_data.raw_mlb_betting_splits.game_id": _text(RAW_SPLITS, "external_game_id", "sbd"),
    "raw_data.spreads_raw.sportsbook_id": _QUOTED,
    "raw_data.totals_raw.sportsbook_id": _QUOTED,
    "raw_data.vsin.external_game_id": _text(
        PAGES, "external_id", "vsin", "t.legacy_table = 'raw_data.vsin'"
    ),
    "splits.games.game_id": _game(IDS),
    "splits.raw_mlb_betting_splits.game_id": _game(SPLITS),
    "splits.sharp_actions.game_id": _game("analytics.sharp_action_signals"),
    "staging.action_network_games.external_game_id": _game(IDS),
    "staging.action_network_odds_historical.external_game_id": _game(LINES),
    "staging.action_network_odds_historical.sportsbook_id": _book(LINES),
    "staging.betting_lines.game_id": _game(LINES),
    "staging.betting_lines.sportsbook_id": _book(LINES),
    "staging.betting_odds_unified.external_game_id": _game(LINES),
    "staging.betting_odds_unified.raw_data_id": _landed(
        *(LINES, "t.origin = 'staging.betting_odds_unified'", ODDS, "raw_data.action_network_odds")
    ),
    "staging.line_movements.game_id": _game("core_betting.line_movements"),
    "staging.moneylines.game_id": _game(LINES),
    "staging.moneylines.sportsbook_id": _book(LINES),
    "staging.spreads.game_id": _game(LINES),
    "staging.spreads.sportsbook_id": _book(LINES),
    "staging.totals.game_id": _game(LINES),
    "staging.totals.sportsbook_id": _book(LINES),
    "staging.vsin_betting_data.sportsbook_id": _book(SPLITS),
    "staging.vsin_betting_data.raw_data_id": _landed(
        SPLITS, "t.legacy_attributes ? 'raw_data_id'", PAGES, "raw_data.vsin_raw_data"
    ),
    "timing_analysis.recommendation_history.game_id": _game("analytics.timing_recommendations"),
    "tracking.notification_log.game_pk": _game("operational.notification_log"),
    "tracking.pre_game_recommendations.game_pk": _game("operational.pre_game_recommendations"),
    "tracking.strategy_integration_log.strategy_id": _CONFIGURED,
}

# Second copies: their rows are in the archive, with no counterpart in a unified table.
ARCHIVED = {
    "action_network.game_summary.game_id",
    "action_network.line_movement_summary.game_id",
    "backup_core_betting.betting_lines_moneyline.game_id",
    "backup_core_betting.betting_lines_moneyline.sportsbook_id",
    "backup_core_betting.betting_lines_spread.game_id",
    "backup_core_betting.betting_lines_spread.sportsbook_id",
    "backup_core_betting.betting_lines_totals.game_id",
    "backup_core_betting.betting_lines_totals.sportsbook_id",
    "backup_core_betting.sportsbook_external_mappings.sportsbook_id",
    "backup_core_betting.supplementary_games.game_id",
    "backup_core_betting.teams.team_id",
    "raw_data.legacy_betting_lines.sportsbook_id",
    "raw_data.legacy_betting_lines_spread.sportsbook_id",
}

"""How many rows the tables of the later era get, at scale 1.

As the operators reported them where a number is known: 43,370 raw splits, 19,436 parsed games, 418
pages, 2,439 odds payloads, 265 VSIN pages, 36 strategies, 138 integrations and so on.
staging.action_network_odds_historical held 88,975 rows; it gets a tenth of them. Tables that the
operators call empty get three rows at most.
"""

from __future__ import annotations

LATER = {
    "splits.raw_mlb_betting_splits": 43_370,
    "raw_data.raw_mlb_betting_splits": 1_500,
    "staging.action_network_odds_historical": 8_900,
    "public.sbr_raw_html": 418,
    "public.sbr_parsed_games": 19_436,
    "raw_data.sbr_raw_html": 60,
    "raw_data.sbr_parsed_games": 400,
    "raw_data.action_network_odds": 2_439,
    "raw_data.vsin": 265,
    "staging.games": 320,
    "curated.games": 480,
    "staging.game_id_mappings": 480,
    "curated.game_id_mappings": 480,
    "curated.betting_lines": 240,
    "core_betting.betting_splits": 360,
    "curated.betting_splits": 240,
    "staging.betting_splits": 180,
    "staging.vsin_betting_data": 150,
    "core_betting.line_movement_history": 300,
    "core_betting.line_movements": 200,
    "action_network.betting_lines": 400,
    "logging.sql_operations": 600,
}
SMALL = 60  # a table this small keeps its size at every scale


def later_rows(table: str, scale: float) -> int:
    """How many rows the table gets at a scale."""
    base = LATER[table]
    return base if base <= SMALL else max(SMALL, round(base * scale))

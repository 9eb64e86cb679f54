"""Signals, opportunities and results of nine tables, with the reports that they hang on."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, as_json
from integrity.mlb.legacy.words import SPLIT_TYPES, STRATEGIES

CORE, CURATED = "core_betting.sharp_action_indicators", "curated.sharp_action_indicators"
RESULTS, ANALYSIS = "curated.strategy_results", "analysis.strategy_results"
REPORT_TYPES = ("rlm", "steam", "arbitrage", "full")
COPIES, SYNTHETIC, LOST = 20, 4, 3
# Tables by rule, parents first: rows, and whether they are about games.
PLAIN = (
    ("curated.analysis_reports", 6, False),
    ("curated.arbitrage_opportunities", 15, True),
    ("curated.rlm_opportunities", 25, True),
    ("curated.steam_moves", 18, True),
    ("core_betting.steam_moves", 20, True),
    ("staging.sharp_action_signals", 30, True),
    ("analytics.sharp_action_indicators", 25, True),
    ("analytics.strategy_signals", 3, True),
    ("analytics.betting_recommendations", 3, True),
    ("analytics.confidence_scores", 3, True),
    ("analytics.cross_market_analysis", 3, True),
    ("analytics.performance_metrics", 3, False),
    ("analytics.roi_calculations", 3, False),
    ("curated.betting_analysis", 20, True),
    ("curated.movement_analysis", 30, True),
    ("curated.profitability_metrics", 12, False),
    ("analysis.betting_strategies", 12, False),
    ("analysis.ml_opportunity_scores", 40, True),
    ("analysis.ml_detected_patterns", 60, True),
    ("analysis.ml_explanations", 20, False),
)


def fill_signals(draft: Draft) -> None:
    """Fill the tables of signals and of what came of them."""
    games = settled(draft)
    staged = [g for g in games if g.index in draft.anchors["staging.games"]]
    for step, (table, count, about) in enumerate(PLAIN):
        signal = partial(_signal, step=step)
        of = staged if table.startswith("staging.") else games
        fill_by_rule(draft, table, count, signal, games=of if about else ())
    _indicators(draft)
    _results(draft)


def _signal(place: Place, *, step: int) -> Row:
    """What signals of all kinds say; ``step`` keeps the moments of two tables apart."""
    number, game = place.number, place.game
    row: Row = {
        "user_id": f"user{1 + number % 25:02}",
        "opportunity_id": f"opp_{1 + number % 40:04}",
        "strategy_name": STRATEGIES[(number - 1) % 12],
        "report_type": REPORT_TYPES[number % 4],
        "book_a_odds": 120,
        "book_b_odds": -105,
        "odds_discrepancy": 15,
        "action_network_book_id": 15,
        "average_movement": 5,
        "book_a_id": 1 + number % 11,
        "book_b_id": 1 + (number + 1) % 11,
        "participating_books": ["DraftKings", "FanDuel"],
        "divergent_books": ["Circa"],
        "signal_strength": 0.6,
        "confidence_score": 0.7,
        "minutes_before_game": 45,
        "line_value": "-115",
        "expires_at": None,
    }
    if game is not None:
        row |= {"detected_at": game.start - timedelta(minutes=50 + step, seconds=number)}
    return row


def _indicators(draft: Draft) -> None:
    """Indicators of the first consolidation, most of which the second one copied."""
    games = settled(draft)

    def indicator(place: Place) -> Row:
        game = place.about
        return {
            "bet_type": SPLIT_TYPES[place.number % 3],
            "indicator_type": "money_over_bets",
            "detected_at": game.start - timedelta(minutes=40),
            "confidence": 0.7,
            "supporting_data": as_json({"money": 71, "bets": 52, "origin": "generated"}),
        }

    first = fill_by_rule(draft, CORE, 40, indicator, games=games)
    rows = fill_by_rule(draft, CURATED, 30, indicator, games=games)
    for row in rows[COPIES:]:
        row["indicator_type"] = "steam"
    draft.note("signal_copy", CURATED, rows[: min(COPIES, len(first))])


def _results(draft: Draft) -> None:
    """Results of two schemas; some are synthetic, some of games that nobody knows."""
    games = settled(draft)

    def result(place: Place) -> Row:
        game = place.about
        won = game.home_won
        return {
            "strategy_name": STRATEGIES[place.number % 12],
            "recommended_side": "home",
            "recommendation": "bet",
            "result_status": "win" if won else "loss",
            "outcome": "win" if won else "loss",
            "profit": 91 if won else -100,
            "actual_return": 0.91 if won else -1,
            "stake": 100,
            "stake_percentage": 1,
            "odds_taken": -110,
            "confidence_score": 0.7,
            "strategy_parameters": as_json({"threshold": 15, "origin": "generated"}),
            "execution_timestamp": game.start - timedelta(minutes=30),
            "bet_placed_at": game.start - timedelta(minutes=30),
            "game_start_time": game.start,
            "result_determined_at": game.start + timedelta(hours=4),
            "status": "completed",
        }

    rows = fill_by_rule(draft, RESULTS, 60, result, games=games)
    for row in rows[-SYNTHETIC:]:
        row["strategy_parameters"] = as_json({"source": "SYNTHETIC_TEST"})
    draft.note("mock_row", RESULTS, rows[-SYNTHETIC:])
    later = fill_by_rule(draft, ANALYSIS, 60, result, games=games)
    for row in later[:LOST]:
        row["game_id"] = str(99_600_000 + row["result_id"])
    draft.note("orphan_reference", ANALYSIS, later[:LOST], "result_id")

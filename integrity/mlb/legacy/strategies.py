"""Strategies: backtests, thresholds, recommendations, and their twins in two more schemas."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from integrity.mlb.legacy.by_rule import STARTED, Place, fill_by_rule
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, as_json
from integrity.mlb.legacy.words import BUCKETS, SPLIT_TYPES, STRATEGIES

BACKTEST, LIVE = "backtesting.strategy_performance", "operational.strategy_performance"
BACKUP = "operational.strategy_performance_backup"
BOOKS = ("VSIN-circa", "VSIN-draftkings", "SBD-unknown")
COPIES, DIFFERING = 24, 3
TESTS = 1
# Tables by rule alone, parents first: rows, and whether they are about games.
PLAIN = (
    ("backtesting.alert_history", 40, False),
    ("backtesting.alignment_analysis", 10, False),
    ("backtesting.configuration_performance", 12, False),
    ("backtesting.dynamic_thresholds", 12, False),
    ("backtesting.orchestrator_update_triggers", 64, False),
    ("backtesting.run_history", 20, False),
    ("backtesting.strategy_alerts", 30, False),
    ("backtesting.strategy_config_history", 26, False),
    ("backtesting.strategy_lifecycle_events", 24, False),
    ("backtesting.threshold_history", 14, False),
    ("backtesting.threshold_recommendations", 9, False),
    ("operational.alignment_analysis", 5, False),
    ("operational.backtesting_configurations", 4, False),
    ("operational.orchestrator_update_triggers", 12, False),
    ("operational.recent_config_changes", 5, False),
    ("operational.standardization_audit_log", 6, False),
    ("operational.strategy_alerts", 12, False),
    ("operational.strategy_config_cache", 8, False),
    ("operational.strategy_config_history", 6, False),
    ("operational.strategy_lifecycle_events", 15, False),
    ("operational.strategy_validation_records", 10, False),
    ("operational.threshold_configurations", 8, False),
    ("operational.threshold_recommendations", 6, False),
    ("tracking.strategy_integration_log", 138, False),
    ("operational.strategy_integration_log", 60, False),
    ("validation.strategy_records", 2, False),
    ("clean.betting_recommendations", 2, True),
    ("tracking.notification_log", 5, True),
)


def fill_strategies(draft: Draft) -> None:
    """Fill every table about strategies."""
    games = settled(draft)
    for table, count, about in PLAIN:
        named = partial(_named, later=table.startswith("operational."))
        fill_by_rule(draft, table, count, named, games=games if about else ())
    _performance(draft)
    _configurations(draft)
    _recommendations(draft)
    _timing(draft)
    _outcomes(draft)


def _strategy(number: int) -> Row:
    """Strategy, book and market that no other number below 108 has."""
    return {
        "strategy_name": STRATEGIES[number % 12],
        "source_book_type": BOOKS[number // 12 % 3],
        "split_type": SPLIT_TYPES[number // 36 % 3],
    }


def strategy_id(number: int) -> str:
    """A strategy as text, as the tracking tables name it."""
    row = _strategy(number)
    return f"{row['strategy_name']}_{row['source_book_type']}_{row['split_type']}".lower()


def _named(place: Place, *, later: bool) -> Row:
    version = f"v{2 if later else 1}.{place.number}"
    return {
        "strategy_id": strategy_id(1 + (place.number - 1) % 20),
        "strategy_name": STRATEGIES[place.number % 12],
        "recommendation_id": str(1 + place.number % 9),
        "source": f"SOURCE_{place.number % 4}",
        "cache_key": f"cache_{place.number}",
        "config_version": version,
        "configuration_version": version,
        "confidence_score": 0.7,
    }


def _results(place: Place) -> Row:
    wins, losses = 20 + place.number % 17, 15 + place.number % 11
    total = wins + losses
    return {
        **_strategy(place.number),
        "backtest_date": date(2025, 7, 20) + timedelta(days=place.number // 36),
        "total_bets": total,
        "wins": wins,
        "losses": losses,
        "pushes": 0,
        "win_rate": round(wins / total, 4),
        "roi_per_100": round(place.rng.uniform(-12, 18), 2),
        "confidence_level": ("LOW", "MODERATE", "HIGH")[place.number % 3],
        "created_at": None,
    }


def _performance(draft: Draft) -> None:
    """Backtest results twice, in 35 and in 24 columns, and a backup of the second table."""

    def result(place: Place) -> Row:
        row = _results(place)
        del row["created_at"]
        return row

    backtests = fill_by_rule(draft, BACKTEST, 36, result)
    by_key = {_key(r): r for r in backtests}

    def live(place: Place) -> Row:
        shifted = Place(place.number + 36 - COPIES, place.rng, None)
        row = result(shifted)
        return row | by_key.get(_key(row), {}) | {"id": f"sp_{place.number:04}"}

    rows = fill_by_rule(draft, LIVE, 48, live)
    copies = [r for r in rows if _key(r) in by_key]
    for row in copies[:DIFFERING]:
        row["roi_per_100"] += 1
    draft.note("result_copy", LIVE, copies)
    draft.note("roi_differs", LIVE, copies[:DIFFERING])
    shared = ("strategy_name", "source_book_type", "split_type", "backtest_date", "total_bets")

    def backup(place: Place) -> Row:
        row = rows[place.number - 1]
        kept = {name: row[name] for name in shared}
        rates = {"win_rate": row["win_rate"] * 100, "roi_per_100_unit": row["roi_per_100"]}
        return kept | rates | {"backup_reason": "before standardization"}

    draft.note("backup_row", BACKUP, fill_by_rule(draft, BACKUP, len(rows), backup))


def _key(row: Row) -> tuple[object, ...]:
    return tuple(
        row[n] for n in ("strategy_name", "source_book_type", "split_type", "backtest_date")
    )


def _configurations(draft: Draft) -> None:
    """The same strategies under a number, under a text, as columns and as JSON."""

    def configuration(place: Place, *, share: bool) -> Row:
        won = 45 + place.number % 17
        stamp = STARTED + timedelta(hours=place.number)
        stamp = stamp.replace(tzinfo=None) if share else stamp
        settings = {"minimum": place.number, "enabled": place.number % 3 > 0}
        return {
            **_strategy(place.number),
            "strategy_id": strategy_id(place.number),
            "source": f"VSIN_{place.number}",
            "strategy_type": STRATEGIES[place.number % 12],
            "configuration": as_json({"origin": "generated"} | settings),
            "config_json": as_json(settings),
            "strategy_variant": "standard",
            "win_rate": won / 100 if share else won,
            "roi_per_100": place.number % 23 - 6,
            "roi_per_100_unit": place.number % 23 - 6,
            "total_bets": 30 + place.number,
            "confidence_level": ("LOW", "MODERATE", "HIGH")[place.number % 3],
            "min_threshold": 5 + place.number % 9,
            "moderate_threshold": 12 + place.number % 9,
            "high_threshold": 19 + place.number % 9,
            **dict.fromkeys(("updated_at", "last_updated"), stamp),
            "enabled": place.number % 3 > 0,
            "is_active": place.number % 3 > 0,
        }

    for table, count in (
        ("backtesting.strategy_configurations", 36),
        ("operational.strategy_configurations", 40),
        ("tracking.active_strategy_configs", 20),
        ("tracking.active_high_roi_strategies", 20),
        ("backtesting.threshold_configurations", 12),
        ("backtesting.strategy_config_cache", 8),
        ("tracking.strategy_performance_cache", 8),
    ):
        share = table.startswith("backtesting.")
        fill_by_rule(draft, table, count, partial(configuration, share=share))
    known = {strategy_id(n) for n in range(1, 21)}
    rows = draft.tables["operational.strategy_configurations"]
    twins = [r for r in rows if r["strategy_id"] in known]
    draft.note("strategy_twin", "operational.strategy_configurations", twins)


def _recommendations(draft: Draft) -> None:
    """Recommendations by a text key; game_pk is a number here and text there."""
    games = settled(draft)
    table, twin = "tracking.pre_game_recommendations", "operational.pre_game_recommendations"
    fill = lambda p: _recommendation(p, "rec")  # noqa: E731
    rows = fill_by_rule(draft, table, 5, fill, games=games)
    rows[-1] |= {"source_component": "test", "recommendation_id": "test_rec_001"}
    draft.note("mock_row", table, [rows[-1]], "recommendation_id")
    copies = fill_by_rule(draft, twin, 12, fill, games=games)
    draft.note("recommendation_twin", twin, copies[: len(rows) - 1], "recommendation_id")

    def tracked(place: Place) -> Row:
        return {"recommendation_id": copies[place.number - 1]["recommendation_id"]}

    fill_by_rule(draft, "operational.recommendation_tracking", 10, tracked)


def _recommendation(place: Place, mark: str) -> Row:
    game = place.about
    completed = place.number % 2 == 0
    return {
        "recommendation_id": f"{mark}_{game.pk}_{place.number}",
        "recommendation": f"{game.home} moneyline",
        "bet_type": "moneyline",
        "bet_side": "home",
        "signal_strength": 0.5,
        "recommended_odds": -115,
        "recommended_at": game.start - timedelta(hours=2),
        "game_completed": completed,
        "bet_won": game.home_won if completed else None,
        "profit_loss": (91 if game.home_won else -100) if completed else None,
        "actual_outcome": ("home" if game.home_won else "away") if completed else None,
        "source_component": "pre_game_workflow",
    }


def _timing(draft: Draft) -> None:
    """When to bet: buckets whose rates the table itself works out."""

    for table, count in (
        ("timing_analysis.timing_bucket_performance", 3),
        ("analytics.timing_analysis_results", 6),
        ("timing_analysis.comprehensive_analyses", 11),
        ("timing_analysis.timing_recommendations_cache", 1),
    ):
        fill_by_rule(draft, table, count, _bucket)

    def history(place: Place) -> Row:
        game = place.about
        hours = (1, 4, 12, 30)[place.number % 4]
        return {
            "hours_until_game": hours,
            "recommendation_datetime": game.start - timedelta(hours=hours),
        }

    table = "timing_analysis.recommendation_history"
    fill_by_rule(draft, table, 9, history, games=settled(draft))


def _bucket(place: Place) -> Row:
    wins, losses, pushes = 12 + place.number, 9 + place.number, place.number % 3
    total = wins + losses + pushes
    return {
        "timing_bucket": BUCKETS[place.number % 4],
        "analysis_start_date": date(2025, 6, 1),
        "analysis_end_date": date(2025, 7, 31),
        "total_bets": total,
        "wins": wins,
        "losses": losses,
        "pushes": pushes,
        "overall_total_bets": total,
        "overall_wins": wins,
        "overall_losses": losses,
        "overall_pushes": pushes,
        "overall_total_units_wagered": total,
        "overall_total_profit_loss": wins - losses,
        "total_units_wagered": total,
        "total_profit_loss": wins - losses,
    }


def _outcomes(draft: Draft) -> None:
    def outcome(place: Place) -> Row:
        game = place.about
        return {
            "outcome_id": f"bet_{place.number:04}",
            "bet_side": "home",
            "bet_amount": 100,
            "odds": -110,
            "bet_won": game.home_won,
            "actual_profit_loss": 91 if game.home_won else -100,
            "game_final_score": f"{game.home_score}-{game.away_score}",
            "bet_placed_at": game.start - timedelta(minutes=30),
        }

    table = "backtesting.unified_bet_outcomes"
    rows = fill_by_rule(draft, table, 60, outcome, games=settled(draft))
    for row in rows[:3]:
        row["game_pk"] = 99_700_000 + row["id"]
    draft.note("orphan_reference", table, rows[:3])

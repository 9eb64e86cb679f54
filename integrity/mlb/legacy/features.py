"""Features, models, predictions: wide feature tables, their vectors, experiments of two schemas."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from uuid import UUID

from integrity.mlb.legacy.by_rule import STARTED, Place, fill_by_rule
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, agree, as_json
from integrity.mlb.legacy.words import MODELS

ANALYTICS, CURATED = "analytics.ml_experiments", "curated.ml_experiments"
FEATURES, VECTORS = "curated.ml_features", "curated.ml_feature_vectors"
VERSION = "v2.1"
GAMES = 125
SAMPLE_GAME = "258890"  # what a demo of the features left behind
DEMO_EXPERIMENT = "mlb_betting_models_demo"
TARGETS = ("total_over_under", "home_ml", "home_spread", "run_total_regression", "home_ml")
SHARED = 2  # experiments that both schemas hold
# Tables by rule alone, parents first: rows, and whether they are about games.
PLAIN = (
    ("curated.ml_feature_definitions", 40, False),
    ("curated.ml_feature_drift_detection", 12, False),
    ("curated.ml_model_health_status", 8, False),
    ("curated.ml_model_performance", 8, False),
    ("curated.ml_models", 8, False),
    ("curated.ml_performance_alerts", 12, False),
    ("curated.ml_market_analysis", 60, True),
    ("curated.feature_vectors", 60, True),
    ("curated.prediction_inputs", 40, True),
    ("analysis.ml_model_performance", 8, False),
    ("analysis.ml_performance_metrics", 14, False),
    ("monitoring.ml_model_alerts", 10, False),
    ("monitoring.ml_model_performance", 12, False),
)


def fill_features(draft: Draft) -> None:
    """Fill the tables of features, experiments, models and predictions."""
    _experiments(draft)
    games = settled(draft)
    for table, count, about in PLAIN:
        fill_by_rule(draft, table, count, _model, games=games if about else ())
    _wide(draft)
    _predictions(draft)


def _experiments(draft: Draft) -> None:
    """Both schemas number experiments from 1; two stand in both."""

    first, last = date(2025, 4, 1), date(2025, 7, 15)

    def experiment(place: Place) -> Row:
        return {
            "mlflow_experiment_id": str(700 + place.number),
            "mlflow_run_id": _run(place.number),
            "experiment_name": f"{MODELS[place.number % 4]} {place.number}",
            "best_run_id": _run(place.number),
            "training_start_date": first,
            "training_period_start": first,
            "training_end_date": last,
            "training_period_end": last,
            "updated_at": STARTED + timedelta(days=place.number),
            "last_updated": STARTED + timedelta(days=place.number),
            "status": "completed",
            "prediction_target": TARGETS[place.number % 5],
            "hyperparameter_space": as_json({"depth": [3, 8], "origin": "generated"}),
        }

    rows = fill_by_rule(draft, ANALYTICS, 6, experiment)
    rows[-1]["experiment_name"] = DEMO_EXPERIMENT
    draft.note("mock_row", ANALYTICS, [rows[-1]])

    def later(place: Place) -> Row:
        return experiment(Place(place.number + 6 - SHARED - 1, place.rng, None))

    again = fill_by_rule(draft, CURATED, 5, later)
    known = {r["mlflow_experiment_id"] for r in rows if r["experiment_name"] != DEMO_EXPERIMENT}
    by_id = {r["mlflow_experiment_id"]: r for r in rows}
    shared = [r for r in again if r["mlflow_experiment_id"] in known]
    for row in shared:
        agree(row, by_id[row["mlflow_experiment_id"]])
    draft.note("experiment_copy", CURATED, shared)


def _run(number: int) -> str:
    return UUID(int=number * 7_919 + (1 << 90)).hex


def _model(place: Place) -> Row:
    number = place.number
    return {
        "model_name": MODELS[number % 4],
        "model_version": f"1.{number}",
        "mlflow_experiment_id": str(701 + number % 5),
        "experiment_id": 1 + number % 5,
        "mlflow_run_id": _run(number),
        "baseline_mlflow_run_id": _run(number + 1),
        "alert_id": f"alert_{number:04}",
        "feature_name": f"feature_{number:03}",
        "measurement_timestamp": STARTED + timedelta(days=number),
        "metric_date": (STARTED + timedelta(days=number)).date(),
        "evaluation_period_start": (STARTED - timedelta(days=30)).replace(tzinfo=None),
        "evaluation_period_end": (STARTED + timedelta(days=number)).replace(tzinfo=None),
    }


def _wide(draft: Draft) -> None:
    """One row per game and cutoff; the cutoff lies an hour before the start."""
    games = settled(draft)[:GAMES]

    for table, count in (
        (VECTORS, len(games)),
        (FEATURES, len(games)),
        ("curated.ml_market_features", len(games)),
        ("curated.ml_team_features", len(games)),
    ):
        fill_by_rule(draft, table, count, _features, games=games)

    def temporal(place: Place) -> Row:
        return _features(place) | {"participating_sportsbooks": 5}

    fill_by_rule(draft, "curated.ml_temporal_features", 3, temporal, games=games)
    sample = draft.tables[FEATURES][-1]
    sample |= {"game_id": SAMPLE_GAME, "mlb_stats_api_game_id": None}
    draft.note("mock_row", FEATURES, [sample])


def _features(place: Place) -> Row:
    """What all feature tables say of a game at its cutoff."""
    game = place.about
    cutoff = game.start - timedelta(minutes=60)
    digest = hashlib.sha256(f"{game.pk}:{VERSION}".encode()).hexdigest()
    return {
        "feature_cutoff_time": cutoff,
        "game_start_time": game.start,
        "feature_version": VERSION,
        "feature_hash": digest,
        "feature_extraction_date": cutoff,
        "participating_sportsbooks": ["DraftKings", "FanDuel", "BetMGM"][: 2 + place.number % 2],
        "steam_move_sportsbooks": ["Circa"],
        "home_last_5_record": f"{place.number % 6}-{5 - place.number % 6}",
        "away_last_5_record": f"{place.number % 5}-{5 - place.number % 5}",
        "home_last_10_record": "6-4",
        "away_last_10_record": "5-5",
        "home_season_record": f"{40 + place.number % 20}-38",
        "away_season_record": f"{38 + place.number % 20}-40",
        "weather_conditions": "clear",
        "wind_direction": "SW",
        "source": "generated",
    }


def _predictions(draft: Draft) -> None:
    """Predictions of both schemas: one names games by text, the other by a surrogate."""
    games = settled(draft)[:GAMES]

    def prediction(place: Place) -> Row:
        game = place.about
        return {
            "model_name": MODELS[place.number % 4],
            "model_version": "1.0",
            "feature_version": VERSION,
            "feature_vector_id": place.number if place.number % 4 else None,
            "run_id": _run(place.number),
            "experiment_id": 1 + place.number % 5,
            "prediction_timestamp": game.start - timedelta(minutes=55),
            "predicted_outcome": ("home", "away")[place.number % 2],
            "actual_outcome": "home" if game.home_won else "away",
            "outcome_timestamp": game.start + timedelta(hours=3),
            "prediction_correct": game.home_won == (place.number % 2 == 0),
            "total_min_odds": -110,
            "ml_min_odds": -110,
            "spread_min_odds": -110,
            "total_over_binary": place.number % 2,
            "home_ml_binary": place.number % 2,
            "home_spread_binary": place.number % 2,
        }

    fill_by_rule(draft, "analytics.ml_predictions", 40, prediction, games=games)
    rows = fill_by_rule(draft, "curated.ml_predictions", len(games), prediction, games=games)
    lost = [draft.tables["analytics.ml_predictions"][n] for n in range(3)]
    for place, row in enumerate(lost):
        row["game_id"] = f"mlb-test-{place}"
    draft.note("mock_row", "analytics.ml_predictions", lost)
    experiments = {r["mlflow_experiment_id"] for r in draft.tables[CURATED]}
    for row in rows:
        row["experiment_id"] = sorted(experiments)[row["id"] % len(experiments)]

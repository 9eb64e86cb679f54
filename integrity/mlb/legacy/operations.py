"""Logs, health, quality and alerts: what the system wrote about itself, in several shapes."""

from __future__ import annotations

from datetime import date, timedelta

from integrity.mlb.legacy.by_rule import STARTED, Place, fill_by_rule
from integrity.mlb.legacy.references import settled
from integrity.mlb.legacy.sheet import Draft, Row, as_json
from integrity.mlb.legacy.sizes_later import later_rows
from integrity.mlb.legacy.words import SOURCES

QUALITY = (
    ("monitoring.data_quality_metrics", 120),
    ("operational.data_quality_metrics", 40),
    ("staging.data_quality_metrics", 60),
)
RUNS, LOG = "public.pipeline_execution_log", "logging.sql_operations"
LOST_RUN = 7  # quality metrics that name a run nobody logged
# Tables by rule alone, parents first.
PLAIN = (
    ("curated.pipeline_runs", 30),
    ("operational.pipeline_execution_logs", 40),
    ("raw_data.parsing_status_logs", 50),
    ("raw_data.collection_log", 60),
    ("raw_data.source_health", 30),
    ("operational.alert_configurations", 6),
    ("operational.alert_history", 20),
    ("operational.collection_alerts", 15),
    ("operational.collection_gaps", 12),
    ("operational.collection_health_monitoring", 60),
    ("operational.dead_tuple_monitoring", 24),
    ("operational.migration_log", 12),
    ("operational.migration_log_phase2b", 9),
    ("public.migration_log", 10),
    ("public.migration_log_phase2b", 8),
    ("staging.migration_log", 6),
    ("staging.migration_status", 3),
    ("staging.validation_results", 60),
    ("core_betting.data_migrations", 8),
    ("monitoring.system_health_checks", 48),
    ("core_betting.data_source_metadata", 7),
    ("staging.data_source_metadata", 7),
    ("curated.data_sources", 7),
)


def fill_operations(draft: Draft) -> None:
    """Fill logs, health, quality, alerts and data sources."""
    for table, count in PLAIN:
        fill_by_rule(draft, table, count, _entry)
    _runs(draft)
    _quality(draft)
    _hours(draft)
    _outcomes(draft)
    fill_by_rule(draft, LOG, later_rows(LOG, draft.sizes.scale), _statement)


def _entry(place: Place) -> Row:
    number = place.number
    names = (*SOURCES, "manual")
    return {
        "source_name": names[number % 7],
        **dict.fromkeys(("api_endpoint", "base_url", "endpoint_url"), f"https://s{number}.invalid"),
        **dict.fromkeys(("api_version", "source_version"), "v1"),
        "source": SOURCES[number % 6],
        "alert_name": f"alert {number}",
        "migration_name": f"migration_{number:03}",
        "run_id": f"run_{number:05}",
        "execution_id": f"exec-{number:05}",
        "pipeline_name": ("collect", "stage", "curate", "train")[number % 4],
        "trigger_conditions": as_json({"above": number}),
        "resolved_at": None if number % 3 else STARTED + timedelta(days=number),
        "monitoring_date": date(2025, 8, 1) + timedelta(days=number),
        "success_rate": 0.97 if number % 2 else 0.88,
        "reliability_score": 0.9,
        "schema_name": ("curated", "staging")[number % 2],
    }


def _runs(draft: Draft) -> None:
    """Runs of the pipeline; execution_id is what others point at, and no key."""

    def run(place: Place) -> Row:
        return {
            "pipeline_name": ("collect", "stage", "curate")[place.number % 3],
            "records_processed": 100 + place.number,
            "records_successful": 98 + place.number,
            "records_failed": 2,
            "processing_time_ms": 40 * place.number,
        }

    fill_by_rule(draft, RUNS, 60, run)


def _quality(draft: Draft) -> None:
    """Three shapes of quality: a metric with thresholds, a check with counts, four scores."""
    runs = [r["execution_id"] for r in draft.tables[RUNS] if r["execution_id"]]

    def metric(place: Place) -> Row:
        lost = place.number <= LOST_RUN
        return {
            "pipeline_execution_id": None if lost else runs[place.number % len(runs)],
            "metric_value": 0.9,
            "warning_threshold": 0.8,
            "critical_threshold": 0.6,
            "total_records": 200,
            "passed_records": 190,
            "failed_records": 10,
            "quality_score": 0.95,
        }

    for table, count in QUALITY:
        fill_by_rule(draft, table, count, metric)
    first = draft.tables[QUALITY[0][0]]
    for row in first[:LOST_RUN]:
        row["pipeline_execution_id"] = f"00000000-0000-4000-8000-{row['id']:012}"
    draft.note("orphan_run", QUALITY[0][0], first[:LOST_RUN])


def _hours(draft: Draft) -> None:
    def hour(place: Place) -> Row:
        number = place.number - 1
        return {
            "source": SOURCES[number % 3],
            "collection_date": date(2025, 8, 1) + timedelta(days=number // 72),
            "collection_hour": number // 3 % 24,
            "total_collections": 10,
            "successful_collections": 9,
            "failed_collections": 1,
        }

    fill_by_rule(draft, "operational.collection_performance_history", 72, hour)


def _outcomes(draft: Draft) -> None:
    """How predictions came out, one by one and summed up."""

    def one(place: Place) -> Row:
        game = place.about
        return {
            "metric_id": f"metric_{place.number:05}",
            "game_external_id": str(game.pk),
            "metric_calculated_at": game.start + timedelta(hours=5),
        }

    table = "monitoring.outcome_metrics"
    fill_by_rule(draft, table, 90, one, games=settled(draft))

    def period(place: Place) -> Row:
        start = STARTED - timedelta(days=place.number)
        return {
            "aggregation_period": "daily",
            "period_start": start,
            "period_end": start + timedelta(days=1),
        }

    fill_by_rule(draft, f"{table}_aggregations", 12, period)


def _statement(place: Place) -> Row:
    number = place.number
    failed = number % 40 == 0
    return {
        "query_hash": (number % 30) * 7_919_777_777,
        "execution_time_ms": round(0.4 * (1 + number % 90), 2),
        "success": not failed,
        "error_type": "UniqueViolation" if failed else None,
        "error_message": "duplicate key value violates unique constraint" if failed else None,
        "query_preview": f"game lookup {number}",
        "timestamp": STARTED + timedelta(seconds=13 * number),
    }

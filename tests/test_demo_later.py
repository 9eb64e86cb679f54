"""The later era of the demo: its hard cases are planted in a known number, and can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrity.catalog.contracts import read_contracts
from integrity.database import connect as connecting
from integrity.database.connect import Connection, errors
from integrity.mlb.legacy import PlantingReport
from integrity.mlb.legacy.aged import aging, grown_old, set_aside
from integrity.mlb.legacy.build import write_draft
from integrity.mlb.legacy.copies import BACKUPS, COPIES, LEFTOVERS
from integrity.mlb.legacy.references import GAME_COLUMNS, MEANING

CONFIG = Path(__file__).parents[1] / "configs"
SPLITS, COPY = "splits.raw_mlb_betting_splits", "raw_data.raw_mlb_betting_splits"
HISTORY = "staging.action_network_odds_historical"
CONTRACTS = read_contracts(sorted((CONFIG / "legacy").glob("*.yaml")))
SCHEMAS = 24
TABLES = 253

# What makes a planted row what it is, as SQL over its table; keys are primary keys.
CONDITIONS = {
    ("alias_team_code", "staging.games"): (
        "home_team_normalized in"
        " ('CHW', 'WAS', 'TBR', 'KCR', 'SDP', 'SFG', 'AZ', 'ATH', 'ANA', 'FLA')"
    ),
    ("bad_price", "curated.betting_lines"): "abs(odds_american) < 100",
    ("swapped_book_id", "curated.sportsbook_mappings"): """
        external_source = 'ACTION_NETWORK' and exists (
          select from action_network.sportsbooks as a
          join curated.sportsbooks as b on b.id = t.sportsbook_id
          where a.book_id::text = t.external_sportsbook_id and a.name <> b.display_name)""",
    ("book_name_differs", "curated.sportsbook_mappings"): "external_sportsbook_name = 'Barstool'",
    ("book_spelling", "staging.sportsbooks"): "sportsbook_name <> display_name",
    ("duplicate_in_staging", "staging.games"): """
        exists (
          select from staging.games as o
          where o.game_datetime = t.game_datetime and o.venue = t.venue and o.id < t.id)""",
    ("experiment_copy", "curated.ml_experiments"): """
        exists (
          select from analytics.ml_experiments as e
          where e.mlflow_experiment_id = t.mlflow_experiment_id
            and e.experiment_name not like '%demo')""",
    ("full_team_name", "curated.games"): "length(home_team) > 3",
    ("mapping_disagrees", "curated.game_id_mappings"): """
        exists (
          select from staging.game_id_mappings as m
          where m.mlb_stats_api_game_id = t.mlb_stats_api_game_id
            and m.action_network_game_id <> t.action_network_game_id)""",
    ("market_without_shares", "staging.vsin_betting_data"): "total_over_bets_percent is null",
    ("mock_row", "analytics.ml_experiments"): "experiment_name like '%demo'",
    ("mock_row", "analytics.ml_predictions"): "game_id like 'mlb-test-%'",
    ("mock_row", "curated.ml_features"): "game_id = '258890'",
    (
        "mock_row",
        "curated.strategy_results",
    ): """strategy_parameters @> '{"source": "SYNTHETIC_TEST"}'""",
    ("mock_row", "staging.betting_splits"): "sportsbook_name = 'MockCollector'",
    ("movement_copy", "curated.line_movement_history"): """
        exists (
          select from core_betting.line_movement_history as m
          where (m.action_network_game_id, m.action_network_book_id, m.side, m.line_timestamp)
            = (t.action_network_game_id, t.action_network_book_id, t.side, t.line_timestamp))""",
    ("orphan_reference", "backtesting.unified_bet_outcomes"): "game_pk > 99000000",
    ("orphan_reference", HISTORY): "mlb_stats_api_game_id is null",
    ("orphan_reference", "staging.betting_lines"): "game_id like 'odds:2019%'",
    **{
        ("orphan_reference", f"curated.{table}"): (
            "not exists (select from curated.enhanced_games as g where g.id = t.game_id)"
        )
        for table in ("moneylines", "spreads", "totals")
    },
    ("orphan_run", "monitoring.data_quality_metrics"): """
        pipeline_execution_id is not null and not exists (
          select from public.pipeline_execution_log as l
          where l.execution_id = t.pipeline_execution_id)""",
    ("other_side", "staging.betting_splits"): (
        "team_side in ('away', 'under') and sportsbook_name <> 'MockCollector'"
    ),
    ("own_parent", "auth.roles"): "parent_role_id is not null",
    ("own_parent", "auth.users"): "created_by is not null",
    ("parent_ahead", "auth.roles"): "parent_role_id > id",
    ("parent_ahead", "auth.users"): "created_by > id",
    ("placeholder_payload", "raw_data.action_network_games"): "raw_game_data ? 'real_data'",
    ("postponed_without_score", "raw_data.mlb_game_outcomes"): "home_score is null",
    ("price_after_start", HISTORY): """
        updated_at > (
          select m.game_datetime from staging.game_id_mappings as m
          where m.mlb_stats_api_game_id = t.mlb_stats_api_game_id)""",
    ("result_copy", "operational.strategy_performance"): """
        exists (
          select from backtesting.strategy_performance as b
          where (b.strategy_name, b.source_book_type, b.split_type, b.backtest_date)
            = (t.strategy_name, t.source_book_type, t.split_type, t.backtest_date))""",
    ("roi_differs", "operational.strategy_performance"): """
        exists (
          select from backtesting.strategy_performance as b
          where (b.strategy_name, b.source_book_type, b.split_type, b.backtest_date)
            = (t.strategy_name, t.source_book_type, t.split_type, t.backtest_date)
            and b.roi_per_100 <> t.roi_per_100)""",
    ("relabelled_split", COPY): f"""
        (select min(o.source) from {SPLITS} as o where o.id = t.id) = 'VSIN' and source = 'SBD'""",
    ("split_copy", COPY): f"(select min(o.source) from {SPLITS} as o where o.id = t.id) = 'SBD'",
    ("same_page", "raw_data.sbr_raw_html"): (
        "exists (select from public.sbr_raw_html as h where h.source_url = t.url)"
    ),
    ("strategy_twin", "operational.strategy_configurations"): """
        exists (
          select from tracking.active_strategy_configs as c
          where c.strategy_id = t.strategy_id)""",
    ("text_id_sbr", "curated.games"): "game_id like 'sbr-%'",
    ("unknown_club_name", "raw_data.sbd_betting_splits"): "home_team = 'Unknown'",
    ("untidy_email", "auth.users"): "email <> lower(trim(email))",
    ("zero_means_unknown", HISTORY): "not bet_info_available",
}

# Where the ids of a system stand, by what a column of games means.
_MAP = "select {}::text from staging.game_id_mappings"
IDS = {
    **dict.fromkeys(("mlb", "mlb text"), _MAP.format("mlb_stats_api_game_id")),
    **dict.fromkeys(
        ("action network", "action network text"), _MAP.format("action_network_game_id")
    ),
    "sbd": _MAP.format("sbd_game_id"),
    "vsin": _MAP.format("vsin_game_id"),
    "price key": (
        "select format('odds:%s:%s:%s', (game_datetime at time zone 'UTC')::date, home_team,"
        " away_team) from staging.game_id_mappings"
    ),
}
NOBODY = ("orphan_reference", "placeholder_payload")
MADE_UP = ("analytics.ml_predictions", "curated.ml_features")  # mock rows that name no game

# Rows without a key: how many there are of each kind.
COUNTS = {
    "late_split": f"select count(*) from {SPLITS} where last_updated > game_datetime",
    "shares_over_102": f"""
        select count(*) from {SPLITS}
        where home_or_over_bets_percentage + away_or_under_bets_percentage > 102""",
    "doubleheader_no_time": f"select count(*) from {SPLITS} where game_datetime::time = '00:00'",
    "split_without_game_id": f"""
        select count(*) from {SPLITS} where game_id is null and game_datetime::time > '00:00'""",
    "test_row": rf"select count(*) from {SPLITS} where game_id like 'test\_%'",
    "orphan_reference": f"select count(*) from {SPLITS} where home_team = 'Unknown'",
    "repeated_split": f"""
        select count(*) - count(distinct to_jsonb(t) - '{{id,created_at,updated_at}}'::text[])
        from {SPLITS} as t""",
}


@pytest.fixture(scope="module")
def report(legacy_demo: tuple[str, PlantingReport]) -> PlantingReport:
    return legacy_demo[1]


@pytest.fixture(scope="module")
def demo(legacy_demo: tuple[str, PlantingReport]) -> Iterator[Connection[Any]]:
    with connecting.connect(legacy_demo[0]) as conn:
        yield conn


def _one(conn: Connection[Any], sql: str) -> Any:
    (value,) = conn.execute(sql.encode()).fetchone()
    return value


@pytest.mark.parametrize(("code", "table"), CONDITIONS, ids="-".join)
def test_planted_rows_are_exactly_those(
    demo: Connection[Any], report: PlantingReport, code: str, table: str
) -> None:
    condition = CONDITIONS[code, table]
    found = demo.execute(f"select id::text from {table} as t where {condition}".encode())
    assert {k for (k,) in found} == report.keys(code, table) != frozenset()


@pytest.mark.parametrize("code", COUNTS)
def test_rows_without_a_key_are_counted(
    demo: Connection[Any], report: PlantingReport, code: str
) -> None:
    assert _one(demo, COUNTS[code]) == report.count(code, SPLITS) > 0


def test_every_table_of_the_contracts_is_there_and_holds_rows(
    demo: Connection[Any], report: PlantingReport
) -> None:
    assert len({t.name.schema for t in CONTRACTS.tables}) == SCHEMAS
    server = {"experiments", "runs", "metrics", "params", "tags"}
    server |= {"registered_models", "model_versions"}
    own = [t for t in CONTRACTS.tables if t.name.schema != "public" or t.name.name not in server]
    assert len(own) == TABLES
    assert [t for t, rows in report.tables.items() if not rows] == ["public.concurrency_test"]


def test_tables_that_were_empty_hold_three_rows_at_most(report: PlantingReport) -> None:
    for table in (
        "clean.betting_recommendations",
        "validation.strategy_records",
        "splits.sharp_actions",
        "curated.unified_betting_splits",
        "curated.ml_temporal_features",
    ):
        assert 0 < report.tables[table] <= 3, table


def test_no_observation_is_repeated_more_than_53_times(demo: Connection[Any]) -> None:
    case = "coalesce(game_id, home_team), split_type, source, book, game_datetime"
    known = "game_id like 'sbd%' and home_team <> 'Unknown'"
    repeats = f"select count(*) as n from {SPLITS} where {known} group by {case}"
    assert _one(demo, f"select max(n) from ({repeats}) as r") == 53
    assert _one(demo, f"select count(*) from {SPLITS} where id is null") > 0
    assert (
        _one(demo, f"select count(*) from {SPLITS} where source = 'SBD' and book is not null") == 0
    )


def test_old_rows_would_not_pass_the_checks_of_their_table_today(demo: Connection[Any]) -> None:
    assert _one(
        demo,
        "select bool_and(convalidated) from pg_constraint where contype = 'c'"
        f" and conrelid = '{SPLITS}'::regclass",
    )
    again = f"insert into {SPLITS} select * from {SPLITS} order by game_datetime limit 1"
    with pytest.raises(errors.CheckViolation), demo.transaction():
        demo.execute(again.encode())


def test_who_is_no_superuser_gets_checks_that_are_not_valid() -> None:
    old = tuple(one for one in aging(CONTRACTS) if str(one[0]) == "splits.games")
    (table, check), (name,) = old[0], [c.name for _, c in old]
    assert list(set_aside(old)) == [f"alter table {table} drop constraint {name}"]
    assert list(grown_old(old, superuser=False)) == [
        f"alter table {table} add constraint {name} check ({check.expression}) not valid"
    ]


def test_copies_have_the_rows_of_what_they_copy(report: PlantingReport) -> None:
    for copy in COPIES:
        assert report.tables[copy.target] == report.tables[copy.source]
    for name in BACKUPS:
        assert report.tables[f"backup_core_betting.{name}"] == report.tables[f"core_betting.{name}"]
    assert {t: report.tables[t] for t in LEFTOVERS} == LEFTOVERS
    assert sum(LEFTOVERS.values()) == 200 + 500 + 0 + 50 + 100 + 1


@pytest.mark.parametrize("table", MEANING)
def test_what_names_a_game_leads_to_one(
    demo: Connection[Any], report: PlantingReport, table: str
) -> None:
    """A logical reference is a reference, but where planted rows name nobody."""
    meaning = MEANING[table]
    contract = next(t for t in CONTRACTS.tables if str(t.name) == table)
    column = next(c for c in GAME_COLUMNS if contract.column(c))
    games = f"select id::text from {meaning}" if "." in meaning else IDS[meaning]
    lost = f"select count(*) from {table} where {column}::text not in ({games})"
    codes = (*NOBODY, "mock_row") if table in MADE_UP else NOBODY
    planted = sum(report.count(code, table) for code in codes)
    assert _one(demo, lost) == planted


def test_the_trigger_of_the_settings_writes_to_the_audit_schema(demo: Connection[Any]) -> None:
    count = "select count(*) from audit.data_quality_config_changes"
    with demo.transaction(force_rollback=True):
        before = _one(demo, count)
        demo.execute("update config.data_quality_settings set setting_value = 0.11 where id = 1")
        assert _one(demo, count) == before + 1


def test_users_are_refused_what_their_trigger_refuses(demo: Connection[Any]) -> None:
    with pytest.raises(errors.RaiseException, match="its own parent"), demo.transaction():
        demo.execute("update auth.roles set parent_role_id = 2 where id = 1")


def test_every_view_can_be_read(demo: Connection[Any]) -> None:
    views = [str(v.name) for v in CONTRACTS.views]
    assert len(views) == 84
    for view in views:
        demo.execute(f"select * from {view} limit 1".encode()).fetchall()


def test_at_default_size_the_later_tables_have_their_documented_number() -> None:
    draft = write_draft(data=None, scale=1, seed=13, contracts=CONTRACTS)
    sizes = {table: len(rows) for table, rows in draft.tables.items()}
    assert sizes[SPLITS] == 43_370
    assert sizes["public.sbr_raw_html"] == 418
    assert sizes["public.sbr_parsed_games"] == 19_436
    assert sizes["raw_data.action_network_odds"] == 2_439
    assert sizes["raw_data.vsin"] == 265
    assert sizes["backtesting.strategy_performance"] == 36
    assert sizes["backtesting.orchestrator_update_triggers"] == 64
    assert sizes["tracking.strategy_integration_log"] == 138
    assert sizes["timing_analysis.comprehensive_analyses"] == 11
    again = write_draft(data=None, scale=1, seed=13)
    assert all(draft.tables[table] == rows for table, rows in again.tables.items())

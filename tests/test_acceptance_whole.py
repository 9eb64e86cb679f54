"""The whole database, 24 schemas and 253 tables: there, finalized, and back, with every row told.

Generated rows at a tenth of the sizes; ``integrity demo`` goes the same way with real games.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from acceptance import GAMES, IDS, LINES, OUTCOMES, ROOT, run
from whole_database import (
    SCALE,
    SCHEMAS,
    TABLES,
    TOOLKIT,
    UNIFIED_SCHEMAS,
    Whole,
    counts_of,
    number,
    quoted,
    rows,
    state,
    whole,
)
from whole_references import ARCHIVED, LOGICAL, Reference

from integrity.config.coverage import coverage, unexplained
from integrity.database.connect import connect
from integrity.errors import Failure
from integrity.finalize.run import finalize, restore_legacy
from integrity.mlb.legacy.report import Shows
from integrity.mlb.splits import BettingSplitsETLService
from integrity.model import Migration, Stage, StageKind, Statement, Step
from integrity.plan.sql_file import migration_files
from integrity.run.rows import rows_of
from integrity.run.verify import verify

pytestmark = pytest.mark.slow

NAMED = {
    "raw_data": (
        *("action_network_raw", "vsin_raw_data", "sbd_raw_data", "mlb_api_responses"),
        "raw_mlb_betting_splits",
    ),
    "core_betting": (
        *("games", "betting_lines", "sportsbooks", "teams", "game_outcomes", "enhanced_games"),
    ),
    "analytics": (
        *("sharp_action_signals", "strategy_results", "backtesting_results", "ml_features"),
        "betting_splits",
    ),
    "operational": (
        *("data_quality_metrics", "collection_logs", "performance_monitoring", "auth_users"),
    ),
}

# Where planted copies of the later era are merged: the mapping and source that count them.
MERGES = {
    ("duplicate_in_staging", "staging.games"): None,  # with the other masters of games
    ("same_mapping", "curated.game_id_mappings"): None,  # once per system
    ("repeated_split", "splits.raw_mlb_betting_splits"): (
        "analytics.betting_splits",
        "splits.raw_mlb_betting_splits",
    ),
    ("split_row_copy", "curated.betting_splits"): (
        "analytics.betting_splits",
        "core_betting.betting_splits",
    ),
    ("movement_copy", "curated.line_movement_history"): (
        "core_betting.line_movements",
        "core_betting.line_movement_history",
    ),
    ("movement_copy", "curated.line_movements"): (
        "core_betting.line_movements",
        "core_betting.line_movements",
    ),
    ("same_page", "raw_data.sbr_raw_html"): ("raw_data.sbr_raw_html", "public.sbr_raw_html"),
    ("strategy_twin", "operational.strategy_configurations"): (
        "operational.strategy_configurations",
        "tracking.active_strategy_configs",
    ),
    ("experiment_copy", "curated.ml_experiments"): (
        "analytics.ml_experiments",
        "analytics.ml_experiments",
    ),
    ("signal_copy", "curated.sharp_action_indicators"): (
        "analytics.sharp_action_signals",
        "core_betting.sharp_action_indicators",
    ),
}
CONFLICTS = {
    (GAMES, "home_score"): "score_differs",
    (GAMES, "venue_name"): "venue_differs",
    (GAMES, "status"): "outcome_without_score",
    (OUTCOMES, "home_score"): "score_differs",
    (OUTCOMES, "total_line"): "total_line_differs",
    (LINES, "price"): "price_differs",
    ("core_betting.teams", "action_network_id"): "team_id_differs",
    ("core_betting.teams", "full_name"): "team_name_differs",
    ("core_betting.sportsbook_mappings", "sportsbook_id"): "swapped_book_id",
    ("core_betting.sportsbook_mappings", "external_name"): "book_name_differs",
    ("operational.strategy_performance", "roi_per_100"): "roi_differs",
    ("raw_data.raw_mlb_betting_splits", "source"): "relabelled_split",
}


@pytest.fixture(scope="module")
def there(server: str) -> Iterator[Whole]:
    with whole(server, data=None, scale=SCALE) as found:
        yield found


def test_the_committed_files_are_what_the_yaml_compiles_to(there: Whole) -> None:
    folder = ROOT / "generated_sql"
    files = migration_files(there.project.migrations, there.project.project.settings)
    stale = [name for name, text in files.items() if (folder / name).read_text() != text]
    assert stale == []
    assert sorted(files) == sorted(path.name for path in folder.glob("*.sql"))


# --- what arrived -----------------------------------------------------------------------------


def test_the_configuration_explains_every_table_and_column(there: Whole) -> None:
    project = there.project.project
    covers = coverage(project)
    assert [problem.message for problem in unexplained(covers, project)] == []
    assert len(covers) == TABLES + len(there.foreign)
    schemas = {table.name.schema for table in project.legacy.tables}
    assert len(schemas) == SCHEMAS


def test_the_named_tables_are_filled_from_legacy(there: Whole) -> None:
    filled = {
        mapping
        for (mapping, _, _), terms in there.demo.ledger.items()
        if terms["inserted"] + terms["moved"]
    }
    named = {f"{schema}.{name}" for schema, names in NAMED.items() for name in names}
    assert named - filled == set()
    for name in sorted(named):
        assert number(there.applied, f"select count(*) from {quoted(name)}") > 0, name


def test_every_ledger_balances_and_every_table_is_what_its_sources_say(there: Whole) -> None:
    assert [line for line, terms in there.demo.ledger.items() if terms["open"]] == []
    found = verify(there.project, there.applied)
    assert "\n".join(line for table in found.tables if not table.ok for line in table.lines()) == ""
    assert len(found.tables) > 50


def test_each_row_of_each_legacy_table_is_told(there: Whole) -> None:
    with connect(there.applied) as conn:
        told = rows_of(conn, there.project.project)
    assert len(told) == TABLES
    assert [problem for table in told for problem in table.problems] == []
    assert {str(table.table): table.rows for table in told} == {
        name: count for name, count in there.counts.items() if name not in there.foreign
    }


# --- what was planted -------------------------------------------------------------------------


def planted(there: Whole, shows: Shows) -> dict[str, Counter[str]]:
    """Table -> code -> planted rows."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in there.demo.report.planted:
        if one.shows is shows:
            found[one.table][one.code] += one.rows
    return found


def test_quarantine_holds_exactly_the_planted_rows(there: Whole) -> None:
    found = dict(
        rows(
            there.applied,
            "select source, count(distinct source_key) from operational.integrity_quarantine"
            f" where mapping <> '{IDS}' group by 1",
        )
    )
    wanted: dict[str, set[str]] = defaultdict(set)
    codes = planted(there, Shows.QUARANTINE)
    for row in there.demo.report.rows:
        if row.code in codes[row.table]:
            wanted[row.table].add(row.key)
    assert found == {table: len(keys) for table, keys in wanted.items() if keys}


def test_dropped_rows_are_exactly_the_planted_ones(there: Whole) -> None:
    """In each mapping and arm that has a rule; tables that are dropped whole apart."""
    wanted = {table: codes.total() for table, codes in planted(there, Shows.DROP).items()}
    found = {
        (source, terms["dropped"])
        for (mapping, source, _), terms in there.demo.ledger.items()
        if terms["dropped"] and mapping != "drop"
    }
    assert found == {(table, count) for table, count in wanted.items() if count}


def test_archived_and_dropped_tables_are_counted_whole(there: Whole) -> None:
    retired = {str(one.table): one.kind for one in there.project.project.retired if one.goes}
    found = {
        (source, mapping): terms
        for (mapping, source, _), terms in there.demo.ledger.items()
        if mapping in ("archive", "drop")
    }
    assert set(found) == set(retired.items())
    for (source, kind), terms in found.items():
        assert terms["archived" if kind == "archive" else "dropped"] == there.counts[source]
    for table, codes in planted(there, Shows.ARCHIVE).items():
        assert table in retired and there.counts[table] == codes.total()


def test_conflicts_are_exactly_the_planted_ones(there: Whole) -> None:
    found = {key: len(listed) for key, listed in there.demo.conflicts.items()}
    wanted = {}
    for (mapping, column), code in CONFLICTS.items():
        tables = [t for t, codes in planted(there, Shows.CONFLICT).items() if codes[code]]
        if mapping in (GAMES, OUTCOMES):
            tables = [t for t in tables if (t == OUTCOMES) == (mapping == OUTCOMES)]
        wanted[mapping, column] = sum(there.demo.report.count(code, table) for table in tables)
    assert found == wanted


def test_copies_of_the_later_era_are_merged_in_their_number(there: Whole) -> None:
    later = {
        (code, table): count
        for table, codes in planted(there, Shows.MERGE).items()
        for code, count in codes.items()
        if (code, table) in MERGES
    }
    assert set(later) == set(MERGES)
    for key, place in MERGES.items():
        if place is not None:
            mapping, source = place
            assert there.demo.ledger[mapping, source, ""]["merged"] == later[key], key


# --- references -------------------------------------------------------------------------------


def test_every_foreign_key_is_validated(there: Whole) -> None:
    assert (
        rows(
            there.applied,
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype = 'f' and not convalidated",
        )
        == []
    )
    declared = sum(len(table.foreign_keys) for table in there.project.project.tables)
    held = number(
        there.applied,
        "select count(*) from pg_constraint as f join pg_class as c on c.oid = f.conrelid"
        " where contype = 'f' and c.relnamespace::regnamespace::text"
        " in ('raw_data', 'core_betting', 'analytics', 'operational') and c.relname not like"
        " 'integrity%'",
    )
    assert held >= declared > 0


def test_all_logical_references_are_listed() -> None:
    assert len(LOGICAL) + len(ARCHIVED) == 75
    assert not set(LOGICAL) & ARCHIVED


def orphans(reference: Reference) -> str:
    return f"""
        select count(*) from {quoted(reference.table)} as t
        where ({reference.rows}) and {reference.value} is not null
            and not exists (
                select from {quoted(reference.target)} as o
                where {reference.key} = {reference.value} and ({reference.among})
            )
    """


def test_no_logical_reference_is_an_orphan(there: Whole) -> None:
    found = {
        column: count
        for column, reference in LOGICAL.items()
        if (count := number(there.applied, orphans(reference)))
    }
    # A landing table keeps what the collector wrote: ids of games that nobody knows.
    unknown = there.demo.report.count("orphan_reference", "splits.raw_mlb_betting_splits")
    assert found == {"raw_data.raw_mlb_betting_splits.game_id": unknown}


# --- ways there and back ----------------------------------------------------------------------


def test_rollback_gives_legacy_back(there: Whole) -> None:
    with there.copy(there.applied) as url:
        there.undo(url)
        assert there.before.differences(state(url)) == []


def broken(migration: Migration, kind: StageKind) -> Migration:
    """The migration with a statement that fails at the end of a stage."""
    wrong = Statement(sql="select 1 / 0")

    def last(stage: Stage) -> Stage:
        if stage.kind is not kind:
            return stage
        *others, step = stage.steps
        return replace(stage, steps=(*others, _with(step, wrong)))

    return replace(migration, stages=tuple(last(stage) for stage in migration.stages))


def _with(step: Step, statement: Statement) -> Step:
    return replace(step, statements=(*step.statements, statement))


def test_rollback_from_every_stage_gives_legacy_back(there: Whole) -> None:
    first = there.project.migrations[0]
    stages = [stage.kind for stage in first.stages]
    assert len(stages) >= 5
    with there.copy(there.legacy) as url:
        for stage in stages:
            with pytest.raises(Failure, match="division by zero"):
                there.execute(broken(first, stage), url)
            run(there.project, url, first.stem, "rollback")
            assert there.before.differences(state(url)) == [], stage


def test_psql_reaches_the_same_and_goes_back(there: Whole, tmp_path: Path) -> None:
    there.write_files(tmp_path)
    with there.copy(there.legacy) as url:
        there.psql(url, tmp_path, "migrate")
        assert state(there.applied, accounts=True).differences(state(url, accounts=True)) == []
        there.psql(url, tmp_path, "rollback")
        assert there.before.differences(state(url)) == []


# --- pipelines over what arrived --------------------------------------------------------------


def test_the_splits_load_on_a_consolidated_database_and_a_rollback_keeps_them(
    there: Whole,
) -> None:
    """The consolidation loaded most observations already: they are known again, none is doubled."""
    splits = "select count(*), sum(repeats) from analytics.betting_splits"
    ((stood, _),) = rows(there.applied, splits)
    with there.copy(there.applied) as url:
        service = BettingSplitsETLService(url, ROOT / "configs")
        raw = asyncio.run(service.extract_raw_splits(rows=0))
        for table in ("vsin_raw_data", "sbd_raw_data", "raw_mlb_betting_splits"):
            assert raw.by_source[f"raw_data.{table}"] > 0
        figures = asyncio.run(service.load_splits()).figures
        assert figures.found == raw.found
        assert figures.balances
        assert set(figures.reasons) <= {"lookup-none", "lookup-many", "rule"}
        assert figures.unchanged > 1_000
        assert figures.created > 100
        assert rows(url, splits) == [(stood + figures.created, figures.repeated)]
        whole = "select * from analytics.betting_splits order by split_id"
        loaded = rows(url, whole)
        again = asyncio.run(service.load_splits(full=True)).figures
        assert (again.found, again.created, again.updated, again.repeated) == (raw.found, 0, 0, 0)
        assert rows(url, whole) == loaded
        timed = "select is_after_start, count(*) > 0 from analytics.timed_betting_splits group by 1"
        assert sorted(rows(url, timed)) == [(False, True), (True, True)]
        with connect(url) as conn:
            conn.execute(b"insert into raw_data.bet_share_rows (payload) values ('{}')")
        there.undo(url)
        assert rows(
            url,
            f"select table_name, count(*) from {TOOLKIT}.integrity_retained"
            " where change = 'inserted' and table_name in"
            " ('analytics.betting_splits', 'raw_data.bet_share_rows') group by 1 order by 1",
        ) == [("analytics.betting_splits", figures.created), ("raw_data.bet_share_rows", 1)]


WRITES = (
    "update core_betting.teams set full_name = full_name || ' (new)' where team_id <= 3",
    "insert into operational.auth_roles (name, display_name) values ('later', 'after apply')",
    "delete from operational.auth_api_keys where id = (select min(id) from"
    " operational.auth_api_keys)",
    "update analytics.betting_splits set legacy_attributes = '{\"later\": 1}'"
    " where split_id = (select min(split_id) from analytics.betting_splits)",
)


def test_after_finalize_four_schemas_hold_tables_and_a_rollback_gives_all_back(
    there: Whole, tmp_path: Path
) -> None:
    settings = there.project.project.settings
    with there.copy(there.applied) as url:
        done = finalize(there.project, url, root=tmp_path)
        assert done is not None
        counts = counts_of(url)
        held = {name.partition(".")[0] for name in set(counts) - there.foreign}
        assert held == set(UNIFIED_SCHEMAS)
        assert there.foreign <= set(counts)
        assert {n: counts[n] for n in there.foreign} == {n: there.counts[n] for n in there.foreign}
        left = rows(
            url,
            "select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in"
            " ('information_schema', 'public')",
        )
        assert {name for (name,) in left} == set(UNIFIED_SCHEMAS)
        assert restore_legacy(settings, url) is not None
        there.undo(url)
        assert there.before.differences(state(url)) == []


def test_writes_after_finalize_return_or_are_retained(there: Whole, tmp_path: Path) -> None:
    settings = there.project.project.settings
    with there.copy(there.applied) as url:
        finalize(there.project, url, root=tmp_path)
        for write in WRITES:
            with connect(url) as conn:
                assert conn.execute(write.encode()).rowcount > 0, write
        restore_legacy(settings, url)
        there.undo(url)
        assert number(url, "select count(*) from auth.roles where name = 'later'") == 1
        keys = there.counts["auth.api_keys"]
        assert number(url, "select count(*) from auth.api_keys") == keys - 1
        kept = rows(url, f"select table_name, change from {TOOLKIT}.integrity_retained")
        changed = number(
            url, "select count(*) from core_betting.teams where full_name like '% (new)'"
        )
        assert changed + sum(table == "core_betting.teams" for table, _ in kept) == 3
        assert [change for table, change in kept if table == "analytics.betting_splits"] == [
            "updated"
        ]

"""The demo's legacy database holds what its report says, and is what the contracts say."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import legacy_games
import pytest

from integrity.catalog.contracts import write_contracts
from integrity.catalog.read import read_catalog
from integrity.cli.planting import print_planting
from integrity.config import load_project
from integrity.database import connect as connecting
from integrity.database.connect import Connection, dict_row, errors
from integrity.errors import DatabaseFailure
from integrity.mlb.legacy import PlantingReport, Shows, demo_legacy, planting_lines
from integrity.mlb.legacy.build import report_of, write_draft
from integrity.mlb.legacy.sheet import Draft

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "configs"
DATA = ROOT.parent / "shared" / "data"
SCALE = 0.15
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data: real games untested")

WIDE = {
    "mlb_betting.moneyline": ("home_ml", "closing_home_ml"),
    "mlb_betting.spreads": ("home_spread_price", "closing_home_spread_price"),
    "mlb_betting.totals": ("over_price", "closing_over_price"),
    "core_betting.betting_lines_moneyline": ("home_ml", "closing_home_ml"),
    "core_betting.betting_lines_spread": ("home_spread_price", "closing_home_spread_price"),
    "core_betting.betting_lines_totals": ("over_price", "closing_over_price"),
}
STAGED = {"staging.moneylines": "home_odds", "staging.spreads": "home_odds"}
STAGED |= {"staging.totals": "over_odds"}

# What makes a planted row what it is, as SQL over its table.
CONDITIONS = {
    ("dirty_mlb_id", "public.games"): "mlb_stats_api_game_id !~ '^ *[0-9]+ *$'",
    ("dirty_mlb_id", "core_betting.games"): "mlb_stats_api_game_id !~ '^ *[0-9]+ *$'",
    ("dirty_mlb_id", "curated.games_complete"): "mlb_stats_api_game_id !~ '^ *[0-9]+ *$'",
    ("padded_mlb_id", "public.games"): "mlb_stats_api_game_id ~ '^ +[0-9]+ +$'",
    ("padded_mlb_id", "core_betting.games"): "mlb_stats_api_game_id ~ '^ +[0-9]+ +$'",
    ("unknown_team", "public.games"): "home_team = 'UNK'",
    ("unknown_team", "core_betting.games"): "home_team = 'UNK'",
    ("tied_final", "core_betting.games"): "home_score = away_score",
    ("trial_row", "core_betting.games"): r"sportsbookreview_game_id like 'test\_sbr\_trial\_%'",
    ("test_row", "splits.games"): r"game_id like 'test\_%'",
    ("test_row", "public.game_outcomes"): r"game_id like 'test\_%'",
    ("untidy_team_code", "public.games"): "home_team <> upper(trim(home_team))",
    ("untidy_team_code", "core_betting.games"): "home_team <> upper(trim(home_team))",
    ("venue_differs", "core_betting.games"): "venue_name like '%(old name)'",
    ("outcome_without_score", "curated.enhanced_games"): "home_score is null",
    ("fabricated_label", "curated.game_outcomes"): "total_line is null",
    ("doubleheader_no_time", "public.game_outcomes"): "game_date::time = '00:00'",
    ("unknown_book", "mlb_betting.totals"): "sportsbook = 'Lucky Dog'",
    (
        "price_missing",
        "mlb_betting.spreads",
    ): "home_spread_price is null and home_spread is not null",
    ("market_label", "curated.betting_lines_unified"): "market_type in ('runline', 'totals')",
    ("previous_line", "curated.betting_lines_unified"): "previous_line_id is not null",
    ("previous_line_ahead", "curated.betting_lines_unified"): "previous_line_id > id",
    ("in_play", "staging.moneylines"): "validation_errors @> '{\"in_play\": true}'",
    ("bad_price", "curated.betting_lines_unified"): (
        "abs(coalesce(home_moneyline, spread_home_odds, over_odds)) < 100"
    ),
    **{("bad_price", t): f"abs({current}) < 100" for t, (current, _) in WIDE.items()},
    **{("bad_price", t): f"abs({price}) < 100" for t, price in STAGED.items()},
    **{("missing_game_id", t): "game_id is null" for t in STAGED},
    **{
        ("null_sportsbook_id", t): "sportsbook_id is null"
        for t in WIDE
        if t.startswith("core_betting")
    },
    **{
        ("trial_row", t): r"external_source_id like 'test\_sbr\_trial\_%'"
        for t in WIDE
        if t.startswith("core_betting")
    },
}


@pytest.fixture(scope="module")
def url(legacy_demo: tuple[str, PlantingReport]) -> str:
    return legacy_demo[0]


@pytest.fixture(scope="module")
def report(legacy_demo: tuple[str, PlantingReport]) -> PlantingReport:
    return legacy_demo[1]


@pytest.fixture(scope="module")
def demo(url: str) -> Iterator[Connection[Any]]:
    with connecting.connect(url) as conn:
        yield conn


@pytest.fixture(scope="module")
def real() -> Draft:
    return write_draft(data=DATA, scale=1, seed=13)


def _rows(conn: Connection[Any], table: str) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select * from {table}").fetchall()


def _masters(conn: Connection[Any]) -> legacy_games.Rows:
    return {t: _rows(conn, t) for t in (*legacy_games.MASTERS, "action.dim_teams")}


def test_every_table_has_the_rows_the_report_says(
    demo: Connection[Any], report: PlantingReport
) -> None:
    found = {
        table: demo.execute(f"select count(*) from {table}").fetchone()[0]
        for table in report.tables
    }
    assert found == dict(report.tables)
    assert {str(t.name) for t in load_project(CONFIG).legacy.tables} == report.tables.keys()


@pytest.mark.parametrize(("code", "table"), CONDITIONS, ids="-".join)
def test_planted_rows_are_exactly_those(
    demo: Connection[Any], report: PlantingReport, code: str, table: str
) -> None:
    key = "game_id" if table == "public.game_outcomes" else "id"
    found = demo.execute(f"select {key}::text from {table} where {CONDITIONS[code, table]}")
    assert {k for (k,) in found} == report.keys(code, table) != frozenset()


def test_each_game_is_one_game_whichever_masters_name_it(
    demo: Connection[Any], report: PlantingReport
) -> None:
    _check_games(_masters(demo), report)


def _check_games(rows: legacy_games.Rows, report: PlantingReport) -> None:
    seen = legacy_games.seen(rows)
    games, ambiguous = legacy_games.clusters(seen)
    assert len(games) == report.expected["core_betting.games"]
    starts = [{r.start for r in g if r.start} for g in games]
    assert all(len(s) == 1 for s in starts)
    assert len({(g[0].home, g[0].away, *s) for g, s in zip(games, starts, strict=True)}) == len(
        games
    )
    _check_rejected(seen, ambiguous, report)
    _check_differences(games, report)


def _check_rejected(
    seen: list[legacy_games.Seen], ambiguous: list[legacy_games.Seen], report: PlantingReport
) -> None:
    found = {(r.rejected, r.table, r.key) for r in seen if r.rejected}
    found |= {("two games", r.table, r.key) for r in ambiguous}
    codes = {
        "dirty_mlb_id": "mlb id",
        "unknown_team": "club",
        "tied_final": "tied",
        "doubleheader_no_time": "two games",
    }
    planted = {
        (codes[r.code], r.table, r.key)
        for r in report.rows
        if r.code in codes and r.table in legacy_games.MASTERS
    }
    assert found == planted


def _check_differences(games: list[list[legacy_games.Seen]], report: PlantingReport) -> None:
    """Masters agree about a game in all but what was planted as a difference."""
    found = Counter()
    names = {"venue": "venue_name"}
    for game in games:
        values: dict[str, set[Any]] = defaultdict(set)
        for row in game:
            for column, value in row.row.items():
                if value is not None and column in _SHARED:
                    values[names.get(column, column)].add(value)
            values["official"].add(row.official)
        found.update(column for column, different in values.items() if len(different) > 1)
    assert found == {
        "home_score": report.count("score_differs", "core_betting.games"),
        "venue_name": report.count("venue_differs"),
    }


_SHARED = {
    "home_score",
    "away_score",
    "winning_team",
    "venue_name",
    "venue",
    "venue_id",
    "season",
    "season_type",
    "game_type",
    "weather_condition",
    "temperature",
    "wind_speed",
    "wind_direction",
    "humidity",
    "game_number",
}


def test_outcomes_of_a_game_agree_but_for_what_is_planted(
    demo: Connection[Any], report: PlantingReport
) -> None:
    found = demo.execute(
        """
        select count(*) filter (where o.home_score <> c.home_score),
               count(*) filter (where o.total_line <> c.total_line),
               count(*) filter (where o.away_score <> c.away_score or o.home_win <> c.home_win
                                   or o.over <> c.over or o.home_spread_line <> c.home_spread_line)
          from core_betting.game_outcomes o
          join core_betting.games g on g.id = o.game_id
          join curated.games_complete m on m.game_datetime = g.game_datetime
               and m.season = g.season and m.winning_team is not distinct from g.winning_team
               and m.venue_id = g.venue_id
          join curated.game_outcomes c on c.game_id = m.id
        """
    ).fetchone()
    assert found == (
        report.count("score_differs", "core_betting.game_outcomes"),
        report.count("total_line_differs"),
        0,
    )


@pytest.mark.parametrize(
    ("early", "late"), list(zip(list(WIDE)[:3], list(WIDE)[3:], strict=True)), ids=list(WIDE)[:3]
)
def test_copies_of_the_earlier_era_differ_in_planted_prices_only(
    demo: Connection[Any], report: PlantingReport, early: str, late: str
) -> None:
    current, closing = WIDE[late]
    copies = demo.execute(
        f"""
        select l.id::text, l.{closing} is distinct from e.{closing}, l.{current} = e.{current}
               and l.sportsbook = e.sportsbook and l.odds_timestamp = e.odds_timestamp
          from {late} l join {early} e on e.id = (l.source_metadata ->> 'copied_from')::integer
        """
    ).fetchall()
    assert {k for k, _, _ in copies} == report.keys("era_copy", late)
    assert {k for k, differs, _ in copies if differs} == report.keys("price_differs", late)
    assert all(same for _, _, same in copies)


def test_lines_are_unique_but_for_repeated_ones(
    demo: Connection[Any], report: PlantingReport
) -> None:
    for table in WIDE:
        (repeats,) = demo.execute(
            "select count(*) - count(distinct (game_id, lower(trim(sportsbook)), odds_timestamp))"
            f" from {table}"
        ).fetchone()
        assert repeats == report.count("duplicate_row", table), table


def test_empty_arms_are_counted(demo: Connection[Any], report: PlantingReport) -> None:
    for table, (_, closing) in WIDE.items():
        opening = closing.replace("closing", "opening")
        extra = "and external_source_id is null" if table.startswith("core_betting") else ""
        found = demo.execute(f"select id::text from {table} where {opening} is null {extra}")
        assert {k for (k,) in found} == report.keys("empty_arm", table)
    arms = [r.arms for r in report.rows if (r.code, r.table) == ("empty_arm", table)]
    assert set(arms) == {("over_opening", "under_opening")}


def test_the_trigger_with_the_missing_label_raises(demo: Connection[Any]) -> None:
    insert = (
        "insert into core_betting.betting_lines_moneyline"
        " (game_id, sportsbook, odds_timestamp, source) values (1, 'Circa', now(), 'VSIN')"
    )
    with pytest.raises(errors.InvalidTextRepresentation, match="SPORTSBOOKREVIEW"):
        demo.execute(insert)


def test_the_trigger_of_finished_games_warns_and_goes_on(demo: Connection[Any]) -> None:
    notices: list[str] = []
    handler = lambda d: notices.append(d.message_primary or "")  # noqa: E731
    demo.add_notice_handler(handler)
    try:
        with demo.transaction(force_rollback=True):
            demo.execute("update curated.enhanced_games set home_score = 9 where id = 1")
    finally:
        demo.remove_notice_handler(handler)
    assert notices and 'column "home_ml" does not exist' in notices[0]


def test_games_complete_has_no_default_key_and_hides_missing_scores(demo: Connection[Any]) -> None:
    with demo.transaction(force_rollback=True):
        total = demo.execute(
            "insert into curated.games_complete (id, home_team, away_team, game_date,"
            " game_datetime, game_status) values (0, 'BOS', 'NYY', now(), now(), 'scheduled')"
            " returning total_score"
        ).fetchone()
    assert total == (0,)
    with pytest.raises(errors.NotNullViolation), demo.transaction():
        demo.execute(
            "insert into curated.games_complete (home_team, away_team, game_date,"
            " game_datetime, game_status) values ('BOS', 'NYY', now(), now(), 'scheduled')"
        )


def test_sequences_go_on_after_the_highest_id(demo: Connection[Any]) -> None:
    (following,) = demo.execute("select nextval('core_betting.games_id_seq')").fetchone()
    (highest,) = demo.execute("select max(id) from core_betting.games").fetchone()
    assert following > highest


def test_generated_rows_are_marked(demo: Connection[Any]) -> None:
    for table, mark in {
        "public.games": "data_quality = 'GENERATED'",
        "core_betting.games": "data_quality = 'GENERATED'",
        "curated.games_complete": "source_system = 'GENERATED'",
        "curated.enhanced_games": "ml_metadata ->> 'origin' = 'generated'",
        "curated.game_outcomes": "source_system = 'GENERATED'",
        "curated.betting_lines_unified": "source_system = 'GENERATED'",
        "splits.games": "weather_conditions = 'GENERATED'",
        "core_betting.supplementary_games": "source = 'GENERATED'",
        **dict.fromkeys(STAGED, "validation_errors ->> 'origin' = 'generated'"),
        **dict.fromkeys(WIDE, "data_quality = 'GENERATED'"),
    }.items():
        (unmarked,) = demo.execute(f"select count(*) from {table} where not {mark}").fetchone()
        assert unmarked == 0, table


def test_inspect_of_the_demo_is_the_committed_contracts(
    demo: Connection[Any], report: PlantingReport, tmp_path: Path
) -> None:
    schemas = load_project(CONFIG).legacy.schemas
    written = write_contracts(demo, tmp_path, schemas)
    assert {p.name for p in written} == {p.name for p in (CONFIG / "legacy").iterdir()}
    for path in written:
        assert path.read_text() == (CONFIG / "legacy" / path.name).read_text(), path.name
    unmanaged = read_catalog(demo, schemas).unmanaged
    assert len(unmanaged) == 11
    assert {line.split()[0] for line in unmanaged} == {"privileges"}


def test_building_twice_into_one_database_is_refused(url: str, report: PlantingReport) -> None:
    with pytest.raises(DatabaseFailure, match="already exists"):
        demo_legacy(CONFIG, url, scale=SCALE)


def test_same_seed_same_rows_other_seed_other_rows() -> None:
    first, again, other = (write_draft(data=None, scale=0.02, seed=s) for s in (1, 1, 2))
    assert first.tables == again.tables
    assert first.planting.rows == again.planting.rows
    assert first.tables != other.tables


def test_at_default_size_tables_and_defects_have_their_documented_number() -> None:
    draft = write_draft(data=None, scale=1, seed=13)
    sizes = {table: len(rows) for table, rows in draft.tables.items()}
    assert sizes["core_betting.games"] == 3_186
    assert sizes["public.games"] == 1_619
    assert sizes["core_betting.betting_lines_moneyline"] == 12_410
    assert sizes["mlb_betting.spreads"] == 9_595
    assert sizes["staging.moneylines"] == 884
    counts = Counter(r.code for r in draft.planting.rows if r.table == "curated.enhanced_games")
    assert counts["outcome_without_score"] == 94
    planted = Counter((r.code, r.table) for r in draft.planting.rows)
    assert planted["test_row", "splits.games"] == planted["test_row", "public.game_outcomes"] == 10
    assert planted["era_copy", "core_betting.betting_lines_totals"] == 7_000
    assert planted["duplicate_row", "mlb_betting.totals"] == 25


def test_the_report_as_json_and_as_a_table(report: PlantingReport) -> None:
    told = json.loads(json.dumps(report.as_json()))
    assert told["mode"] == "generated"
    assert len(told["rows"]) == sum(p["rows"] for p in told["planted"]) == len(report.rows)
    assert "rows" not in report.as_json(rows=False)
    assert len(planting_lines(report)) == len(report.planted)
    assert {p.shows for p in report.planted} == set(Shows)


@real_data
def test_real_games_are_each_one_game(real: Draft) -> None:
    report = report_of(real)
    assert report.expected["core_betting.games"] == 9_718
    _check_games(real.tables, report)
    seen = legacy_games.seen(real.tables)
    assert {r.mlb for r in seen if r.mlb} <= {g.pk for g in real.cast.games}
    assert len({(g.home, g.away, g.start) for g in real.cast.games}) == 9_718


@real_data
def test_real_closing_prices_stand_on_a_game_or_are_told_apart(real: Draft) -> None:
    expected = real.planting.expected
    assert expected["closing prices on one game"] == 6_622
    assert expected["closing prices of two games"] == 1_307
    assert expected["closing prices of no game"] == 1
    assert report_of(real).count("in_play") == 150


@real_data
def test_real_archive_lines_are_not_marked_as_generated(real: Draft) -> None:
    rows = real.tables["mlb_betting.moneyline"]
    archived = [r for r in rows if r["sportsbook"] == "SBR Archive"]
    assert len(archived) > 1_500
    assert {r["data_quality"] for r in archived} == {"HIGH"}
    assert {r["data_quality"] for r in rows if r not in archived} == {"GENERATED"}


def test_the_planting_table_is_printed_as_text_or_json(
    report: PlantingReport, capsys: pytest.CaptureFixture[str]
) -> None:
    print_planting(report)
    text = capsys.readouterr().out
    assert text.startswith("generated games, 260 tables, ")
    assert "swapped_book_id" in text
    print_planting(report, as_json=True)
    assert json.loads(capsys.readouterr().out) == report.as_json(rows=False)

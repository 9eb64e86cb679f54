"""Outcomes reach the table that models read, before the consolidation and after it.

Once with generated games, small; once with the real ones where ../shared/data exists.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from acceptance import ROOT, apply_all, compiled, legacy, run
from clinic_project import copy_of

from integrity.database.connect import connect, create_database, drop_database
from integrity.mlb.legacy.report import PlantingReport
from integrity.mlb.outcomes import EnhancedGamesOutcomeSyncService, sync_outcomes
from integrity.pipelines.figures import Result
from integrity.pipelines.options import Options
from integrity.plan.compile import Compiled

CONFIGS = ROOT / "configs"
Row = tuple[Any, ...]


@dataclass
class Games:
    """The demo before and after apply, and copies of it for each test."""

    server: str
    legacy: str
    applied: str
    report: PlantingReport
    project: Compiled

    @property
    def planted(self) -> list[int]:
        """Rows of curated.enhanced_games without a score whose outcome is known."""
        return [int(r.key) for r in self.report.rows if r.code == "outcome_without_score"]


@dataclass
class Copy:
    """One database, to be written to."""

    url: str
    games: Games

    def sync(self, mode: str = "missing", **options: Any) -> Result:
        return sync_outcomes(CONFIGS, self.url, Options(mode=mode, **options))

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with connect(self.url) as conn:
            return conn.execute(sql.encode(), values or None).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        ((found,),) = self.rows(sql, *values)
        return found

    def execute(self, sql: str) -> None:
        with connect(self.url) as conn:
            conn.execute(sql.encode())


@pytest.fixture(scope="module")
def games(server: str) -> Iterator[Games]:
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(3)]
    url, scratch = (create_database(server, name) for name in names[:2])
    project = compiled(scratch)
    report = legacy(url, project, scale=0.1, data=None)
    applied = copy_of(url, server, names[2])
    apply_all(project, applied)
    yield Games(server, url, applied, report, project)
    for name in names:
        drop_database(server, name)


def copied(games: Games, url: str) -> Iterator[Copy]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield Copy(copy_of(url, games.server, name), games)
    drop_database(games.server, name)


# For each score it computes the features of every finished game, one at a time.
SLOW = "alter table curated.enhanced_games {} trigger trigger_ml_features_on_game_completion"


@pytest.fixture
def before(games: Games) -> Iterator[Copy]:
    for copy in copied(games, games.legacy):
        copy.execute(SLOW.format("disable"))
        yield copy


@pytest.fixture
def after(games: Games) -> Iterator[Copy]:
    yield from copied(games, games.applied)


# --- before the consolidation -----------------------------------------------------------------

# The truth, told by what no way to match reads: the moment of the first pitch and the park.
TRUE_PAIRS = """
    select o.id, e.id
    from curated.game_outcomes as o
    join curated.games_complete as g on g.id = o.game_id
    join curated.enhanced_games as e
      on e.game_datetime = g.game_datetime and e.venue_name = g.venue_name
"""


def test_planted_scores_arrive_and_nothing_else_changes(before: Copy) -> None:
    empty = "select id from curated.enhanced_games where home_score is null order by id"
    planted = sorted(before.games.planted)
    assert planted
    assert [row[0] for row in before.rows(empty)] == planted
    others = "select * from curated.enhanced_games where not id = any(%s) order by id"
    unchanged = before.rows(others, planted)
    last = before.value("select max(id) from curated.enhanced_games")
    result = before.sync()
    assert result.pipeline == "outcomes_legacy"
    assert result.figures.updated == len(planted)
    assert result.figures.balances
    assert before.rows(empty) == []
    assert [r for r in before.rows(others, planted) if r[0] <= last] == unchanged
    assert before.value(
        "select count(*) from curated.enhanced_games where id = any(%s) and game_status = 'final'"
        " and winning_team = case when home_score > away_score then home_team else away_team end",
        planted,
    ) == len(planted)


def test_every_outcome_reaches_its_own_game(before: Copy) -> None:
    each_outcome_reaches_its_own_game(before)


def each_outcome_reaches_its_own_game(before: Copy) -> None:
    pairs = {outcome: game for outcome, game in before.rows(TRUE_PAIRS)}
    result = before.sync("all")
    links = dict(
        before.rows(
            "select source_key::int, target_key::int from operational.integrity_pipeline_links"
            " where pipeline = 'outcomes_legacy' and source_hash is not null"
        )
    )
    assert {o: g for o, g in links.items() if o in pairs} == pairs
    assert result.figures.quarantined == 0
    assert len(links) == before.value("select count(*) from curated.game_outcomes")
    assert len(set(links.values())) == len(links)
    new = {game for outcome, game in links.items() if outcome not in pairs}
    assert len(new) == result.figures.created
    assert (
        before.value(
            "select count(*) from operational.integrity_pipeline_links as l"
            " join curated.game_outcomes as o on o.id = l.source_key::int"
            " join curated.enhanced_games as e on e.id = l.target_key::int"
            " where (o.home_score, o.away_score) is distinct from (e.home_score, e.away_score)"
        )
        == 0
    )


def test_false_matches_of_the_old_join_are_not_made(before: Copy) -> None:
    """It took a row for a game when the numbers of the rows were equal."""
    false = before.rows(
        "select o.id, e.id from curated.game_outcomes as o"
        " join curated.games_complete as g on g.id = o.game_id"
        " join curated.enhanced_games as e on e.id = g.id"
        " where e.game_datetime <> g.game_datetime"
    )
    assert false
    before.sync("all")
    made = before.rows(
        "select source_key::int, target_key::int from operational.integrity_pipeline_links"
    )
    assert set(false).isdisjoint(made)


def test_dry_run_and_second_run(before: Copy) -> None:
    dry = before.sync(dry_run=True)
    assert before.value("select to_regclass('operational.integrity_pipeline_runs')") is None
    real = before.sync()
    assert dry.figures == real.figures
    state = "select xmin::text, * from curated.enhanced_games order by id"
    stands = before.rows(state)
    assert before.sync().figures.found == 0
    before.sync("all")
    settled = before.rows(state)
    assert before.sync("all").figures.updated == 0
    assert before.rows(state) == settled
    assert len(stands) == len(settled)


def test_a_corrected_score_is_found_and_the_old_one_kept(before: Copy) -> None:
    before.sync("all")
    (key, game, home) = before.rows(
        "select o.id, l.target_key::int, o.home_score from curated.game_outcomes as o"
        " join operational.integrity_pipeline_links as l on l.source_key = o.id::text"
        " where o.home_score > o.away_score order by o.id limit 1"
    )[0]
    before.execute(f"update curated.game_outcomes set home_score = home_score + 3 where id = {key}")
    assert before.sync().figures.found == 0
    result = before.sync("corrected")
    assert (result.figures.found, result.figures.updated) == (1, 1)
    score = "select home_score from curated.enhanced_games where id = %s"
    assert before.value(score, game) == home + 3
    assert before.value(
        "select old from operational.integrity_pipeline_history where target_key = %s"
        " order by history_id desc limit 1",
        str(game),
    ) == {"home_score": home}


def test_ties_and_unfinished_games_write_nothing(before: Copy) -> None:
    before.sync("all")
    one, two = (
        row[0] for row in before.rows("select id from curated.game_outcomes order by id limit 2")
    )
    before.execute(
        f"update curated.game_outcomes set away_score = home_score where id = {one};"
        " update curated.games_complete set game_status = 'Suspended'"
        f" where id = (select game_id from curated.game_outcomes where id = {two})"
    )
    result = before.sync("all")
    assert dict(result.figures.reasons) == {"rule": 1}
    assert (result.figures.dropped, result.figures.updated) == (1, 0)
    assert before.rows(
        "select source_key, reason, column_name from operational.integrity_pipeline_quarantine"
        " where resolved_at is null"
    ) == [(str(one), "rule", "tie")]


STATUSES = {
    "final": ("Final", "completed", "Complete", "game over", "F", "O"),
    "dropped": (
        *("scheduled", "Pre-Game", "in_progress", "LIVE", "Delayed", "suspended", "Postponed"),
        *("cancelled", "Canceled"),
    ),
    "rule": ("Forfeit?", ""),
}


def test_only_games_that_ended_count_and_an_unknown_status_is_kept_aside(before: Copy) -> None:
    listed = [status for group in STATUSES.values() for status in group]
    shown = ", ".join(f"'{status}'" for status in listed)
    keys = [row[0] for row in before.rows("select game_id from curated.game_outcomes order by id")]
    assert len(keys) > len(listed)
    before.execute(
        "update curated.games_complete as g set game_status = one.status from unnest("
        f"array[{shown}], array{keys[: len(listed)]}) as one (status, id) where g.id = one.id"
    )
    figures = before.sync("all").figures
    assert dict(figures.reasons) == {"rule": len(STATUSES["rule"])}
    assert before.value(
        "select count(*) from operational.integrity_pipeline_quarantine"
        " where column_name = 'status'"
    ) == len(STATUSES["rule"])
    assert figures.dropped == len(STATUSES["dropped"])


def test_a_winner_is_spelled_as_the_row_spells_its_clubs(before: Copy) -> None:
    """The code of 2025, where this project has another."""
    codes = "array[home_team, away_team, winning_team]"
    for table in ("games_complete", "enhanced_games"):
        before.execute(
            f"update curated.{table} set (home_team, away_team, winning_team) ="
            f" (select a[1], a[2], a[3] from array_replace({codes}::text[], 'OAK', 'ATH') as a)"
        )
    result = before.sync("all")
    assert (result.figures.quarantined, result.figures.balances) == (0, True)
    assert (
        before.value("select count(*) from curated.enhanced_games where winning_team = 'ATH'") > 0
    )
    assert (
        before.value("select count(*) from curated.enhanced_games where winning_team = 'OAK'") == 0
    )


def test_a_doubleheader_without_ids_is_told_apart_or_kept_aside(before: Copy) -> None:
    """Two games of a day: by their starts where both stand in the master, else not guessed at."""
    day = before.rows(
        "select home_team, away_team, game_date from curated.enhanced_games"
        " group by 1, 2, 3 having count(*) = 2 order by 3 limit 1"
    )
    if not day:
        pytest.skip("no doubleheader among the games")
    before.execute(
        "update curated.games_complete set mlb_stats_api_game_id = null,"
        " action_network_game_id = null"
    )
    pairs = dict(before.rows(TRUE_PAIRS))
    result = before.sync("all")
    links = dict(
        before.rows(
            "select source_key::int, target_key::int from operational.integrity_pipeline_links"
            " where source_hash is not null"
        )
    )
    assert {o: g for o, g in links.items() if o in pairs and pairs[o] != g} == {}
    assert result.figures.balances


def test_a_line_of_zero_is_a_line(before: Copy) -> None:
    before.execute("update curated.game_outcomes set home_spread_line = 0.0, total_line = 8.5")
    before.sync("all")
    assert before.rows(
        "select distinct data_quality_score from curated.enhanced_games as e"
        " join operational.integrity_pipeline_links as l on l.target_key = e.id::text"
    ) == [(1,)]


# --- after it -----------------------------------------------------------------------------------


def test_after_the_consolidation_the_unified_table_is_filled(after: Copy) -> None:
    empty = """
        select count(*) from core_betting.enhanced_games as e
        join core_betting.game_outcomes as o using (game_id) where e.home_score is null
    """
    assert after.value(empty) == len(after.games.planted)
    dry, real = after.sync(dry_run=True), after.sync()
    assert real.pipeline == "outcomes"
    assert dry.figures == real.figures
    assert real.figures.updated == len(after.games.planted)
    assert after.value(empty) == 0
    assert (
        after.value(
            "select count(*) from core_betting.game_outcomes as o"
            " join core_betting.games as g using (game_id)"
            " left join core_betting.enhanced_games as e using (game_id)"
            " where e.home_score is null"
        )
        == real.figures.dropped
    )
    assert after.sync().figures.updated == 0
    share = after.value(
        "select count(home_score)::float / count(*) from core_betting.enhanced_games"
    )
    assert share > 0.9


def test_a_sync_before_is_carried_over_and_undone_by_nobody(before: Copy) -> None:
    """Scores that were synced in legacy arrive with the consolidation; rolled back, they stand."""
    before.execute(SLOW.format("enable"))
    before.sync()
    legacy_scores = "select id, home_score, away_score from curated.enhanced_games order by id"
    stood = before.rows(legacy_scores)
    apply_all(before.games.project, before.url)
    result = before.sync()
    assert (result.pipeline, result.figures.updated) == ("outcomes", 0)
    for migration in reversed(before.games.project.migrations):
        run(before.games.project, before.url, migration.stem, "rollback")
    assert before.rows(legacy_scores) == stood
    again = before.sync()
    assert (again.pipeline, again.figures.found) == ("outcomes_legacy", 0)


def test_outcomes_are_followed(before: Copy) -> None:
    empty = "select count(*) from curated.enhanced_games where home_score is null"
    with follower(before.url) as lines:
        assert json.loads(next(lines))["mode"] == "catch-up"
        assert before.value(empty) == 0
        (game,) = before.rows(
            "update curated.game_outcomes set home_score = 41, away_score = 0"
            " where id = (select min(id) from curated.game_outcomes) returning game_id"
        )[0]
        passed = json.loads(next(lines))
        assert (passed["mode"], passed["found"], passed["updated"]) == ("follow", 1, 1)
        assert passed["lag"] < 1
    written = "select count(*) from curated.enhanced_games where (home_score, away_score) = (41, 0)"
    assert before.value(written) == 1, game


@contextmanager
def follower(url: str) -> Iterator[Iterator[str]]:
    """The lines of JSON that a follower prints."""
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(CONFIGS), "--json"]
    command += ["--database", url, "curated", "sync-outcomes", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield iter(process.stdout.readline, "")
        finally:
            process.terminate()


def test_the_service_runs_in_an_event_loop(before: Copy, after: Copy) -> None:
    async def both() -> list[Result]:
        services = [EnhancedGamesOutcomeSyncService(c.url, CONFIGS) for c in (before, after)]
        return list(
            await asyncio.gather(*(one.sync_all_missing_outcomes(dry_run=True) for one in services))
        )

    results = asyncio.run(both())
    assert [one.pipeline for one in results] == ["outcomes_legacy", "outcomes"]
    assert all(one.figures.updated == len(before.games.planted) for one in results)
    recent = asyncio.run(EnhancedGamesOutcomeSyncService(before.url, CONFIGS).sync("all", limit=5))
    assert recent.figures.found == 5


def test_configs_stand_where_the_service_looks() -> None:
    assert {p.stem for p in Path(CONFIGS, "pipelines").glob("outcomes*.yaml")} == {
        "outcomes",
        "outcomes_legacy",
    }

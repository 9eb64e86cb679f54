"""The outcomes of four real seasons: 9,718 of them to as many games, doubleheaders right.

Scores come from MLB's Stats API, the games that wait for them from Retrosheet, which gives no ids
and no hours: teams, day and number of the game are all that both know. Rows are numbered at random,
so that equal numbers mean nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from acceptance import DATA, ROOT

from integrity.catalog.build import create_table_with_keys
from integrity.config import load_project
from integrity.config.pipelines import tables_of
from integrity.database.connect import connect
from integrity.mlb.legacy.archive import read_folder
from integrity.mlb.legacy.game import Game
from integrity.mlb.outcomes import sync_outcomes
from integrity.model import Column, Name
from integrity.pipelines.figures import Result
from integrity.pipelines.options import Options
from integrity.plan.scratch import bare_table

pytestmark = pytest.mark.skipif(DATA is None, reason="no real games: ../shared/data does not exist")
CONFIGS = ROOT / "configs"
GAMES = 9_718
BEFORE = ("curated.game_outcomes", "curated.games_complete", "curated.enhanced_games")
AFTER = tuple(f"core_betting.{name}" for name in ("games", "game_outcomes", "enhanced_games"))
# On two days the sources name different home clubs in a game of a doubleheader: day, home, away.
HOME_DIFFERS = {
    *(("2021-08-10", "ANA", "TOR"), ("2021-08-10", "TOR", "LAA")),
    *(("2022-05-10", "DET", "OAK"), ("2022-05-10", "OAK", "DET")),
}

Row = Sequence[Any]


@dataclass
class Seasons:
    """A database with the three tables of one layout."""

    url: str

    def fill(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        into = f"copy {table} ({columns}) from stdin".encode()
        with connect(self.url) as conn, conn.cursor().copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as conn:
            return conn.execute(sql.encode()).fetchall()

    def sync(self, mode: str = "missing") -> Result:
        return sync_outcomes(CONFIGS, self.url, Options(mode=mode))


@pytest.fixture(scope="module")
def games() -> list[Game]:
    assert DATA is not None
    found = read_folder(DATA).games
    assert len(found) == GAMES
    return found


@pytest.fixture
def seasons(make_database: Callable[[], str]) -> Callable[[Iterable[str]], Seasons]:
    def made(names: Iterable[str]) -> Seasons:
        url, tables = make_database(), tables_of(load_project(CONFIGS))
        with connect(url) as conn:
            for schema in sorted({name.partition(".")[0] for name in names}):
                conn.execute(f"create schema {schema}".encode())
            for name in names:
                table = tables[Name(*name.split("."))]
                own = replace(bare_table(table), primary_key=table.primary_key)
                own = replace(own, columns=tuple(map(numbered, own.columns)))
                for statement in create_table_with_keys(own):
                    conn.execute(statement.encode())
        return Seasons(url)

    return made


def numbered(column: Column) -> Column:
    """The column with an identity where it is a key of its own."""
    return replace(column, identity="by default") if column.name == "id" else column


def shuffled(games: list[Game], seed: int) -> list[tuple[int, Game]]:
    """Each game with a number that means nothing."""
    numbers = list(range(1, len(games) + 1))
    Random(seed).shuffle(numbers)
    return list(zip(numbers, games, strict=True))


def outcomes(base: Seasons, games: list[Game], *, ids: bool) -> None:
    """Masters and outcomes of the layout before, from the Stats API."""
    masters = shuffled(games, 1)
    base.fill(
        "curated.games_complete",
        "id, mlb_stats_api_game_id, home_team, away_team, game_date, game_datetime, game_status",
        (
            (n, str(g.pk) if ids else None, g.home, g.away, g.official, g.start, "Final")
            for n, g in masters
        ),
    )
    base.fill(
        "curated.game_outcomes",
        "id, game_id, home_team, away_team, home_score, away_score, home_win, over, game_date,"
        " home_spread_line",
        (
            (n, master, g.home, g.away, g.home_score, g.away_score, g.home_won, False, g.start, 0)
            for n, (master, g) in zip(
                (number for number, _ in shuffled(games, 2)), masters, strict=True
            )
        ),
    )


def test_by_mlb_id_each_outcome_reaches_its_game(
    games: list[Game], seasons: Callable[[Iterable[str]], Seasons]
) -> None:
    base = seasons(BEFORE)
    outcomes(base, games, ids=True)
    base.fill(
        "curated.enhanced_games",
        "id, mlb_stats_api_game_id, home_team, away_team, game_date, game_datetime, season",
        (
            (n, f" {g.pk}", g.home, g.away, g.official, g.start, g.season)
            for n, g in shuffled(games, 3)
        ),
    )
    done = base.sync()
    assert (done.figures.found, done.figures.updated, done.figures.created) == (GAMES, GAMES, 0)
    stands = base.rows(
        "select trim(mlb_stats_api_game_id)::int, home_score, away_score, winning_team,"
        " data_quality_score::float from curated.enhanced_games"
    )
    assert sorted(stands) == sorted(
        (g.pk, g.home_score, g.away_score, g.winner, 0.8) for g in games
    )
    assert base.sync().figures.found == 0
    assert base.sync("all").figures.unchanged == GAMES


def retrosheet() -> list[dict[str, str]]:
    assert DATA is not None
    with (DATA / "results" / "retrosheet_games_2021_2024.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_without_ids_teams_day_and_number_decide_and_scores_agree(
    games: list[Game], seasons: Callable[[Iterable[str]], Seasons]
) -> None:
    base = seasons(BEFORE)
    outcomes(base, games, ids=False)
    wanted = retrosheet()
    base.fill(
        "curated.enhanced_games",
        "id, home_team, away_team, game_date, game_datetime, season, game_number",
        (
            (
                n,
                r["home"],
                r["visitor"],
                r["date"],
                f"{r['date']} 12:00+00",
                r["season"],
                max(1, int(r["game_num"])),
            )
            for n, r in enumerate(wanted, 1)
        ),
    )
    base.rows(f"select setval('curated.enhanced_games_id_seq', {GAMES})")
    done = base.sync()
    assert (done.figures.found, done.figures.updated) == (GAMES, GAMES - 4)
    stands = base.rows(
        "select id, home_score, away_score from curated.enhanced_games where home_score is not null"
        f" and id <= {GAMES}"
    )
    assert len(stands) == GAMES - 4
    truth = {n: (int(r["home_score"]), int(r["visitor_score"])) for n, r in enumerate(wanted, 1)}
    assert {n: (home, away) for n, home, away in stands if truth[n] != (home, away)} == {}
    assert sum(int(r["game_num"]) > 0 for r in wanted) > 200  # doubleheaders among them
    # The game whose home club the sources agree on finds two, and none is taken; the other none.
    assert (done.figures.created, dict(done.figures.reasons)) == (2, {"match-many": 2})
    assert {
        (day.isoformat(), home, away)
        for day, home, away in base.rows(
            "select game_date, home_team, away_team from curated.enhanced_games"
            f" where home_score is null or id > {GAMES}"
        )
    } == HOME_DIFFERS


def test_after_the_consolidation_missing_scores_and_missing_games_are_made(
    games: list[Game], seasons: Callable[[Iterable[str]], Seasons]
) -> None:
    base = seasons(AFTER)
    known = shuffled(games, 4)
    base.fill(
        "core_betting.games",
        "game_id, mlb_game_pk, home_team, away_team, official_date, start_time, season, status",
        ((n, g.pk, g.home, g.away, g.official, g.start, g.season, "final") for n, g in known),
    )
    base.fill(
        "core_betting.game_outcomes",
        "game_id, home_score, away_score, total_line, home_spread_line",
        ((n, g.home_score, g.away_score, 8.5, 0) for n, g in known),
    )
    base.fill(
        "core_betting.enhanced_games",
        "game_id, home_score, away_score",
        (
            (n, *((g.home_score, g.away_score) if n % 3 else (None, None)))
            for n, g in known
            if n % 10
        ),
    )
    done = base.sync()
    assert (done.figures.created, done.figures.quarantined) == (GAMES // 10, 0)
    assert base.rows(
        "select count(*) from core_betting.enhanced_games where home_score is null"
    ) == [(0,)]
    assert base.rows(
        "select count(*) from core_betting.enhanced_games as e join core_betting.game_outcomes as o"
        " using (game_id) where (e.home_score, e.away_score) = (o.home_score, o.away_score)"
    ) == [(GAMES,)]
    assert base.sync().figures.found == 0
    base.rows("update core_betting.game_outcomes set home_score = 99 where game_id = 5 returning 1")
    corrected = base.sync("corrected")
    assert (corrected.figures.found, corrected.figures.updated) == (1, 1)
    (game,) = (g for n, g in known if n == 5)
    assert base.rows(
        "select target_key, old ->> 'home_score', new ->> 'home_score'"
        " from operational.integrity_pipeline_history where run = 3"
    ) == [("5", str(game.home_score), "99")]

"""The betting splits: the captured answer becomes 45 rows, each of its game."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from integrity.catalog.build import create_table_with_keys
from integrity.config import load_project
from integrity.config.pipelines import load_pipelines, tables_of
from integrity.database.connect import connect
from integrity.mlb.legacy import data_folder
from integrity.mlb.splits import BettingSplitsETLService
from integrity.model import Name
from integrity.pipelines.chosen import pipeline_named
from integrity.pipelines.etl_tests import run_tests
from integrity.plan.scratch import bare_table

CONFIGS = Path(__file__).parents[1] / "configs"
TABLES = (
    "core_betting.games",
    "core_betting.sportsbooks",
    "core_betting.sportsbook_mappings",
    "core_betting.game_id_mappings",
    "raw_data.sbd_raw_data",
    "raw_data.vsin_raw_data",
    "raw_data.action_network_raw",
    "raw_data.raw_mlb_betting_splits",
    "analytics.betting_splits",
)
DATA = data_folder(CONFIGS.parent)
ANSWER = (DATA or Path()) / "splits" / "sbd_betting_splits_2025-06-13.json"
CODES = {"CHW": "CWS", "WAS": "WSH"}


def test_the_declared_tests_pass(server: str) -> None:
    project = load_project(CONFIGS)
    pipeline = pipeline_named(load_pipelines(CONFIGS, project), "betting_splits", "etl")
    outcomes = list(run_tests(server, project, pipeline))
    assert [one.differences for one in outcomes] == [()] * 4


@pytest.fixture
def url(make_database: Callable[[], str]) -> str:
    made = make_database()
    tables = tables_of(load_project(CONFIGS))
    with connect(made) as conn:
        for schema in ("core_betting", "raw_data", "analytics"):
            conn.execute(f"create schema {schema}".encode())
        for name in TABLES:
            table = tables[Name(*name.split("."))]
            if name == "raw_data.sbd_raw_data":
                table = bare_table(table)
            for statement in create_table_with_keys(table):
                conn.execute(statement.encode())
    return made


@pytest.mark.skipif(not ANSWER.is_file(), reason="the captured answer is not in the data folder")
def test_the_captured_answer_becomes_45_rows_of_its_games(url: str) -> None:
    games = json.loads(ANSWER.read_text(encoding="utf-8"))["games"]
    with connect(url) as conn:
        for number, game in enumerate(games, 1):
            home, away = (game[side]["code"] for side in ("home", "away"))
            conn.execute(
                b"insert into core_betting.games (game_id, home_team, away_team, official_date,"
                b" start_time, season) overriding system value values (%s, %s, %s, %s, %s, 2025)",
                [
                    number,
                    CODES.get(home, home),
                    CODES.get(away, away),
                    game["gameday"],
                    game["date"],
                ],
            )
            conn.execute(
                b"insert into raw_data.sbd_raw_data (id, external_matchup_id, raw_response,"
                b" updated_at) values (%s, %s, %s::jsonb, now())",
                [number, game["_id"], json.dumps(game)],
            )
    service = BettingSplitsETLService(url, CONFIGS)
    assert asyncio.run(service.extract_raw_splits()).rows == 45
    dry = asyncio.run(service.transform_splits())
    done = asyncio.run(service.load_splits())
    assert (done.figures.found, done.figures.created) == (45, 45)
    assert dry.figures == done.figures
    with connect(url) as conn:
        found = conn.execute(
            b"select count(*), count(distinct game_id), count(distinct (game_id, market)),"
            b" count(*) filter (where observed_at > g.start_time)"
            b" from analytics.betting_splits join core_betting.games as g using (game_id)"
        ).fetchone()
    assert found is not None
    assert found[:3] == (45, 15, 45)
    assert found[3] > 0
    again = asyncio.run(service.load_splits(full=True))
    assert (again.figures.unchanged, again.figures.created) == (45, 0)

"""The betting splits: declared tests, real files through the commands, the view over them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from integrity.catalog.build import create_table_with_keys
from integrity.cli.main import cli
from integrity.config import load_project
from integrity.config.pipelines import load_pipelines, tables_of
from integrity.database.connect import connect
from integrity.mlb.legacy import data_folder
from integrity.mlb.legacy.archive import read_folder
from integrity.mlb.splits import BettingSplitsETLService
from integrity.model import Name
from integrity.pipelines.chosen import pipeline_named
from integrity.pipelines.etl_tests import run_tests
from integrity.plan.scratch import bare_table

CONFIGS = Path(__file__).parents[1] / "configs"
TABLES = (
    "core_betting.games",
    "core_betting.betting_lines",
    "core_betting.sportsbooks",
    "core_betting.sportsbook_mappings",
    "core_betting.game_id_mappings",
    "raw_data.sbd_raw_data",
    "raw_data.vsin_raw_data",
    "raw_data.action_network_raw",
    "raw_data.raw_mlb_betting_splits",
    "raw_data.bet_share_rows",
    "analytics.betting_splits",
)
VIEW = "analytics.timed_betting_splits"
DATA = data_folder(CONFIGS.parent) or Path()
ANSWER = DATA / "splits" / "sbd_betting_splits_2025-06-13.json"
SHARES = DATA / "splits" / "bet_share_2023.csv"
CODES = {"CHW": "CWS", "WAS": "WSH"}


KINDS = """
    select count(*) filter (where live),
        count(*) filter (where not live and share in (0, 100)),
        count(*) filter (where not live and share is null)
    from (
        select payload ->> 'is_live' = 'True' as live,
            (payload ->> 'home_bet_share_pct')::numeric as share
        from raw_data.bet_share_rows
    ) as r
"""


@dataclass
class Splits:
    """A database with the tables of the splits, and the commands over it."""

    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as conn:
            return conn.execute(sql.encode()).fetchall()

    def execute(self, sql: str) -> None:
        with connect(self.url) as conn:
            conn.execute(sql.encode())

    def command(self, *words: object) -> dict[str, Any]:
        given = ["--config", str(CONFIGS), "--database", self.url, "--json", "-q"]
        done = CliRunner().invoke(cli, [*given, *map(str, words)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def games(self, *games: tuple[Any, ...]) -> None:
        """(home, away, official date, start) each; numbered from 1."""
        with connect(self.url) as conn, conn.cursor() as cursor:
            cursor.executemany(
                "insert into core_betting.games (home_team, away_team, official_date, start_time,"
                " season) values (%s, %s, %s, %s, 2023)",
                games,
            )


@pytest.fixture
def splits(make_database: Callable[[], str]) -> Splits:
    project = load_project(CONFIGS)
    tables = tables_of(project)
    made = Splits(make_database())
    with connect(made.url) as conn:
        for schema in ("core_betting", "raw_data", "analytics"):
            conn.execute(f"create schema {schema}".encode())
        for name in TABLES:
            table = tables[Name(*name.split("."))]
            if name == "raw_data.sbd_raw_data":
                table = bare_table(table)
            for statement in create_table_with_keys(table):
                conn.execute(statement.encode())
        view = next(one for one in project.recreated if str(one.name) == VIEW)
        conn.execute(f"create view {VIEW} as {view.definition.text}".encode())
    return made


def test_the_declared_tests_pass(server: str) -> None:
    project = load_project(CONFIGS)
    pipeline = pipeline_named(load_pipelines(CONFIGS, project), "betting_splits", "etl")
    outcomes = {one.test: one.differences for one in run_tests(server, project, pipeline)}
    assert set(outcomes.values()) == {()}
    assert len(outcomes) == 6


# --- real files -----------------------------------------------------------------------------------


@pytest.mark.skipif(not ANSWER.is_file(), reason="the captured answer is not in the data folder")
def test_the_captured_answer_becomes_45_rows_of_its_games(splits: Splits) -> None:
    answer = json.loads(ANSWER.read_text(encoding="utf-8"))["games"]
    codes = [[game[side]["code"] for side in ("home", "away")] for game in answer]
    clubs = [tuple(CODES.get(code, code) for code in pair) for pair in codes]
    splits.games(
        *((*pair, game["gameday"], game["date"]) for pair, game in zip(clubs, answer, strict=True))
    )
    splits.execute(
        "alter table raw_data.sbd_raw_data alter id set not null,"
        " alter id add generated always as identity, alter updated_at set default now()"
    )
    into = ("--rows", "games", "--into", "raw_data.sbd_raw_data")
    maps = ("--map", "external_matchup_id=_id", "--map", "raw_response=$")
    assert splits.command("load", ANSWER, *into, *maps)["figures"]["loaded"] == 15
    dry = splits.command("etl", "run", "betting_splits", "--dry-run")
    done = splits.command("etl", "run", "betting_splits")
    assert (done["found"], done["created"], dry["created"]) == (45, 45, 45)
    wanted = {
        (*club_codes, game["gameday"], market, round(shares(game, market), 2))
        for club_codes, game in zip(clubs, answer, strict=True)
        for market in ("moneyline", "spread", "total")
    }
    found = splits.rows(
        "select home_team, away_team, official_date::text, market, home_or_over_bets_pct::float"
        " from analytics.timed_betting_splits"
    )
    assert len(found) == 45
    assert set(found) == wanted
    assert splits.rows(
        "select count(*) from analytics.timed_betting_splits where is_after_start"
    ) == [(3,)]  # three markets of one game
    again = splits.command("etl", "run", "betting_splits", "--full")
    assert (again["unchanged"], again["created"]) == (45, 0)


def shares(game: dict[str, Any], market: str) -> float:
    """The share of bets on the home side, or over."""
    side = "over" if market == "total" else "home"
    return float(game["bettingSplits"][market][side]["betsPercentage"])


@pytest.mark.skipif(not SHARES.is_file(), reason="the bet shares are not in the data folder")
def test_every_bet_share_of_2023_is_loaded_live_without_data_or_quarantined(
    splits: Splits,
) -> None:
    games = [g for g in read_folder(DATA).games if g.season == 2023]
    splits.games(*((g.home, g.away, g.official, g.start) for g in games))
    maps = ("payload=$", "source_file=$file", "source_line=$line")
    given = [word for one in maps for word in ("--map", one)]
    read = splits.command("load", SHARES, "--into", "raw_data.bet_share_rows", *given)
    done = splits.command("etl", "run", "betting_splits")
    assert (read["figures"]["loaded"], done["found"]) == (16_736, 16_736)
    ends = {"loaded": done["created"], **done["drops"], **done["reasons"]}
    print(json.dumps(ends, indent=4))
    assert sum(ends.values()) == 16_736
    assert tuple(done["drops"].values()) == splits.rows(KINDS)[0] == (1_908, 2_486, 1_177)
    assert (ends["loaded"], done["reasons"]) == (10_596, {"lookup-many": 43, "lookup-none": 526})
    ((ledger,),) = splits.rows(
        "select to_jsonb(r) from operational.integrity_pipeline_runs as r where run = 1"
    )
    assert {name: ledger[name] for name in ("created", "drops", "reasons")} == {
        name: done[name] for name in ("created", "drops", "reasons")
    }
    assert splits.rows(
        "select is_after_start, count(*) from analytics.timed_betting_splits group by 1 order by 1"
    ) == [(False, 10_589), (True, 7)]
    again = splits.command("etl", "run", "betting_splits", "--full")
    assert (again["unchanged"], again["created"], again["repeated"]) == (done["created"], 0, 0)


# --- splits beside their time and the lines -----------------------------------------------------

# Opening, then an hour later what the books said; the game starts at 18:00.
LINES = """
    insert into core_betting.sportsbooks (sportsbook_id, code, name) overriding system value
    values (1, 'one', 'One'), (2, 'two', 'Two'), (3, 'three', 'Three');
    insert into core_betting.betting_lines
        (game_id, sportsbook_id, market, side, phase, observed_at, points, price)
    select 1, l.book, l.market, l.side, l.phase, ('2023-05-01 ' || l.at || '+00')::timestamptz,
        l.points, l.price
    from (values
        (1, 'moneyline', 'home', 'opening', '12:00', null::numeric, -130),
        (1, 'moneyline', 'home', 'current', '13:00', null, 105),
        (1, 'moneyline', 'away', 'opening', '12:00', null, 110),
        (2, 'moneyline', 'home', 'opening', '12:00', null, -130),
        (2, 'moneyline', 'home', 'current', '13:00', null, -140),
        (3, 'moneyline', 'home', 'opening', '12:00', null, 120),
        (3, 'moneyline', 'home', 'current', '13:00', null, 125),
        (3, 'moneyline', 'home', 'closing', '17:59', null, 100),
        (1, 'spread', 'home', 'opening', '12:00', -1.5, 150),
        (1, 'spread', 'home', 'current', '12:00', -1.5, 150),
        (1, 'spread', 'home', 'current', '13:00', 1.5, -180),
        (2, 'spread', 'home', 'opening', '12:00', -1.5, 150),
        (2, 'spread', 'home', 'current', '13:00', -1.5, 140),
        (1, 'total', 'over', 'opening', '12:00', 8.5, -110),
        (1, 'total', 'over', 'current', '13:00', 9, -110),
        (1, 'total', 'over', 'live', '17:00', 3, -110)
    ) as l (book, market, side, phase, at, points, price);
"""


def seen(
    splits: Splits,
    market: str,
    bets: int,
    *,
    at: str = "17:30",
    book: str = "null",
    word: str = "null",
) -> tuple[Any, ...]:
    """What the view says of one split: minutes, after the start or not, reversed or not."""
    splits.execute(
        "delete from analytics.betting_splits;"
        " insert into analytics.betting_splits (game_id, market, source, sportsbook_id,"
        " observed_at, home_or_over_bets_pct, away_or_under_bets_pct, reverse_line_movement)"
        f" values (1, '{market}', 'x', {book}, '2023-05-01 {at}+00', {bets}, 100 - {bets}, {word})"
    )
    ((*found,),) = splits.rows(
        "select minutes_before_game, is_after_start, reverse_line_movement"
        " from analytics.timed_betting_splits"
    )
    return tuple(found)


def test_a_line_that_moves_against_most_bets_is_reversed(splits: Splits) -> None:
    splits.games(("CHC", "PIT", "2023-05-01", "2023-05-01 18:00+00"))
    splits.execute(LINES)
    assert seen(splits, "moneyline", 60, book="1") == (30, False, True)  # home became cheaper
    assert seen(splits, "moneyline", 40, book="1") == (30, False, False)
    assert seen(splits, "moneyline", 60, book="2") == (30, False, False)  # home became dearer
    assert seen(splits, "moneyline", 60) == (30, False, True)  # at two books of three
    assert seen(splits, "moneyline", 50, book="1") == (30, False, False)  # no side has most bets
    assert seen(splits, "moneyline", 60, book="3", at="17:59") == (1, False, False)
    assert seen(splits, "spread", 60, book="1") == (30, False, True)  # by the points
    assert seen(splits, "spread", 60, book="1", at="12:30") == (330, False, False)  # not moved yet
    assert seen(splits, "spread", 60, book="2") == (30, False, False)  # by the price
    assert seen(splits, "total", 60) == (30, False, False)  # over is dearer; live lines say nothing
    assert seen(splits, "total", 40) == (30, False, True)


def test_without_lines_or_start_nothing_is_said(splits: Splits) -> None:
    splits.games(("CHC", "PIT", "2023-05-01", "2023-05-01 18:00+00"))
    assert seen(splits, "total", 60) == (30, False, None)
    assert seen(splits, "total", 60, word="true") == (30, False, True)  # the source's own word
    splits.execute(LINES)
    assert seen(splits, "total", 60, at="11:59") == (361, False, None)
    assert seen(splits, "total", 60, at="18:00") == (0, True, None)
    assert seen(splits, "total", 60, at="18:00:30") == (-1, True, None)
    splits.execute("update core_betting.games set start_time = '2023-05-02 00:00+00'")
    assert seen(splits, "total", 60, at="18:00") == (360, False, False)
    splits.execute("update core_betting.games set start_time = null")
    assert seen(splits, "total", 60) == (None, None, None)


def test_the_difference_has_a_strength(splits: Splits) -> None:
    splits.games(("CHC", "PIT", "2023-05-01", "2023-05-01 18:00+00"))
    splits.execute(
        "insert into analytics.betting_splits (game_id, market, source, observed_at,"
        " home_or_over_bets_pct, home_or_over_money_pct, sharp_level)"
        " select 1, 'total', 'x', now() + m * interval '1 minute', 50, m,"
        " case m when 52 then 'high' end"
        " from unnest(array[20, 25, 30, 36, 52, 64.99, 65]) as m"
    )
    assert splits.rows(
        "select sharp_difference::float, sharp_level from analytics.timed_betting_splits order by 1"
    ) == [
        *((-30, "strong"), (-25, "strong"), (-20, "moderate"), (-14, None)),
        *((2, "high"), (14.99, None), (15, "weak")),
    ]


# --- the service --------------------------------------------------------------------------------


def payload(home: int, *, at: str = "17:00") -> str:
    sides = {"home": home, "away": 100 - home}
    split = {side: {"betsPercentage": n, "stakePercentage": 50} for side, n in sides.items()}
    game = {"home": {"code": "CHC"}, "away": {"code": "PIT"}, "date": "2023-05-01T18:00Z"}
    shares = {"moneyline": {"updated": f"2023-05-01T{at}Z", **split}}
    return json.dumps({**game, "gameday": "2023-05-01", "bettingSplits": shares})


def test_the_service_gives_raw_rows_then_those_of_the_load_then_loads_them(splits: Splits) -> None:
    splits.games(("CHC", "PIT", "2023-05-01", "2023-05-01 18:00+00"))
    splits.execute(
        "insert into analytics.betting_splits (game_id, market, source, observed_at)"
        " values (1, 'total', 'x', '2023-05-01');"
        " insert into raw_data.sbd_raw_data (id, external_matchup_id, raw_response, updated_at)"
        f" select n, n::text, p::jsonb, now() from (values (1, '{payload(60)}'),"
        f" (2, '{payload(60)}'), (3, '{payload(61)}')) as one (n, p)"
    )
    service = BettingSplitsETLService(splits.url, CONFIGS)
    raw = asyncio.run(service.extract_raw_splits(rows=3))
    assert (raw.found, raw.by_source["raw_data.sbd_raw_data"]) == (9, 9)
    assert [(r.source, r.values["id"], r.values["market"]) for r in raw.rows] == [
        ("raw_data.sbd_raw_data", 1, market) for market in ("moneyline", "spread", "total")
    ]
    would = asyncio.run(service.transform_splits())
    assert splits.rows("select count(*) from analytics.betting_splits") == [(1,)]
    loaded = asyncio.run(service.load_splits())
    assert loaded.figures == would.result.figures
    assert (loaded.figures.created, loaded.figures.repeated) == (1, 1)
    assert loaded.figures.reasons == {"repeat-differs": 1}
    (row,) = would.rows
    assert (row.game_id, row.sharp_difference, row.repeats) == (1, -10, 1)
    stands = "select home_or_over_bets_pct, repeats from analytics.betting_splits where split_id = "
    assert splits.rows(f"{stands}{row.split_id}") == [(60, 1)]
    assert asyncio.run(service.transform_splits()).rows == ()


def test_an_answer_that_was_overwritten_is_another_observation(splits: Splits) -> None:
    """The landing table holds one answer of a game; what it said before stays in the splits."""
    splits.games(("CHC", "PIT", "2023-05-01", "2023-05-01 18:00+00"))
    splits.execute(
        "insert into raw_data.sbd_raw_data (id, external_matchup_id, raw_response, updated_at)"
        f" values (1, 'a', '{payload(60)}', now())"
    )
    service = BettingSplitsETLService(splits.url, CONFIGS)
    asyncio.run(service.load_splits())
    splits.execute(
        f"update raw_data.sbd_raw_data set raw_response = '{payload(55, at='17:30')}',"
        " updated_at = now()"
    )
    assert asyncio.run(service.load_splits()).figures.created == 1
    assert splits.rows(
        "select minutes_before_game, home_or_over_bets_pct from analytics.timed_betting_splits"
        " order by observed_at"
    ) == [(60, 60), (30, 55)]

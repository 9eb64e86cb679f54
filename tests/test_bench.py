"""Benchmarks at a tiny size: the contestants end with the same rows. Times are not looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from integrity.bench import place as at
from integrity.bench.__main__ import main
from integrity.bench.consolidate import apply, consolidate
from integrity.bench.etl import etl
from integrity.bench.figure import Figure, compared, limited, table
from integrity.bench.follow import follow
from integrity.bench.memory import memory
from integrity.bench.move import move
from integrity.bench.place import Place
from integrity.bench.plan import plan
from integrity.bench.startup import startup
from integrity.bench.sync import sync
from integrity.bench.verify import verify
from integrity.database.connect import connect
from integrity.errors import ConfigFailure, UnprovenFailure

ROWS = 400  # per table: two dirty rows, eight repeats


@pytest.fixture
def place(server: str) -> Place:
    return Place(server, at.version_of(server), rounds=1)


def test_consolidate_ends_with_the_same_rows(place: Place) -> None:
    figures = consolidate(place, ROWS)
    assert [figure.name for figure in figures] == [
        "consolidate, without verify",
        "consolidate, with verify",
        "consolidate, with verify",
    ]
    assert figures[0].ours < figures[1].ours
    assert {figure.size for figure in figures} == {"3 x 400 rows"}


def test_every_kind_of_row_is_there(place: Place) -> None:
    given = at.project("consolidate")
    with place.database() as url:
        at.fill(url, given, "consolidate/data.sql", ROWS)
        apply(at.compiled(given, place), url)
        account = at.first_row(url, "consolidate/check/account.ours.sql")
        with connect(url) as conn:
            indexes = conn.execute(
                "select count(*) from pg_catalog.pg_indexes"
                " where schemaname = 'sales' and tablename = 'lines'"
            ).fetchone()
    assert account == ("north.lines 400 398 0 2, south.lines 400 390 8 2, web.lines 400 390 8 2",)
    assert indexes == (5,)


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        ("rows", "update sales.lines set note = 'other' where line_id = 1"),
        ("numbers", "update sales.lines set line_id = line_id + 1000000 where line_id = 1"),
        ("rejects.ours", "update operational.integrity_quarantine set reason = 'other'"),
        ("merged.ours", "update operational.integrity_crosswalk_sales_lines set unified_key = 0"),
        ("account.ours", "update operational.integrity_ledger set inserted = 0"),
    ],
)
def test_the_checks_see_a_difference(place: Place, check: str, broken: str) -> None:
    given = at.project("consolidate")
    with place.database() as url:
        at.fill(url, given, "consolidate/data.sql", ROWS)
        apply(at.compiled(given, place), url)
        before = at.first_row(url, f"consolidate/check/{check}.sql")
        with connect(url) as conn:
            conn.execute(broken.encode())
        assert at.first_row(url, f"consolidate/check/{check}.sql") != before


def test_a_contestant_with_other_rows_fails(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = at.script

    def without_rejects(path: str) -> bytes:
        return b"select" if "3b_rejects" in path else scripts(path)

    monkeypatch.setattr(at, "script", without_rejects)
    with pytest.raises(UnprovenFailure, match=r"rejects\.\{\}: consolidate/best ends with"):
        consolidate(place, ROWS)


def test_verify_agrees_with_the_select_by_hand(place: Place) -> None:
    (figure,) = verify(place, ROWS)
    assert (figure.name, figure.size) == ("verify", "1,200 rows")


def test_etl_statement_and_service_end_with_the_same_rows(place: Place) -> None:
    figures = etl(place, 2_000)
    assert [figure.against[:13] for figure in figures] == ["one statement", "a service row"]


def test_sync_and_the_statement_end_with_the_same_rows(place: Place) -> None:
    figures = sync(place, 1_000)
    assert [figure.name for figure in figures] == ["sync", "sync, nothing new"]


@pytest.mark.parametrize(
    ("bench", "path", "old", "new"),
    [
        (
            etl,
            "polls/byhand/load.sql",
            b"when f.question not in",
            b"when true then 'x' when f.question in",
        ),
        (etl, "polls/byhand/load.sql", b">= 20 then 'moderate'", b">= 21 then 'moderate'"),
        (sync, "reports/byhand/sync.sql", b"then 'first' else 'second'", b"then 'x' else 'y'"),
    ],
)
def test_a_statement_with_other_rows_fails(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    bench: Callable[[Place, int], list[Figure]],
    path: str,
    old: bytes,
    new: bytes,
) -> None:
    scripts = at.script
    assert old in scripts(path)
    monkeypatch.setattr(at, "script", lambda given: scripts(given).replace(old, new))
    with pytest.raises(UnprovenFailure, match="by hand ends with"):
        bench(place, 1_000)


def test_move_keeps_every_row(place: Place) -> None:
    figures = move(place, 2_000)
    assert [figure.size for figure in figures] == ["2,000 rows"] * 3


def test_follow_applies_every_commit(place: Place) -> None:
    figures = follow(place, 40)
    assert [figure.name for figure in figures] == [
        "follow, median from commit to applied",
        "follow, 95 % from commit to applied",
    ]
    assert 0 < figures[0].ours <= figures[1].ours < 30
    assert {figure.size for figure in figures} == {"40 commits, 200 a second"}


def test_startup_runs_the_commands(place: Place) -> None:
    configs = Path(at.__file__).parent / "projects" / "consolidate"
    figures = startup(place, configs)
    assert figures[-1].size == "9 files"
    with pytest.raises(ConfigFailure, match=r"nowhere/project\.yaml:1:1: is missing"):
        startup(place, Path("nowhere"))


def test_plan_without_rivals_says_so(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("INTEGRITY_BENCH_TOOLS", str(tmp_path))
    configs = Path(at.__file__).parent / "projects" / "consolidate"
    assert [figure.name for figure in plan(place, configs)] == [
        "plan: validate",
        "plan: compile --check",
        "plan: plan",
        "plan: plan, nothing to do",
    ]
    assert capsys.readouterr().err.splitlines() == [
        "  alembic autogenerate: not installed",
        "  dbt compile: not installed",
        "  sqlmesh plan: not installed",
    ]


def test_memory_is_that_of_a_process_that_applies(place: Place) -> None:
    (figure,) = memory(place, 200)
    assert (figure.unit, figure.size) == ("MB", "3 x 800 rows")
    assert 10 < figure.ours < 1_000


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    figure = compared("x", [2.0, 9.0, 4.0], "y", [1.0, 3.0, 4.0], size="", server="", at_most=1.5)
    assert (figure.ours, figure.theirs, figure.ratio, figure.met) == (4.0, 3.0, 2.0, False)
    assert limited("x", [0.1, 0.3, 0.1], size="", at_most=0.2).met


def test_the_table() -> None:
    figure = compared("x", [2.0], "y", [1.0], size="5 rows", server="", at_most=2)
    unlike = replace(figure, name="z", unit="MB", goal="", met=None)
    assert table([figure, unlike]).splitlines() == [
        "figure  ours    against  theirs  ratio  size    goal",
        "x       2.00 s  y        1.00 s  2.00   5 rows  ratio at most 2  met",
        "z       2.0 MB  y        1.0 MB  2.00   5 rows",
    ]


def test_the_command_prints_json(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["verify", "--json", "--size", "200", "--rounds", "1", "--database", server]
    assert main(arguments) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert set(found) == set(Figure.__dataclass_fields__)
    assert found["server"].startswith("PostgreSQL ")

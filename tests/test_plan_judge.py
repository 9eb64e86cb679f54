"""The judge sends many statements at once, and finds the one that the server refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.config import load_project
from integrity.database.connect import Connection, connect
from integrity.errors import ConfigFailure
from integrity.model import Project, Stage, StageKind, Statement, Step
from integrity.plan import judge

CONFIGS = Path(__file__).parent / "retailer" / "configs"


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database) as conn:
        yield conn


def run(conn: Connection, *statements: str | Statement) -> None:
    project: Project = load_project(CONFIGS)
    steps = tuple(
        Step(
            id=f"step-{number}",
            title=f"step {number}",
            why="",
            statements=(sql if isinstance(sql, Statement) else Statement(sql=sql),),
        )
        for number, sql in enumerate(statements, 1)
    )
    judge._run(conn, project, (Stage(kind=StageKind.CREATE, steps=steps),))


def test_the_refused_step_is_named_behind_those_that_work(conn: Connection) -> None:
    with pytest.raises(ConfigFailure, match="step 3: the server refuses it: relation"):
        run(conn, "create table public.a ()", "create index on public.a ((1))", "table public.b")


@pytest.mark.parametrize("opens", ["select 'a", "select 1 /* a", 'select 1 as "a', "select $$a"])
def test_a_statement_cannot_swallow_the_next(conn: Connection, opens: str) -> None:
    closes = {"'": "select '", "/*": "*/ select 1", '"': 'select 1 as "', "$$": "$$"}
    closing = next(text for mark, text in closes.items() if mark in opens)
    with pytest.raises(ConfigFailure, match="step 1: the server refuses it: unterminated"):
        run(conn, opens, closing)


def test_what_needs_no_transaction_gets_none(conn: Connection) -> None:
    alone = Statement(sql="create index concurrently on public.a (b)", transactional=False)
    run(conn, "create table public.a (b int)", alone, "drop table public.a")


def test_settings_of_a_transaction_do_not_reach_others(conn: Connection) -> None:
    with pytest.raises(ConfigFailure, match="step 3: the server refuses it"):
        run(conn, "create table public.a ()", "set local search_path = public", "table a")

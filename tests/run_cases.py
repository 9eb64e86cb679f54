"""A hand-made migration with a step of every kind, and a runner for processes that get killed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from integrity.database.connect import connect
from integrity.errors import Failure
from integrity.model import (
    Migration,
    Settings,
    Slices,
    Stage,
    StageKind,
    Statement,
    Step,
)
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.run.executor import RunResult, execute
from integrity.run.locks import Retry
from integrity.run.progress import Silent

__all__ = ["Silent", "StageKind"]

SCHEMA = "tool kit"  # needs quotes on purpose
ROWS = 2_000
SETTINGS = Settings(
    name="case", toolkit_schema=SCHEMA, lock_timeout_ms=300, workers=2, slice_rows=250
)


def step(
    name: str, *sql: str | Statement, after: Sequence[str] = (), unlogged: bool = False
) -> Step:
    statements = tuple(one if isinstance(one, Statement) else Statement(sql=one) for one in sql)
    return Step(
        id=name,
        title=name,
        why="a test needs it",
        statements=statements,
        after=tuple(after),
        unlogged=unlogged,
    )


def stage(kind: StageKind, *steps: Step) -> Stage:
    return Stage(kind=kind, steps=steps)


def migration(*stages: Stage, rollback: Sequence[Stage] = (), number: int = 7) -> Migration:
    first = stage(StageKind.PREPARE, TOOLKIT)
    return Migration(number=number, name="case", stages=(first, *stages), rollback=tuple(rollback))


TOOLKIT = step("toolkit", *toolkit_statements(SCHEMA))
BOUNDS = "select min(k), max(k) from work.rows"
BOUNDARY = (
    "select max(k) from (select k from work.rows where k > %(low)s"
    " order by k limit %(rows)s) as next"
)


def sliced(target: str, pause: float) -> Statement:
    copy = f"insert into app.{target} (k, v) select k, (v %% 7)::text from work.rows"
    part = f"{copy} where k > %(low)s and k <= %(high)s and (select pg_sleep({pause})) is not null"
    slices = Slices(sql=part, bounds=BOUNDS, boundary=BOUNDARY)
    return Statement(sql=copy.replace("%%", "%"), slices=slices)


def full(pause: float = 0.0) -> Migration:
    """There: legacy rows into two tables by way of a work table. Back: legacy as it was."""
    nap = f"select pg_sleep({pause})"
    work = step(
        "work",
        "create schema if not exists work",
        "drop table if exists work.rows",
        "create unlogged table work.rows (k bigint primary key, v bigint)",
        "insert into work.rows select id * 3, id from legacy.rows",
        nap,
        unlogged=True,
    )
    there = (
        stage(
            StageKind.CREATE,
            step("schema", "create schema app", nap),
            step("one", "create table app.one (k bigint, v text)", after=["schema"]),
            step("two", "create table app.two (k bigint, v text)", nap, after=["schema"]),
        ),
        stage(
            StageKind.LOAD,
            work,
            step("load.one", sliced("one", pause), after=["work"]),
            step(
                "load.two",
                "insert into app.two values (-1, 'first')",
                sliced("two", pause),
                after=["work"],
            ),
            step("change", "update legacy.rows set v = 'taken'", nap),
        ),
        stage(
            StageKind.CONSTRAIN,
            step("key.one", "alter table app.one add primary key (k)", nap),
            step(
                "index.two",
                Statement(
                    sql="create unique index concurrently two_k on app.two (k)", transactional=False
                ),
                Statement(sql="vacuum app.two", transactional=False),
            ),
        ),
        stage(
            StageKind.SWITCH,
            step("switch", "alter schema app rename to unified", nap),
            step("clean", "drop schema work cascade", nap, after=["switch"]),
        ),
    )
    back = (
        stage(
            StageKind.SWITCH,
            step("unswitch", "alter schema unified rename to app", nap),
        ),
        stage(
            StageKind.LOAD,
            step("legacy", "update legacy.rows set v = 'row ' || id", nap),
            step("keep", "insert into legacy.back select count(*) from app.one", nap),
        ),
        stage(StageKind.CREATE, step("drop", "drop schema app cascade", nap)),
    )
    return migration(*there, rollback=back)


def prepare(url: str) -> None:
    with connect(url) as conn:
        conn.execute("create schema legacy")
        conn.execute("create table legacy.rows (id bigint, v text)")
        conn.execute("create table legacy.back (n bigint)")
        conn.execute(
            "insert into legacy.rows select i, 'row ' || i from generate_series(1, %s) as i", [ROWS]
        )


def run(url: str, case: Migration, direction: str = "apply", **options: Any) -> RunResult:
    options = {"settings": SETTINGS, "plan_hash": "abc", "retry": Retry(budget=1.0)} | options
    return execute(case, direction=direction, url=url, **options)


def rows(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(url) as conn:
        return conn.execute(sql, values or None).fetchall()


def state(url: str) -> list[Any]:
    """Everything that must be the same after an undisturbed and a disturbed run."""
    found: list[Any] = rows(
        url,
        "select nspname, relname, relkind, coalesce(indisvalid, true) from pg_class"
        " join pg_namespace n on n.oid = relnamespace"
        " left join pg_index on indexrelid = pg_class.oid"
        " where nspname in ('app', 'unified', 'work', 'legacy') order by 1, 2",
    )
    for schema, table, kind, _ in list(found):
        if kind == "r":
            digest = "md5(string_agg(t::text, ',' order by t::text))"
            found += rows(url, f"select '{table}', count(*), {digest} from {schema}.{table} t")
    found += rows(
        url,
        "select migration, direction, step, statement_hash, outcome, rows"
        f' from "{SCHEMA}".integrity_journal order by 2, 3',
    )
    return found


if __name__ == "__main__":
    database, way, pause = sys.argv[1:4]
    try:
        run(database, full(float(pause)), way)
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)

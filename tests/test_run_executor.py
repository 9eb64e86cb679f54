"""Runs of hand-made migrations on a real server, undisturbed ones and ones that fail."""

from __future__ import annotations

import time
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
import run_cases as cases

from integrity.database.connect import connect
from integrity.errors import (
    DatabaseFailure,
    DriftFailure,
    Failure,
    RefusedFailure,
    UnprovenFailure,
)
from integrity.model import Migration, Slices, StageKind, Statement
from integrity.run.executor import RunResult
from integrity.run.progress import Lines, Silent

KIT = f'"{cases.SCHEMA}"'


def test_there_and_back_and_there_again(database: str) -> None:
    cases.prepare(database)
    before = cases.rows(database, "select * from legacy.rows order by id")
    there = cases.run(database, cases.full())
    assert (len(there.steps), there.skipped, there.run_id) == (12, 0, 1)
    first = cases.state(database)
    assert cases.run(database, cases.full()).steps == ()
    back = cases.run(database, cases.full(), "rollback")
    assert [one.step for one in back.steps][-1] == "drop"
    assert cases.rows(database, "select * from legacy.rows order by id") == before
    assert (
        cases.rows(database, "select from pg_namespace where nspname in ('app', 'unified')") == []
    )
    assert cases.run(database, cases.full(), "rollback").steps == ()
    cases.rows(database, "delete from legacy.back returning 1")
    assert len(cases.run(database, cases.full()).steps) == 12
    again = [line for line in cases.state(database) if "rollback" not in line]
    assert again == first


def test_the_record_of_a_run(database: str) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    assert cases.rows(
        database,
        "select migration, direction, plan_hash, outcome, finished_at > started_at"
        f" from {KIT}.integrity_runs",
    ) == [("007_case", "apply", "abc", "done", True)]
    assert cases.rows(
        database, f"select migration, number, plan_hash from {KIT}.integrity_state"
    ) == [("007_case", 7, "abc")]
    journal = dict(cases.rows(database, f"select step, rows from {KIT}.integrity_journal"))
    assert journal["work"] == journal["load.one"] == cases.ROWS
    assert journal["load.two"] == cases.ROWS + 1
    assert cases.rows(
        database, f"select count(distinct run_id), count(run_id) from {KIT}.integrity_journal"
    ) == [(1, 12)]


def test_slices_are_exact_and_balanced(database: str) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    slices = cases.rows(
        database,
        f"select low, high, rows from {KIT}.integrity_slices where step = 'load.one' order by low",
    )
    assert [rows for _, _, rows in slices] == [250] * 8
    assert [high for _, high, _ in slices[:-1]] == [low for low, _, _ in slices[1:]]
    assert (slices[0][0], slices[-1][1]) == (2, cases.ROWS * 3)
    assert cases.rows(database, "select count(*), count(distinct k), sum(k) from unified.one") == [
        (cases.ROWS, cases.ROWS, 3 * cases.ROWS * (cases.ROWS + 1) // 2)
    ]


@pytest.mark.parametrize(
    ("boundary", "bounds", "rows"), [("", "1, 600", 600), (None, "null, null", 0)]
)
def test_a_statement_that_is_not_worth_cutting_runs_whole(
    database: str, boundary: str | None, bounds: str, rows: int
) -> None:
    ends = cases.BOUNDARY if boundary is None else boundary
    whole = f"insert into app.t select generate_series(1, {rows})"
    slices = Slices(
        sql="select 1 / 0 where %(low)s < %(high)s", bounds=f"select {bounds}", boundary=ends
    )
    load = cases.step("load", Statement(sql=whole, slices=slices), after=["table"])
    table = cases.step("table", "create schema app; create table app.t (k bigint)")
    case = cases.migration(cases.stage(StageKind.LOAD, load, table))
    found = cases.run(database, case)
    assert {one.step: one.rows for one in found.steps}["load"] == rows
    assert cases.rows(database, f"select count(*) from {KIT}.integrity_slices") == [(0,)]


def test_independent_steps_run_at_the_same_time(database: str) -> None:
    # Each waits until it sees the other in the middle of its statement.
    wait = """do $$ begin
        perform pg_advisory_xact_lock_shared(%s);
        for i in 1..200 loop
            if exists (select from pg_locks where locktype = 'advisory' and objid = %s) then
                return;
            end if;
            perform pg_sleep(0.02);
        end loop;
        raise 'alone';
    end $$"""
    pair = [cases.step("a", wait % (1, 2), "select pg_sleep(0.1)"),
            cases.step("b", wait % (2, 1), "select pg_sleep(0.1)")]  # fmt: skip
    cases.run(database, cases.migration(cases.stage(StageKind.CREATE, *pair)))


def test_a_refused_statement_names_step_code_and_state(database: str) -> None:
    cases.prepare(database)
    bad = cases.step(
        "bad", "insert into legacy.back values (1)", "select 1 / (id - 5) from legacy.rows"
    )
    case = cases.migration(cases.stage(StageKind.LOAD, bad))
    with pytest.raises(DatabaseFailure) as failed:
        cases.run(database, case)
    assert failed.value.message == (
        "apply 007_case: step bad: division by zero (SQLSTATE 22012): 1 of 2 steps are done"
    )
    assert failed.value.hint == "run the same command again to go on, or roll back"
    assert cases.rows(database, "select count(*) from legacy.back") == [(0,)]
    ((outcome, detail),) = cases.rows(database, f"select outcome, detail from {KIT}.integrity_runs")
    assert outcome == "failed"
    assert "division by zero" in detail
    cases.rows(database, "delete from legacy.rows where id = 5 returning 1")
    assert [one.step for one in cases.run(database, case).steps] == ["bad"]


def test_errors_of_several_workers_are_reported_together(database: str) -> None:
    both = [cases.step(name, "select pg_sleep(0.3)", "select 1 / 0") for name in "ab"]
    with pytest.raises(DatabaseFailure) as failed:
        cases.run(database, cases.migration(cases.stage(StageKind.LOAD, *both)))
    # Both had begun their last statement, or the second stopped at the border before it.
    assert "division by zero" in failed.value.message
    assert failed.value.message.count("step ") in (1, 2)


def test_after_an_error_others_stop_at_the_next_statement(database: str) -> None:
    cases.prepare(database)
    case = cases.migration(
        cases.stage(
            StageKind.LOAD,
            cases.step("bad", "select pg_sleep(0.1)", "select 1 / 0"),
            cases.step("slow", "select pg_sleep(0.6)", "insert into legacy.back values (1)"),
            cases.step("later", "insert into legacy.back values (2)", after=["slow"]),
        )
    )
    with pytest.raises(DatabaseFailure, match="step bad: division by zero"):
        cases.run(database, case)
    assert cases.rows(database, "select count(*) from legacy.back") == [(0,)]


class Slow(Silent):
    """Progress on a terminal that is slow to draw."""

    def step_started(self, step: str) -> None:
        time.sleep(0.3)


def test_a_step_that_ends_beside_a_failure_is_no_second_failure(database: str) -> None:
    cases.prepare(database)
    case = cases.migration(
        cases.stage(
            StageKind.LOAD,
            cases.step("bad", "select 1 / 0"),
            cases.step("quick", "insert into legacy.back values (1)"),
        )
    )
    one = replace(cases.SETTINGS, workers=1)  # it takes up "quick" before "bad" is heard of
    with pytest.raises(DatabaseFailure, match="step bad: division by zero"):
        cases.run(database, case, settings=one, progress=Slow())
    assert cases.rows(database, "select count(*) from legacy.back") == [(1,)]


def test_what_generated_sql_finds_wrong_is_unproven(database: str) -> None:
    text = (
        "do $$ begin raise exception using"
        " errcode = 'IG001', message = 'no balance', hint = 'look'; end $$"
    )
    with pytest.raises(UnprovenFailure) as failed:
        cases.run(database, cases.migration(cases.stage(StageKind.VERIFY, cases.step("l", text))))
    assert failed.value.hint == "look"


def test_statement_timeout(database: str) -> None:
    quick = replace(cases.SETTINGS, statement_timeout_ms=100)
    case = cases.migration(cases.stage(StageKind.LOAD, cases.step("slow", "select pg_sleep(9)")))
    with pytest.raises(DatabaseFailure) as failed:
        cases.run(database, case, settings=quick)
    assert failed.value.message == (
        "apply 007_case: step slow: canceling statement due to statement timeout"
        " (SQLSTATE 57014): 1 of 2 steps are done"
    )
    assert failed.value.hint.startswith("raise timeouts: statement in project.yaml; then run")


def test_nothing_is_left_when_the_first_step_fails(database: str) -> None:
    broken = cases.step("toolkit", *(one.sql for one in cases.TOOLKIT.statements), "select 1 / 0")
    case = Migration(
        number=1, name="x", stages=(cases.stage(StageKind.PREPARE, broken),), rollback=()
    )
    with pytest.raises(DatabaseFailure, match=r"division by zero .*: nothing was changed"):
        cases.run(database, case)
    assert cases.rows(database, "select from pg_namespace where nspname = %s", cases.SCHEMA) == []


def test_a_migration_that_does_not_create_the_journal_is_a_defect(database: str) -> None:
    case = Migration(
        number=1,
        name="x",
        stages=(cases.stage(StageKind.PREPARE, cases.step("a", "create schema app")),),
        rollback=(),
    )
    with pytest.raises(Failure) as failed:
        cases.run(database, case)
    assert "integrity_runs" in failed.value.message
    assert cases.rows(database, "select from pg_namespace where nspname = 'app'") == []


def interrupted(database: str, *, direction: str = "apply") -> None:
    """Leave the full case half done: its switch fails because a schema is in the way."""
    with connect(database) as conn:
        conn.execute("create schema unified" if direction == "apply" else "create schema app")
    with pytest.raises(DatabaseFailure, match="already exists"):
        cases.run(database, cases.full(), direction)
    with connect(database) as conn:
        conn.execute("drop schema unified" if direction == "apply" else "drop schema app")


def test_a_changed_plan_is_refused_until_it_is_rolled_back(database: str) -> None:
    cases.prepare(database)
    interrupted(database)
    changed = cases.full(0.001)
    with pytest.raises(DriftFailure) as refused:
        cases.run(database, changed)
    assert refused.value.message == (
        "the plan of 007_case (apply) changed since the run that began it: "
        "change, key.one, schema, two, work"
    )
    assert refused.value.hint == (
        "go on with the plan that was begun, or roll it back first and then apply the new plan"
    )
    cases.run(database, cases.full())


def test_apply_over_a_rollback_that_has_not_ended_is_refused(database: str) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    with connect(database) as conn:
        conn.execute("alter table legacy.back rename to away")
    with pytest.raises(DatabaseFailure, match=r"rollback 007_case: .*legacy.back"):
        cases.run(database, cases.full(), "rollback")
    with pytest.raises(DriftFailure, match="rollback of 007_case has begun and not ended"):
        cases.run(database, cases.full())
    with connect(database) as conn:
        conn.execute("alter table legacy.away rename to back")
    back = cases.run(database, cases.full(), "rollback")
    assert "unswitch" not in [one.step for one in back.steps]
    cases.run(database, cases.full())


def test_rollback_below_a_later_migration_is_refused(database: str) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    with connect(database) as conn:
        conn.execute(f"insert into {KIT}.integrity_state (migration, number) values ('8', 8)")
    with pytest.raises(RefusedFailure, match="a later migration is applied on top of 007_case"):
        cases.run(database, cases.full(), "rollback")


def test_a_rollback_of_what_never_ran_does_nothing(database: str) -> None:
    assert cases.run(database, cases.full(), "rollback") == RunResult(
        "007_case", "rollback", None, (), 0, 0.0
    )


def test_killed_after_the_last_step_the_state_is_still_written(database: str) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    cases.rows(database, f"delete from {KIT}.integrity_state returning 1")
    assert cases.run(database, cases.full()).steps == ()
    assert len(cases.rows(database, f"select from {KIT}.integrity_state")) == 1


def test_gate_stops_before_a_stage(database: str) -> None:
    cases.prepare(database)
    asked: list[StageKind] = []

    def gate(kind: StageKind) -> None:
        asked.append(kind)
        if kind is StageKind.SWITCH:
            raise UnprovenFailure("one row differs", hint="look at it")

    with pytest.raises(UnprovenFailure) as stopped:
        cases.run(database, cases.full(), gate=gate)
    assert stopped.value.message == "apply 007_case: one row differs: 10 of 12 steps are done"
    assert asked == [StageKind.CREATE, StageKind.LOAD, StageKind.CONSTRAIN, StageKind.SWITCH]
    assert [one.step for one in cases.run(database, cases.full()).steps] == ["switch", "clean"]


def test_plain_progress(database: str) -> None:
    cases.prepare(database)
    stream = StringIO()
    cases.run(database, cases.full(), progress=Lines(stream))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "apply 007_case: 12 steps"
    assert lines[-1].startswith("[12/12] clean: 0.")
    assert any(": 2,000 rows in " in line for line in lines)


def test_concurrent_index_leftovers(database: str) -> None:
    """A unique build over duplicates leaves an invalid index, which the next attempt replaces."""
    sql = 'create unique index concurrently "Odd ""name" on only app."T t" (k)'
    index = cases.step("index", Statement(sql=sql, transactional=False))
    table = cases.step(
        "table",
        "create schema app",
        'create table app."T t" as select 1 as k, x from generate_series(1, 2) as x',
    )
    case = cases.migration(
        cases.stage(StageKind.CREATE, table), cases.stage(StageKind.CONSTRAIN, index)
    )
    with pytest.raises(DatabaseFailure, match=r"Key .* is duplicated"):
        cases.run(database, case)
    valid = "select indisvalid from pg_index where indrelid = 'app.\"T t\"'::regclass"
    assert cases.rows(database, valid) == [(False,)]
    cases.rows(database, 'delete from app."T t" where x = 2 returning 1')
    done: Any = cases.run(database, case)
    assert [one.step for one in done.steps] == ["index"]
    assert cases.rows(database, valid) == [(True,)]

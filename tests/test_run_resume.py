"""Runners and servers that are killed on the way: run again, all is as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import run_cases as cases

from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import connect, create_database, with_database
from integrity.errors import Exit, Failure

ROOT = Path(__file__).resolve().parent.parent
PAUSE = 0.03
KIT = f'"{cases.SCHEMA}"'


def start(url: str, direction: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "run_cases.py"), url, direction, str(PAUSE)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, text = process.communicate(timeout=60)
    return process.returncode, text


def first_step(url: str) -> None:
    """Wait until a run has done something."""
    for _ in range(500):
        try:
            if cases.rows(url, f"select from {KIT}.integrity_journal where outcome <> 'undone'"):
                return
        except Exception:
            pass
        time.sleep(0.02)
    raise AssertionError("the runner does not start")


def expected(url: str) -> tuple[list[Any], list[Any]]:
    """The states after undisturbed apply and rollback, in a database of their own."""
    cases.prepare(url)
    cases.run(url, cases.full(PAUSE))
    there = cases.state(url)
    cases.run(url, cases.full(PAUSE), "rollback")
    return there, cases.state(url)


def kill_until_done(url: str, direction: str, chance: random.Random) -> int:
    """Kill the runner at random moments, twice at least; how often, before it came to its end."""
    for kills in range(60):
        process = start(url, direction)
        if kills == 0 and direction == "apply":
            first_step(url)
        try:
            # Longer each time: on a busy machine the runner needs seconds to start.
            process.wait(timeout=chance.uniform(0.0, 0.4) * max(1, kills))
        except subprocess.TimeoutExpired:
            process.kill()
            end(process)
            continue
        code, text = end(process)
        assert code == Exit.OK, text
        return kills
    raise AssertionError("the run never ends")


@pytest.mark.slow
@pytest.mark.both_servers
@pytest.mark.parametrize("seed", range(1))
def test_kill_9_of_the_runner(make_database: Any, seed: int) -> None:
    there, back = expected(make_database())
    url, chance = make_database(), random.Random(seed)
    cases.prepare(url)
    kills = kill_until_done(url, "apply", chance)
    assert cases.state(url) == there
    kills += kill_until_done(url, "rollback", chance)
    assert cases.state(url) == back
    assert kills > 0
    outcomes = cases.rows(url, f"select outcome from {KIT}.integrity_runs order by run_id")
    assert {one for (one,) in outcomes} <= {"interrupted", "done"}


def test_a_runner_whose_coordinator_died_is_fenced_off(database: str) -> None:
    """The server goes on with the statement of a dead client; the next run ends that session."""
    cases.prepare(database)
    with connect(database, application_name="integrity worker") as orphan:
        orphan.autocommit = False
        orphan.execute("lock table legacy.rows")
        cases.run(database, cases.full())
        with pytest.raises(Exception, match="terminating connection"):
            orphan.execute("select 1")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_at_once_and_leave_a_resumable_run(database: str, number: int) -> None:
    cases.prepare(database)
    process = start(database, "apply")
    first_step(database)
    process.send_signal(number)
    code, text = end(process)
    assert code == Exit.INTERRUPTED
    name = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}[signal.Signals(number)]
    assert text.startswith(f"apply 007_case was stopped by {name}: ")
    assert " of 12 steps are done" in text
    assert "hint: run the same command again to go on, or roll back" in text
    ((outcome,),) = cases.rows(database, f"select outcome from {KIT}.integrity_runs")
    assert outcome == "interrupted"
    assert cases.rows(
        database,
        "select count(*) from pg_stat_activity where application_name ~ '^integrity worker'",
    ) == [(0,)]
    cases.run(database, cases.full(PAUSE))


def test_ctrl_c_cancels_a_long_statement(database: str) -> None:
    slow = cases.migration(
        cases.stage(cases.StageKind.LOAD, cases.step("s", "select pg_sleep(60)"))
    )
    begin = time.monotonic()
    threading.Timer(0.7, os.kill, [os.getpid(), signal.SIGINT]).start()
    with pytest.raises(Failure) as stopped:
        cases.run(database, slow)
    assert time.monotonic() - begin < 10
    assert stopped.value.exit_code == Exit.INTERRUPTED
    assert stopped.value.message == ("apply 007_case was stopped by Ctrl-C: 1 of 2 steps are done")


class Crashing:
    """A server of this test's own, to be stopped without mercy."""

    def __init__(self, server: embedded.Server) -> None:
        self.url = server.url
        self._command = [server.bin_dir / "pg_ctl", "-D", server.data_dir / "cluster", "-w"]
        self._log = server.data_dir / "cluster" / "server.log"

    def crash(self) -> None:
        assert server_account().run([*self._command, "-m", "immediate", "stop"]) == 0
        assert server_account().run([*self._command, "-l", self._log, "start"]) == 0


@pytest.fixture(scope="module")
def crashing() -> Iterator[Crashing]:
    with embedded.start(ephemeral=True) as server:
        yield Crashing(server)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1))
def test_crash_of_the_server(crashing: Crashing, seed: int) -> None:
    there, back = expected(create_database(crashing.url, f"calm_{seed}"))
    url = create_database(crashing.url, f"crash_{seed}")
    cases.prepare(url)
    chance = random.Random(seed)
    for direction, state in (("apply", there), ("rollback", back)):
        for _ in range(2):
            process = start(url, direction)
            if direction == "apply":
                first_step(url)
            time.sleep(chance.uniform(0.0, 0.6) if direction == "apply" else 0.4)
            crashing.crash()
            code, text = end(process)
            assert code in (Exit.OK, Exit.INTERRUPTED, Exit.DATABASE), text
            if code == Exit.INTERRUPTED:
                assert "the connection to the server was lost" in text
        code, text = end(start(url, direction))
        assert code == Exit.OK, text
        assert cases.state(url) == state


def test_work_tables_are_filled_again_after_a_crash(crashing: Crashing) -> None:
    url = create_database(crashing.url, "work")
    cases.prepare(url)
    case = cases.full()
    with connect(url) as conn:
        conn.execute("alter table legacy.rows rename v to w")  # stops the stage in its middle
    with pytest.raises(Failure, match="step change: "):
        cases.run(url, case, workers=1)
    with connect(url) as conn:
        done = {one for (one,) in conn.execute(f"select step from {KIT}.integrity_journal")}
        conn.execute("alter table legacy.rows rename w to v")
        conn.execute("checkpoint")  # this server would lose the last commits otherwise
    assert "work" in done
    crashing.crash()
    assert cases.rows(url, "select count(*) from work.rows") == [(0,)]
    again = cases.run(url, case)
    assert "work" in [one.step for one in again.steps]
    assert cases.rows(url, "select count(*) from unified.one") == [(cases.ROWS,)]


def test_a_server_that_is_away_is_named_without_the_password() -> None:
    url = with_database("postgresql://me:secret@127.0.0.1:1/x", "y")
    with pytest.raises(Failure) as failed:
        cases.run(url, cases.full())
    assert failed.value.exit_code == Exit.DATABASE
    assert "secret" not in str(failed.value)

"""kill -9 of the runner, a crash of the server, a lock, Ctrl-C, an error: the same in the end.

The retailer with some thousand rows. Moments are drawn from a seed; INTEGRITY_KILLS sets how many
hit a run at work, per test and direction (3 by default; 20 is a thorough run).
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import retailer_case as case

from integrity.catalog.equality import Snapshot
from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import connect, errors
from integrity.errors import Exit, LockedFailure
from integrity.model import Migration, Stage, Statement, Step
from integrity.run.locks import Retry

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.get("INTEGRITY_KILLS", "3"))
COPIES = 700
Strike = Callable[[subprocess.Popen[str]], bool]  # whether it hit a run at work
JOURNAL = '"kit ""100%""".integrity_journal'


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody disturbs reaches. ``plan``: the migrations, for other processes."""

    before: Snapshot
    there: Snapshot
    accounts: dict[str, list[tuple[Any, ...]]]
    plan: Path
    steps: dict[str, int]


@pytest.fixture(scope="module")
def own() -> Iterator[embedded.Server]:
    """A server of this module's own: it is crashed."""
    with embedded.start(ephemeral=True) as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed(
    own: embedded.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    made = case.compiled(own.url)
    plan = write_plan(tmp_path_factory.mktemp("plan"), made.migrations)
    steps = {
        "apply": sum(len(s.steps) for m in made.migrations for s in m.stages),
        "rollback": sum(len(s.steps) for m in made.migrations for s in m.rollback),
    }
    with case.Database(own.url, "undisturbed") as url:
        case.build(url, COPIES)
        before = case.state(url)
        finish(plan, url, "apply")
        there, accounts = case.state(url), case.accounts(url)
        finish(plan, url, "rollback")
        assert before.differences(case.state(url)) == []
    yield Undisturbed(before, there, accounts, plan, steps)


@contextmanager
def legacy(server: str) -> Iterator[str]:
    with case.Database(server, f"kill_{uuid4().hex[:12]}") as url:
        case.build(url, COPIES)
        with connect(url) as conn:
            conn.execute("checkpoint")  # recovery moves sequences that were used since the last one
        yield url


def write_plan(folder: Path, migrations: tuple[Migration, ...]) -> Path:
    plan = folder / "plan"
    plan.write_bytes(pickle.dumps((migrations, replace(case.project().settings, slice_rows=60))))
    return plan


def start(plan: Path, url: str, way: str) -> subprocess.Popen[str]:
    """A runner in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "retailer_case.py"), str(plan), url, way],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, text = process.communicate(timeout=120)
    return process.returncode, text


def finish(plan: Path, url: str, way: str) -> None:
    code, text = end(start(plan, url, way))
    assert code == Exit.OK, text


def steps_done(url: str, way: str) -> int:
    question = f"select count(*) from {JOURNAL} where direction = '{way}' and outcome = 'done'"
    with connect(url) as conn, suppress(errors.UndefinedTable):
        return int(conn.execute(question.encode()).fetchall()[0][0])
    return 0


def at_work(url: str, since: datetime) -> bool:
    """Whether a runner that was started since has a session on the database."""
    with connect(url, application_name="watcher") as conn:
        found = conn.execute(
            "select exists (select from pg_stat_activity where datname = current_database()"
            " and starts_with(application_name, 'integrity') and backend_start > %s)",
            [since],
        ).fetchone()
    return bool(found and found[0])


def wait_until(
    process: subprocess.Popen[str], url: str, way: str, steps: int, since: datetime
) -> None:
    """Returns when a runner is at work and so many steps are done, or the process has ended."""
    while process.poll() is None and not at_work(url, since):
        time.sleep(0.005)
    while process.poll() is None and steps_done(url, way) < steps:
        time.sleep(0.005)


def disturb(url: str, undisturbed: Undisturbed, way: str, strike: Strike) -> None:
    """Strikes runs of one direction at random moments until KILLS of them were hit at work.

    A moment is so many steps on and so many seconds more, drawn from the part of the way that is
    left. A run that a strike comes too late for is compared, undone, and the way begun anew.
    """
    chance = random.Random(f"{way} {KILLS}")
    hits, begun = 0, steps_done(url, way)
    while hits < KILLS:
        done = steps_done(url, way)
        left = max(0, undisturbed.steps[way] - (done - begun)) // (KILLS - hits + 1)
        since = datetime.now(UTC)
        process = start(undisturbed.plan, url, way)
        wait_until(process, url, way, done + chance.randint(0, left), since)
        time.sleep(chance.uniform(0, 0.03))
        if strike(process):
            hits += 1
        else:
            compare(url, undisturbed, way)
            finish(undisturbed.plan, url, "rollback" if way == "apply" else "apply")
            begun = steps_done(url, way)
    finish(undisturbed.plan, url, way)
    compare(url, undisturbed, way)


def compare(url: str, undisturbed: Undisturbed, way: str) -> None:
    if way == "apply":
        assert undisturbed.there.differences(case.state(url)) == []
        assert case.accounts(url) == undisturbed.accounts
    else:
        assert undisturbed.before.differences(case.state(url)) == []


@pytest.mark.slow
def test_kill_9_of_the_runner(own: embedded.Server, undisturbed: Undisturbed) -> None:
    def kill(process: subprocess.Popen[str]) -> bool:
        process.kill()
        return end(process)[0] == -signal.SIGKILL

    with legacy(own.url) as url:
        for way in ("apply", "rollback"):
            disturb(url, undisturbed, way, kill)


@pytest.mark.slow
def test_crash_of_the_server(own: embedded.Server, undisturbed: Undisturbed) -> None:
    pg_ctl = [own.bin_dir / "pg_ctl", "-D", own.data_dir / "cluster", "-w"]
    log = own.data_dir / "cluster" / "server.log"

    def crash(process: subprocess.Popen[str]) -> bool:
        assert server_account().run([*pg_ctl, "-m", "immediate", "stop"]) == 0
        assert server_account().run([*pg_ctl, "-l", log, "start"]) == 0
        code, text = end(process)
        assert code in (Exit.OK, Exit.INTERRUPTED, Exit.DATABASE), text
        return code != Exit.OK

    with legacy(own.url) as url:
        for way in ("apply", "rollback"):
            disturb(url, undisturbed, way, crash)


# --- other disturbances ---------------------------------------------------------------------------


@pytest.fixture
def small(server: str, make_database: Any) -> str:
    url = make_database()
    case.build(url)
    return str(url)


def first(server: str) -> Migration:
    return case.compiled(server).migrations[0]


def test_a_lock_of_another_session_is_named_and_outlived(small: str, server: str) -> None:
    patient = replace(case.project().settings, lock_timeout_ms=200)
    before = case.state(small)
    with connect(small, application_name="somebody") as other:
        other.autocommit = False
        other.execute("update shop.stock set n = n")
        with pytest.raises(LockedFailure) as locked:
            case.run(small, first(server), settings=patient, retry=Retry(budget=0.5))
        assert "step freeze shop.stock" in str(locked.value)
        assert "somebody" in str(locked.value)
        other.rollback()
    case.run(small, first(server))
    case.run(small, first(server), "rollback")
    assert before.differences(case.state(small)) == []


def test_a_second_runner_is_refused(small: str, server: str, tmp_path: Path) -> None:
    made = case.compiled(server)
    impatient = replace(case.project().settings, lock_timeout_ms=50)
    since = datetime.now(UTC)
    process = start(write_plan(tmp_path, made.migrations), small, "apply")
    wait_until(process, small, "apply", 3, since)
    process.send_signal(signal.SIGSTOP)  # it holds its lock all the same
    try:
        with pytest.raises(LockedFailure) as refused:
            case.run(small, made.migrations[0], settings=impatient)
    finally:
        process.send_signal(signal.SIGCONT)
        assert end(process) == (Exit.OK, "")
    assert refused.value.message.startswith("another run is in progress on this database: ")
    assert case.run(small, made.migrations[0]).run_id is None  # the first one did it all


def test_ctrl_c_leaves_a_resumable_run(small: str, server: str, tmp_path: Path) -> None:
    before = case.state(small)
    case.run(small, first(server))
    there, accounts = case.state(small), case.accounts(small)
    case.run(small, first(server), "rollback")
    since = datetime.now(UTC)
    process = start(write_plan(tmp_path, (first(server),)), small, "apply")
    wait_until(process, small, "apply", 30, since)
    process.send_signal(signal.SIGINT)
    code, text = end(process)
    assert code == Exit.INTERRUPTED, text
    assert "was stopped by Ctrl-C" in text
    case.run(small, first(server))
    assert there.differences(case.state(small)) == []
    assert case.accounts(small) == accounts
    case.run(small, first(server), "rollback")
    assert before.differences(case.state(small)) == []


def broken(migration: Migration, step: str) -> Migration:
    """The migration with a statement that fails at the end of a step."""
    wrong = Statement(sql="select 1 / 0")

    def of(one: Step) -> Step:
        return replace(one, statements=(*one.statements, wrong)) if one.id == step else one

    def stage(one: Stage) -> Stage:
        return replace(one, steps=tuple(of(each) for each in one.steps))

    return replace(migration, stages=tuple(stage(one) for one in migration.stages))


@pytest.mark.parametrize(
    "step",
    [
        "freeze shop.stock",
        "create retail.customers",
        "load retail.customers: resolve",
        "load hr.employees: balance",
        "keys retail.products",
        "verify retail.customers",
        "switch",
        "drop work tables",
    ],
)
def test_an_error_in_the_middle_and_back(small: str, server: str, step: str) -> None:
    migration = first(server)
    assert step in {one.id for one in migration.steps()}
    before = case.state(small)
    with pytest.raises(Exception, match="division by zero") as failed:
        case.run(small, broken(migration, step))
    assert f"step {step}: " in str(failed.value)
    case.run(small, migration, "rollback")
    assert before.differences(case.state(small)) == []
    case.run(small, migration)

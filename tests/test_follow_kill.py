"""A follower that is disturbed at random moments ends like a calm run, and counts each row once."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pipeline_disturbances import (
    BEFORE,
    UNBALANCED,
    Writer,
    assert_same_end,
    calm,
    changes,
    crash,
    in_small_space,
    make_room,
    own_server,
    until,
)
from pipeline_disturbances import (
    start as start_sync,
)
from pipeline_project import PROJECT, Shop, shop

from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import Exit

Start = Callable[[Shop], subprocess.Popen[str]]
OUTBOX = "select count(*) from kit.integrity_pipeline_outbox"
FOLLOWS = "select count(*) from kit.integrity_pipeline_runs where mode = 'follow'"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a follower of its own; none of them outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def one(made: Shop) -> subprocess.Popen[str]:
        started.append(start_sync(made, "--follow"))
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.communicate()


def caught_up(made: Shop) -> bool:
    """Whether a follower has begun to read the outbox."""
    there = made.value("select to_regclass('kit.integrity_pipeline_runs') is not null")
    runs = "select count(*) from kit.integrity_pipeline_runs where mode = 'corrected'"
    return bool(there and made.value(runs))


def stopped(process: subprocess.Popen[str]) -> str:
    """The follower after SIGTERM: what it said on stderr."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == Exit.OK, err
    assert out.splitlines()[0] == "orders, follow"
    return err


def test_killed_at_random_the_next_one_goes_on(
    tmp_path: Path, make_database: Callable[[], str], start: Start
) -> None:
    made = shop(tmp_path / "made", make_database)
    made.execute(BEFORE)
    statements = changes(600)
    other = calm(tmp_path / "calm", make_database, statements)
    chance = random.Random()
    writer = Writer(made, statements, pause=0.01)
    process = start(made)
    until(lambda: caught_up(made))
    writer.start()
    signals = chance.sample([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM], 3)
    for number in signals:
        time.sleep(0.05 + chance.random() * 0.6)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == (Exit.OK if number == signal.SIGTERM else -number), (out, err)
        runs = made.value(FOLLOWS)
        process = start(made)
        until(lambda runs=runs: made.value(FOLLOWS) > runs)
    writer.join()
    until(lambda: made.value(OUTBOX) == 0)
    assert stopped(process) == ""
    assert_same_end(made, other)
    outcomes = made.rows(
        "select outcome, error from kit.integrity_pipeline_runs where mode = 'follow' order by run"
    )
    killed = ("failed", "the follower was killed, or its connection lost")
    done = ("done", None)
    assert outcomes == [*(killed if n == signal.SIGKILL else done for n in signals), done]


def test_a_crash_of_the_server_is_survived(tmp_path: Path, start: Start) -> None:
    with own_server() as (server, make_database):
        made = shop(tmp_path / "made", make_database)
        made.execute(BEFORE)
        statements = changes(600)
        other = calm(tmp_path / "calm", make_database, statements)
        chance = random.Random()
        process = start(made)
        until(lambda: caught_up(made))
        writer = Writer(made, statements, pause=0.01)
        writer.start()
        for _ in range(2):
            time.sleep(0.2 + chance.random())
            runs = made.value(FOLLOWS)
            crash(server)
            until(lambda runs=runs: made.value(FOLLOWS) > runs)
        assert process.poll() is None
        writer.join()
        until(lambda: made.value(OUTBOX) == 0)
        said = stopped(process)
        assert_same_end(made, other)
        assert len(said.splitlines()) >= 2
        assert all("; again in " in line for line in said.splitlines()), said


def test_prepared_transactions_still_work(tmp_path: Path, start: Start) -> None:
    """They cannot notify: the follower looks by itself."""
    with own_server() as (server, make_database):
        with connect(server.url) as conn:
            conn.execute("alter system set max_prepared_transactions = 2")
        crash(server)
        made = shop(tmp_path, make_database)
        process = start(made)
        until(lambda: caught_up(made))
        made.execute(
            "begin; insert into shop.orders (id, number, customer_id, ordered_on)"
            " values (1, 'n1', 1, '2024-05-01'); prepare transaction 'one'"
        )
        time.sleep(0.5)
        assert made.value("select count(*) from books.invoices") == 0
        made.execute("commit prepared 'one'")
        until(lambda: made.value("select count(*) from books.invoices") == 1, 1)
        stopped(process)


@pytest.fixture
def hasty(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    """A shop whose statements wait 0.1 s for locks."""
    made = shop(tmp_path, make_database)
    (made.configs / "project.yaml").write_text(PROJECT + "timeouts: {lock: 100ms}\n")
    made.project = load_project(made.configs)
    return made


def test_a_locked_target_is_waited_for(hasty: Shop, start: Start) -> None:
    process = start(hasty)
    until(lambda: caught_up(hasty))
    with connect(hasty.url) as conn:
        conn.execute("begin")
        conn.execute("lock table books.invoices in access exclusive mode")
        hasty.order(1)
        time.sleep(1)
        assert hasty.value(OUTBOX) == 1
        conn.execute("rollback")
    until(lambda: hasty.value(OUTBOX) == 0)
    assert hasty.value("select count(*) from books.invoices") == 1
    stopped(process)
    assert hasty.value(UNBALANCED) == 0


def test_it_ends_when_it_waits_for_a_lock(
    tmp_path: Path, make_database: Callable[[], str], start: Start
) -> None:
    made = shop(tmp_path, make_database)
    process = start(made)
    until(lambda: caught_up(made))
    with connect(made.url) as conn:
        conn.execute("begin")
        conn.execute("lock table books.invoices in access exclusive mode")
        made.order(1)
        time.sleep(0.5)
        begun = time.monotonic()
        assert stopped(process) == ""
        assert time.monotonic() - begun < 8
        conn.execute("rollback")
    assert made.value(OUTBOX) == 1
    state = "select outcome from kit.integrity_pipeline_runs where mode = 'follow'"
    assert made.value(state) == "done"


def test_triggers_wait_for_writers(hasty: Shop, start: Start) -> None:
    with connect(hasty.url) as conn:
        conn.execute("begin")
        conn.execute(
            "insert into shop.orders (id, number, customer_id, ordered_on) values"
            " (1, 'n1', 1, '2024-05-01')"
        )
        process = start(hasty)
        time.sleep(2)
        assert process.poll() is None
        hasty.order(2)  # nobody waits long behind the follower
        conn.execute("commit")
    until(lambda: caught_up(hasty))
    until(lambda: hasty.value("select count(*) from books.invoices") == 2)
    stopped(process)


def test_a_full_disk_is_waited_for(tmp_path: Path, small_disk: Path, start: Start) -> None:
    with own_server() as (_, make_database):
        made = shop(tmp_path / "made", make_database)
        made.execute(BEFORE)
        statements = changes(3_000, step=100)
        other = calm(tmp_path / "calm", make_database, statements)
        process = start(made)
        until(lambda: caught_up(made))
        in_small_space(made, small_disk)
        writer = Writer(made, statements)
        writer.start()
        writer.join()
        time.sleep(1)
        assert process.poll() is None
        assert made.value(OUTBOX) > 0
        assert made.value(FOLLOWS) == 1
        make_room(made)
        until(lambda: made.value(OUTBOX) == 0)
        said = stopped(process)
        assert_same_end(made, other)
        assert "No space left on device" in said

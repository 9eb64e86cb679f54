"""A sync whose server crashes, is locked or full, and is run again, ends like a calm one."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline_disturbances import (
    BATCHES,
    BEFORE,
    INSERT,
    assert_same_end,
    calm,
    crash,
    in_small_space,
    make_room,
    own_server,
    start,
    until,
)
from pipeline_project import PROJECT, Shop, shop

from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import DatabaseFailure, Exit

ORDERS = INSERT.format(1, 2_000)
COMMITTED = "select coalesce(sum(batches), 0) from kit.integrity_pipeline_runs"


def batches(made: Shop) -> int:
    there = made.value("select to_regclass('kit.integrity_pipeline_runs') is not null")
    return int(made.value(COMMITTED)) if there else 0


def test_a_crash_of_the_server(tmp_path: Path) -> None:
    with own_server() as (server, make_database):
        made = shop(tmp_path / "made", make_database, BATCHES)
        made.execute(BEFORE, ORDERS)
        other = calm(tmp_path / "calm", make_database, [ORDERS])
        for wanted in sorted(random.Random().sample(range(70), 3)):
            process = start(made)
            until(lambda n=wanted, p=process: p.poll() is not None or batches(made) >= n)
            crash(server)
            _, err = process.communicate()
            assert process.returncode in (Exit.OK, Exit.INTERRUPTED, Exit.DATABASE), err
        assert made.run().figures.balances
        assert_same_end(made, other)
        states = "select outcome from kit.integrity_pipeline_runs order by run"
        assert {state for (state,) in made.rows(states)} <= {"done", "failed"}
        assert made.rows(states)[-1] == ("done",)


def test_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    with own_server() as (_, make_database):
        made = shop(tmp_path / "made", make_database, BATCHES)
        rows = INSERT.format(1, 6_000)
        made.execute(BEFORE, rows)
        other = calm(tmp_path / "calm", make_database, [rows])
        in_small_space(made, small_disk)
        with pytest.raises(DatabaseFailure, match="No space left on device"):
            made.run(batch=500)
        assert made.value("select outcome from kit.integrity_pipeline_runs") == "failed"
        with pytest.raises(DatabaseFailure, match="No space left on device"):
            made.run(batch=500)
        make_room(made)
        assert made.run(batch=500).figures.balances
        assert_same_end(made, other)


def test_locks_that_come_and_go(tmp_path: Path, make_database: Callable[[], str]) -> None:
    made = shop(tmp_path / "made", make_database)
    (made.configs / "project.yaml").write_text(PROJECT + "timeouts: {lock: 50ms}\n")
    made.project = load_project(made.configs)
    made.execute(BEFORE, ORDERS)
    other = calm(tmp_path / "calm", make_database, [ORDERS])
    chance, done = random.Random(), threading.Event()

    def lock() -> None:
        until(lambda: batches(made) > 1)
        with connect(made.url) as conn:
            while not done.is_set():
                with conn.transaction():
                    conn.execute("lock table books.invoices in share row exclusive mode")
                    time.sleep(chance.random() * 0.3)
                time.sleep(chance.random() * 0.1)

    thread = threading.Thread(target=lock)
    thread.start()
    try:
        assert made.run(batch=100).figures.balances
    finally:
        done.set()
        thread.join()
    assert_same_end(made, other)

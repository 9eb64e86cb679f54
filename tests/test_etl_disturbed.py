"""An ETL whose server crashes, is locked or full, and is run again, ends like a calm one."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from field_project import PACKETS, SMALL_BATCHES, STATE, Field, figures, made_field, progress
from pipeline_disturbances import UNBALANCED, crash, in_small_space, own_server, until

from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import DatabaseFailure, Exit


def prepared(folder: Path, make_database: Callable[[], str]) -> Field:
    made = made_field(folder, make_database)
    made.write(SMALL_BATCHES)
    made.execute(PACKETS)
    return made


def calm(folder: Path, make_database: Callable[[], str]) -> Field:
    made = prepared(folder, make_database)
    made.run()
    return made


def start(made: Field) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(made.configs)]
    command += ["--database", made.url, "etl", "run", "readings"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def assert_same_end(made: Field, other: Field) -> None:
    for query in STATE:
        assert made.rows(query) == other.rows(query)
    assert made.rows(UNBALANCED) == [(0,)]


def test_a_crash_of_the_server(tmp_path: Path) -> None:
    chance = random.Random()
    with own_server() as (server, make_database):
        made = prepared(tmp_path / "made", make_database)
        other = calm(tmp_path / "calm", make_database)
        cut = 0
        for number in range(1, 4):
            wanted = (number, chance.randrange(1, 40))
            process = start(made)
            until(lambda w=wanted, p=process: p.poll() is not None or progress(made) >= w)
            crash(server)
            _, err = process.communicate()
            assert process.returncode in (Exit.OK, Exit.INTERRUPTED, Exit.DATABASE), err
            cut += process.returncode != Exit.OK
        assert cut
        figures(made.run("all"))
        assert_same_end(made, other)


def test_two_runners_at_once(tmp_path: Path, make_database: Callable[[], str]) -> None:
    made = prepared(tmp_path / "made", make_database)
    other = calm(tmp_path / "calm", make_database)
    runners = [start(made), start(made)]
    ended = [(one.communicate(), one.returncode) for one in runners]
    codes = sorted(code for _, code in ended)
    assert codes in ([Exit.OK, Exit.OK], [Exit.OK, Exit.LOCKED]), ended
    assert_same_end(made, other)


def test_locks_that_come_and_go(tmp_path: Path, make_database: Callable[[], str]) -> None:
    made = prepared(tmp_path / "made", make_database)
    other = calm(tmp_path / "calm", make_database)
    with (made.configs / "project.yaml").open("a", encoding="utf-8") as file:
        file.write("timeouts: {lock: 50ms}\n")
    made.project = load_project(made.configs)
    chance, done = random.Random(), threading.Event()
    taken = 0

    def lock() -> None:
        nonlocal taken
        until(lambda: progress(made) > (0, 1))
        with connect(made.url) as conn:
            while not done.is_set():
                with conn.transaction():
                    conn.execute("lock table lab.readings in share row exclusive mode")
                    taken += 1
                    time.sleep(chance.random() * 0.3)
                time.sleep(chance.random() * 0.1)

    thread = threading.Thread(target=lock)
    thread.start()
    try:
        figures(made.run(batch=25))
    finally:
        done.set()
        thread.join()
    assert taken
    assert_same_end(made, other)


def test_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    with own_server() as (_, make_database):
        made = prepared(tmp_path / "made", make_database)
        other = calm(tmp_path / "calm", make_database)
        in_small_space(made, small_disk, "lab.readings")
        for _ in range(2):
            with pytest.raises(DatabaseFailure, match="No space left on device"):
                made.run(batch=25)
        made.execute("drop table lab.ballast", "checkpoint")
        figures(made.run())
        assert_same_end(made, other)

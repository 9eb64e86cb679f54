"""kill -9 of finalize and of the restore, at work: run again, the end is the same.

INTEGRITY_KILLS sets how many hit a run at work, per way (3 by default).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from finalize_case import Museum, museum

from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import Exit

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.get("INTEGRITY_KILLS", "3"))
LONGEST = 60


@pytest.fixture
def applied(server: str, tmp_path: Path) -> Iterator[Museum]:
    name = f"museum_{uuid4().hex[:12]}"
    yield museum(tmp_path, create_database(server, name))
    drop_database(server, name)


def start(applied: Museum, way: str) -> subprocess.Popen[str]:
    """finalize or the restore in a process of its own; it says when it begins."""
    case = ROOT / "tests" / "finalize_case.py"
    return subprocess.Popen(
        [sys.executable, case, applied.configs, applied.url, applied.root, way],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(applied: Museum, way: str) -> float:
    """Run to the end; seconds from its beginning."""
    process = start(applied, way)
    assert process.stdout is not None
    process.stdout.readline()
    begin = time.monotonic()
    _, text = process.communicate(timeout=LONGEST)
    assert process.returncode == Exit.OK, text
    return time.monotonic() - begin


def kill(applied: Museum, way: str, seconds: float) -> bool:
    """Kill a run so long after its beginning; whether it was still at work."""
    process = start(applied, way)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=LONGEST)
    assert process.returncode in (-signal.SIGKILL, Exit.OK)
    settle(applied)
    return process.returncode != Exit.OK


def settle(applied: Museum) -> None:
    """Sessions of a killed client end with the statement that they are at."""
    deadline = time.monotonic() + LONGEST
    with connect(applied.url, application_name="watcher") as conn:
        while conn.execute(
            "select from pg_stat_activity where starts_with(application_name, 'integrity')"
            " and datname = current_database()"
        ).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def undo(applied: Museum, way: str) -> None:
    finish(applied, "restore" if way == "finalize" else "finalize")


@pytest.mark.slow
def test_kill_9_at_work(applied: Museum) -> None:
    before = applied.state()
    seconds = {way: finish(applied, way) for way in ("finalize",)}
    there = applied.state()
    archives = sorted(path.name for path in applied.root.iterdir())
    seconds["restore"] = finish(applied, "restore")
    assert before.differences(applied.state()) == []

    for way, end in (("finalize", there), ("restore", before)):
        chance, hits = random.Random(f"{way} {KILLS}"), 0
        while hits < KILLS:
            moment = seconds[way] * (hits + chance.random()) / KILLS
            if kill(applied, way, moment):
                hits += 1
                continue
            assert end.differences(applied.state()) == []  # it was at its end
            undo(applied, way)
            hits += 1
        finish(applied, way)
        assert end.differences(applied.state()) == []
        assert sorted(path.name for path in applied.root.iterdir()) == archives
        with connect(applied.url) as conn:
            left = conn.execute(
                "select datname from pg_database where starts_with(datname, 'integrity_restore_')"
            ).fetchall()
        assert left == []

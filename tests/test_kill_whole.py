"""kill -9 of the runner, and a crash of the server, on the way over all 253 tables.

Moments are drawn from a seed; INTEGRITY_KILLS sets how many hit a run at work, per direction
(2 by default; 20 is a thorough run).
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance import ROOT
from whole_database import SCALE, TOOLKIT, Whole, number, state, whole

from integrity.catalog.equality import Snapshot
from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import connect, errors
from integrity.errors import Exit

Strike = Callable[[subprocess.Popen[str]], bool]  # whether it hit a run at work
KILLS = int(os.environ.get("INTEGRITY_KILLS", "2"))


@dataclass(frozen=True)
class Undisturbed:
    """What a run reaches that nobody disturbs. ``plan``: the migrations, for other processes."""

    there: Whole
    after: Snapshot
    plan: Path

    def steps(self, way: str) -> int:
        ways = [m.stages if way == "apply" else m.rollback for m in self.there.project.migrations]
        return sum(len(stage.steps) for stages in ways for stage in stages)

    def wanted(self, way: str) -> Snapshot:
        return self.after if way == "apply" else self.there.before

    def start(self, url: str, way: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "tests" / "retailer_case.py"), str(self.plan)]
        return subprocess.Popen(
            [*command, url, way],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def own() -> Iterator[embedded.Server]:
    """A server of this module's own: it is crashed."""
    with embedded.start(ephemeral=True) as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed(
    own: embedded.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    with whole(own.url, data=None, scale=SCALE) as there:
        plan = tmp_path_factory.mktemp("plan") / "plan"
        settings = there.project.project.settings
        plan.write_bytes(pickle.dumps((there.project.migrations, settings)))
        yield Undisturbed(there, state(there.applied), plan)


def steps_done(url: str, way: str) -> int:
    """Steps that the journal has, of all runs of this direction."""
    with suppress(errors.UndefinedTable):
        return number(
            url,
            f"select count(*) from {TOOLKIT}.integrity_journal"
            f" where direction = '{way}' and outcome = 'done'",
        )
    return 0


def struck(
    undisturbed: Undisturbed, url: str, way: str, steps: int, pause: float, strike: Strike
) -> bool:
    """Whether a run was still at work when it was struck, so many steps and seconds on."""
    process = undisturbed.start(url, way)
    while process.poll() is None and steps_done(url, way) < steps:
        time.sleep(0.005)
    time.sleep(pause)
    return strike(process)


def finish(undisturbed: Undisturbed, url: str, way: str) -> None:
    process = undisturbed.start(url, way)
    _, text = process.communicate(timeout=300)
    assert process.returncode == Exit.OK, text


def disturb(undisturbed: Undisturbed, strike: Strike) -> None:
    """There and back, each struck at work KILLS times, and compared at the end.

    A moment is drawn from the part of the way that is left. A run that a strike comes too late for
    is undone, and the way begun anew.
    """
    back = {"apply": "rollback", "rollback": "apply"}
    with undisturbed.there.copy(undisturbed.there.legacy) as url:
        with connect(url) as conn:
            conn.execute("checkpoint")  # recovery moves sequences that were used since the last one
        for way in back:
            chance = random.Random(f"{way} {KILLS}")
            hits, begun = 0, steps_done(url, way)
            while hits < KILLS:
                done = steps_done(url, way)
                left = max(1, undisturbed.steps(way) - (done - begun)) // (KILLS - hits + 1)
                steps = done + chance.randint(0, left)
                if struck(undisturbed, url, way, steps, chance.uniform(0, 0.03), strike):
                    hits += 1
                else:
                    finish(undisturbed, url, back[way])
                    begun = steps_done(url, way)
            finish(undisturbed, url, way)
            assert undisturbed.wanted(way).differences(state(url)) == []


@pytest.mark.slow
def test_kill_9_of_the_runner(undisturbed: Undisturbed) -> None:
    def kill(process: subprocess.Popen[str]) -> bool:
        process.kill()
        process.communicate(timeout=60)
        return process.returncode == -signal.SIGKILL

    disturb(undisturbed, kill)


@pytest.mark.slow
def test_crash_of_the_server(own: embedded.Server, undisturbed: Undisturbed) -> None:
    pg_ctl = [own.bin_dir / "pg_ctl", "-D", own.data_dir / "cluster", "-w"]
    log = own.data_dir / "cluster" / "server.log"

    def crash(process: subprocess.Popen[str]) -> bool:
        assert server_account().run([*pg_ctl, "-m", "immediate", "stop"]) == 0
        assert server_account().run([*pg_ctl, "-l", log, "start"]) == 0
        _, text = process.communicate(timeout=60)
        assert process.returncode in (Exit.OK, Exit.INTERRUPTED, Exit.DATABASE), text
        return process.returncode != Exit.OK

    disturb(undisturbed, crash)

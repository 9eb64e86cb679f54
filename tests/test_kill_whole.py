"""kill -9 of the runner on its way over all 253 tables: the same in the end.

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
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance import ROOT
from whole_database import SCALE, TOOLKIT, Whole, number, state, whole

from integrity.catalog.equality import Snapshot
from integrity.database.connect import errors

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
def undisturbed(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with whole(server, data=None, scale=SCALE) as there:
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


def killed(undisturbed: Undisturbed, url: str, way: str, steps: int, pause: float) -> bool:
    """Whether a run was still at work when it was struck, so many steps and seconds on."""
    process = undisturbed.start(url, way)
    while process.poll() is None and steps_done(url, way) < steps:
        time.sleep(0.005)
    time.sleep(pause)
    process.kill()
    process.communicate(timeout=60)
    return process.returncode == -signal.SIGKILL


def finish(undisturbed: Undisturbed, url: str, way: str) -> None:
    process = undisturbed.start(url, way)
    _, text = process.communicate(timeout=300)
    assert process.returncode == 0, text


@pytest.mark.slow
def test_kill_9_of_the_runner(undisturbed: Undisturbed) -> None:
    with undisturbed.there.copy(undisturbed.there.legacy) as url:
        for way in ("apply", "rollback"):
            chance = random.Random(f"{way} {KILLS}")
            hits, begun = 0, steps_done(url, way)
            for strike in range(KILLS):
                share = (strike + chance.random()) / KILLS
                steps = begun + 1 + int(share * (undisturbed.steps(way) - 2))
                hits += killed(undisturbed, url, way, steps, chance.uniform(0, 0.03))
            assert hits > KILLS // 2
            finish(undisturbed, url, way)
            assert undisturbed.wanted(way).differences(state(url)) == []

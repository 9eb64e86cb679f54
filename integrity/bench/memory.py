"""The runner holds no rows: its memory is the same for four times as many of them."""

from __future__ import annotations

import pickle
import resource
import subprocess
import sys
from dataclasses import replace

from integrity.bench import place as at
from integrity.bench.figure import Figure, compared
from integrity.bench.place import Place
from integrity.errors import Failure
from integrity.model import Migration, Settings
from integrity.plan.compile import Compiled

ROWS = 50_000
SLICE = 5_000  # rows, so that there are many slices to keep account of


def memory(place: Place, rows: int = ROWS) -> list[Figure]:
    """The figure: peak memory with 4 x ``rows`` rows per table against ``rows``."""
    given = at.project("consolidate")
    compiled = at.compiled(given, place)
    peaks: dict[int, list[float]] = {rows: [], 4 * rows: []}
    for size, found in peaks.items():
        with place.database() as template:
            at.fill(template, given, "consolidate/data.sql", size)
            for _ in range(place.rounds):
                with place.database(at.name_of(template)) as url:
                    found.append(_peak(compiled, url))
    return [
        compared(
            "runner memory",
            peaks[4 * rows],
            f"3 x {rows:,} rows",
            peaks[rows],
            size=f"3 x {4 * rows:,} rows",
            server=place.server,
            at_most=1.1,
            unit="MB",
        )
    ]


def _peak(compiled: Compiled, url: str) -> float:
    """Peak resident memory in MB of a process that only applies the first migration."""
    settings = replace(compiled.project.settings, slice_rows=SLICE)
    given = pickle.dumps((compiled.migrations[0], settings, url))
    command = [sys.executable, "-m", "integrity.bench.memory"]
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode != 0:
        raise Failure(f"the runner fails: {done.stderr.decode().strip()}")
    return float(done.stdout)


def _apply_and_tell() -> None:
    """What that process does. Its memory is told in MB; Linux counts KB, macOS bytes."""
    from integrity.run.executor import execute

    given: tuple[Migration, Settings, str] = pickle.loads(sys.stdin.buffer.read())
    migration, settings, url = given
    execute(migration, direction="apply", url=url, settings=settings, plan_hash="bench")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


if __name__ == "__main__":
    _apply_and_tell()

"""How soon a follower applies what was committed, at a steady rate of single commits.

The follower is a process of its own, as in life. A writer commits one result after the other; an
observer looks at the target every few milliseconds. A latency is the time from the end of the
writer's commit to the moment at which the observer saw the row.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from integrity.bench import place as at
from integrity.bench.figure import Figure, limited
from integrity.bench.place import Place
from integrity.database.connect import connect
from integrity.errors import UnprovenFailure

RATE, SECONDS, STANDING = 200, 10, 20_000
_PROJECT = Path(__file__).parent / "projects" / "follow"
_LOOK = 0.004  # seconds between two looks of the observer
_PATIENCE = 60.0


def follow(place: Place, commits: int = RATE * SECONDS) -> list[Figure]:
    """The figures of ``commits`` results, 200 a second, beside as many as stand."""
    half = max(commits, STANDING // 2)
    latencies: list[float] = []
    with place.database() as url:
        at.fill(url, at.project("follow"), "follow/data.sql", 2 * half)
        with _follower(url):
            watched = _Watched(url, half)
            latencies = watched.measured(commits)
        found = at.first_row(url, "follow/check.sql")
    if found != (half + commits,):
        raise UnprovenFailure(f"{found} results arrived, not {half + commits:,}")
    size = f"{commits:,} commits, {RATE} a second"
    worst = quantiles(latencies, n=20)[-1]
    common = {"size": size, "server": place.server}
    return [
        limited("follow, median from commit to applied", latencies, at_most=0.2, **common),
        limited("follow, 95 % from commit to applied", [worst], at_most=1.0, **common),
    ]


@contextmanager
def _follower(url: str) -> Iterator[None]:
    """A follower that has caught up."""
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(_PROJECT), "--json"]
    command += ["--database", url, "sync", "results", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=process.stdout.read)
        try:
            if "catch-up" not in process.stdout.readline():
                raise UnprovenFailure("the follower did not catch up")
            reader.start()
            yield
        finally:
            process.terminate()
            if reader.ident:
                reader.join()


@dataclass
class _Watched:
    """Results after number ``begin``: when each was committed, and when it was seen."""

    url: str
    begin: int
    committed: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)

    def measured(self, commits: int) -> list[float]:
        """Seconds from commit to applied, of each commit."""
        wanted = range(self.begin + 1, self.begin + commits + 1)
        observer = threading.Thread(target=self._observe, args=(wanted,))
        observer.start()
        self._write(wanted)
        observer.join()
        if len(self.seen) < commits:
            raise UnprovenFailure(f"{commits - len(self.seen):,} results were not applied")
        return [max(0.0, self.seen[n] - self.committed[n]) for n in wanted]

    def _write(self, wanted: range) -> None:
        insert = "insert into league.results (id, fixture_id, home, away) values (%s, %s, 1, 2)"
        with connect(self.url) as conn:
            start = time.monotonic()
            for place, number in enumerate(wanted):
                time.sleep(max(0.0, start + place / RATE - time.monotonic()))
                conn.execute(insert, [number, number])
                self.committed[number] = time.monotonic()

    def _observe(self, wanted: range) -> None:
        sql = (
            "select score_id from league.scores where score_id between %s and %s"
            " and home is not null and not score_id = any (%s)"
        )
        deadline = time.monotonic() + len(wanted) / RATE + _PATIENCE
        first = wanted[0]
        with connect(self.url) as conn:
            while len(self.seen) < len(wanted) and time.monotonic() < deadline:
                late = [n for n in self.seen if n >= first]
                for (number,) in conn.execute(sql, [first, first + 2 * RATE, late]).fetchall():
                    self.seen[number] = time.monotonic()
                while first in self.seen:
                    first += 1
                time.sleep(_LOOK)

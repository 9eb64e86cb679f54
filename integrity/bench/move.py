"""A move is metadata only: as fast for millions of rows as for a thousand.

What is timed is the switch, which does the move; readers wait for it alone. The ledger's count of
the rows, before it, is a figure of its own.
"""

from __future__ import annotations

from integrity.bench import place as at
from integrity.bench.figure import Figure, compared, limited
from integrity.bench.place import Place
from integrity.errors import UnprovenFailure
from integrity.operations.context import SWITCH_STEP
from integrity.plan.compile import Compiled
from integrity.run.executor import execute

FEW, MANY = 1_000, 5_000_000


def move(place: Place, rows: int = MANY) -> list[Figure]:
    """The figures: the switch with ``rows`` rows and with a thousand, in turns."""
    given = at.project("move")
    compiled = at.compiled(given, place)
    took: dict[int, list[tuple[float, float]]] = {FEW: [], rows: []}
    with place.database() as few, place.database() as many:
        sized = ((few, FEW), (many, rows))
        for url, count in sized:
            at.fill(url, given, "move/data.sql", count)
        for _ in range(place.rounds):
            for url, count in sized:
                took[count].append(_there_and_back(compiled, url, count))
    switch = [seconds for seconds, _ in took[rows]]
    small = [seconds for seconds, _ in took[FEW]]
    size, server = f"{rows:,} rows", place.server
    return [
        compared("move", switch, f"a move of {FEW:,} rows", small, size=size, server=server),
        limited("move, the switch", switch, size=size, server=server, at_most=0.1),
        compared(
            "move, count for the ledger",
            [seconds for _, seconds in took[rows]],
            f"count of {FEW:,} rows",
            [seconds for _, seconds in took[FEW]],
            size=size,
            server=server,
        ),
    ]


def _there_and_back(compiled: Compiled, url: str, rows: int) -> tuple[float, float]:
    """Seconds of the switch, and of the count before it."""
    migration = compiled.migrations[0]
    there = execute(
        migration, direction="apply", url=url, settings=compiled.project.settings, plan_hash="bench"
    )
    found = at.first_row(url, "move/check.sql")
    if found != (rows, 1, rows):
        raise UnprovenFailure(f"after the move there are {found} instead of {rows:,} rows")
    execute(
        migration,
        direction="rollback",
        url=url,
        settings=compiled.project.settings,
        plan_hash="bench",
    )
    seconds = {step.step: step.seconds for step in there.steps}
    count = sum(took for step, took in seconds.items() if step.startswith("count "))
    return seconds[SWITCH_STEP], count

"""Verification through the mapping, against hashing the table and a select written by hand."""

from __future__ import annotations

from time import monotonic

from integrity.bench import place as at
from integrity.bench.consolidate import apply
from integrity.bench.figure import Figure, compared
from integrity.bench.place import Place
from integrity.database.connect import connect
from integrity.errors import UnprovenFailure
from integrity.run.verify import verify as verify_tables

ROWS = 600_000


def verify(place: Place, rows: int = ROWS) -> list[Figure]:
    """The figure; ``rows`` in each of the three tables.

    Raises UnprovenFailure when either side finds a difference.
    """
    given = at.project("consolidate")
    compiled = at.compiled(given, place)
    ours: list[float] = []
    theirs: list[float] = []
    with place.database() as url:
        at.fill(url, given, "consolidate/data.sql", rows)
        apply(compiled, url)
        for _ in range(place.rounds):
            begin = monotonic()
            found = verify_tables(compiled, url)
            ours.append(monotonic() - begin)
            if not all(one.ok for one in found.tables):
                raise UnprovenFailure("the verification finds a difference")
            theirs.append(_by_hand(url))
    return [
        compared(
            "verify",
            ours,
            "hash of the table and of a select by hand",
            theirs,
            size=f"{3 * rows:,} rows",
            server=place.server,
            at_most=1.5,
        )
    ]


def _by_hand(url: str) -> float:
    with connect(url) as conn:
        conn.execute("set work_mem = '512MB'")
        begin = monotonic()
        table, select = (
            conn.execute(at.script(f"verify/{name}.sql")).fetchone() for name in ("table", "select")
        )
        seconds = monotonic() - begin
    if table != select:
        raise UnprovenFailure(f"by hand, the table hashes to {table}, the select to {select}")
    return seconds

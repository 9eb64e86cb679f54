"""``python -m integrity.bench [NAME ...]``: run benchmarks and print their figures.

A figure that misses its goal is printed, not failed: times belong to a machine. A contestant that
ends with other rows fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from integrity.bench.consolidate import consolidate
from integrity.bench.etl import etl
from integrity.bench.figure import Figure, as_json, table
from integrity.bench.follow import follow
from integrity.bench.memory import memory
from integrity.bench.move import move
from integrity.bench.place import Place, own_server, version_of
from integrity.bench.plan import plan
from integrity.bench.startup import startup
from integrity.bench.sync import sync
from integrity.bench.verify import verify
from integrity.errors import Exit, Failure

Bench = Callable[[Place, int | None], list[Figure]]
BENCHES: dict[str, Bench] = {
    "consolidate": lambda place, rows: consolidate(place, *_given(rows)),
    "verify": lambda place, rows: verify(place, *_given(rows)),
    "move": lambda place, rows: move(place, *_given(rows)),
    "startup": lambda place, rows: startup(place),
    "memory": lambda place, rows: memory(place, *_given(rows)),
    "follow": lambda place, rows: follow(place, *_given(rows)),
    "plan": lambda place, rows: plan(place),
    "sync": lambda place, rows: sync(place, *_given(rows)),
    "etl": lambda place, rows: etl(place, *_given(rows)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit code as of the commands."""
    asked = _parser().parse_args(arguments)
    try:
        with _place(asked.database, asked.rounds) as place:
            figures = list(_run(asked.name or list(BENCHES), place, asked.size))
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return int(failure.exit_code)
    print(json.dumps(as_json(figures), indent=2) if asked.json else _report(figures, place))
    return int(Exit.OK)


def _run(names: Sequence[str], place: Place, size: int | None) -> Iterator[Figure]:
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        yield from BENCHES[name](place, size)


def _report(figures: list[Figure], place: Place) -> str:
    rounds = f"medians of {place.rounds} rounds; contestants take turns in each"
    return f"{place.server}, {rounds}\n\n{table(figures)}"


def _given(rows: int | None) -> tuple[int, ...]:
    return () if rows is None else (rows,)


@contextmanager
def _place(url: str | None, rounds: int) -> Iterator[Place]:
    if url:
        yield Place(url, version_of(url), rounds)
        return
    with own_server() as own:
        yield Place(own, version_of(own), rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integrity.bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"which: {', '.join(BENCHES)}; default: all")
    parser.add_argument("--json", action="store_true", help="print figures for a program")
    parser.add_argument("--size", type=int, metavar="ROWS", help="rows per table (move: in all)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each contestant runs")
    parser.add_argument("--database", metavar="URL", help="a server; default: an embedded one")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""pg_dump of what goes, and the list of what pg_restore takes back from it.

pg_dump selects by schema and leaves out relations by name. What remains beyond that (functions and
types of a schema that stays) is left out of the list, by the numbers that the dump itself states.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from integrity.database.programs import Programs
from integrity.finalize.leaving import Leaving
from integrity.finalize.objects import PG_CLASS, Number

LOCK_WAIT_MS = 60_000
_ENTRY = re.compile(r"(?P<id>\d+); (?P<class>\d+) (?P<oid>\d+) (?P<rest>.*)")
_DEPENDS = re.compile(r";\s+depends on: (?P<ids>[\d ]+)")
_RELATIONS = ("table", "foreign table", "view", "materialized view", "sequence")
_FOREIGN_KEY = "FK CONSTRAINT "
_ACTIVE = ("EVENT TRIGGER", "PUBLICATION", "SUBSCRIPTION")  # would act in a scratch database


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents, with the entries it depends on; the first is its object."""

    id: int
    number: Number
    text: str
    line: str
    depends: tuple[int, ...]


def dump(tools: Programs, url: str, going: Leaving, *, snapshot: str, to: Path) -> None:
    """Write the dump into the new directory ``to``, as of an exported snapshot."""
    arguments = [*_common(snapshot), "--format=directory", f"--file={to}"]
    arguments += [f"--schema={_pattern(schema)}" for schema in sorted(_schemas(going))]
    arguments += [f"--exclude-table={name}" for name in _staying(going)]
    tools.run("pg_dump", arguments, url=url, doing="dump the legacy tables")


def dump_rest(tools: Programs, url: str, *, snapshot: str, to: Path) -> None:
    """Write the definitions of the whole database, without rows."""
    arguments = [*_common(snapshot), "--format=directory", "--schema-only", f"--file={to}"]
    tools.run("pg_dump", arguments, url=url, doing="dump the definitions of the database")


def entries(tools: Programs, url: str, directory: Path) -> list[Entry]:
    """The table of contents of a dump."""
    done = tools.run(
        "pg_restore", ["--list", "--verbose", directory], url=url, doing="list the archive"
    )
    found: list[Entry] = []
    for line in done.stdout.splitlines():
        if entry := _ENTRY.fullmatch(line):
            number = int(entry["class"]), int(entry["oid"])
            found.append(Entry(int(entry["id"]), number, entry["rest"], line, ()))
        elif (after := _DEPENDS.fullmatch(line)) and found:
            last = found[-1]
            ids = tuple(map(int, after["ids"].split()))
            found[-1] = Entry(last.id, last.number, last.text, last.line, ids)
    return found


def taken(found: Iterable[Entry], going: Leaving) -> str:
    """The list of what a restore of legacy takes: what goes, but for keys to what stays."""
    return _lines(_selected(found, _goes(going), without=_outer(going)))


def context(found: Iterable[Entry], going: Leaving) -> str:
    """The list of everything else: what must be there before legacy can be restored."""
    goes = _goes(going)
    rest = [entry for entry in found if not entry.text.startswith(_ACTIVE)]
    return _lines(_selected(rest, lambda number: not goes(number), without=frozenset()))


def _common(snapshot: str) -> list[str]:
    return [
        "--no-password",
        "--encoding=UTF8",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={LOCK_WAIT_MS}",
    ]


def _schemas(going: Leaving) -> set[str]:
    return {thing.name.schema for thing in going.things}


def _staying(going: Leaving) -> Iterator[str]:
    """Relations of these schemas that stay, as patterns."""
    schemas, numbers = _schemas(going), going.numbers
    for thing in sorted(going.objects.things.values()):
        relation = thing.kind in _RELATIONS and thing.name.schema in schemas
        if relation and going.objects.whole(thing.number) not in numbers:
            yield f"{_pattern(thing.name.schema)}.{_pattern(thing.name.name)}"


def _pattern(name: str) -> str:
    """Between quotes nothing is a wildcard."""
    return '"' + name.replace('"', '""') + '"'


def _goes(going: Leaving) -> Callable[[Number], bool]:
    numbers, whole = going.numbers, going.objects.whole

    def goes(number: Number) -> bool:
        class_, oid = number
        return whole((class_ or PG_CLASS, oid)) in numbers  # rows of a table: no catalog is named

    return goes


def _outer(going: Leaving) -> frozenset[int]:
    return frozenset(key.number for key in going.outer_keys)


def _selected(
    found: Iterable[Entry], wanted: Callable[[Number], bool], *, without: frozenset[int]
) -> Iterator[Entry]:
    """Entries of wanted objects; a comment or grant has no number and follows its object."""
    chosen: set[int] = set()
    for entry in found:
        if entry.text.startswith(_FOREIGN_KEY) and entry.number[1] in without:
            continue
        follows = entry.number[1] == 0
        if follows and not entry.depends:
            continue
        if entry.depends[0] in chosen if follows else wanted(entry.number):
            chosen.add(entry.id)
            yield entry


def _lines(chosen: Iterable[Entry]) -> str:
    return "".join(f"{entry.line}\n" for entry in chosen)

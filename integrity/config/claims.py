"""What each entry of a family takes: explicit names first, then patterns what is left.

A table is taken once. Everything is looked up by name or by schema, so that the cost grows with
the number of tables and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integrity.config.check import Checked
from integrity.config.families import RETIRING, Entry, Wanted
from integrity.errors import Problem, nearest
from integrity.model import Catalog, Location, Mapping, Name, Retired, Table

_TAKEN = {"moves": "moved", "archive": "archived", "drop": "dropped", "foreign": "foreign"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A legacy table that an entry takes; ``location`` is that of the word which names it."""

    table: Name
    entry: Entry
    location: Location


def retired(claims: Iterable[Claim]) -> tuple[Retired, ...]:
    """The tables that are archived, dropped or foreign, by name."""
    found = (
        Retired(table=c.table, kind=c.entry.kind, because=c.entry.because, location=c.location)
        for c in claims
        if c.entry.kind in RETIRING
    )
    return tuple(sorted(found, key=lambda one: one.table))


@dataclass(slots=True)
class Claims:
    """Decides which tables the entries take; what is wrong goes to ``problems``."""

    legacy: Catalog
    checked: Checked
    problems: list[Problem] = field(default_factory=list)
    _explicit: dict[Name, tuple[str, Location]] = field(default_factory=dict)
    _names: dict[Name, Table] = field(default_factory=dict)
    _schemas: dict[str, list[Name]] = field(default_factory=dict)

    def of(self, mappings: Iterable[Mapping], entries: Iterable[Entry]) -> list[Claim]:
        """The claims in the order of the tables."""
        entries = list(entries)
        self._index()
        for mapping in mappings:
            for source in mapping.sources:
                verb = "moved" if mapping.moves else f"a source of {mapping.table}"
                self._explicit.setdefault(source.table, (verb, source.location))
        found = [claim for entry in entries for claim in self._named(entry)]
        found += self._patterns(entries)
        return sorted(found, key=lambda claim: claim.table)

    def _index(self) -> None:
        schemas: dict[str, list[Name]] = defaultdict(list)
        for table in self.legacy.tables:
            self._names[table.name] = table
            schemas[table.name.schema].append(table.name)
        self._schemas = dict(schemas)

    # --- explicit names ----------------------------------------------------------------------

    def _named(self, entry: Entry) -> Iterator[Claim]:
        for word in entry.wanted:
            if word.is_pattern or self._unknown(word, entry) or self._excepted(word, entry):
                continue
            claim = Claim(word.table, entry, word.location)
            if word.table in self._explicit:
                self._twice(claim, *self._explicit[word.table])
                continue
            self._explicit[word.table] = (_TAKEN[entry.kind], word.location)
            yield claim

    def _unknown(self, word: Wanted, entry: Entry) -> bool:
        """Whether there is no such table. A foreign one needs no contract."""
        if word.table in self._names or entry.kind == "foreign":
            return False
        what = f"from of entry of {entry.kind}"
        self.problems += self.checked.unknown_table(
            word.table, self._names, "legacy", word.location, what
        )
        return True

    def _excepted(self, word: Wanted, entry: Entry) -> bool:
        found = [one for one in entry.excepted if one.covers(word.table)]
        for one in found:
            message = f"{word.table} is named in from and in except of one entry"
            self.problems.append(Problem(one.location, message, "keep one of them"))
        return bool(found)

    def _twice(self, claim: Claim, verb: str, first: Location) -> None:
        message = f"{claim.table} cannot be {_TAKEN[claim.entry.kind]}: it is {verb}"
        self.problems.append(Problem(claim.location, message, f"at {first}; keep one of the two"))

    # --- patterns ----------------------------------------------------------------------------

    def _patterns(self, entries: list[Entry]) -> Iterator[Claim]:
        taken: dict[Name, Claim] = {}
        for entry in entries:
            used: set[Wanted] = set()
            for word in entry.wanted:
                if word.is_pattern:
                    yield from self._pattern(word, entry, taken, used)
            self._useless(entry, used)

    def _pattern(
        self, word: Wanted, entry: Entry, taken: dict[Name, Claim], used: set[Wanted]
    ) -> Iterator[Claim]:
        covered = [name for name in self._schemas.get(word.schema, ()) if word.covers(name)]
        free = [name for name in covered if name not in self._explicit]
        found = False
        for name in free:
            barriers = [one for one in entry.excepted if one.covers(name)]
            used.update(barriers)
            if barriers:
                continue
            found = True
            claim = Claim(name, entry, word.location)
            if name in taken:
                first = taken[name]
                self._twice(claim, f"{_TAKEN[first.entry.kind]} by a pattern", first.location)
                continue
            taken[name] = claim
            yield claim
        used.update(one for one in entry.excepted for name in covered if one.covers(name))
        if not found:
            self._nothing(word, covered)

    def _nothing(self, word: Wanted, covered: list[Name]) -> None:
        if "legacy" in self.checked.broken:
            return
        if covered:
            message = f"the pattern {word} takes nothing: all its tables are named elsewhere"
            self.problems.append(Problem(word.location, message, "leave it out"))
            return
        names = self._schemas.get(word.schema)
        close = (
            nearest(str(word), map(str, names)) if names else nearest(word.schema, self._schemas)
        )
        message = f"the pattern {word} takes nothing: no contract has such a table"
        self.problems.append(Problem(word.location, message, close))

    def _useless(self, entry: Entry, used: set[Wanted]) -> None:
        """Exceptions that no pattern of their entry would take."""
        if "legacy" in self.checked.broken:
            return
        named = {word.table for word in entry.wanted if not word.is_pattern}
        for word in entry.excepted:
            if word in used or any(word.covers(name) for name in named):
                continue
            names = [
                str(name)
                for one in entry.wanted
                if one.is_pattern
                for name in self._schemas.get(one.schema, ())
                if one.covers(name)
            ]
            message = f"except names {word}, which from does not take"
            self.problems.append(Problem(word.location, message, nearest(str(word), names)))

"""Checks of values: expressions over a legacy table, lookups, crosswalks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from integrity.config.check import Checked
from integrity.config.expressions import problems
from integrity.errors import Problem, nearest
from integrity.model import (
    CrosswalkLookup,
    Expression,
    FirstOf,
    Lookup,
    Macro,
    Mapping,
    Name,
    Table,
    Value,
)


@dataclass(frozen=True, slots=True)
class Values:
    """What values may refer to. ``fed``: legacy table -> the mappings that it feeds."""

    tables: MappingType[Name, Table]
    legacy: MappingType[Name, Table]
    fed: MappingType[Name, list[Mapping]]
    checked: Checked
    macros: tuple[Macro, ...] = ()

    def problems(self, values: Iterable[Value], source: Table) -> Iterator[Problem]:
        """What is wrong with values over the columns of ``source``."""
        names = frozenset(column.name for column in source.columns)
        yield from self.among(values, names, str(source.name))

    def among(self, values: Iterable[Value], names: frozenset[str], of: str) -> Iterator[Problem]:
        """What is wrong with values over these columns, which belong to ``of``."""
        for value in values:
            for part in value.ways if isinstance(value, FirstOf) else (value,):
                yield from self._part(part, names, of)

    def _part(
        self, value: Expression | Lookup | CrosswalkLookup, names: frozenset[str], of: str
    ) -> Iterator[Problem]:
        match value:
            case Expression():
                yield from problems(value, names, of, self.macros)
            case Lookup():
                yield from self._lookup(value)
                for _, given in value.by:
                    yield from problems(given, names, of, self.macros)
            case CrosswalkLookup():
                yield from self._crosswalk(value)
                for given in value.key:
                    yield from problems(given, names, of, self.macros)

    def _lookup(self, lookup: Lookup) -> Iterator[Problem]:
        place = self.checked.places.of(lookup.location, "table", "")
        table = self.tables.get(lookup.table)
        if table is None:
            yield from self.checked.unknown_table(
                lookup.table, self.tables, "unified", place, "lookup"
            )
            return
        names = frozenset(column.name for column in table.columns)
        for looked_up, _ in lookup.by:
            yield from problems(looked_up, names, str(table.name), self.macros)
        if lookup.take is not None and lookup.take not in names:
            place = self.checked.places.of(lookup.location, "take", "")
            message = f"{table.name} has no column {lookup.take!r}"
            yield Problem(place, message, nearest(lookup.take, names))
        elif (
            lookup.take is None and len(table.primary_key.columns if table.primary_key else ()) != 1
        ):
            message = f"lookup: {table.name} has no primary key of one column to take"
            yield Problem(place, message, "add take: with the column that is wanted")

    def _crosswalk(self, crosswalk: CrosswalkLookup) -> Iterator[Problem]:
        place = self.checked.places.of(crosswalk.location, "table", "")
        source = crosswalk.source
        if source not in self.legacy:
            yield from self.checked.unknown_table(source, self.legacy, "legacy", place, "crosswalk")
            return
        fed = self.fed.get(source, [])
        tables = [mapping.table for mapping in fed if not mapping.moves]
        if crosswalk.into is not None:
            mapping = next(m for m in fed if m.table == crosswalk.into)
            yield from _key_count(crosswalk, mapping)
        elif tables:
            message = f"crosswalk: {source} feeds several tables: {', '.join(map(str, tables))}"
            hint = "say which by a foreign key of the column, or use a lookup"
            yield Problem(place, message, hint)
        elif fed:
            message = f"crosswalk: {source} is moved, so its keys stay as they are"
            yield Problem(place, message, "use the column itself")
        elif "mappings" not in self.checked.broken:
            hint = nearest(str(source), map(str, self.fed))
            yield Problem(place, f"crosswalk: {source} feeds no mapping", hint)


def _key_count(crosswalk: CrosswalkLookup, mapping: Mapping) -> Iterator[Problem]:
    source = next(s for s in mapping.sources if s.table == crosswalk.source)
    key = source.key
    if source.keyless:
        message = f"crosswalk: {crosswalk.source} has no key by which a row of it could be named"
        yield Problem(crosswalk.location, message, "look the row up instead")
    if key and crosswalk.key and len(crosswalk.key) != len(key):
        columns = f"({', '.join(key)})"
        message = f"crosswalk: {crosswalk.source} is known by {columns}, {len(crosswalk.key)} given"
        yield Problem(crosswalk.key[0].location, message, "give one expression for each of them")

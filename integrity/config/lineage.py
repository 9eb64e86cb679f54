"""Where each legacy column goes and where each unified column comes from, with the place in YAML.

Labels need the types that only a server knows for certain: a label is left out where the contract
does not settle it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from integrity.config.coverage import columns_read
from integrity.config.expressions import reads
from integrity.model import (
    CrosswalkLookup,
    Expression,
    FirstOf,
    Location,
    Lookup,
    Mapping,
    Name,
    Project,
    Retired,
    Source,
    Table,
    Value,
)

_WORDS = {"archive": "goes to the archive", "drop": "is dropped", "foreign": "is foreign"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One legacy column, or several, into one unified column.

    ``label`` says whether the value can go back: exact, lossy, one-way, or "" when it takes a
    server to tell.
    """

    legacy: Name
    reads: tuple[str, ...]
    unified: Name
    column: str
    arm: str
    expression: str
    label: str
    reason: str
    location: Location
    rest: bool = False  # the unified column holds each of them under its own name, as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a legacy column apart from the unified columns it feeds."""

    column: str
    what: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Everything about one table: ``kind`` is legacy or unified; ``what`` says it in words."""

    table: Name
    kind: str
    what: str
    location: Location
    edges: tuple[Edge, ...]
    fates: tuple[Fate, ...] = ()


@dataclass
class Lineages:
    """Answers for one project."""

    project: Project

    def of(self, name: Name, column: str | None = None) -> tuple[Lineage, ...]:
        """What is known of a name: as a legacy table, as a unified one, or as both."""
        found = []
        if name in self.legacy:
            found.append(self._legacy(self.legacy[name], column))
        if name in self.unified:
            found.append(self._unified(self.unified[name], column))
        return tuple(found)

    def columns(self, name: Name) -> list[str]:
        """The columns that a name has on either side."""
        tables = (self.legacy.get(name), self.unified.get(name))
        return [column.name for table in tables if table for column in table.columns]

    @cached_property
    def legacy(self) -> dict[Name, Table]:
        """The contracts by name."""
        return {table.name: table for table in self.project.legacy.tables}

    @cached_property
    def unified(self) -> dict[Name, Table]:
        """The unified tables by name."""
        return {table.name: table for table in self.project.tables}

    @cached_property
    def _retired(self) -> dict[Name, Retired]:
        return {one.table: one for one in self.project.retired}

    # --- one side ----------------------------------------------------------------------------

    def _legacy(self, table: Table, column: str | None) -> Lineage:
        fed = [(m, s) for m in self.project.mappings for s in m.sources if s.table == table.name]
        names = [c.name for c in table.columns if column in (None, c.name)]
        edges = [edge for m, s in fed for edge in self._edges(m, s)]
        what, place = self._goes(table, fed)
        return Lineage(
            table=table.name,
            kind="legacy",
            what=what,
            location=place,
            edges=tuple(_about(e, column) for e in edges if column is None or column in e.reads),
            fates=tuple(fate for name in names for fate in self._fates(name, fed, edges)),
        )

    def _goes(self, table: Table, fed: list[tuple[Mapping, Source]]) -> tuple[str, Location]:
        if fed:
            verb = "moves to" if fed[0][0].moves else "feeds"
            listed = ", ".join(str(mapping.table) for mapping, _ in fed)
            return f"{verb} {listed}", fed[0][1].location
        if one := self._retired.get(table.name):
            return f"{_WORDS[one.kind]}: {one.because}", one.location
        return "is in no mapping, move, archive, drop or foreign", table.location

    def _unified(self, table: Table, column: str | None) -> Lineage:
        mapping = self.project.mapping(table.name)
        sources = mapping.sources if mapping else ()
        edges = [edge for s in sources for edge in self._edges(mapping, s)] if mapping else []
        listed = ", ".join(str(source.table) for source in sources)
        verb = "is moved from" if mapping and mapping.moves else "is filled from"
        names = [c.name for c in table.columns if column in (None, c.name)]
        return Lineage(
            table=table.name,
            kind="unified",
            what=f"{verb} {listed}" if mapping else "is filled by no mapping",
            location=mapping.location if mapping else table.location,
            edges=tuple(edge for name in names for edge in edges if edge.column == name),
            fates=tuple(f for name in names for f in _made(table, name, edges)),
        )

    def _fates(
        self, column: str, fed: list[tuple[Mapping, Source]], edges: list[Edge]
    ) -> Iterator[Fate]:
        """What a legacy column is for, when it is not only a value."""
        for mapping, source in fed:
            if mapping.moves:
                continue
            place = source.location
            if column in source.key:
                what = f"key of the crosswalk of {mapping.table}"
                yield Fate(column=column, what=what, location=place)
            for rule in source.drops:
                if column in reads(rule.when):
                    what = f"drops rows of {mapping.table}: {rule.because}"
                    yield Fate(column=column, what=what, location=rule.when.location)
            if column in source.ignore and column not in columns_read(source):
                what = f"ignored for {mapping.table}: {source.ignore[column]}"
                at = source.ignored_at.get(column, place)
                yield Fate(column=column, what=what, location=at)

    # --- edges -------------------------------------------------------------------------------

    def _edges(self, mapping: Mapping, source: Source) -> Iterator[Edge]:
        legacy, table = self.legacy.get(source.table), self.unified.get(mapping.table)
        if legacy is None or table is None:
            return
        labels = _Labels(self.project, legacy, table)
        parts = [("", source.columns), *((arm.label, arm.columns) for arm in source.arms)]
        for arm, columns in parts:
            for name, value in columns.items():
                rest = name == source.rest and not arm
                label, reason = labels.of(name, value, rest=rest, moves=mapping.moves)
                read = labels.reads(value, rest=rest)
                yield Edge(
                    legacy=source.table,
                    reads=read,
                    unified=mapping.table,
                    column=name,
                    arm=arm,
                    expression="rest" if rest else written(value),
                    label=label,
                    reason=reason,
                    location=mapping.location if mapping.moves else value.location,
                    rest=rest,
                )


def written(value: Value) -> str:
    """A value as it stands in YAML, in one line."""
    match value:
        case Expression():
            return " ".join(value.text.split())
        case Lookup():
            by = ", ".join(f"{written(there)}: {written(here)}" for there, here in value.by)
            return f"lookup {value.table} by {{{by}}}"
        case CrosswalkLookup():
            return f"crosswalk {value.source} key {', '.join(map(written, value.key))}"
        case FirstOf():
            return " else ".join(map(written, value.ways))


def _about(edge: Edge, column: str | None) -> Edge:
    """Of the rest of a row only the column that was asked for."""
    return replace(edge, reads=(column,)) if edge.rest and column is not None else edge


def _made(table: Table, name: str, edges: list[Edge]) -> Iterator[Fate]:
    """What fills a unified column in place of a source."""
    column = table.column(name)
    if column is None or any(edge.column == name for edge in edges):
        return
    kinds = {
        "numbered by the toolkit": column.assigned,
        f"generated: {column.generated}": column.generated is not None,
        f"the {column.provenance} of the row, written by the toolkit": column.provenance,
        f"an identity, {column.identity}": column.identity,
        f"its default: {column.default}": column.default is not None,
    }
    what = next((words for words, holds in kinds.items() if holds), "left empty")
    yield Fate(column=name, what=what, location=column.location)


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels of the values of one source, as far as contract and YAML tell."""

    project: Project
    legacy: Table
    table: Table

    def reads(self, value: Value, *, rest: bool) -> tuple[str, ...]:
        """Legacy columns in the order of the contract."""
        if rest and isinstance(value, Expression):
            read = reads(value)
        else:
            read = frozenset(name for part in _given(value) for name in reads(part))
        return tuple(column.name for column in self.legacy.columns if column.name in read)

    def of(self, name: str, value: Value, *, rest: bool, moves: bool) -> tuple[str, str]:
        """Label and reason; empty where it takes a server to tell."""
        if moves:
            return "exact", "the row stays as it is"
        if rest:
            return "exact", "each column stands under its own name"
        if isinstance(value, Expression):
            column = self.table.column(name)
            return self._expression(value, column.type if column else "")
        found = [self._expression(part, "") for part in _given(value)]
        doubtful = [one for one in found if one[0] in ("lossy", "one-way")]
        return doubtful[0] if doubtful else ("", "")

    def _expression(self, value: Expression, type_: str) -> tuple[str, str]:
        from integrity.sql.expression import SqlProblem, expand
        from integrity.sql.inverse import Label, invert
        from integrity.sql.types import CastKind, cast_kind

        types = {column.name: column.type for column in self.legacy.columns}
        try:
            text = expand(value.text, self.project.macros)
            found = invert(text, types)
            given = types.get(found.column or "", "")
            same = given and cast_kind(given, type_) is CastKind.IDENTICAL
            if found.label is Label.EXACT and type_ and not same:
                found = invert(f"({text})::{type_}", types)
        except SqlProblem:
            return "", ""
        return found.label.value, found.reason


def _given(value: Value) -> Iterator[Expression]:
    match value:
        case Expression():
            yield value
        case Lookup():
            yield from (given for _, given in value.by)
        case CrosswalkLookup():
            yield from value.key
        case FirstOf():
            for way in value.ways:
                yield from _given(way)

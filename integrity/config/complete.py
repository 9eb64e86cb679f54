"""What a mapping leaves to other files: its key, match, order, preference, order of columns."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from typing import TypeVar

from integrity.config.coverage import values_read
from integrity.config.mappings import quoted
from integrity.model import (
    Catalog,
    CrosswalkLookup,
    Expression,
    FirstOf,
    Mapping,
    Name,
    Source,
    Survivorship,
    Table,
    Value,
)
from integrity.sql.rest import rest_sql

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Known:
    """Tables by name, for the defaults of a mapping."""

    unified: MappingType[Name, Table]
    legacy: MappingType[Name, Table]

    @classmethod
    def of(cls, tables: Iterable[Table], legacy: Catalog) -> Known:
        """From the unified tables and the contracts."""
        return cls({t.name: t for t in tables}, {t.name: t for t in legacy.tables})


def complete(mappings: Iterable[Mapping], known: Known) -> tuple[Mapping, ...]:
    """The mappings sorted by table, with their defaults and with what crosswalks lead into."""
    mappings = sorted(mappings, key=lambda m: m.table)
    fed: dict[Name, set[Name]] = {}
    for mapping in mappings:
        for source in () if mapping.moves else mapping.sources:
            fed.setdefault(source.table, set()).add(mapping.table)
    return tuple(_led(_complete(mapping, known), known, fed) for mapping in mappings)


def _complete(mapping: Mapping, known: Known) -> Mapping:
    """Keys, match, order, preference, and columns in table order."""
    table = known.unified.get(mapping.table)
    sources = tuple(_completed(s, mapping, table, known) for s in mapping.sources)
    mapping = replace(mapping, sources=sources)
    if mapping.moves:
        return mapping
    natural = _natural(table)
    return replace(
        mapping,
        order=mapping.order or natural,
        match=mapping.match or ((natural,) if natural else ()),
        survivorship=_ranked(mapping.survivorship, sources, table),
    )


def _natural(table: Table | None) -> tuple[str, ...]:
    """The natural key, else a primary key that the sources bring."""
    if table is None:
        return ()
    if table.natural_key:
        return table.natural_key.columns
    key = table.primary_key.columns if table.primary_key else ()
    assigned = any(c.assigned for c in table.columns if c.name in key)
    return () if assigned else key


def _completed(source: Source, mapping: Mapping, table: Table | None, known: Known) -> Source:
    legacy = known.legacy.get(source.table)
    key = source.key
    if not key and not source.keyless and legacy and legacy.primary_key:
        key = legacy.primary_key.columns
    columns = dict(source.columns)
    if mapping.moves and table and legacy:
        columns = _moved(columns, table, legacy)
    arms = tuple(replace(a, columns=_in_table_order(a.columns, table)) for a in source.arms)
    source = replace(source, key=key, columns=columns, arms=arms)
    if source.rest and legacy and source.rest not in columns:
        columns |= _rest(source, source.rest, legacy)
    return replace(source, columns=_in_table_order(columns, table))


def _rest(source: Source, name: str, legacy: Table) -> dict[str, Value]:
    """The column that takes what the source reads nowhere else; nothing when nothing is left."""
    used = values_read(source) | source.ignore.keys()
    columns = tuple(column for column in legacy.columns if column.name not in used)
    return {name: Expression(rest_sql(columns), source.location)} if columns else {}


def _moved(renamed: dict[str, Value], table: Table, legacy: Table) -> dict[str, Value]:
    """Every column of the target that keeps its name, and the renamed ones."""
    kept = {
        c.name: Expression(quoted(c.name), c.location)
        for c in table.columns
        if c.name not in renamed and legacy.column(c.name)
    }
    return {**kept, **renamed}


def _in_table_order(values: MappingType[str, _T], table: Table | None) -> dict[str, _T]:
    order = {c.name: n for n, c in enumerate(table.columns if table else ())}
    names = sorted(values, key=lambda name: (order.get(name, len(order)), name))
    return {name: values[name] for name in names}


def _ranked(given: Survivorship, sources: tuple[Source, ...], table: Table | None) -> Survivorship:
    """Every source ranked: those preferred, then the others as they are written."""
    prefer = _all(given.prefer, [s.table for s in sources])
    columns = {name: _all(names, prefer) for name, names in given.columns.items()}
    return replace(given, prefer=prefer, columns=_in_table_order(columns, table))


def _all(first: Iterable[Name], others: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys((*first, *others)))


# --- where crosswalks lead --------------------------------------------------------------------


def _led(mapping: Mapping, known: Known, fed: MappingType[Name, set[Name]]) -> Mapping:
    table = known.unified.get(mapping.table)
    references = {
        key.columns[0]: key.references
        for key in (table.foreign_keys if table else ())
        if len(key.columns) == 1
    }
    lead = _Lead(references, fed)
    return replace(mapping, sources=tuple(lead.source(source) for source in mapping.sources))


@dataclass(frozen=True, slots=True)
class _Lead:
    """Sets ``into`` of crosswalks: the one table fed, or the one that the column references."""

    references: MappingType[str, Name]
    fed: MappingType[Name, set[Name]]

    def source(self, source: Source) -> Source:
        arms = tuple(replace(arm, columns=self._columns(arm.columns)) for arm in source.arms)
        return replace(source, columns=self._columns(source.columns), arms=arms)

    def _columns(self, columns: MappingType[str, Value]) -> dict[str, Value]:
        return {name: self._value(name, value) for name, value in columns.items()}

    def _value(self, column: str, value: Value) -> Value:
        match value:
            case CrosswalkLookup():
                return self._crosswalk(column, value)
            case FirstOf():
                ways = (
                    self._crosswalk(column, way) if isinstance(way, CrosswalkLookup) else way
                    for way in value.ways
                )
                return replace(value, ways=tuple(ways))
            case _:
                return value

    def _crosswalk(self, column: str, crosswalk: CrosswalkLookup) -> CrosswalkLookup:
        fed = self.fed.get(crosswalk.source, set())
        referenced = self.references.get(column)
        if len(fed) == 1:
            return replace(crosswalk, into=next(iter(fed)))
        return replace(crosswalk, into=referenced if referenced in fed else None)

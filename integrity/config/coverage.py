"""Is every legacy column accounted for? Mapped, ignored with a reason, or unexplained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from integrity.config.expressions import reads
from integrity.model import (
    CrosswalkLookup,
    Expression,
    FirstOf,
    Lookup,
    Mapping,
    Name,
    Project,
    Source,
    Table,
    Value,
)


class Cover(StrEnum):
    """What becomes of a legacy column."""

    MAPPED = "mapped"
    IGNORED = "ignored"
    UNEXPLAINED = "unexplained"
    NOT_MAPPED = "not mapped"  # no mapping reads its table


@dataclass(frozen=True, slots=True)
class ColumnCover:
    """One legacy column; ``reason`` says why it is ignored."""

    column: str
    cover: Cover
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TableCover:
    """One legacy table: the unified tables that it feeds, and its columns in order."""

    table: Name
    feeds: tuple[Name, ...]
    columns: tuple[ColumnCover, ...]

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The columns that no mapping uses and nobody gave a reason for."""
        return tuple(c.column for c in self.columns if c.cover is Cover.UNEXPLAINED)


def coverage(project: Project) -> tuple[TableCover, ...]:
    """Every table of the contracts, by name."""
    fed: dict[Name, list[tuple[Mapping, Source]]] = defaultdict(list)
    for mapping in project.mappings:
        for source in mapping.sources:
            fed[source.table].append((mapping, source))
    return tuple(_table(table, fed.get(table.name, [])) for table in project.legacy.tables)


def columns_read(source: Source) -> frozenset[str]:
    """Legacy columns that a source uses: in its key, its drop rules and its values."""
    values = [rule.when for rule in source.drops]
    read = set(source.key)
    for value in (*values, *source.columns.values(), *_arm_values(source)):
        for expression in _expressions(value):
            read |= reads(expression)
    return frozenset(read)


def _arm_values(source: Source) -> Iterator[Value]:
    for arm in source.arms:
        yield from arm.columns.values()


def _expressions(value: Value) -> Iterator[Expression]:
    match value:
        case Expression():
            yield value
        case Lookup():
            yield from (given for _, given in value.by)
        case CrosswalkLookup():
            yield from value.key
        case FirstOf():
            for way in value.ways:
                yield from _expressions(way)


def _table(table: Table, fed: list[tuple[Mapping, Source]]) -> TableCover:
    read = frozenset[str]().union(*(columns_read(source) for _, source in fed))
    reasons: dict[str, str] = {}
    for _, source in fed:
        reasons = {**source.ignore, **reasons}
    columns = (_column(column.name, read, reasons, bool(fed)) for column in table.columns)
    return TableCover(table.name, tuple(mapping.table for mapping, _ in fed), tuple(columns))


def _column(name: str, read: frozenset[str], reasons: dict[str, str], fed: bool) -> ColumnCover:
    if not fed:
        return ColumnCover(name, Cover.NOT_MAPPED)
    if name in read:
        return ColumnCover(name, Cover.MAPPED)
    if name in reasons:
        return ColumnCover(name, Cover.IGNORED, reasons[name])
    return ColumnCover(name, Cover.UNEXPLAINED)

"""What becomes of every legacy table and column, and what nobody has explained."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from integrity.config.expressions import reads
from integrity.errors import Problem
from integrity.model import (
    NOWHERE,
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

# Their partitions and children go with them.
TABLES_WITHOUT_CONTRACT = ("partitioned table", "foreign table", "inheritance")


class Cover(StrEnum):
    """What becomes of a legacy column."""

    MAPPED = "mapped"
    MOVED = "moved"
    IGNORED = "ignored"
    ARCHIVED = "archived"
    DROPPED = "dropped"
    FOREIGN = "foreign"
    UNEXPLAINED = "unexplained"


_RETIRED = {"archive": Cover.ARCHIVED, "drop": Cover.DROPPED, "foreign": Cover.FOREIGN}


@dataclass(frozen=True, slots=True)
class ColumnCover:
    """One legacy column; ``reason`` says why it is ignored."""

    column: str
    cover: Cover
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TableCover:
    """One legacy table: the unified tables that it feeds, and its columns in order.

    ``cover`` is that of the table; ``reason`` says why it is archived, dropped or foreign.
    ``location``: where the first of its mappings names it, else its contract.
    """

    table: Name
    cover: Cover
    feeds: tuple[Name, ...]
    columns: tuple[ColumnCover, ...]
    reason: str = ""
    location: Location = NOWHERE

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The columns that no mapping uses and nobody gave a reason for."""
        return tuple(c.column for c in self.columns if c.cover is Cover.UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class SchemaCover:
    """How many tables and columns of a legacy schema have which cover."""

    schema: str
    tables: Counter[Cover]
    columns: Counter[Cover]


def coverage(project: Project) -> tuple[TableCover, ...]:
    """Every table of the contracts, by name."""
    fed: dict[Name, list[tuple[Mapping, Source]]] = defaultdict(list)
    for mapping in project.mappings:
        for source in mapping.sources:
            fed[source.table].append((mapping, source))
    retired = {one.table: one for one in project.retired}
    return tuple(
        _table(table, fed.get(table.name, []), retired.get(table.name))
        for table in project.legacy.tables
    )


def by_schema(covers: Iterable[TableCover]) -> tuple[SchemaCover, ...]:
    """The covers added up per legacy schema, by name."""
    found: dict[str, SchemaCover] = {}
    for cover in covers:
        schema = cover.table.schema
        total = found.setdefault(schema, SchemaCover(schema, Counter(), Counter()))
        total.tables[cover.cover] += 1
        total.columns.update(column.cover for column in cover.columns)
    return tuple(found[schema] for schema in sorted(found))


def unexplained(covers: Iterable[TableCover], project: Project) -> Iterator[Problem]:
    """A problem for each table and column that nothing is said about."""
    names = [str(table.name) for table in project.tables]
    yield from _without_contract(project)
    for cover in covers:
        if cover.cover is Cover.UNEXPLAINED:
            yield Problem(
                cover.location,
                f"legacy table {cover.table} is in no mapping, move, archive, drop or foreign",
                _where_it_may_go(cover.table, names),
            )
            continue
        for column in cover.unexplained:
            yield Problem(
                cover.location,
                f"legacy column {cover.table}.{column} is neither mapped nor ignored",
                f"map it, or write `ignore: {{{column}: the reason}}`, or `rest:`",
            )


def _without_contract(project: Project) -> Iterator[Problem]:
    """Tables with rows that the contracts only list, because they are of a kind not managed yet."""
    known = {str(one.table) for one in project.retired}
    for line in project.legacy.unmanaged:
        kind, _, name = line.rpartition(" ")
        if kind in TABLES_WITHOUT_CONTRACT and name not in known:
            yield Problem(
                NOWHERE,
                f"{name} is of a kind that cannot be a source ({kind}), and nothing says what"
                " becomes of its rows",
                "write it under foreign: of a family file, or copy its rows to a plain table",
            )


def _where_it_may_go(table: Name, names: list[str]) -> str:
    found = next((name for name in names if name.endswith(f".{table.name}")), "")
    feed = f"let it feed {found}, or " if found else ""
    return f"{feed}write it under moves:, archive:, drop: or foreign: of a family file"


# --- columns that are read --------------------------------------------------------------------


def columns_read(source: Source) -> frozenset[str]:
    """Legacy columns that a source uses: in its key, its drop rules and its values."""
    read = set(values_read(source))
    for rule in source.drops:
        read |= reads(rule.when)
    return frozenset(read)


def values_read(source: Source) -> frozenset[str]:
    """Legacy columns in the key and the values of a source; ``rest`` is no value of this kind."""
    read = set(source.key)
    values = (value for name, value in source.columns.items() if name != source.rest)
    for value in (*values, *_arm_values(source)):
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


# --- covers -----------------------------------------------------------------------------------


def _table(table: Table, fed: list[tuple[Mapping, Source]], retired: Retired | None) -> TableCover:
    feeds = tuple(mapping.table for mapping, _ in fed)
    if fed:
        moved = any(mapping.moves for mapping, _ in fed)
        columns = _moved(table) if moved else _loaded(table, [source for _, source in fed])
        cover = Cover.MOVED if moved else Cover.MAPPED
        return TableCover(table.name, cover, feeds, columns, location=fed[0][1].location)
    cover = _RETIRED[retired.kind] if retired else Cover.UNEXPLAINED
    return TableCover(
        table.name,
        cover,
        (),
        tuple(ColumnCover(column.name, cover) for column in table.columns),
        retired.because if retired else "",
        retired.location if retired else table.location,
    )


def _moved(table: Table) -> tuple[ColumnCover, ...]:
    return tuple(ColumnCover(column.name, Cover.MOVED) for column in table.columns)


def _loaded(table: Table, sources: list[Source]) -> tuple[ColumnCover, ...]:
    read = frozenset[str]().union(*map(columns_read, sources))
    reasons: dict[str, str] = {}
    for source in sources:
        reasons = {**source.ignore, **reasons}
    rest = any(source.rest for source in sources)
    return tuple(_column(column.name, read, reasons, rest) for column in table.columns)


def _column(name: str, read: frozenset[str], reasons: dict[str, str], rest: bool) -> ColumnCover:
    if name in read:
        return ColumnCover(name, Cover.MAPPED)
    if name in reasons:
        return ColumnCover(name, Cover.IGNORED, reasons[name])
    return ColumnCover(name, Cover.MAPPED if rest else Cover.UNEXPLAINED)

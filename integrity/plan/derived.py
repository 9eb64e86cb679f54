"""Unified tables that are contracts under another name need not be built to be known.

A server has spelt a contract already, so it stands for itself. In the scratch database such a
table is built as far as foreign keys of other tables need it: columns and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from integrity.model import Catalog, Column, Key, Mapping, Name, Table


def derived_names(mappings: Iterable[Mapping]) -> frozenset[Name]:
    """The unified tables that follow from moves."""
    return frozenset(mapping.table for mapping in mappings if mapping.derived)


def to_build(tables: Iterable[Table], derived: AbstractSet[Name]) -> tuple[Table, ...]:
    """The tables with those that are derived reduced to what the others refer to."""
    tables = tuple(tables)
    wanted = {
        key.references
        for table in tables
        if table.name not in derived
        for key in table.foreign_keys
    }
    return tuple(
        _reduced(table) if table.name in derived else table
        for table in tables
        if table.name not in derived or table.name in wanted
    )


def completed(built: Catalog, tables: Iterable[Table], derived: AbstractSet[Name]) -> Catalog:
    """What was built, with the derived tables as they are."""
    found = {table.name: table for table in built.tables if table.name not in derived}
    found |= {table.name: table for table in tables if table.name in derived}
    return replace(built, tables=tuple(found[name] for name in sorted(found)))


def _reduced(table: Table) -> Table:
    columns = tuple(
        Column(name=c.name, type=c.type, nullable=c.nullable, collation=c.collation)
        for c in table.columns
    )
    return Table(
        name=table.name,
        columns=columns,
        primary_key=table.primary_key,
        uniques=(*table.uniques, *_unique_indexes(table)),
        location=table.location,
    )


def _unique_indexes(table: Table) -> Iterator[Key]:
    """Unique indexes over plain columns: a foreign key may refer to one."""
    names = {column.name for column in table.columns}
    for index in table.indexes:
        if index.unique and index.where is None and names.issuperset(index.columns):
            yield Key(name=index.name, columns=index.columns)

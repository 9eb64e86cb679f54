"""What the pending migrations change in the catalog, as a reviewer would list it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from integrity.catalog.drift import differences
from integrity.mapping.layout import parking_schema
from integrity.model import Catalog, Project, Table
from integrity.plan.compile import Compiled
from integrity.plan.model import SchemaChange
from integrity.plan.pairs import Pairs
from integrity.plan.renames import Renames
from integrity.plan.shown import plural


def schema_changes(compiled: Compiled, pending: frozenset[int]) -> Iterator[SchemaChange]:
    """Changes of the migrations whose numbers are ``pending``: schemas, tables, keys, indexes."""
    first = compiled.project.settings.first_migration
    if first in pending:
        yield from _schemas(compiled.project)
        yield from _parked(compiled)
        for table in compiled.project.tables:
            yield from _table(table)
    if first + 1 in pending:
        for table in compiled.project.tables:
            for index in table.indexes:
                detail = f"on {table.name} ({', '.join(index.columns)})"
                yield _create("index", f"{table.name.schema}.{index.name}", detail)


def _schemas(project: Project) -> Iterator[SchemaChange]:
    wanted = {table.name.schema for table in project.tables} | {project.settings.toolkit_schema}
    for schema in sorted(wanted - set(project.legacy.schemas)):
        yield _create("schema", schema)


def _parked(compiled: Compiled) -> Iterator[SchemaChange]:
    for name in sorted(compiled.layout.parked_names):
        place = f"to {parking_schema(name.schema)}, with its indexes and constraints"
        yield SchemaChange(verb="park", kind="table", name=str(name), detail=place)


def _table(table: Table) -> Iterator[SchemaChange]:
    natural = f", natural key {', '.join(table.natural_key.columns)}" if table.natural_key else ""
    yield _create("table", str(table.name), plural(len(table.columns), "column") + natural)
    for key in table.foreign_keys:
        detail = f"({', '.join(key.columns)}) references {key.references}"
        yield _create("foreign key", f"{table.name}.{key.name}", detail)
    for check in table.checks:
        yield _create("check", f"{table.name}.{check.name}", check.expression)


def _create(kind: str, name: str, detail: str = "") -> SchemaChange:
    return SchemaChange(verb="create", kind=kind, name=name, detail=" ".join(detail.split()))


def later_changes(before: Catalog, after: Catalog, pairs: Pairs) -> Iterator[SchemaChange]:
    """What a later migration changes in the unified tables, from one catalog to the other.

    ``pairs``: which table and column is which, by the declared renames.
    """
    renames = Renames(pairs, after)
    yield from renames.changes(before)
    for one in differences(renames.catalog(before), after):
        if one.what:
            detail = f"{one.what}: {_value(one.expected)} becomes {_value(one.actual)}"
            yield SchemaChange(verb="alter", kind=one.kind, name=one.name, detail=detail)
        else:
            verb = "create" if one.expected is None else "drop"
            yield SchemaChange(verb=verb, kind=one.kind, name=one.name)


def _value(text: str | None) -> str:
    return "none" if text is None else " ".join(text.split())


def without_indexes(catalog: Catalog) -> Catalog:
    """Unified tables as they are before the migration that adds secondary indexes."""
    return replace(catalog, tables=tuple(replace(t, indexes=()) for t in catalog.tables))

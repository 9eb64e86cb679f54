"""What the pending migrations change in the catalog, as a reviewer would list it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from integrity.catalog.drift import differences
from integrity.mapping.layout import parking_schema
from integrity.model import Catalog, Name, Project, Table
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
        moves = {m.table: m.sources[0].table for m in compiled.project.mappings if m.moves}
        for table in compiled.project.tables:
            yield from _moved(table, moves[table.name]) if table.name in moves else _table(table)
        yield from _retired(compiled.project)
        yield from _recreated(compiled)
    if first + 1 in pending:
        derived = {m.table for m in compiled.project.mappings if m.derived}
        for table in compiled.project.tables:
            if table.name in derived:
                continue
            for index in table.indexes:
                detail = f"on {table.name} ({', '.join(index.columns)})"
                yield _create("index", f"{table.name.schema}.{index.name}", detail)


def _schemas(project: Project) -> Iterator[SchemaChange]:
    wanted = {table.name.schema for table in project.tables} | {project.settings.toolkit_schema}
    for schema in sorted(wanted - set(project.legacy.schemas)):
        yield _create("schema", schema)


def _parked(compiled: Compiled) -> Iterator[SchemaChange]:
    views = {v.name: "materialized view" if v.materialized else "view"
             for v in compiled.project.legacy.views}  # fmt: skip
    for name in sorted(compiled.layout.parked_names):
        kind, place = views.get(name, "table"), f"to {parking_schema(name.schema)}"
        if kind == "table":
            place += ", with its indexes and constraints"
        yield SchemaChange(verb="park", kind=kind, name=str(name), detail=place)
    for name, arguments in sorted(compiled.layout.parked_functions):
        place = f"to {parking_schema(name.schema)}"
        yield SchemaChange(verb="park", kind="function", name=f"{name}({arguments})", detail=place)


def _table(table: Table) -> Iterator[SchemaChange]:
    natural = f", natural key {', '.join(table.natural_key.columns)}" if table.natural_key else ""
    yield _create("table", str(table.name), plural(len(table.columns), "column") + natural)
    for key in table.foreign_keys:
        detail = f"({', '.join(key.columns)}) references {key.references}"
        yield _create("foreign key", f"{table.name}.{key.name}", detail)
    for check in table.checks:
        yield _create("check", f"{table.name}.{check.name}", check.expression)


def _moved(table: Table, legacy: Name) -> Iterator[SchemaChange]:
    name = "under its own name" if table.name == legacy else f"to {table.name}"
    yield SchemaChange(verb="move", kind="table", name=str(legacy), detail=name)


def _retired(project: Project) -> Iterator[SchemaChange]:
    """Tables that stay as they are until finalize."""
    for one in project.retired:
        if one.goes:
            detail = " ".join(one.because.split())
            yield SchemaChange(verb="retire", kind="table", name=str(one.table), detail=detail)


def _recreated(compiled: Compiled) -> Iterator[SchemaChange]:
    """Views and functions on the unified tables, with what they read."""
    reads = {view.name: view.reads for view in compiled.desired.views}
    for one in compiled.project.recreated:
        tables = reads.get(one.name, ()) if not one.is_routine else ()
        detail = f"reads {', '.join(map(str, tables))}" if tables else ""
        if one.kind == "materialized view":
            detail += "; filled after the switch"
        yield _create(one.kind, str(one), detail)


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

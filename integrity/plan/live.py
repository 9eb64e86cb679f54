"""The live catalog as the project sees it: under logical names, without the toolkit's own.

A table that the switch parked is read under the name its contract gives it, so that contracts can
be compared with the database before and after a migration alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection
from integrity.database.versions import TRIGGER as VERSION_TRIGGER
from integrity.mapping.layout import OUTBOX_PREFIX, RESERVED_PREFIX, Layout
from integrity.model import Catalog, Name, Project, Sequence, Table
from integrity.operations.freeze_source import TRIGGER
from integrity.plan.followed import under_legacy_names
from integrity.sql.quote import ident

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A database at one moment. ``layout`` says whether the switch has happened."""

    layout: Layout
    everything: Catalog  # all schemas, legacy under logical names, for finding dependents
    legacy: Catalog  # the schemas of the contracts, without unified and foreign tables
    unified: Catalog  # unified tables in their final place; empty before the switch


def read_live(
    conn: Connection[Any],
    project: Project,
    layout: Layout,
    unified: Set[Name],
    routines: Set[tuple[Name, str]] = frozenset(),
) -> Live:
    """Read the whole catalog once and take it apart.

    ``unified``: names of unified tables and of the views on them; ``routines``: functions on them,
    by name and arguments.
    """
    found = without_own(read_catalog(conn), layout.toolkit_schema)
    placed = unified if layout.switched else frozenset[Name]()
    called = routines if layout.switched else frozenset[tuple[Name, str]]()
    back = layout.parking_schemas
    rest = _without_views(without_tables(found, placed), placed, called)
    everything = under_legacy_names(moved(rest, back), project) if layout.switched else rest
    return Live(
        layout=layout,
        everything=everything,
        legacy=within(without_tables(everything, foreign(project)), project.legacy.schemas),
        unified=Catalog(
            tables=tuple(t for t in found.tables if t.name in placed),
            views=tuple(v for v in found.views if v.name in placed),
            functions=tuple(f for f in found.functions if (f.name, f.arguments) in called),
        ),
    )


def unified_names(*projects: Project) -> frozenset[Name]:
    """Unified tables and the views on them."""
    tables = {table.name for project in projects for table in project.tables}
    made = (one for project in projects for one in project.recreated)
    return frozenset(tables | {one.name for one in made if not one.is_routine})


def routine_names(*projects: Project) -> frozenset[tuple[Name, str]]:
    """Functions on the unified tables, by name and arguments."""
    made = (one for project in projects for one in project.recreated)
    return frozenset((one.name, one.identity) for one in made if one.is_routine)


def _without_views(catalog: Catalog, views: Set[Name], functions: Set[tuple[Name, str]]) -> Catalog:
    places = [f" {name}" for name in views]
    called = {f"privileges {name}({arguments})" for name, arguments in functions}
    return replace(
        catalog,
        views=tuple(v for v in catalog.views if v.name not in views),
        functions=tuple(f for f in catalog.functions if (f.name, f.arguments) not in functions),
        unmanaged=tuple(
            line
            for line in catalog.unmanaged
            if line not in called and not any(_is_of(line, p) for p in places)
        ),
    )


def described(live: Live, project: Project) -> Catalog:
    """Everything, with the tables that a switch moved away as the contracts describe them."""
    if not live.layout.switched:
        return live.everything
    legacy = project.legacy
    moved = {name for _, name in live.layout.moved}
    rest = without_tables(legacy, moved)
    seen = live.everything
    return replace(
        seen,
        sequences=_sorted({*seen.sequences, *(set(legacy.sequences) - set(rest.sequences))}),
        tables=_sorted([*seen.tables, *(t for t in legacy.tables if t.name in moved)]),
        unmanaged=tuple(sorted({*seen.unmanaged, *(set(legacy.unmanaged) - set(rest.unmanaged))})),
    )


def foreign(project: Project) -> frozenset[Name]:
    """Tables that others own: nobody compares them, changes them or complains of them."""
    return frozenset(one.table for one in project.retired if not one.goes)


def without_own(catalog: Catalog, toolkit_schema: str) -> Catalog:
    """The catalog without what the toolkit made: tables, functions, and its triggers anywhere."""

    def others(name: Name) -> bool:
        return name.schema != toolkit_schema or not name.name.startswith(RESERVED_PREFIX)

    own = f" {toolkit_schema}.{RESERVED_PREFIX}"
    return replace(
        catalog,
        sequences=tuple(s for s in catalog.sequences if others(s.name)),
        tables=tuple(_without_triggers(t) for t in catalog.tables if others(t.name)),
        views=tuple(v for v in catalog.views if others(v.name)),
        functions=tuple(f for f in catalog.functions if others(f.name)),
        unmanaged=tuple(line for line in catalog.unmanaged if own not in f" {line}"),
    )


def without_toolkit(catalog: Catalog) -> Catalog:
    """The catalog without what the toolkit made, wherever it keeps its tables.

    A schema that holds nothing else is left out as well.
    """
    for schema in _toolkit_schemas(catalog):
        catalog = without_own(catalog, schema)
        if within(catalog, [schema]) == Catalog(schemas=(schema,)):
            rest = tuple(name for name in catalog.schemas if name != schema)
            catalog = replace(catalog, schemas=rest)
    return catalog


def _toolkit_schemas(catalog: Catalog) -> list[str]:
    names = {table.name for table in catalog.tables}
    kinds = (("journal", "ledger", "state"), ("pipeline_runs", "pipeline_links"))
    own = [[RESERVED_PREFIX + table for table in tables] for tables in kinds]
    return [
        schema
        for schema in catalog.schemas
        if any(names.issuperset(Name(schema, table) for table in tables) for tables in own)
    ]


def _without_triggers(table: Table) -> Table:
    def own(name: str) -> bool:
        return name in (TRIGGER, VERSION_TRIGGER) or name.startswith(OUTBOX_PREFIX)

    return replace(table, triggers=tuple(t for t in table.triggers if not own(t.name)))


def without_tables(catalog: Catalog, names: Set[Name]) -> Catalog:
    """The catalog without some tables and the sequences that their columns own."""
    own = {(name.schema, ident(name.name)) for name in names}
    gone = {sequence.name for sequence in catalog.sequences if _owner(sequence) in own}
    places = [f" {name}" for name in (*names, *gone)]
    return replace(
        catalog,
        sequences=tuple(s for s in catalog.sequences if s.name not in gone),
        tables=tuple(t for t in catalog.tables if t.name not in names),
        unmanaged=tuple(
            line for line in catalog.unmanaged if not any(_is_of(line, p) for p in places)
        ),
    )


def _owner(sequence: Sequence) -> tuple[str, str] | None:
    """Schema and quoted name of the table that owns it."""
    if sequence.owned_by is None:
        return None
    end = sequence.owned_by.index('"', 1) + 1 if sequence.owned_by.startswith('"') else 0
    return sequence.name.schema, sequence.owned_by[: sequence.owned_by.index(".", end)]


def _is_of(line: str, place: str) -> bool:
    """Whether an unmanaged line names the object at ``place`` or a part of it."""
    return f"{line}.".find(f"{place}.") >= 0


def within(catalog: Catalog, schemas: Iterable[str]) -> Catalog:
    """What stands in the given schemas."""
    wanted = frozenset(schemas)

    def kept(values: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(value for value in values if value.name.schema in wanted)

    return Catalog(
        schemas=tuple(schema for schema in catalog.schemas if schema in wanted),
        enums=kept(catalog.enums),
        domains=kept(catalog.domains),
        sequences=kept(catalog.sequences),
        tables=kept(catalog.tables),
        views=kept(catalog.views),
        functions=kept(catalog.functions),
        unmanaged=tuple(
            line for line in catalog.unmanaged if any(f" {s}." in f" {line}" for s in wanted)
        ),
    )


def moved(catalog: Catalog, schemas: Mapping[str, str]) -> Catalog:
    """The catalog as if everything in a schema of ``schemas`` stood in the one it maps to."""
    rename = _renaming(schemas)
    there = _deep(catalog, schemas, rename)
    return replace(
        there,
        schemas=tuple(sorted({schemas.get(schema, schema) for schema in catalog.schemas})),
        enums=_sorted(there.enums),
        domains=_sorted(there.domains),
        sequences=_sorted(there.sequences),
        tables=_sorted(there.tables),
        views=_sorted(there.views),
        functions=tuple(sorted(there.functions, key=lambda f: (f.name, f.arguments))),
        unmanaged=tuple(sorted(there.unmanaged)),
    )


def _renaming(schemas: Mapping[str, str]) -> Callable[[str], str]:
    """Only the toolkit builds names such as ``x__legacy``, so their text is unmistakable."""
    pairs = [(f"{ident(old)}.", f"{ident(new)}.") for old, new in schemas.items()]

    def rename(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return rename


def _deep(value: Value, schemas: Mapping[str, str], rename: Callable[[str], str]) -> Value:
    changed: Any = value
    if isinstance(value, Name):
        changed = Name(schemas.get(value.schema, value.schema), value.name)
    elif isinstance(value, str):
        changed = rename(value)
    elif isinstance(value, tuple):
        changed = tuple(_deep(item, schemas, rename) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _deep(getattr(value, f.name), schemas, rename) for f in fields(value)}
        changed = replace(value, **parts)
    return changed  # type: ignore[no-any-return]


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda value: value.name))

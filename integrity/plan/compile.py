"""From a project to its migrations: the compiler's passes, one after the other.

types (a scratch server judges every expression), order, operations, stages. The consolidation
builds the final shape; the performance migration adds what only makes it fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from integrity.errors import ConfigFailure
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.load import Load
from integrity.mapping.needs import defer, in_load_order, needs
from integrity.mapping.oracle import Oracle
from integrity.mapping.resolve import resolve_project
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Catalog, Migration, Name, Project, Retired, Table
from integrity.operations.add_index import add_indexes
from integrity.operations.analyze_table import AnalyzeTable
from integrity.operations.check_move import check_moves, check_names
from integrity.operations.context import Context
from integrity.operations.create_table import CreateTable
from integrity.operations.freeze_source import FreezeSource
from integrity.operations.grant_usage import GrantUsage, granted_schemas
from integrity.operations.load_mapping import LoadMapping
from integrity.operations.move_table import MoveTable, in_turn_of_names, relations
from integrity.operations.operation import Operation, assemble
from integrity.operations.prepare import Prepare
from integrity.operations.recreate import Built, Recreate
from integrity.operations.retire_table import RetireTable
from integrity.operations.switch_tables import SwitchTables
from integrity.operations.verify_mapping import VerifyMapping
from integrity.operations.write_back import WriteBackAll
from integrity.plan.desired import desired_catalog
from integrity.plan.recreated import recreated
from integrity.plan.scratch import typed_scratch
from integrity.plan.successors import rehung_triggers


@dataclass(frozen=True, slots=True)
class Compiled:
    """A project with its resolved mappings in load order and the migrations they become.

    ``desired`` holds the unified tables as a server spells them.
    """

    project: Project
    layout: Layout
    mappings: tuple[ResolvedMapping, ...]
    migrations: tuple[Migration, ...]
    desired: Catalog = field(default_factory=Catalog)


def compile_project(project: Project, scratch_url: str) -> Compiled:
    """Compile against an empty scratch database.

    Raises ConfigFailure with everything the server does not accept, each with its place.
    """
    if problems := [*check_moves(project)]:
        raise ConfigFailure(problems)
    layout = layout_of(project)
    if problems := [*check_names(_moves(project, Context("", layout)))]:
        raise ConfigFailure(problems)
    with typed_scratch(project, layout, scratch_url) as connection:
        resolved = resolve_project(project, Oracle(connection), layout)
        desired = desired_catalog(connection, project, layout)
        found = recreated(connection, project)
    mappings = in_load_order(defer(resolved))
    return Compiled(
        project=project,
        layout=layout,
        mappings=mappings,
        migrations=(consolidation(project, layout, mappings, found.built), performance(project)),
        desired=replace(desired, views=found.views, functions=found.functions),
    )


def layout_of(project: Project) -> Layout:
    """Where the tables of a project stand before the switch."""
    legacy, made = project.legacy, project.recreated
    layout = Layout.of(
        toolkit_schema=project.settings.toolkit_schema,
        unified=(table.name for table in project.tables),
        legacy=[*(table.name for table in legacy.tables), *(view.name for view in legacy.views)],
        moved=((m.table, m.sources[0].table) for m in project.mappings if m.moves),
        recreated=(one.name for one in made if not one.is_routine),
    )
    named = {(function.name, function.arguments) for function in legacy.functions}
    called = {(one.name, one.identity) for one in made if one.is_routine}
    return replace(layout, parked_functions=frozenset(named & called))


def consolidation(
    project: Project,
    layout: Layout,
    mappings: tuple[ResolvedMapping, ...],
    built: tuple[Built, ...] = (),
) -> Migration:
    """The migration that builds, fills, proves and switches to the unified tables.

    ``built``: what stands on them, in an order that works.
    """
    settings = project.settings
    number, name = settings.first_migration, settings.consolidation
    context = Context(f"{number:03d}_{name}", layout)
    return assemble(number, name, _consolidation(project, context, mappings, built))


def _consolidation(
    project: Project,
    context: Context,
    mappings: tuple[ResolvedMapping, ...],
    dependents: tuple[Built, ...],
) -> Iterator[Operation]:
    targets = sorted({table.name.schema for table in project.tables})
    wanted = sorted({*targets, *(one.name.schema for one in project.recreated)})
    new = tuple(schema for schema in wanted if schema not in project.legacy.schemas)
    moved = {mapping.table for mapping in project.mappings if mapping.moves}
    built_in = sorted({t.name.schema for t in project.tables if t.name not in moved})
    yield Prepare(context, tuple(built_in), new)
    for name in sorted({*_sources(project), *(one.table for one in _gone(project))}):
        yield FreezeSource(context, name)
    moves = tuple(_moves(project, context))
    old_names = {move.table.name: move.old_names() for move in moves}
    built = [table for table in project.tables if table.name not in old_names]
    for table in built:
        yield CreateTable(context, table, old_names, _feeding(project, table))
    yield from _usage(project, context)
    yield from moves
    yield from (RetireTable(context, one) for one in _gone(project))
    for mapping in mappings:
        yield LoadMapping(context, mapping, needs(mapping))
    for mapping in mappings:
        yield VerifyMapping(context, mapping, needs(mapping))
    work = [
        sql
        for mapping in mappings
        for sql in (
            *Load(mapping, context.layout, context.migration).drop_work_tables(),
            *Expectation(mapping, context.layout).drop_work_tables(),
        )
    ]
    yield SwitchTables(
        context,
        tuple(table.name for table in built),
        moves,
        tuple(work),
        WriteBackAll(context, mappings, project.legacy),
        Recreate(
            context,
            dependents,
            tuple(sorted(context.layout.parked_functions)),
            tuple(rehung_triggers(project)),
        ),
    )


def _sources(project: Project) -> set[Name]:
    return {source.table for mapping in project.mappings for source in mapping.sources}


def _usage(project: Project, context: Context) -> Iterator[Operation]:
    """Who gets privileges needs the schemas too."""
    declared = granted_schemas(project)
    fed = {mapping.table for mapping in project.mappings if not mapping.moves}
    as_sources = [t.name for t in project.tables if t.grants_as_sources and t.name in fed]
    if declared or as_sources:
        yield GrantUsage(context, tuple(sorted(declared)), tuple(as_sources))


def _feeding(project: Project, table: Table) -> tuple[Name, ...]:
    """The sources of a table, in the order of the YAML."""
    mapping = project.mapping(table.name)
    return tuple(dict.fromkeys(s.table for s in mapping.sources)) if mapping else ()


def _gone(project: Project) -> list[Retired]:
    return [one for one in project.retired if one.goes]


def _moves(project: Project, context: Context) -> list[MoveTable]:
    """The moves, each after the one that leaves the name it takes."""
    legacy = {table.name: table for table in project.legacy.tables}
    tables = {table.name: table for table in project.tables}
    taken = relations(project.legacy, tables.values(), context.layout.parked_names)
    children = _staying_children(project)
    moves = [
        MoveTable(
            context, mapping, legacy[name], tables[mapping.table], taken, children.get(name, ())
        )
        for mapping in project.mappings
        if mapping.moves and (name := mapping.sources[0].table)
    ]
    return in_turn_of_names(moves)


def _staying_children(project: Project) -> dict[Name, tuple[Name, ...]]:
    """Legacy tables by the moved table that they refer to, of those that stay behind."""
    moved = {m.sources[0].table for m in project.mappings if m.moves}
    found: dict[Name, set[Name]] = {}
    for table in project.legacy.tables:
        for key in table.foreign_keys:
            if key.references in moved and table.name not in moved:
                found.setdefault(key.references, set()).add(table.name)
    return {name: tuple(sorted(children)) for name, children in found.items()}


def performance(project: Project) -> Migration:
    """The migration that adds secondary indexes and statistics to the live tables."""
    settings = project.settings
    there = _moved_indexes(project)
    derived = {mapping.table for mapping in project.mappings if mapping.derived}
    tables = [table for table in project.tables if table.name not in derived]
    operations: list[Operation] = [
        add
        for table in tables
        for add in add_indexes(
            table.name, (i for i in table.indexes if (table.name, i.name) not in there)
        )
    ]
    operations += [AnalyzeTable(table.name) for table in tables]
    return assemble(settings.first_migration + 1, settings.performance, operations)


def _moved_indexes(project: Project) -> set[tuple[Name, str]]:
    """Indexes that come along with a moved table."""
    context = Context("", layout_of(project))
    return {
        (move.table.name, name)
        for move in _moves(project, context)
        if not move.mapping.derived
        for name in move.index_names()
    }

"""From a project to its migrations: the compiler's passes, one after the other.

types (a scratch server judges every expression), order, operations, stages. The consolidation
builds the final shape; the performance migration adds what only makes it fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrity.errors import ConfigFailure
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.load import Load
from integrity.mapping.needs import defer, in_load_order, needs
from integrity.mapping.oracle import Oracle
from integrity.mapping.resolve import resolve_project
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Catalog, Migration, Name, Project
from integrity.operations.add_index import add_indexes
from integrity.operations.analyze_table import AnalyzeTable
from integrity.operations.check_move import check_moves
from integrity.operations.context import Context
from integrity.operations.create_table import CreateTable
from integrity.operations.freeze_source import FreezeSource
from integrity.operations.load_mapping import LoadMapping
from integrity.operations.move_table import MoveTable
from integrity.operations.operation import Operation, assemble
from integrity.operations.prepare import Prepare
from integrity.operations.switch_tables import SwitchTables
from integrity.operations.verify_mapping import VerifyMapping
from integrity.operations.write_back import WriteBackAll
from integrity.plan.desired import desired_catalog
from integrity.plan.scratch import typed_scratch


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
    with typed_scratch(project, layout, scratch_url) as connection:
        resolved = resolve_project(project, Oracle(connection), layout)
        desired = desired_catalog(connection, project, layout)
    mappings = in_load_order(defer(resolved))
    return Compiled(
        project=project,
        layout=layout,
        mappings=mappings,
        migrations=(consolidation(project, layout, mappings), performance(project)),
        desired=desired,
    )


def layout_of(project: Project) -> Layout:
    """Where the tables of a project stand before the switch."""
    return Layout.of(
        toolkit_schema=project.settings.toolkit_schema,
        unified=(table.name for table in project.tables),
        legacy=(table.name for table in project.legacy.tables),
        moved=((m.table, m.sources[0].table) for m in project.mappings if m.moves),
    )


def consolidation(
    project: Project, layout: Layout, mappings: tuple[ResolvedMapping, ...]
) -> Migration:
    """The migration that builds, fills, proves and switches to the unified tables."""
    settings = project.settings
    number, name = settings.first_migration, settings.consolidation
    context = Context(f"{number:03d}_{name}", layout)
    return assemble(number, name, _consolidation(project, context, mappings))


def _consolidation(
    project: Project, context: Context, mappings: tuple[ResolvedMapping, ...]
) -> Iterator[Operation]:
    targets = sorted({table.name.schema for table in project.tables})
    new = tuple(schema for schema in targets if schema not in project.legacy.schemas)
    yield Prepare(context, tuple(targets), new)
    for name in sorted({s.table for m in project.mappings for s in m.sources}):
        yield FreezeSource(context, name)
    moves = tuple(_moves(project, context))
    old_names = {move.table.name: move.old_names() for move in moves}
    built = [table for table in project.tables if table.name not in old_names]
    for table in built:
        yield CreateTable(context, table, old_names)
    yield from moves
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
    )


def _moves(project: Project, context: Context) -> Iterator[MoveTable]:
    for mapping in project.mappings:
        if mapping.moves:
            legacy = project.legacy.table(mapping.sources[0].table)
            table = project.table(mapping.table)
            assert legacy is not None and table is not None
            taken = {other.name for other in (*project.legacy.tables, *project.tables)}
            yield MoveTable(context, mapping, legacy, table, frozenset(taken - {legacy.name}))


def performance(project: Project) -> Migration:
    """The migration that adds secondary indexes and statistics to the live tables."""
    settings = project.settings
    there = _moved_indexes(project)
    operations: list[Operation] = [
        add
        for table in project.tables
        for add in add_indexes(
            table.name, (i for i in table.indexes if (table.name, i.name) not in there)
        )
    ]
    operations += [AnalyzeTable(table.name) for table in project.tables]
    return assemble(settings.first_migration + 1, settings.performance, operations)


def _moved_indexes(project: Project) -> set[tuple[Name, str]]:
    """Indexes that come along with a moved table."""
    context = Context("", layout_of(project))
    return {
        (move.table.name, name) for move in _moves(project, context) for name in move.index_names()
    }

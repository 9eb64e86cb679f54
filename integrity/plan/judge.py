"""The scratch server as the judge: every statement of a migration runs there before it is written.

Tables are empty, so this costs parsing and planning only. What the server refuses is found at
compile time and named by the mapping or table it comes from; the way back is judged as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from integrity.catalog.build import create_statements
from integrity.catalog.ddl import FIRES
from integrity.database.connect import Connection, Error, connect
from integrity.errors import ConfigFailure, Problem
from integrity.model import Catalog, Location, Migration, Name, Project, Stage, Step, Table
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.plan.scratch import bare, scratch_database
from integrity.sql.quote import ident, literal, qualified


def judge_migrations(project: Project, migrations: tuple[Migration, ...], server_url: str) -> None:
    """Judges migrations in a database of their own, made on a server and dropped again."""
    with scratch_database(server_url) as url, connect(url) as conn:
        judge(conn, project, migrations)


def judge(conn: Connection[Any], project: Project, migrations: tuple[Migration, ...]) -> None:
    """Runs all migrations there and back in an empty scratch database.

    Raises ConfigFailure for the first step of a mapping or table that the server refuses.
    """
    for statement in (
        *create_statements(_legacy(project)),
        *toolkit_statements(project.settings.toolkit_schema),
        *_triggers(project),
    ):
        conn.execute(statement.encode())
    for migration in migrations:
        _run(conn, project, migration.stages)
    for migration in reversed(migrations):
        _run(conn, project, migration.rollback)


def _run(conn: Connection[Any], project: Project, stages: tuple[Stage, ...]) -> None:
    """Every step, whatever its condition: the way back is judged over a switch that happened."""
    for step in (step for stage in stages for step in stage.steps):
        try:
            for statement in step.statements:
                conn.execute(statement.sql.encode())
        except Error as error:
            raise ConfigFailure([_problem(project, step, error)]) from error


def _problem(project: Project, step: Step, error: Error) -> Problem:
    message = (error.diag.message_primary or str(error)).splitlines()[0]
    return Problem(
        _place(project, step.table),
        f"{step.title}: the server refuses it: {message}",
        error.diag.message_hint or "",
    )


def _place(project: Project, name: Name | None) -> Location:
    """The mapping that fills the table, else the table."""
    mapping = project.mapping(name) if name else None
    if mapping:
        return mapping.location
    table = project.table(name) if name else None
    return table.location if table else Location("", 0, 0)


def _legacy(project: Project) -> Catalog:
    """The contracts, bare; those that are moved with all that a move renames."""
    legacy = bare(project.legacy)
    moved = {m.sources[0].table for m in project.mappings if m.moves}
    tables = tuple(
        replace(table, triggers=(), foreign_keys=()) if table.name in moved else plain
        for table, plain in zip(project.legacy.tables, legacy.tables, strict=True)
    )
    names = {str(name) for name in moved}
    sequences = tuple(
        sequence
        for sequence in project.legacy.sequences
        if f"{sequence.name.schema}.{(sequence.owned_by or '').rsplit('.', 1)[0]}" in names
    )
    schemas = sorted({*project.legacy.schemas, *(t.name.schema for t in tables)})
    return Catalog(
        schemas=tuple(schemas),
        enums=project.legacy.enums,
        domains=legacy.domains,
        sequences=sequences,
        tables=tables,
    )


def _triggers(project: Project) -> Iterator[str]:
    """Triggers under the names of legacy's, so that statements about them can be judged."""
    function = qualified(Name(project.settings.toolkit_schema, "integrity_refuse_write"))
    for table in project.legacy.tables:
        for trigger in table.triggers:
            yield _trigger(table, trigger.name, function)
            if trigger.enabled in FIRES:
                yield (
                    f"alter table {qualified(table.name)} {FIRES[trigger.enabled]}"
                    f" trigger {ident(trigger.name)}"
                )


def _trigger(table: Table, name: str, function: str) -> str:
    return (
        f"create trigger {ident(name)} before truncate on {qualified(table.name)}"
        f" for each statement execute function {function}({literal('judge')})"
    )

"""The scratch server as the judge: every statement of a migration runs there before it is written.

Tables are empty, so this costs parsing and planning only. What the server refuses is found at
compile time and named by the mapping or table it comes from; the way back is judged as well.
Statements are sent many at a time, and one by one only where that fails, so that the refusal has a
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from integrity.catalog.build import create_statements
from integrity.catalog.ddl import FIRES
from integrity.database.connect import Connection, Error, connect
from integrity.errors import ConfigFailure, Problem
from integrity.model import (
    Catalog,
    Column,
    Index,
    Location,
    Migration,
    Name,
    Project,
    Stage,
    Statement,
    Step,
    Table,
)
from integrity.operations.grants import is_grant
from integrity.operations.rehang_triggers import called
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.plan.compile import layout_of
from integrity.plan.scratch import bare, execute_all, scratch_database
from integrity.plan.successors import rehung_triggers
from integrity.sql.quote import ident, literal, qualified

_AT_ONCE = 200  # statements of one message and transaction: it holds all their locks


def judge_migrations(project: Project, migrations: tuple[Migration, ...], server_url: str) -> None:
    """Judges migrations in a database of their own, made on a server and dropped again."""
    with scratch_database(server_url) as url, connect(url) as conn:
        judge(conn, project, migrations)


def judge(conn: Connection[Any], project: Project, migrations: tuple[Migration, ...]) -> None:
    """Runs all migrations there and back in an empty scratch database.

    Raises ConfigFailure for the first step of a mapping or table that the server refuses.
    """
    execute_all(
        conn,
        (
            *create_statements(_legacy(project)),
            *toolkit_statements(project.settings.toolkit_schema),
            *_triggers(project),
            *_in_the_way(project),
        ),
    )
    for migration in migrations:
        _run(conn, project, migration.stages)
    for migration in reversed(migrations):
        _run(conn, project, migration.rollback)


def _run(conn: Connection[Any], project: Project, stages: tuple[Stage, ...]) -> None:
    """Every step, whatever its condition: the way back is judged over a switch that happened."""
    for alone, ones in groupby(_judged(stages), key=lambda one: _alone(one[1])):
        while some := tuple(islice(ones, 1 if alone else _AT_ONCE)):
            if alone or not _at_once(conn, [statement.sql for _, statement in some]):
                _one_by_one(conn, project, some)


def _judged(stages: tuple[Stage, ...]) -> Iterator[tuple[Step, Statement]]:
    """Statements with their steps. Settings of a transaction count once: the judge has no use for
    them. Grants not at all: roles belong to the server that is migrated."""
    settings = set()
    for step in (step for stage in stages for step in stage.steps):
        for statement in step.statements:
            if is_grant(statement.sql) or statement.sql in settings:
                continue
            if _is_setting(statement):
                settings.add(statement.sql)
            yield step, statement


def _alone(statement: Statement) -> bool:
    """What cannot run in a transaction, and what would change the rest of one."""
    return not statement.transactional or _is_setting(statement)


def _is_setting(statement: Statement) -> bool:
    return statement.sql.startswith("set local ")


def _at_once(conn: Connection[Any], statements: list[str]) -> bool:
    """Whether the server took all of them; if not, none of them is done.

    Each has to answer by itself: one that swallows the next, as an open quote does, is none.
    """
    conn.execute("begin")
    try:
        cursor = conn.execute("\n;\n".join(statements).encode())
    except Error:
        conn.execute("rollback")
        return False
    answers = 1
    while cursor.nextset():
        answers += 1
    conn.execute("commit" if answers == len(statements) else "rollback")
    return answers == len(statements)


def _one_by_one(
    conn: Connection[Any], project: Project, ones: Iterable[tuple[Step, Statement]]
) -> None:
    for step, statement in ones:
        try:
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
    derived = {m.sources[0].table for m in project.mappings if m.derived}
    tables = tuple(
        _as_moved(table, derived) if table.name in moved else plain
        for table, plain in zip(project.legacy.tables, legacy.tables, strict=True)
    )
    names = {f"{name.schema}.{ident(name.name)}" for name in moved}
    sequences = tuple(
        sequence
        for sequence in project.legacy.sequences
        if sequence.owned_by is None
        or f"{sequence.name.schema}.{sequence.owned_by.rsplit('.', 1)[0]}" in names
    )
    schemas = sorted({*project.legacy.schemas, *(t.name.schema for t in tables)})
    return Catalog(
        schemas=tuple(schemas),
        enums=project.legacy.enums,
        domains=legacy.domains,
        sequences=sequences,
        tables=tables,
    )


def _as_moved(table: Table, derived: AbstractSet[Name]) -> Table:
    """A table with its names. Of one that stays as it is, expressions that may call functions of
    the database give way to constants: a move never looks at them."""
    if table.name not in derived:
        return replace(table, triggers=())
    columns = (replace(c, generated=None, default=_own_sequence(c)) for c in table.columns)
    return replace(
        table,
        triggers=(),
        columns=tuple(columns),
        checks=tuple(replace(check, expression="true") for check in table.checks),
        indexes=tuple(_plain(index, table) for index in table.indexes),
    )


def _own_sequence(column: Column) -> str | None:
    default = column.default or ""
    return default if default.startswith("nextval(") else None


def _plain(index: Index, table: Table) -> Index:
    names = {column.name for column in table.columns}
    if index.unique and index.where is None and names.issuperset(index.columns):
        return index  # a foreign key may refer to it
    return Index(name=index.name, columns=("(1)",))


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


def _in_the_way(project: Project) -> Iterator[str]:
    """Views and functions that the switch parks, as far as their names go."""
    layout = layout_of(project)
    for view in project.legacy.views:
        if view.name in layout.parked_names:
            yield f"create view {qualified(view.name)} as select 1 as one"
    if any(one.is_routine for one in project.recreated):
        yield "set check_function_bodies = off"
    hung = {called(one.trigger) for one in rehung_triggers(project)}
    for function in project.legacy.functions:
        parked = (function.name, function.arguments) in layout.parked_functions
        if parked or (not function.arguments and qualified(function.name) in hung):
            yield function.definition


def _trigger(table: Table, name: str, function: str) -> str:
    return (
        f"create trigger {ident(name)} before truncate on {qualified(table.name)}"
        f" for each statement execute function {function}({literal('judge')})"
    )

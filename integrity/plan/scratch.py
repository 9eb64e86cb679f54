"""The scratch database: the judge of types and statements. It holds every table, and no row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex

from integrity.catalog.build import create_statements, create_table_with_keys
from integrity.config.coverage import columns_read
from integrity.database.connect import (
    Connection,
    connect,
    create_database,
    drop_database,
    with_database,
)
from integrity.database.embedded import start
from integrity.errors import ConfigFailure, Problem, nearest
from integrity.mapping.layout import Layout, next_schema
from integrity.model import Catalog, Column, Name, Project, Table
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.sql.quote import ident, qualified

_TYPES_HINT = "types are built in, or enums and domains of a contract, written schema.name"


@contextmanager
def scratch_database(url: str | None, *, major: int = 18) -> Iterator[str]:
    """The URL of a new, empty database, dropped at the end.

    ``url``: a server to create it on; None starts an embedded server of that major version.
    """
    if url is None:
        with start(major=major, ephemeral=True) as server, scratch_database(server.url) as made:
            yield made
        return
    name = f"integrity_scratch_{token_hex(6)}"
    create_database(url, name)
    try:
        yield with_database(url, name)
    finally:
        drop_database(url, name)


@contextmanager
def typed_scratch(project: Project, layout: Layout, url: str) -> Iterator[Connection]:
    """A connection to a scratch database in which expressions can be asked about.

    Contracts stand there as bare columns under their own names, unified tables where the load
    builds them.
    """
    legacy = bare(project.legacy)
    with connect(url) as connection:
        for statement in create_statements(replace(legacy, tables=())):
            connection.execute(statement.encode())
        if problems := list(_unknown_types(connection, project)):
            raise ConfigFailure(problems)
        moved = {name for name, _ in layout.moved}  # still legacy, until the switch
        statements = [sql for table in legacy.tables for sql in create_table_with_keys(table)]
        statements += toolkit_statements(layout.toolkit_schema)
        schemas = sorted({next_schema(table.name.schema) for table in project.tables})
        statements += (f"create schema {ident(schema)}" for schema in schemas)
        for table in project.tables:
            if table.name not in moved:
                statements += create_table_with_keys(bare_table(table), layout.unified(table.name))
        execute_all(connection, statements)
        yield connection


def execute_all(connection: Connection, statements: Iterable[str]) -> None:
    """Run statements in one message and one transaction: a thousand take as long as a few."""
    if text := "\n;\n".join(statements):
        connection.execute(text.encode())


def _unknown_types(connection: Connection, project: Project) -> Iterator[Problem]:
    """Columns in use whose type the server does not know, with the type whose name is nearest."""
    columns = [(table, column) for table in project.tables for column in table.columns]
    columns += _legacy_columns_in_use(project)
    types = list({column.type for _, column in columns})
    known = connection.execute(
        "select wanted from unnest(%s::text[]) as wanted where to_regtype(wanted) is not null",
        [types],
    ).fetchall()
    if not (unknown := set(types).difference(name for (name,) in known)):
        return
    names = connection.execute(
        "select format_type(oid, null) from pg_type"
        " where typtype in ('b', 'd', 'e', 'm', 'r') and typelem = 0"
    ).fetchall()
    for table, column in columns:
        if column.type in unknown:
            message = f"column {column.name!r} of {table.name}: there is no type {column.type!r}"
            hint = nearest(column.type, [name for (name,) in names])
            close = hint.startswith("did you mean")
            yield Problem(column.location, message, hint if close else _TYPES_HINT)


def _legacy_columns_in_use(project: Project) -> list[tuple[Table, Column]]:
    read: dict[Name, frozenset[str]] = {}
    for mapping in project.mappings:
        for source in mapping.sources:
            read[source.table] = read.get(source.table, frozenset()) | columns_read(source)
    return [
        (table, column)
        for table in project.legacy.tables
        for column in table.columns
        if column.name in read.get(table.name, frozenset())
    ]


def bare(catalog: Catalog) -> Catalog:
    """The catalog with types and bare tables only: what expressions need to be judged.

    A type that no contract describes, as one of an extension, is stood in for by text: columns in
    use have none.
    """
    schemas = {table.name.schema for table in catalog.tables}
    types = {qualified(enum.name) for enum in catalog.enums}
    types |= {qualified(domain.name) for domain in catalog.domains}
    return Catalog(
        schemas=tuple(sorted(schemas | set(catalog.schemas))),
        enums=catalog.enums,
        domains=tuple(replace(domain, constraints="") for domain in catalog.domains),
        tables=tuple(_stood_in(bare_table(table), types) for table in catalog.tables),
    )


def _stood_in(table: Table, types: set[str]) -> Table:
    def known(column: Column) -> bool:
        return "." not in column.type or column.type.split("[")[0] in types

    columns = (c if known(c) else replace(c, type="text") for c in table.columns)
    # How texts sort changes no type, and a collation may be one that the contracts do not tell of.
    return replace(table, columns=tuple(replace(c, collation=None) for c in columns))


def bare_table(table: Table) -> Table:
    """The table with names and types of its columns, and nothing else."""
    columns = tuple(
        Column(name=c.name, type=c.type, nullable=True, collation=c.collation)
        for c in table.columns
    )
    return Table(name=table.name, columns=columns)


def legacy_without_behaviour(catalog: Catalog) -> Catalog:
    """The catalog without views, functions and triggers: tables as a load meets them."""
    tables = tuple(
        replace(bare_table(t), primary_key=t.primary_key, uniques=t.uniques) for t in catalog.tables
    )
    return replace(bare(catalog), tables=tables)

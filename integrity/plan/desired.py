"""The unified tables as the server spells them: built in the scratch database and read back.

Text of the YAML never compares reliably with what a server made of it, so both sides of a
comparison come from a catalog. Building them also finds, at compile time, what the server refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from integrity.catalog.build import create_table_with_keys
from integrity.catalog.ddl import add_foreign_key, comments, create_table
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, Error
from integrity.errors import ConfigFailure, Problem
from integrity.mapping.layout import Layout, next_schema
from integrity.model import Catalog, Column, Location, Name, Project, Table
from integrity.plan.derived import completed, derived_names, to_build
from integrity.plan.live import moved
from integrity.plan.scratch import bare_table, execute_all
from integrity.plan.serials import serial_sequences
from integrity.sql.quote import ident, qualified


def desired_catalog(conn: Connection[Any], project: Project, layout: Layout) -> Catalog:
    """The unified tables with keys, indexes and foreign keys, under their final names.

    Built in the schemas of the load, whose bare tables they replace. Raises ConfigFailure with
    each table or key that the server does not accept.
    """
    schemas = sorted({table.name.schema for table in project.tables})
    for schema in schemas:
        conn.execute(f"drop schema if exists {ident(next_schema(schema))} cascade".encode())
        conn.execute(f"create schema {ident(next_schema(schema))}".encode())
    layout = replace(layout, moved=frozenset())  # a moved table is built here like the others
    derived = derived_names(project.mappings)
    wanted, project = project.tables, replace(project, tables=to_build(project.tables, derived))
    for sequence in serial_sequences(project.tables):
        conn.execute(f"create schema if not exists {ident(sequence.schema)}".encode())
        conn.execute(f"create sequence if not exists {qualified(sequence)}".encode())
    _build(conn, project, layout)
    built = read_catalog(conn, [next_schema(schema) for schema in schemas])
    there = Catalog(tables=moved(built, {next_schema(s): s for s in schemas}).tables)
    return completed(there, wanted, derived)


def _build(conn: Connection[Any], project: Project, layout: Layout) -> None:
    """All at once; where the server refuses something, one by one, to say what."""
    try:
        execute_all(conn, _statements(project, layout))
    except Error:
        if problems := list(_problems(conn, project, layout)):
            raise ConfigFailure(problems) from None


def _statements(project: Project, layout: Layout) -> Iterator[str]:
    for table in project.tables:
        at = layout.unified(table.name)
        yield from (*create_table_with_keys(table, at), *comments(table, at))
    for table in project.tables:
        at = layout.unified(table.name)
        for key in table.foreign_keys:
            yield add_foreign_key(key, at, layout.unified(key.references))


def _problems(conn: Connection[Any], project: Project, layout: Layout) -> Iterator[Problem]:
    """What the server refuses; nothing is said of what only follows from that."""
    refused: set[Name] = set()
    for table in project.tables:
        at = layout.unified(table.name)
        create, *others = (*create_table_with_keys(table, at), *comments(table, at))
        if found := list(_try(conn, table.location, str(table.name), create)):
            refused.add(table.name)
            yield from list(_guilty(conn, table, at)) or found
            continue
        for sql in others:
            yield from _try(conn, _place(table, sql), str(table.name), sql)
    for table in project.tables:
        for key in table.foreign_keys:
            if refused.isdisjoint((table.name, key.references)):
                at, to = layout.unified(table.name), layout.unified(key.references)
                sql = add_foreign_key(key, at, to)
                yield from _try(conn, key.location, f"foreign key {key.name}", sql)


def _guilty(conn: Connection[Any], table: Table, at: Name) -> Iterator[Problem]:
    """The columns and checks for which the server refuses the table, each tried alone."""
    bare = bare_table(table)
    parts = [(c.location, f"{table.name}.{c.name}", _with_column(bare, c)) for c in table.columns]
    parts += [
        (check.location, f"{table.name}: check {check.name}", replace(bare, checks=(check,)))
        for check in table.checks
    ]
    for place, what, part in parts:
        yield from _try(conn, place, what, create_table(part, at))
        conn.execute(f"drop table if exists {qualified(at)}".encode())


def _with_column(table: Table, column: Column) -> Table:
    columns = (column if one.name == column.name else one for one in table.columns)
    return replace(table, columns=tuple(columns))


def _place(table: Table, sql: str) -> Location:
    """The index, if the statement makes one, else the table."""
    for index in table.indexes:
        if f"index {ident(index.name)}\n" in sql:
            return index.location
    return table.location


def _try(conn: Connection[Any], place: Location, what: str, sql: str) -> Iterator[Problem]:
    try:
        conn.execute(sql.encode())
    except Error as error:
        message = error.diag.message_primary or str(error)
        yield Problem(
            place, f"{what}: the server refuses it: {message}", error.diag.message_hint or ""
        )

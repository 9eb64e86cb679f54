"""A random pair of states: migrate, equal to the target; roll back, equal to the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from random_catalogs import TYPES, Draw, catalogs

from integrity.catalog.build import create_statements
from integrity.catalog.drift import differences
from integrity.catalog.equality import snapshot
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, Error, connect
from integrity.errors import ConfigFailure, DatabaseFailure, Failure, UnprovenFailure
from integrity.mapping.layout import Layout
from integrity.model import Catalog, Column, Index, Key, Project, Settings, Table
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.plan.change_migration import reaching
from integrity.plan.mapping_difference import Resolutions
from integrity.plan.reached import Reached
from integrity.run.executor import execute
from integrity.sql.quote import ident, literal, qualified

SETTINGS = Settings(name="random", toolkit_schema="tools", lock_timeout_ms=5_000)
VALUES = {
    "smallint": "{n}",
    "integer": "{n}",
    "bigint": "{n}",
    "text": "'t{n}'",
    "numeric(10,2)": "{n}.25",
    "timestamp with time zone": "'2024-01-0{n} 10:00+00'",
    "boolean": "true",
    "date": "'2024-02-0{n}'",
    "uuid": "'00000000-0000-0000-0000-00000000000{n}'",
    "character varying(20)": "'v{n}'",
    "bytea": "'\\x0{n}'",
    "double precision": "{n}.5",
}
RETYPED = {
    "smallint": ("integer", "text"),
    "integer": ("bigint", "smallint", "text"),
    "bigint": ("integer", "numeric(20,0)"),
    "numeric(10,2)": ("numeric(12,2)", "numeric(10,1)", "double precision"),
    "character varying(20)": ("text", "character varying(1)"),
    "text": ("character varying(30)", "integer"),
    "date": ("timestamp without time zone",),
    "double precision": ("integer", "numeric(10,2)"),
}


# --- edits -----------------------------------------------------------------------------------


def without_column(table: Table, column: str) -> Table:
    """The table without a column and whatever mentions it."""
    text = ident(column)
    kept = tuple(
        c for c in table.columns if c.name != column and not (c.generated and text in c.generated)
    )
    names = {c.name for c in kept}
    gone = [ident(c.name) for c in table.columns if c.name not in names]

    def mentions(part: str) -> bool:
        return any(name in part for name in gone)

    def clear(index: Index) -> bool:
        return not any(
            map(mentions, (*index.columns, index.where or "", *map(ident, index.include)))
        )

    def whole(columns: tuple[str, ...]) -> bool:
        return set(columns) <= names

    key = table.primary_key
    return replace(
        table,
        columns=kept,
        primary_key=key if key and whole(key.columns) else None,
        uniques=tuple(k for k in table.uniques if whole(k.columns)),
        foreign_keys=tuple(k for k in table.foreign_keys if whole(k.columns)),
        checks=tuple(c for c in table.checks if not mentions(c.expression)),
        indexes=tuple(i for i in table.indexes if clear(i)),
    )


def changed_column(table: Table, column: Column) -> Table:
    return replace(
        table, columns=tuple(column if c.name == column.name else c for c in table.columns)
    )


def edit(drawn: Draw, table: Table) -> Table:
    """One random edit of a table, of a kind that it allows."""
    referenced = {name for key in table.foreign_keys for name in key.columns}
    key = table.primary_key.columns if table.primary_key else ()
    free = [c for c in table.columns if c.name not in key]
    plain = [c for c in free if not (c.identity or c.generated)]
    typed = [c for c in plain if c.type in RETYPED and c.name not in referenced]
    numbers = [c for c in plain if c.type == "integer"]
    kinds = {"drop": free, "type": typed, "null": plain, "default": numbers}
    kind = drawn.draw(st.sampled_from([k for k, v in kinds.items() if v] + ["add", "say", "part"]))
    column = drawn.draw(st.sampled_from(kinds.get(kind) or table.columns))
    match kind:
        case "drop":
            return without_column(table, column.name)
        case "add":
            new = Column(name=drawn.name(), type=drawn.draw(st.sampled_from(TYPES)))
            place = drawn.draw(st.integers(0, len(table.columns)))
            columns = (*table.columns[:place], new, *table.columns[place:])
            return replace(table, columns=columns)
        case "type":
            new_type = drawn.draw(st.sampled_from(RETYPED[column.type]))
            textual = new_type == "text" or "char" in new_type
            collation = column.collation if textual else None
            new = replace(column, type=new_type, default=None, collation=collation)
            return changed_column(table, new)
        case "null":
            return changed_column(table, replace(column, nullable=not column.nullable))
        case "default":
            return changed_column(table, replace(column, default=drawn.draw(st.sampled_from("38"))))
        case "say":
            described = replace(column, description=drawn.text())
            return replace(changed_column(table, described), description=drawn.text())
        case _:
            return edit_part(drawn, table)


def edit_part(drawn: Draw, table: Table) -> Table:
    """Add, drop or rename an index, a unique key or a check."""
    plain = [c for c in table.columns if not c.generated]
    column = drawn.draw(st.sampled_from(plain))
    match drawn.draw(st.sampled_from(["index", "no index", "key", "no key", "no check", "rename"])):
        case "index":
            new = Index(name=drawn.name(), columns=(ident(column.name),))
            return replace(table, indexes=(*table.indexes, new))
        case "no index":
            return replace(table, indexes=table.indexes[1:])
        case "key":
            new_key = Key(name=drawn.name(), columns=(column.name,))
            return replace(table, uniques=(*table.uniques, new_key))
        case "no key":
            return replace(table, uniques=table.uniques[1:])
        case "no check":
            return replace(table, checks=table.checks[1:])
        case _:
            return renamed_column(drawn, table, column)


def renamed_column(drawn: Draw, table: Table, column: Column) -> Table:
    if any(
        ident(column.name) in text
        for text in [
            *(c.expression for c in table.checks),
            *(c.generated or "" for c in table.columns),
            *(text for i in table.indexes for text in (*i.columns, i.where or "")),
            *(ident(name) for i in table.indexes for name in i.include),
        ]
    ):
        return table
    new = drawn.name()

    def names(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == column.name else name for name in columns)

    key = table.primary_key
    renamed = replace(column, name=new, renamed_from=column.name)
    return replace(
        table,
        columns=tuple(renamed if c.name == column.name else c for c in table.columns),
        primary_key=key and replace(key, columns=names(key.columns)),
        uniques=tuple(replace(k, columns=names(k.columns)) for k in table.uniques),
        foreign_keys=tuple(replace(k, columns=names(k.columns)) for k in table.foreign_keys),
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Catalog, Catalog]:
    old = draw(catalogs())
    drawn = Draw(draw)
    drawn.taken |= {part.name for t in old.tables for part in (*t.columns, *t.indexes, *t.uniques)}
    drawn.taken |= {part.name for t in old.tables for part in (*t.checks, *t.foreign_keys)}
    drawn.taken |= {table.name.name for table in old.tables}
    drawn.taken |= {t.primary_key.name for t in old.tables if t.primary_key}
    old = replace(old, sequences=(), tables=tuple(map(_keyed, old.tables)))
    tables = list(old.tables)
    for _ in range(draw(st.integers(2, 5))):
        at = draw(st.integers(0, len(tables) - 1))
        tables[at] = edit(drawn, tables[at])
    if len(tables) > 1 and draw(st.integers(0, 4)) == 4:
        del tables[draw(st.integers(0, len(tables) - 1))]
    return old, replace(old, tables=tuple(map(_references, [tables] * len(tables), tables)))


def _keyed(table: Table) -> Table:
    """Every table has a primary key, so that values can be kept by it."""
    if table.primary_key:
        return table
    column = Column(name="integrity id", type="bigint", nullable=False, identity="by default")
    key = Key(name=f"{table.name.name[:12]} id", columns=(column.name,))
    return replace(table, columns=(column, *table.columns), primary_key=key)


def _references(tables: list[Table], table: Table) -> Table:
    """Without foreign keys to what is gone, or under another name or type."""
    by_name = {t.name: t for t in tables}

    def holds(key: Any) -> bool:
        other = by_name.get(key.references)
        if other is None or other.primary_key is None or other.primary_key.columns != key.to:
            return False
        ends = zip(key.columns, key.to, strict=True)
        return all(_type(table, a) == _type(other, b) for a, b in ends)

    return replace(table, foreign_keys=tuple(filter(holds, table.foreign_keys)))


def _type(table: Table, column: str) -> str | None:
    found = table.column(column)
    return found.type if found else None


# --- the way there and back ------------------------------------------------------------------


def clear(conn: Connection[Any], schemas: tuple[str, ...]) -> None:
    conn.execute("drop schema if exists tools cascade")
    for (name,) in conn.execute(
        "select nspname from pg_namespace where nspname !~ '^pg_'"
        " and nspname not in ('information_schema', 'public')"
    ).fetchall():
        conn.execute(f"drop schema {ident(name)} cascade".encode())


def fill(conn: Connection[Any], catalog: Catalog) -> None:
    """A few rows per table, where its rules allow them."""
    for table in catalog.tables:
        linked = {name for key in table.foreign_keys for name in key.columns}
        columns = [
            c
            for c in table.columns
            if c.type in VALUES and not c.generated and c.name not in linked
        ]
        for n in range(1, 5):
            values = ", ".join(VALUES[c.type].format(n=n) for c in columns)
            names = ", ".join(ident(c.name) for c in columns)
            insert = f"insert into {qualified(table.name)} ({names})"
            try:
                with conn.transaction():
                    conn.execute(f"{insert} overriding system value values ({values})".encode())
            except Error:
                break


@pytest.fixture(scope="module")
def place(servers: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    from integrity.database.connect import create_database, drop_database

    server = servers("current")
    yield server, create_database(server, "integrity_test_difference")
    drop_database(server, "integrity_test_difference")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(pair=pairs())
def test_there_and_back(place: tuple[str, str], pair: tuple[Catalog, Catalog]) -> None:
    (server, url), (old, new) = place, pair
    with connect(url) as conn:
        clear(conn, old.schemas)
        for statement in create_statements(old):
            conn.execute(statement.encode())
        for statement in toolkit_statements("tools"):
            conn.execute(statement.encode())
        conn.execute("insert into tools.integrity_state (migration, number) values ('001_base', 1)")
        fill(conn, old)
    way = compiled(server, url, old, new)
    if way.migration is None:
        return

    def run(direction: str) -> None:
        execute(
            way.migration,
            direction=direction,
            url=url,
            settings=SETTINGS,
            plan_hash="0" * 64,
            workers=1,
        )

    with connect(url) as conn:
        start = snapshot(conn, toolkit_schema="tools")
        stopped: Failure | None = None
        try:
            run("apply")
        except (DatabaseFailure, UnprovenFailure) as failure:  # the rows do not allow it
            stopped = failure
            assert (
                " rows " in str(failure)
                or "values are no" in str(failure)
                or ("duplicate" in str(failure) or "out of range" in str(failure))
            ), str(failure)
        if stopped is None:
            live = read_catalog(conn, sorted({t.name.schema for t in new.tables}))
            assert (
                differences(Catalog(tables=way.catalog.tables), Catalog(tables=live.tables)) == ()
            )
        run("rollback")
        assert start.differences(snapshot(conn, toolkit_schema="tools")) == [], literal("back")


def compiled(server: str, url: str, old: Catalog, new: Catalog) -> Any:
    layout = Layout.of(
        toolkit_schema="tools", unified=(t.name for t in new.tables), legacy=()
    ).after_switch()
    project = Project(
        settings=SETTINGS,
        legacy=Catalog(schemas=old.schemas, enums=old.enums, domains=old.domains),
        tables=new.tables,
        mappings=(),
    )
    from integrity.plan.scratch import scratch_database

    try:
        with scratch_database(server) as scratch, connect(scratch) as conn:
            return reaching(
                Reached(tables=old.tables, mappings=()),
                Reached(tables=new.tables, mappings=()),
                project,
                previous="001_base",
                number=2,
                name="change",
                layout=layout,
                conn=conn,
                resolutions=Resolutions(server),
            )
    except ConfigFailure as failure:
        expected = ("renamed, or two changes?", "depends on a time zone", "no such cast")
        assert all(any(e in p.message for e in expected) for p in failure.problems), failure
        reject()

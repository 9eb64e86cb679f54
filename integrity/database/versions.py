"""The version of a set of tables, from the server, without looking at their rows.

A version is a text; while it stays the same, so do the rows. What would not do: the counters of
pg_stat_* are sent late and count what was rolled back; max(xmin) scans the table, misses deletes,
and a transaction that began earlier may commit later; one row per table with a counter would make
all writers of the table wait for each other until commit.

Here a statement trigger adds a row to ``integrity_versions`` for each statement that changes a
watched table. The row commits and rolls back with the change, is added without a lock that
another writer wants, and a snapshot sees it exactly when it sees the change. The sum over the rows
that a snapshot sees never comes back to an earlier value, whatever the order of the commits. Once
there are many, ``add_up`` replaces them by their sum, which no snapshot can tell.

Read with the sum: oid, file and catalog rows of the table and of its trigger, so that a table that
was dropped and made anew, rewritten, or changed while its trigger was off has another version.
TRUNCATE and partitions that are written directly count too. Not seen: changes that logical
replication applies, since statement triggers do not fire there.

In a transaction of the level repeatable read, ``hold`` before the first query makes version and
rows those of one snapshot: TRUNCATE and rewrites, which older snapshots see, wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from integrity.database.connect import Connection, errors, translated
from integrity.errors import DriftFailure
from integrity.model import Name
from integrity.sql.quote import qualified
from integrity.sql.template import render

TRIGGER: Final = "integrity_version"
MANY: Final = 500  # rows before they are added up


def watch(conn: Connection[Any], schema: str, tables: Sequence[Name]) -> None:
    """Count the changes of these tables and their partitions from now on, in ``schema``.

    Waits for the transactions that write them at the moment. Raises DriftFailure for a table that
    is not there. Idempotent; after partitions were added it is called again.
    """
    with translated("watch tables"), conn.transaction():
        if not _is_there(conn, schema):
            conn.execute(render("versions.tables.sql", schema=schema))
        given = {"tables": _oids(conn, tables), "trigger": TRIGGER}
        for *name, watched in conn.execute(render("versions.members.sql"), given).fetchall():
            if not watched:
                facts = {"table": Name(*name), "schema": schema, "trigger": TRIGGER}
                conn.execute(render("versions.watch.sql", **facts))


def unwatch(conn: Connection[Any], tables: Sequence[Name]) -> None:
    """No longer count the changes of these tables and their partitions."""
    with translated("stop watching tables"), conn.transaction():
        given = {"tables": _oids(conn, tables), "trigger": TRIGGER}
        for *name, _ in conn.execute(render("versions.members.sql"), given).fetchall():
            conn.execute(f"drop trigger if exists {TRIGGER} on {qualified(Name(*name))}")


def version_of(conn: Connection[Any], schema: str, tables: Sequence[Name]) -> str:
    """The version of the tables in the snapshot of the transaction, or else of this moment.

    Raises DriftFailure for a table that is not there or not watched.
    """
    with translated("read the version of tables"):
        given = {"tables": _oids(conn, tables), "trigger": TRIGGER}
        try:
            row = conn.execute(render("versions.read.sql", schema=schema), given).fetchone()
        except errors.UndefinedTable:
            raise _unwatched(str(tables[0])) from None
    assert row is not None, "an aggregate has one row"
    version, parts, unwatched = row
    if unwatched is not None:
        raise _unwatched(unwatched)
    if parts > MANY and conn.autocommit and not _in_transaction(conn):
        add_up(conn, schema)
    return str(version)


def hold(conn: Connection[Any], tables: Sequence[Name]) -> None:
    """Keep the tables from being truncated, rewritten or dropped until the transaction ends."""
    names = ", ".join(qualified(name) for name in sorted(tables, key=str))
    with translated("hold tables"):
        conn.execute(f"lock table {names} in access share mode")


def add_up(conn: Connection[Any], schema: str) -> None:
    """Replace the rows of each table by their sum."""
    with translated("add up versions"):
        conn.execute(render("versions.add_up.sql", schema=schema))


def _oids(conn: Connection[Any], tables: Sequence[Name]) -> list[int]:
    names = [qualified(name) for name in tables]
    rows = conn.execute(
        "select pg_catalog.to_regclass(name)::oid::bigint"
        " from unnest(%s::text[]) with ordinality as one (name, place) order by place",
        [names],
    ).fetchall()
    missing = next((n for n, (oid,) in zip(tables, rows, strict=True) if oid is None), None)
    if missing is not None:
        raise DriftFailure(f"there is no table {missing}", hint="name it as schema.table")
    return [oid for (oid,) in rows]


def _is_there(conn: Connection[Any], schema: str) -> bool:
    function = qualified(Name(schema, "integrity_count_change"))
    row = conn.execute("select pg_catalog.to_regproc(%s) is not null", [function]).fetchone()
    return bool(row and row[0])


def _in_transaction(conn: Connection[Any]) -> bool:
    return conn.info.transaction_status.name != "IDLE"


def _unwatched(table: str) -> DriftFailure:
    return DriftFailure(
        f"changes of table {table} are not counted, so it has no version", hint="watch it first"
    )

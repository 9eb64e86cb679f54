"""The catalog as facts, and the rows of some tables: what is compared on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrity.catalog.equality import Fact, Rows, hash_of, position_of
from integrity.catalog.facts import FACTS
from integrity.catalog.read import quiet_search_path
from integrity.database.connect import Connection

Facts = Mapping[Fact, str]


def read_facts(conn: Connection[Any], *, toolkit_schema: str) -> dict[Fact, str]:
    """Every object and part of the database, as its definition."""
    with quiet_search_path(conn):
        found: dict[Fact, str] = {}
        for query in FACTS:
            for kind, name, value in conn.execute(query, {"toolkit": toolkit_schema}):
                found[kind, name] = value
    return found


def rows_of(conn: Connection[Any], tables: Iterable[str]) -> dict[str, Rows]:
    """Rows of tables, whose names the server quoted."""
    with quiet_search_path(conn):
        return {name: hash_of(conn, name) for name in tables}


def positions_of(conn: Connection[Any], sequences: Iterable[str]) -> dict[str, str]:
    """Where sequences stand, whose names the server quoted."""
    with quiet_search_path(conn):
        return {name: position_of(conn, name) for name in sequences}


def patience(conn: Connection[Any], lock_timeout_ms: int) -> None:
    """How long the transaction waits for a lock."""
    conn.execute("select pg_catalog.set_config('lock_timeout', %s, true)", [f"{lock_timeout_ms}ms"])

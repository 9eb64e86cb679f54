"""The tables in which pipelines remember: runs, links, quarantine, history, cursors, breakers.

They lie beside the toolkit's other tables and are made by the first run of any pipeline.
"""

from __future__ import annotations

from typing import Any

from integrity.database.connect import Connection
from integrity.mapping.layout import RESERVED_PREFIX
from integrity.model import Name
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY
from integrity.operations.toolkit_tables import statements_of
from integrity.sql.quote import qualified
from integrity.sql.template import render

_LAST = "breakers"  # made last: where it stands, all do


def toolkit_name(schema: str, name: str) -> Name:
    """One of the toolkit's tables, by its name without the prefix."""
    return Name(schema, RESERVED_PREFIX + name)


def has_toolkit(conn: Connection[Any], schema: str) -> bool:
    """Whether the tables of the pipelines are there."""
    name = qualified(toolkit_name(schema, _LAST))
    row = conn.execute("select to_regclass(%s) is not null", [name]).fetchone()
    return bool(row and row[0])


def ensure_toolkit(conn: Connection[Any], schema: str) -> None:
    """Make the tables of the pipelines where they are missing."""
    if has_toolkit(conn, schema):
        return
    is_valid = render("toolkit_tables.is_valid.sql", schema=schema)
    script = render("pipeline.tables.sql", schema=schema, is_valid=is_valid)
    with conn.transaction():
        # One at a time: two sessions that create the same table would collide in the catalog.
        conn.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [ADVISORY_LOCK_KEY ^ 1])
        for statement in statements_of(script):
            conn.execute(statement.encode())

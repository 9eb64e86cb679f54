"""Connections: which database, with which session settings, and errors without secrets.

The door to psycopg: other rooms take ``Connection``, ``errors`` and the rest from here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import Connection, Cursor, Error, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row, namedtuple_row, tuple_row

from integrity.errors import DatabaseFailure, LockedFailure, UnreachableFailure
from integrity.sql.quote import ident

__all__ = [
    "Connection",
    "Cursor",
    "Error",
    "connect",
    "conninfo",
    "create_database",
    "dict_row",
    "drop_database",
    "errors",
    "namedtuple_row",
    "prepare_session",
    "redact",
    "resolve_url",
    "server_major",
    "session_parameters",
    "translated",
    "tuple_row",
    "with_database",
]

OLDEST = 15
VARIABLES = ("INTEGRITY_DATABASE_URL", "DATABASE_URL")
# What a server or role may have set otherwise and what would change results or their text.
# row_security off: a policy that would hide rows raises an error instead.
SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "search_path": "pg_catalog",
    "standard_conforming_strings": "on",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
    "row_security": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "jit": "off",
}
CONNECTION: dict[str, str | int] = {
    "client_encoding": "UTF8",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 6,
}
URL = re.compile(
    r"(?P<server>postgres(?:ql)?://[^/?#]*)(?:/[^?#]*)?(?:\?(?P<query>.*))?", re.DOTALL
)


def resolve_url(option: str | None) -> str | None:
    """The URL given as an option, else of the environment, else None: the embedded server."""
    return option or next((os.environ[v] for v in VARIABLES if os.environ.get(v)), None)


def connect(
    url: str, *, application_name: str = "integrity", autocommit: bool = True
) -> Connection[tuple[Any, ...]]:
    """Open a connection with the session settings that all of the toolkit's SQL relies on.

    Raises DatabaseFailure, which never shows a password.
    """
    text = conninfo(url)
    try:
        conn = psycopg.connect(text, **session_parameters(application_name))
    except Error as error:
        raise UnreachableFailure(
            f"cannot connect to {redact(url)}: {_one_line(error)}",
            hint="check that the server runs, and the URL in --database or the environment",
        ) from None
    try:
        prepare_session(conn)
        conn.autocommit = autocommit
    except BaseException:
        conn.close()
        raise
    return conn


def conninfo(url: str) -> str:
    """The URL, with the toolkit's parameters where it has none. DatabaseFailure: cannot be read."""
    given = _parameters(url)
    return make_conninfo(url, **{k: v for k, v in CONNECTION.items() if k not in given})


def session_parameters(application_name: str) -> dict[str, Any]:
    """What is given to psycopg beside the URL. In autocommit; ``prepare_session`` comes next."""
    return {
        "application_name": application_name,
        "autocommit": True,
        "prepare_threshold": None,  # PgBouncer, and tables that change under a statement
    }


def prepare_session(conn: Connection[tuple[Any, ...]]) -> None:
    """Give a new connection, which is in autocommit, the settings of every session."""
    server_major(conn)
    with translated("prepare the session"):
        conn.execute(
            "select pg_catalog.set_config(name, value, false)"
            " from unnest(%s::text[], %s::text[]) as setting (name, value)",
            [list(SESSION), list(SESSION.values())],
        )


def server_major(conn: Connection[Any]) -> int:
    """The server's major version; DatabaseFailure when it is too old for the toolkit."""
    major = conn.info.server_version // 10_000
    if major < OLDEST:
        raise DatabaseFailure(
            f"the server is PostgreSQL {major}; the toolkit needs {OLDEST} or later",
            hint="upgrade the server, or use the embedded one by naming no database",
        )
    return major


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn psycopg's errors inside the block into a Failure that says what was being done."""
    try:
        yield
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise LockedFailure(
            f"cannot {doing}: {_one_line(error)}", hint="wait for the other session, then try again"
        ) from error
    except Error as error:
        raise DatabaseFailure(f"cannot {doing}: {_one_line(error)}") from error


def redact(url: str) -> str:
    """The URL as it may be shown: server, user and database, no password or other option."""
    try:
        part = conninfo_to_dict(url)
    except Error:
        return "the given database URL"
    user = f"{part['user']}@" if part.get("user") else ""
    port = f":{part['port']}" if part.get("port") else ""
    host = str(part.get("host") or part.get("hostaddr") or "")
    return f"postgresql://{user}{host}{port}/{part.get('dbname') or ''}"


def _parameters(url: str) -> dict[str, Any]:
    """The parts of the URL. Refuses one it cannot read without repeating any of it.

    Where a password holds a character that should be encoded, libpq takes a piece of the password
    for the host or the port and would name it in its message.
    """
    server = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    cut = "@" not in server and ":" in server and "@" in url
    try:
        if server.count("@") > 1 or cut:
            raise Error
        return conninfo_to_dict(url)
    except Error:
        raise DatabaseFailure(
            "the database URL cannot be read",
            hint="in a user name or password write @ as %40, / as %2F, : as %3A, ? as %3F,"
            " # as %23 and % as %25",
        ) from None


def _one_line(error: Error) -> str:
    text = error.diag.message_primary or str(error) or type(error).__name__
    return " ".join(text.split())


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    found = URL.fullmatch(url)
    if not found:
        return make_conninfo(url, dbname=name)
    query = "&".join(p for p in (found["query"] or "").split("&") if not p.startswith("dbname="))
    return f"{found['server']}/{quote(name, safe='')}" + (f"?{query}" if query else "")


def create_database(admin_url: str, name: str) -> str:
    """Create an empty UTF-8 database and return its URL."""
    with connect(admin_url) as conn, translated(f"create database {name}"):
        created = f"create database {ident(name)} template template0 encoding 'UTF8'"
        row = conn.execute("select pg_catalog.current_setting('fsync')").fetchone()
        if row == ("off",):  # a checkpoint costs nothing there, the log of a copy does
            created += " strategy file_copy"
        conn.execute(created.encode())
    return with_database(admin_url, name)


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database, ending the sessions that still use it; fine when there is none."""
    with connect(admin_url) as conn, translated(f"drop database {name}"):
        conn.execute(f"drop database if exists {ident(name)} with (force)")

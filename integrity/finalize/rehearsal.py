"""Restore an archive into a scratch database and compare, before anything is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection, connect, drop_database, translated, with_database
from integrity.database.identity import identify
from integrity.database.programs import Programs
from integrity.errors import DatabaseFailure, UnprovenFailure
from integrity.finalize.archive import Written, context_of
from integrity.finalize.compare import differences
from integrity.finalize.restore import restore, restore_context
from integrity.finalize.survey import Survey
from integrity.sql.quote import ident, literal

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``unmet``: checks that the rows do not meet today; their rows come back all the same."""

    unmet: tuple[str, ...]


def rehearse(
    url: str,
    tools: Programs,
    written: Written,
    found: Survey,
    *,
    scratch: str | None,
    toolkit_schema: str,
) -> Rehearsal:
    """Restore the archive into a new database, compare, and drop that database.

    ``scratch``: a server of the same major version; None for the same server. Raises
    UnprovenFailure when a row, a definition or a sequence differs.
    """
    name = f"integrity_restore_{written.manifest.content[:12]}"
    with _database(url, scratch, name) as (made, elsewhere):
        with context_of(url, tools, found, directory=written.directory) as (place, chosen):
            restore_context(tools, made, place, chosen, elsewhere=elsewhere)
        unmet = restore(
            tools,
            made,
            written.directory,
            written.manifest,
            elsewhere=elsewhere,
            validate_keys=False,  # what they refer to has no rows here
        )
        with connect(made) as conn:
            wrong = differences(
                conn, written.manifest, toolkit_schema=toolkit_schema, elsewhere=elsewhere
            )
        if wrong:
            raise _differs(wrong)
        return Rehearsal(unmet)


@contextmanager
def _database(url: str, scratch: str | None, name: str) -> Iterator[tuple[str, bool]]:
    """A database like the one at ``url``, and whether it is on another server."""
    server = scratch or url
    with connect(url) as source, connect(server) as conn:
        ours, theirs = identify(source), identify(conn)
        if ours.major != theirs.major:
            raise DatabaseFailure(
                f"the scratch server is PostgreSQL {theirs.major}, the database {ours.major}:"
                " the archive cannot be tried there",
                hint="name a server of the same major version with --scratch, or none",
            )
        elsewhere = ours.system_identifier != theirs.system_identifier
        drop_database(server, name)  # of a run that was killed
        like = "" if elsewhere else _locale(source)
        with translated(f"create database {name}"):
            conn.execute(f"create database {ident(name)} template template0{like}".encode())
    try:
        yield with_database(server, name), elsewhere
    finally:
        drop_database(server, name)


def _locale(conn: Connection[Any]) -> str:
    """Encoding and collation of the connected database, for one that is to be like it."""
    row = conn.execute(
        "select pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider,"
        " coalesce(as_json ->> 'datlocale', as_json ->> 'daticulocale')"  # by version
        " from pg_catalog.pg_database as d, pg_catalog.to_jsonb(d) as as_json"
        " where datname = pg_catalog.current_database()"
    ).fetchone()
    assert row is not None
    encoding, collate, ctype, provider, locale = row
    text = f" encoding {literal(encoding)} lc_collate {literal(collate)} lc_ctype {literal(ctype)}"
    words = {"i": ("icu", "icu_locale"), "b": ("builtin", "builtin_locale")}
    if provider in words:
        word, option = words[provider]
        text += f" locale_provider {word} {option} {literal(locale)}"
    return text


def _differs(wrong: list[str]) -> UnprovenFailure:
    more = f"; {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return UnprovenFailure(
        f"the archive does not restore to what was archived: {'; '.join(wrong[:SHOWN])}{more}",
        hint="nothing was dropped; the archive is kept for a look",
    )

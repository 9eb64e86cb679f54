"""Which row broke a load: an expression that raises is named with its place and the source key.

Casts are guarded, so a dirty value rejects its row only. What can still raise is arithmetic and
functions of the user's expression. The statement that failed names no row; bisection finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integrity.database.connect import Connection, Error, connect
from integrity.errors import Problem
from integrity.mapping.candidates import key_sql, source_rows, typed
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import Given, ResolvedMapping, ResolvedSource
from integrity.model import Name
from integrity.plan.compile import Compiled
from integrity.sql.template import render

DATA_EXCEPTION = "22"  # class of SQLSTATE


def blame(compiled: Compiled, url: str, table: Name) -> tuple[Problem, ...]:
    """The expressions of the mapping of ``table`` that raise, each with one row that makes it.

    Reads the sources only, and the temporary schema of its own session.
    """
    mapping = next((m for m in compiled.mappings if m.name == table), None)
    if mapping is None:
        return ()
    with connect(url, application_name="integrity blame") as conn:
        return tuple(
            problem
            for source in mapping.sources
            for problem in _of_source(conn, compiled.layout, mapping, source)
        )


def _of_source(
    conn: Connection[Any], layout: Layout, mapping: ResolvedMapping, source: ResolvedSource
) -> Iterator[Problem]:
    key = key_sql(source, mapping.key_type, alias="s")
    conn.execute("drop table if exists pg_temp.integrity_blamed")
    table = source_rows(source, layout).replace("%", "%%")
    conn.execute(render("blame.numbered.sql", key=key, **{"from": table}).encode())
    for given, expression in _expressions(source, layout):
        query = render(
            "blame.evaluate.sql",
            expression=expression,
            key=key.replace("%", "%%"),
            drops=[rule.when.text.replace("%", "%%") for rule in source.drops],
            **{"from": table},
        )
        found = _first_bad(conn, query)
        if found:
            row, message = found
            yield Problem(
                given.location,
                f"{given.written}: {message}, for key {row} of {source.label}",
                "guard the expression, or drop or quarantine such rows by a rule",
            )


def _expressions(source: ResolvedSource, layout: Layout) -> Iterator[tuple[Given, str]]:
    for arm in source.arms:
        for value in arm.values:
            if value.given and not value.given.constant:
                sql = typed(value.given, value.column, guarded=value.guarded, layout=layout)
                yield value.given, sql.replace("%", "%%")
            for way in value.ways:
                yield from ((given, given.text.replace("%", "%%")) for given in way.given)


def _first_bad(conn: Connection[Any], query: str) -> tuple[str, str] | None:
    """The smallest key whose row makes the query raise a data exception, and what it says."""
    last = conn.execute("select max(n) from pg_temp.integrity_blamed").fetchone()
    low, high = 1, int(last[0] or 0) if last else 0
    message = _raises(conn, query, low, high)
    if message is None:
        return None
    while low < high:
        middle = (low + high) // 2
        if _raises(conn, query, low, middle) is None:
            low = middle + 1
        else:
            high = middle
    row = conn.execute(
        "select key::text from pg_temp.integrity_blamed where n = %s", [low]
    ).fetchone()
    assert row is not None
    return str(row[0]), _raises(conn, query, low, low) or message


def _raises(conn: Connection[Any], query: str, low: int, high: int) -> str | None:
    try:
        conn.execute(query.encode(), {"low": low, "high": high})
    except Error as error:
        if not (error.sqlstate or "").startswith(DATA_EXCEPTION):
            raise
        return error.diag.message_primary or str(error)
    return None

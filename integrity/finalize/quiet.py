"""Whether legacy was left alone for as long as project.yaml asks (``finalize: {quiet: 7d}``).

The server counts scans and writes per table and keeps no history, so the toolkit remembers the
counters. The window begins when finalize is asked for the first time, and anew whenever somebody
used a table. What the toolkit itself reads in between is taken out, see ``own_reading``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrity.database.connect import Connection, connect
from integrity.finalize.state import create_tables, table_exists
from integrity.sql.quote import ident
from integrity.sql.template import render

# A session's own counters reach the others a moment after it ends.
SETTLE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Counters:
    """What the server has counted for one table; ``last``: its last scan, from version 16 on."""

    scans: int
    writes: int
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """Counters as they were remembered, and since when they have not moved."""

    counters: Counters
    since: datetime

    def moved(self, now: Counters) -> bool:
        """Whether somebody used the table; a server that lost its counters counts as such."""
        return (now.scans, now.writes) != (self.counters.scans, self.counters.writes)


def in_use(
    conn: Connection[Any], tables: Iterable[str], *, schema: str, quiet_seconds: int
) -> list[str]:
    """Who has not been left alone long enough, in words; empty when all have.

    ``tables``: as the server quotes them. Remembers the counters for the next time.
    """
    if not quiet_seconds:
        return []
    create_tables(conn, schema)
    before, counters, now = _remembered(conn, schema), _counters(conn, tables), _now(conn)
    after = {name: _watch(before.get(name), found, now) for name, found in counters.items()}
    _remember(conn, schema, after, now)
    window = timedelta(seconds=quiet_seconds)
    return [
        _words(name, before.get(name), counters[name], watched.since + window)
        for name, watched in sorted(after.items())
        if watched.since + window > now
    ]


@contextmanager
def own_reading(url: str, *, schema: str, quiet_seconds: int) -> Iterator[None]:
    """Keeps what the toolkit reads inside the block from counting as somebody's use."""
    if not quiet_seconds:
        yield
        return
    with connect(url, application_name="integrity watch") as conn:
        before = _remembered(conn, schema)
        now = _counters(conn, before)
        untouched = {n: w for n, w in before.items() if n in now and not w.moved(now[n])}
    try:
        yield
    finally:
        time.sleep(SETTLE_SECONDS)
        with connect(url, application_name="integrity watch") as conn:
            counters = _counters(conn, untouched)
            again = {n: replace(untouched[n], counters=found) for n, found in counters.items()}
            if again:
                _remember(conn, schema, again, _now(conn))


def _watch(before: Watched | None, found: Counters, now: datetime) -> Watched:
    if before is None or before.moved(found):
        return Watched(found, now)
    return before


def _words(name: str, before: Watched | None, now: Counters, until: datetime) -> str:
    left = f"is left alone long enough at {_moment(until)} if nobody uses it until then"
    if before is None:
        return f"{name} is watched from now on: it {left}"
    if not before.moved(now):
        return f"{name} was last used before {_moment(before.since)}: it {left}"
    scans, writes = now.scans - before.counters.scans, now.writes - before.counters.writes
    if scans < 0 or writes < 0:
        return f"{name}: the server lost its counters since {_moment(before.since)}: it {left}"
    how = " and ".join(
        [f"scanned {scans:,} times"] * bool(scans) + [f"{writes:,} rows written"] * bool(writes)
    )
    last = f", last at {_moment(now.last)}" if now.last else ""
    return f"{name} was used since {_moment(before.since)} ({how}{last}): it {left}"


def _counters(conn: Connection[Any], tables: Iterable[str]) -> dict[str, Counters]:
    last = "greatest(s.last_seq_scan, s.last_idx_scan)" if _knows_last(conn) else "null"
    rows = conn.execute(render("finalize.counters.sql", last=last), {"tables": list(tables)})
    return {name: Counters(scans, writes, when) for name, scans, writes, when in rows.fetchall()}


def _knows_last(conn: Connection[Any]) -> bool:
    return conn.info.server_version >= 160000


def _remembered(conn: Connection[Any], schema: str) -> dict[str, Watched]:
    if not table_exists(conn, schema, "integrity_watch"):
        return {}
    rows = conn.execute(
        f"select table_name, scans, writes, since from {ident(schema)}.integrity_watch"  # noqa: S608
    ).fetchall()
    return {name: Watched(Counters(scans, writes), since) for name, scans, writes, since in rows}


def _remember(
    conn: Connection[Any], schema: str, watched: Mapping[str, Watched], now: datetime
) -> None:
    sql = render("finalize.watch.sql", schema=schema)
    with conn.transaction():
        for name, one in watched.items():
            facts = {"scans": one.counters.scans, "writes": one.counters.writes}
            conn.execute(sql, {"name": name, "since": one.since, "now": now} | facts)


def _now(conn: Connection[Any]) -> datetime:
    row = conn.execute("select pg_catalog.clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"

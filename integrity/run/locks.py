"""Locks: one run per database, and patience with the locks of others.

The session lock is polled and never waited for: a session that waits on an advisory lock holds a
snapshot, and a concurrent index build waits for that snapshot in turn.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from integrity.database.connect import Connection, Error
from integrity.errors import LockedFailure
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY

Result = TypeVar("Result")

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK = "40P01"
SERIALIZATION = "40001"
POLL_SECONDS = 0.1
SHOWN_QUERY = 80  # characters of a blocker's query that a message repeats

_HOLDER = """
select session.pid, session.usename, session.application_name, session.backend_start,
    session.query_start, session.state, session.query
from pg_catalog.pg_locks as lock
join pg_catalog.pg_stat_activity as session on session.pid = lock.pid
where lock.locktype = 'advisory' and lock.granted and lock.objsubid = 1
    and (lock.classid::bigint << 32 | lock.objid::bigint) = %(key)s
    and lock.database = (
        select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()
    )
"""
_BLOCKERS = """
select waiting.pid, session.pid, session.usename, session.application_name,
    session.backend_start, session.query_start, session.state, session.query
from pg_catalog.pg_stat_activity as waiting
cross join lateral pg_catalog.unnest(pg_catalog.pg_blocking_pids(waiting.pid)) as blocker (pid)
join pg_catalog.pg_stat_activity as session on session.pid = blocker.pid
where waiting.pid = any (%(pids)s) and waiting.wait_event_type = 'Lock'
order by session.query_start
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that tests need neither. Seconds; ``random`` lies in [0, 1)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = random.random


SYSTEM = Clock()


@dataclass(frozen=True, slots=True)
class Retry:
    """How long to try again, in seconds. Delays double, and jitter takes up to half of each."""

    budget: float = 60.0
    first: float = 0.1
    longest: float = 5.0

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds to wait after the given failed attempt, counted from 0."""
        return float(min(self.longest, self.first * 2 ** min(attempt, 30)) * (1 - chance / 2))


@dataclass(frozen=True, slots=True)
class Holder:
    """A session that holds a lock which somebody else wants."""

    pid: int
    user: str
    application: str
    connected: datetime | None
    query_start: datetime | None
    state: str
    query: str

    def __str__(self) -> str:
        query = " ".join(self.query.split())
        shown = query if len(query) <= SHOWN_QUERY else query[: SHOWN_QUERY - 3] + "..."
        return (
            f"pid {self.pid} (application {self.application!r}, user {self.user}, "
            f"{self.state}, query started {_moment(self.query_start)}: {shown})"
        )


@contextmanager
def database_lock(
    conn: Connection[Any], *, patience: float, clock: Clock = SYSTEM
) -> Iterator[None]:
    """Hold the lock that only one run per database may have.

    Polls for ``patience`` seconds, then raises LockedFailure that names the holder. ``conn`` is
    in autocommit; the lock ends with its session at the latest.
    """
    with session_lock(conn, ADVISORY_LOCK_KEY, "this database", patience=patience, clock=clock):
        yield


@contextmanager
def session_lock(
    conn: Connection[Any], key: int, what: str, *, patience: float, clock: Clock = SYSTEM
) -> Iterator[None]:
    """Hold an advisory lock for the session, as ``database_lock``; ``what`` it stands for."""
    deadline = clock.now() + patience
    while not _try_lock(conn, key):
        if clock.now() >= deadline:
            raise _taken(lock_holder(conn, key), what)
        clock.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        with suppress(Error):  # a lost session has lost its lock
            conn.execute("select pg_catalog.pg_advisory_unlock(%s)", [key])


def with_retry(
    action: Callable[[], Result],
    *,
    what: str,
    policy: Retry,
    transient: frozenset[str],
    blockers: Callable[[], Iterable[Holder]] = tuple,
    clock: Clock = SYSTEM,
) -> Result:
    """The result of ``action``, tried again after an SQLSTATE in ``transient``.

    The action undoes itself when it fails, as a transaction does. When the budget is spent raises
    LockedFailure, which names ``what`` and whoever ``blockers`` reports.
    """
    begin = clock.now()
    for attempt in count():
        try:
            return action()
        except Error as error:
            if error.sqlstate not in transient:
                raise
            delay = policy.delay(attempt, clock.random())
            spent = clock.now() - begin
            if spent + delay > policy.budget:
                tries = f"{attempt + 1} tries in {spent:.1f} s"
                raise _not_granted(what, tries, error, tuple(blockers())) from error
        clock.sleep(delay)
    raise AssertionError("unreachable: attempts are endless")


def blockers_of(conn: Connection[Any], pids: Iterable[int]) -> dict[int, tuple[Holder, ...]]:
    """Who blocks the given backends at this moment, by backend."""
    found: dict[int, tuple[Holder, ...]] = {}
    for waiting, *session in conn.execute(_BLOCKERS, {"pids": list(pids)}):
        found[waiting] = (*found.get(waiting, ()), _holder_of(session))
    return found


def lock_holder(conn: Connection[Any], key: int = ADVISORY_LOCK_KEY) -> Holder | None:
    """The session that holds the lock of the database, or the given one, if any."""
    row = conn.execute(_HOLDER, {"key": key}).fetchone()
    return _holder_of(row) if row else None


def _try_lock(conn: Connection[Any], key: int) -> bool:
    row = conn.execute("select pg_catalog.pg_try_advisory_lock(%s)", [key]).fetchone()
    return bool(row and row[0])


def _holder_of(row: Iterable[Any]) -> Holder:
    # Columns of another user's session are null without the role pg_read_all_stats.
    pid, user, application, connected, query_start, state, query = row
    return Holder(
        pid, user or "?", application or "", connected, query_start, state or "?", query or "?"
    )


def _taken(holder: Holder | None, what: str) -> LockedFailure:
    if holder is None:
        return LockedFailure(f"another run held the lock of {what} a moment ago", hint="try again")
    return LockedFailure(
        f"another run is in progress on {what}: pid {holder.pid}, application "
        f"{holder.application!r}, user {holder.user}, connected since {_moment(holder.connected)}",
        hint=f"wait until it ends; if its client is dead, end the session with "
        f"select pg_terminate_backend({holder.pid})",
    )


def _not_granted(
    what: str, tries: str, error: Error, blockers: tuple[Holder, ...]
) -> LockedFailure:
    reason = "a deadlock" if error.sqlstate == DEADLOCK else "a lock was not granted"
    if error.sqlstate == SERIALIZATION:
        reason = "a concurrent change"
    who = "; ".join(map(str, blockers)) or "a session that is gone by now"
    return LockedFailure(
        f"{what}: {reason}, {tries}; blocked by {who}",
        hint="nothing of this step was changed: wait for that session or end it, "
        "then run the same command again",
    )


def _moment(value: datetime | None) -> str:
    return value.isoformat(sep=" ", timespec="seconds") if value else "at an unknown time"

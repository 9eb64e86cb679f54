"""Pools of connections, one for each role of work, so that none takes the others' share.

The door to psycopg_pool. Every connection has the session settings of ``connect``; it is tested
before it is handed out, and set back to them when it returns. After a restart of the server dead
connections are thrown away and new ones made; ``run`` repeats what the restart cut off.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from psycopg import Connection, Error, OperationalError
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from integrity.database.connect import (
    connect,
    conninfo,
    prepare_session,
    redact,
    session_parameters,
    translated,
)
from integrity.errors import DatabaseFailure, UnreachableFailure
from integrity.model import PoolSettings

Session = Connection[tuple[Any, ...]]
Result = TypeVar("Result")

# Failed attempts are in the statistics; without a handler Python would print them on stderr.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())

ATTEMPTS = 5
_FIRST_DELAY = 0.1  # seconds; doubled after each attempt
# Seconds after which the pool no longer tries by itself, with growing pauses: each request tries
# at once then, so that a server that is back after hours is not found out minutes later.
_RECONNECT = 2.0
_AGAIN = ("08", "40")  # SQLSTATE classes after which the same transaction may be tried once more
_SHUTDOWN = "57P"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatistics:
    """One pool at a moment, and what it did since it was opened.

    ``size`` connections, ``available`` of them free; ``waiting`` requests for one. ``requests`` so
    far: ``queued`` of them had to wait, ``wait_ms`` in all, and ``failed`` got none in time.
    ``used_ms``: how long connections were in use. ``made``: connections that were opened;
    ``not_made``: attempts that failed; ``lost``: those found dead.
    """

    role: str
    min: int
    max: int
    size: int
    available: int
    waiting: int
    requests: int
    queued: int
    wait_ms: int
    failed: int
    used_ms: int
    made: int
    not_made: int
    lost: int

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return asdict(self)


class Pools:
    """The pools of one process for one database. Close it, or use it as a context manager.

    A role that has no settings gets the defaults of ``PoolSettings``; its pool opens at first use.
    """

    def __init__(self, url: str, settings: Iterable[PoolSettings] = ()) -> None:
        self._url = url
        self._settings = {one.name: one for one in settings}
        self._pools: dict[str, ConnectionPool[Session]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Pools:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def connection(self, role: str) -> Iterator[Session]:
        """A connection in autocommit, for the block. Raises DatabaseFailure when none is free in
        time, with the reason when it is that the server cannot be reached."""
        pool = self._pool(role)
        with ExitStack() as stack:
            try:
                conn = stack.enter_context(pool.connection())
            except (PoolTimeout, PoolClosed) as error:
                raise self._none(role, pool) from error
            yield conn

    def run(
        self, role: str, work: Callable[[Session], Result], *, attempts: int = ATTEMPTS
    ) -> Result:
        """Do ``work`` in a transaction; again when the connection was lost or the server chose it
        as the victim of a conflict.

        When a connection is lost during the commit nobody knows whether it was kept, so ``work``
        must be such that doing it twice is doing it once.
        """
        for attempt in range(1, attempts + 1):
            try:
                with self.connection(role) as conn, conn.transaction():
                    return work(conn)
            except Error as error:
                if attempt == attempts or not _worth_another(error):
                    with translated(f"do the work of {role}"):
                        raise
                time.sleep(_FIRST_DELAY * 2 ** (attempt - 1))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def statistics(self) -> dict[str, PoolStatistics]:
        """Role -> figures, of the pools that were used."""
        with self._lock:
            return {role: _statistics(role, pool) for role, pool in sorted(self._pools.items())}

    def most(self, role: str) -> int:
        """How many connections the pool of a role may have."""
        return self._settings.get(role, PoolSettings(name=role)).max

    def check(self) -> None:
        """Test the free connections of every pool now, and replace the dead ones."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.check()

    def close(self) -> None:
        """Close every connection. Doing so twice is harmless."""
        with self._lock:
            self._closed = True
            for pool in self._pools.values():
                pool.close()

    def _pool(self, role: str) -> ConnectionPool[Session]:
        with self._lock:
            if self._closed:
                raise DatabaseFailure(f"the pool {role} is closed")
            if role not in self._pools:
                settings = self._settings.get(role, PoolSettings(name=role))
                self._pools[role] = _opened(self._url, settings)
            return self._pools[role]

    def _none(self, role: str, pool: ConnectionPool[Session]) -> DatabaseFailure:
        if self._closed:
            return DatabaseFailure(f"the pool {role} is closed")
        try:
            connect(self._url).close()
        except DatabaseFailure as failure:
            return failure
        return UnreachableFailure(
            f"pool {role}: all {pool.max_size} connections to {redact(self._url)} were in use for"
            f" {pool.timeout:g} s",
            hint=f"raise max or timeout of pools: {role} in project.yaml",
        )


def _opened(url: str, settings: PoolSettings) -> ConnectionPool[Session]:
    pool: ConnectionPool[Session] = ConnectionPool(
        conninfo(url),
        kwargs=session_parameters(f"integrity {settings.name}"),
        min_size=settings.min,
        max_size=settings.max,
        timeout=settings.timeout,
        max_idle=settings.max_idle,
        max_lifetime=settings.max_lifetime,
        reconnect_timeout=_RECONNECT,
        configure=prepare_session,
        reset=_set_back,
        check=ConnectionPool.check_connection,
        name=settings.name,
        open=False,
    )
    pool.open()
    return pool


def _set_back(conn: Session) -> None:
    """Settings, temporary tables, locks and listeners of the last user go."""
    conn.autocommit = True
    conn.execute("discard all")
    prepare_session(conn)


def _worth_another(error: Error) -> bool:
    state = error.sqlstate
    if state is None:
        return isinstance(error, OperationalError)  # the connection was lost
    return state.startswith(_AGAIN) or state.startswith(_SHUTDOWN)


def _statistics(role: str, pool: ConnectionPool[Session]) -> PoolStatistics:
    found = pool.get_stats()
    return PoolStatistics(
        role=role,
        min=pool.min_size,
        max=pool.max_size,
        size=found["pool_size"],
        available=found["pool_available"],
        waiting=found["requests_waiting"],
        requests=found.get("requests_num", 0),
        queued=found.get("requests_queued", 0),
        wait_ms=found.get("requests_wait_ms", 0),
        failed=found.get("requests_errors", 0),
        used_ms=found.get("usage_ms", 0),
        made=found.get("connections_num", 0),
        not_made=found.get("connections_errors", 0),
        lost=found.get("connections_lost", 0),
    )

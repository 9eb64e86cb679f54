"""What is read often, kept in the process for as long as the tables say the same.

Every request asks the server for the version of the tables (``database/versions.py``), one short
query that reads none of their rows. An entry of that version is a hit; else the value is loaded in
a transaction of one snapshot, from which the version is taken too, so that an entry never holds
rows of another version than it says. Nothing is served for a time on trust.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from integrity.database.connect import Connection, translated
from integrity.database.versions import hold, version_of
from integrity.model import Name

Value = TypeVar("Value")
Session = Connection[tuple[Any, ...]]
Connections = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStatistics:
    """What a cache did. ``stale``: misses that had an entry of another version; ``evicted``:
    entries that went for want of room; ``refused``: values too large to be kept."""

    hits: int
    misses: int
    stale: int
    evicted: int
    refused: int
    entries: int
    bytes: int

    @property
    def hit_rate(self) -> float:
        """Share of the requests that were hits, 0 to 1; 0 before the first."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return asdict(self) | {"hit_rate": round(self.hit_rate, 4)}


@dataclass(frozen=True, slots=True)
class _Entry:
    version: str
    value: Any
    size: int


class Cache:
    """Values by key, at most ``max_bytes`` of them; the longest unused go first. Thread-safe.

    ``connections`` gives a connection in autocommit for a block, as ``Pools.connection`` of a role
    does; ``schema`` is where versions are counted. Values are shared: nobody may change them.
    """

    def __init__(
        self, connections: Connections, schema: str, *, max_bytes: int = 256 << 20
    ) -> None:
        self._connections, self._schema, self._max_bytes = connections, schema, max_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._loading: dict[Hashable, threading.Lock] = {}
        self._bytes = 0
        self._counts = dict.fromkeys(("hits", "misses", "stale", "evicted", "refused"), 0)

    def get(self, key: Hashable, tables: Sequence[Name], load: Callable[[Session], Value]) -> Value:
        """The value of ``key`` as the tables are now, loaded when they changed since.

        ``load`` gets a read-only transaction and must read no other table; the key must stand for
        one load and one set of tables. Requests for one key wait for one load. Raises DriftFailure
        for a table that is not watched, and whatever ``load`` raises.
        """
        with self._connections() as conn:
            version = version_of(conn, self._schema, tables)
        entry = self._entry(key, version)
        if entry is None:
            with self._lock:
                alone = self._loading.setdefault(key, threading.Lock())
            with alone:
                entry = self._loaded(key, tables, load)
        value: Value = entry.value
        return value

    def rows(
        self, query: str, tables: Sequence[Name], parameters: Sequence[Hashable] = ()
    ) -> Sequence[tuple[Any, ...]]:
        """The rows of a query over these tables."""

        def load(conn: Session) -> Sequence[tuple[Any, ...]]:
            return tuple(conn.execute(query, list(parameters) or None).fetchall())

        key = (query, tuple(parameters), tuple(tables))
        with translated("read rows for the cache"):
            return self.get(key, tables, load)

    def statistics(self) -> CacheStatistics:
        """What the cache did so far."""
        with self._lock:
            return CacheStatistics(**self._counts, entries=len(self._entries), bytes=self._bytes)

    def clear(self) -> None:
        """Forget every value; the figures go on."""
        with self._lock:
            self._entries.clear()
            self._loading.clear()
            self._bytes = 0

    def _entry(self, key: Hashable, version: str) -> _Entry | None:
        """The entry of that version, which counts as a hit."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.version != version:
                return None
            self._counts["hits"] += 1
            self._entries.move_to_end(key)
            return entry

    def _loaded(
        self, key: Hashable, tables: Sequence[Name], load: Callable[[Session], Any]
    ) -> _Entry:
        """The entry, loaded unless another thread did so while this one waited."""
        with self._connections() as conn:
            version = version_of(conn, self._schema, tables)
            if (entry := self._entry(key, version)) is not None:
                return entry
            with conn.transaction():
                conn.execute("set transaction isolation level repeatable read, read only")
                hold(conn, tables)
                version = version_of(conn, self._schema, tables)
                value = load(conn)
        entry = _Entry(version, value, size_of(value))
        self._keep(key, entry)
        return entry

    def _keep(self, key: Hashable, entry: _Entry) -> None:
        with self._lock:
            before = self._entries.pop(key, None)
            self._counts["misses"] += 1
            if before is not None:
                self._counts["stale"] += 1
                self._bytes -= before.size
            if entry.size > self._max_bytes:
                self._counts["refused"] += 1
                return
            self._entries[key] = entry
            self._bytes += entry.size
            while self._bytes > self._max_bytes:
                gone, old = self._entries.popitem(last=False)
                self._loading.pop(gone, None)
                self._bytes -= old.size
                self._counts["evicted"] += 1


def size_of(value: object) -> int:
    """Bytes that a value takes, with what its containers hold; what they share counts once."""
    seen: set[int] = set()
    stack, size = [value], 0
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        if isinstance(one, Mapping):
            stack += one.keys()
            stack += one.values()
        elif isinstance(one, (tuple, list, set, frozenset)):
            stack += one
    return size

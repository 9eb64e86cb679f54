"""Figures for Prometheus, in its text format. The door to prometheus_client.

What ran is read from the database at each request, so that every process says the same; pools and
caches are those of the process that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from integrity.database.cached import Cache, CacheStatistics
from integrity.database.connect import Connection, dict_row, translated
from integrity.database.pool import Pools, PoolStatistics
from integrity.errors import DatabaseFailure
from integrity.pipelines.breaker import CLOSED, HALF_OPEN, OPEN
from integrity.pipelines.breaker_table import BreakerState, breaker_states
from integrity.pipelines.guard import Memory
from integrity.pipelines.toolkit import has_toolkit
from integrity.sql.template import render

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ENDS = ("created", "updated", "unchanged", "repeated", "dropped", "empty", "quarantined")
_POOL = {  # name of the metric -> statistic, and what it says
    "size": ("size", "Connections of the pool."),
    "available": ("available", "Connections that nobody uses."),
    "waiting": ("waiting", "Requests that wait for a connection."),
    "max": ("max", "Connections that there may be."),
}
_POOL_TOTAL = {
    "requests": ("requests", "Requests for a connection."),
    "queued": ("queued", "Requests that had to wait."),
    "failed": ("failed", "Requests that got none in time."),
    "lost": ("lost", "Connections that were found dead."),
    "opened": ("made", "Connections that were opened."),
}
_CACHE = {"hit_rate": "Share of hits, 0 to 1.", "bytes": "Bytes of the values."}
_CACHE_TOTAL = {
    "hits": "Requests that were served from the cache.",
    "misses": "Requests for which a value was loaded.",
    "stale": "Misses whose value was of another version.",
    "evicted": "Values that went for want of room.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What metrics are made of: rows of the database, and statistics of the process."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    breakers: tuple[BreakerState, ...] = ()
    pools: Mapping[str, PoolStatistics] = field(default_factory=dict)
    caches: Mapping[str, CacheStatistics] = field(default_factory=dict)
    reachable: bool = True


def read_facts(conn: Connection[Any], schema: str, process: Facts | None = None) -> Facts:
    """The facts of a database at one moment, beside those of a process.

    There are none of the database where no pipeline ever ran. Breakers that the process could not
    write yet count in place of the written ones.
    """
    process = process or Facts()
    with translated("read the metrics"), conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        if not has_toolkit(conn, schema):
            return process
        known = {(one.pipeline, one.what): one for one in breaker_states(conn, schema)}
        known |= {(one.pipeline, one.what): one for one in process.breakers}
        return replace(
            process,
            runs=_rows(conn, "operate.runs.sql", schema, numbers=("found", *ENDS)),
            quarantine=_rows(conn, "operate.quarantine.sql", schema),
            outbox=_rows(conn, "operate.outbox.sql", schema),
            breakers=tuple(known.values()),
        )


def exposition(facts: Facts) -> bytes:
    """The facts in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(facts))
    return generate_latest(registry)


def process_metrics(
    pools: Pools,
    role: str,
    schema: str,
    *,
    memory: Memory | None = None,
    caches: Mapping[str, Cache] | None = None,
) -> bytes:
    """What a long-running process exposes: its own figures, and through ``role`` the database's.

    While the database does not answer, its own alone.
    """
    facts = Facts(
        pools=pools.statistics(),
        caches={name: one.statistics() for name, one in (caches or {}).items()},
        breakers=memory.states() if memory else (),
    )
    try:
        with pools.connection(role) as conn:
            facts = read_facts(conn, schema, facts)
    except DatabaseFailure:
        facts = replace(facts, reachable=False)
    return exposition(facts)


def _rows(conn: Connection[Any], template: str, schema: str, **facts: Any) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(render(template, schema=schema, **facts).encode()).fetchall()


class _Collected(Collector):
    """Facts as families of metrics."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def describe(self) -> Iterable[Metric]:
        """Nothing: the families depend on the facts."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The families that have samples."""
        return (family for family in self._families() if family.samples)

    def _families(self) -> Iterator[Metric]:
        facts = self.facts
        up = GaugeMetricFamily("integrity_database_up", "Whether the database answers.")
        up.add_metric([], int(facts.reachable))
        yield up
        yield from _of_runs(facts.runs)
        yield from _of_rows(facts)
        yield from _of_breakers(facts.breakers)
        yield from _of_pools(facts.pools)
        yield from _of_caches(facts.caches)


def _of_runs(runs: list[dict[str, Any]]) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "integrity_pipeline_runs", "Runs that ended, by outcome.", labels=["pipeline", "outcome"]
    )
    running = GaugeMetricFamily(
        "integrity_pipeline_running", "Runs in progress.", labels=["pipeline"]
    )
    seconds = CounterMetricFamily(
        "integrity_pipeline_seconds", "Seconds that runs took.", labels=["pipeline", "outcome"]
    )
    success = GaugeMetricFamily(
        "integrity_pipeline_last_success_timestamp_seconds",
        "When the last run ended well.",
        labels=["pipeline"],
    )
    for row in runs:
        name, outcome = row["pipeline"], row["outcome"]
        if outcome == "running":
            running.add_metric([name], row["runs"])
            continue
        ended.add_metric([name, outcome], row["runs"])
        seconds.add_metric([name, outcome], row["seconds"])
        if outcome == "done":
            success.add_metric([name], row["last"])
    yield from (ended, running, seconds, success)


def _of_rows(facts: Facts) -> Iterator[Metric]:
    rows = CounterMetricFamily(
        "integrity_pipeline_rows", "Rows by what became of them.", labels=["pipeline", "end"]
    )
    sums: dict[tuple[str, str], int] = {}
    for row in facts.runs:
        for end in ENDS:
            key = (row["pipeline"], end)
            sums[key] = sums.get(key, 0) + row[end]
    for (name, end), number in sums.items():
        rows.add_metric([name, end], number)
    kept = GaugeMetricFamily(
        "integrity_pipeline_quarantined_rows",
        "Rows in quarantine now, by reason.",
        labels=["pipeline", "reason"],
    )
    for row in facts.quarantine:
        kept.add_metric([row["pipeline"], row["reason"]], row["rows"])
    outbox = GaugeMetricFamily(
        "integrity_outbox_rows", "Changes that were not followed yet.", labels=["pipeline"]
    )
    oldest = GaugeMetricFamily(
        "integrity_outbox_oldest_seconds", "Age of the oldest of them.", labels=["pipeline"]
    )
    for row in facts.outbox:
        outbox.add_metric([row["pipeline"]], row["rows"])
        oldest.add_metric([row["pipeline"]], row["oldest"])
    yield from (rows, kept, outbox, oldest)


def _of_breakers(breakers: tuple[BreakerState, ...]) -> Iterator[Metric]:
    state = GaugeMetricFamily(
        "integrity_breaker_state",
        "1 for the state in which a circuit breaker is.",
        labels=["pipeline", "breaker", "state"],
    )
    failures = GaugeMetricFamily(
        "integrity_breaker_failures", "Failures in a row.", labels=["pipeline", "breaker"]
    )
    retry = GaugeMetricFamily(
        "integrity_breaker_retry_timestamp_seconds",
        "When an open circuit breaker tries again.",
        labels=["pipeline", "breaker"],
    )
    for one in breakers:
        for name in (CLOSED, OPEN, HALF_OPEN):
            state.add_metric([one.pipeline, one.what, name], int(one.state == name))
        failures.add_metric([one.pipeline, one.what], one.failures)
        if one.retry_at:
            retry.add_metric([one.pipeline, one.what], one.retry_at.timestamp())
    yield from (state, failures, retry)


def _of_pools(pools: Mapping[str, PoolStatistics]) -> Iterator[Metric]:
    for name, (statistic, text) in _POOL.items():
        gauge = GaugeMetricFamily(f"integrity_pool_{name}", text, labels=["role"])
        for role, found in pools.items():
            gauge.add_metric([role], getattr(found, statistic))
        yield gauge
    for name, (statistic, text) in _POOL_TOTAL.items():
        counter = CounterMetricFamily(f"integrity_pool_{name}", text, labels=["role"])
        for role, found in pools.items():
            counter.add_metric([role], getattr(found, statistic))
        yield counter
    waited = CounterMetricFamily(
        "integrity_pool_wait_seconds", "Time that requests waited.", labels=["role"]
    )
    for role, found in pools.items():
        waited.add_metric([role], found.wait_ms / 1_000)
    yield waited


def _of_caches(caches: Mapping[str, CacheStatistics]) -> Iterator[Metric]:
    for name, text in _CACHE_TOTAL.items():
        counter = CounterMetricFamily(f"integrity_cache_{name}", text, labels=["cache"])
        for cache, found in caches.items():
            counter.add_metric([cache], getattr(found, name))
        yield counter
    for name, text in _CACHE.items():
        gauge = GaugeMetricFamily(f"integrity_cache_{name}", text, labels=["cache"])
        for cache, found in caches.items():
            gauge.add_metric([cache], getattr(found, name))
        yield gauge

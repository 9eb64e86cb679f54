"""Verify: compare every unified table with what its sources say, now.

Nothing is left behind: all work tables are temporary, and all connections share one snapshot.
Bucketed hashes come first, in parallel. Only when some differ, the tables are gone through in the
order of the load on one connection, down to keys and columns; a table is then compared with the
tables it refers to as they are, so that one wrong row is not reported again by all that follow.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

from integrity.database.connect import Connection, Error, connect, translated
from integrity.errors import DriftFailure
from integrity.mapping.expectation import PLANS, Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.narrowing import Narrowing
from integrity.mapping.needs import needs
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name
from integrity.operations.context import Context
from integrity.operations.freeze_source import TRIGGER
from integrity.plan.compile import Compiled
from integrity.run.progress import Progress, Silent
from integrity.run.verification import (
    Count,
    Difference,
    SourceRow,
    TableVerification,
    Verification,
)
from integrity.sql.quote import qualified
from integrity.sql.template import render

_FROZEN = """
select not exists (
    select from pg_catalog.unnest(%s::text[]) as source (name)
    where not exists (
        select from pg_catalog.pg_trigger as t
        where t.tgrelid = source.name::pg_catalog.regclass and t.tgname = %s and t.tgenabled = 'A'
    )
)
"""
_MISSING = """
select name from pg_catalog.unnest(%s::text[]) as wanted (name)
where pg_catalog.to_regclass(name) is null
"""


def verify(
    compiled: Compiled,
    url: str,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    limit: int = 20,
) -> Verification:
    """Compare the tables of a migration that is applied, or that has loaded its rows.

    ``limit``: examples per kind of difference and column; counts cover everything. Raises
    DriftFailure when the tables are not there.
    """
    begin = time.monotonic()
    shown = progress or Silent()
    count = max(1, min(workers or compiled.project.settings.workers, len(compiled.mappings)))
    with translated("verify"), ExitStack() as stack:
        sessions = _open(stack, compiled, url, count)
        first = sessions[0]
        results = _compare(first.mappings, sessions, shown)
        if not all(result.ok for result in results.values()):
            results |= first.explain(results, limit)
        return Verification(
            tables=tuple(results[name] for name in first.mappings),
            switched=first.layout.switched,
            frozen=first.frozen(),
            seconds=time.monotonic() - begin,
        )


def explain_difference(compiled: Compiled, url: str, *, limit: int = 5) -> str:
    """The differences that made the verification of a run fail, in words; empty when none is."""
    found = verify(compiled, url, limit=limit)
    return "\n".join(line for table in found.tables if not table.ok for line in table.lines())


# --- connections -----------------------------------------------------------------------------


def _open(stack: ExitStack, compiled: Compiled, url: str, count: int) -> list[_Session]:
    """Connections in transactions that see one snapshot and will be rolled back."""
    sessions: list[_Session] = []
    snapshot = ""
    for _ in range(count):
        conn = stack.enter_context(connect(url, application_name="integrity verify"))
        stack.enter_context(conn.transaction(force_rollback=True))
        conn.execute("set transaction isolation level repeatable read")
        if snapshot:
            conn.execute(f"set transaction snapshot '{snapshot}'")
        else:
            snapshot = str(_value(conn, "select pg_catalog.pg_export_snapshot()"))
        timeout = f"{compiled.project.settings.statement_timeout_ms}ms"
        conn.execute("select pg_catalog.set_config('statement_timeout', %s, true)", [timeout])
        for setting in PLANS:
            conn.execute(setting)
        conn.execute("set local temp_buffers = '64MB'")
        conn.execute("set local client_min_messages = warning")
        layout = sessions[0].layout if sessions else _layout(conn, compiled)
        replayed = sessions[0].replayed if sessions else _replayed(conn, compiled, layout)
        sessions.append(_Session(conn, {m.name: m for m in compiled.mappings}, layout, replayed))
    return sessions


def _layout(conn: Connection[Any], compiled: Compiled) -> Layout:
    """Where the tables stand in this database. Raises DriftFailure when one is missing."""
    before = compiled.layout
    switched = False
    if not list(_missing(conn, [before.toolkit("journal")])):
        done = Context(compiled.migrations[0].stem, before).switched()
        switched = bool(_value(conn, f"select {done}"))
    layout = before.after_switch() if switched else before
    wanted = [layout.toolkit("ledger")]
    for mapping in compiled.mappings:
        wanted += [layout.unified(mapping.name), layout.crosswalk(mapping.name)]
        wanted += [layout.legacy(source.table) for source in mapping.sources]
    missing = list(_missing(conn, wanted))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DriftFailure(
            f"cannot verify: there is no {missing[0]}{more}", hint="apply the migration first"
        )
    return layout.temporary()


def _replayed(conn: Connection[Any], compiled: Compiled, layout: Layout) -> frozenset[Name]:
    """Tables whose quarantine was replayed, at least in part."""
    asked = render("verify_mapping.replays.sql", quarantine=layout.toolkit("quarantine"))
    found = {mapping for (mapping,) in conn.execute(asked).fetchall()}
    return frozenset(m.name for m in compiled.mappings if str(m.name) in found)


def _missing(conn: Connection[Any], names: list[Name]) -> Iterator[str]:
    for (name,) in conn.execute(_MISSING, [[qualified(name) for name in names]]).fetchall():
        yield name


def _value(conn: Connection[Any], sql: str) -> Any:
    row = conn.execute(sql).fetchone()
    assert row is not None
    return row[0]


# --- every table, in parallel ----------------------------------------------------------------


def _compare(
    mappings: dict[Name, ResolvedMapping], sessions: list[_Session], progress: Progress
) -> dict[Name, TableVerification]:
    free: SimpleQueue[_Session] = SimpleQueue()
    for session in sessions:
        free.put(session)

    def compare(name: Name) -> TableVerification:
        session = free.get()
        try:
            return session.compare(name)
        finally:
            free.put(session)

    progress.begin("verify", steps=len(mappings), done=0)
    with _cancelled_on_error(sessions), ThreadPoolExecutor(len(sessions)) as pool:
        # The last tables refer to most others and are the largest: they begin first.
        running = {pool.submit(compare, name): name for name in reversed(mappings)}
        results = dict(_collected(running, progress))
    progress.end()
    return {name: results[name] for name in mappings}


def _collected(
    running: dict[Future[TableVerification], Name], progress: Progress
) -> Iterator[tuple[Name, TableVerification]]:
    for future in as_completed(running):
        result = future.result()
        progress.step_done(result.table, rows=result.actual, seconds=result.seconds)
        yield running[future], result


@contextmanager
def _cancelled_on_error(sessions: list[_Session]) -> Iterator[None]:
    """Leaves with the first error, also Ctrl-C, without waiting for what still runs."""
    try:
        yield
    except BaseException:
        for session in sessions:
            with suppress(Error):
                session.conn.cancel_safe(timeout=2)
        raise


@dataclass(slots=True)
class _Session:
    """One connection, and which expectations it holds in temporary tables."""

    conn: Connection[Any]
    mappings: dict[Name, ResolvedMapping]
    layout: Layout
    replayed: frozenset[Name] = frozenset()  # tables with rows or members from a replay
    prepared: set[Name] = field(default_factory=set)

    def compare(self, name: Name) -> TableVerification:
        """Rows, crosswalk and ledger of one table: what differs is only counted."""
        begin = time.monotonic()
        mapping = self.mappings[name]
        narrowing = self._narrowing(name)
        self._ready(mapping)
        self._run(narrowing.buckets())
        expected, actual, differing, members, found, wrong = self._one(narrowing.totals())
        return TableVerification(
            table=str(name),
            expected=expected,
            actual=actual,
            counts=(Count("different", None, differing),) if differing else (),
            crosswalk_rows=found,
            crosswalk_counts=(Count("different", None, abs(members - found)),) if wrong else (),
            ledger=tuple(self._ledger(narrowing)),
            seconds=time.monotonic() - begin,
        )

    def frozen(self) -> bool:
        """Whether every source refuses writes."""
        names = {s.table for mapping in self.mappings.values() for s in mapping.sources}
        sources = sorted(qualified(self.layout.legacy(name)) for name in names)
        return bool(self.conn.execute(_FROZEN, [sources, TRIGGER]).fetchone() == (True,))

    def _ready(self, mapping: ResolvedMapping) -> None:
        for name in (mapping.name, *(to for one in mapping.deferred for to in one.tables)):
            self._prepare(name)

    def _prepare(self, name: Name) -> None:
        """Works out the rows that a table should have, after those it takes keys from."""
        mapping = self.mappings.get(name)
        if mapping is None or name in self.prepared:
            return
        for needed in needs(mapping):
            self._prepare(needed)
        self._run(Expectation(mapping, self.layout, name in self.replayed).prepare())
        self.prepared.add(name)

    def _ledger(self, narrowing: Narrowing) -> Iterator[str]:
        for row in self.conn.execute(narrowing.ledger()).fetchall():
            source, arm, rows, candidates, still_open, merged, members, rejected, kept = row
            line = source + (f" arm {arm}" if arm else "")
            if candidates is None:
                yield f"{line} has no account"
            elif still_open:
                yield f"{line}: {still_open:,} of {candidates:,} candidates are unaccounted for"
            elif candidates != rows:
                yield f"{line}: {candidates:,} candidates, but {rows:,} source rows"
            elif merged != members:
                yield f"{line}: {merged:,} merged, but {members:,} in the crosswalk"
            elif rejected != kept:
                yield f"{line}: {rejected:,} quarantined, but {kept:,} in the quarantine"

    # --- down to keys and columns ------------------------------------------------------------

    def explain(
        self, results: dict[Name, TableVerification], limit: int
    ) -> dict[Name, TableVerification]:
        """The results with differences, for the tables that have some."""
        self.prepared.clear()
        explained: dict[Name, TableVerification] = {}
        wrong = {name for name, result in results.items() if result.counts}
        for name in self.mappings:
            if name in wrong:
                needed = [explained[one] for one in needs(self.mappings[name]) if one in explained]
                shifted = any(not one.ok for one in needed)
                explained[name] = self._narrow(name, results[name], limit, shifted=shifted)
        for name, result in explained.items():
            if self.mappings[name].deferred:
                explained[name] = self._with_deferred(name, result, limit)
        for name, result in results.items():
            if name in wrong or result.crosswalk_counts:
                explained[name] = self._with_crosswalk(name, explained.get(name, result), limit)
        return explained

    def _narrow(
        self, name: Name, result: TableVerification, limit: int, *, shifted: bool
    ) -> TableVerification:
        """``shifted``: a table it refers to differs, which may change the order of its rows."""
        mapping = self.mappings[name]
        narrowing = self._narrowing(name)
        self.prepared.discard(name)  # again: the tables it refers to were translated since
        self._ready(mapping)
        self._run(narrowing.buckets())
        expected = self._one(narrowing.totals())[0]
        self._run(narrowing.pair())
        counts = self._counts(narrowing.counts())
        primary = mapping.primary.name
        others = tuple(count for count in counts if count.column != primary)
        renumbered = mapping.assigned and (others != () or shifted)
        found = self._examples(
            name, narrowing.examples(limit, without=primary if renumbered else "")
        )
        self._run(narrowing.translate())
        return replace(
            result,
            expected=expected,
            counts=others if renumbered else counts,
            differences=tuple(found),
            renumbered=sum(c.rows for c in counts if c.column == primary) if renumbered else 0,
        )

    def _with_deferred(
        self, name: Name, result: TableVerification, limit: int
    ) -> TableVerification:
        narrowing = self._narrowing(name)
        self._run(narrowing.pair_deferred())
        counts = self._counts(narrowing.counts(deferred=True))
        found = self._examples(name, narrowing.examples(limit, deferred=True))
        return replace(
            result,
            counts=result.counts + counts,
            differences=(*result.differences, *found),
        )

    def _with_crosswalk(
        self, name: Name, result: TableVerification, limit: int
    ) -> TableVerification:
        """The rows of the crosswalk that are wrong, beyond what wrong rows explain."""
        narrowing = self._narrowing(name)
        if list(_missing(self.conn, [narrowing.work("pairs")])):  # all rows are right
            self._ready(self.mappings[name])
            self._run(narrowing.buckets())
            self._run(narrowing.pair())
        rows = self.conn.execute(narrowing.crosswalk_differences(limit)).fetchall()
        table = narrowing.crosswalk
        found = tuple(
            Difference(
                table=str(table),
                kind=kind,
                key={"source": source, "source_key": key, "arm": arm},
                unified_key=actual if column == "unified_key" else None,
                column=column if kind == "different" else None,
                expected=expected,
                actual=actual,
            )
            for kind, column, source, key, arm, expected, actual, _ in rows
        )
        counts = (Count("different", None, rows[0][-1]),) if rows else ()
        return replace(result, crosswalk=found, crosswalk_counts=counts)

    def _narrowing(self, name: Name) -> Narrowing:
        return Narrowing(self.mappings[name], self.layout, name in self.replayed)

    def _counts(self, sql: str) -> tuple[Count, ...]:
        return tuple(Count(*row) for row in self.conn.execute(sql).fetchall())

    def _examples(self, name: Name, sql: str) -> Iterator[Difference]:
        for kind, column, unified, key, expected, actual, sources in self.conn.execute(sql):
            yield Difference(
                table=str(name),
                kind=kind,
                key=key,
                unified_key=unified,
                column=column,
                expected=expected,
                actual=actual,
                sources=tuple(SourceRow(*one) for one in sources),
            )

    def _run(self, statements: Iterator[str]) -> None:
        for statement in statements:
            self.conn.execute(statement)

    def _one(self, sql: str) -> tuple[Any, ...]:
        row = self.conn.execute(sql).fetchone()
        assert row is not None
        return tuple(row)

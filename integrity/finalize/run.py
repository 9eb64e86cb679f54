"""finalize: archive, restore to try it, drop. And the way back: legacy out of the archive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrity.database.connect import Connection, connect, server_major, translated
from integrity.database.programs import Programs, programs
from integrity.errors import DriftFailure, UnprovenFailure
from integrity.finalize.archive import Written, write_archive
from integrity.finalize.compare import differences
from integrity.finalize.facts import patience, positions_of, read_facts, rows_of
from integrity.finalize.manifest import Manifest, read_manifest
from integrity.finalize.rehearsal import Rehearsal, rehearse
from integrity.finalize.restore import restore
from integrity.finalize.state import (
    Recorded,
    create_tables,
    finalized_archive,
    finalized_statement,
    record,
    restored_statement,
)
from integrity.finalize.survey import Survey, dropped, survey
from integrity.model import Settings
from integrity.plan.compile import Compiled
from integrity.run.locks import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    Retry,
    database_lock,
    with_retry,
)
from integrity.run.progress import Progress, Silent
from integrity.run.rows import rows_of as ledger_of

STEPS = 3
APPLICATION = "integrity finalize"
_DURABLE = "select pg_catalog.set_config('synchronous_commit', 'on', true)"


@dataclass(frozen=True, slots=True)
class Finalized:
    """What finalize did. ``unmet``: checks that old rows do not meet today."""

    directory: Path
    manifest: Manifest
    manifest_hash: str
    unmet: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]  # legacy schemas that stay, and what keeps them
    seconds: float


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. ``unmet``: constraints that its rows do not meet today."""

    directory: Path
    tables: int
    rows: int
    unmet: tuple[str, ...]
    seconds: float


def finalize(
    compiled: Compiled,
    url: str,
    *,
    root: Path,
    approved: str | None = None,
    scratch: str | None = None,
    progress: Progress | None = None,
    retry: Retry | None = None,
) -> Finalized | None:
    """Archive legacy below ``root``, restore the archive to try it, and drop legacy.

    None when that was done before: legacy is in its archive already.

    ``approved``: the digest of the survey that was approved. What must hold before (ledger,
    verification, drift, quiet) is the caller's to ask: ``refusal.py``. Raises LockedFailure,
    DriftFailure, RefusedFailure, UnprovenFailure, DatabaseFailure; until the drop, which is one
    transaction, nothing in the database has changed. Run again, it goes on.
    """
    begin = time.monotonic()
    settings, shown = compiled.project.settings, progress or Silent()
    with (
        translated("finalize"),
        connect(url, application_name=APPLICATION) as conn,
        database_lock(conn, patience=settings.lock_timeout_ms / 1000),
    ):
        if finalized_archive(conn, settings.toolkit_schema) is not None:
            return None
        found = survey(conn, compiled)
        _refuse_unapproved(found, approved)
        work = _Work(compiled, conn, url, found, programs(server_major(conn)))
        shown.begin("finalize", steps=STEPS, done=0)
        try:
            with _step(shown, "archive legacy"):
                written = work.archive(root)
            with _step(shown, "restore the archive in a scratch database, and compare"):
                tried = work.rehearse(written, scratch)
            with _step(shown, "drop legacy"):
                work.drop(written, retry or Retry())
        finally:
            shown.end()
    return Finalized(
        written.directory,
        written.manifest,
        written.digest,
        tried.unmet,
        found.going.kept,
        time.monotonic() - begin,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """The three steps, on a database whose lock is held."""

    compiled: Compiled
    conn: Connection[Any]
    url: str
    found: Survey
    tools: Programs

    @property
    def settings(self) -> Settings:
        return self.compiled.project.settings

    def archive(self, root: Path) -> Written:
        create_tables(self.conn, self.settings.toolkit_schema)
        written = write_archive(
            self.url,
            self.tools,
            self.compiled.project,
            self.found,
            root=root,
            stems=[migration.stem for migration in self.compiled.migrations],
        )
        _refuse_unaccounted(self.conn, self.compiled, written.manifest)
        return written

    def rehearse(self, written: Written, scratch: str | None) -> Rehearsal:
        return rehearse(
            self.url,
            self.tools,
            written,
            self.found,
            scratch=scratch,
            toolkit_schema=self.settings.toolkit_schema,
        )

    def drop(self, written: Written, retry: Retry) -> None:
        """One transaction, in which the archive is compared with what goes once more."""
        number = record(
            self.conn,
            self.settings.toolkit_schema,
            written.manifest,
            directory=written.directory,
            digest=written.digest,
        )
        with_retry(
            lambda: self._drop(written, number),
            what="drop legacy",
            policy=retry,
            transient=frozenset({LOCK_NOT_AVAILABLE, DEADLOCK}),
        )

    def _drop(self, written: Written, number: int) -> None:
        conn, schema = self.conn, self.settings.toolkit_schema
        with conn.transaction():
            patience(conn, self.settings.lock_timeout_ms)
            conn.execute(_DURABLE)
            tables = ", ".join(thing.identity for _, thing in self.found.going.tables)
            if tables:
                conn.execute(f"lock table {tables} in access exclusive mode".encode())
            _refuse_changed(conn, written)
            gone, changed = dropped(conn, self.found.going, toolkit_schema=schema)
            if changed or gone != written.manifest.definitions:
                raise _changed("definitions")
            conn.execute(finalized_statement(schema, number).encode())


def restore_legacy(
    settings: Settings,
    url: str,
    *,
    directory: Path | None = None,
    progress: Progress | None = None,
) -> Restored | None:
    """Bring legacy back out of its archive, to where it stood; None when it was not finalized.

    ``directory``: where the archive lies now, if it was moved. Raises UnprovenFailure when a file
    of the archive is missing or changed, DriftFailure when something stands where legacy has to
    come back; nothing was changed then.
    """
    begin, shown = time.monotonic(), progress or Silent()
    with (
        translated("restore legacy"),
        connect(url, application_name=APPLICATION) as conn,
        database_lock(conn, patience=settings.lock_timeout_ms / 1000),
    ):
        recorded = finalized_archive(conn, settings.toolkit_schema)
        if recorded is None:
            return None
        place = directory or recorded.directory
        manifest = read_manifest(place, expected=recorded.manifest_hash)
        _refuse_occupied(conn, manifest, settings)
        shown.begin("restore legacy", steps=1, done=0)
        try:
            with _step(shown, f"restore the archive {place}"):
                unmet = _restore(conn, url, recorded, place, manifest, settings)
        finally:
            shown.end()
    rows = sum(one.rows for one in manifest.tables)
    seconds = time.monotonic() - begin
    return Restored(place, len(manifest.tables), rows, unmet, seconds)


def _restore(
    conn: Connection[Any],
    url: str,
    recorded: Recorded,
    place: Path,
    manifest: Manifest,
    settings: Settings,
) -> tuple[str, ...]:
    schema = settings.toolkit_schema
    last = [_DURABLE, restored_statement(schema, recorded.number)]
    unmet = restore(programs(server_major(conn)), url, place, manifest, last=last)
    if wrong := differences(conn, manifest, toolkit_schema=schema):
        raise UnprovenFailure(
            f"legacy is back, but not as it was: {'; '.join(wrong[:5])}",
            hint="look at what differs; the same command then goes on with the rollback",
        )
    return unmet


def _refuse_unapproved(found: Survey, approved: str | None) -> None:
    if approved is not None and found.digest != approved:
        raise DriftFailure(
            "what goes is not what was approved: the database changed meanwhile",
            hint="look again with `integrity finalize`, then approve that",
        )


def _refuse_unaccounted(conn: Connection[Any], compiled: Compiled, manifest: Manifest) -> None:
    """Every row that goes has its place in the ledger."""
    ledger = {str(one.table): one for one in ledger_of(conn, compiled.project)}
    wrong = [problem for one in manifest.tables for problem in ledger[one.name].problems]
    wrong += [
        f"{one.name} has {one.rows:,} rows, the ledger accounts for {ledger[one.name].rows or 0:,}"
        for one in manifest.tables
        if ledger[one.name].rows != one.rows
    ]
    if wrong:
        raise UnprovenFailure(
            f"rows that go are not accounted for: {'; '.join(wrong[:5])}",
            hint="see `integrity explain --rows`; nothing was dropped",
        )


def _refuse_occupied(conn: Connection[Any], manifest: Manifest, settings: Settings) -> None:
    live = read_facts(conn, toolkit_schema=settings.toolkit_schema)
    if taken := sorted(live.keys() & manifest.definitions.keys()):
        kind, name = taken[0]
        raise DriftFailure(
            f"{kind} {name} stands where legacy has to come back",
            hint="rename or drop what was created since finalize, then roll back again",
        )


def _refuse_changed(conn: Connection[Any], written: Written) -> None:
    """What was archived must be what is dropped, to the row."""
    manifest = written.manifest
    if rows_of(conn, manifest.rows) != manifest.rows:
        raise _changed("rows")
    if positions_of(conn, manifest.sequences) != manifest.sequences:
        raise _changed("sequences")


def _changed(what: str) -> DriftFailure:
    return DriftFailure(
        f"{what} of legacy changed while they were archived: nothing was dropped",
        hint="find out who writes there, then finalize again",
    )


@contextmanager
def _step(shown: Progress, title: str) -> Iterator[None]:
    shown.step_started(title)
    begin = time.monotonic()
    yield
    shown.step_done(title, rows=0, seconds=time.monotonic() - begin)

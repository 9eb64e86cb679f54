"""A load: files one after another, chunk by chunk, each chunk one transaction.

A chunk commits with its rows, its quarantine and its figures, among them how far the file was read.
A load that was stopped reads the file again up to there and goes on; since chunks end at the same
rows every time, it ends as one that was never stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from integrity.database.connect import Connection, Error, connect, errors, translated
from integrity.errors import InterruptedFailure, LockedFailure, UnprovenFailure
from integrity.loading.csv_rows import CsvRows
from integrity.loading.files import File, FileFailure, found, looked_at, opened
from integrity.loading.json_rows import JsonRows
from integrity.loading.ledger import Ledger, LoadedFile, list_loads, make_tables
from integrity.loading.model import Figures, Options, Outcome, Row
from integrity.loading.place import Placing
from integrity.loading.stage import fill, make_stage, storable
from integrity.loading.survey import Survey, surveyed
from integrity.loading.target import Target, TargetColumn, target_of
from integrity.run.progress import Progress, Silent
from integrity.sql.template import render

CHUNK_CHARACTERS = 8 << 20  # a chunk ends there even when it has few rows
_LOCK_SPACE = 0x696C6F61  # the upper half of the advisory lock's key; the table is the lower


def load(
    url: str,
    schema: str,
    paths: Sequence[Path],
    *,
    into: str,
    options: Options,
    progress: Progress | None = None,
) -> Outcome:
    """Load files and folders into the table ``into``; the toolkit's tables are in ``schema``.

    A dry run does the same in one transaction that is rolled back. Raises FileFailure for a file
    or an option that cannot be used, DriftFailure for a table that is not there, LockedFailure
    beside another load into the table, InterruptedFailure when the connection is lost.
    """
    begun = time.monotonic()
    files = [looked_at(path, options.format) for path in found(paths, options.format)]
    with connect(url, application_name="integrity load") as conn, _translated():
        target = target_of(conn, into)
        with _locked(conn, target), _tried(conn, target, dry_run=options.dry_run):
            make_tables(conn, schema)
            loading = _Loading(conn, schema, target, options, progress or Silent())
            outcome = loading.run(files, begun)
    return outcome


def refuse_rejects(outcome: Outcome, options: Options) -> None:
    """Raise UnprovenFailure when more rows are in quarantine than ``max_rejects`` allows."""
    if outcome.rejected_percent > options.max_rejects:
        raise UnprovenFailure(
            f"{outcome.figures.quarantined:,} of {outcome.figures.read:,} rows are in quarantine,"
            f" {outcome.rejected_percent:.3g} %; allowed are {options.max_rejects:g} %",
            hint="the other rows are loaded; see the reasons, or raise --max-rejects",
        )


@dataclass(slots=True)
class _Loading:
    conn: Connection[Any]
    schema: str
    target: Target
    options: Options
    progress: Progress
    staged: tuple[TargetColumn, ...] | None = None

    def run(self, files: Sequence[File], begun: float) -> Outcome:
        loads = list_loads(self.conn, self.schema, target=str(self.target.name))
        survey = surveyed(files, loads, self.options)
        title = f"load {self.target.name}"
        self.progress.begin(title, steps=len(files), done=len(files) - len(survey.wanted))
        try:
            done = [self._file(one, survey) for one in survey.wanted]
        finally:
            self.progress.end()
        return self._outcome(survey, done, begun)

    def _outcome(self, survey: Survey, done: list[int], begun: float) -> Outcome:
        numbers = [*done, *(one.load for one in survey.finished)]
        loads = list_loads(self.conn, self.schema, target=str(self.target.name))
        figures = (one.figures for one in loads if one.load in numbers)
        return Outcome(
            target=str(self.target.name),
            dry_run=self.options.dry_run,
            files=len(done),
            finished=len(survey.finished),
            copies=len(survey.copies),
            figures=sum(figures, Figures()),
            reasons=self._ledger.reasons(numbers),
            seconds=round(time.monotonic() - begun, 3),
        )

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.conn, self.schema)

    def _file(self, file: File, survey: Survey) -> int:
        """Load one file from where it is; the number of its load."""
        begun = time.monotonic()
        self.progress.step_started(file.shown)
        with opened(file) as (stream, position, verify):
            source = self._source(stream, file, survey)
            entry = survey.begun.get(file.name) or self._begin(file)
            self._stage(source.columns)
            read = self._chunks(source, entry, file, position)
            verify()
        with self.conn.transaction():
            self._ledger.finish(entry.load)
        self.progress.step_done(file.shown, rows=read, seconds=time.monotonic() - begun)
        return entry.load

    def _source(self, stream: Any, file: File, survey: Survey) -> CsvRows | JsonRows:
        made = CsvRows if file.format in ("csv", "tsv") else JsonRows
        source = made(stream, file, self.target, self.options)
        if file in survey.changed:
            _require_key(file, self.target, source.columns)
        return source

    def _begin(self, file: File) -> LoadedFile:
        with self.conn.transaction():
            return self._ledger.begin(str(self.target.name), file, self.options)

    def _stage(self, columns: tuple[TargetColumn, ...]) -> None:
        if self.staged != columns:
            make_stage(self.conn, columns)
            self.staged = columns

    def _chunks(
        self, source: CsvRows | JsonRows, entry: LoadedFile, file: File, position: Any
    ) -> int:
        rows, read = source.rows(), entry.read
        if sum(1 for _ in islice(rows, read)) != read:
            raise UnprovenFailure(f"{file.shown} has fewer than the {read:,} rows loaded of it")
        for chunk in _cut(rows, self.options.chunk):
            self._chunk(source, chunk, entry, file)
            read += len(chunk)
            self.progress.slice_done(file.shown, rows=read, done=position(), total=file.size)
        return read

    def _chunk(
        self, source: CsvRows | JsonRows, chunk: list[Row], entry: LoadedFile, file: File
    ) -> None:
        """One transaction: rows, quarantine, figures."""
        rows, faults = storable(chunk, source.columns)
        with self.conn.transaction():
            self.conn.execute("set constraints all immediate")
            fill(self.conn, rows, source.columns)
            placed = Placing(self.conn, self.schema, self.target, source.columns, rows).place()
            whole = sorted((dict(faults) | placed.faults).items())
            kept = [(rows[n].line, fault, source.as_json(rows[n])) for n, fault in whole]
            quarantined = self._ledger.quarantine(entry.load, file.shown, kept)
            figures = Figures(len(chunk), placed.loaded, quarantined, placed.repeated)
            self._ledger.advance(entry.load, figures)


def _cut(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """Chunks of ``size`` rows, fewer where they are long; always the same ones."""
    chunk: list[Row] = []
    characters = 0
    for row in rows:
        chunk.append(row)
        characters += sum(map(len, filter(None, row.values)))
        if len(chunk) >= size or characters > CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _require_key(file: File, target: Target, columns: Sequence[TargetColumn]) -> None:
    given = {column.name for column in columns}
    if not any(given.issuperset(one.columns) for one in target.uniques):
        raise FileFailure(
            f"{file.shown} changed, and no unique key of {target.name} tells which of its rows"
            " were loaded before",
            hint="delete the rows that were loaded from it, and give the file another name",
        )


@contextmanager
def _locked(conn: Connection[Any], target: Target) -> Iterator[None]:
    """One load into a table at a time."""
    key = [_LOCK_SPACE << 32 | target.oid]
    row = conn.execute("select pg_catalog.pg_try_advisory_lock(%s)", key).fetchone()
    if not row or not row[0]:
        raise LockedFailure(
            f"another load into {target.name} is in progress",
            hint="wait until it ends, then run the same command",
        )
    try:
        yield
    finally:
        if not conn.broken and not conn.closed:
            conn.execute("select pg_catalog.pg_advisory_unlock(%s)", key)


@contextmanager
def _tried(conn: Connection[Any], target: Target, *, dry_run: bool) -> Iterator[None]:
    """A transaction that is rolled back, for a dry run; sequences are put back by hand."""
    if not dry_run:
        with nullcontext():
            yield
        return
    sequences = list(target.sequences)
    before = conn.execute(render("loading.sequences.sql"), {"sequences": sequences}).fetchall()
    try:
        with conn.transaction(force_rollback=True):
            yield
    finally:
        if not conn.broken and not conn.closed:
            for one in before:
                conn.execute("select pg_catalog.setval(%s::oid::regclass, %s, %s)", one)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        with translated("load"):
            yield
    except Exception as error:
        cause = error.__cause__
        lost = isinstance(cause, errors.OperationalError) and not cause.sqlstate
        if isinstance(cause, Error) and (lost or (cause.sqlstate or "").startswith(("57P", "08"))):
            raise InterruptedFailure(
                f"the connection was lost: {' '.join(str(cause).split())}",
                hint="run the same command again: it goes on where it was",
            ) from cause
        raise

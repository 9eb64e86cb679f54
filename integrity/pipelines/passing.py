"""A pass over one source: batch by batch, each in one transaction.

A bad row costs itself. What the SQL can judge is quarantined set-based; where the server refuses a
whole batch (a foreign key, a trigger), the batch is halved until the row at fault stands alone, and
that one is quarantined with what the server said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from integrity.database.connect import Connection, Error, errors
from integrity.errors import ConfigFailure, Problem, UnprovenFailure
from integrity.pipelines.batch import Batch, Slice
from integrity.pipelines.figures import Figures
from integrity.pipelines.ledger import Ledger
from integrity.pipelines.options import Options
from integrity.pipelines.words import one_line
from integrity.run.locks import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    SERIALIZATION,
    Retry,
    with_retry,
)

Last = tuple[str, ...]  # the key of the last row of a slice
Step = Callable[[Slice, str], Last | None]  # a slice, and what the server said of its one row
# A step returns the last key of its slice, None when the slice was not full: it was the last one.

_TRANSIENT = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION})
_LARGE = 1_000  # rows from which a slice gets statistics
_GROWN = 10_000  # rows after which the tables that they went into do
_TRIES = 3


class Kind(Protocol):
    """What a kind of pipeline adds to a batch."""

    def opened(self) -> Iterator[str]:
        """Run once, before the first batch of a pass."""
        ...

    def conditions(self) -> tuple[str, ...]:
        """Further conditions over the extract ``s``."""
        ...

    def survey_tables(self) -> Iterator[str]:
        """Tables for what must be known of the whole source first; none: nothing must."""
        ...

    def claimed(self) -> Iterator[str]:
        """Fills the fates of one slice for the survey: what each row claims, whoever else does."""
        ...

    def surveyed(self) -> Iterator[str]:
        """Notes that of the candidates of one slice."""
        ...

    def survey_closed(self) -> Iterator[str]:
        """Concludes from what was noted."""
        ...

    def settled(self, *, surveyed: bool) -> Iterator[str]:
        """Fills the fates of the candidates; ``surveyed``: after a survey."""
        ...

    def judged(self) -> Iterator[str]:
        """Decides between candidates that the target's rules accept."""
        ...

    def repeated(self) -> Iterator[str]:
        """Writes down repeats, once new rows stand."""
        ...

    def closed(self) -> Iterator[str]:
        """Run once, when every row of the source was passed."""
        ...

    def after(self) -> Iterator[str]:
        """What is written down once the batch's own entries in quarantine stand."""
        ...


@dataclass
class Pass:
    """The batches of one source. ``tell`` gets the figures of the run after each of them."""

    conn: Connection[Any]
    batch: Batch
    kind: Kind
    options: Options
    ledger: Ledger
    tell: Callable[[Figures], None]
    figures: Figures
    wants_survey: bool = False
    has_survey: bool = False
    analyzed: int = 0  # rows of the slice from which the work tables got their statistics
    told: int = 0  # rows that were found when the tables got statistics last

    def run(self) -> None:
        """All batches, in the order of the key; more than one are surveyed first."""
        self._do(*self.batch.work_tables())
        self._require_keys()
        if self.batch.links_stale:
            self._analyze(self.batch.analyzed_links())
        self._do(*self.kind.opened())
        tables = list(self.kind.survey_tables())
        self.wants_survey = bool(tables)
        try:
            self._through(self._committed)
        except SurveyWanted:
            self._do(*tables)
            self._through(self._surveyed)
            self._do(*self.kind.survey_closed())
            self.wants_survey, self.has_survey = False, True
            self._through(self._committed)
        if self.told:
            self._analyze(self.batch.analyzed_links())
        if self.options.limit is None:
            self._do(*self.kind.closed())

    def _through(self, step: Step) -> None:
        part = self._first()
        while part.size > 0:
            try:
                done = step(part, "")
            except Error as error:
                if not _is_refusal(error):
                    raise
                if part.size > 1:
                    part = replace(part, size=part.size // 2)
                    continue
                done = step(part, one_line(error))
            if done is None:
                return
            part = self._next(part, done)

    # --- slices ------------------------------------------------------------------------------

    def _first(self) -> Slice:
        return Slice(
            size=self._size(),
            mode=self.options.mode,
            since=self._since(),
            conditions=self.kind.conditions(),
        )

    def _next(self, part: Slice, last: Last) -> Slice:
        types = [column.type for column in self.batch.ready.resolved.key]
        after = tuple(zip(last, types, strict=True))
        return replace(part, after=after, size=min(part.size * 2, self._size()))

    def _size(self) -> int:
        """Rows of a full batch; 0 when the limit is reached."""
        limit, batch = self.options.limit, self.batch.ready.pipeline.batch
        return batch if limit is None else min(batch, max(0, limit - self.figures.found))

    def _since(self) -> str:
        recent = self.batch.ready.pipeline.modes.recent
        if self.options.mode != "recent" or recent is None:
            return ""
        days = recent.days if self.options.days_back is None else self.options.days_back
        try:
            moment = (self.options.now or datetime.now(UTC)) - timedelta(days=days)
        except OverflowError:  # before the year 1
            return "-infinity"
        is_date = self.batch.ready.recent_type == "date"
        return moment.date().isoformat() if is_date else moment.isoformat()

    def _require_keys(self) -> None:
        if self._one(self.batch.has_null_key())[0]:
            key = ", ".join(self.batch.ready.source.extract.key)
            raise UnprovenFailure(
                f"{self.batch.ready.label}: a row has no key ({key} is null)",
                hint="choose a key that every row has, or leave such rows out of the query",
            )

    def _sliced(self, part: Slice) -> tuple[int, Last]:
        """The rows of the next slice, in their work table, and the last key."""
        try:
            self._do(self.batch.slice(part))
        except Error as error:
            if part.size > 1 or not _is_refusal(error):
                raise
            raise self._unreadable(error) from error
        rows, repeated, last = self._one(self.batch.sliced())
        if repeated:
            raise UnprovenFailure(
                f"{self.batch.ready.label}: the key ({', '.join(repeated)}) stands twice"
                " in the extract",
                hint="name columns that are unique in key: [...]",
            )
        return rows, tuple(last or ())

    def _unreadable(self, error: Error) -> ConfigFailure:
        """The query of the extract fails: there is no row that could be put aside."""
        extract = self.batch.ready.source.extract
        place = extract.query.location if extract.query else extract.location
        message = f"the query of the extract fails: {one_line(error)}"
        hint = "cast in columns, where a bad value costs its own row; a query takes it as it is"
        return ConfigFailure([Problem(place, message, hint)])

    # --- one batch ---------------------------------------------------------------------------

    def _surveyed(self, part: Slice, refused: str) -> Last | None:
        """One slice, of which is noted what it claims; nothing is written."""
        with self._emptied():
            rows, last = self._sliced(part)
            if rows:
                self._settle(rows, refused, self.kind.claimed())
                self._do(*self.kind.surveyed())
            return last if rows >= part.size else None

    def _committed(self, part: Slice, refused: str) -> Last | None:
        """One batch, committed."""
        for _ in range(_TRIES):
            try:
                last, self.figures = with_retry(
                    lambda: self._transaction(part, refused),
                    what=f"a batch of {self.batch.ready.pipeline.name}",
                    policy=Retry(),
                    transient=_TRANSIENT,
                )
            except Imbalance:
                continue
            self.tell(self.figures)
            self._tell_planner()
            return last
        raise UnprovenFailure(
            f"{self.batch.ready.pipeline.name}: the figures of a batch do not add up",
            hint="nothing of the batch was written; report the pipeline",
        )

    def _tell_planner(self) -> None:
        """Statistics of tables that grew much, or the next batch is planned for few rows."""
        grown = self.figures.found - self.told
        if grown < max(_GROWN, self.told, self.batch.links_told // 5):
            return
        self.told = self.figures.found
        self._analyze(self.batch.analyzed_target())
        if self.batch.known:
            self._analyze(self.batch.analyzed_links())

    def _analyze(self, statement: str) -> None:
        """Where another session works on the table, its own statistics will do."""
        with suppress(errors.LockNotAvailable), self.conn.transaction():
            self._do(statement)

    def _transaction(self, part: Slice, refused: str) -> tuple[Last | None, Figures]:
        with self._emptied():
            rows, last = self._sliced(part)
            if not rows:
                return None, self.figures
            if self.wants_survey and rows >= part.size:
                raise SurveyWanted
            self._settle(rows, refused, self.kind.settled(surveyed=self.has_survey))
            self._do(
                *self.kind.judged(),
                self.batch.resolved(),
                self.batch.without_outside(),
            )
            counted = self._written(refused)
            if not counted.balances:
                raise Imbalance
            figures = self.figures + counted
            self.ledger.goes_on(self.conn, figures, ", ".join(last))
            return last if rows >= part.size else None, figures

    @contextmanager
    def _emptied(self) -> Iterator[None]:
        """A transaction at whose end the work tables are empty: by its commit, or in a dry run,
        where it is a part of a larger one, by a statement."""
        try:
            with self.conn.transaction():
                yield
                if self.options.dry_run:
                    self._do(self.batch.emptied())
        except BaseException:
            self.analyzed = 0
            raise

    def _settle(self, rows: int, refused: str, fates: Iterator[str]) -> None:
        batch = self.batch
        fresh = rows >= max(_LARGE, 2 * self.analyzed)  # statistics outlive their rows
        if fresh:
            self.analyzed = rows
            self._do(batch.analyzed())
        self._do(*(batch.refused() if refused else batch.candidates()))
        if fresh:
            self._do(batch.analyzed_candidates())
        self._do(*fates)
        if fresh:
            self._do(batch.analyzed_fates())

    def _written(self, refused: str) -> Figures:
        batch, run = self.batch, self.ledger.run
        found, drops, matched, repeated, empty = self._one(batch.found())
        create = batch.created()
        created = self.conn.execute(create.encode()).rowcount if create else 0
        self._do(*self.kind.repeated())
        updated, unchanged = self._updated(run)
        counted = self.conn.execute(batch.quarantined(refused).encode()).fetchall()
        reasons = {reason: rows for reason, rows in counted}
        self._do(*self.kind.after(), *batch.linked(run), "set constraints all immediate")
        return Figures(
            found=found,
            matched=matched,
            created=created,
            updated=updated,
            unchanged=unchanged,
            repeated=repeated,
            dropped=sum((drops or {}).values()),
            empty=empty,
            quarantined=sum(reasons.values()),
            reasons=reasons,
            drops=drops or {},
            batches=1,
        )

    def _updated(self, run: int) -> tuple[int, int]:
        """Matched rows that were updated, and those that say the same."""
        compared = self.conn.execute(self.batch.compared().encode()).fetchall()
        updated = 0
        for sql in self.batch.updated(run, [names for names, _ in compared if names]):
            rows, kept = self._one(sql)
            if kept != rows:
                raise Imbalance
            updated += rows
        return updated, sum(rows for names, rows in compared if not names)

    def _do(self, *statements: str) -> None:
        for statement in statements:
            self.conn.execute(statement.encode())

    def _one(self, sql: str) -> tuple[Any, ...]:
        row = self.conn.execute(sql.encode()).fetchone()
        assert row is not None
        return tuple(row)


class Imbalance(Exception):
    """The ends of a batch do not add up to what was found: a row changed under it, or a defect."""


class SurveyWanted(Exception):
    """The first batch is full, so that there may be others: nothing was written yet."""


def _is_refusal(error: Error) -> bool:
    """Whether the server refused data, which one row of the batch may be at fault for."""
    state = error.sqlstate or ""
    return state[:2] in ("22", "23", "44") or state in ("P0001", "54000")

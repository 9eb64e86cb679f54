"""The journal as the runner reads and writes it: what is done, in slices where a step has them.

Every method runs inside the caller's transaction, so that a step and its record commit together.
``operations/journal_sql.py`` writes the same rows from files for psql.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from integrity import __version__
from integrity.database.connect import Connection
from integrity.errors import Failure
from integrity.model import Step
from integrity.operations.journal_sql import step_hash
from integrity.sql.quote import ident
from integrity.sql.template import render

Session: TypeAlias = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A step that was begun: outcome is started or done."""

    statement_hash: str
    outcome: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Keys above ``low`` up to ``high``; ``low == high`` is the whole of a statement."""

    low: int
    high: int
    rows: int = 0
    finished: bool = False

    @property
    def whole(self) -> bool:
        """Whether this is a statement that is not cut."""
        return self.low == self.high


WHOLE = Slice(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The journal of one migration in one direction, in the tables of ``schema``."""

    schema: str
    migration: str
    direction: str

    def exists(self, conn: Session) -> bool:
        """Whether the toolkit's tables are there yet."""
        table = f"{ident(self.schema)}.integrity_state"  # the last one to be created
        found = conn.execute("select pg_catalog.to_regclass(%s) is not null", [table]).fetchone()
        return bool(found and found[0])

    def entries(self, conn: Session) -> dict[str, dict[str, Entry]]:
        """Direction -> step -> entry, without what was undone since."""
        found: dict[str, dict[str, Entry]] = {"apply": {}, "rollback": {}}
        for direction, step, digest, outcome, rows in self._execute(conn, "run.read.sql"):
            found[direction][step] = Entry(digest, outcome, rows)
        return found

    def write(
        self,
        conn: Session,
        step: Step,
        outcome: str,
        *,
        run_id: int | None,
        rows: int | None = None,
    ) -> None:
        """Record a step as started or done; a done step that fills work tables as well."""
        facts = {"step": step.id, "statement_hash": step_hash(step), "outcome": outcome}
        self._execute(conn, "run.write.sql", **facts, run_id=run_id, rows=rows)
        if step.unlogged and outcome == "done":
            self._execute(conn, "run.sentinel.sql")

    def begin_run(self, conn: Session, plan_hash: str) -> int:
        """Record that a run begins; earlier ones that never ended become interrupted."""
        facts = {"plan_hash": plan_hash, "tool_version": __version__}
        ((run_id,),) = self._execute(conn, "run.begin.sql", **facts)
        return int(run_id)

    def end_run(self, conn: Session, run_id: int, outcome: str, detail: str) -> None:
        """Record how the run ended: done, failed or interrupted."""
        self._execute(conn, "run.end.sql", run_id=run_id, outcome=outcome, detail=detail)

    def stamp_state(self, conn: Session, plan_hash: str) -> None:
        """Add the hash of the plan to the state that the migration reached."""
        self._execute(conn, "run.applied.sql", plan_hash=plan_hash)

    def work_tables_lost(self, conn: Session) -> bool:
        """Whether the server crashed since work tables were filled, or nobody filled any."""
        ((alive,),) = self._execute(conn, "run.alive.sql")
        return not alive

    def forget(self, conn: Session, steps: Iterable[str]) -> None:
        """Take steps out of the journal, so that they run again."""
        self._execute(conn, "run.forget.sql", steps=sorted(steps))

    def slices(self, conn: Session, step: Step, number: int) -> list[Slice]:
        """The slices planned for a statement of a step, by key; none: not planned yet."""
        rows = self._execute(conn, "run.slices.sql", step=step.id, number=number)
        return [Slice(low, high, rows or 0, done) for low, high, rows, done in rows]

    def plan_slices(self, conn: Session, step: Step, number: int, slices: Sequence[Slice]) -> None:
        """Record the slices of a statement before the first one runs."""
        lows, highs = [one.low for one in slices], [one.high for one in slices]
        facts = {"step": step.id, "number": number, "lows": lows, "highs": highs}
        self._execute(conn, "run.plan_slices.sql", **facts)

    def finish_slice(
        self, conn: Session, step: Step, number: int, part: Slice, *, rows: int
    ) -> None:
        """Record that a slice is done. Raises Failure when it was done before."""
        facts = {"step": step.id, "number": number, "low": part.low, "rows": rows}
        cursor = conn.execute(
            render("run.finish_slice.sql", schema=self.schema), self._facts() | facts
        )
        if cursor.rowcount != 1:
            raise Failure(f"a slice of step {step.id} above key {part.low} was already done")

    def slice_rows(self, conn: Session, step: Step) -> int:
        """Rows that all finished slices of a step have written."""
        ((rows,),) = self._execute(conn, "run.slice_rows.sql", step=step.id)
        return int(rows)

    def _facts(self) -> dict[str, object]:
        return {"migration": self.migration, "direction": self.direction}

    def _execute(self, conn: Session, template: str, **facts: object) -> list[tuple[Any, ...]]:
        sql = render(template, schema=self.schema)
        cursor = conn.execute(sql, self._facts() | facts)
        return cursor.fetchall() if cursor.description else []

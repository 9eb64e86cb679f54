"""Where a run begins: nothing done, some steps done by an earlier run, or everything.

Refuses what must not go on: a plan that changed on the way, a way there over a half-finished way
back, a way back under a later migration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrity.errors import DriftFailure, RefusedFailure
from integrity.model import Migration, Stage
from integrity.operations.journal_sql import begun_sql, is_applied_sql, is_followed_sql, step_hash
from integrity.run.journal import Entry, Journal, Session

SHOWN = 5  # changed steps that a message names
CRASHED = "the server has crashed since: filling the work tables again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What an earlier run left. ``journal`` is false before the toolkit's tables exist."""

    journal: bool
    done: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    nothing: bool = False  # nothing to do at all
    notice: str = ""


def start_of(
    conn: Session, migration: Migration, stages: Sequence[Stage], journal: Journal
) -> Start:
    """Where to begin. Raises DriftFailure or RefusedFailure when the run must not begin."""
    if not journal.exists(conn):
        return Start(journal=False, nothing=journal.direction == "rollback")
    with conn.transaction():
        past = _Past(conn, migration, stages, journal, journal.entries(conn))
        return past.back() if journal.direction == "rollback" else past.there()


@dataclass(frozen=True, slots=True)
class _Past:
    """What the journal holds about a migration when a run begins."""

    conn: Session
    migration: Migration
    stages: Sequence[Stage]
    journal: Journal
    entries: Mapping[str, Mapping[str, Entry]]

    def there(self) -> Start:
        """Where a run of the way there begins."""
        if self.entries["apply"] and self.entries["rollback"]:
            raise DriftFailure(
                f"the rollback of {self.migration.stem} has begun and not ended",
                hint="roll back again to finish it, then apply",
            )
        if self.entries["rollback"]:
            self.conn.execute(begun_sql(self.migration, schema=self.journal.schema))
        return self._resumed(self.entries["apply"])

    def back(self) -> Start:
        """Where a run of the way back begins."""
        if not self.entries["apply"]:
            return Start(journal=True, nothing=True)
        if self._holds(is_followed_sql(self.migration, schema=self.journal.schema)):
            raise RefusedFailure(
                f"a later migration is applied on top of {self.migration.stem}",
                hint="roll the later one back first",
            )
        return self._resumed(self.entries["rollback"])

    def _resumed(self, entries: Mapping[str, Entry]) -> Start:
        self._refuse_changes(entries)
        done = {one for one, entry in entries.items() if entry.outcome == "done"}
        again = self._emptied(done) & set(entries)
        if again:
            self.journal.forget(self.conn, again)
            done -= again
        complete = done.issuperset(step.id for stage in self.stages for step in stage.steps)
        return Start(
            journal=True,
            done=frozenset(done),
            started=frozenset(entries) - done - again,
            nothing=complete and self.journal.direction == "apply" and self._applied(),
            notice=CRASHED if again else "",
        )

    def _emptied(self, done: set[str]) -> set[str]:
        """Steps whose unlogged tables are needed still and were emptied by a crash."""
        current = {
            step.id
            for stage in self.stages
            if not done.issuperset(step.id for step in stage.steps)
            for step in stage.steps
            if step.unlogged
        }
        return current if current and self.journal.work_tables_lost(self.conn) else set()

    def _applied(self) -> bool:
        return self._holds(is_applied_sql(self.migration, schema=self.journal.schema))

    def _holds(self, question: str) -> bool:
        row = self.conn.execute(question).fetchone()
        return bool(row and row[0])

    def _refuse_changes(self, entries: Mapping[str, Entry]) -> None:
        hashes = {step.id: step_hash(step) for stage in self.stages for step in stage.steps}
        changed = [one for one, entry in entries.items() if hashes.get(one) != entry.statement_hash]
        if not changed:
            return
        named = ", ".join(sorted(changed)[:SHOWN]) + (", ..." if len(changed) > SHOWN else "")
        direction, other = self.journal.direction, ""
        if direction == "apply":
            other = ", or roll it back first and then apply the new plan"
        raise DriftFailure(
            f"the plan of {self.migration.stem} ({direction}) changed since the run that began it: "
            f"{named}",
            hint=f"go on with the plan that was begun{other}",
        )

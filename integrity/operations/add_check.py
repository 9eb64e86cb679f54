"""Add a check to a live table: first for new rows, then for those that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Check, Name, StageKind
from integrity.operations.change import EXCLUSIVE, SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.guard_rows import guard_rows
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class AddCheck:
    """One check. ``shown`` is the column whose value a message names, ``key`` that of the row."""

    context: Context
    table: Name
    check: Check
    shown: str
    key: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """NOT VALID, then VALIDATE, which reads the rows while writers go on."""
        name = ident(self.check.name)
        yield self._change.there(
            self._step,
            [f"{self._alter}\n    add constraint {name} check ({self.check.expression}) not valid"],
            why="New rows are held to it from now on; the rows that are there are not read yet.",
            undo="the check is dropped",
            lock=EXCLUSIVE,
        )
        yield self._change.there(
            step_id("validate check", self.table, self.check.name),
            [self._guard(), f"{self._alter}\n    validate constraint {name}"],
            why="Reads the rows while readers and writers go on.",
            undo="the check is dropped",
            lock=SHARE_UPDATE,
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP CONSTRAINT."""
        yield self._change.back(
            step_id("drop check", self.table, self.check.name),
            [f"{self._alter}\n    drop constraint if exists {ident(self.check.name)}"],
            of=self._step,
            why="The table was without it before.",
        )

    def _guard(self) -> str:
        return guard_rows(
            self.table,
            column=self.shown,
            key=self.key,
            bad=f"({self.check.expression}) is false",
            problem=f"rows fail the check {self.check.name}",
            hint="mend the rows, or the check; then run the migration again",
        )

    @property
    def _alter(self) -> str:
        return f"alter table {qualified(self.table)}"

    @property
    def _step(self) -> str:
        return step_id("add check", self.table, self.check.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CONSTRAIN)

"""Drop a check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Check, Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class DropCheck:
    """One check, under the names from before."""

    context: Context
    table: Name
    check: Check

    def migrate(self) -> Iterator[Placed]:
        """DROP CONSTRAINT."""
        yield self._change.there(
            self._step,
            [f"{self._alter}\n    drop constraint {ident(self.check.name)}"],
            why="The YAML has no such check any more, or another one.",
            undo="the check is added again, if every row meets it by then",
            lock=EXCLUSIVE,
            hazards=[Hazard("drops-constraint", f"{self.table}: check {self.check.name}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """ADD CONSTRAINT, and the server reads every row."""
        name = ident(self.check.name)
        yield self._change.back(
            step_id("add check again", self.table, self.check.name),
            [f"{self._alter}\n    add constraint {name} check ({self.check.expression})"],
            of=self._step,
            why="The check was there before.",
        )

    @property
    def _alter(self) -> str:
        return f"alter table {qualified(self.table)}"

    @property
    def _step(self) -> str:
        return step_id("drop check", self.table, self.check.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

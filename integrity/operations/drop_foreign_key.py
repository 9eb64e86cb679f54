"""Drop a foreign key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import add_foreign_key
from integrity.model import ForeignKey, Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class DropForeignKey:
    """One foreign key, under the names from before."""

    context: Context
    table: Name
    key: ForeignKey

    def migrate(self) -> Iterator[Placed]:
        """DROP CONSTRAINT, before the key that it references may go."""
        yield self._change.there(
            self._step,
            [f"{self._alter}\n    drop constraint {ident(self.key.name)}"],
            why="The YAML has no such foreign key any more, or what it stands on changes.",
            undo="the foreign key is added again, if there is no orphan by then",
            lock=f"{EXCLUSIVE} on {self.key.references} and",
            hazards=[Hazard("drops-constraint", f"{self.table}: foreign key {self.key.name}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """ADD CONSTRAINT, and the server reads every row."""
        yield self._change.back(
            step_id("add foreign key again", self.table, self.key.name),
            [add_foreign_key(self.key, self.table)],
            of=self._step,
            why="The foreign key was there before.",
        )

    @property
    def _alter(self) -> str:
        return f"alter table {qualified(self.table)}"

    @property
    def _step(self) -> str:
        return step_id("drop foreign key", self.table, self.key.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

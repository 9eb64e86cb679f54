"""Drop a primary key or a unique constraint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import add_key
from integrity.model import Hazard, Key, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class DropKey:
    """One key, under the names from before."""

    context: Context
    table: Name
    key: Key
    primary: bool

    def migrate(self) -> Iterator[Placed]:
        """DROP CONSTRAINT; what references the key was dropped before."""
        yield self._change.there(
            self._step,
            [f"alter table {qualified(self.table)}\n    drop constraint {ident(self.key.name)}"],
            why="The YAML has no such key any more, or another one.",
            undo="the key is built again, if no two rows share it by then",
            lock=EXCLUSIVE,
            hazards=[Hazard("drops-constraint", f"{self.table}: key {self.key.name}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """ADD CONSTRAINT, with its index."""
        yield self._change.back(
            step_id("add key again", self.table, self.key.name),
            [add_key(self.key, self.table, primary=self.primary)],
            of=self._step,
            why="The key was there before.",
        )

    @property
    def _step(self) -> str:
        return step_id("drop key", self.table, self.key.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

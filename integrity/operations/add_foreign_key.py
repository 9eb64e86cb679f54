"""Add a foreign key to a live table: first for new rows, then for those that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import add_foreign_key
from integrity.model import ForeignKey, Name, StageKind
from integrity.operations.change import SHARE_ROW, SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class AddForeignKey:
    """One foreign key."""

    context: Context
    table: Name
    key: ForeignKey

    def migrate(self) -> Iterator[Placed]:
        """NOT VALID, then VALIDATE, which reads the rows while writers go on."""
        lock = f"{SHARE_ROW}, on {self.key.references} too,"
        yield self._change.there(
            self._step,
            [add_foreign_key(self.key, self.table, not_valid=True)],
            why="New rows are held to it from now on; the rows that are there are not read yet.",
            undo="the foreign key is dropped",
            lock=lock,
        )
        yield self._change.there(
            step_id("validate foreign key", self.table, self.key.name),
            [f"{self._alter}\n    validate constraint {ident(self.key.name)}"],
            why="Reads the rows while readers and writers go on; an orphan stops it, by key.",
            undo="the foreign key is dropped",
            lock=SHARE_UPDATE,
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP CONSTRAINT."""
        yield self._change.back(
            step_id("drop foreign key", self.table, self.key.name),
            [f"{self._alter}\n    drop constraint if exists {ident(self.key.name)}"],
            of=self._step,
            why="The table was without it before.",
        )

    @property
    def _alter(self) -> str:
        return f"alter table {qualified(self.table)}"

    @property
    def _step(self) -> str:
        return step_id("add foreign key", self.table, self.key.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CONSTRAIN)

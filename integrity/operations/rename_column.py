"""Rename a column, as declared with ``renamed_from``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """``old`` becomes ``new``; keys, checks, indexes and views follow."""

    context: Context
    table: Name
    old: str
    new: str

    def migrate(self) -> Iterator[Placed]:
        """RENAME COLUMN, the catalog only."""
        yield self._change.there(
            self._step,
            [rename_column(self.table, self.old, self.new)],
            why=f"The YAML declares {self.new} as renamed from {self.old}.",
            undo="the old name",
            lock=EXCLUSIVE,
            hazards=[Hazard("renames-object", f"{self.table}.{self.old} becomes {self.new}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """RENAME COLUMN back."""
        yield self._change.back(
            step_id("rename column back", self.table, self.new),
            [rename_column(self.table, self.new, self.old)],
            of=self._step,
            why="The name it had before.",
        )

    @property
    def _step(self) -> str:
        return step_id("rename column", self.table, self.old)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def rename_column(table: Name, old: str, new: str) -> str:
    """ALTER TABLE RENAME COLUMN."""
    return f"alter table {qualified(table)}\n    rename column {ident(old)} to {ident(new)}"

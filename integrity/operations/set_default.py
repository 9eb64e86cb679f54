"""Set, change or drop the default of a column. Rows keep their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class SetDefault:
    """``old`` and ``new`` are SQL, or None for no default."""

    context: Context
    table: Name
    column: str
    old: str | None
    new: str | None

    def migrate(self) -> Iterator[Placed]:
        """The catalog only: what is inserted from now on."""
        yield self._change.there(
            self._step,
            [set_default(self.table, self.column, self.new)],
            why="The YAML has another default; rows that are there keep their values.",
            undo="the default it had",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """The default as it was."""
        yield self._change.back(
            step_id("set default back", self.table, self.column),
            [set_default(self.table, self.column, self.old)],
            of=self._step,
            why="The default it had before.",
        )

    @property
    def _step(self) -> str:
        return step_id("set default", self.table, self.column)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def set_default(table: Name, column: str, default: str | None) -> str:
    """ALTER COLUMN SET DEFAULT, or DROP DEFAULT for None."""
    action = "drop default" if default is None else f"set default {default}"
    return f"alter table {qualified(table)}\n    alter column {ident(column)} {action}"

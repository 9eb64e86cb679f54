"""Describe a table or a column: COMMENT ON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, StageKind
from integrity.operations.change import SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, literal, qualified


@dataclass(frozen=True, slots=True)
class SetDescription:
    """The description of ``column``, or of the table when it is None."""

    context: Context
    table: Name
    column: str | None
    old: str | None
    new: str | None

    def migrate(self) -> Iterator[Placed]:
        """The new text, or none."""
        yield self._change.there(
            self._step,
            [self._comment(self.new)],
            why="What people read in the catalog is what the YAML says.",
            undo="the description it had",
            lock=SHARE_UPDATE,
        )

    def rollback(self) -> Iterator[Placed]:
        """The old text, or none."""
        yield self._change.back(
            step_id("describe again", self.table, self.column or ""),
            [self._comment(self.old)],
            of=self._step,
            why="As it was described before.",
            lock=SHARE_UPDATE,
        )

    def _comment(self, text: str | None) -> str:
        if self.column is None:
            return f"comment on table {qualified(self.table)}\n    is {literal(text)}"
        return _on_column(self.table, self.column, text)

    @property
    def _step(self) -> str:
        return step_id("describe", self.table, self.column or "")

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def describe_column(table: Name, column: str, text: str | None) -> list[str]:
    """COMMENT ON COLUMN, for a column that is described."""
    return [] if text is None else [_on_column(table, column, text)]


def _on_column(table: Name, column: str, text: str | None) -> str:
    return f"comment on column {qualified(table)}.{ident(column)}\n    is {literal(text)}"

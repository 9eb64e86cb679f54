"""Turn a generated column into a plain one that keeps its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import column_definition
from integrity.model import Column, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.operations.saved_values import SavedValues
from integrity.operations.set_description import describe_column
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class DropExpression:
    """``column`` as it was, with its expression; ``key`` identifies the rows."""

    context: Context
    table: Name
    column: Column
    key: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """DROP EXPRESSION, the catalog only."""
        yield self._change.there(
            self._step,
            [
                f"alter table {qualified(self.table)}\n"
                f"    alter column {ident(self.column.name)} drop expression"
            ],
            why="The YAML has no expression for it any more; the values stay.",
            undo="the column is generated again; values written to it since are kept beside",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """Drop it and add it as it was: a server before 17 cannot set an expression."""
        table, name = qualified(self.table), ident(self.column.name)
        at = self.context.saved(self.table, f"{self.column.name}_undone")
        kept = SavedValues(self.table, self.column.name, self.key, at).add() if self.key else ()
        yield self._change.back(
            step_id("generate again", self.table, self.column.name),
            [
                *kept,
                f"alter table {table}\n    drop column {name}",
                f"alter table {table}\n    add column {column_definition(self.column)}",
                *describe_column(self.table, self.column.name, self.column.description),
            ],
            of=self._step,
            why="Its values were computed before.",
        )

    @property
    def _step(self) -> str:
        return expression_step(self.table, self.column.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def expression_step(table: Name, column: str) -> str:
    """The identifier of the step that takes a column's expression away."""
    return step_id("drop expression", table, column)

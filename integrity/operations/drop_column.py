"""Drop a column; its values are kept in a side table, so that a rollback brings them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrity.catalog.ddl import column_definition
from integrity.model import Column, Hazard, Name, StageKind
from integrity.operations.add_column import filled
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.operations.saved_values import SavedValues
from integrity.operations.set_description import describe_column
from integrity.operations.set_identity import keep_position, put_back_position, renumber
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class DropColumn:
    """One column. ``key`` identifies the rows without it."""

    context: Context
    table: Name
    column: Column
    key: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """Keep the values and drop the column under one lock, so that no write slips between."""
        table, name = qualified(self.table), self.column.name
        kept: list[str] = []
        if self.column.generated is None:
            kept = [f"lock table {table} in access exclusive mode", *self._saved.save()]
        if self.column.identity:
            kept += keep_position(self.table, name, self._position)
        yield self._change.there(
            self._step,
            [*kept, f"alter table {table}\n    drop column {ident(name)}"],
            why=f"The YAML has no column {name} any more.",
            undo="the column is added again and gets its values back",
            lock=EXCLUSIVE,
            hazards=[Hazard("drops-column", f"{self.table}.{name}, kept in {self._saved.at}")]
            if self.column.generated is None
            else [],
        )

    def rollback(self) -> Iterator[Placed]:
        """Add it, put the values back, then what the column was bound by."""
        yield self._change.back(
            step_id("add column", self.table, self.column.name),
            [*self._add_again(), *self._put_back(), *self._described()],
            of=self._step,
            why="The column was there before; rows written since have its default, or NULL.",
        )

    def _add_again(self) -> list[str]:
        column = self.column
        if column.identity:
            column = replace(column, identity="by default")
        elif not filled(column):
            column = replace(column, nullable=True)
        return [f"alter table {qualified(self.table)}\n    add column {column_definition(column)}"]

    def _put_back(self) -> Iterator[str]:
        column = self.column
        alter = f"alter table {qualified(self.table)}\n    alter column {ident(column.name)}"
        if column.generated is not None:
            return
        yield self._saved.restore()
        if column.identity:
            yield from put_back_position(self.table, column.name, self._position)
            yield from renumber(self.table, column.name, self._saved)
            if column.identity == "always":
                yield f"{alter} set generated always"
        elif not filled(column):
            yield f"{alter} set not null"
        yield self._saved.drop()

    def _described(self) -> list[str]:
        return describe_column(self.table, self.column.name, self.column.description)

    @property
    def _saved(self) -> SavedValues:
        at = self.context.saved(self.table, self.column.name)
        return SavedValues(self.table, self.column.name, self.key, at)

    @property
    def _position(self) -> Name:
        return self.context.saved(self.table, f"{self.column.name}_position")

    @property
    def _step(self) -> str:
        return drop_step(self.table, self.column.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def drop_step(table: Name, column: str) -> str:
    """The identifier of the step that drops a column."""
    return step_id("drop column", table, column)

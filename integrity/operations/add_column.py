"""Add a column to a live table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrity.catalog.ddl import column_definition
from integrity.model import Column, Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.operations.saved_values import SavedValues
from integrity.operations.set_description import describe_column
from integrity.sql.expression import SqlProblem, parse
from integrity.sql.functions import is_volatile
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class AddColumn:
    """One column. NOT NULL without a value to fill in is added later, when the rows have one.

    ``key`` identifies the rows, for values that a rollback takes away; empty: there is none.
    """

    context: Context
    table: Name
    column: Column
    key: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """ADD COLUMN: the catalog only, unless the default differs from row to row."""
        rewrites = (
            [Hazard("rewrites-table", f"{self.table} gets a value for {self.column.name} per row")]
            if fills_rows(self.column)
            else []
        )
        add = (
            f"alter table {qualified(self.table)}\n    add column {column_definition(self._added)}"
        )
        yield self._change.there(
            self._step,
            [add, *describe_column(self.table, self.column.name, self.column.description)],
            why=self.column.description or "A new column of the YAML.",
            undo="the column is dropped; values written to it since are kept beside",
            lock=EXCLUSIVE,
            hazards=rewrites,
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP COLUMN, after its values were kept."""
        kept: tuple[str, ...] = ()
        if self.key and self.column.generated is None and self.column.name not in self.key:
            at = self.context.saved(self.table, f"{self.column.name}_undone")
            kept = SavedValues(self.table, self.column.name, self.key, at).add()
        drop = f"alter table {qualified(self.table)}\n    drop column {ident(self.column.name)}"
        yield self._change.back(
            step_id("drop column", self.table, self.column.name),
            [*kept, drop],
            of=self._step,
            why="The table was without it before.",
        )

    @property
    def _added(self) -> Column:
        return self.column if filled(self.column) else replace(self.column, nullable=True)

    @property
    def _step(self) -> str:
        return step_id("add column", self.table, self.column.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def filled(column: Column) -> bool:
    """Whether ADD COLUMN gives every row a value by itself."""
    return bool(column.nullable or column.default or column.generated or column.identity)


def fills_rows(column: Column) -> bool:
    """Whether ADD COLUMN writes the table anew: a value per row, not one for all."""
    if column.generated or column.identity:
        return True
    if column.default is None:
        return False
    try:
        return any(is_volatile(name) and not _is_moment(name) for name in _functions(column))
    except SqlProblem:
        return True


def _functions(column: Column) -> frozenset[str]:
    return parse(column.default or "null").functions


def _is_moment(function: str) -> bool:
    """Functions that give one value for the whole statement, which is stored once."""
    return function.rsplit(".", 1)[-1] in {
        "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp",
        "transaction_timestamp", "statement_timestamp", "current_user", "session_user", "user",
    }  # fmt: skip

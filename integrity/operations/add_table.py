"""Add a table to those in use. If a mapping fills it, the load follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrity.catalog.build import create_table_with_keys
from integrity.catalog.ddl import comments
from integrity.mapping.comparable import as_jsonb
from integrity.model import Name, StageKind, Table
from integrity.operations.change import Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class AddTable:
    """One table with its keys, checks and indexes; foreign keys are operations of their own."""

    context: Context
    table: Table

    def migrate(self) -> Iterator[Placed]:
        """Nobody reads it yet, so everything is built at once."""
        table = replace(self.table, foreign_keys=())
        yield self._change.there(
            self._step,
            [*create_table_with_keys(table), *comments(table, self._name)],
            why=self.table.description or "A new table of the YAML.",
            undo="the table is dropped; rows written to it are kept beside",
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP TABLE, after its rows were kept."""
        at = self.context.saved(self._name, "undone")
        function = as_jsonb(self.table.columns, self.context.layout)
        yield self._change.back(
            step_id("drop table", self._name),
            [
                *(
                    render(f"add_table.{part}.sql", table=self._name, at=at, as_jsonb=function)
                    for part in ("empty", "keep")
                ),
                f"drop table {qualified(self._name)}",
            ],
            of=self._step,
            why="The table was not there before.",
        )

    @property
    def _name(self) -> Name:
        return self.table.name

    @property
    def _step(self) -> str:
        return step_id("add table", self._name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self._name, StageKind.CREATE)

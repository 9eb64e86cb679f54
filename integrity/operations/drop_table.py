"""Take a table out of use: it is parked with its rows, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import cut, ident, qualified


@dataclass(frozen=True, slots=True)
class DropTable:
    """One table, whose foreign keys were dropped before."""

    context: Context
    table: Name

    def migrate(self) -> Iterator[Placed]:
        """SET SCHEMA, the catalog only."""
        yield self._change.there(
            self._step,
            [
                f"create schema if not exists {ident(self._parking)}",
                f"alter table {qualified(self.table)}\n    set schema {ident(self._parking)}",
            ],
            why=f"The YAML has no such table any more; its rows stay in {self._parking}.",
            undo="the table comes back with its rows",
            lock=EXCLUSIVE,
            hazards=[Hazard("drops-table", f"{self.table} moves to {self._parking}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """SET SCHEMA back."""
        parked = Name(self._parking, self.table.name)
        yield self._change.back(
            step_id("bring back", self.table),
            [
                f"alter table {qualified(parked)}\n    set schema {ident(self.table.schema)}",
                *self._drop_empty(),
            ],
            of=self._step,
            why="The table was in use before.",
        )

    def _drop_empty(self) -> list[str]:
        """Drops the parking schema with the last table of it; others may still stand there."""
        name = ident(self._parking)
        return [
            "do $body$\nbegin\n"
            f"    drop schema {name};\n"
            "exception\n    when dependent_objects_still_exist then null;\nend\n$body$"
        ]

    @property
    def _parking(self) -> str:
        number = self.context.migration.partition("_")[0]
        return cut(f"{self.table.schema}__dropped_{number}")

    @property
    def _step(self) -> str:
        return step_id("park", self.table)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

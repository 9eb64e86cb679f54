"""Put columns back into their order, when a rollback has added some of them again.

PostgreSQL adds columns at the end only, so the table is written anew. That happens only when
nothing hangs on the table that the toolkit does not manage: a view, a trigger, a grant or another
owner would be lost. Then the columns stay at the end, which changes no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrity.catalog import ddl
from integrity.model import ForeignKey, Name, StageKind, Table
from integrity.operations.change import Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import cut, ident, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """``table`` as it was; ``incoming``: foreign keys of other tables that reference it.

    ``steps``: identifiers of the steps that took a column away.
    """

    context: Context
    table: Table
    incoming: tuple[tuple[Name, ForeignKey], ...]
    steps: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """Nothing: the way there adds columns at the end."""
        yield from ()

    def rollback(self) -> Iterator[Placed]:
        """The table is written anew in its old order, and everything that hangs on it is built."""
        condition = render("restore_order.only_if.sql", table=self._name)
        begun = " or ".join(self.context.done(step) for step in self.steps)
        placed = Change(self.context, self._name, StageKind.CREATE).back(
            step_id("restore the order of columns", self._name),
            self._statements(),
            of=None,
            why="Columns that came back stand at the end; select * and copies depend on the order.",
        )
        only_if = f"({begun})\n    and {condition}"
        yield Placed(placed.stage, replace(placed.step, only_if=only_if))

    def _statements(self) -> Iterator[str]:
        at = Name(cut(f"{self._name.schema}__back"), self._name.name)
        for owner, key in self.incoming:
            yield f"alter table {qualified(owner)}\n    drop constraint {ident(key.name)}"
        yield f"create schema if not exists {ident(at.schema)}"
        yield ddl.create_table(self.table, at)
        plain = [c.name for c in self.table.columns if c.generated is None]
        yield render("restore_order.copy.sql", table=self._name, at=at, columns=plain)
        for column in self.table.columns:
            if column.identity:
                yield render(
                    "restore_order.position.sql", table=self._name, at=at, column=column.name
                )
        yield f"drop table {qualified(self._name)}"
        yield f"alter table {qualified(at)}\n    set schema {ident(self._name.schema)}"
        yield f"drop schema {ident(at.schema)}"
        yield from self._parts()

    def _parts(self) -> Iterator[str]:
        table, name = self.table, self._name
        for key in table.keys():  # noqa: SIM118 - not a dict
            yield ddl.add_key(key, name, primary=key is table.primary_key)
        yield from (ddl.create_index(index, name) for index in table.indexes)
        yield from (ddl.add_foreign_key(key, name) for key in table.foreign_keys)
        yield from (ddl.add_foreign_key(key, owner) for owner, key in self.incoming)
        yield from ddl.comments(table, name)
        yield f"analyze {qualified(name)}"

    @property
    def _name(self) -> Name:
        return self.table.name

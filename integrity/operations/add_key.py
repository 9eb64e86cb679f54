"""Add a primary key or a unique constraint to a live table, without blocking its writers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import create_index
from integrity.model import Index, Key, Name, StageKind, Statement
from integrity.operations.change import EXCLUSIVE, SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class AddKey:
    """One key: its index is built beside readers and writers, then becomes the constraint."""

    context: Context
    table: Name
    key: Key
    primary: bool

    def migrate(self) -> Iterator[Placed]:
        """CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT USING INDEX."""
        build = create_index(self._index, self.table, concurrently=True)
        lock = f"{SHARE_UPDATE} on {self.table}"
        yield self._change.there(
            step_id("build key", self.table, self.key.name),
            [Statement(sql=build, lock=lock, transactional=False)],
            why="Built beside readers and writers; stops, naming a key, if one occurs twice.",
            undo="the index is dropped",
        )
        name = ident(self.key.name)
        kind = "primary key" if self.primary else "unique"
        yield self._change.there(
            step_id("add key", self.table, self.key.name),
            [
                f"alter table {qualified(self.table)}\n"
                f"    add constraint {name} {kind} using index {name}"
            ],
            why="The index is there, so this changes the catalog only.",
            undo="the constraint is dropped",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP CONSTRAINT, or the index if the migration stopped between."""
        yield self._change.back(
            step_id("drop key", self.table, self.key.name),
            [
                f"alter table {qualified(self.table)}\n"
                f"    drop constraint if exists {ident(self.key.name)}",
                f"drop index if exists {qualified(Name(self.table.schema, self.key.name))}",
            ],
            of=step_id("build key", self.table, self.key.name),
            why="The table was without it before.",
        )

    @property
    def _index(self) -> Index:
        columns = tuple(ident(name) for name in self.key.columns)
        nulls = self.key.nulls_not_distinct and not self.primary
        return Index(name=self.key.name, columns=columns, unique=True, nulls_not_distinct=nulls)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CONSTRAIN)

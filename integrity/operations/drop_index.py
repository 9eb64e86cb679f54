"""Drop a secondary index of a live table, without blocking its readers and writers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import create_index
from integrity.model import Hazard, Index, Name, StageKind, Statement
from integrity.operations.change import SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified


@dataclass(frozen=True, slots=True)
class DropIndex:
    """One index, under the names from before."""

    context: Context
    table: Name
    index: Index

    def migrate(self) -> Iterator[Placed]:
        """DROP INDEX CONCURRENTLY, which may be repeated."""
        name = qualified(Name(self.table.schema, self.index.name))
        lock = f"{SHARE_UPDATE} on {self.table}"
        hazards = (
            (Hazard("drops-constraint", f"{self.table}: unique index {self.index.name}"),)
            if self.index.unique
            else ()
        )
        drop = Statement(
            sql=f"drop index concurrently if exists {name}",
            lock=lock,
            hazards=hazards,
            transactional=False,
        )
        yield self._change.there(
            self._step,
            [drop],
            why="The YAML has no such index any more, or another one.",
            undo="the index is built again",
        )

    def rollback(self) -> Iterator[Placed]:
        """CREATE INDEX CONCURRENTLY; if the drop stopped on the way, its rest goes first."""
        name = qualified(Name(self.table.schema, self.index.name))
        build = Statement(
            sql=create_index(self.index, self.table, concurrently=True), transactional=False
        )
        yield self._change.back(
            step_id("remove the rest of index", self.table, self.index.name),
            [f"drop index if exists {name}"],
            of=self._step,
            why="A drop that stopped on the way leaves an index that is not used.",
        )
        yield self._change.back(
            step_id("build index again", self.table, self.index.name),
            [build],
            of=self._step,
            why="The index was there before.",
        )

    @property
    def _step(self) -> str:
        return step_id("drop index", self.table, self.index.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

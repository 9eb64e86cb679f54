"""Add a secondary index to a live table, without blocking its writers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import create_index
from integrity.model import Index, Name, StageKind, Statement, Step
from integrity.operations.context import step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified


def add_indexes(table: Name, indexes: Iterable[Index]) -> Iterator[AddIndex]:
    """One operation per index of a table, one after the other."""
    behind = ""
    for index in indexes:
        yield AddIndex(table, index, behind)
        behind = index.name


@dataclass(frozen=True, slots=True)
class AddIndex:
    """One index, built concurrently, or in one go on a table that nobody reads yet."""

    table: Name
    index: Index
    behind: str = ""  # the index of the same table before this one

    def migrate(self) -> Iterator[Placed]:
        """CREATE INDEX CONCURRENTLY; an interrupted build leaves an invalid index to be removed."""
        sql = create_index(self.index, self.table, concurrently=True)
        yield Placed(
            StageKind.CONSTRAIN,
            Step(
                id=step_id("index", self.table, self.index.name),
                title=f"index {self.index.name}",
                why="Built beside readers and writers; it waits for older transactions.",
                statements=(
                    Statement(
                        sql=sql,
                        lock=f"SHARE UPDATE EXCLUSIVE on {self.table}",
                        transactional=False,
                    ),
                ),
                # Two builds on one table would wait for each other's lock.
                after=(step_id("index", self.table, self.behind),) if self.behind else (),
                table=self.table,
                undo="the index is dropped",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP INDEX."""
        index = qualified(Name(self.table.schema, self.index.name))
        yield Placed(
            StageKind.CONSTRAIN,
            Step(
                id=step_id("drop index", self.table, self.index.name),
                title=f"drop index {self.index.name}",
                why="The table was without it before.",
                statements=(
                    Statement(
                        sql=f"drop index if exists {index}",
                        lock=f"ACCESS EXCLUSIVE on {self.table}",
                    ),
                ),
                table=self.table,
            ),
        )

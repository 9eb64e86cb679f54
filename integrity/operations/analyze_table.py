"""Collect planner statistics, once rows and indexes are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, StageKind, Statement, Step
from integrity.operations.context import step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified


@dataclass(frozen=True, slots=True)
class AnalyzeTable:
    """ANALYZE of one table."""

    table: Name

    def migrate(self) -> Iterator[Placed]:
        """After the indexes: expression indexes have statistics of their own."""
        yield Placed(
            StageKind.SWITCH,
            Step(
                id=step_id("analyze", self.table),
                title=f"statistics of {self.table}",
                why="The planner knows the rows from the first query on.",
                statements=(Statement(sql=f"analyze {qualified(self.table)}"),),
                table=self.table,
                undo="statistics need no undo",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Nothing: statistics are not state."""
        yield from ()

"""Drop what writing rows left: work tables, and their schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.expectation import Expectation
from integrity.mapping.load import Load
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.operations.recompute_column import work_tables
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class FinishRows:
    """The last step of a migration that wrote rows. ``mappings``: all it asked about."""

    context: Context
    mappings: tuple[ResolvedMapping, ...]

    def migrate(self) -> Iterator[Placed]:
        """DROP TABLE of work tables, then of the schema, which is empty."""
        yield Placed(
            StageKind.SWITCH,
            Step(
                id="drop work tables",
                title="drop what the work on rows left",
                why="Work tables are not needed any more; the accounts stay in the toolkit schema.",
                statements=tuple(Statement(sql=sql) for sql in (*self._tables(), self._schema)),
                undo="they are made again where they are needed",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """What an interrupted run left; the schema goes with the first steps."""
        yield Placed(
            StageKind.LOAD,
            Step(
                id="drop the rest of work tables",
                title="drop work tables that are left",
                why="A run that stopped on the way may have left them.",
                statements=tuple(Statement(sql=sql) for sql in self._tables()),
            ),
        )

    def _tables(self) -> Iterator[str]:
        layout = self.context.layout
        for mapping in self.mappings:
            yield from Load(mapping, layout, self.context.migration).drop_work_tables()
            yield from Expectation(mapping, layout).drop_work_tables()
            for name in work_tables(layout, mapping.name):
                yield f"drop table if exists {qualified(name)}"

    @property
    def _schema(self) -> str:
        return f"drop schema if exists {ident(self.context.layout.work_schema)}"

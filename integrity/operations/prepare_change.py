"""Prepare a change of live tables: the toolkit's own tables, and schemas that are new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.sql.quote import ident


@dataclass(frozen=True, slots=True)
class PrepareChange:
    """The first steps of a migration that changes what earlier ones built."""

    context: Context
    schemas: tuple[str, ...]
    works: bool = False  # rows are written, by way of work tables

    def migrate(self) -> Iterator[Placed]:
        """Toolkit tables first: every later step journals in them."""
        toolkit = toolkit_statements(self.context.toolkit_schema)
        yield Placed(
            StageKind.PREPARE,
            Step(
                id="toolkit",
                title="the toolkit's own tables",
                why="Journal, conflicts and the rest; they are there already, unless psql begins.",
                statements=tuple(Statement(sql=sql) for sql in toolkit),
                undo="they stay: the journal of the rollback is written there",
            ),
        )
        work = (self.context.layout.work_schema,) if self.works else ()
        if self.schemas or work:
            names = (*self.schemas, *work)
            creates = [f"create schema if not exists {ident(name)}" for name in names]
            yield Placed(
                StageKind.PREPARE,
                Step(
                    id="schemas",
                    title="new schemas",
                    why="For tables of the YAML where none was before, and for work tables.",
                    statements=tuple(Statement(sql=sql) for sql in creates),
                    undo="the schemas are dropped",
                ),
            )

    def rollback(self) -> Iterator[Placed]:
        """Drops the new schemas, empty by then."""
        work = (self.context.layout.work_schema,) if self.works else ()
        if self.schemas or work:
            drops = [f"drop schema if exists {ident(name)}" for name in (*work, *self.schemas)]
            yield Placed(
                StageKind.PREPARE,
                Step(
                    id="drop schemas",
                    title="drop the new schemas",
                    why="They are empty now; nothing is dropped with CASCADE.",
                    statements=tuple(Statement(sql=sql) for sql in drops),
                    only_if=self.context.done("schemas"),
                ),
            )

"""Prepare a change of live tables: it follows the migration before it, and needs its schemas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.sql.quote import ident
from integrity.sql.template import render

FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class PrepareChange:
    """The first steps of a migration that changes what earlier ones built."""

    context: Context
    previous: str  # the stem of the migration before it
    schemas: tuple[str, ...]
    works: bool = False  # rows are written, by way of work tables

    def migrate(self) -> Iterator[Placed]:
        """Refuses to begin on another state than the one it was compiled for."""
        state = self.context.layout.toolkit("state")
        sql = render("prepare_change.follows.sql", state=state, previous=self.previous)
        yield Placed(
            StageKind.PREPARE,
            Step(
                id=FOLLOWS,
                title=f"{self.previous} is applied",
                why="It says what changes since then; on any other state it would be wrong.",
                statements=(Statement(sql=sql),),
                undo="nothing to undo",
            ),
        )
        work = (self.context.layout.work_schema,) if self.works else ()
        if self.schemas or work:
            names = (*self.schemas, *work)
            creates = [f"create schema if not exists {ident(name)}" for name in names]
            yield Placed(
                StageKind.CREATE,
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
                StageKind.CREATE,
                Step(
                    id="drop schemas",
                    title="drop the new schemas",
                    why="They are empty now; nothing is dropped with CASCADE.",
                    statements=tuple(Statement(sql=sql) for sql in drops),
                    only_if=self.context.done("schemas"),
                ),
            )

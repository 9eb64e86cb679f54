"""Verify a mapping: compare its table with what the sources say, before anyone reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.expectation import Expectation
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name, StageKind, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed


@dataclass(frozen=True, slots=True)
class VerifyMapping:
    """Proves one table. ``needs``: tables whose expected keys its expectation refers to."""

    context: Context
    mapping: ResolvedMapping
    needs: tuple[Name, ...]

    def migrate(self) -> Iterator[Placed]:
        """One step per mapping, after those it refers to."""
        expectation = Expectation(self.mapping, self.context.layout)
        statements = [*expectation.prepare(), *expectation.compare()]
        yield Placed(
            StageKind.VERIFY,
            Step(
                id=step_id("verify", self.mapping.name),
                title=f"verify {self.mapping.name}",
                why="An independently compiled query over the sources must give the same rows.",
                statements=tuple(Statement(sql=sql) for sql in statements),
                after=tuple(step_id("verify", name) for name in self.needs),
                table=self.mapping.name,
                unlogged=True,
                undo="nothing to undo",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Drops what an interrupted verification left."""
        drops = Expectation(self.mapping, self.context.layout).drop_work_tables()
        yield Placed(
            StageKind.VERIFY,
            Step(
                id=step_id("drop verification", self.mapping.name),
                title=f"drop work tables of the verification of {self.mapping.name}",
                why="An interrupted run may have left them.",
                statements=tuple(Statement(sql=sql) for sql in drops),
                table=self.mapping.name,
            ),
        )

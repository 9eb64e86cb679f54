"""Verify a mapping: compare its table with what the sources say, before anyone reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.mapping.expectation import Expectation
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name, StageKind, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed


@dataclass(frozen=True, slots=True)
class VerifyMapping:
    """Proves one table. ``needs``: tables whose expected keys its expectation refers to.

    With ``compares`` false its rows are only told, for the expectation of another table; they stand
    already, and replays may have added to them.
    """

    context: Context
    mapping: ResolvedMapping
    needs: tuple[Name, ...]
    compares: bool = True

    def migrate(self) -> Iterator[Placed]:
        """What should be there, then the comparison, which may refer to other expectations."""
        expectation = Expectation(self.mapping, self.context.layout, not self.compares)
        name = self.mapping.name
        later = {to for one in self.mapping.deferred for to in one.tables} - {name}
        yield self._placed(
            step_id("expect", name),
            f"expected rows of {name}",
            "From the sources alone; neither work tables nor crosswalk of the load are read.",
            expectation.prepare(),
            tuple(step_id("expect", needed) for needed in self.needs),
        )
        if not self.compares:
            return
        yield self._placed(
            step_id("verify", name),
            f"verify {name}",
            "An independently compiled query over the sources must give the same rows.",
            expectation.compare(),
            (step_id("expect", name), *(step_id("expect", one) for one in sorted(later))),
        )

    def _placed(
        self, identifier: str, title: str, why: str, sql: Iterable[str], after: tuple[str, ...]
    ) -> Placed:
        step = Step(
            id=identifier,
            title=title,
            why=why,
            statements=tuple(Statement(sql=one) for one in sql),
            after=after,
            table=self.mapping.name,
            unlogged=True,
            undo="nothing to undo",
        )
        return Placed(StageKind.VERIFY, step)

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

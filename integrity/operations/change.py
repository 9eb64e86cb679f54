"""How a change of a live table becomes a step, there and back.

A step of the way back runs only if its step of the way there was begun, so that a rollback works
from any point the migration had reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed

EXCLUSIVE = "ACCESS EXCLUSIVE"
SHARE_UPDATE = "SHARE UPDATE EXCLUSIVE"
SHARE_ROW = "SHARE ROW EXCLUSIVE"


@dataclass(frozen=True, slots=True)
class Change:
    """Makes the steps that change one table in one stage."""

    context: Context
    table: Name
    stage: StageKind

    def there(
        self,
        step: str,
        statements: Iterable[str | Statement],
        *,
        why: str,
        undo: str,
        lock: str = "",
        hazards: Iterable[Hazard] = (),
    ) -> Placed:
        """A step of the way there. ``lock``: the strongest lock its plain statements take."""
        listed = _statements(statements, self._lock(lock), tuple(hazards))
        return Placed(
            self.stage,
            Step(id=step, title=step, why=why, statements=listed, table=self.table, undo=undo),
        )

    def back(
        self,
        step: str,
        statements: Iterable[str | Statement],
        *,
        of: str | None,
        why: str,
        lock: str = EXCLUSIVE,
    ) -> Placed:
        """A step of the way back, taken if the step ``of`` was begun; None: in any case."""
        return Placed(
            self.stage,
            Step(
                id=step,
                title=_title(step),
                why=why,
                statements=_statements(statements, self._lock(lock), ()),
                table=self.table,
                only_if=self.context.done(of) if of else "",
            ),
        )

    def _lock(self, mode: str) -> str | None:
        return f"{mode} on {self.table}" if mode else None


def _title(step: str) -> str:
    """``add column lib.members.active`` for the step ``add column lib.members: active``."""
    return step.replace(": ", ".", 1)


def _statements(
    statements: Iterable[str | Statement], lock: str | None, hazards: tuple[Hazard, ...]
) -> tuple[Statement, ...]:
    """The statements; hazards stand at the first that takes the lock."""
    found: list[Statement] = []
    for one in statements:
        statement = Statement(sql=one, lock=lock) if isinstance(one, str) else one
        if hazards and not found:
            statement = Statement(
                sql=statement.sql,
                lock=statement.lock,
                hazards=(*statement.hazards, *hazards),
                transactional=statement.transactional,
                slices=statement.slices,
            )
        found.append(statement)
    return tuple(found)

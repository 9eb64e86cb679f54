"""What every operation is: a frozen value that yields steps there and steps back.

An operation never holds a connection. Its steps name the stage they belong to; ``assemble`` puts
the steps of all operations into stages, and the way back is the reversed list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from integrity.model import Migration, Stage, StageKind, Step


@dataclass(frozen=True, slots=True)
class Placed:
    """A step and the stage it belongs to."""

    stage: StageKind
    step: Step


class Operation(Protocol):
    """One change, and how it is undone."""

    def migrate(self) -> Iterator[Placed]:
        """The steps of the change."""
        ...

    def rollback(self) -> Iterator[Placed]:
        """The steps that undo it, from any point it may have reached."""
        ...


def assemble(number: int, name: str, operations: Iterable[Operation]) -> Migration:
    """The migration of ``operations``, in their order; the way back in the reverse order."""
    listed = list(operations)
    there = [placed for operation in listed for placed in operation.migrate()]
    back = [placed for operation in reversed(listed) for placed in operation.rollback()]
    return Migration(
        number=number,
        name=name,
        stages=tuple(_stages(there, tuple(StageKind))),
        rollback=tuple(_stages(back, tuple(reversed(StageKind)))),
    )


def _stages(placed: list[Placed], kinds: tuple[StageKind, ...]) -> Iterator[Stage]:
    for kind in kinds:
        steps = [one.step for one in placed if one.stage is kind]
        if steps:
            yield Stage(kind=kind, steps=tuple(_in_order(steps)))


def _in_order(steps: list[Step]) -> Iterator[Step]:
    """The steps as given, but each behind those it names in ``after``."""
    waiting = {step.id: step for step in steps}
    while waiting:
        ready = (s for s in waiting.values() if not any(one in waiting for one in s.after))
        first = next(ready, None)
        assert first, f"steps wait for each other: {', '.join(waiting)}"
        del waiting[first.id]
        yield first

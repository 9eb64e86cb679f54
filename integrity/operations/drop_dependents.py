"""Drop views and functions on the unified tables, before what they read changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.operations.recreate import ANY_ORDER, Built, filled


@dataclass(frozen=True, slots=True)
class DropDependents:
    """``built``: in an order that works, with definitions as the server spelt them."""

    context: Context
    built: tuple[Built, ...]

    def migrate(self) -> Iterator[Placed]:
        """Those that read others go first. They hold no rows but what a refresh brings back."""
        names = ", ".join(str(one.made) for one in self.built)
        yield self._change.there(
            STEP,
            [one.drop() for one in reversed(self.built)],
            why=f"They change, or read what changes: {names}.",
            undo="they are created again",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """CREATE as they were, and a refresh."""
        yield self._change.back(
            "create dependents again",
            [
                ANY_ORDER,
                *(sql for one in self.built for sql in one.create()),
                *(one.refresh() for one in filled(self.built)),
            ],
            of=STEP,
            why="They were there before.",
        )

    @property
    def _change(self) -> Change:
        return Change(self.context, self.built[0].made.name, StageKind.CREATE)


STEP = "drop dependents"

"""Create or replace views and functions on the unified tables, once these are as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.operations.recreate import ANY_ORDER, Built, filled, refresh_step

STEP = "create dependents"


@dataclass(frozen=True, slots=True)
class AddDependents:
    """``built``: in an order that works; those that are in ``before`` are replaced in place."""

    context: Context
    built: tuple[Built, ...]
    before: tuple[Built, ...] = ()

    def migrate(self) -> Iterator[Placed]:
        """CREATE, or CREATE OR REPLACE; materialized views are filled by steps of their own."""
        was = {one.signature for one in self.before}
        names = ", ".join(str(one.made) for one in self.built)
        yield self._change.there(
            STEP,
            [
                ANY_ORDER,
                *(sql for one in self.built for sql in one.create(replace=one.signature in was)),
            ],
            why=f"As the YAML has them now: {names}.",
            undo="they are dropped, or replaced by what they were",
            lock=EXCLUSIVE,
        )
        yield from (refresh_step(one, STEP) for one in filled(self.built))

    def rollback(self) -> Iterator[Placed]:
        """DROP those that are new, and the former definition of the others."""
        was = {one.signature: one for one in self.before}
        back = [
            sql
            for one in reversed(self.built)
            for sql in (
                was[one.signature].create(replace=True) if one.signature in was else [one.drop()]
            )
        ]
        yield self._change.back(
            "drop new dependents",
            [ANY_ORDER, *back],
            of=STEP,
            why="They were not there before, or were otherwise.",
        )

    @property
    def _change(self) -> Change:
        return Change(self.context, self.built[0].made.name, StageKind.SWITCH)

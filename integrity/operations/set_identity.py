"""Let the server number a column, or stop it: GENERATED AS IDENTITY."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.operations.saved_values import SavedValues
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """``old`` and ``new`` are "always", "by default" or None."""

    context: Context
    table: Name
    column: str
    old: str | None
    new: str | None

    def migrate(self) -> Iterator[Placed]:
        """A new sequence begins behind the largest number."""
        kept = keep_position(self.table, self.column, self._position) if self.old else []
        yield self._change.there(
            self._step,
            [*kept, *self._turn(self.old, self.new), *self._behind(self.old, self.new)],
            why="Who numbers the column changed in the YAML.",
            undo="as it was, with the sequence where it stood",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """The identity as it was, and its sequence where it stood."""
        statements = list(self._turn(self.new, self.old))
        if self.old:
            position = self._position
            if self.new is None:
                statements += put_back_position(self.table, self.column, position)
                statements += self._behind(self.new, self.old)
            statements.append(f"drop table if exists {qualified(position)}")
        yield self._change.back(
            step_id("set identity back", self.table, self.column),
            statements,
            of=self._step,
            why="The column was numbered so before.",
        )

    def _turn(self, old: str | None, new: str | None) -> Iterator[str]:
        place = f"alter table {qualified(self.table)}\n    alter column {ident(self.column)}"
        if old and new:
            yield f"{place} set generated {new}"
        elif new:
            yield f"{place} add generated {new} as identity"
        else:
            yield f"{place} drop identity"

    def _behind(self, old: str | None, new: str | None) -> list[str]:
        if old or not new:
            return []
        return [render("set_identity.behind.sql", table=self.table, column=self.column)]

    @property
    def _position(self) -> Name:
        return self.context.saved(self.table, f"{self.column}_position")

    @property
    def _step(self) -> str:
        return step_id("set identity", self.table, self.column)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def keep_position(table: Name, column: str, at: Name) -> list[str]:
    """Statements that remember where the sequence of a column stands."""
    return [
        f"drop table if exists {qualified(at)}",
        render("set_identity.keep.sql", table=table, column=column, at=at),
    ]


def put_back_position(table: Name, column: str, at: Name) -> list[str]:
    """Statements that set the sequence of a column to where it stood."""
    return [render("set_identity.put_back.sql", table=table, column=column, at=at)]


def renumber(table: Name, column: str, saved: SavedValues) -> list[str]:
    """Statements that number the rows which have no kept number, and forget the position."""
    at = saved.at
    return [render("set_identity.renumber.sql", table=table, column=column, key=saved.key, at=at)]

"""Forbid NULL in a column of a live table, or allow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.guard_rows import guard_rows
from integrity.operations.operation import Placed
from integrity.sql.quote import cut, ident, qualified

_HINT = "fill the column, or allow NULL in the YAML; then run the migration again"


@dataclass(frozen=True, slots=True)
class AllowNull:
    """NULL is allowed from now on. ``table`` and ``column`` carry the names from before."""

    context: Context
    table: Name
    column: str
    key: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """DROP NOT NULL, the catalog only."""
        yield self._change.there(
            self._step,
            [f"{self._alter} drop not null"],
            why="The YAML allows NULL.",
            undo="NOT NULL again, if no row has NULL by then",
            lock=EXCLUSIVE,
            hazards=[Hazard("drops-constraint", f"{self.table}.{self.column} may be NULL")],
        )

    def rollback(self) -> Iterator[Placed]:
        """SET NOT NULL; rows that got NULL since stop it, by key."""
        yield self._change.back(
            step_id("forbid null again", self.table, self.column),
            [_guard(self.table, self.column, self.key), f"{self._alter} set not null"],
            of=self._step,
            why="NULL was not allowed before.",
        )

    @property
    def _alter(self) -> str:
        return f"alter table {qualified(self.table)}\n    alter column {ident(self.column)}"

    @property
    def _step(self) -> str:
        return step_id("allow null", self.table, self.column)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


@dataclass(frozen=True, slots=True)
class ForbidNull:
    """NOT NULL, by way of a check that is validated while writers go on.

    ``before`` is where the column stands before the migration changes anything, for a look at the
    rows first; None when the migration itself gives the column its values.
    """

    context: Context
    table: Name
    column: str
    key: tuple[str, ...]
    before: tuple[Name, str, tuple[str, ...]] | None

    def migrate(self) -> Iterator[Placed]:
        """Guard, CHECK NOT VALID, VALIDATE, SET NOT NULL, which then reads no row."""
        if self.before:
            table, column, key = self.before
            yield Change(self.context, table, StageKind.PREPARE).there(
                step_id("look for null", table, column),
                [_guard(table, column, key)],
                why="Before anything is changed: no row may have NULL.",
                undo="nothing to undo",
            )
        yield self._change.there(
            self._added,
            [f"{self._table}\n    add constraint {self._check} check ({self._holds}) not valid"],
            why="New rows are held to it from now on; the rows that are there are not read yet.",
            undo="the check is dropped",
            lock=EXCLUSIVE,
        )
        yield self._change.there(
            step_id("validate not null", self.table, self.column),
            [
                _guard(self.table, self.column, self.key),
                f"{self._table}\n    validate constraint {self._check}",
            ],
            why="Reads the rows while readers and writers go on.",
            undo="the check is dropped",
            lock=SHARE_UPDATE,
        )
        yield self._change.there(
            self._set,
            [
                f"{self._table}\n    alter column {ident(self.column)} set not null",
                f"{self._table}\n    drop constraint {self._check}",
            ],
            why="The validated check proves it, so the server does not read the table again.",
            undo="NULL is allowed again",
            lock=EXCLUSIVE,
        )

    def rollback(self) -> Iterator[Placed]:
        """DROP NOT NULL, and the check if the migration stopped between."""
        yield self._change.back(
            step_id("allow null again", self.table, self.column),
            [f"{self._table}\n    alter column {ident(self.column)} drop not null"],
            of=self._set,
            why="NULL was allowed before.",
        )
        yield self._change.back(
            step_id("drop the check against null", self.table, self.column),
            [f"{self._table}\n    drop constraint if exists {self._check}"],
            of=self._added,
            why="It stands only where the migration stopped on the way.",
        )

    @property
    def _table(self) -> str:
        return f"alter table {qualified(self.table)}"

    @property
    def _check(self) -> str:
        return ident(cut(f"integrity_{self.column}_not_null"))

    @property
    def _holds(self) -> str:
        return f"{ident(self.column)} is not null"

    @property
    def _added(self) -> str:
        return step_id("check against null", self.table, self.column)

    @property
    def _set(self) -> str:
        return step_id("forbid null", self.table, self.column)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CONSTRAIN)


def _guard(table: Name, column: str, key: tuple[str, ...]) -> str:
    return guard_rows(
        table,
        column=column,
        key=key,
        bad=f"t.{ident(column)} is null",
        problem="rows have NULL where the YAML forbids it",
        hint=_HINT,
    )

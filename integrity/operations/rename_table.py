"""Rename a table, or put it into another schema, as declared with ``renamed_from``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, literal, qualified

_ACCOUNTS = ("ledger", "conflicts", "quarantine")


@dataclass(frozen=True, slots=True)
class RenameTable:
    """``old`` becomes ``new``; its crosswalk and its accounts follow."""

    context: Context
    old: Name
    new: Name

    def migrate(self) -> Iterator[Placed]:
        """The catalog only; keys, indexes, sequences and views follow."""
        yield self._change.there(
            self._step,
            [*rename_table(self.old, self.new), *self._accounts(self.old, self.new)],
            why=f"The YAML declares {self.new} as renamed from {self.old}.",
            undo="the old name",
            lock=EXCLUSIVE,
            hazards=[Hazard("renames-object", f"{self.old} becomes {self.new}")],
        )

    def rollback(self) -> Iterator[Placed]:
        """The old name again."""
        yield self._change.back(
            step_id("rename table back", self.new),
            [*rename_table(self.new, self.old), *self._accounts(self.new, self.old)],
            of=self._step,
            why="The name it had before.",
        )

    def _accounts(self, old: Name, new: Name) -> Iterator[str]:
        layout = self.context.layout
        was, now = layout.crosswalk(old), layout.crosswalk(new)
        yield f"alter table if exists {qualified(was)}\n    rename to {ident(now.name)}"
        for account in _ACCOUNTS:
            yield (
                f"update {qualified(layout.toolkit(account))}\n"
                f"set mapping = {literal(str(new))}\n"
                f"where mapping = {literal(str(old))}"
            )

    @property
    def _step(self) -> str:
        return step_id("rename table", self.old)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.old, StageKind.CREATE)


def rename_table(old: Name, new: Name) -> Iterator[str]:
    """ALTER TABLE RENAME and SET SCHEMA, as far as they are needed."""
    if old.schema != new.schema:
        yield f"alter table {qualified(old)}\n    set schema {ident(new.schema)}"
    if old.name != new.name:
        there = Name(new.schema, old.name)
        yield f"alter table {qualified(there)}\n    rename to {ident(new.name)}"

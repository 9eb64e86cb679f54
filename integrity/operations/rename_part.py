"""Rename a constraint or an index whose definition stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, StageKind
from integrity.operations.change import EXCLUSIVE, SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class RenamePart:
    """``kind`` is "constraint" or "index"."""

    context: Context
    table: Name
    kind: str
    old: str
    new: str

    def migrate(self) -> Iterator[Placed]:
        """The catalog only: nothing is built or checked again."""
        yield self._change.there(
            self._step,
            [self._rename(self.old, self.new)],
            why=f"The same {self.kind}; the YAML gives it another name.",
            undo="the old name",
            lock=self._lock,
        )

    def rollback(self) -> Iterator[Placed]:
        """The old name again."""
        yield self._change.back(
            step_id(f"rename {self.kind} back", self.table, self.new),
            [self._rename(self.new, self.old)],
            of=self._step,
            why="The name it had before.",
            lock=self._lock,
        )

    def _rename(self, old: str, new: str) -> str:
        if self.kind == "index":
            index = qualified(Name(self.table.schema, old))
            return f"alter index {index}\n    rename to {ident(new)}"
        return (
            f"alter table {qualified(self.table)}\n"
            f"    rename constraint {ident(old)} to {ident(new)}"
        )

    @property
    def _lock(self) -> str:
        return SHARE_UPDATE if self.kind == "index" else EXCLUSIVE

    @property
    def _step(self) -> str:
        return step_id(f"rename {self.kind}", self.table, self.old)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)

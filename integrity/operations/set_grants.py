"""Change what roles may do with a table, or with a view or function on the unified tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.model import Grant, Name, StageKind
from integrity.operations.change import SHARE_UPDATE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.grants import grant, revoke
from integrity.operations.operation import Placed


@dataclass(frozen=True, slots=True)
class SetGrants:
    """The declared grants on the object ``on``, which is spelt as GRANT names it."""

    context: Context
    name: Name
    on: str
    old: tuple[Grant, ...]
    new: tuple[Grant, ...]

    def migrate(self) -> Iterator[Placed]:
        """Takes what is declared no more, gives what is new. Grants of others stay."""
        yield self._change.there(
            self._step,
            _statements(self.on, self.old, self.new),
            why="Roles may do what the YAML says.",
            undo="the grants it had",
            lock=SHARE_UPDATE,
        )

    def rollback(self) -> Iterator[Placed]:
        """The other way round."""
        yield self._change.back(
            step_id("grant again", self.name),
            _statements(self.on, self.new, self.old),
            of=self._step,
            why="As it was granted before.",
            lock=SHARE_UPDATE,
        )

    @property
    def _step(self) -> str:
        return step_id("grant", self.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.name, StageKind.SWITCH)


def _statements(on: str, old: Iterable[Grant], new: Iterable[Grant]) -> list[str]:
    was, now = _pairs(old), _pairs(new)
    return [*revoke(on, _grants(was - now)), *grant(on, _grants(now - was))]


def _pairs(grants: Iterable[Grant]) -> set[tuple[str, str]]:
    return {(one.role, privilege) for one in grants for privilege in one.privileges}


def _grants(pairs: set[tuple[str, str]]) -> list[Grant]:
    roles = sorted({role for role, _ in pairs})
    return [Grant(role=r, privileges=tuple(sorted(p for x, p in pairs if x == r))) for r in roles]

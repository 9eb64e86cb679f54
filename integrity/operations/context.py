"""What the operations of one migration share."""

from __future__ import annotations

from dataclasses import dataclass

from integrity.mapping.layout import Layout
from integrity.model import Name
from integrity.sql.quote import cut, literal, qualified


@dataclass(frozen=True, slots=True)
class Context:
    """The migration and where tables stand in it."""

    migration: str  # stem, as in 013_consolidation
    layout: Layout

    @property
    def toolkit_schema(self) -> str:
        """Schema of the toolkit's own tables."""
        return self.layout.toolkit_schema

    def switched(self) -> str:
        """A condition: the switch of this migration has happened and was not undone."""
        journal = qualified(self.layout.toolkit("journal"))
        return (
            f"exists (select from {journal} where migration = {literal(self.migration)}"
            f" and direction = 'apply' and step = {literal(SWITCH_STEP)} and outcome = 'done')"
        )

    def done(self, step: str) -> str:
        """A condition: that step of the way there is done, or on its way, and not undone."""
        journal = qualified(self.layout.toolkit("journal"))
        return (
            f"exists (select from {journal} where migration = {literal(self.migration)}"
            f" and direction = 'apply' and step = {literal(step)} and outcome <> 'undone')"
        )

    def saved(self, name: Name, part: str = "") -> Name:
        """A side table of the toolkit that keeps what this migration took from a table."""
        number = self.migration.partition("_")[0]
        words = (number, name.schema, name.name, *([part] if part else []))
        return Name(self.toolkit_schema, cut("integrity_saved_" + "_".join(words)))


SWITCH_STEP = "switch"


def step_id(verb: str, name: Name, part: str = "") -> str:
    """A stable identifier, as in ``load core_betting.games: candidates``."""
    return f"{verb} {name}" + (f": {part}" if part else "")

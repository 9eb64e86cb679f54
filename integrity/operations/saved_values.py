"""Side tables in the toolkit's schema: values that a change takes away, by key.

``key`` names columns of the table that identify its rows, all of them NOT NULL.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrity.model import Name
from integrity.sql.quote import qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class SavedValues:
    """The values of one column of ``table``, kept in ``at``."""

    table: Name
    column: str
    key: tuple[str, ...]
    at: Name

    def save(self) -> tuple[str, ...]:
        """Writes the values; the key is indexed, so that putting them back is one join."""
        return (
            f"drop table if exists {qualified(self.at)}",
            render("saved_values.save.sql", saved=self),
        )

    def add(self) -> tuple[str, ...]:
        """Writes the values beside those of earlier times: for what a rollback drops."""
        return (
            render("saved_values.empty.sql", saved=self),
            render("saved_values.add.sql", saved=self),
        )

    def restore(self) -> str:
        """Puts the values back, also those that were NULL."""
        return render("saved_values.restore.sql", saved=self)

    def drop(self) -> str:
        """Drops the side table."""
        return f"drop table if exists {qualified(self.at)}"

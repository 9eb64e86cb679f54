"""Which columns change when tables are merged: what refers to a merged table, however indirectly.

A value of such a column is the number of a row of one legacy table, its origin. A column that
refers to a column of that kind holds the same numbers, so it has the same origin.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from integrity.model import Name, Table
from integrity.propose.model import Facts


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Knows the origins of columns, given the tables that are merged."""

    facts: Mapping[Name, Facts]
    merged: Collection[Name]

    def origins(
        self, table: Table, column: str, seen: frozenset[tuple[Name, str]] = frozenset()
    ) -> frozenset[Name]:
        """The merged tables whose rows the column names; none when it stays as it is."""
        found: set[Name] = set()
        seen |= {(table.name, column)}
        for key in table.foreign_keys:
            for own, to in zip(key.columns, key.to, strict=True):
                if own != column:
                    continue
                if key.references in self.merged:
                    found.add(key.references)
                elif (key.references, to) not in seen and key.references in self.facts:
                    found |= self.origins(self.facts[key.references].table, to, seen)
        return frozenset(found)

    def origin(self, table: Table, column: str) -> Name | None:
        """The one origin of a column, or None."""
        return next(iter(sorted(self.origins(table, column))), None)

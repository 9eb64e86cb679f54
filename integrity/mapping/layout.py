"""Where each table stands in each phase of a migration.

Before the switch unified tables are built in ``<schema>__next`` under their final names. The
switch parks legacy tables that stand under a wanted name in ``<schema>__legacy``. Nothing else in
the toolkit builds such a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from integrity.model import Name
from integrity.sql.quote import cut

WORK_SCHEMA = "integrity_work"
RESERVED_PREFIX = "integrity_"
OUTBOX_PREFIX = (
    RESERVED_PREFIX + "outbox_"
)  # of triggers of followed pipelines, and their functions


def next_schema(schema: str) -> str:
    """The schema in which the unified tables of ``schema`` are built."""
    return cut(f"{schema}__next")


def parking_schema(schema: str) -> str:
    """The schema in which the switch parks legacy tables of ``schema``."""
    return cut(f"{schema}__legacy")


@dataclass(frozen=True, slots=True)
class Layout:
    """Turns logical names into the places where the tables stand now.

    ``unified``: names of the unified tables; ``switched``: whether the switch has happened.
    """

    toolkit_schema: str
    unified_names: frozenset[Name]
    parked_names: frozenset[Name]
    moved: frozenset[tuple[Name, Name]] = frozenset()  # unified and legacy name of each move
    parked_functions: frozenset[tuple[Name, str]] = frozenset()  # with their arguments
    switched: bool = False
    work_schema: str = WORK_SCHEMA

    @classmethod
    def of(
        cls,
        *,
        toolkit_schema: str,
        unified: Iterable[Name],
        legacy: Iterable[Name],
        moved: Iterable[tuple[Name, Name]] = (),
        recreated: Iterable[Name] = (),
    ) -> Layout:
        """The layout before the switch. A table that is moved away needs no parking.

        ``legacy``: its tables and views; ``recreated``: views on the unified tables.
        """
        names, moves = frozenset(unified), frozenset(moved)
        wanted = names | frozenset(recreated)
        parked = (wanted & frozenset(legacy)) - {source for _, source in moves}
        return cls(toolkit_schema, names, parked, moves)

    @property
    def parking_schemas(self) -> dict[str, str]:
        """Each schema in which something is parked, with the one that it came from."""
        names = self.parked_names | {name for name, _ in self.parked_functions}
        return {parking_schema(name.schema): name.schema for name in sorted(names)}

    def after_switch(self) -> Layout:
        """The same database once the switch has happened."""
        return replace(self, switched=True)

    def temporary(self) -> Layout:
        """Work tables in the session's temporary schema, for queries that leave nothing."""
        return replace(self, work_schema="pg_temp")

    @property
    def work_storage(self) -> str:
        """How a work table is created: unlogged, or temporary."""
        return "temporary" if self.work_schema == "pg_temp" else "unlogged"

    def unified(self, name: Name) -> Name:
        """Where a unified table stands; before the switch a moved one is still legacy."""
        if not self.switched and name in (places := _places(self.moved)):
            return places[name]
        return name if self.switched else Name(next_schema(name.schema), name.name)

    def legacy(self, name: Name) -> Name:
        """Where a legacy table stands."""
        if self.switched and name in self.parked_names:
            return Name(parking_schema(name.schema), name.name)
        return name

    def work(self, table: Name, part: str) -> Name:
        """A work table of the load of ``table``."""
        return Name(self.work_schema, cut(f"{self._flat(table, '__')}__{part}"))

    def toolkit(self, name: str) -> Name:
        """One of the toolkit's own tables or functions, by its name without the prefix."""
        return Name(self.toolkit_schema, RESERVED_PREFIX + name)

    def crosswalk(self, table: Name) -> Name:
        """The crosswalk of a unified table."""
        return Name(self.toolkit_schema, cut(f"integrity_crosswalk_{self._flat(table, '_')}"))

    def _flat(self, table: Name, separator: str) -> str:
        """Schema and name as one word; a hash tells apart tables that give the same word."""
        word = f"{table.schema}{separator}{table.name}"
        if all(name == table for name in _words(self.unified_names, separator).get(word, ())):
            return word
        return f"{word}_{sha256(repr((table.schema, table.name)).encode()).hexdigest()[:8]}"


@lru_cache(maxsize=64)
def _places(moved: frozenset[tuple[Name, Name]]) -> dict[Name, Name]:
    return dict(moved)


@lru_cache(maxsize=64)
def _words(names: frozenset[Name], separator: str) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for name in names:
        found.setdefault(f"{name.schema}{separator}{name.name}", []).append(name)
    return found

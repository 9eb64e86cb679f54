"""The migration from one state to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from integrity.database.connect import Connection
from integrity.mapping.layout import Layout
from integrity.model import Catalog, Migration, Name, Project, Stage, Step, Table
from integrity.operations.analyze_table import AnalyzeTable
from integrity.operations.context import Context
from integrity.operations.operation import Operation, assemble
from integrity.operations.prepare_change import PrepareChange
from integrity.plan.difference import Difference, rename_statements
from integrity.plan.mapping_difference import MappingDifference, Resolutions
from integrity.plan.pairs import Pairs, paired, refuse_guesses
from integrity.plan.reached import Reached
from integrity.plan.sides import Side, read_side
from integrity.sql.quote import ident

_LONGEST = 48
# Steps that are seldom what a change is about.
_BESIDES = ("look for", "drop foreign key", "drop index", "drop check", "drop key", "recompute")
_SERVES = re.compile(r"recompute .*: (before|after)$|drop work tables$")  # other steps, never alone


@dataclass(frozen=True, slots=True)
class Reaching:
    """A migration, the state it reaches, and the unified tables there as a server spells them.

    ``migration`` is None when nothing in the database has to change.
    """

    migration: Migration | None
    reached: Reached
    catalog: Catalog


def reaching(
    old: Reached,
    new: Reached,
    present: Project,
    *,
    previous: str,
    number: int,
    name: str | None,
    layout: Layout,
    conn: Connection[Any],
    resolutions: Resolutions,
) -> Reaching:
    """Compile the way from ``old`` to ``new``.

    ``previous``: stem of the migration before it; ``name``: of this one, by default what it does;
    ``layout``: where tables stand after the consolidation; ``conn``: to an empty scratch database,
    which stays empty; ``resolutions``: what is known of the mappings.
    Raises ConfigFailure for what cannot be done, each with its place.
    """
    pairs = paired(old.tables, new.tables)
    sides = _sides(conn, old, new, present, pairs)
    refuse_guesses(pairs, sides[0].tables, sides[1].tables, sides[2].tables)
    Difference(Context("", layout), pairs, *sides).refuse()
    rows = MappingDifference(old, new, present, pairs, layout, resolutions)
    compiled = _Compiled(pairs, sides, rows, layout, previous, number, present.legacy.schemas)
    return compiled.reaching(new, name)


def catalog_of(reached: Reached, present: Project, conn: Connection[Any]) -> Catalog:
    """The unified tables of a state, as a server spells them. ``conn`` as in ``reaching``."""
    side = read_side(conn, reached.tables, present.legacy)
    return Catalog(tables=tuple(side.tables[n] for n in sorted(side.tables)))


def _sides(
    conn: Connection[Any], old: Reached, new: Reached, present: Project, pairs: Pairs
) -> tuple[Side, Side, Side]:
    return (
        read_side(conn, old.tables, present.legacy),
        read_side(conn, old.tables, present.legacy, _with_schemas(pairs)),
        read_side(conn, new.tables, present.legacy),
    )


def _with_schemas(pairs: Pairs) -> Iterator[str]:
    """The renames, and before them the schemas that tables move to."""
    for schema in sorted({new.schema for _, new in pairs.renames}):
        yield f"create schema if not exists {ident(schema)}"
    yield from rename_statements(pairs)


@dataclass(frozen=True, slots=True)
class _Compiled:
    pairs: Pairs
    sides: tuple[Side, Side, Side]
    rows: MappingDifference
    layout: Layout
    previous: str
    number: int
    legacy_schemas: tuple[str, ...]

    def reaching(self, new: Reached, name: str | None) -> Reaching:
        probe = self._operations(Context(f"{self.number:03d}_", self.layout))
        difference = self._difference(Context("", self.layout))
        orders = {table.new.name: table.order for table in difference.tables}
        reached = replace(new, tables=tuple(_ordered(t, orders) for t in new.tables))
        tables = self.sides[2].tables
        catalog = Catalog(tables=tuple(_ordered(tables[n], orders) for n in sorted(tables)))
        if not probe:
            return Reaching(None, reached, catalog)
        stem = name or _named(probe)
        context = Context(f"{self.number:03d}_{stem}", self.layout)
        migration = assemble(self.number, stem, self._all(context))
        return Reaching(_one_by_one(migration), reached, catalog)

    def _difference(self, context: Context) -> Difference:
        return Difference(context, self.pairs, *self.sides, self.rows.filled)

    def _operations(self, context: Context) -> list[Operation]:
        difference = self._difference(context)
        return [
            *difference.before_rows(),
            *self.rows.operations(context),
            *difference.after_rows(),
        ]

    def _all(self, context: Context) -> Iterator[Operation]:
        yield PrepareChange(context, self.previous, self._new_schemas, self.rows.works)
        yield from self._operations(context)
        yield from (AnalyzeTable(name) for name in self.rows.written)

    @property
    def _new_schemas(self) -> tuple[str, ...]:
        old, _, new = self.sides
        there = {name.schema for name in old.tables} | set(self.legacy_schemas)
        return tuple(sorted({name.schema for name in new.tables} - there))


def _ordered(table: Table, orders: dict[Name, tuple[str, ...]]) -> Table:
    """The table with its columns as they stand in the database."""
    order = orders.get(table.name)
    if order is None:
        return table
    place = {name: at for at, name in enumerate(order)}
    return replace(table, columns=tuple(sorted(table.columns, key=lambda c: place[c.name])))


def _one_by_one(migration: Migration) -> Migration:
    """Each step after the one before it: changes of live tables are not run side by side."""
    return replace(
        migration,
        stages=_chained(migration.stages),
        rollback=_chained(migration.rollback),
    )


def _chained(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages with their steps in a row; what a step waits for stands before it."""
    chained, earlier = [], set[str]()
    for stage in stages:
        steps: list[Step] = []
        for step in stage.steps:
            waits = [one for one in step.after if one in earlier]
            before = [steps[-1].id] if steps else []
            steps.append(replace(step, after=tuple(dict.fromkeys((*waits, *before)))))
            earlier.add(step.id)
        chained.append(replace(stage, steps=tuple(steps)))
    return tuple(chained)


def _named(operations: Iterable[Operation]) -> str:
    """A name for the files: what the migration is about, and how many steps there are more."""
    every = [placed.step.id for operation in operations for placed in operation.migrate()]
    steps = [step for step in every if not _SERVES.search(step)]
    about = next((step for step in steps if not step.startswith(_BESIDES)), steps[0])
    words = re.sub(r"[^a-z0-9]+", "_", about.lower()).strip("_")
    short = words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("_")[0]
    return short + (f"_and_{len(steps) - 1}_more" if len(steps) > 1 else "")

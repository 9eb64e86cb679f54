"""The migration from one state to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from integrity.database.connect import Connection
from integrity.errors import ConfigFailure, Problem
from integrity.mapping.layout import Layout
from integrity.model import Catalog, Location, Migration, Name, Project, Stage, Step, Table
from integrity.operations.analyze_table import AnalyzeTable
from integrity.operations.context import Context
from integrity.operations.operation import Operation, assemble
from integrity.operations.prepare_change import PrepareChange
from integrity.plan.derived import completed, derived_names, to_build
from integrity.plan.difference import Difference, rename_statements
from integrity.plan.mapping_difference import MappingDifference, Resolutions
from integrity.plan.pairs import Pairs, paired, refuse_guesses
from integrity.plan.reached import Reached
from integrity.plan.recreated import recreated
from integrity.plan.recreated_difference import RecreatedDifference
from integrity.plan.sides import Side, read_side
from integrity.sql.quote import ident

_LONGEST = 48
# Steps that are seldom what a change is about.
_BESIDES = (
    "look for", "drop foreign key", "drop index", "drop check", "drop key", "recompute",
    "drop dependents", "create dependents", "grant usage",
)  # fmt: skip
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
    same = derived_names(old.mappings) & derived_names(new.mappings) & _equal(old, new)
    before = replace(old, tables=to_build(old.tables, same))
    after = replace(new, tables=to_build(new.tables, same))
    pairs = paired(before.tables, after.tables)
    sides = _sides(conn, before, after, present, pairs)
    refuse_guesses(pairs, sides[0].tables, sides[1].tables, sides[2].tables)
    difference = Difference(Context("", layout), pairs, *sides)
    difference.refuse()
    _refuse_retired(old, new)
    everything = paired(old.tables, new.tables)
    rows = MappingDifference(old, new, present, everything, layout, resolutions)
    orders = {table.new.name: table.order for table in difference.tables}
    placed = replace(new, tables=tuple(_ordered(table, orders) for table in new.tables))
    made = RecreatedDifference(old.project(present), placed.project(present), pairs, layout, conn)
    made.refuse()
    compiled = _Compiled(pairs, sides, rows, made, layout, previous, number, present.legacy.schemas)
    found = compiled.reaching(new, name)
    catalog = replace(found.catalog, views=made.now.views, functions=made.now.functions)
    return replace(found, catalog=completed(catalog, new.tables, same))


def _refuse_retired(old: Reached, new: Reached) -> None:
    """Raise ConfigFailure where other tables are archived or dropped than were counted."""
    was = {one.table: one.kind for one in old.retired if one.goes}
    now = {one.table: one for one in new.retired if one.goes}
    hint = "replace the last migration while nobody has applied it (compile --replace-last)"
    problems = [
        Problem(one.location, f"{name} is {one.kind}, which the consolidation did not count", hint)
        for name, one in now.items()
        if was.get(name) != one.kind
    ]
    places = {s.table: s.location for m in new.mappings for s in m.sources}
    problems += [
        Problem(
            places.get(name, Location("", 0, 0)),
            f"{name} was {kind}, and is not any more",
            hint,
        )
        for name, kind in was.items()
        if name not in now
    ]
    if problems:
        raise ConfigFailure(problems)


def _equal(old: Reached, new: Reached) -> frozenset[Name]:
    """Tables that are the same on both sides."""
    was = {table.name: table for table in old.tables}
    return frozenset(table.name for table in new.tables if was.get(table.name) == table)


def catalog_of(reached: Reached, present: Project, conn: Connection[Any]) -> Catalog:
    """The unified tables of a state, as a server spells them. ``conn`` as in ``reaching``."""
    derived = derived_names(reached.mappings)
    side = read_side(conn, to_build(reached.tables, derived), present.legacy)
    made = recreated(conn, reached.project(present), present.legacy.enums)
    built = Catalog(
        tables=tuple(side.tables[n] for n in sorted(side.tables)),
        views=made.views,
        functions=made.functions,
    )
    return completed(built, reached.tables, derived)


def _sides(
    conn: Connection[Any], old: Reached, new: Reached, present: Project, pairs: Pairs
) -> tuple[Side, Side, Side]:
    """Before, before under the new names, and after; what is the same is read once."""
    changes = tuple(_with_schemas(pairs))
    was = read_side(conn, old.tables, present.legacy)
    renamed = read_side(conn, old.tables, present.legacy, changes) if changes else was
    now = read_side(conn, new.tables, present.legacy) if old.tables != new.tables else was
    return was, renamed, now


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
    made: RecreatedDifference
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
            *self.made.before(context),
            *difference.before_rows(),
            *self.rows.operations(context),
            *difference.after_rows(),
            *self.made.after(context),
        ]

    def _all(self, context: Context) -> Iterator[Operation]:
        yield PrepareChange(context, self.previous, self._new_schemas, self.rows.works)
        yield from self._operations(context)
        yield from (AnalyzeTable(name) for name in self.rows.written)

    @property
    def _new_schemas(self) -> tuple[str, ...]:
        old, _, new = self.sides
        there = {name.schema for name in old.tables} | set(self.legacy_schemas)
        return tuple(sorted(({name.schema for name in new.tables} | self.made.schemas) - there))


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

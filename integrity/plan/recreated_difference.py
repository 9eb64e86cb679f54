"""What changes in the views and functions on the unified tables, from one state to the next.

A definition that changed is replaced in place where the server allows it in both directions;
otherwise the object is dropped and created, with all that are built on it. So are those that read
a column which changes. A comment or a grant alone touches nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from integrity.database.connect import Connection, Error
from integrity.errors import ConfigFailure, Problem
from integrity.mapping.layout import Layout
from integrity.model import Expression, Name, Project, Recreated
from integrity.operations.add_dependents import AddDependents
from integrity.operations.context import Context
from integrity.operations.drop_dependents import DropDependents
from integrity.operations.grant_usage import GrantUsage, granted_schemas
from integrity.operations.grants import on_table
from integrity.operations.operation import Operation
from integrity.operations.recreate import ANY_ORDER, Built, definition, grants_of
from integrity.operations.set_grants import SetGrants
from integrity.plan.pairs import Pair, Pairs
from integrity.plan.recreated import Spelt, outside_strings, recreated, stand_in

_LATER = "replace the last migration while nobody has applied it (compile --replace-last)"


@dataclass
class RecreatedDifference:
    """``old`` and ``new``: the project in both states; ``conn``: to an empty scratch database."""

    old: Project
    new: Project
    pairs: Pairs
    layout: Layout
    conn: Connection[Any]

    def before(self, context: Context) -> Iterator[Operation]:
        """What must be gone before tables change."""
        if gone := tuple(self._before(one) for one in self.was.built if self._id(one) in self.gone):
            yield DropDependents(context, gone)

    def after(self, context: Context) -> Iterator[Operation]:
        """What is created or replaced at the end; then grants."""
        if usage := granted_schemas(self.new) - granted_schemas(self.old):
            yield GrantUsage(context, tuple(sorted(usage)))
        built = [one for one in self.now.built if self._id(one) in self.created | self.replaced]
        before = [one for one in self.was.built if self._id(one) in self.replaced]
        if built:
            yield AddDependents(context, tuple(built), tuple(map(self._before, before)))
        for pair in self.pairs.kept:
            if pair.old.grants != pair.new.grants:
                name = pair.new.name
                yield SetGrants(context, name, on_table(name), pair.old.grants, pair.new.grants)
        for table in self.pairs.added:
            if table.grants:
                yield SetGrants(context, table.name, on_table(table.name), (), table.grants)
        for one in self.now.built:
            was = self._old.get(self._id(one))
            if self._id(one) in self.created or was is None:
                continue
            old, new = grants_of(was.made), grants_of(one.made)
            kind = one.made.kind if one.made.is_routine else "table"
            if old != new:
                yield SetGrants(context, one.made.name, f"{kind} {one.signature}", old, new)

    @property
    def schemas(self) -> set[str]:
        """Schemas that only hold what is recreated."""
        return {one.name.schema for one in self.new.recreated} - {
            one.name.schema for one in self.old.recreated
        }

    # --- what changed ------------------------------------------------------------------------

    @cached_property
    def was(self) -> Spelt:
        """The old side."""
        return recreated(self.conn, self.old, self.old.legacy.enums)

    @cached_property
    def now(self) -> Spelt:
        """The new side."""
        if (self.old.tables, self.old.recreated) == (self.new.tables, self.new.recreated):
            return self.was
        return recreated(self.conn, self.new, self.new.legacy.enums)

    @cached_property
    def _old(self) -> dict[str, Built]:
        return {self._id(one): one for one in self.was.built}

    @cached_property
    def _new(self) -> dict[str, Built]:
        return {self._id(one): one for one in self.now.built}

    @staticmethod
    def _id(one: Built) -> str:
        return one.signature

    @cached_property
    def replaced(self) -> set[str]:
        """Those that change in place."""
        touched = {
            key
            for key in self._old.keys() & self._new.keys() - self.gone
            if self._texts(self.was)[key] != self._texts(self.now)[key]
            or self._old[key].made.description != self._new[key].made.description
        }
        return touched

    @cached_property
    def created(self) -> set[str]:
        """Those that are new, or come back."""
        return self._new.keys() - (self._old.keys() - self.gone)

    @cached_property
    def gone(self) -> set[str]:
        """Those that are dropped first, with all that are built on them."""
        gone = set(self._old.keys() - self._new.keys())
        gone |= {key for key in self._old if self._names(self._old[key]) & self._shaken}
        changed = {
            key
            for key in self._old.keys() & self._new.keys() - gone
            if self._texts(self.was)[key] != self._texts(self.now)[key]
        }
        gone |= changed - self._replaceable(changed)
        while more := self._on_top(gone):
            gone |= more
        return gone

    def _on_top(self, gone: set[str]) -> set[str]:
        names = {self._old[key].made.name for key in gone}
        return {
            key for key, one in self._old.items() if key not in gone and self._names(one) & names
        }

    def _names(self, one: Built) -> frozenset[Name]:
        """What it is bound to: by the catalog, of a view; by its text, of a function."""
        reads = next((v.reads for v in self.was.views if v.name == one.made.name), ())
        return outside_strings(one.made) | frozenset(reads)

    def _texts(self, side: Spelt) -> dict[str, tuple[str, str]]:
        views = {view.name: view.definition for view in side.views}
        functions = {(f.name, f.arguments): f.definition for f in side.functions}
        return {
            self._id(one): (
                one.made.kind,
                functions[(one.made.name, one.made.identity)]
                if one.made.is_routine
                else views[one.made.name],
            )
            for one in side.built
        }

    @cached_property
    def _shaken(self) -> frozenset[Name]:
        """Tables of the old state whose columns do not stay as they are."""
        moved = {old for old, _ in self.pairs.renames}
        return frozenset(
            {pair.old.name for pair in self.pairs.kept if _changes(pair)}
            | {table.name for table in self.pairs.dropped}
            | moved
        )

    def _before(self, one: Built) -> Built:
        """With the definition as the server spelt it: a ``*`` means the columns of that time."""
        view = next((v for v in self.was.views if v.name == one.made.name), None)
        if one.made.is_routine or view is None:
            return one
        return Built(replace(one.made, definition=Expression(view.definition)), one.signature)

    # --- the server's word -------------------------------------------------------------------

    def _replaceable(self, changed: set[str]) -> set[str]:
        """Those that CREATE OR REPLACE turns into what they are now, and back."""
        tried = {key for key in changed if self._new[key].made.kind != "materialized view"}
        if not tried:
            return set()
        found = set()
        with self.conn.transaction(force_rollback=True):
            stand_in(self.conn, self.new, self.new.legacy.enums)
            self.conn.execute(ANY_ORDER)
            for one in self.was.built:
                self._accepted(definition(self._before(one).made))
            for one in self.now.built:
                key = self._id(one)
                if key not in self._old:
                    self._accepted(definition(one.made))
                elif key in tried and self._both_ways(self._before(self._old[key]).made, one.made):
                    found.add(key)
        return found

    def _both_ways(self, was: Recreated, now: Recreated) -> bool:
        ways = (now, was, now)
        return all(self._accepted(definition(one, replace=True)) for one in ways)

    def _accepted(self, sql: str) -> bool:
        try:
            with self.conn.transaction():
                self.conn.execute(sql.encode())
        except Error:
            return False
        return True

    # --- what cannot be done -----------------------------------------------------------------

    def refuse(self) -> None:
        """Raise ConfigFailure for what only the consolidation can do."""
        if problems := [*self._taken(), *self._as_sources()]:
            raise ConfigFailure(problems)

    def _taken(self) -> Iterator[Problem]:
        """Legacy objects that the consolidation did not park."""
        legacy = {t.name: "table" for t in self.new.legacy.tables}
        legacy |= {v.name: "view" for v in self.new.legacy.views}
        free = self.layout.parked_names | {old for _, old in self.layout.moved}
        functions = {(f.name, f.arguments) for f in self.new.legacy.functions}
        before = {str(one) for one in self.old.recreated}
        for one in self.new.recreated:
            if str(one) in before:
                continue
            kind = "" if one.is_routine or one.name in free else legacy.get(one.name, "")
            key = (one.name, one.identity)
            if one.is_routine and key in functions - self.layout.parked_functions:
                kind = "function"
            if kind:
                message = f"{one.kind} {one}: a legacy {kind} stands under that name"
                yield Problem(one.location, message, _LATER)

    def _as_sources(self) -> Iterator[Problem]:
        for pair in self.pairs.kept:
            if pair.old.grants_as_sources != pair.new.grants_as_sources:
                message = f"table {pair.new.name}: as_sources is for the consolidation"
                yield Problem(pair.new.location, message, "write the grants out")
        for table in self.pairs.added:
            if table.grants_as_sources:
                message = f"table {table.name}: as_sources is for the consolidation"
                yield Problem(table.location, message, "write the grants out")


def _changes(pair: Pair) -> bool:
    """Whether an old column is gone, renamed, or of another type."""
    now: Iterable[Any] = (pair.new.column(pair.new_name(c.name)) for c in pair.old.columns)
    return bool(pair.renames) or any(
        new is None
        or (new.type, new.collation, new.generated) != (old.type, old.collation, old.generated)
        for old, new in zip(pair.old.columns, now, strict=True)
    )

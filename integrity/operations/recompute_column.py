"""Compute columns anew whose expressions changed, in the rows that nobody changed since.

Both mappings say from the sources alone what they expect. A row that still has the value which the
old one expects gets what the new one expects; a row that somebody changed keeps its value, and the
other one is recorded as a conflict. Rows are told apart by the natural key, never by numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrity.mapping.comparable import hashable
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import ResolvedMapping, Way
from integrity.model import Column, Hazard, Name, StageKind
from integrity.operations.change import Change
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A column in the templates: its number, its name, and how two of its values compare."""

    number: int
    name: str
    added: bool
    text: bool  # its type has no equality, so its text is compared

    def same(self, a: str, b: str) -> str:
        """A condition: the two values are the same."""
        cast = "::text" if self.text else ""
        return f"{a}{cast} is not distinct from {b}{cast}"


@dataclass(frozen=True, slots=True)
class RecomputeColumn:
    """``before`` and ``after``: the mapping, last, behind those that it refers to."""

    context: Context
    before: tuple[ResolvedMapping, ...]
    after: tuple[ResolvedMapping, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """What was expected, what is expected now, and the rows in which they differ."""
        if self.before:
            yield self._expected(
                "before", self._rows(self.before, "before"), "What the mapping made of it so far."
            )
        yield self._expected(
            "after", self._rows(self.after, "after"), "What the mapping makes of it now."
        )
        yield self._change.there(
            self._step,
            [
                f"drop table if exists {qualified(self._saved)}",
                self._render("save"),
                self._render("update"),
                self._render("conflicts"),
                *([self._render("gone")] if self.before else []),
            ],
            why="Rows that still have the old value get the new one; rows changed since keep"
            " theirs, in integrity_conflicts. A candidate that was rejected and passes now stays in"
            " quarantine until integrity quarantine replay.",
            undo="rows that were not changed since get their old values back",
            lock="ROW EXCLUSIVE",
            hazards=[
                Hazard("rewrites-values", f"{self._table}: {', '.join(self.changed + self.added)}")
            ],
        )

    def rollback(self) -> Iterator[Placed]:
        """The old values, where the new ones still stand."""
        restore = [self._render("restore")] if self.changed else []
        yield self._change.back(
            step_id("recompute back", self._table),
            [
                *restore,
                f"drop table {qualified(self._saved)}",
                self._render("forget"),
            ],
            of=self._step,
            why="The values that the mapping made before.",
            lock="ROW EXCLUSIVE",
        )

    # --- what is expected --------------------------------------------------------------------

    def _expected(self, part: str, sql: Iterator[str], why: str) -> Placed:
        placed = self._change.there(
            step_id("recompute", self._table, part), sql, why=why, undo="nothing to undo"
        )
        return Placed(placed.stage, replace(placed.step, unlogged=True))

    def _rows(self, mappings: tuple[ResolvedMapping, ...], part: str) -> Iterator[str]:
        """Writes the expected rows of the last mapping to a work table."""
        layout = self.context.layout
        for mapping in mappings:
            yield from self._expectation(mapping).prepare()
        if part == "after":
            for name in self._looked_up():
                yield self._keys_hold(next(m for m in mappings if m.name == name))
        at = qualified(layout.work(self._table, part))
        yield f"drop table if exists {at}"
        yield f"create unlogged table {at} as\n{self._expectation(mappings[-1]).query()}"
        for mapping in mappings:
            yield from Expectation(mapping, layout).drop_work_tables()
        yield f"analyze {at}"

    def _looked_up(self) -> tuple[Name, ...]:
        """Tables whose keys a column takes that is computed anew."""
        wanted = {*self.changed, *self.added}
        known = {mapping.name: mapping for mapping in self.after}
        found = {
            way.table
            for source in self.after[-1].sources
            for arm in source.arms
            for value in arm.values
            for way in value.ways
            if value.column.name in wanted and way.table in known and _takes_key(way, known)
        }
        return tuple(sorted(found))

    def _keys_hold(self, mapping: ResolvedMapping) -> str:
        """Stops the run when keys of a looked-up table are not those it was loaded with."""
        return render(
            "recompute_column.keys.sql",
            expected=self._expectation(mapping).query(),
            table=self.context.layout.unified(mapping.name),
            primary=mapping.primary.name,
            identity=[column.name for column in identity(mapping)],
            name=str(mapping.name),
            own=str(self._table),
        )

    def _expectation(self, mapping: ResolvedMapping) -> Expectation:
        return Expectation(mapping, self.context.layout, replayed=True)

    # --- what changes ------------------------------------------------------------------------

    def _render(self, part: str) -> str:
        layout, mapping = self.context.layout, self.after[-1]
        return render(
            f"recompute_column.{part}.sql",
            table=layout.unified(mapping.name),
            primary=mapping.primary.name,
            saved=self._saved,
            before=layout.work(self._table, "before") if self.before else None,
            after=layout.work(self._table, "after"),
            columns=list(self._items()),
            identity=identity(mapping),
            conflicts=layout.toolkit("conflicts"),
            migration=self.context.migration,
            mapping=str(mapping.name),
        )

    def _items(self) -> Iterator[_Item]:
        for number, name in enumerate((*self.changed, *self.added), 1):
            column = self._mapping.table.column(name)
            assert column is not None
            yield _Item(
                number=number,
                name=name,
                added=name in self.added,
                text=hashable(column).endswith("::text"),
            )

    @property
    def _mapping(self) -> ResolvedMapping:
        return self.after[-1]

    @property
    def _table(self) -> Name:
        return self._mapping.name

    @property
    def _saved(self) -> Name:
        return self.context.saved(self._table, "recomputed")

    @property
    def _step(self) -> str:
        return step_id("recompute", self._table)

    @property
    def _change(self) -> Change:
        return Change(self.context, self._table, StageKind.LOAD)


def identity(mapping: ResolvedMapping) -> tuple[Column, ...]:
    """The columns that tell the rows of a mapping apart, whatever numbers they have."""
    table = mapping.table
    mapped = {column.name for column in mapping.columns}
    natural = table.natural_key.columns if table.natural_key else ()
    names = natural if natural and set(natural) <= mapped else _ladder(mapping)
    return tuple(column for name in names if (column := table.column(name)))


def work_tables(layout: Layout, table: Name) -> tuple[Name, ...]:
    """The work tables of a recomputation."""
    return layout.work(table, "before"), layout.work(table, "after")


def _ladder(mapping: ResolvedMapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for rung in mapping.ladder for name in rung.columns))


def _takes_key(way: Way, known: dict[Name, ResolvedMapping]) -> bool:
    target = known[way.table]
    return target.assigned and (way.crosswalk_of is not None or way.take == target.primary.name)

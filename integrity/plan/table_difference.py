"""How one table differs from what it was: its columns, and the parts that stand on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

from integrity.model import Check, Column, ForeignKey, Index, Key, Table
from integrity.plan.pairs import Pair
from integrity.plan.sides import Side, identifying

Part = TypeVar("Part", Key, Check, ForeignKey, Index)


@dataclass(frozen=True, slots=True)
class Parts(Generic[Part]):
    """Constraints or indexes of one kind: which go, which come, which only change their name."""

    dropped: tuple[Part, ...] = ()  # as they were, under the names from before
    added: tuple[Part, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass
class TableDifference:
    """``old``: before; ``renamed``: after the declared renames; ``new``: as it should be."""

    pair: Pair
    old_side: Side
    renamed_side: Side
    new_side: Side
    forced: frozenset[str] = field(default_factory=frozenset)  # foreign keys to be made anew

    @cached_property
    def old(self) -> Table:
        """The table as it was."""
        return self.old_side.tables[self.pair.old.name]

    @cached_property
    def renamed(self) -> Table:
        """The table as it was, under its new names."""
        return self.renamed_side.tables[self.pair.new.name]

    @cached_property
    def new(self) -> Table:
        """The table as it should be."""
        return self.new_side.tables[self.pair.new.name]

    # --- columns -----------------------------------------------------------------------------

    @cached_property
    def dropped(self) -> tuple[str, ...]:
        """Columns that go, by their new name, which is their old one."""
        return tuple(c.name for c in self.renamed.columns if self.new.column(c.name) is None)

    @cached_property
    def retyped(self) -> tuple[str, ...]:
        """Plain columns whose type or collation changes."""
        return tuple(
            was.name
            for was, now in self._both()
            if (was.type, was.collation) != (now.type, now.collation)
            and was.name not in self.remade
            and now.generated is None
        )

    @cached_property
    def ungenerated(self) -> tuple[str, ...]:
        """Generated columns that become plain and keep their values."""
        return tuple(c.name for c, now in self._both() if c.generated and now.generated is None)

    @cached_property
    def remade(self) -> tuple[str, ...]:
        """Columns that are dropped and added again, because they are generated differently.

        A server before 17 cannot change an expression, and none lets the type of a column change
        that a generated column reads.
        """
        both = list(self._both())
        moved = {
            was.name for was, now in both if (was.type, was.collation) != (now.type, now.collation)
        }
        moved |= {*self.dropped, *self.ungenerated}
        found = [
            now.name
            for was, now in both
            if now.generated is not None
            and (
                was.generated != now.generated
                or was.name in moved
                or self._computed_from(was.name) & moved
            )
        ]
        return tuple(found)

    def _computed_from(self, column: str) -> frozenset[str]:
        return self.renamed_side.computes.get((self.renamed.name, column), frozenset())

    @cached_property
    def taken(self) -> tuple[str, ...]:
        """Columns that leave the table, in the order they are dropped: generated ones first."""
        gone = {*self.dropped, *self.remade}
        columns = [c for c in reversed(self.renamed.columns) if c.name in gone]
        return tuple(c.name for c in sorted(columns, key=lambda c: c.generated is None))

    @cached_property
    def added(self) -> tuple[Column, ...]:
        """Columns that come, in the order of the YAML: those that are computed last."""
        came = [c for c in self.new.columns if self._comes(c)]
        return tuple(sorted(came, key=lambda c: c.generated is not None))

    def _comes(self, column: Column) -> bool:
        return self.renamed.column(column.name) is None or column.name in self.remade

    def kept(self) -> Iterator[tuple[Column, Column]]:
        """Columns that stay in place, as they were under their new names and as they become."""
        return ((was, now) for was, now in self._both() if was.name not in self.remade)

    def _both(self) -> Iterator[tuple[Column, Column]]:
        for was in self.renamed.columns:
            now = self.new.column(was.name)
            if now is not None:
                yield was, now

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The columns as they stand afterwards: new ones come last."""
        stay = [was.name for was, _ in self.kept()]
        return (*stay, *(column.name for column in self.added))

    @property
    def order_returns(self) -> bool:
        """Whether a rollback that only adds columns at the end leaves them in their old order."""
        away = [*self.ungenerated, *self.taken]
        stay = [c.name for c in self.renamed.columns if c.name not in away]
        return [*stay, *reversed(away)] == [c.name for c in self.renamed.columns]

    # --- keys that tell rows apart -----------------------------------------------------------

    @cached_property
    def old_key(self) -> tuple[Column, ...]:
        """Columns that identify a row before and after, under the names from before."""
        gone = [self.pair.old_name(name) for name in (*self.taken, *self.ungenerated)]
        return identifying(self.old, gone)

    @cached_property
    def key(self) -> tuple[Column, ...]:
        """The same under the new names, with the types from before."""
        names = [self.pair.new_name(column.name) for column in self.old_key]
        return tuple(column for name in names if (column := self.renamed.column(name)))

    # --- parts -------------------------------------------------------------------------------

    @cached_property
    def _touched(self) -> frozenset[str]:
        return frozenset((*self.taken, *self.ungenerated))

    @cached_property
    def checks(self) -> Parts[Check]:
        """Checks that go, come, or change their name."""
        return self._parts(self.old.checks, self.renamed.checks, self.new.checks)

    @cached_property
    def uniques(self) -> Parts[Key]:
        """Unique constraints that go, come, or change their name."""
        return self._parts(self.old.uniques, self.renamed.uniques, self.new.uniques)

    @cached_property
    def primary(self) -> Parts[Key]:
        """The primary key, if it changes."""
        return self._parts(_primary(self.old), _primary(self.renamed), _primary(self.new))

    @cached_property
    def indexes(self) -> Parts[Index]:
        """Indexes that go, come, or change their name."""
        return self._parts(self.old.indexes, self.renamed.indexes, self.new.indexes)

    @cached_property
    def foreign_keys(self) -> Parts[ForeignKey]:
        """Foreign keys that go, come, or change their name."""
        retyped = frozenset(self.retyped)
        again = {k.name for k in self.renamed.foreign_keys if retyped & set(k.columns)}
        return self._parts(
            self.old.foreign_keys,
            self.renamed.foreign_keys,
            self.new.foreign_keys,
            again=self.forced | again,
        )

    @property
    def shaken_keys(self) -> tuple[frozenset[str], ...]:
        """Sets of columns, by new names, whose key goes or whose type changes: foreign keys to
        them must be made anew."""
        dropped = [*self.uniques.dropped, *self.primary.dropped]
        keys = [frozenset(map(self.pair.new_name, key.columns)) for key in dropped]
        every = [k for k in (self.renamed.primary_key, *self.renamed.uniques) if k]
        keys += [frozenset(k.columns) for k in every if set(k.columns) & set(self.retyped)]
        return tuple(keys)

    def _parts(
        self,
        old: Sequence[Part],
        renamed: Sequence[Part],
        new: Sequence[Part],
        again: Iterable[str] = (),
    ) -> Parts[Part]:
        before = {part.name: part for part in old}
        was, now = {part.name: part for part in renamed}, {part.name: part for part in new}
        same = {
            name
            for name in was.keys() & now.keys()
            if was[name] == now[name] and not self._shaken(name) and name not in again
        }
        gone = [part for name, part in was.items() if name not in same]
        come = [part for name, part in now.items() if name not in same]
        names = dict(_same_under_another_name(gone, come, lambda n: self._shaken(n) or n in again))
        return Parts(
            dropped=tuple(before[p.name] for p in gone if p.name not in names),
            added=tuple(p for p in come if p.name not in names.values()),
            renamed=tuple(names.items()),
        )

    def _shaken(self, part: str) -> bool:
        """Whether a column that the part stands on leaves the table for a while."""
        return bool(self.renamed_side.stands_on(self.renamed.name, part) & self._touched)


def _primary(table: Table) -> tuple[Key, ...]:
    return (table.primary_key,) if table.primary_key else ()


def _same_under_another_name(
    gone: Sequence[Part], come: Sequence[Part], shaken: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Pairs of names of one definition. A name that stays in use is no new name."""
    was, now = {part.name for part in gone}, {part.name for part in come}
    free = [part for part in come if part.name not in was]
    for part in gone:
        if part.name in now or shaken(part.name):
            continue
        for other in free:
            if replace(other, name=part.name) == part:
                free.remove(other)
                yield part.name, other.name
                break

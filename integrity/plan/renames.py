"""A state of the unified tables under the names that the next one gives them.

What remains between the two is then what really changes: a declared rename is one change, not
something dropped and something created.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from integrity.model import Catalog, Check, Column, ForeignKey, Index, Key, Name, Table
from integrity.plan.model import SchemaChange
from integrity.plan.pairs import Pair, Pairs
from integrity.sql.expression import SqlProblem, substitute
from integrity.sql.quote import ident

_Keyed = TypeVar("_Keyed", Key, ForeignKey)
_Part = TypeVar("_Part", Key, ForeignKey, Check, Index)


@dataclass(frozen=True, slots=True)
class Renames:
    """``pairs``: which table and column of one state is which of the next, ``after``."""

    pairs: Pairs
    after: Catalog

    def changes(self, before: Catalog) -> Iterator[SchemaChange]:
        """The renames, under the old names: tables, columns, then what is named after them."""
        for old, new in self.pairs.renames:
            yield _rename("table", str(old), str(new))
        for pair in self.pairs.kept:
            for was, now in pair.renames:
                yield _rename("column", f"{pair.old.name}.{was}", now)
        for table in before.tables:
            carried, wanted = self._carried(table), self.after.table(self._name(table))
            if wanted:
                for kind, was, now in _parts(carried, wanted):
                    yield _rename(kind, f"{table.name}.{was}", now)

    def catalog(self, before: Catalog) -> Catalog:
        """``before`` under the names of ``after``."""
        return replace(before, tables=tuple(self._table(table) for table in before.tables))

    def _table(self, table: Table) -> Table:
        carried, wanted = self._carried(table), self.after.table(self._name(table))
        names = {(kind, was): now for kind, was, now in _parts(carried, wanted)} if wanted else {}

        def named(kind: str, parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
            return tuple(replace(p, name=names.get((kind, p.name), p.name)) for p in parts)

        primary = named("primary key", tuple(filter(None, [carried.primary_key])))
        natural = named("unique constraint", tuple(filter(None, [carried.natural_key])))
        return replace(
            carried,
            primary_key=next(iter(primary), None),
            natural_key=next(iter(natural), None),
            uniques=named("unique constraint", carried.uniques),
            foreign_keys=named("foreign key", carried.foreign_keys),
            checks=named("check", carried.checks),
            indexes=named("index", carried.indexes),
        )

    def _name(self, table: Table) -> Name:
        return self.pairs.new_name(table.name)

    def _carried(self, table: Table) -> Table:
        """The table and its columns under their new names, its parts under their old ones."""
        pair = self.pairs.by_old.get(table.name) or Pair(table, table)
        names = _Names(pair)
        return replace(
            table,
            name=self._name(table),
            columns=tuple(names.column(column) for column in table.columns),
            primary_key=names.key(table.primary_key),
            natural_key=names.key(table.natural_key),
            uniques=tuple(names.own(key) for key in table.uniques),
            foreign_keys=tuple(self._foreign_key(key, names) for key in table.foreign_keys),
            checks=tuple(replace(c, expression=names.text(c.expression)) for c in table.checks),
            indexes=tuple(names.index(index) for index in table.indexes),
        )

    def _foreign_key(self, key: ForeignKey, names: _Names) -> ForeignKey:
        there = self.pairs.by_old.get(key.references)
        return replace(
            names.own(key),
            references=self.pairs.new_name(key.references),
            to=tuple(there.new_name(name) for name in key.to) if there else key.to,
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """The new names of the columns of one table, wherever they stand."""

    pair: Pair

    def column(self, column: Column) -> Column:
        generated = column.generated and self.text(column.generated)
        return replace(column, name=self.pair.new_name(column.name), generated=generated)

    def key(self, key: Key | None) -> Key | None:
        return key and self.own(key)

    def own(self, part: _Keyed) -> _Keyed:
        return replace(part, columns=tuple(self.pair.new_name(c) for c in part.columns))

    def index(self, index: Index) -> Index:
        return replace(
            index,
            columns=tuple(self._indexed(column) for column in index.columns),
            include=tuple(self.pair.new_name(column) for column in index.include),
            where=index.where and self.text(index.where),
        )

    def _indexed(self, column: str) -> str:
        """A column, perhaps with ``desc`` and so on behind it, or an expression."""
        for old, new in self.pair.renames:
            name, *order = column.split(" ", 1)
            if name == ident(old):
                return " ".join((ident(new), *order))
        return self.text(column)

    def text(self, expression: str) -> str:
        names = {old: ident(new) for old, new in self.pair.renames}
        try:
            return substitute(expression, names) if names else expression
        except SqlProblem:
            return expression


def _parts(was: Table, now: Table) -> Iterator[tuple[str, str, str]]:
    """Kind, old and new name of the parts that only got another name."""
    yield from _same("primary key", _present(was.primary_key), _present(now.primary_key))
    keys = ([*_present(table.natural_key), *table.uniques] for table in (was, now))
    yield from _same("unique constraint", *keys)
    yield from _same("foreign key", was.foreign_keys, now.foreign_keys)
    yield from _same("check", was.checks, now.checks)
    yield from _same("index", was.indexes, now.indexes)


def _present(key: Key | None) -> list[Key]:
    return [key] if key else []


def _same(kind: str, was: Iterable[_Part], now: Iterable[_Part]) -> Iterator[tuple[str, str, str]]:
    old, new = {part.name: part for part in was}, {part.name: part for part in now}
    free = [part for name, part in new.items() if name not in old]
    for name, part in old.items():
        found = next((one for one in free if replace(part, name=one.name) == one), None)
        if name not in new and found is not None:
            free.remove(found)
            yield kind, name, found.name


def _rename(kind: str, old: str, new: str) -> SchemaChange:
    return SchemaChange(verb="rename", kind=kind, name=old, detail=f"becomes {new}")

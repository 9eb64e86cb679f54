"""The difference of two states as operations, in an order that works.

Both sides come from a server's catalog. First everything goes that would be in the way, under the
names from before: foreign keys, indexes, checks, keys, columns, tables. Then come the renames, then
what changes, and last what is added, foreign keys at the very end. A rollback is that reversed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from integrity.errors import ConfigFailure, Problem
from integrity.model import Column, ForeignKey, Name, Table
from integrity.operations.add_check import AddCheck
from integrity.operations.add_column import AddColumn, filled
from integrity.operations.add_foreign_key import AddForeignKey
from integrity.operations.add_index import AddIndex
from integrity.operations.add_key import AddKey
from integrity.operations.add_table import AddTable
from integrity.operations.alter_column_type import AlterColumnType
from integrity.operations.context import Context
from integrity.operations.drop_check import DropCheck
from integrity.operations.drop_column import DropColumn, drop_step
from integrity.operations.drop_expression import DropExpression, expression_step
from integrity.operations.drop_foreign_key import DropForeignKey
from integrity.operations.drop_index import DropIndex
from integrity.operations.drop_key import DropKey
from integrity.operations.drop_table import DropTable
from integrity.operations.operation import Operation
from integrity.operations.rename_column import RenameColumn, rename_column
from integrity.operations.rename_part import RenamePart
from integrity.operations.rename_table import RenameTable, rename_table
from integrity.operations.restore_order import RestoreOrder
from integrity.operations.set_default import SetDefault
from integrity.operations.set_description import SetDescription
from integrity.operations.set_identity import SetIdentity
from integrity.operations.set_nullability import AllowNull, ForbidNull
from integrity.plan.pairs import Pairs
from integrity.plan.sides import Side
from integrity.plan.table_difference import TableDifference
from integrity.sql.types import CastKind, cast_kind


def rename_statements(pairs: Pairs) -> tuple[str, ...]:
    """The declared renames as SQL, for the scratch database."""
    tables = [sql for old, new in pairs.renames for sql in rename_table(old, new)]
    columns = [
        rename_column(pair.new.name, old, new) for pair in pairs.kept for old, new in pair.renames
    ]
    return (*tables, *columns)


@dataclass
class Difference:
    """Two states and how their tables pair. ``filled``: columns that a mapping gives values."""

    context: Context
    pairs: Pairs
    old: Side
    renamed: Side
    new: Side
    filled: frozenset[tuple[Name, str]] = frozenset()

    def before_rows(self) -> Iterator[Operation]:
        """What comes before rows are written: drops, renames, new columns and tables."""
        yield from self._orders()
        yield from self._drops()
        yield from self._renames()
        for table in self.tables:
            yield from self._alters(table)
        for name in self.added:
            yield AddTable(self.context, self.new.tables[name])

    def after_rows(self) -> Iterator[Operation]:
        """What holds once the rows are right: NOT NULL, keys, checks, indexes, foreign keys."""
        for table in self.tables:
            yield from self._bounds(table)
        for table in self.tables:
            yield from self._added_parts(table)
        for table in self.tables:
            for key in table.foreign_keys.added:
                yield AddForeignKey(self.context, table.new.name, key)
        for name in self.added:
            for key in self.new.tables[name].foreign_keys:
                yield AddForeignKey(self.context, name, key)

    @cached_property
    def tables(self) -> tuple[TableDifference, ...]:
        """The tables that stay, each with how it differs."""
        found = [self._table(pair_forced=frozenset(), at=at) for at in range(len(self.pairs.kept))]
        shaken = {(table.new.name, columns) for table in found for columns in table.shaken_keys}
        return tuple(
            self._table(pair_forced=self._forced(table, shaken), at=at)
            for at, table in enumerate(found)
        )

    @property
    def added(self) -> tuple[Name, ...]:
        """New tables."""
        return tuple(table.name for table in self.pairs.added)

    def _table(self, *, pair_forced: frozenset[str], at: int) -> TableDifference:
        pair = self.pairs.kept[at]
        return TableDifference(pair, self.old, self.renamed, self.new, pair_forced)

    def _forced(
        self, table: TableDifference, shaken: set[tuple[Name, frozenset[str]]]
    ) -> frozenset[str]:
        return frozenset(
            key.name
            for key in table.renamed.foreign_keys
            if (key.references, frozenset(key.to)) in shaken
        )

    # --- before ------------------------------------------------------------------------------

    def _orders(self) -> Iterator[Operation]:
        """First there, so last back: columns that came back get their places again."""
        for table in self.tables:
            if not table.order_returns:
                name = table.old.name
                steps = [drop_step(name, table.pair.old_name(c)) for c in table.taken]
                steps += [expression_step(name, table.pair.old_name(c)) for c in table.ungenerated]
                yield RestoreOrder(self.context, table.old, self._incoming(name), tuple(steps))

    def _incoming(self, name: Name) -> tuple[tuple[Name, ForeignKey], ...]:
        return tuple(
            (owner, key)
            for owner, table in sorted(self.old.tables.items())
            for key in table.foreign_keys
            if key.references == name and owner != name
        )

    def _drops(self) -> Iterator[Operation]:
        gone = [self.old.tables[table.name] for table in self.pairs.dropped]
        for was in gone:
            for key in was.foreign_keys:
                yield DropForeignKey(self.context, was.name, key)
        for table in self.tables:
            for key in table.foreign_keys.dropped:
                yield DropForeignKey(self.context, table.old.name, key)
        for table in self.tables:
            yield from self._dropped_parts(table)
        for table in self.tables:
            yield from self._dropped_columns(table)
        for was in gone:
            yield DropTable(self.context, was.name)

    def _dropped_parts(self, table: TableDifference) -> Iterator[Operation]:
        name = table.old.name
        for index in table.indexes.dropped:
            yield DropIndex(self.context, name, index)
        for check in table.checks.dropped:
            yield DropCheck(self.context, name, check)
        for key in table.uniques.dropped:
            yield DropKey(self.context, name, key, primary=False)
        for key in table.primary.dropped:
            yield DropKey(self.context, name, key, primary=True)

    def _dropped_columns(self, table: TableDifference) -> Iterator[Operation]:
        name, key = table.old.name, _names(table.old_key)
        for was, now in table.kept():
            if was.identity and not now.identity:
                column = table.pair.old_name(was.name)
                yield SetIdentity(self.context, name, column, was.identity, None)
        for was, now in table.kept():
            if now.nullable and not was.nullable:
                yield AllowNull(self.context, name, table.pair.old_name(was.name), key)
        for column in table.ungenerated:
            yield DropExpression(self.context, name, _column(table.old, table, column), key)
        for column in table.taken:
            yield DropColumn(self.context, name, _column(table.old, table, column), key)

    def _renames(self) -> Iterator[Operation]:
        for old, new in self.pairs.renames:
            yield RenameTable(self.context, old, new)
        for table in self.tables:
            name = table.new.name
            for was, now in table.pair.renames:
                yield RenameColumn(self.context, name, was, now)
            parts = (table.primary, table.uniques, table.checks, table.foreign_keys)
            for was, now in (names for kind in parts for names in kind.renamed):
                yield RenamePart(self.context, name, "constraint", was, now)
            for was, now in table.indexes.renamed:
                yield RenamePart(self.context, name, "index", was, now)

    def _alters(self, table: TableDifference) -> Iterator[Operation]:
        name = table.new.name
        yield from self._retypes(table)
        for was, now in table.kept():
            if was.default != now.default and was.name not in table.retyped:
                yield SetDefault(self.context, name, now.name, was.default, now.default)
            if was.identity and now.identity and was.identity != now.identity:
                yield SetIdentity(self.context, name, now.name, was.identity, now.identity)
        for column in table.added:
            yield AddColumn(self.context, name, column, _names(table.key))
        yield from self._descriptions(table)

    def _retypes(self, table: TableDifference) -> Iterator[Operation]:
        types = {column.name: column for column in table.key}
        for was, now in table.kept():
            if was.name not in table.retyped:
                continue
            key = tuple(types.values())
            before = (table.old.name, table.pair.old_name(was.name), _names(table.old_key))
            old = replace(was, default=None) if was.generated else was
            yield AlterColumnType(self.context, table.new.name, old, now, key, before)
            if was.name in types:
                types[was.name] = now

    def _descriptions(self, table: TableDifference) -> Iterator[Operation]:
        name, was_said, said = table.new.name, table.renamed.description, table.new.description
        if was_said != said:
            yield SetDescription(self.context, name, None, was_said, said)
        for was, now in table.kept():
            if was.description != now.description:
                yield SetDescription(self.context, name, now.name, was.description, now.description)

    # --- after -------------------------------------------------------------------------------

    def _bounds(self, table: TableDifference) -> Iterator[Operation]:
        name, key = table.new.name, _names(table.key)
        for was, now in table.kept():
            if was.nullable and not now.nullable:
                before = (table.old.name, table.pair.old_name(was.name), _names(table.old_key))
                early = None if (name, now.name) in self.filled else before
                yield ForbidNull(self.context, name, now.name, key, early)
        for column in table.added:
            if not filled(column):
                yield ForbidNull(self.context, name, column.name, key, None)
        for was, now in table.kept():
            if now.identity and not was.identity:
                yield SetIdentity(self.context, name, now.name, None, now.identity)

    def _added_parts(self, table: TableDifference) -> Iterator[Operation]:
        name, key = table.new.name, _names(table.key)
        for part in table.primary.added:
            yield AddKey(self.context, name, part, primary=True)
        for part in table.uniques.added:
            yield AddKey(self.context, name, part, primary=False)
        for check in table.checks.added:
            shown = sorted(self.new.stands_on(name, check.name)) or [table.order[0]]
            yield AddCheck(self.context, name, check, shown[0], key)
        for index in table.indexes.added:
            yield AddIndex(name, index)

    # --- what cannot be done -----------------------------------------------------------------

    def refuse(self) -> None:
        """Raise ConfigFailure for changes of type, and drops, that no step can do."""
        problems = [problem for table in self.tables for problem in _refusals(table)]
        if problems:
            raise ConfigFailure(problems)


def _refusals(table: TableDifference) -> Iterator[Problem]:
    for name in table.retyped:
        was, now = table.renamed.column(name), table.new.column(name)
        assert was is not None and now is not None
        kind = cast_kind(was.type, now.type)
        place = f"column {name!r} of {table.new.name}: {was.type} to {now.type}"
        if kind is CastKind.AMBIGUOUS:
            yield _problem(
                table, name, f"{place} depends on a time zone",
                "add a column whose mapping says AT TIME ZONE, then drop this one",
            )  # fmt: skip
        elif kind is CastKind.IMPOSSIBLE:
            yield _problem(
                table, name, f"{place}: the server has no such cast",
                "add a column of the new type with a mapping, then drop this one",
            )  # fmt: skip
        elif kind is CastKind.GUARDED and not table.key:
            yield _problem(
                table, name, f"{place} may lose values, and no key tells the rows apart",
                "give the table a primary key in one compile, and change the type in the next",
            )  # fmt: skip
    for name in table.taken:
        column = table.renamed.column(name)
        assert column is not None
        if column.generated is None and not table.old_key:
            yield _problem(
                table, name,
                f"column {name!r} of {table.new.name} goes, and no other key tells the rows apart,"
                " so a rollback could not bring its values back",
                "add another key in one compile, and drop the column in the next",
            )  # fmt: skip


def _problem(table: TableDifference, column: str, message: str, hint: str) -> Problem:
    written = table.pair.new.column(column)
    return Problem(written.location if written else table.pair.new.location, message, hint)


def _column(old: Table, table: TableDifference, new_name: str) -> Column:
    column = old.column(table.pair.old_name(new_name))
    assert column is not None
    return column


def _names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)

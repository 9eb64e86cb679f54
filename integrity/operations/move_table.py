"""Move a table: metadata only. New schema, new names, wider types; the file of rows stays.

It stands inside the switch. Everything the server named after the old table is renamed too, so
that the catalog is the one the YAML describes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.errors import Problem
from integrity.model import (
    Column,
    Expression,
    ForeignKey,
    Hazard,
    Key,
    Mapping,
    Name,
    StageKind,
    Statement,
    Step,
    Table,
)
from integrity.operations.context import Context, step_id
from integrity.operations.freeze_source import thaw_sql
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render
from integrity.sql.types import keeps_relfilenode


@dataclass(frozen=True, slots=True)
class MoveTable:
    """``mapping`` moves ``legacy`` to ``table``."""

    context: Context
    mapping: Mapping
    legacy: Table
    table: Table

    def migrate(self) -> Iterator[Placed]:
        """The ledger line; the move itself is a part of the switch."""
        yield Placed(
            StageKind.LOAD,
            Step(
                id=step_id("count", self.table.name),
                title=f"account for the rows of {self.legacy.name}",
                why="A move takes all rows as they are; the ledger says how many.",
                statements=(
                    Statement(sql=self._clear()),
                    Statement(
                        sql=render(
                            "move_table.ledger.sql",
                            ledger=self.context.layout.toolkit("ledger"),
                            migration=self.context.migration,
                            table=str(self.table.name),
                            source=str(self.legacy.name),
                            **{"from": self.legacy.name},
                        )
                    ),
                ),
                table=self.table.name,
                undo="the table moves back",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Nothing of its own: the switch moves the table back."""
        yield from ()

    def statements(self) -> Iterator[Statement]:
        """Inside the switch: legacy to unified."""
        yield Statement(sql=thaw_sql(self.legacy.name))
        for one in self._renames(self.legacy, self.table, self.old_names()):
            yield self._locked(one)
        for column, old in self._pairs():
            if column.type != old.type:
                table, name = qualified(self.table.name), ident(column.name)
                yield self._locked(
                    f"alter table {table}\n    alter column {name} type {column.type}"
                )
        yield from map(self._locked, self._descriptions(self.table, self.legacy))

    def statements_back(self) -> Iterator[Statement]:
        """Inside the switch back: unified to legacy, refusing when a value became too long."""
        for column, old in self._pairs():
            if column.type != old.type:
                yield Statement(sql=self._fits(column, old))
        for column, old in self._pairs():
            if column.type != old.type:
                sql = (
                    f"alter table {qualified(self.table.name)}\n"
                    f"    alter column {ident(column.name)} type {old.type}"
                )
                hazard = Hazard("rewrites-table", f"{self.table.name}: back to {old.type}")
                yield Statement(
                    sql=sql, lock=f"ACCESS EXCLUSIVE on {self.table.name}", hazards=(hazard,)
                )
        back = {new: old for old, new in self.old_names().items()}
        for one in self._renames(self.table, self.legacy, back):
            yield self._locked(one)
        yield from map(self._locked, self._descriptions(self.legacy, self.table))

    def index_names(self) -> set[str]:
        """Indexes of the unified table that the legacy table has already."""
        names = self.old_names()
        there = {
            (tuple(names.get(column, column) for column in index.columns), index.unique)
            for index in self.legacy.indexes
        }
        return {one.name for one in self.table.indexes if (one.columns, one.unique) in there}

    def _locked(self, sql: str) -> Statement:
        return Statement(sql=sql, lock=f"ACCESS EXCLUSIVE on {self.legacy.name}")

    def _clear(self) -> str:
        ledger = qualified(self.context.layout.toolkit("ledger"))
        return f"delete from {ledger}\nwhere mapping = {literal(str(self.table.name))}"

    def _fits(self, column: Column, old: Column) -> str:
        key = self.table.primary_key
        return render(
            "move_table.fits.sql",
            table=self.table.name,
            key=ident(key.columns[0]) if key else "ctid",
            column=column.name,
            type=old.type,
            is_valid=self.context.layout.toolkit("is_valid"),
            message=f"%s values of {self.table.name}.{column.name} do not fit {old.type}"
            " any more, for example that of key %s",
        )

    # --- renames -----------------------------------------------------------------------------

    def _renames(self, old: Table, new: Table, names: dict[str, str]) -> Iterator[str]:
        """From the names of ``old`` to those of ``new``; ``names`` maps columns."""
        at = Name(new.name.schema, old.name.name)
        if old.name.schema != new.name.schema:
            yield f"alter table {qualified(old.name)} set schema {ident(new.name.schema)}"
        if old.name.name != new.name.name:
            yield f"alter table {qualified(at)} rename to {ident(new.name.name)}"
        table = qualified(new.name)
        for before, after in names.items():
            if before != after:
                yield f"alter table {table} rename column {ident(before)} to {ident(after)}"
        for before, after in constraint_names(old, new, names):
            yield f"alter table {table} rename constraint {ident(before)} to {ident(after)}"
        for before, after in _index_names(old, new, names):
            index = qualified(Name(new.name.schema, before))
            yield f"alter index {index} rename to {ident(after)}"
        yield from self._sequences(old, new, names)
        yield render("move_table.not_null.sql", table=new.name)

    def _sequences(self, old: Table, new: Table, names: dict[str, str]) -> Iterator[str]:
        """Sequences that serial and identity columns own follow the server's naming."""
        for column in old.columns:
            serial = (column.default or "").startswith("nextval(") or column.identity
            before = f"{old.name.name}_{column.name}_seq"
            after = f"{new.name.name}_{names[column.name]}_seq"
            if serial and before != after:
                sequence = qualified(Name(new.name.schema, before))
                yield f"alter sequence if exists {sequence} rename to {ident(after)}"

    def _descriptions(self, new: Table, old: Table) -> Iterator[str]:
        if new.description != old.description:
            yield f"comment on table {qualified(new.name)} is {literal(new.description)}"
        pairs = {c.name: o for c, o in self._pairs()} if new is self.table else {}
        for column in new.columns:
            before = pairs.get(column.name) or self._counterpart(column, new)
            if column.description != before.description:
                name = f"{qualified(new.name)}.{ident(column.name)}"
                yield f"comment on column {name} is {literal(column.description)}"

    def _counterpart(self, column: Column, table: Table) -> Column:
        for new, old in self._pairs():
            if column.name == (new if table is self.table else old).name:
                return old if table is self.table else new
        raise AssertionError(f"config checked that {column.name} has a counterpart")

    def old_names(self) -> dict[str, str]:
        """The unified name of each legacy column."""
        return {old.name: new.name for new, old in self._pairs()}

    def _pairs(self) -> list[tuple[Column, Column]]:
        return column_pairs(self.mapping, self.legacy, self.table)


def column_pairs(mapping: Mapping, legacy: Table, table: Table) -> list[tuple[Column, Column]]:
    """Each unified column with the legacy column it was."""
    pairs = []
    for column in table.columns:
        value = mapping.sources[0].columns.get(column.name)
        name = value.text if isinstance(value, Expression) else column.name
        old = legacy.column(name.strip('"')) or legacy.column(column.name)
        assert old is not None, "config checked the columns of a move"
        pairs.append((column, old))
    return pairs


def check_move(mapping: Mapping, legacy: Table, table: Table) -> Iterator[Problem]:
    """What a move cannot do: it changes names and widens types, and nothing else."""
    place = mapping.location
    for new, old in column_pairs(mapping, legacy, table):
        if new.type != old.type and not keeps_relfilenode(old.type, new.type):
            yield Problem(
                new.location,
                f"{legacy.name} is moved, but {old.name} would be rewritten:"
                f" {old.type} to {new.type}",
                "load the table with sources instead, or keep the type",
            )
        if new.nullable != old.nullable:
            yield Problem(
                new.location,
                f"{legacy.name} is moved, but NOT NULL differs for {new.name}",
                "declare it as it is; a later migration can change it",
            )
    names = {old.name: new.name for new, old in column_pairs(mapping, legacy, table)}
    missing = _shapes(legacy, names) ^ _shapes(table, {c.name: c.name for c in table.columns})
    for kind, columns in sorted(missing):
        yield Problem(
            place,
            f"{legacy.name} is moved, but only one side has the {kind} ({', '.join(columns)})",
            "declare it as it is; a later migration can change it",
        )


def constraint_names(old: Table, new: Table, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of names of the constraints that are the same on both sides."""
    after = {_shape(kind, c.columns, {}): c.name for kind, c in _constraints(new)}
    for kind, constraint in _constraints(old):
        name = after.get(_shape(kind, constraint.columns, names))
        if name and name != constraint.name:
            yield constraint.name, name
    checks = {check.name: check for check in new.checks}
    left = [c for c in old.checks if c.name not in checks]
    unnamed = [c for c in new.checks if c.name not in {o.name for o in old.checks}]
    yield from ((a.name, b.name) for a, b in zip(left, unnamed, strict=False))


def _index_names(old: Table, new: Table, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    after = {(index.columns, index.unique): index.name for index in new.indexes}
    for index in old.indexes:
        columns = tuple(names.get(column, column) for column in index.columns)
        name = after.get((columns, index.unique))
        if name and name != index.name:
            yield index.name, name


def _constraints(table: Table) -> Iterator[tuple[str, Key | ForeignKey]]:
    if table.primary_key:
        yield "primary key", table.primary_key
    unique = [*([table.natural_key] if table.natural_key else []), *table.uniques]
    yield from (("unique key", key) for key in unique)
    yield from (("foreign key", key) for key in table.foreign_keys)


def _shapes(table: Table, names: dict[str, str]) -> set[tuple[str, tuple[str, ...]]]:
    return {_shape(kind, one.columns, names) for kind, one in _constraints(table)}


def _shape(
    kind: str, columns: tuple[str, ...], names: dict[str, str]
) -> tuple[str, tuple[str, ...]]:
    return kind, tuple(names.get(column, column) for column in columns)

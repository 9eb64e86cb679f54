"""Move a table: metadata only. New schema, new names, wider types; the file of rows stays.

It stands inside the switch. Everything the server named after the old table is renamed too, so
that the catalog is the one the YAML describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from integrity.model import (
    Catalog,
    Column,
    Hazard,
    Mapping,
    Name,
    StageKind,
    Statement,
    Step,
    Table,
)
from integrity.operations.context import Context, step_id
from integrity.operations.freeze_source import thaw_sql
from integrity.operations.moved_names import (
    column_names,
    constraint_names,
    in_turn,
    index_names,
    index_shape,
    same_type,
)
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, literal, qualified, server_name
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class MoveTable:
    """``mapping`` moves ``legacy`` to ``table``.

    ``taken``: relations that stand there before the switch, or after it; ``children``: legacy
    tables that refer to it and stay behind.
    """

    context: Context
    mapping: Mapping
    legacy: Table
    table: Table
    taken: frozenset[Name] = frozenset()
    children: tuple[Name, ...] = ()

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
        yield Statement(sql=thaw_sql(self.legacy.name), hazards=tuple(self._held()))
        for one in self._names_there():
            yield self._locked(one)
        for column, old in self._pairs():
            if not same_type(old, column):
                table, name = qualified(self.table.name), ident(column.name)
                yield self._locked(
                    f"alter table {table}\n    alter column {name} type {column.type}"
                )
        yield from map(self._locked, self._descriptions(self.table, self.legacy))

    def statements_back(self) -> Iterator[Statement]:
        """Inside the switch back: unified to legacy, refusing when a value became too long."""
        for column, old in self._pairs():
            if not same_type(old, column):
                yield Statement(sql=self._fits(column, old))
        for column, old in self._pairs():
            if not same_type(old, column):
                sql = (
                    f"alter table {qualified(self.table.name)}\n"
                    f"    alter column {ident(column.name)} type {old.type}"
                )
                hazard = Hazard("rewrites-table", f"{self.table.name}: back to {old.type}")
                yield Statement(
                    sql=sql, lock=f"ACCESS EXCLUSIVE on {self.table.name}", hazards=(hazard,)
                )
        for one in self._names_back():
            yield self._locked(one)
        yield from map(self._locked, self._descriptions(self.legacy, self.table))

    def index_names(self) -> set[str]:
        """Indexes of the unified table that the legacy table has already."""
        there = {index_shape(index, self.old_names()) for index in self.legacy.indexes}
        return {one.name for one in self.table.indexes if index_shape(one, {}) in there}

    def _held(self) -> Iterator[Hazard]:
        """Legacy tables keep their foreign keys, and cannot follow a delete: they are read-only."""
        for child in self.children:
            detail = f"rows of {self.table.name} that {child} refers to cannot be deleted"
            yield Hazard("legacy-read-only", f"{detail} before finalize")

    def _locked(self, sql: str) -> Statement:
        return Statement(sql=sql, lock=f"ACCESS EXCLUSIVE on {self.legacy.name}")

    def _clear(self) -> str:
        ledger = self.context.layout.toolkit("ledger")
        return render("move_table.clear.sql", ledger=ledger, table=str(self.table.name))

    def _fits(self, column: Column, old: Column) -> str:
        key = self.table.primary_key
        body = render(
            "move_table.fits.sql",
            table=self.table.name,
            key=ident(key.columns[0]) if key else "ctid",
            column=column.name,
            type=old.type,
            is_valid=self.context.layout.toolkit("is_valid"),
            name=f"{self.table.name}.{column.name}",
        )
        return render("move_table.do.sql", body=body)

    # --- renames -----------------------------------------------------------------------------

    def _names_there(self) -> Iterator[str]:
        first = self._schema_first
        return self._renames(self.legacy, self.table, self.old_names(), schema_first=first)

    def _names_back(self) -> Iterator[str]:
        """The same in reverse, so that no name is taken on the way."""
        names = {new: old for old, new in self.old_names().items()}
        return self._renames(self.table, self.legacy, names, schema_first=not self._schema_first)

    def _renames(
        self, old: Table, new: Table, names: dict[str, str], *, schema_first: bool
    ) -> Iterator[str]:
        """From the names of ``old`` to those of ``new``; ``names`` maps columns."""
        schema = new.name.schema if schema_first else old.name.schema
        here, there = Name(schema, old.name.name), Name(schema, new.name.name)
        if old.name.schema != schema:
            yield f"alter table {qualified(old.name)} set schema {ident(schema)}"
        if here != there:
            yield f"alter table {qualified(here)} rename to {ident(there.name)}"
        for before, after in in_turn(names.items()):
            yield f"alter table {qualified(there)} rename column {ident(before)} to {ident(after)}"
        exact = self.mapping.derived
        for before, after in in_turn(constraint_names(old, new, names, exact=exact)):
            yield (
                f"alter table {qualified(there)} rename constraint {ident(before)}"
                f" to {ident(after)}"
            )
        for before, after in in_turn(index_names(old, new, names, exact=exact)):
            index = qualified(Name(schema, before))
            yield f"alter index {index} rename to {ident(after)}"
        for column in old.columns:
            yield from _sequence(column, old, new, names, schema)
        yield from _not_null(old, new, names, there)
        if new.name.schema != schema:
            yield f"alter table {qualified(there)} set schema {ident(new.name.schema)}"

    @property
    def _schema_first(self) -> bool:
        """Whether the old names are free in the new schema, so that names can follow there."""
        schema = self.table.name.schema
        if schema == self.legacy.name.schema:
            return True
        return all(Name(schema, name) not in self.taken for name in self.legacy.relations())

    def blocked(self) -> bool:
        """Whether the old name is taken in the new schema, and the new name in the old one."""
        back = Name(self.legacy.name.schema, self.table.name.name)
        return not self._schema_first and back != self.legacy.name and back in self.taken

    def _descriptions(self, new: Table, old: Table) -> Iterator[str]:
        if self.mapping.derived:
            return
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
        names = column_names(self.mapping, self.legacy, self.table)
        pairs = ((self.table.column(new), self.legacy.column(old)) for old, new in names.items())
        return [(new, old) for new, old in pairs if new and old]


def _sequence(
    column: Column, old: Table, new: Table, names: dict[str, str], schema: str
) -> Iterator[str]:
    """The sequence that a serial or identity column owns, where it has the server's name."""
    before = server_name(old.name.name, column.name, "seq")
    after = server_name(new.name.name, names[column.name], "seq")
    default = column.default or ""
    serial = default.startswith("nextval(") and before in default
    if (serial or column.identity) and before != after:
        sequence = qualified(Name(schema, before))
        yield f"alter sequence if exists {sequence} rename to {ident(after)}"


def _not_null(old: Table, new: Table, names: dict[str, str], at: Name) -> Iterator[str]:
    part = "not_null"
    pairs = [
        (server_name(old.name.name, before, part), server_name(new.name.name, after, part))
        for before, after in names.items()
    ]
    if any(before != after for before, after in pairs):
        body = render("move_table.not_null.sql", table=at, names=pairs)
        yield render("move_table.do.sql", body=body)


def relations(
    legacy: Catalog, unified: Iterable[Table], parked: AbstractSet[Name]
) -> frozenset[Name]:
    """What has a name in a schema before the switch, parked tables left out, or after it."""
    staying = (table for table in legacy.tables if table.name not in parked)
    found = {Name(t.name.schema, name) for t in staying for name in t.relations()}
    found |= {view.name for view in legacy.views}
    return frozenset(found | {table.name for table in unified})


def in_turn_of_names(moves: Iterable[MoveTable]) -> list[MoveTable]:
    """The moves, each after the one whose name it takes."""
    waiting = {move.legacy.name: move for move in moves}
    found: list[MoveTable] = []
    while waiting:
        ready = [m for m in waiting.values() if m.table.name not in waiting or _stays(m)]
        for move in ready or [*waiting.values()]:  # a ring was reported by check_move
            found.append(waiting.pop(move.legacy.name))
    return found


def _stays(move: MoveTable) -> bool:
    return move.table.name == move.legacy.name

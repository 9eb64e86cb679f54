"""What a move cannot do: it changes names and widens types, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from integrity.errors import Problem
from integrity.model import Column, ForeignKey, Location, Name, Project, Table
from integrity.model import Mapping as TableMapping
from integrity.operations.move_table import MoveTable
from integrity.operations.moved_names import (
    column_names,
    index_shape,
    key_shape,
    keys,
    normal,
    renamed,
    same_type,
)
from integrity.sql.expression import parse
from integrity.sql.types import keeps_relfilenode

_AS_IT_IS = "declare it as it is; a later migration can change it"


def check_moves(project: Project) -> Iterator[Problem]:
    """The problems of all moves of a project, each with its place."""
    for mapping in project.mappings:
        if mapping.moves and not mapping.derived:
            legacy = project.legacy.table(mapping.sources[0].table)
            table = project.table(mapping.table)
            assert legacy is not None and table is not None
            yield from _Move(project, mapping, legacy, table).problems()


def check_names(moves: Sequence[MoveTable]) -> Iterator[Problem]:
    """Moves that would meet a name on their way: of another table, or of each other."""
    for move in moves:
        if move.blocked():
            old, new = move.legacy.name, move.table.name
            message = f"{old} cannot become {new}: a name is taken in both schemas on the way"
            yield Problem(move.mapping.location, message, "give it another name")
    places = {move.legacy.name: at for at, move in enumerate(moves)}
    for at, move in enumerate(moves):
        before = places.get(move.table.name, at)
        if before > at:
            message = f"{move.legacy.name} cannot take the name {move.table.name}, which is passed"
            yield Problem(
                move.mapping.location,
                f"{message} on in a ring of moves",
                "give one of the tables another name",
            )


@dataclass(frozen=True, slots=True)
class _Move:
    project: Project
    mapping: TableMapping
    legacy: Table
    table: Table

    def problems(self) -> Iterator[Problem]:
        for old, new in self._pairs():
            yield from self._column(old, new)
        yield from self._one_sided("unique key", self._keys(self.legacy), self._keys(self.table))
        yield from self._foreign_keys()
        yield from self._checks()
        yield from self._missing_indexes()

    # --- columns -----------------------------------------------------------------------------

    def _pairs(self) -> Iterator[tuple[Column, Column]]:
        for before, after in self._names.items():
            old, new = self.legacy.column(before), self.table.column(after)
            assert old is not None and new is not None
            yield old, new

    def _column(self, old: Column, new: Column) -> Iterator[Problem]:
        if not same_type(old, new):
            yield from self._type(old, new)
        if new.nullable != old.nullable and old.name not in self._primary_key:
            yield self._problem(new.location, f"NOT NULL differs for {new.name}")
        differing = {
            "the default": (self._default(old.default, self._names), self._default(new.default)),
            "the expression": (
                self._default(old.generated, self._names),
                self._default(new.generated),
            ),
            "the identity": (old.identity, new.identity),
            "the collation": (old.collation, new.collation),
        }
        for what, (before, after) in differing.items():
            if before != after:
                message = f"{what} of {new.name} differs: {before or 'none'}, {after or 'none'}"
                yield self._problem(new.location, message)

    def _default(self, text: str | None, names: Mapping[str, str] | None = None) -> str:
        if text is None:
            return ""
        if text.startswith("nextval("):
            return "a sequence"  # it follows its table and is renamed with it
        return normal(renamed(text, names or {})).strip()

    def _type(self, old: Column, new: Column) -> Iterator[Problem]:
        if not keeps_relfilenode(old.type, new.type):
            message = f"{old.name} would be rewritten: {old.type} to {new.type}"
            hint = "load the table with sources instead, or keep the type"
            yield self._problem(new.location, message, hint)
        for reader in self._readers(old):
            message = f"the type of {new.name} cannot change: {reader} reads it"
            yield self._problem(new.location, message, f"keep the type {old.type}")

    def _readers(self, old: Column) -> Iterator[str]:
        """What the server does not rebuild when a type changes."""
        for view in self.project.legacy.views:
            if self.legacy.name in view.reads:
                yield f"view {view.name}"
        for column in self.legacy.columns:
            if column.generated and old.name in parse(column.generated).columns:
                yield f"generated column {column.name}"

    # --- parts -------------------------------------------------------------------------------

    def _keys(self, table: Table) -> dict[object, tuple[str, ...]]:
        names = self._names if table is self.legacy else {}
        primary = table.primary_key
        return {
            (key is primary, key_shape(key, names)): tuple(names.get(c, c) for c in key.columns)
            for key in keys(table)
        }

    def _foreign_keys(self) -> Iterator[Problem]:
        staying = [k for k in self.legacy.foreign_keys if not self._move_of(k.references)]
        if not staying:
            yield from self._one_sided(
                "foreign key", self._references(self.legacy), self._references(self.table)
            )
        for key in staying:
            what = f"its foreign key on ({', '.join(key.columns)}) would go on referring to legacy"
            hint = f"move {key.references} too, or load {self.table.name} with sources"
            yield self._problem(self.mapping.location, f"{what} {key.references}", hint)

    def _references(self, table: Table) -> dict[object, tuple[str, ...]]:
        legacy = table is self.legacy
        return {
            self._reference(key, legacy=legacy): tuple(
                self._names.get(c, c) if legacy else c for c in key.columns
            )
            for key in table.foreign_keys
        }

    def _reference(self, key: ForeignKey, *, legacy: bool) -> object:
        """A foreign key as it will be; it follows the table that it refers to."""
        actions = (key.on_delete, key.on_update, key.deferrable)
        if not legacy:
            return key.columns, key.references, key.to, actions
        columns = tuple(self._names.get(c, c) for c in key.columns)
        move = self._move_of(key.references)
        names = column_names(*move) if move else {}
        to = tuple(names.get(c, c) for c in key.to)
        return columns, move[0].table if move else key.references, to, actions

    def _move_of(self, legacy: Name) -> tuple[TableMapping, Table, Table] | None:
        for mapping in self.project.mappings:
            if mapping.moves and mapping.sources[0].table == legacy:
                old, new = self.project.legacy.table(legacy), self.project.table(mapping.table)
                assert old is not None and new is not None
                return mapping, old, new
        return None

    def _one_sided(
        self,
        kind: str,
        before: Mapping[object, tuple[str, ...]],
        after: Mapping[object, tuple[str, ...]],
    ) -> Iterator[Problem]:
        for shape in before.keys() ^ after.keys():
            columns = ", ".join(before.get(shape) or after[shape])
            side = self.legacy.name if shape in before else self.table.name
            yield self._problem(
                self.mapping.location, f"only {side} has that {kind} on ({columns})"
            )

    def _checks(self) -> Iterator[Problem]:
        before, after = len(self.legacy.checks), len(self.table.checks)
        if before != after:
            message = f"{self.legacy.name} has {before} checks, {self.table.name} {after}"
            yield self._problem(self.mapping.location, message)

    def _missing_indexes(self) -> Iterator[Problem]:
        """An index that only legacy has would stay; one that only YAML has is added later."""
        there = {index_shape(index, {}) for index in self.table.indexes}
        for index in self.legacy.indexes:
            if index_shape(index, self._names) not in there:
                message = f"only {self.legacy.name} has the index {index.name}"
                yield self._problem(self.mapping.location, message)

    @property
    def _names(self) -> dict[str, str]:
        return column_names(self.mapping, self.legacy, self.table)

    @property
    def _primary_key(self) -> tuple[str, ...]:
        return self.legacy.primary_key.columns if self.legacy.primary_key else ()

    def _problem(self, place: Location, what: str, hint: str = _AS_IT_IS) -> Problem:
        return Problem(place, f"{self.legacy.name} is moved, but {what}", hint)

"""Change the type or the collation of a column of a live table.

Values that the new type does not take stop the migration before anything is changed. Where the
new type may hold less, the old values are kept beside, and a rollback brings them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import collation
from integrity.model import Column, Hazard, Name, StageKind
from integrity.operations.change import EXCLUSIVE, Change
from integrity.operations.context import Context, step_id
from integrity.operations.guard_rows import guard_rows
from integrity.operations.operation import Placed
from integrity.sql.quote import cut, ident, literal, qualified
from integrity.sql.template import render
from integrity.sql.types import CastKind, cast_kind, keeps_relfilenode

_HINT = "mend the values, or choose a type that takes them; then run the migration again"


@dataclass(frozen=True, slots=True)
class AlterColumnType:
    """``old`` and ``new`` are the column as it was and as it becomes, both under its new name.

    ``before``: table, column and key as they are named before the migration. ``key`` identifies
    the rows at the time of the change.
    """

    context: Context
    table: Name
    old: Column
    new: Column
    key: tuple[Column, ...]
    before: tuple[Name, str, tuple[str, ...]]

    def migrate(self) -> Iterator[Placed]:
        """Look first, then keep the old values and change the type under one lock."""
        table, column, key = self.before
        if self._may_fail:
            yield Change(self.context, table, StageKind.PREPARE).there(
                step_id("look for values that do not cast", table, column),
                [self._guard(table, column, key, self.new.type)],
                why=f"Before anything is changed: every value must be a {self.new.type}.",
                undo="nothing to undo",
            )
        yield self._change.there(
            self._step,
            self._there(),
            why=self._why,
            undo="the type it had; values that were kept come back exactly",
            lock=EXCLUSIVE,
            hazards=self._hazards(),
        )

    def rollback(self) -> Iterator[Placed]:
        """The old type; rows changed since are cast, and stop the rollback if they do not cast."""
        yield self._change.back(
            step_id("alter type back", self.table, self.old.name),
            self._back(),
            of=self._step,
            why=f"The column was {self.old.type} before.",
        )

    # --- there -------------------------------------------------------------------------------

    def _there(self) -> Iterator[str]:
        if self._may_fail:
            yield f"lock table {qualified(self.table)} in access exclusive mode"
            key = tuple(column.name for column in self.key)
            yield self._guard(self.table, self.old.name, key, self.new.type)
        if self._may_lose:
            yield f"drop table if exists {qualified(self._saved)}"
            yield self._save()
        yield self._alter(self.old, self.new, self._became)

    def _save(self) -> str:
        own = {self.old.name: self._became}  # a key that changes itself is kept as it becomes
        return render(
            "alter_column_type.save.sql",
            table=self.table,
            at=self._saved,
            key=[(c.name, own.get(c.name, ident(c.name))) for c in self.key],
            column=self.old.name,
            became=self._became,
        )

    @property
    def _became(self) -> str:
        return _cast(ident(self.old.name), self.old, self.new)

    @property
    def _why(self) -> str:
        if keeps_relfilenode(self.old.type, self.new.type):
            return f"{self.old.type} to {self.new.type} changes the catalog only, no row."
        return f"{self.old.type} to {self.new.type}: the server writes the table anew."

    def _hazards(self) -> Iterator[Hazard]:
        name, change = f"{self.table}.{self.old.name}", f"{self.old.type} to {self.new.type}"
        if not keeps_relfilenode(self.old.type, self.new.type):
            yield Hazard("rewrites-table", f"{name}: {change}")
        if self._may_fail:
            yield Hazard("narrows-type", f"{name}: {change}")

    # --- back --------------------------------------------------------------------------------

    def _back(self) -> Iterator[str]:
        yield f"lock table {qualified(self.table)} in access exclusive mode"
        if not self._may_lose:
            if self._kind_back is not CastKind.IDENTICAL:
                key = tuple(column.name for column in self.key)
                yield self._guard(self.table, self.old.name, key, self.old.type)
            yield self._alter(self.new, self.old, _cast(ident(self.old.name), self.new, self.old))
            return
        function = Name(self.context.toolkit_schema, cut(f"{self._saved.name}_value"))
        named = [(c.name, self.new.type if c.name == self.old.name else c.type) for c in self.key]
        yield render(
            "alter_column_type.value.sql",
            function=function,
            at=self._saved,
            key=named,
            old=self.old.type,
            new=self.new.type,
            cast=_cast("given", self.new, self.old),
        )
        given = ", ".join(ident(name) for name in (*(c.name for c in self.key), self.old.name))
        yield self._alter(self.new, self.old, f"{qualified(function)}({given})")
        types = ", ".join((*(type_ for _, type_ in named), self.new.type))
        yield f"drop function {qualified(function)}({types})"
        yield f"drop table {qualified(self._saved)}"

    # --- both --------------------------------------------------------------------------------

    def _alter(self, old: Column, new: Column, using: str) -> str:
        """One ALTER TABLE, because a default of the old type may not cast to the new one."""
        name = ident(self.old.name)
        place = f"    alter column {name}"
        type_ = f"{place} type {new.type}"
        collated = new.collation or ("default" if old.collation and _is_text(new.type) else None)
        if collated:
            type_ += f" collate {collation(collated)}"
        lines = [f"{place} drop default"] if old.default is not None else []
        lines.append(f"{type_} using {using}" if using != name else type_)
        if new.default is not None:
            lines.append(f"{place} set default {new.default}")
        return f"alter table {qualified(self.table)}\n" + ",\n".join(lines)

    def _guard(self, table: Name, column: str, key: tuple[str, ...], type_: str) -> str:
        test = f"{qualified(self.context.layout.toolkit('is_valid'))}"
        return guard_rows(
            table,
            column=column,
            key=key,
            bad=f"not coalesce({test}(t.{ident(column)}::text, {literal(type_)}), true)",
            problem=f"values are no {type_}",
            hint=_HINT,
        )

    @property
    def _kind(self) -> CastKind:
        return cast_kind(self.old.type, self.new.type)

    @property
    def _kind_back(self) -> CastKind:
        return cast_kind(self.new.type, self.old.type)

    @property
    def _may_fail(self) -> bool:
        return self._kind is CastKind.GUARDED

    @property
    def _may_lose(self) -> bool:
        return self._kind is CastKind.GUARDED

    @property
    def _saved(self) -> Name:
        return self.context.saved(self.table, self.old.name)

    @property
    def _step(self) -> str:
        return step_id("alter type", self.table, self.old.name)

    @property
    def _change(self) -> Change:
        return Change(self.context, self.table, StageKind.CREATE)


def _is_text(type_: str) -> bool:
    """Whether values of the type have a collation, which ALTER would otherwise keep."""
    return type_.startswith(("text", "character", "name"))


def _cast(value: str, old: Column, new: Column) -> str:
    """``value`` as the new type; by way of its text where the server has no cast of its own."""
    if old.type == new.type:
        return value
    kind = cast_kind(old.type, new.type)
    direct = kind in (CastKind.IDENTICAL, CastKind.WIDENING)
    return f"{value}::{new.type}" if direct else f"{value}::text::{new.type}"

"""A table that is loaded because what it refers to gets new numbers: all else stays as it is.

Its rows keep their key, so whatever names them by number still does. Only foreign keys to merged
tables are rewritten, through the crosswalk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from re import compile as pattern

from integrity.model import Check, Column, ForeignKey, Name, Table
from integrity.propose.drafts import (
    Crosswalk,
    Draft,
    DraftColumn,
    DraftMapping,
    DraftSource,
    DraftTable,
)
from integrity.propose.fates import Fates
from integrity.propose.model import Survey
from integrity.propose.rewritten import Rewritten
from integrity.sql.quote import ident
from integrity.sql.scan import tokens

# A check over the clock held when the row was written, and may refuse it now.
_CLOCK = pattern(r"(?i)\b(now|clock_timestamp|statement_timestamp|current_\w+|localtime\w*)\b")


@dataclass(frozen=True, slots=True)
class Following:
    """Drafts one table that follows a merge."""

    survey: Survey
    fates: Fates
    name: Name

    def draft(self) -> Draft:
        """The table under its own name, and its mapping."""
        table = self.survey.facts[self.name].table
        assert table.primary_key is not None, f"{self.name} was checked by fates"
        return Draft(
            group=self.fates.followers[self.name],
            table=self._table(table, table.primary_key.columns),
            mapping=DraftMapping(
                table=table.name,
                sources=(self._source(table),),
                notes=tuple(self._mapping_notes(table)),
            ),
        )

    def _table(self, table: Table, primary: tuple[str, ...]) -> DraftTable:
        columns = [self._column(table, column) for column in table.columns]
        natural: tuple[str, ...] = ()
        if len(primary) > 1:
            number = _free("row_key", table)
            note = "a loaded table has a key of one column"
            columns.insert(0, DraftColumn(name=number, type="bigint", assigned=True, note=note))
            natural, primary = primary, (number,)
        return DraftTable(
            name=table.name,
            description=table.description,
            columns=tuple(columns),
            primary_key=primary,
            natural_key=natural,
            uniques=tuple(key for key in table.uniques if key.columns != natural),
            foreign_keys=tuple(self._foreign_key(key) for key in table.foreign_keys),
            checks=tuple(check for check in table.checks if not self._is_loose(check)),
            indexes=table.indexes,
            notes=tuple(self._table_notes(table)),
        )

    def _column(self, table: Table, column: Column) -> DraftColumn:
        counted = bool(column.identity) or "nextval(" in (column.default or "")
        in_key = table.primary_key is not None and column.name in table.primary_key.columns
        return DraftColumn(
            name=column.name,
            type="bigint" if self._origin(table, column) else column.type,
            nullable=column.nullable and not in_key,
            default=None if counted else column.default,
            generated=column.generated,
            collation=column.collation,
            description=column.description,
            note="was counted by a sequence; decide who numbers new rows" if counted else "",
        )

    def _origin(self, table: Table, column: Column) -> Name | None:
        """The merged table whose rows the column names."""
        merged = {name for merge in self.fates.merges for name in merge.tables}
        return Rewritten(self.survey.facts, merged).origin(table, column.name)

    def _foreign_key(self, key: ForeignKey) -> ForeignKey:
        merge = self.fates.merge_of(key.references)
        return replace(key, references=merge.tables[0], to=()) if merge else key

    def _source(self, table: Table) -> DraftSource:
        values: dict[str, str | Crosswalk] = {}
        for column in table.columns:
            if column.generated is not None:
                continue
            origin = self._origin(table, column)
            values[column.name] = (
                Crosswalk(origin, column.name, column.nullable) if origin else ident(column.name)
            )
        ignore = {c.name: "derived: the server generates it" for c in table.columns if c.generated}
        return DraftSource(table=table.name, columns=values, ignore=ignore, write_back=True)

    def _is_loose(self, check: Check) -> bool:
        """Whether rows that are there may break it, or would with their new numbers."""
        table = self.survey.facts[self.name].table
        text = [token.text for token in tokens(check.expression)]
        names = {c.name for c in table.columns if self._origin(table, c)}
        return (
            bool(_CLOCK.search(check.expression))
            or (self.name, check.name) in self.survey.unproven
            or any(name in text or ident(name) in text for name in names)
        )

    def _table_notes(self, table: Table) -> Iterator[str]:
        own = table.primary_key.columns if table.primary_key else ()
        changes = any(self._origin(table, c) for c in table.columns if c.name in own)
        keep = "its key changes with it" if changes else "rows keep their key"
        yield f"Draft: loaded because of what it refers to; {keep}."
        dropped = [check.name for check in table.checks if self._is_loose(check)]
        if dropped:
            yield (
                "Decide: checks over the clock, over new numbers, or never validated, may refuse"
                f" old rows and are not carried over: {', '.join(dropped)}"
            )
        if table.triggers:
            names = ", ".join(trigger.name for trigger in table.triggers)
            yield f"Decide: its triggers are not carried over: {names}"

    def _mapping_notes(self, table: Table) -> Iterator[str]:
        named = ", ".join(c.name for c in table.columns if self._origin(table, c))
        if named:
            yield f"Draft: rows go over as they are; {named} through the crosswalk."
        else:
            yield "Draft: rows go over as they are."


def _free(name: str, table: Table) -> str:
    taken = {column.name for column in table.columns}
    while name in taken:
        name = f"{name}_"
    return name

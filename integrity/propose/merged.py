"""A group of tables into one unified table and the mapping that fills it.

A column that the leading table has, or two others have, gets a type that takes the values of all
that can be widened to it. Whatever has no safe place stands in a column of JSON under its own name,
so that no value is lost. Columns of different meaning, such as foreign keys to different tables,
never share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrity.model import Column, ForeignKey, Name, Table
from integrity.propose.drafts import (
    Crosswalk,
    Draft,
    DraftColumn,
    DraftMapping,
    DraftSource,
    DraftTable,
)
from integrity.propose.fates import Fates, Merge
from integrity.propose.keys import counterpart
from integrity.propose.likeness import type_class
from integrity.propose.model import Survey
from integrity.propose.survey import is_surrogate
from integrity.propose.words import words
from integrity.sql.quote import ident
from integrity.sql.types import CastKind, cast_kind

REST = "legacy_attributes"
_NAMED = 12  # undeclared references that a comment lists
_FITS = (CastKind.IDENTICAL, CastKind.WIDENING)


@dataclass(slots=True)
class _Unified:
    """A unified column, and the legacy column that fills it from each table."""

    name: str
    sources: dict[Name, Column]
    type: str = "text"
    references: ForeignKey | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Merging:
    """Drafts the merge of one group."""

    survey: Survey
    fates: Fates
    merge: Merge
    notes: dict[Name, list[str]] = field(default_factory=dict)

    def draft(self) -> Draft:
        """The unified table under the name of the leading one, and its mapping."""
        self.notes = {name: [] for name in self.merge.tables}
        columns = [self._typed(column) for column in self._columns()]
        columns = [column for column in columns if column.sources]
        rest = self._free(REST, columns)
        sources = tuple(self._source(name, columns, rest) for name in self.merge.tables)
        used = any(source.rest for source in sources)
        return Draft(
            group=self.merge.group.name,
            table=self._table(columns, rest if used else ""),
            mapping=DraftMapping(
                table=self.leading.name,
                sources=sources,
                description=f"{len(sources)} tables that hold the same thing.",
                notes=tuple(self._mapping_notes()),
            ),
        )

    @property
    def leading(self) -> Table:
        """The table that leads the group."""
        return self._contract(self.merge.tables[0])

    def _contract(self, name: Name) -> Table:
        return self.survey.facts[name].table

    # --- columns -----------------------------------------------------------------------------

    def _columns(self) -> Iterator[_Unified]:
        """Columns of the leading table, then those that two others have."""
        taken: dict[Name, set[str]] = {name: set() for name in self.merge.tables}
        yield self._key_column(taken)
        for column in self.leading.columns:
            if self._stands(self.leading, column, taken):
                yield self._shared(self.leading, column, self.merge.tables[1:], taken)
        for at, name in enumerate(self.merge.tables[1:], start=2):
            table = self._contract(name)
            for column in table.columns:
                if not self._stands(table, column, taken):
                    continue
                others = self.merge.tables[at:]
                if any(self._match(table, column, other, taken) for other in others):
                    yield self._shared(table, column, others, taken)

    def _key_column(self, taken: dict[Name, set[str]]) -> _Unified:
        names = self.merge.key.candidate.names
        found = {name: self._column(name, column) for name, column in names.items()}
        for name, column in names.items():
            taken[name].add(column)
        return _Unified(self.merge.key.candidate.column, found)

    def _column(self, table: Name, name: str) -> Column:
        column = self._contract(table).column(name)
        assert column is not None, f"{table}.{name} is of the catalog"
        return column

    def _stands(self, table: Table, column: Column, taken: dict[Name, set[str]]) -> bool:
        """Whether it may become a column: not numbers of the table's own, nor what is derived."""
        own = column.name in taken[table.name] or column.generated is not None
        return not own and not is_surrogate(column) and not self._is_key(table, column)

    def _is_key(self, table: Table, column: Column) -> bool:
        return column.name in self.merge.source_keys[table.name] and is_surrogate(column)

    def _shared(
        self, table: Table, column: Column, others: tuple[Name, ...], taken: dict[Name, set[str]]
    ) -> _Unified:
        sources = {table.name: column}
        taken[table.name].add(column.name)
        for other in others:
            found = self._match(table, column, other, taken)
            if found is not None:
                sources[other] = found
                taken[other].add(found.name)
        return _Unified(column.name, sources)

    def _match(
        self, table: Table, column: Column, other: Name, taken: dict[Name, set[str]]
    ) -> Column | None:
        contract = self._contract(other)
        name = counterpart(self.survey, table, column, contract)
        found = contract.column(name) if name else None
        return found if found is not None and self._stands(contract, found, taken) else None

    # --- types and meaning -------------------------------------------------------------------

    def _typed(self, column: _Unified) -> _Unified:
        """Decide type and foreign key; sources that do not fit leave it for the rest."""
        self._same_meaning(column)
        column.type = _widest([source.type for source in column.sources.values()])
        for name, source in list(column.sources.items()):
            if cast_kind(source.type, column.type) not in _FITS:
                del column.sources[name]
                self.notes[name].append(
                    f"{source.name} is {source.type}, not {column.type}: kept as it is in the rest"
                    f"{_advice(source.type, column.type)}"
                )
        if column.references is not None and self._follows(column.references.references):
            column.type = "bigint"
        return column

    def _same_meaning(self, column: _Unified) -> None:
        """A foreign key stays when all sources have one and all lead to the same place."""
        keys = {name: _reference(self._contract(name), c) for name, c in column.sources.items()}
        targets = {key and self._place(key) for key in keys.values()}
        first = next((key for key in keys.values() if key is not None), None)
        if len(targets) == 1:
            column.references = first
            return
        kept = keys[next(iter(keys))]
        wanted = kept and self._place(kept)
        for name, key in keys.items():
            if (key and self._place(key)) != wanted:
                there = f"refers to {key.references}" if key else "has no foreign key"
                self.notes[name].append(
                    f"{column.sources[name].name} {there}, unlike {column.name} of"
                    f" {next(iter(keys))}: kept in the rest until a person says what it names"
                )
                del column.sources[name]
        column.references = kept

    def _place(self, key: ForeignKey) -> tuple[Name, tuple[str, ...]]:
        """What a foreign key leads to; of a merged table always its number."""
        return self._target(key), () if self._follows(key.references) else key.to

    def _target(self, key: ForeignKey) -> Name:
        """The unified table that a foreign key leads to."""
        merge = self.fates.merge_of(key.references)
        return merge.tables[0] if merge else key.references

    def _follows(self, table: Name) -> bool:
        return self.fates.merge_of(table) is not None

    # --- sources -----------------------------------------------------------------------------

    def _source(self, name: Name, columns: list[_Unified], rest: str) -> DraftSource:
        table = self._contract(name)
        key = self.merge.source_keys[name]
        values: dict[str, str | Crosswalk] = {}
        for column in columns:
            if name in column.sources:
                values[column.name] = self._value(column, column.sources[name])
        if self.merge.key.folded:
            own = self._column(name, self.merge.key.candidate.names[name])
            text = ident(own.name) + ("" if type_class(own.type) == "text" else "::text")
            values[self._match_column()] = f"lower(btrim({text}))"
        read = {c.sources[name].name for c in columns if name in c.sources} | set(key)
        generated = {
            c.name: "derived: the server generated it" for c in table.columns if c.generated
        }
        left = [c.name for c in table.columns if c.name not in read and c.name not in generated]
        primary = table.primary_key.columns if table.primary_key else ()
        if left:
            self.notes[name].append(f"the rest: {', '.join(left)}")
        return DraftSource(
            table=name,
            key=() if key == primary else key,
            columns=values,
            rest=rest if left else "",
            ignore={c: why for c, why in generated.items() if c not in read},
            write_back=name == self.leading.name,
            notes=tuple(self.notes[name]),
        )

    def _value(self, column: _Unified, source: Column) -> str | Crosswalk:
        key = column.references and _reference_of(self._contract_of(column, source), source)
        if key is not None and self._follows(key.references):
            return Crosswalk(key.references, source.name, source.nullable)
        return ident(source.name)

    def _contract_of(self, column: _Unified, source: Column) -> Table:
        name = next(n for n, c in column.sources.items() if c is source)
        return self._contract(name)

    # --- the table ---------------------------------------------------------------------------

    def _table(self, columns: list[_Unified], rest: str) -> DraftTable:
        key, *others = columns
        made = [DraftColumn(name=self._number(columns), type="bigint", assigned=True)]
        made.append(DraftColumn(name=key.name, type=key.type, nullable=False))
        if self.merge.key.folded:
            note = f"{key.name} in lower case, no blanks around it: spellings differ"
            made.append(
                DraftColumn(name=self._match_column(), type="text", nullable=False, note=note)
            )
        made += [DraftColumn(name=c.name, type=c.type) for c in others]
        if rest:
            made.append(DraftColumn(name=rest, type="jsonb", note="what had no safe place"))
        natural = self._match_column() if self.merge.key.folded else key.name
        return DraftTable(
            name=self.leading.name,
            description=self.leading.description,
            columns=tuple(made),
            primary_key=(made[0].name,),
            natural_key=(natural,),
            foreign_keys=tuple(self._foreign_keys(columns)),
            notes=tuple(self._table_notes()),
        )

    def _number(self, columns: list[_Unified]) -> str:
        """What the numbered key is called: as in the leading table, if it is free."""
        primary = self.leading.primary_key
        wanted = [*(primary.columns if primary and len(primary.columns) == 1 else ())]
        noun = words(self.leading.name.name)[-1]
        taken = {column.name for column in columns} | {REST, self._match_column()}
        free = [name for name in (*wanted, f"{noun}_id") if name not in taken]
        return free[0] if free else self._free(f"{noun}_key", columns)

    def _match_column(self) -> str:
        """The column of folded values; no table of the group has one of that name."""
        name = f"{self.merge.key.candidate.column}_folded"
        while any(self._contract(table).column(name) for table in self.merge.tables):
            name = f"{name}_"
        return name

    def _free(self, name: str, columns: list[_Unified]) -> str:
        taken = {column.name for column in columns}
        while name in taken:
            name = f"{name}_"
        return name

    def _foreign_keys(self, columns: list[_Unified]) -> Iterator[ForeignKey]:
        for column in columns:
            key = column.references
            if key is None:
                continue
            merge = self.fates.merge_of(key.references)
            yield ForeignKey(
                name=column.name,
                columns=(column.name,),
                references=self._target(key),
                to=() if merge else key.to,
            )

    # --- notes -------------------------------------------------------------------------------

    def _table_notes(self) -> Iterator[str]:
        yield (
            f"Draft: group {self.merge.group.name}, confidence {self.merge.group.confidence:.2f}."
            " Rows get new numbers; the crosswalk keeps the old ones."
        )
        tied = [c for c in self.leading.checks] + [i for i in self.leading.indexes]
        if tied or self.leading.triggers:
            names = ", ".join(one.name for one in (*tied, *self.leading.triggers))
            yield f"Decide: checks, indexes and triggers of {self.leading.name}: {names}"

    def _mapping_notes(self) -> Iterator[str]:
        candidate = self.merge.key.candidate
        names = ", ".join(sorted({*candidate.names.values()}))
        yield (
            f"Draft: rows match by {names}; it is unique in each table and"
            f" {candidate.shared:.0%} of the values occur in another."
        )
        yield "Decide: is that the right key, and is one thing spelt in two ways?"
        yield "Decide: whose value survives where tables differ (now: the order of the sources)."
        loose = [f"{name}.{column}" for name, column in self._undeclared()]
        if loose:
            more = f", and {len(loose) - _NAMED} more" if len(loose) > _NAMED else ""
            yield (
                "Decide: columns that may hold old numbers of these tables without a foreign key,"
                f" and stay as they are: {', '.join(loose[:_NAMED])}{more}"
            )

    def _undeclared(self) -> Iterator[tuple[Name, str]]:
        """Columns of other tables that are called as the key of a row of this group would be."""
        nouns = {words(name.name)[-1] for name in self.merge.tables}
        wanted = {(noun, word) for noun in nouns for word in ("id", "key", "no", "number")}
        for name, facts in self.survey.facts.items():
            if name in self.merge.tables or name in self.fates.archived:
                continue
            tied = {column for key in facts.table.foreign_keys for column in key.columns}
            for column in facts.table.columns:
                if words(column.name)[-2:] in wanted and column.name not in tied:
                    yield name, column.name


def _reference(table: Table, column: Column) -> ForeignKey | None:
    return _reference_of(table, column)


def _reference_of(table: Table, column: Column) -> ForeignKey | None:
    """The foreign key of that one column."""
    return next((key for key in table.foreign_keys if key.columns == (column.name,)), None)


def _widest(types: list[str]) -> str:
    """The type that takes the most of these, the first's if none takes all."""
    if any(type_class(one) == "text" for one in types):
        return "text"
    wanted = [*types, "numeric"] if all(type_class(one) == "number" for one in types) else types
    for one in wanted:
        if all(cast_kind(other, one) in _FITS for other in types):
            return one
    return types[0]


def _advice(one: str, other: str) -> str:
    times = {type_class(one), type_class(other)} == {"time"}
    return "; say which time zone it means to map it" if times else ""

"""Unified tables that nobody declares: the contract of a moved table under its new name.

Columns, keys, checks and indexes are those of the contract; foreign keys follow the tables they
refer to. Names that begin with the table's own follow its new name, and a name that is taken in
the new schema is replaced, so that the move never meets a relation of that name on its way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from re import compile as pattern
from typing import TypeVar

from integrity.config.claims import Claim
from integrity.errors import Failure, Problem
from integrity.model import (
    Catalog,
    Check,
    Column,
    Expression,
    ForeignKey,
    Index,
    Key,
    Location,
    Mapping,
    Name,
    Source,
    Table,
)
from integrity.sql.quote import cut, ident, literal, qualified, server_name

_NEXTVAL = pattern(r"nextval\('((?:[^']|'')+)'::regclass\)")
_WORD = pattern(r'"(?:[^"]|"")+"|[^".]+')
_Part = TypeVar("_Part", Key, Check, ForeignKey, Index)


@dataclass(frozen=True, slots=True)
class Derived:
    """The tables and moves that entries of ``moves`` stand for."""

    tables: tuple[Table, ...]
    mappings: tuple[Mapping, ...]
    problems: tuple[Problem, ...]


def derive(
    claims: Sequence[Claim], legacy: Catalog, declared: Sequence[Table], mappings: Sequence[Mapping]
) -> Derived:
    """What the claims of ``moves`` stand for; ``declared`` tables stay as they were written."""
    moves = [claim for claim in claims if claim.entry.kind == "moves"]
    return _Deriving(moves, claims, legacy, declared, mappings).derived()


@dataclass(frozen=True, slots=True)
class _Going:
    """Where a moved table goes, and what its columns are called there."""

    to: Name
    columns: MappingType[str, str]


@dataclass
class _Deriving:
    moves: Sequence[Claim]
    claims: Sequence[Claim]
    legacy: Catalog
    declared: Sequence[Table]
    mappings: Sequence[Mapping]
    problems: list[Problem] = field(default_factory=list)

    def derived(self) -> Derived:
        declared = {table.name for table in self.declared}
        contracts = {table.name: table for table in self.legacy.tables}
        going = self._going()
        names = _Names.of(self, going)
        tables, mappings = [], []
        for claim in sorted(self.moves, key=lambda c: (not _stays(c), c.table)):
            target = going[claim.table].to
            if not self._is_name(target, claim):
                continue
            mappings.append(_move(claim, target, derived=target not in declared))
            if target not in declared:
                table = names.renamed(contracts[claim.table], target)
                keys = self._foreign_keys(table, contracts[claim.table], going, claim.location)
                tables.append(replace(table, foreign_keys=tuple(keys), location=claim.location))
        return Derived(tuple(tables), tuple(mappings), tuple(self.problems))

    def _is_name(self, name: Name, claim: Claim) -> bool:
        try:
            qualified(name)
        except Failure as failure:
            self.problems.append(Problem(claim.location, failure.message, failure.hint))
            return False
        return bool(name.schema)

    # --- foreign keys ------------------------------------------------------------------------

    def _going(self) -> dict[Name, _Going]:
        found = {m.sources[0].table: _as_written(m) for m in self.mappings if m.moves}
        for claim in self.moves:
            found[claim.table] = _Going(claim.entry.target(claim.table), {})
        return found

    def _foreign_keys(
        self, table: Table, old: Table, going: MappingType[Name, _Going], place: Location
    ) -> Iterator[ForeignKey]:
        for key in table.foreign_keys:
            there = going.get(key.references)
            if there is None:
                self._stays_behind(old, key, place)
                continue
            to = tuple(there.columns.get(column, column) for column in key.to)
            yield replace(key, references=there.to, to=to, location=place)

    def _stays_behind(self, old: Table, key: ForeignKey, place: Location) -> None:
        columns = ", ".join(key.columns)
        fate = self._fates.get(key.references, "named in no mapping")
        message = (
            f"{old.name} is moved, but its foreign key on ({columns}) refers to"
            f" {key.references}, which is {fate}"
        )
        hint = f"move {key.references} too, or load {old.name} with sources"
        if fate.startswith("loaded"):
            given = columns if len(key.columns) == 1 else f"[{columns}]"
            hint = (
                f"load {old.name} with sources, and fill {columns} by"
                f" {{crosswalk: {key.references}, key: {given}}}"
            )
        self.problems.append(Problem(place, message, hint))

    @property
    def _fates(self) -> dict[Name, str]:
        verbs = {"archive": "archived", "drop": "dropped", "foreign": "foreign"}
        fates = {c.table: verbs.get(c.entry.kind, "moved") for c in self.claims}
        for mapping in self.mappings:
            for source in mapping.sources:
                fates[source.table] = f"loaded into {mapping.table}"
        return fates


def _stays(claim: Claim) -> bool:
    """Whether the table keeps its name: then its parts keep theirs, before all others."""
    return claim.entry.target(claim.table) == claim.table


def _as_written(mapping: Mapping) -> _Going:
    """A move that is written as a mapping, with its renamed columns."""
    columns = {
        _bare(value.text): new
        for new, value in mapping.sources[0].columns.items()
        if isinstance(value, Expression)
    }
    return _Going(mapping.table, columns)


def _bare(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _move(claim: Claim, target: Name, *, derived: bool) -> Mapping:
    source = Source(table=claim.table, key=(), columns={}, location=claim.location)
    return Mapping(
        table=target, sources=(source,), moves=True, derived=derived, location=claim.location
    )


# --- names ------------------------------------------------------------------------------------


@dataclass
class _Names:
    """Gives parts of moved tables names that are free where the table was and where it goes."""

    legacy: dict[str, set[str]]  # schema -> relations that stand there before the switch
    unified: dict[str, set[str]]  # schema -> relations that stand there after it
    sequences: MappingType[Name, str]  # sequence -> "table.column" that owns it

    @classmethod
    def of(cls, work: _Deriving, going: MappingType[Name, _Going]) -> _Names:
        """From the contracts and the declared tables."""
        wanted = {one.to for one in going.values()} | {table.name for table in work.declared}
        parked = {t.name for t in work.legacy.tables if t.name in wanted and t.name not in going}
        legacy: dict[str, set[str]] = defaultdict(set)
        unified: dict[str, set[str]] = defaultdict(set)
        for table in work.legacy.tables:
            if table.name not in parked:
                legacy[table.name.schema].update(table.relations())
        for view in work.legacy.views:
            legacy[view.name.schema].add(view.name.name)
        for table in work.declared:
            unified[table.name.schema].update(table.relations())
        for name in wanted:
            unified[name.schema].add(name.name)
        owned = {s.name: s.owned_by for s in work.legacy.sequences if s.owned_by}
        return cls(legacy, unified, owned)

    def renamed(self, old: Table, new: Name) -> Table:
        """The contract under its new name, with its parts and sequences."""
        own = frozenset(old.relations())
        columns = tuple(self._column(column, old, new) for column in old.columns)
        fields = {
            "primary_key": self._part(old.primary_key, old, new, own),
            "uniques": self._parts(old.uniques, old, new, own),
            "indexes": self._parts(old.indexes, old, new, own),
        }
        return replace(
            old,
            name=new,
            columns=columns,
            checks=_by_name(_follows(part, old, new) for part in old.checks),
            foreign_keys=_by_name(_follows(part, old, new) for part in old.foreign_keys),
            triggers=(),
            **fields,  # type: ignore[arg-type]
        )

    def _parts(
        self, parts: Iterable[_Part], old: Table, new: Name, own: AbstractSet[str]
    ) -> tuple[_Part, ...]:
        found = (self._part(part, old, new, own) for part in parts)
        return _by_name(part for part in found if part)

    def _part(
        self, part: _Part | None, old: Table, new: Name, own: AbstractSet[str]
    ) -> _Part | None:
        if part is None:
            return None
        taken = self.unified[new.schema]
        name = next(
            n for n in _candidates(part.name, old.name, new) if self._free(n, old, new, own)
        )
        taken.add(name)
        return replace(part, name=name)

    def _free(self, name: str, old: Table, new: Name, own: AbstractSet[str]) -> bool:
        """Whether nothing of that name stands in the new schema then, nor in either schema now."""
        if name in self.unified[new.schema]:
            return False
        here = name not in self.legacy[old.name.schema] or name in own
        if old.name.schema == new.schema:
            return here
        return here and name not in self.legacy[new.schema]

    def _column(self, column: Column, old: Table, new: Name) -> Column:
        match = _NEXTVAL.fullmatch(column.default or "")
        if match is None:
            return column
        sequence = _parsed(match[1].replace("''", "'"), old.name.schema)
        if self.sequences.get(sequence) != f"{ident(old.name.name)}.{ident(column.name)}":
            return column  # a sequence of its own stays where it is
        server = server_name(old.name.name, column.name, "seq")
        name = server_name(new.name, column.name, "seq") if sequence.name == server else None
        after = Name(new.schema, name or sequence.name)
        return replace(column, default=f"nextval({literal(qualified(after))}::regclass)")


def _candidates(part: str, old: Name, new: Name) -> Iterator[str]:
    first = _following(part, old, new)
    yield first
    if part != first:
        yield part
    number = 0
    while True:
        yield cut(f"{new.name}_{part}{number or ''}")
        number += 1


def _following(part: str, old: Name, new: Name) -> str:
    """The name of a part; what begins with the name of the table follows it."""
    head = f"{old.name}_"
    return cut(f"{new.name}_{part[len(head) :]}") if part.startswith(head) else part


def _follows(part: _Part, old: Table, new: Name) -> _Part:
    return replace(part, name=_following(part.name, old.name, new))


def _parsed(text: str, schema: str) -> Name:
    parts = [_bare(part) for part in _WORD.findall(text)]
    return Name(parts[0], parts[1]) if len(parts) == 2 else Name(schema, parts[-1] if parts else "")


def _by_name(parts: Iterable[_Part]) -> tuple[_Part, ...]:
    return tuple(sorted(parts, key=lambda part: part.name))

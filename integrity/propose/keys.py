"""The column by which rows of a group are told apart, tested on every row of every member.

A candidate is a column of the leading table with a counterpart in each other table. It must be
declared unique in one of them, unique and never NULL in each of them, and its values must occur
across tables. Few rows are unique by chance, so rows alone prove nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection, Error
from integrity.model import Column, Name, Table
from integrity.propose.likeness import overlap, type_class
from integrity.propose.model import Group, Kind, Survey
from integrity.propose.survey import is_surrogate, key_like
from integrity.propose.words import alike, column_words
from integrity.sql.quote import ident
from integrity.sql.template import render

MOST_ROWS = 1_000_000  # tables above this are not tested, and what is not tested is not proposed
MILLISECONDS = 3_000  # for one test
SECONDS = 6.0  # for all tests
SHARED = 0.5  # of the values of the smaller table that the leading one must have
_RELATED_VALUES = 0.3  # columns whose names share their words, such as email and email_address
_SAME_VALUES = 0.6  # columns of other names that hold the same values


@dataclass(slots=True)
class Tests:
    """Asks the database, ``SECONDS`` in all; what cannot be asked in time is not proven."""

    conn: Connection[Any]
    spent: float = 0.0

    def ask(self, template: str, **values: object) -> tuple[Any, ...] | None:
        """One row of a query; None when it failed or took too long."""
        begun = time.monotonic()
        left = min(MILLISECONDS, int((SECONDS - self.spent) * 1000))
        if left <= 0:
            return None
        try:
            with self.conn.transaction(force_rollback=True):
                self.conn.execute(f"set local statement_timeout = {left:d}")
                return self.conn.execute(render(template, **values)).fetchone()
        except Error:
            return None
        finally:
            self.spent += time.monotonic() - begun


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column of the leading table, and what it is called in each member."""

    column: str
    names: Mapping[Name, str]
    shared: float  # mean overlap with the leading table, of members with rows


@dataclass(frozen=True, slots=True)
class NaturalKey:
    """A candidate that held. ``folded``: values differ in case or blanks only, so fold them."""

    candidate: Candidate
    folded: bool
    text: bool


@dataclass(frozen=True, slots=True)
class Unproven:
    """Why no key was found."""

    reason: str


def natural_key(tests: Tests, survey: Survey, members: tuple[Name, ...]) -> NaturalKey | Unproven:
    """The best key of ``members``, the leading table first. Runs bounded queries."""
    tables = [survey.facts[name].table for name in members]
    if sum(survey.facts[name].rows > 0 for name in members) < 2:
        return Unproven("fewer than two of the tables have rows, so nothing shows what matches")
    large = [name for name in members if survey.facts[name].rows > MOST_ROWS]
    if large:
        return Unproven(f"{large[0]} is too large to test a key on all of its rows")
    candidates = sorted(_candidates(survey, tables), key=lambda c: _rank(c, survey, tables))
    if not candidates:
        return Unproven("no declared key of one column holds in all of the tables")
    reasons = []
    for candidate in candidates:
        reason = _failure(tests, candidate)
        if not reason:
            texts = [_column(survey, n, c).type for n, c in candidate.names.items()]
            text = any(type_class(one) != "number" for one in texts)
            return NaturalKey(candidate, text and _folds(tests, candidate), text)
        reasons.append(reason)
    return Unproven("; ".join(reasons[:3]))


def counterpart(survey: Survey, leading: Table, column: Column, other: Table) -> str | None:
    """The column of ``other`` that means the same: by its words, an abbreviation, its values."""
    own = column_words(column.name, leading.name.name)
    by_words = {c.name: column_words(c.name, other.name.name) for c in other.columns}
    if column.name in by_words:
        return column.name
    for test in (lambda words: words == own, lambda words: alike(words, own)):
        found = [name for name, words in by_words.items() if test(words)]
        if len(found) == 1:
            return found[0]
    return _by_values(survey, leading, column, other)


def _by_values(survey: Survey, leading: Table, column: Column, other: Table) -> str | None:
    """The column with the most values in common, more of them where the names say nothing."""
    samples = survey.facts[other.name].columns
    own = survey.facts[leading.name].columns.get(column.name)
    if own is None or not own.is_unique or type_class(column.type) == "number":
        return None
    taken = {c.name for c in leading.columns}
    found = [
        (-overlap(own, sample), name)
        for name, sample in samples.items()
        if sample.is_unique and sample.filled > 2 and name not in taken
    ]
    share, name = min(found, default=(0.0, ""))
    words = [set(column_words(c, t.name.name)) for c, t in ((column.name, leading), (name, other))]
    related = words[0] <= words[1] or words[1] <= words[0]
    return name if -share >= (_RELATED_VALUES if related else _SAME_VALUES) else None


# --- candidates -------------------------------------------------------------------------------


def _candidates(survey: Survey, tables: list[Table]) -> Iterator[Candidate]:
    leading, *others = tables
    for column in key_like(leading):
        if _points_elsewhere(leading, column.name):
            continue
        names = {leading.name: column.name}
        for other in others:
            found = counterpart(survey, leading, column, other)
            if found is None or _points_elsewhere(other, found) or _counts(other, found):
                break
            names[other.name] = found
        else:
            declared = any(_is_declared(table, names[table.name]) for table in tables)
            shared = _shared(survey, names) if declared else None
            if shared is not None and shared >= SHARED:
                yield Candidate(column.name, names, shared)


def _points_elsewhere(table: Table, column: str) -> bool:
    return any(column in key.columns for key in table.foreign_keys)


def _counts(table: Table, column: str) -> bool:
    found = table.column(column)
    return found is not None and is_surrogate(found)


def _shared(survey: Survey, names: Mapping[Name, str]) -> float | None:
    """Mean overlap of each further member with any one before it."""
    samples = [survey.facts[name].columns.get(column) for name, column in names.items()]
    filled = [sample for sample in samples if sample is not None and sample.filled]
    if len(filled) < 2 or not all(sample.is_unique for sample in filled):
        return None
    best = [
        max(overlap(one, other) for other in filled[:at]) for at, one in enumerate(filled) if at
    ]
    return sum(best) / len(best)


def _rank(candidate: Candidate, survey: Survey, tables: list[Table]) -> tuple[object, ...]:
    declared = sum(_is_declared(table, candidate.names[table.name]) for table in tables)
    columns = [_column(survey, name, column) for name, column in candidate.names.items()]
    texts = sum(type_class(column.type) != "number" for column in columns)
    filled = sum(not column.nullable for column in columns)
    place = [c.name for c in tables[0].columns].index(candidate.column)
    return (-round(candidate.shared, 1), -declared, -texts, -filled, place)


def _is_declared(table: Table, column: str) -> bool:
    """Whether the server keeps the column unique."""
    keys = {key.columns for key in table.keys()}  # noqa: SIM118 - not a dict
    keys |= {index.columns for index in table.indexes if index.unique and not index.where}
    return (column,) in keys or (ident(column),) in keys


def _column(survey: Survey, table: Name, column: str) -> Column:
    found = survey.facts[table].table.column(column)
    assert found is not None, f"{table}.{column} is of the catalog"
    return found


# --- tests ------------------------------------------------------------------------------------


def _failure(tests: Tests, candidate: Candidate) -> str:
    """Why the candidate is no key; empty when it is one in each table."""
    for table, column in candidate.names.items():
        found = tests.ask("propose.key.sql", table=table, column=column)
        if found is None:
            return f"{table}.{column} could not be tested"
        rows, filled, distinct = found
        if filled < rows:
            return f"{table}.{column} is empty in {rows - filled} of {rows} rows"
        if distinct < rows:
            return f"{table}.{column} holds {distinct} values in {rows} rows"
    return ""


def _folds(tests: Tests, candidate: Candidate) -> bool:
    """Whether folding case and blanks makes values of different tables equal."""
    found = tests.ask("propose.spellings.sql", columns=list(candidate.names.items()))
    return found is None or found[0] != found[1]


# --- copies -----------------------------------------------------------------------------------


def is_subset(tests: Tests, survey: Survey, copy: Name, original: Name) -> bool:
    """Whether each row of ``copy`` stands, with all its columns, in ``original`` too.

    A time that only the copy has says when it was made and is left out.
    """
    known = {column.name for column in survey.facts[original].table.columns}
    table = survey.facts[copy].table
    own = [column for column in table.columns if column.name not in known]
    columns = [column.name for column in table.columns if column.name in known]
    stamps = all(type_class(column.type) == "time" for column in own)
    if not columns or not stamps or survey.facts[copy].rows > MOST_ROWS:
        return False
    found = tests.ask("propose.subset.sql", copy=copy, original=original, columns=columns)
    return found is not None and found[0] == 0


def merged_kinds(group: Group) -> tuple[Name, ...]:
    """The members that a merge would take: all but backup copies."""
    return tuple(m.table for m in group.members if m.kind is not Kind.BACKUP)

"""Which table and which column of the YAML is which of the state that was reached.

Equal names are the same thing; another name is the same thing only where the YAML declares it
with ``renamed_from``. Nothing is guessed: where a drop and an add look like a rename, the user is
asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from integrity.errors import ConfigFailure, Problem, nearest
from integrity.model import Name, Table

_Id = TypeVar("_Id", str, Name)
_Tables = Mapping[Name, Table]


@dataclass(frozen=True, slots=True)
class Pair:
    """A table that stays. ``renames``: (old, new) names of columns, in an order that works."""

    old: Table
    new: Table
    renames: tuple[tuple[str, str], ...] = ()

    def new_name(self, column: str) -> str:
        """What an old column is called now."""
        return dict(self.renames).get(column, column)

    def old_name(self, column: str) -> str:
        """What a column that stayed was called."""
        return {new: old for old, new in self.renames}.get(column, column)


@dataclass(frozen=True, slots=True)
class Pairs:
    """All tables of both sides, as they are written."""

    kept: tuple[Pair, ...]
    added: tuple[Table, ...]
    dropped: tuple[Table, ...]
    renames: tuple[tuple[Name, Name], ...] = ()
    by_old: Mapping[Name, Pair] = field(default_factory=dict)

    def new_name(self, table: Name) -> Name:
        """What an old table is called now."""
        return dict(self.renames).get(table, table)


def paired(old: Iterable[Table], new: Iterable[Table]) -> Pairs:
    """Pair the tables and their columns. Raises ConfigFailure for a rename of nothing."""
    was, now = {t.name: t for t in old}, {t.name: t for t in new}
    problems: list[Problem] = []
    wanted = {table.name: table.renamed_from for table in now.values()}
    renames = _declared(was, wanted)
    for name in _lost(was, wanted, renames):
        problems.append(_no_table(now[name], was))
    came_from = {new_name: old_name for old_name, new_name in renames}
    gone = {old_name for old_name, _ in renames}
    kept = []
    for name, table in now.items():
        source = came_from.get(name, name if name in was and name not in gone else None)
        if source is not None:
            kept.append(_pair(was[source], table, problems))
    if problems:
        raise ConfigFailure(problems)
    stayed = {pair.new.name for pair in kept}
    used = {pair.old.name for pair in kept}
    return Pairs(
        kept=tuple(kept),
        added=tuple(t for name, t in now.items() if name not in stayed),
        dropped=tuple(t for name, t in was.items() if name not in used),
        renames=tuple(renames),
        by_old={pair.old.name: pair for pair in kept},
    )


def _pair(old: Table, new: Table, problems: list[Problem]) -> Pair:
    was = [column.name for column in old.columns]
    wanted = {column.name: column.renamed_from for column in new.columns}
    renames = _declared(was, wanted)
    for name in _lost(was, wanted, renames):
        column = new.column(name)
        assert column is not None
        problems.append(
            Problem(
                column.location,
                f"column {name!r} of {new.name}: renamed_from names {column.renamed_from!r},"
                " which the migrations so far do not have",
                nearest(str(column.renamed_from), was),
            )
        )
    return Pair(old, new, tuple(renames))


def _declared(old: Iterable[_Id], wanted: Mapping[_Id, _Id | None]) -> list[tuple[_Id, _Id]]:
    """Declared renames whose new name is free, each after the one that frees its name.

    A declaration that was carried out stays in the YAML: its new name exists, so it says nothing.
    """
    present, gone, placed = set(old), set[_Id](), set[_Id]()
    renames: list[tuple[_Id, _Id]] = []
    before = -1
    while len(renames) > before:
        before = len(renames)
        for new, source in wanted.items():
            free = new not in present or new in gone
            if source in present - gone and source != new and free and new not in placed:
                assert source is not None
                renames.append((source, new))
                gone.add(source)
                placed.add(new)
    return renames


def _lost(
    old: Iterable[_Id], wanted: Mapping[_Id, _Id | None], renames: list[tuple[_Id, _Id]]
) -> Iterator[_Id]:
    """New names that claim to be renamed from something that is not there."""
    present = set(old)
    done = {new for _, new in renames}
    for new, source in wanted.items():
        if source is not None and new not in present and new not in done:
            yield new


def _no_table(table: Table, old: Mapping[Name, Table]) -> Problem:
    return Problem(
        table.location,
        f"table {table.name}: renamed_from names {table.renamed_from},"
        " which the migrations so far do not have",
        nearest(str(table.renamed_from), map(str, old)),
    )


def refuse_guesses(pairs: Pairs, old: _Tables, renamed: _Tables, new: _Tables) -> None:
    """Raise ConfigFailure where something dropped and something added may be one renamed thing.

    ``old``, ``renamed`` and ``new``: the tables as the server spells them.
    """
    problems = [p for pair in pairs.kept for p in _columns(pair, renamed, new)]
    problems += _tables(pairs, old, new)
    if problems:
        raise ConfigFailure(problems)


def _columns(
    pair: Pair, renamed: Mapping[Name, Table], new: Mapping[Name, Table]
) -> Iterator[Problem]:
    was, now = renamed[pair.new.name], new[pair.new.name]
    dropped = [c for c in was.columns if now.column(c.name) is None and not c.generated]
    added = [c for c in now.columns if was.column(c.name) is None and not c.generated]
    for column in added:
        like = [c.name for c in dropped if c.type == column.type]
        if like:
            written = pair.new.column(column.name)
            place = written.location if written else pair.new.location
            yield Problem(
                place,
                f"column {column.name!r} of {pair.new.name} is new, and {_listed(like)} of the same"
                " type is gone: renamed, or two changes?",
                f"write renamed_from: {like[0]}; or drop it in one compile and add the other in"
                " the next",
            )


def _tables(
    pairs: Pairs, old: Mapping[Name, Table], new: Mapping[Name, Table]
) -> Iterator[Problem]:
    for table in pairs.added:
        names = {column.name for column in new[table.name].columns}
        like = [
            str(gone.name)
            for gone in pairs.dropped
            if 2 * len(names & {c.name for c in old[gone.name].columns}) > len(names)
        ]
        if like:
            yield Problem(
                table.location,
                f"table {table.name} is new, and {_listed(like)} with like columns is gone:"
                " renamed, or two changes?",
                f"write renamed_from: {like[0]}; or drop it in one compile and add the other in"
                " the next",
            )


def _listed(names: list[str]) -> str:
    return " or ".join(repr(name) for name in names)

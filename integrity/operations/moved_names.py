"""What the parts of a moved table are called on both sides, and which parts are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from integrity.model import Check, Column, Expression, ForeignKey, Index, Key, Table
from integrity.model import Mapping as TableMapping
from integrity.sql.expression import parse
from integrity.sql.layout import folded, layout
from integrity.sql.quote import ident
from integrity.sql.scan import Kind, SqlProblem, Token, tokens
from integrity.sql.types import CastKind, cast_kind

Names = Mapping[str, str]  # column before -> column after
Part = TypeVar("Part", bound=Key | ForeignKey | Index | Check)


def column_names(mapping: TableMapping, legacy: Table, table: Table) -> dict[str, str]:
    """Legacy column -> unified column, in the order of the unified table."""
    found = {}
    for column in table.columns:
        value = mapping.sources[0].columns.get(column.name)
        name = value.text if isinstance(value, Expression) else column.name
        old = legacy.column(name) or legacy.column(_unquoted(name))
        assert old is not None, "config checked the columns of a move"
        found[old.name] = column.name
    return found


def same_type(one: Column, other: Column) -> bool:
    """Whether two columns have one type, however it is spelt."""
    return cast_kind(one.type, other.type) is CastKind.IDENTICAL


def renamed(text: str, names: Names) -> str:
    """An expression or index column with the columns called by their other names."""
    return "".join(_other_name(token, names) for token in tokens(text))


def normal(text: str) -> str:
    """An expression without what the server adds when it spells it: casts, parentheses, blanks."""
    try:
        expression = layout(text)
    except SqlProblem:
        return " ".join(text.lower().split())
    casts = [range(cast.type.first - 1, cast.type.last + 1) for cast in expression.casts]
    kept = [t for n, t in enumerate(expression.tokens) if not any(n in run for run in casts)]
    words = [t.text.lower() if t.kind is Kind.WORD else t.text.strip("'") for t in kept]
    return "".join(f" {word}" for word in words if word not in ("(", ")"))


def constraint_names(
    old: Table, new: Table, names: Names, *, exact: bool = False
) -> Iterator[tuple[str, str]]:
    """Pairs of names of the constraints that are the same on both sides.

    ``exact``: both sides are spelt alike, as where one was derived from the other.
    """
    yield from _paired(keys(old), keys(new), names, key_shape)
    yield from _paired(old.foreign_keys, new.foreign_keys, names, _columns)
    if exact:
        yield from _paired(old.checks, new.checks, names, _text)
    else:
        yield from _check_pairs(old.checks, new.checks, names)


def index_names(
    old: Table, new: Table, names: Names, *, exact: bool = False
) -> Iterator[tuple[str, str]]:
    """Pairs of names of the indexes that are the same on both sides; ``exact`` as above."""
    shape = _exact_shape if exact else index_shape
    yield from _paired(old.indexes, new.indexes, names, shape)


def keys(table: Table) -> tuple[Key, ...]:
    """Primary key, natural key and other unique keys, each once."""
    return tuple(dict.fromkeys(table.keys()))


def key_shape(key: Key, names: Names) -> object:
    """What makes two keys the same, whatever they are called."""
    return tuple(names.get(c, c) for c in key.columns), key.nulls_not_distinct


def index_shape(index: Index, names: Names) -> object:
    """What makes two indexes the same, whatever they are called."""
    columns = tuple(normal(renamed(column, names)) for column in index.columns)
    where = normal(renamed(index.where, names)) if index.where else ""
    include = tuple(names.get(c, c) for c in index.include)
    return columns, include, index.unique, where, index.method, index.nulls_not_distinct


def in_turn(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Renames one after the other: a name that is still taken is reached by a detour."""
    waiting = {before: after for before, after in pairs if before != after}
    number = 0
    while waiting:
        free = [before for before, after in waiting.items() if after not in waiting]
        if free:
            yield free[0], waiting.pop(free[0])
            continue
        number += 1
        before, after = next(iter(waiting.items()))
        aside = f"integrity_moving_{number}"
        yield before, aside
        del waiting[before]
        waiting[aside] = after


def _columns(key: ForeignKey, names: Names) -> object:
    return tuple(names.get(column, column) for column in key.columns)


def _text(check: Check, names: Names) -> object:
    return check.expression


def _exact_shape(index: Index, names: Names) -> object:
    parts = (index.columns, index.include, index.unique, index.where)
    return *parts, index.method, index.nulls_not_distinct


def _paired(
    old: Iterable[Part], new: Iterable[Part], names: Names, shape: Callable[[Part, Names], object]
) -> Iterator[tuple[str, str]]:
    """Of parts with one shape any is as good as another: those whose names agree stay."""
    after: dict[object, list[str]] = {}
    for part in new:
        after.setdefault(shape(part, {}), []).append(part.name)
    left = []
    for part in old:
        there = after.get(shape(part, names), [])
        if part.name in there:
            there.remove(part.name)
        else:
            left.append((part.name, there))
    for before, there in left:
        if there:
            yield before, there.pop(0)


def _check_pairs(
    old: Iterable[Check], new: Iterable[Check], names: Names
) -> Iterator[tuple[str, str]]:
    """By expression; those that the server spells in other words by the columns they read."""
    left = list(new)
    waiting = []
    for check in old:
        same = [c for c in left if normal(c.expression) == normal(renamed(check.expression, names))]
        if same:
            left.remove(same[0])
            yield check.name, same[0].name
        else:
            waiting.append(check)
    for check in waiting:
        reads = {names.get(c, c) for c in parse(check.expression).columns}
        alike = [c for c in left if parse(c.expression).columns == reads]
        if alike:
            left.remove(alike[0])
            yield check.name, alike[0].name


def _other_name(token: Token, names: Names) -> str:
    if token.kind not in (Kind.WORD, Kind.QUOTED):
        return token.text
    name = folded(token)
    return ident(names[name]) if names.get(name, name) != name else token.text


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text

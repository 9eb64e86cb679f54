"""Mappings as they would read with the present names of tables and columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from integrity.model import (
    Arm,
    CrosswalkLookup,
    Expression,
    FirstOf,
    Lookup,
    Mapping,
    Source,
    Value,
)
from integrity.plan.pairs import Pair, Pairs
from integrity.sql.expression import SqlProblem, substitute
from integrity.sql.quote import ident


def carried(mappings: Iterable[Mapping], pairs: Pairs) -> tuple[Mapping, ...]:
    """The mappings of tables that stay, under their new names; columns that go are left out."""
    found = []
    for mapping in mappings:
        pair = pairs.by_old.get(mapping.table)
        if pair is not None:
            found.append(_mapping(mapping, pair, pairs))
    return tuple(sorted(found, key=lambda mapping: mapping.table))


def _mapping(mapping: Mapping, pair: Pair, pairs: Pairs) -> Mapping:
    stays = {column.name for column in pair.new.columns}

    def names(columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(new for name in columns if (new := pair.new_name(name)) in stays)

    def values(columns: Iterable[tuple[str, Value]]) -> dict[str, Value]:
        renamed = ((pair.new_name(name), _value(value, pairs)) for name, value in columns)
        return {name: value for name, value in renamed if name in stays}

    def source(one: Source) -> Source:
        arms = tuple(_arm(arm, values(arm.columns.items())) for arm in one.arms)
        return replace(one, columns=values(one.columns.items()), arms=arms)

    survivorship = mapping.survivorship
    preferred = {
        new: order
        for name, order in survivorship.columns.items()
        if (new := pair.new_name(name)) in stays
    }
    return replace(
        mapping,
        table=pair.new.name,
        order=names(mapping.order),
        match=tuple(names(rung) for rung in mapping.match),
        survivorship=replace(survivorship, columns=preferred),
        sources=tuple(source(one) for one in mapping.sources),
    )


def _arm(arm: Arm, columns: dict[str, Value]) -> Arm:
    return replace(arm, columns=columns)


def _value(value: Value, pairs: Pairs) -> Value:
    match value:
        case Expression():
            return value
        case FirstOf():
            ways = tuple(_way(way, pairs) for way in value.ways)
            return replace(value, ways=ways)
        case _:
            return _way(value, pairs)


def _way(way: Lookup | CrosswalkLookup, pairs: Pairs) -> Lookup | CrosswalkLookup:
    if isinstance(way, CrosswalkLookup):
        return replace(way, into=None if way.into is None else pairs.new_name(way.into))
    pair = pairs.by_old.get(way.table)
    if pair is None:
        return way
    by = tuple((_renamed(there, pair), here) for there, here in way.by)
    take = None if way.take is None else pair.new_name(way.take)
    return replace(way, table=pairs.new_name(way.table), by=by, take=take)


def _renamed(expression: Expression, pair: Pair) -> Expression:
    """An expression over a looked-up table, with the new names of its columns."""
    names = {old: ident(new) for old, new in pair.renames}
    if not names:
        return expression
    try:
        return replace(expression, text=substitute(expression.text, names))
    except SqlProblem:
        return expression  # the resolver says what is wrong with it

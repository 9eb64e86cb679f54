"""Which tables a mapping must wait for, and which references are filled later.

A reference to the own table, or one that closes a cycle, cannot be looked up while candidates are
made. It is deferred: its column must then be nullable, and not part of a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from integrity.errors import ConfigFailure, Problem
from integrity.graph import order
from integrity.mapping.layout import RESERVED_PREFIX
from integrity.mapping.resolved import Deferred, ResolvedMapping, form_of
from integrity.model import Column, Name

Reference = tuple[Name, str, Name]  # a mapping, its column, the table whose key the column takes


def needs(mapping: ResolvedMapping) -> tuple[Name, ...]:
    """Unified tables that must be loaded before the candidates of ``mapping``."""
    later = {one.column.name for one in mapping.deferred}
    return tuple(sorted({to for _, column, to in references(mapping) if column not in later}))


def references(mapping: ResolvedMapping) -> Iterator[Reference]:
    """Every column that takes a key of a unified table, once per table."""
    found = {
        (mapping.name, value.column.name, way.table)
        for source in mapping.sources
        for arm in source.arms
        for value in arm.values
        for way in value.ways
    }
    yield from sorted(found)


def in_load_order(mappings: Iterable[ResolvedMapping]) -> tuple[ResolvedMapping, ...]:
    """The mappings so that each comes after those it needs."""
    by_name = {mapping.name: mapping for mapping in mappings}
    edges = [(need, name) for name, m in by_name.items() for need in needs(m) if need in by_name]
    return tuple(by_name[name] for name in order(by_name, edges))


def defer(mappings: Iterable[ResolvedMapping]) -> tuple[ResolvedMapping, ...]:
    """The mappings with the references marked that must be filled later.

    Raises ConfigFailure for a cycle in which no reference can be.
    """
    listed = tuple(mappings)
    by_name = {mapping.name: mapping for mapping in listed}
    every = [r for mapping in listed for r in references(mapping) if r[2] in by_name]
    fixed = [r for r in every if not _deferrable(by_name[r[0]], r[1])]
    edges = {(to, name) for name, _, to in fixed}
    for name, column, to in fixed:
        if name == to or _reaches(edges - {(to, name)}, name, to):
            mapping = by_name[name]
            raise ConfigFailure([_impossible(mapping, column, to)])
    later: set[tuple[Name, str]] = set()
    for name, column, to in every:
        if (name, column, to) in fixed:
            continue
        if name == to or _reaches(edges, name, to):
            later.add((name, column))
        else:
            edges.add((to, name))
    return tuple(_with_deferred(mapping, later) for mapping in listed)


def _impossible(mapping: ResolvedMapping, column: str, to: Name) -> Problem:
    return Problem(
        mapping.mapping.location,
        f"{mapping.name}.{column} needs the keys of {to}, which needs those of {mapping.name}",
        "make a column of the cycle nullable, and keep it out of keys: it is then filled later",
    )


def _deferrable(mapping: ResolvedMapping, name: str) -> bool:
    column = mapping.table.column(name)
    assert column is not None
    keys = {c for rung in mapping.ladder for c in rung.columns} | set(mapping.order)
    keys |= {c for key in mapping.table.keys() for c in key.columns}  # noqa: SIM118
    return column.nullable and name not in keys


def _reaches(edges: set[tuple[Name, Name]], start: Name, goal: Name) -> bool:
    """Whether ``goal`` must wait for ``start``: a path of edges leads from one to the other."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        following = {after for before, after in edges if before == node} - seen
        seen |= following
        waiting += following
    return False


def _with_deferred(mapping: ResolvedMapping, later: set[tuple[Name, str]]) -> ResolvedMapping:
    names = [column.name for column in mapping.columns if (mapping.name, column.name) in later]
    return replace(
        mapping, deferred=tuple(_deferred(mapping, n, place) for place, n in enumerate(names, 1))
    )


def _deferred(mapping: ResolvedMapping, name: str, place: int) -> Deferred:
    column = mapping.table.column(name)
    assert column is not None
    values = (
        value
        for source in mapping.sources
        for arm in source.arms
        if (value := arm.value(name)) and value.ways
    )
    forms = {form_of(value.ways): value.ways for value in reversed([*values])}
    return Deferred(
        column=column,
        forms=tuple(reversed(forms.values())),
        carried=Column(name=f"{RESERVED_PREFIX}reference_{place}", type="text[]"),
    )

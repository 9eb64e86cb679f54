"""Which tables a mapping must wait for: those whose keys its candidates look up."""

from __future__ import annotations

from collections.abc import Iterable

from integrity.graph import order
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name


def needs(mapping: ResolvedMapping) -> tuple[Name, ...]:
    """Unified tables that must be loaded before the candidates of ``mapping``."""
    found = {
        way.table
        for source in mapping.sources
        for arm in source.arms
        for value in arm.values
        for way in value.ways
    }
    return tuple(sorted(found))


def in_load_order(mappings: Iterable[ResolvedMapping]) -> tuple[ResolvedMapping, ...]:
    """The mappings so that each comes after those it needs. Raises on a cycle, naming it."""
    by_name = {mapping.name: mapping for mapping in mappings}
    edges = [(need, name) for name, m in by_name.items() for need in needs(m) if need in by_name]
    return tuple(by_name[name] for name in order(by_name, edges))

"""Each column of each source and arm: how it is made, and whether a value can go back.

The label of an expression is that of its inverse. A key that was looked up goes back through the
row it names: the way is as exact as the expression that asked for it, and never exact where
several rows of one source may have become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from integrity.mapping.resolved import (
    Given,
    ResolvedArm,
    ResolvedMapping,
    ResolvedSource,
    Value,
    Way,
)
from integrity.model import Catalog, Name, Table
from integrity.sql.inverse import Inverse, Label, invert
from integrity.sql.rest import rest_columns

Types = Mapping[str, str]  # legacy column -> type


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One target column of one source and arm."""

    column: str
    source: Name
    arm: str
    expression: str
    reads: tuple[str, ...]
    label: Label
    reason: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels the columns of a project's mappings; an expression is inverted once."""

    legacy: Catalog
    mappings: Mapping[Name, ResolvedMapping]
    _known: dict[tuple[Name, str], Inverse] = field(default_factory=dict)

    def of(self, mapping: ResolvedMapping) -> Iterator[Labelled]:
        """The labels of one mapping, by source and arm, in the order of the columns."""
        for source in mapping.sources:
            for arm in source.arms:
                yield from self._arm(source, arm)

    def _arm(self, source: ResolvedSource, arm: ResolvedArm) -> Iterator[Labelled]:
        for value in arm.values:
            label, reason = self._value(source, value)
            yield Labelled(
                column=value.column.name,
                source=source.table,
                arm=arm.label,
                expression=value.written,
                reads=value.reads,
                label=label,
                reason=reason,
            )

    def _value(self, source: ResolvedSource, value: Value) -> tuple[Label, str]:
        if value.given is not None and self._is_rest(source.table, value.given):
            return Label.EXACT, "each column stands under its own name"
        if value.given is not None:
            found = self._inverse(source.table, value.given, value.column.type)
            return found.label, found.reason
        first = value.ways[0]
        label, reason = self._way(source, first)
        if len(value.ways) > 1 and label is Label.EXACT:
            return Label.LOSSY, f"which of {len(value.ways)} ways found it is not kept"
        return label, reason

    def _is_rest(self, source: Name, given: Given) -> bool:
        contract = self.legacy.table(source)
        return contract is not None and bool(rest_columns(given.text, given.reads, contract))

    def _way(self, source: ResolvedSource, way: Way) -> tuple[Label, str]:
        asked = [self._inverse(source.table, given, given.type) for given in way.given]
        worst = max(asked, key=lambda one: list(Label).index(one.label))
        if worst.label is not Label.EXACT:
            return worst.label, worst.reason
        if way.crosswalk_of is None:
            return Label.EXACT, f"the row of {way.table} says it"
        if self._names_one_row(way.crosswalk_of, way.table):
            return Label.EXACT, f"one row of {way.crosswalk_of} for each of {way.table}"
        return Label.LOSSY, f"rows of {way.crosswalk_of} may have become one of {way.table}"

    def _names_one_row(self, source: Name, table: Name) -> bool:
        """Whether two rows of a source never become one row of the unified table.

        Sure when one rung decides alone and it holds, unchanged, a key of the source.
        """
        mapping = self.mappings.get(table)
        contract = self.legacy.table(source)
        if mapping is None or contract is None or len(mapping.ladder) > 1:
            return False
        fed = next((s for s in mapping.sources if s.table == source), None)
        if fed is None or len(fed.arms) > 1:
            return False
        kept = set(self._kept(fed, mapping.ladder[0].columns))
        return any(set(key.columns) <= kept and _no_null(key.columns, contract)
                   for key in contract.keys())  # noqa: SIM118 - not a dict  # fmt: skip

    def _kept(self, source: ResolvedSource, columns: tuple[str, ...]) -> Iterator[str]:
        """Legacy columns that the rung holds without loss."""
        for name in columns:
            value = source.arms[0].value(name)
            if value is not None and value.given is not None:
                found = self._inverse(source.table, value.given, value.column.type)
                if found.label is Label.EXACT and found.column:
                    yield found.column

    def _inverse(self, source: Name, given: Given, type_: str) -> Inverse:
        """The inverse of the expression and of the cast to ``type_`` that follows it."""
        text = given.text if given.type == type_ or given.constant else f"({given.text})::{type_}"
        if (source, text) not in self._known:
            self._known[source, text] = invert(text, self._types(source))
        return self._known[source, text]

    def _types(self, source: Name) -> Types:
        contract = self.legacy.table(source)
        return {column.name: column.type for column in contract.columns} if contract else {}


def _no_null(columns: tuple[str, ...], table: Table) -> bool:
    found: Callable[[str], object] = table.column
    key = table.primary_key.columns if table.primary_key else ()
    return all(name in key or not getattr(found(name), "nullable", True) for name in columns)

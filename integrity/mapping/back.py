"""The way back of one value: which legacy column takes it, with which SQL, and when that is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import is_valid
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import Given, ResolvedArm, ResolvedSource, Value, Way
from integrity.model import Column, Table
from integrity.sql.expression import parse
from integrity.sql.inverse import Label, filled, invert
from integrity.sql.quote import ident, literal, qualified

_MARK = "integrity_value"  # stands for the unified value while the inverse is looked at


@dataclass(frozen=True, slots=True)
class Back:
    """``sql`` gives the value of the legacy ``column``; all ``tests`` must hold, in their order.

    Both are SQL over the unified value, which is called ``value`` there.
    """

    column: Column
    sql: str
    tests: tuple[str, ...]
    exact: bool  # legacy values that differ stay different, so nothing else could lead here

    def over(self, value: str) -> tuple[str, tuple[str, ...]]:
        """SQL and tests with ``value``, an operand, in place of the mark."""
        return self.sql.replace(_MARK, value), tuple(t.replace(_MARK, value) for t in self.tests)


def back(value: Value, contract: Table, layout: Layout) -> Back | None:
    """How a unified value returns to the legacy table, or None when nothing leads back."""
    if value.given:
        return None if value.given.constant else _inverse(value.given, _MARK, contract, layout)
    way = value.ways[0]
    if len(way.given) != 1:
        return None
    if way.crosswalk_of:
        return _through_crosswalk(way, contract, layout)
    found = f"(select {way.by[0]} from {qualified(layout.unified(way.table))}"
    found += f" where {ident(way.take)} = {_MARK})"
    there = _inverse(way.given[0], _MARK, contract, layout)
    if there is None:
        return None
    sql, tests = there.over(found)
    known = f"{_MARK} is null or {found} is not null"
    return Back(there.column, sql, (known, *tests), there.exact)


def exclusive(source: ResolvedSource, arm: ResolvedArm, name: str, column: str) -> bool:
    """Whether writing the legacy column changes the unified column ``name`` of ``arm`` only."""
    if any(key.name == column for key in source.key):
        return False
    if any(column in parse(rule.when.text).columns for rule in source.drops):
        return False
    return not any(
        column in value.reads and (value.column.name, other.number) != (name, arm.number)
        for other in source.arms
        for value in other.values
    )


def _through_crosswalk(way: Way, contract: Table, layout: Layout) -> Back | None:
    """The key that the referenced row has in the legacy table that is referenced."""
    given = way.given[0]
    column = contract.column(given.reads[0]) if len(given.reads) == 1 else None
    if column is None or given.text.strip() not in (column.name, ident(column.name)):
        return None
    key = (
        f"(select x.source_key from {qualified(layout.crosswalk(way.table))} as x"
        f" where x.source = {literal(str(way.crosswalk_of))} and x.unified_key = {_MARK}"
        " order by x.survived desc, x.source_key limit 1)"
    )
    known = f"{_MARK} is null or {key} is not null"
    return Back(column, key, (known, is_valid(key, column.type, layout)), exact=True)


def _inverse(given: Given, value: str, contract: Table, layout: Layout) -> Back | None:
    inverse = invert(given.text, {column.name: column.type for column in contract.columns})
    column = contract.column(inverse.column) if inverse.column else None
    if column is None or inverse.expression is None or column.generated:
        return None
    sql = filled(inverse.expression, value)
    tests = [*_cast_tests(sql, layout), is_valid(sql, column.type, layout)]
    if inverse.guard:
        guard = filled(inverse.guard, value)
        tests += [*_cast_tests(guard, layout), guard]
    return Back(column, sql, tuple(tests), inverse.label is Label.EXACT)


def _cast_tests(sql: str, layout: Layout) -> Iterator[str]:
    for cast in parse(sql).casts:
        test = is_valid(cast.operand, cast.type, layout)
        yield f"case when {cast.when} then {test} else true end" if cast.when else test

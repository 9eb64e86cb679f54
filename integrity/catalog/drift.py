"""How a database differs from what is expected of it, and one hash for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from hashlib import sha256
from typing import Any

from integrity.model import Catalog, Function, Table

Parts = Mapping[str, Any]
PARTS: tuple[tuple[str, Callable[[Table], Iterable[Any]]], ...] = (
    ("column", lambda table: table.columns),
    ("primary key", lambda table: [table.primary_key] if table.primary_key else []),
    ("unique constraint", lambda table: table.uniques),
    ("foreign key", lambda table: table.foreign_keys),
    ("check", lambda table: table.checks),
    ("index", lambda table: table.indexes),
    ("trigger", lambda table: table.triggers),
)


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing that is not as expected; None for what is not there at all."""

    kind: str  # table, column, index, view, ...
    name: str  # schema.table, or schema.table.column
    what: str  # the property that differs; empty when the whole object does
    expected: str | None
    actual: str | None

    def __str__(self) -> str:
        thing = f"{self.kind} {self.name}"
        if self.actual is None and not self.what:
            return f"{thing} is missing"
        if self.expected is None and not self.what:
            return f"{thing} was not expected"
        return f"{thing}: {self.what} is {_shown(self.actual)}, expected {_shown(self.expected)}"


def differences(expected: Catalog, actual: Catalog) -> tuple[Difference, ...]:
    """What tells two catalogs apart, sorted. What only the toolkit knows makes no difference."""
    found: list[Difference] = []
    for kind, was, now in (
        ("schema", _plain(expected.schemas), _plain(actual.schemas)),
        ("enum", _named(expected.enums), _named(actual.enums)),
        ("domain", _named(expected.domains), _named(actual.domains)),
        ("sequence", _named(expected.sequences), _named(actual.sequences)),
        ("view", _named(expected.views), _named(actual.views)),
        ("function", _functions(expected), _functions(actual)),
        ("unmanaged object", _plain(expected.unmanaged), _plain(actual.unmanaged)),
    ):
        found += _compare(kind, was, now)
    was_tables, now_tables = _named(expected.tables), _named(actual.tables)
    found += _compare("table", was_tables, now_tables, deep=_tables)
    return tuple(sorted(set(found), key=lambda d: (d.name, d.kind, d.what)))


def fingerprint(catalog: Catalog) -> str:
    """SHA-256 (hex) over a catalog: equal for catalogs without differences, else not."""
    tables = tuple(_normal(table) for table in catalog.tables)
    text = json.dumps(_canonical(replace(catalog, tables=tables)), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _compare(
    kind: str,
    expected: Parts,
    actual: Parts,
    *,
    deep: Callable[[str, Any, Any], Iterator[Difference]] | None = None,
) -> Iterator[Difference]:
    for name in expected.keys() - actual.keys():
        yield Difference(kind, name, "", _text(expected[name]), None)
    for name in actual.keys() - expected.keys():
        yield Difference(kind, name, "", None, _text(actual[name]))
    for name in expected.keys() & actual.keys():
        was, now = expected[name], actual[name]
        yield from deep(name, was, now) if deep else _properties(kind, name, was, now)


def _tables(name: str, expected: Table, actual: Table) -> Iterator[Difference]:
    expected, actual = _normal(expected), _normal(actual)
    if expected.description != actual.description:
        texts = (expected.description, actual.description)
        yield Difference("table", name, "description", *texts)
    for kind, part in PARTS:
        was, now = ({f"{name}.{p.name}": p for p in part(table)} for table in (expected, actual))
        yield from _compare(kind, was, now)
    orders = (_order(expected, actual), _order(actual, expected))
    if orders[0] != orders[1]:
        yield Difference("table", name, "order of columns", *orders)


def _order(table: Table, other: Table) -> str:
    return ", ".join(c.name for c in table.columns if other.column(c.name))


def _properties(kind: str, name: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if not is_dataclass(expected):
        return
    for field in fields(expected):
        was, now = getattr(expected, field.name), getattr(actual, field.name)
        if field.compare and was != now:
            yield Difference(kind, name, field.name.replace("_", " "), _text(was), _text(now))


def _normal(table: Table) -> Table:
    """The table as the server would show it: no intent, no provenance, parts by name."""
    keys = [key for key in (table.natural_key, *table.uniques) if key]
    return replace(
        table,
        columns=tuple(
            replace(c, assigned=False, renamed_from=None, provenance=None) for c in table.columns
        ),
        natural_key=None,
        renamed_from=None,
        uniques=_by_name(keys),
        foreign_keys=_by_name(table.foreign_keys),
        checks=_by_name(table.checks),
        indexes=_by_name(table.indexes),
        triggers=_by_name(table.triggers),
        grants=(),
        grants_as_sources=False,
    )


def _by_name(parts: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(parts, key=lambda part: part.name))


def _named(values: Iterable[Any]) -> Parts:
    return {str(value.name): value for value in values}


def _functions(catalog: Catalog) -> dict[str, Function]:
    return {f"{function.name}({function.arguments})": function for function in catalog.functions}


def _plain(values: Iterable[str]) -> Parts:
    return dict.fromkeys(values, "present")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "present" if is_dataclass(value) and not hasattr(value, "schema") else str(value)


def _shown(text: str | None) -> str:
    if text is None:
        return "not set"
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


def _canonical(value: Any) -> Any:
    """Nested lists that json can write; what makes no difference is left out."""
    if is_dataclass(value):
        compared = (field.name for field in fields(value) if field.compare)
        return [type(value).__name__, *(_canonical(getattr(value, name)) for name in compared)]
    return [_canonical(v) for v in value] if isinstance(value, tuple) else value

"""The candidates statement: every source row times every arm, typed, with the reason to reject it.

Layers, inside out: the source without dropped rows; per arm each value as its final type, guarded;
the lookups; the first reason to reject. A reason is a code and a column, as in ``cast price``.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from integrity.mapping.layout import Layout
from integrity.mapping.resolved import (
    Deferred,
    Given,
    ResolvedArm,
    ResolvedMapping,
    ResolvedSource,
    Way,
)
from integrity.model import Check, Column
from integrity.sql.expression import parse, substitute
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render
from integrity.sql.types import range_test

ARGUMENTS = 100  # that a call takes: FUNC_MAX_ARGS of the server
NO_ARM = "no-arm"  # the reason of a row that holds something, but nothing that an arm takes


@dataclass(frozen=True, slots=True)
class Item:
    """One column of a select list."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Join:
    """A lookup: a relation with the keys it is joined on."""

    alias: str
    relation: str
    on: tuple[tuple[str, str], ...]


def candidates_table_sql(mapping: ResolvedMapping, layout: Layout) -> str:
    """The work table that takes the candidates of all sources."""
    return render(
        "load_mapping.candidates_table.sql",
        storage=layout.work_storage,
        candidates=layout.work(mapping.name, "candidates"),
        key_type=mapping.key_type,
        columns=mapping.work_columns,
    )


def candidates_sql(mapping: ResolvedMapping, source: ResolvedSource, layout: Layout) -> str:
    """The statement that writes the candidates of one source."""
    shared = _shared(mapping, source)
    return render(
        "load_mapping.candidates.sql",
        candidates=layout.work(mapping.name, "candidates"),
        columns=mapping.work_columns,
        source=source,
        rejects=list(_rejects(mapping, source)),
        items=list(_outer_items(mapping, source)),
        key=key_sql(source, mapping.key_type, alias="s"),
        drops=[rule.when.text for rule in source.drops],
        shared=list(_shared_items(mapping, source, shared, layout)),
        shared_bad=_bad(source.arms[0], shared, layout) if shared else None,
        arms=[_arm(mapping, source, arm, shared, layout) for arm in source.arms],
        joins=[_join(slot, layout) for slot in slots(mapping, source)],
        **{"from": source_rows(source, layout)},
    )


def source_rows(source: ResolvedSource, layout: Layout) -> str:
    """The relation that holds the rows of a source, and their key where no column does.

    A row without a key is known by a hash of all of it; rows that are equal are numbered.
    """
    table = qualified(layout.legacy(source.table))
    if not source.source.keyless:
        return table
    return render("source_rows.sql", table=table)


def key_sql(source: ResolvedSource, key_type: str, *, alias: str) -> str:
    """The key of a source row as the type that work tables and crosswalk hold."""
    if source.source.keyless:
        return f"{alias}.integrity_key"
    columns = [f"{alias}.{ident(column.name)}" for column in source.key]
    if len(columns) > 1:
        return f"jsonb_build_array({', '.join(columns)})::text"
    return columns[0] if source.key[0].type == key_type else f"{columns[0]}::{key_type}"


def is_valid(operand: str, type_name: str, layout: Layout) -> str:
    """A test that ``operand`` casts to a type; NULL does."""
    function = qualified(layout.toolkit("is_valid"))
    return f"coalesce({function}(({operand})::text, {literal(type_name)}), true)"


def typed(value: Given, column: Column, *, guarded: bool, layout: Layout) -> str:
    """The value as the column's type; NULL where a guarded cast would fail."""
    plain = value.text if value.type == column.type else f"({value.text})::{column.type}"
    tests = _tests(value, column if guarded else None, layout)
    if not tests:
        return plain
    whens = "\n".join(f"    when not {test} then null" for test in tests)
    return f"case\n{whens}\n    else {plain}\nend"


def filled(value: Given, layout: Layout) -> str:
    """A condition: the value is not NULL. A dirty one, which does not cast, is there too."""
    return _guarded(value, f"({value.text}) is not null", "true", layout)


def holds(value: Given, layout: Layout) -> str:
    """A boolean value as a condition that a dirty value makes false."""
    return _guarded(value, value.text, "false", layout)


def _guarded(value: Given, condition: str, otherwise: str, layout: Layout) -> str:
    tests = _tests(value, None, layout)
    whens = " ".join(f"when not {test} then {otherwise}" for test in tests)
    return f"case {whens} else {condition} end" if tests else condition


def _tests(value: Given, column: Column | None, layout: Layout) -> list[str]:
    tests = []
    for guard in value.guards:
        test = is_valid(guard.operand, guard.type, layout)
        tests.append(f"case when {guard.when} then {test} else true end" if guard.when else test)
    if column:
        tests.append(_castable(value, column, layout))
    return tests


def _castable(value: Given, column: Column, layout: Layout) -> str:
    """A test that the value becomes the column's type; by comparison where that can tell."""
    in_range = range_test(value.text, value.type, column.type)
    return f"coalesce({in_range}, true)" if in_range else is_valid(value.text, column.type, layout)


# --- one arm ---------------------------------------------------------------------------------


def _shared(mapping: ResolvedMapping, source: ResolvedSource) -> frozenset[str]:
    """Columns that every arm fills in the same way, so that one computation serves all arms."""
    if len(source.arms) == 1:
        return frozenset()
    first, *others = source.arms
    return frozenset(
        column.name
        for column in mapping.columns
        if all(arm.value(column.name) == first.value(column.name) for arm in others)
    )


def _shared_items(
    mapping: ResolvedMapping, source: ResolvedSource, shared: frozenset[str], layout: Layout
) -> Iterator[Item]:
    if shared:
        arm = source.arms[0]
        names = [c.name for c in mapping.columns if c.name in shared]
        yield from _value_items(mapping, source, arm, names, layout)
        yield from _key_items(mapping, source, arm, names, layout)


def _arm(
    mapping: ResolvedMapping,
    source: ResolvedSource,
    arm: ResolvedArm,
    shared: frozenset[str],
    layout: Layout,
) -> dict[str, object]:
    own = [column.name for column in mapping.columns if column.name not in shared]
    bad = _bad(arm, own, layout)
    lost = no_arm(source, layout) if arm is source.arms[0] else ""
    return {
        "number": arm.number,
        "bad": _first(lost, bad) if lost else bad or "null::text",
        "lost": lost,
        "items": [
            *_value_items(mapping, source, arm, own, layout),
            *_key_items(mapping, source, arm, own, layout),
        ],
        "fills": [filled(one, layout) for one in arm.fills] if len(source.arms) > 1 else (),
    }


def _first(lost: str, bad: str) -> str:
    """``no-arm`` before any other reason."""
    last = f"    else {_under(bad)}\n" if bad else ""
    return f"case\n    when {_under(lost)}\n        then {literal(NO_ARM)}\n{last}end"


def _under(sql: str) -> str:
    return sql.replace("\n", "\n    ")


def no_arm(source: ResolvedSource, layout: Layout) -> str:
    """A condition: no arm is filled, and the row holds something that is then nowhere; or ''."""
    if not source.unfilled or not source.carried:
        return ""
    names = [ident(name) for name in source.carried]
    parts = (names[at : at + ARGUMENTS] for at in range(0, len(names), ARGUMENTS))
    held = " or ".join(f"num_nonnulls({', '.join(part)}) > 0" for part in parts)
    fills = "\n    or ".join(filled(given, layout) for given in source.unfilled)
    return f"({held})\nand not (\n    {fills}\n)"


def _bad(arm: ResolvedArm, columns: Container[str], layout: Layout) -> str:
    """The first cast of these columns that a dirty value breaks, as ``cast column``; or ''."""
    whens = []
    for value in arm.values:
        column = value.column
        if column.name not in columns:
            continue
        tests = (
            _tests(value.given, column if value.guarded else None, layout) if value.given else []
        )
        tests += [t for way in value.ways for g in way.given for t in _tests(g, None, layout)]
        whens += [f"    when not {test} then {literal('cast ' + column.name)}" for test in tests]
    return "case\n" + "\n".join(whens) + "\nend" if whens else ""


def _value_items(
    mapping: ResolvedMapping,
    source: ResolvedSource,
    arm: ResolvedArm,
    columns: Container[str],
    layout: Layout,
) -> Iterator[Item]:
    found = {slot.column.name for slot in slots(mapping, source)}
    for column in mapping.columns:
        if column.name in found or column.name not in columns:
            continue
        value = arm.value(column.name)
        if value is None or value.given is None:  # nothing, or a reference filled later
            yield Item(column.name, f"null::{column.type}")
        elif value.given.constant:
            yield Item(column.name, f"({value.given.text})::{column.type}")
        else:
            sql = typed(value.given, column, guarded=value.guarded, layout=layout)
            yield Item(column.name, sql)


def _key_items(
    mapping: ResolvedMapping,
    source: ResolvedSource,
    arm: ResolvedArm,
    columns: Container[str],
    layout: Layout,
) -> Iterator[Item]:
    for slot in slots(mapping, source):
        value = arm.value(slot.column.name)
        if value is None or slot.column.name not in columns:
            continue
        for position, given in enumerate(value.ways[slot.number - 1].given, 1):
            yield Item(f"{slot.alias}_{position}", _lookup_key(given, layout))
    for deferred in mapping.deferred:
        if deferred.column.name in columns:
            yield Item(deferred.carried.name, _carried(deferred, arm, layout))


def _carried(deferred: Deferred, arm: ResolvedArm, layout: Layout) -> str:
    """The keys of a reference that is filled later, see ``Deferred``."""
    value = arm.value(deferred.column.name)
    if value is None:
        return "null::text[]"
    every = [_lookup_key(given, layout) for way in value.ways for given in way.given]
    keys = [f"'{deferred.number(value.ways)}'"]
    for way in value.ways:
        given = [_lookup_key(one, layout) for one in way.given]
        if way.crosswalk_of and len(given) > 1:
            keys.append(f"jsonb_build_array({', '.join(given)})::text")
        else:
            keys += [
                f"({key})::{kind}::text" for key, kind in zip(given, way.key_types, strict=True)
            ]
    return f"case when num_nonnulls({', '.join(every)}) > 0 then array[{', '.join(keys)}] end"


def _lookup_key(given: Given, layout: Layout) -> str:
    """A lookup key: the expression, NULL where one of its casts would fail."""
    text = f"({given.text})::text" if given.type == "unknown" else given.text
    tests = _tests(given, None, layout)
    whens = "".join(f"    when not {test} then null\n" for test in tests)
    return f"case\n{whens}    else {text}\nend" if tests else text


# --- lookups ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to find one column: its join in the statement is called ``alias``."""

    column: Column
    number: int  # 1 is tried first
    way: Way
    alias: str


def slots(mapping: ResolvedMapping, source: ResolvedSource) -> tuple[Slot, ...]:
    """Every way that candidates of a source go; all its arms find a column in the same ways."""
    later = {one.column.name for one in mapping.deferred}
    found = {
        v.column.name: v
        for arm in source.arms
        for v in arm.values
        if v.ways and v.column.name not in later
    }
    return tuple(
        Slot(value.column, number, way, f"integrity_way_{place}_{number}")
        for place, value in enumerate(found.values(), 1)
        for number, way in enumerate(value.ways, 1)
    )


def _join(slot: Slot, layout: Layout) -> Join:
    keys = [f"given.{slot.alias}_{n}" for n in range(1, len(slot.way.given) + 1)]
    return Join(slot.alias, lookup_relation(slot.way, layout), _pairs(slot.way, keys))


def _pairs(way: Way, keys: list[str]) -> tuple[tuple[str, str], ...]:
    """Which column of the lookup's relation equals which key."""
    if not way.crosswalk_of:
        return tuple((f"by_{n}", key) for n, key in enumerate(keys, 1))
    if len(keys) > 1:
        return (("by_1", f"jsonb_build_array({', '.join(keys)})::text"),)
    return (("by_1", f"{keys[0]}::{way.crosswalk_key_type}"),)


def deferred_joins(deferred: Deferred, row: str, layout: Layout) -> tuple[Join, ...]:
    """The lookups of a deferred reference, joined to the keys that ``row`` carries."""
    carried = f"{row}.{ident(deferred.carried.name)}"
    return tuple(
        Join(
            f"found_{form}_{nth}",
            lookup_relation(way, layout),
            tuple(
                (f"by_{n}", f"case {carried}[1] when '{form}' then {carried}[{place}]::{kind} end")
                for n, (place, kind) in enumerate(zip(places, way.key_types, strict=True), 1)
            ),
        )
        for form, nth, way, places in deferred.keyed()
    )


def lookup_relation(way: Way, layout: Layout) -> str:
    """The rows a way may find: their keys ``by_1``, ``by_2`` ..., ``found``, and ``times``."""
    if way.crosswalk_of:
        return render(
            "load_mapping.crosswalk_lookup.sql",
            crosswalk=layout.crosswalk(way.table),
            source=str(way.crosswalk_of),
        )
    return render(
        "load_mapping.lookup.sql",
        table=layout.unified(way.table),
        by=way.by,
        take=way.take,
        unique=way.unique,
    )


def _outer_items(mapping: ResolvedMapping, source: ResolvedSource) -> Iterator[Item]:
    found = {slot.column.name for slot in slots(mapping, source)}
    for column in mapping.columns:
        if column.name not in found:
            yield Item(column.name, f"given.{ident(column.name)}")
    for deferred in mapping.deferred:
        yield Item(deferred.carried.name, f"given.{ident(deferred.carried.name)}")
    yield from _found_items(mapping, source)


def _found_items(mapping: ResolvedMapping, source: ResolvedSource) -> Iterator[Item]:
    """Per column found by lookups: the key, and how many rows the deciding way found."""
    by_column: dict[str, list[Slot]] = {}
    for slot in slots(mapping, source):
        by_column.setdefault(slot.column.name, []).append(slot)
    for name, ways in by_column.items():
        column, first = ways[0].column, ways[0]
        times = ", ".join(f"{slot.alias}.times" for slot in ways)
        times = f"coalesce({times})" if len(ways) > 1 else times
        found = f"{first.alias}.found"
        if len(ways) > 1:
            whens = "\n".join(
                f"    when {s.alias}.times is not null then {s.alias}.found" for s in ways
            )
            found = f"case\n{whens}\nend"
        yield Item(name, f"({found})::{column.type}")
        yield Item(f"{first.alias}_times", times)
        yield Item(f"{first.alias}_wanted", _wanted(ways))


def _wanted(ways: list[Slot]) -> str:
    """False when an optional way was given no key: then finding nothing is no fault."""
    if not any(slot.way.optional for slot in ways):
        return "true"
    given = [
        f"given.{slot.alias}_{n} is not null"
        for slot in ways
        for n in range(1, len(slot.way.given) + 1)
    ]
    return " or ".join(given)


# --- reasons to reject -----------------------------------------------------------------------


def _rejects(mapping: ResolvedMapping, source: ResolvedSource) -> Iterator[tuple[str, str]]:
    """Conditions over a candidate and the code each gives, in the order they are tried."""
    for slot in slots(mapping, source):
        if slot.number == 1:
            name, alias = slot.column.name, f"candidate.{slot.alias}"
            yield f"{alias}_times is null and ({alias}_wanted)", f"lookup-none {name}"
            yield f"{alias}_times > 1", f"lookup-many {name}"
    if mapping.direct:
        for column in mapping.required():
            yield f"candidate.{ident(column.name)} is null", f"null {column.name}"
    for check in checks(mapping):
        yield f"({check.expression}) is false", f"check {check.name}"


def checks(mapping: ResolvedMapping) -> tuple[Check, ...]:
    """Checks of the table over columns that the candidates have.

    A generated column is replaced by its expression, one that no source fills by its default.
    """
    mapped = {column.name for column in mapping.columns}
    known = {
        c.name: made for c in mapping.table.columns if c.name not in mapped and (made := _made(c))
    }
    stated = (replace(c, expression=substitute(c.expression, known)) for c in mapping.table.checks)
    return tuple(c for c in stated if parse(c.expression).columns <= mapped)


def _made(column: Column) -> str | None:
    """What the server puts into a column that no source fills, where one row tells it."""
    if column.generated is not None:
        return f"({column.generated})::{column.type}"
    if column.identity or column.assigned or column.provenance:
        return None
    default = column.default or "null"
    return None if parse(default).functions else f"({default})::{column.type}"

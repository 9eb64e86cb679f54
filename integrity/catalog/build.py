"""A ``Catalog`` into the DDL that builds it in an empty database.

Reading what was built gives the same catalog, except for what is listed as unmanaged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity import graph
from integrity.catalog import ddl
from integrity.model import Catalog, Domain, EnumType, Function, Name, Table, View
from integrity.sql.quote import ident, literal, qualified

Built = Table | View | Function
Id = tuple[str, str, str]  # schema, name, and arguments of a function
_PART = r'"(?:[^"]|"")+"|[^\W\d][\w$]*'
_QUALIFIED = re.compile(rf"({_PART})\.({_PART})")


def create_statements(catalog: Catalog) -> Iterator[str]:
    """DDL for everything in the catalog, in an order that works.

    The statements expect search_path = pg_catalog. A materialized view is filled last of all.
    """
    if catalog.functions:
        yield "set check_function_bodies = off"  # bodies may name what comes later
    yield from (f"create schema if not exists {ident(schema)}" for schema in catalog.schemas)
    yield from map(_create_enum, catalog.enums)
    yield from map(_create_domain, _bases_first(catalog.domains))
    yield from map(ddl.create_sequence, catalog.sequences)
    built = _in_order(catalog)
    for item in built:
        yield from _create(item)
    yield from _finish(catalog)
    for item in built:
        if isinstance(item, View) and item.materialized:
            yield f"refresh materialized view {qualified(item.name)}"
    if catalog.functions:
        yield "reset check_function_bodies"


def _create_enum(enum: EnumType) -> str:
    labels = ", ".join(map(literal, enum.labels))
    return f"create type {qualified(enum.name)} as enum ({labels})"


def _create_domain(domain: Domain) -> str:
    return f"create domain {qualified(domain.name)} as {domain.type} {domain.constraints}".rstrip()


def _bases_first(domains: tuple[Domain, ...]) -> list[Domain]:
    """A domain may be one over another."""
    by_type = {qualified(domain.name): domain for domain in domains}
    placed: dict[Name, Domain] = {}

    def place(domain: Domain) -> None:
        if base := by_type.get(domain.type.removesuffix("[]")):
            place(base)
        placed.setdefault(domain.name, domain)

    for domain in domains:
        place(domain)
    return list(placed.values())


def _create(item: Built) -> Iterator[str]:
    match item:
        case Function():
            yield item.definition.rstrip("\n")
        case View():
            kind = "materialized view" if item.materialized else "view"
            body = item.definition.rstrip().removesuffix(";")
            yield f"create {kind} {qualified(item.name)} as\n{body}" + (
                "\nwith no data" if item.materialized else ""
            )
        case Table():
            yield from create_table_with_keys(item)


def create_table_with_keys(table: Table, at: Name | None = None) -> Iterator[str]:
    """A table, its keys and its indexes, but no foreign keys, triggers and comments."""
    at = at or table.name
    yield ddl.create_table(table, at)
    for key in table.keys():  # noqa: SIM118 - not a dict
        yield ddl.add_key(key, at, primary=key is table.primary_key)
    yield from (ddl.create_index(index, at) for index in table.indexes)


def _finish(catalog: Catalog) -> Iterator[str]:
    """What ties objects together: foreign keys, triggers, ownership; then comments."""
    for table in catalog.tables:
        yield from (ddl.add_foreign_key(key, table.name) for key in table.foreign_keys)
    for table in catalog.tables:
        for trigger in table.triggers:
            yield trigger.definition
            yield from filter(None, [ddl.enable_trigger(trigger, table.name)])
    yield from filter(None, map(ddl.own_sequence, catalog.sequences))
    for table in catalog.tables:
        yield from ddl.comments(table, table.name)


def _in_order(catalog: Catalog) -> list[Built]:
    """Tables, views and functions so that each comes after what its definition names.

    What a definition names is found in its text, which can find too much (a name in a string).
    A cycle of such findings is broken; what a view reads, the server said itself.
    """
    built: list[Built] = [*catalog.tables, *catalog.views, *catalog.functions]
    items = {_id(item): item for item in built}
    by_name: dict[tuple[str, str], list[Id]] = {}
    for key in items:
        by_name.setdefault(key[:2], []).append(key)
    known: set[tuple[Id, Id]] = set()
    guessed: set[tuple[Id, Id]] = set()
    for key, item in items.items():
        found = {other for name in _mentions(_text(item)) for other in by_name.get(name, ())}
        guessed |= {(other, key) for other in found - {key}}
        if isinstance(item, View):
            reads = {other for n in item.reads for other in by_name.get((n.schema, n.name), ())}
            known |= {(other, key) for other in reads}
    edges = known | guessed
    edges.difference_update(graph.feedback(items, edges, lambda edge: edge in known))
    return [items[key] for key in graph.order(items, edges)]


def _id(item: Built) -> Id:
    arguments = item.arguments if isinstance(item, Function) else ""
    return item.name.schema, item.name.name, arguments


def _text(item: Built) -> str:
    """The part of a definition that the server resolves at once."""
    match item:
        case Table():
            return ddl.create_table(item, item.name) + " ".join(
                f"{' '.join(index.columns)} {index.where}" for index in item.indexes
            )
        case View():
            return item.definition
        case Function():  # a body between quotes is resolved when it runs, BEGIN ATOMIC at once
            return item.definition.split("\nAS ", 1)[0]


def _mentions(text: str) -> Iterator[tuple[str, str]]:
    for schema, name in _QUALIFIED.findall(text):
        yield _bare(schema), _bare(name)


def _bare(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part

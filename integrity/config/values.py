"""Values in YAML: expressions, lookups, crosswalks, and several ways in order of trust."""

from __future__ import annotations

from collections.abc import Iterable

from integrity.config.nodes import Node, Reader
from integrity.model import CrosswalkLookup, Expression, FirstOf, Lookup, Name, Value

_LOOKUP = ("lookup", "by", "take", "optional")
_CROSSWALK = ("crosswalk", "key", "optional")


def read_value(reader: Reader, node: Node, what: str) -> Value:
    """An expression, or a way to find a key."""
    if not reader.is_mapping(node):
        return read_expression(reader, node, what)
    keys = [key.value for key, _ in node.value]
    if "first_of" in keys:
        return _first_of(reader, node, what)
    return _way(reader, node, what) or Expression("", reader.place(node))


def _way(reader: Reader, node: Node, what: str) -> Lookup | CrosswalkLookup | None:
    if reader.is_mapping(node):
        keys = [key.value for key, _ in node.value]
        if "lookup" in keys:
            return _lookup(reader, node, what)
        if "crosswalk" in keys:
            return _crosswalk(reader, node, what)
    hint = "write {lookup: ...}, {crosswalk: ...} or {first_of: [...]}"
    reader.problem(node, f"{what}: expected a way to find a key", hint)
    return None


def _first_of(reader: Reader, node: Node, what: str) -> FirstOf:
    fields = reader.fields(node, f"{what}", ("first_of",))
    listed = fields.require("first_of")
    items = () if listed is None else reader.items(listed, fields.of("first_of"))
    ways = (_way(reader, item, what) for item in items)
    return FirstOf(ways=tuple(way for way in ways if way), location=fields.location)


def _lookup(reader: Reader, node: Node, what: str) -> Lookup:
    fields = reader.fields(node, f"lookup of {what}", _LOOKUP)
    table, by = fields.require("lookup"), fields.require("by")
    take = fields.get("take")
    if take is not None:
        reader.places.note(fields.location, "take", "", reader.place(take))
    if table is not None:
        reader.places.note(fields.location, "table", "", reader.place(table))
    return Lookup(
        table=Name("", "") if table is None else reader.name(table, fields.of("lookup")),
        by=() if by is None else _by(reader, by, fields.of("by")),
        take=fields.text("take"),
        optional=fields.flag("optional"),
        location=fields.location,
    )


def _by(reader: Reader, node: Node, what: str) -> tuple[tuple[Expression, Expression], ...]:
    """Sorted by the looked-up side: the pairs hold together, in no order."""
    entries = reader.fields(node, what)
    if reader.is_mapping(node) and not entries.entries:
        reader.problem(node, f"{what}: expected at least one column")
    pairs = (
        (Expression(name, reader.place(key)), read_expression(reader, given, what))
        for name, key, given in entries
    )
    return tuple(sorted(pairs, key=lambda pair: pair[0].text))


def _crosswalk(reader: Reader, node: Node, what: str) -> CrosswalkLookup:
    fields = reader.fields(node, f"crosswalk of {what}", _CROSSWALK)
    table, key = fields.require("crosswalk"), fields.require("key")
    if table is not None:
        reader.places.note(fields.location, "table", "", reader.place(table))
    items: Iterable[Node] = ()
    if key is not None:
        items = reader.items(key, fields.of("key")) if reader.is_list(key) else (key,)
    return CrosswalkLookup(
        source=Name("", "") if table is None else reader.name(table, fields.of("crosswalk")),
        key=tuple(read_expression(reader, item, fields.of("key")) for item in items),
        optional=fields.flag("optional"),
        location=fields.location,
    )


def read_expression(reader: Reader, node: Node, what: str) -> Expression:
    """An expression with its place."""
    return Expression(reader.sql(node, what), reader.place(node))

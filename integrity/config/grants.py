"""Grants in YAML: ``{role: [privileges]}``, or ``as_sources`` for a unified table."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.config.nodes import Fields, Node, Reader, Scalar
from integrity.model import Grant

AS_SOURCES = "as_sources"
ON_TABLES = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
ON_FUNCTIONS = ("execute",)


def read_grants(fields: Fields, allowed: tuple[str, ...]) -> tuple[Grant, ...]:
    """The grants of the key ``grants``, by role; privileges in the order of ``allowed``."""
    node = fields.get("grants")
    if node is None or (isinstance(node, Scalar) and node.value == AS_SOURCES):
        return ()
    found = _grants(fields.reader, node, fields.of("grants"), allowed)
    return tuple(sorted(found, key=lambda grant: grant.role))


def as_sources(fields: Fields) -> bool:
    """Whether the key ``grants`` is the word ``as_sources``."""
    node = fields.get("grants")
    return isinstance(node, Scalar) and node.value == AS_SOURCES


def _grants(reader: Reader, node: Node, what: str, allowed: tuple[str, ...]) -> Iterator[Grant]:
    for role, key, value in reader.fields(node, what):
        reader.check_identifier(key, f"role in {what}")
        items = reader.items(value, f"{role} in {what}")
        words = {reader.choice(item, f"{role} in {what}", allowed) for item in items}
        if reader.is_list(value) and not words:
            reader.problem(value, f"{role} in {what}: expected at least one privilege")
        listed = tuple(word for word in allowed if word in words)
        yield Grant(role=role, privileges=listed, location=reader.place(key))

"""Contracts: what one legacy schema is known to look like, one file each.

``integrity inspect`` writes them; a person may edit them. Everything is sorted by name, as the
catalog room sorts what it reads from a server, so a contract and a server compare as values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from integrity.config.nodes import Fields, Node, Reader
from integrity.config.scalars import parse_name
from integrity.config.tables import contract_table, with_references
from integrity.model import Catalog, Domain, EnumType, Function, Name, Sequence, Table, View

_KEYS = ("schema", "enums", "domains", "sequences", "tables", "views", "functions", "unmanaged")
_VIEW = ("definition", "materialized", "reads")
_DOMAIN = ("type", "constraints")
_SEQUENCE = ("type", "owned_by")

_Named = TypeVar("_Named", EnumType, Domain, Sequence, View)


@dataclass(slots=True)
class Contracts:
    """The contract files read so far."""

    schemas: list[str] = field(default_factory=list)
    enums: list[EnumType] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    unmanaged: list[str] = field(default_factory=list)

    def read(self, reader: Reader, root: Node) -> None:
        """Add one contract file."""
        fields = reader.fields(root, "contract", _KEYS)
        schema = schema_of(fields)
        if schema in self.schemas:
            node = fields.get("schema")
            reader.problem(node or root, f"schema {schema!r} has two contracts")
        self.schemas.append(schema)
        self.enums += [_enum(fields, schema, *entry) for entry in _entries(fields, "enums")]
        self.domains += [_domain(fields, schema, *entry) for entry in _entries(fields, "domains")]
        self.sequences += [_sequence(fields, schema, *e) for e in _entries(fields, "sequences")]
        self.tables += [
            contract_table(reader, schema, key, node)
            for _, key, node in open_entries(fields, "tables")
        ]
        self.views += [_view(fields, schema, *entry) for entry in _entries(fields, "views")]
        self.functions += [
            _function(fields, schema, *entry) for entry in _entries(fields, "functions")
        ]
        self.unmanaged += fields.words("unmanaged")

    def catalog(self) -> Catalog:
        """All of them as one catalog."""
        return Catalog(
            schemas=tuple(sorted(set(self.schemas))),
            enums=_sorted(self.enums),
            domains=_sorted(self.domains),
            sequences=_sorted(self.sequences),
            tables=with_references(self.tables),
            views=_sorted(self.views),
            functions=tuple(sorted(self.functions, key=lambda f: (f.name, f.arguments))),
            unmanaged=tuple(sorted(self.unmanaged)),
        )


def schema_of(fields: Fields) -> str:
    """The schema that a file is about."""
    fields.require("schema")
    return fields.identifier("schema") or ""


def open_entries(fields: Fields, key: str) -> Fields:
    """The entries of a mapping with names as keys; none when the key is missing."""
    node = fields.get(key)
    if node is None:
        return Fields(fields.reader, fields.of(key), {}, fields.location)
    return fields.reader.fields(node, fields.of(key))


def _entries(fields: Fields, key: str) -> Iterable[tuple[str, Node]]:
    return ((name, node) for name, _, node in open_entries(fields, key))


def _sorted(values: Iterable[_Named]) -> tuple[_Named, ...]:
    return tuple(sorted(values, key=lambda value: value.name))


def _enum(fields: Fields, schema: str, name: str, node: Node) -> EnumType:
    what = f"enum {name!r}"
    labels = (fields.reader.text(item, what) for item in fields.reader.items(node, what))
    return EnumType(name=Name(schema, name), labels=tuple(labels))


def _domain(fields: Fields, schema: str, name: str, node: Node) -> Domain:
    entry = fields.reader.fields(node, f"domain {name!r}", _DOMAIN)
    entry.require("type")
    return Domain(
        name=Name(schema, name),
        type=entry.text("type") or "text",
        constraints=entry.text("constraints") or "",
    )


def _sequence(fields: Fields, schema: str, name: str, node: Node) -> Sequence:
    entry = fields.reader.fields(node, f"sequence {name!r}", _SEQUENCE)
    kind = entry.text("type") or "bigint"
    return Sequence(name=Name(schema, name), type=kind, owned_by=entry.text("owned_by"))


def _view(fields: Fields, schema: str, name: str, node: Node) -> View:
    entry = fields.reader.fields(node, f"view {name!r}", _VIEW)
    entry.require("definition")
    return View(
        name=Name(schema, name),
        definition=entry.text("definition") or "",
        materialized=entry.flag("materialized"),
        reads=tuple(_reads(entry)),
    )


def _reads(entry: Fields) -> Iterable[Name]:
    for word in entry.words("reads"):
        name = parse_name(word)
        if name is None:
            place = entry.reader.places.of(entry.location, "reads", word)
            entry.reader.problem(
                place, f"{entry.of('reads')}: expected schema.name, found {word!r}"
            )
        else:
            yield name


def _function(fields: Fields, schema: str, signature: str, node: Node) -> Function:
    """The key is ``name(arguments)``; a name that holds a parenthesis is not supported."""
    what = f"function {signature!r}"
    name, paren, arguments = signature.partition("(")
    if not paren or not arguments.endswith(")"):
        fields.reader.problem(node, f"{what}: expected name(arguments) as key")
    definition = fields.reader.text(node, what)
    return Function(name=Name(schema, name), arguments=arguments[:-1], definition=definition)

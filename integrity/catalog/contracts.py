"""Contracts: what a legacy schema looks like, as YAML that a person can read and review.

One file per schema. Names that PostgreSQL would choose by itself are left out; the config room
puts them back. Reading a written contract gives the catalog it was written from.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceType
from pathlib import Path
from typing import Any

from integrity.catalog.read import read_catalog
from integrity.catalog.yaml_text import Aligned, Sql, Value, document
from integrity.config.contracts import Contracts
from integrity.config.nodes import Places, Reader
from integrity.config.scalars import parse_name
from integrity.config.tables import default_name
from integrity.database.connect import Connection
from integrity.errors import ConfigFailure, DriftFailure, Problem, nearest
from integrity.model import (
    Catalog,
    Column,
    Domain,
    ForeignKey,
    Index,
    Key,
    Name,
    Sequence,
    Table,
    Trigger,
    View,
)

Entries = dict[str, Value]


def write_contracts(
    conn: Connection[Any], directory: Path, schemas: SequenceType[str]
) -> tuple[Path, ...]:
    """Write ``<directory>/<schema>.yaml`` for each schema; the paths, in the order given.

    Raises DriftFailure for a schema that does not exist, before anything is written.
    """
    catalog = read_catalog(conn, schemas)
    for schema in schemas:
        if schema not in catalog.schemas:
            known = read_catalog(conn).schemas
            raise DriftFailure(
                f"the database has no schema {schema!r}", hint=nearest(schema, known)
            )
    directory.mkdir(parents=True, exist_ok=True)
    return tuple(_write(catalog, directory, schema) for schema in schemas)


def _write(catalog: Catalog, directory: Path, schema: str) -> Path:
    path = directory / f"{file_stem(schema)}.yaml"
    path.write_text(contract_yaml(catalog, schema), encoding="utf-8", newline="\n")
    return path


def file_stem(schema: str) -> str:
    """A file name for a schema: bytes that not every file system takes become %XX."""
    safe = "abcdefghijklmnopqrstuvwxyz0123456789_-"
    return "".join(
        c if c in safe else "".join(f"%{byte:02X}" for byte in c.encode()) for c in schema
    )


def read_contracts(paths: SequenceType[Path]) -> Catalog:
    """The catalog that contract files describe. Raises ConfigFailure with every problem."""
    problems: list[Problem] = []
    contracts = Contracts()
    for path in paths:
        reader = Reader(str(path), problems, Places())
        root = reader.compose(path.read_bytes())
        if root is not None:
            contracts.read(reader, root)
    if problems:
        raise ConfigFailure(problems)
    return contracts.catalog()


def contract_yaml(catalog: Catalog, schema: str) -> str:
    """The contract of one schema of the catalog."""
    known = {table.name: table for table in catalog.tables}
    tables = (t for t in catalog.tables if t.name.schema == schema)
    views = (v for v in catalog.views if v.name.schema == schema)
    functions = (f for f in catalog.functions if f.name.schema == schema)
    sequences = (s for s in catalog.sequences if s.name.schema == schema)
    domains = (d for d in catalog.domains if d.name.schema == schema)
    enums = (e for e in catalog.enums if e.name.schema == schema)
    parts: dict[str, Mapping[str, Value]] = {
        "enums": {e.name.name: e.labels for e in enums},
        "domains": {d.name.name: _domain(d) for d in domains},
        "sequences": {s.name.name: _sequence(s) for s in sequences},
        "tables": {t.name.name: _table(t, known) for t in tables},
        "views": {v.name.name: _view(v) for v in views},
        "functions": {f"{f.name.name}({f.arguments})": f.definition for f in functions},
    }
    blocks = ["".join(f"{line}\n" for line in document({"schema": schema}))]
    blocks += [_part(key, entries) for key, entries in parts.items() if entries]
    if lines := [line for line in catalog.unmanaged if _is_in(line, schema)]:
        blocks.append("".join(f"{line}\n" for line in document({"unmanaged": lines})))
    return "\n".join(blocks)


def _part(key: str, entries: Mapping[str, Value]) -> str:
    """A part of the file; entries of several lines stand between blank lines."""
    lines, was_long = [f"{key}:"], False
    for name, value in entries.items():
        entry = [f"  {line}" if line else "" for line in document({name: value})]
        is_long = len(entry) > 1
        if len(lines) > 1 and (is_long or was_long):
            lines.append("")
        lines += entry
        was_long = is_long
    return "".join(f"{line}\n" for line in lines)


def _is_in(line: str, schema: str) -> bool:
    return f" {schema}." in f" {line}"


# --- tables -----------------------------------------------------------------------------------


def _table(table: Table, known: Mapping[Name, Table]) -> Entries:
    entry: Entries = {}
    if table.description is not None:
        entry["description"] = table.description
    entry["columns"] = Aligned({c.name: _column(c, table) for c in table.columns})
    if table.primary_key:
        entry["primary_key"] = _key(table.primary_key, default_name(table.name, (), "pkey"))
    parts: dict[str, Value] = {
        "unique": [
            _key(key, default_name(table.name, key.columns, "key"))
            for key in table.keys()  # noqa: SIM118 - not a dict
            if key is not table.primary_key
        ],
        "foreign_keys": _foreign_keys(table, known),
        "checks": Aligned({check.name: Sql(check.expression) for check in table.checks}),
        "indexes": [_index(index) for index in table.indexes],
        "triggers": Aligned({t.name: _trigger(t) for t in table.triggers}),
    }
    return entry | {key: value for key, value in parts.items() if value}


def _column(column: Column, table: Table) -> Entries:
    in_key = table.primary_key is not None and column.name in table.primary_key.columns
    entry: Entries = {"type": column.type}
    if not column.nullable and not in_key:
        entry[Sql("null")] = False
    for key in ("default", "generated"):
        if (expression := getattr(column, key)) is not None:
            entry[key] = Sql(expression)
    for key in ("identity", "collation", "description"):
        if (text := getattr(column, key)) is not None:
            entry[key] = text
    return entry


def _key(key: Key, default: str) -> Value:
    """The columns, or with what differs from the default."""
    if key.name == default and not key.nulls_not_distinct:
        return key.columns
    entry: Entries = {} if key.name == default else {"name": key.name}
    entry["columns"] = key.columns
    if key.nulls_not_distinct:
        entry["nulls_not_distinct"] = True
    return entry


def _foreign_keys(table: Table, known: Mapping[Name, Table]) -> Aligned:
    names = {key.name for key in table.foreign_keys}
    return Aligned(
        (key.columns[0], _spelt(key.references))
        if _is_short(key, table, known) and key.columns[0] not in names
        else (key.name, _foreign_key(key))
        for key in table.foreign_keys
    )


def _is_short(key: ForeignKey, table: Table, known: Mapping[Name, Table]) -> bool:
    """Whether ``column: table`` says it all: one column to the primary key of a known table."""
    target = known.get(key.references)
    plain = ForeignKey(
        name=default_name(table.name, key.columns, "fkey"),
        columns=key.columns[:1],
        references=key.references,
        to=target.primary_key.columns if target and target.primary_key else (),
    )
    return key == plain and key.references.schema == table.name.schema


def _foreign_key(key: ForeignKey) -> Entries:
    entry: Entries = {"columns": key.columns, "references": _spelt(key.references), "to": key.to}
    if key.on_delete != "NO ACTION":
        entry["on_delete"] = key.on_delete.lower()
    if key.on_update != "NO ACTION":
        entry["on_update"] = key.on_update.lower()
    if key.deferrable:
        entry["deferrable"] = True
    return entry


def _index(index: Index) -> Entries:
    entry: Entries = {"name": index.name, "columns": index.columns}
    if index.include:
        entry["include"] = index.include
    if index.where is not None:
        entry["where"] = Sql(index.where)
    if index.unique:
        entry["unique"] = True
    if index.method != "btree":
        entry["method"] = index.method
    if index.nulls_not_distinct:
        entry["nulls_not_distinct"] = True
    return entry


def _trigger(trigger: Trigger) -> Value:
    if trigger.enabled == "origin":
        return trigger.definition
    return {"definition": trigger.definition, "enabled": trigger.enabled}


# --- the rest ---------------------------------------------------------------------------------


def _domain(domain: Domain) -> Entries:
    entry: Entries = {"type": domain.type}
    if domain.constraints:
        entry["constraints"] = domain.constraints
    return entry


def _sequence(sequence: Sequence) -> Entries:
    entry: Entries = {"type": sequence.type}
    if sequence.owned_by is not None:
        entry["owned_by"] = sequence.owned_by
    return entry


def _view(view: View) -> Entries:
    entry: Entries = {"definition": view.definition}
    if view.materialized:
        entry["materialized"] = True
    if view.reads:
        entry["reads"] = [_spelt(name) for name in view.reads]
    return entry


def _spelt(name: Name) -> str:
    """``schema.name`` as the config room reads it: quoted only where a dot or quote needs it."""
    if parse_name(str(name)) == name:
        return str(name)
    return ".".join('"' + part.replace('"', '""') + '"' for part in (name.schema, name.name))

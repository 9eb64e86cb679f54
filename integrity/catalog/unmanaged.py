"""What a database holds that the model cannot express, listed so that it is never ignored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Row = dict[str, Any]
RELATION_KINDS = {"p": "partitioned table", "f": "foreign table", "c": "composite type"}
FLAGS = {
    "unlogged": "unlogged table",
    "has_options": "storage parameters",
    "tablespace": "tablespace",
    "replica_identity": "replica identity",
    "row_security": "row security",
    "forced_row_security": "forced row security",
    "has_privileges": "privileges",
}


def unmanaged(
    rows: dict[str, Any], functions: Iterable[Row], lines: Sequence[str]
) -> tuple[str, ...]:
    """All such objects as "kind schema.name", sorted.

    ``rows`` holds the reader's rows: relations, sequences by oid, and columns, constraints and
    indexes grouped by the oid of their table. ``lines`` are those the server spelt itself.
    """
    found = {*lines, *_functions(functions), *_relations(rows["relations"])}
    for relation in rows["relations"]:
        place, oid = f"{relation['schema']}.{relation['name']}", relation["oid"]
        if rows["sequences"].get(oid, {}).get("internal"):
            found.discard(f"privileges {place}")
            continue
        found.update(_sequence(place, relation["schema"], rows["sequences"].get(oid)))
        for part, describe in (
            ("columns", _column),
            ("constraints", _constraint),
            ("indexes", _index),
        ):
            for row in rows[part].get(oid, ()):
                found.update(f"{kind} {place}.{row['name']}" for kind in describe(row))
    return tuple(sorted(found))


def _functions(functions: Iterable[Row]) -> Iterator[str]:
    for row in functions:
        if row["has_privileges"]:
            yield f"privileges {row['schema']}.{row['name']}({row['arguments']})"


def _relations(relations: Iterable[Row]) -> Iterator[str]:
    for row in relations:
        place = f"{row['schema']}.{row['name']}"
        if row["is_partition"]:
            yield f"partition {place}"
        elif row["kind"] == "r" and (row["is_child"] or row["is_parent"]):
            yield f"inheritance {place}"
        if row["kind"] in RELATION_KINDS:
            yield f"{RELATION_KINDS[row['kind']]} {place}"
        yield from (
            f"{kind} {place}" for flag, kind in FLAGS.items() if row[flag] and _says(row, flag)
        )


def _says(row: Row, flag: str) -> bool:
    """Whether the flag means anything for this kind of relation."""
    return flag != "replica_identity" or row["kind"] in "rp"


def _sequence(place: str, schema: str, row: Row | None) -> Iterator[str]:
    if row is None:
        return
    if row["has_options"]:
        yield f"sequence options {place}"
    if row["owner_schema"] not in (None, schema):
        yield f"sequence owned across schemas {place}"


def _column(row: Row) -> Iterator[str]:
    if row["generated"] == "v":
        yield "virtual generated column"


def _constraint(row: Row) -> Iterator[str]:
    if row["kind"] == "x":
        yield "exclusion constraint"
    if not row["valid"]:
        yield "not valid constraint"
    if row["deferred"]:
        yield "initially deferred constraint"
    if row["kind"] in "pu" and row["deferrable"]:
        yield "deferrable key"
    if row["covering"]:
        yield "covering key"
    if row["match_type"] == "f":
        yield "match full foreign key"
    if row["deletes_some_columns"]:
        yield "foreign key with a column list on delete"
    if row["special"]:
        yield "temporal or not enforced constraint"


def _index(row: Row) -> Iterator[str]:
    if not row["valid"]:
        yield "invalid index"
    if row["has_options"]:
        yield "storage parameters"
    if row["has_class_options"]:
        yield "operator class parameters"

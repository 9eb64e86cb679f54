"""Tables and their parts as DDL, written as a careful person writes it.

No statement ends in a semicolon. Each piece takes the place where it is built, since a table may
be built beside the one that it will replace.
"""

from __future__ import annotations

from integrity.model import Column, ForeignKey, Index, Key, Name, Sequence, Table, Trigger
from integrity.sql.quote import ident, idents, literal, qualified

INDENT = "    "
FIRES = {"always": "enable always", "replica": "enable replica", "disabled": "disable"}


def create_table(table: Table, at: Name) -> str:
    """CREATE TABLE with columns and checks; keys and indexes are added when rows are in."""
    widths = _widths(table.columns)
    entries = [_column(column, widths) for column in table.columns]
    entries += [
        f"constraint {ident(check.name)} check ({check.expression})" for check in table.checks
    ]
    body = "".join(f"\n{INDENT}{entry}" for entry in _separated(entries))
    return f"create table {qualified(at)} ({body}\n)"


def column_definition(column: Column) -> str:
    """A column as it stands in CREATE TABLE or behind ADD COLUMN."""
    return _column(column, (0, 0))


def _separated(entries: list[str]) -> list[str]:
    return [f"{entry}," for entry in entries[:-1]] + entries[-1:]


def _widths(columns: tuple[Column, ...]) -> tuple[int, int]:
    return (
        max((len(ident(c.name)) for c in columns), default=0),
        max((len(_type(c)) for c in columns if _properties(c)), default=0),
    )


def _column(column: Column, widths: tuple[int, int]) -> str:
    name, type_ = ident(column.name).ljust(widths[0]), _type(column)
    properties = _properties(column)
    return f"{name} {type_.ljust(widths[1])} {properties}" if properties else f"{name} {type_}"


def _type(column: Column) -> str:
    return (
        f"{column.type} collate {collation(column.collation)}" if column.collation else column.type
    )


def collation(name: str) -> str:
    """A collation as SQL. Names outside pg_catalog are quoted and qualified already."""
    return name if name.startswith('"') else ident(name)


def _properties(column: Column) -> str:
    words = [] if column.nullable or column.identity else ["not null"]
    if column.generated is not None:
        words.append(f"generated always as ({column.generated}) stored")
    elif column.identity:
        words.append(f"generated {column.identity} as identity")
    elif column.default is not None:
        words.append(f"default {column.default}")
    return " ".join(words)


def add_key(key: Key, at: Name, *, primary: bool) -> str:
    """ALTER TABLE that adds a primary key or a unique constraint."""
    kind = "primary key" if primary else "unique"
    nulls = " nulls not distinct" if key.nulls_not_distinct and not primary else ""
    return _add_constraint(at, key.name, f"{kind}{nulls} ({idents(key.columns)})")


def add_foreign_key(
    key: ForeignKey, at: Name, references_at: Name | None = None, *, not_valid: bool = False
) -> str:
    """ALTER TABLE that adds a foreign key; ``references_at`` is where the other table is now."""
    target = qualified(references_at or key.references)
    words = [f"foreign key ({idents(key.columns)})\n{INDENT * 2}references {target}"]
    words[0] += f" ({idents(key.to)})"
    if key.on_update != "NO ACTION":
        words.append(f"on update {key.on_update.lower()}")
    if key.on_delete != "NO ACTION":
        words.append(f"on delete {key.on_delete.lower()}")
    if key.deferrable:
        words.append("deferrable")
    if not_valid:
        words.append("not valid")
    return _add_constraint(at, key.name, " ".join(words))


def _add_constraint(at: Name, name: str, definition: str) -> str:
    return f"alter table {qualified(at)}\n{INDENT}add constraint {ident(name)} {definition}"


def create_index(index: Index, at: Name, *, concurrently: bool = False) -> str:
    """CREATE INDEX on a table. ``Index.columns`` and ``where`` are SQL already."""
    kind = "unique index" if index.unique else "index"
    beside = " concurrently" if concurrently else ""
    method = "" if index.method == "btree" else f" using {ident(index.method)}"
    target = f"{qualified(at)}{method} ({', '.join(index.columns)})"
    lines = [f"create {kind}{beside} {ident(index.name)}", f"on {target}"]
    if index.include:
        lines.append(f"include ({idents(index.include)})")
    if index.nulls_not_distinct:
        lines.append("nulls not distinct")
    if index.where is not None:
        lines.append(f"where {index.where}")
    return f"\n{INDENT}".join(lines)


def create_sequence(sequence: Sequence) -> str:
    """CREATE SEQUENCE; ownership is set when the owning table is there."""
    type_ = "" if sequence.type == "bigint" else f" as {sequence.type}"
    return f"create sequence {qualified(sequence.name)}{type_}"


def own_sequence(sequence: Sequence) -> str | None:
    """ALTER SEQUENCE that ties a sequence to its column, if it has one."""
    if sequence.owned_by is None:
        return None
    owner = f"{ident(sequence.name.schema)}.{sequence.owned_by}"
    return f"alter sequence {qualified(sequence.name)}\n{INDENT}owned by {owner}"


def enable_trigger(trigger: Trigger, at: Name) -> str | None:
    """ALTER TABLE that says when a trigger fires, unless it fires as all do."""
    if trigger.enabled == "origin":
        return None
    return f"alter table {qualified(at)} {FIRES[trigger.enabled]} trigger {ident(trigger.name)}"


def comments(table: Table, at: Name) -> list[str]:
    """COMMENT ON for the table and its columns, as far as they are described."""
    found = []
    if table.description is not None:
        found.append(f"comment on table {qualified(at)}\n{INDENT}is {literal(table.description)}")
    for column in table.columns:
        if column.description is not None:
            place = f"{qualified(at)}.{ident(column.name)}"
            found.append(f"comment on column {place}\n{INDENT}is {literal(column.description)}")
    return found

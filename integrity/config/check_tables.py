"""Checks of unified and legacy tables: names, columns, keys, references, expressions."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from re import compile as pattern

from integrity.config.check import Checked
from integrity.config.expressions import problems
from integrity.config.tables import first_word
from integrity.errors import Problem, nearest
from integrity.model import (
    Check,
    Column,
    Expression,
    ForeignKey,
    Index,
    Key,
    Location,
    Name,
    Project,
    Table,
)

_RESERVED = "integrity_"
_RESERVED_SCHEMAS = ("integrity_work", "information_schema")
_RESERVED_SUFFIXES = ("__next", "__legacy")
_WHOLE_NUMBERS = ("smallint", "integer", "bigint", "int", "int2", "int4", "int8")
_ORDERING = pattern(r"(?i)(\s+(asc|desc))?(\s+nulls\s+(first|last))?\s*$")


def table_problems(project: Project, checked: Checked) -> Iterator[Problem]:
    """What is wrong with the tables of a project."""
    for folder, tables in (("unified", project.tables), ("legacy", project.legacy.tables)):
        known = {table.name: table for table in tables}
        yield from _same_names(tables)
        for table in tables:
            yield from _column_lists(table, checked)
            yield from _references(table, known, folder, checked)
    derived = {mapping.table for mapping in project.mappings if mapping.derived}
    for table in project.tables:
        yield from _reserved_name(table, project)
        if table.name not in derived:  # what a contract says, a server has accepted
            yield from _columns(table)
            yield from _keys(table)
            yield from _expressions(table, checked)
    yield from _same_relations({table.name: table for table in project.tables})


def _same_names(tables: tuple[Table, ...]) -> Iterator[Problem]:
    first: dict[Name, Table] = {}
    for table in sorted(tables, key=lambda t: t.location):
        if table.name in first:
            where = first[table.name].location
            yield Problem(table.location, f"two tables are named {table.name}", f"first at {where}")
        first.setdefault(table.name, table)


def _same_relations(tables: dict[Name, Table]) -> Iterator[Problem]:
    """Tables and indexes, those of keys included, share one space of names per schema."""
    first: dict[Name, Location] = {name: table.location for name, table in tables.items()}
    for table in tables.values():
        parts: tuple[Key | Index, ...] = (*table.keys(), *table.indexes)
        for part in sorted(parts, key=lambda part: part.location):
            name = Name(table.name.schema, part.name)
            if name in first:
                message = f"two relations are named {name}"
                yield Problem(
                    part.location, message, f"first at {first[name]}; give it a name: ..."
                )
            first.setdefault(name, part.location)
    for table in tables.values():
        yield from _same_constraints(table)


def _same_constraints(table: Table) -> Iterator[Problem]:
    """Constraints share one space of names per table; keys were looked at as relations."""
    first: dict[str, Location] = {}
    first.update((key.name, key.location) for key in (*table.keys(),))
    parts: tuple[Check | ForeignKey, ...] = (*table.checks, *table.foreign_keys)
    for part in parts:
        if part.name in first:
            message = f"two constraints of {table.name} are named {part.name!r}"
            yield Problem(part.location, message, f"first at {first[part.name]}")
        first.setdefault(part.name, part.location)


def _reserved_name(table: Table, project: Project) -> Iterator[Problem]:
    schema, name = table.name.schema, table.name.name
    if name.startswith(_RESERVED):
        hint = f"choose a name that does not begin with {_RESERVED}"
        yield Problem(table.location, f"{table.name} is a name of the toolkit's own tables", hint)
    taken = schema.startswith("pg_") or schema in _RESERVED_SCHEMAS
    if taken or schema.endswith(_RESERVED_SUFFIXES):
        yield Problem(table.location, f"schema {schema!r} is reserved", "choose another schema")
    if table.renamed_from and project.table(table.renamed_from):
        message = f"{table.name} is renamed from {table.renamed_from}, which is still declared"
        yield Problem(table.location, message, "remove one of the two")


# --- columns ----------------------------------------------------------------------------------


def _columns(table: Table) -> Iterator[Problem]:
    kinds: dict[str, str] = {}
    for column in table.columns:
        yield from _own_name(column)
        yield from _origin(column)
        yield from _assigned(column, table)
        if column.renamed_from and table.column(column.renamed_from):
            message = f"{column.name!r} is renamed from {column.renamed_from!r}, still declared"
            yield Problem(column.location, message, "remove one of the two")
        if column.provenance and column.provenance in kinds:
            message = f"{kinds[column.provenance]!r} takes the {column.provenance} already"
            yield Problem(column.location, message)
        elif column.provenance:
            kinds[column.provenance] = column.name


def _own_name(column: Column) -> Iterator[Problem]:
    if column.name.startswith(_RESERVED):
        hint = f"choose a name that does not begin with {_RESERVED}"
        yield Problem(column.location, f"{column.name!r} is a name of the toolkit's columns", hint)


def _origin(column: Column) -> Iterator[Problem]:
    """A column has at most one origin besides the sources."""
    origins = {
        "default": column.default,
        "generated": column.generated,
        "key: assigned": column.assigned,
        "identity": column.identity and not column.assigned,
        "provenance": column.provenance,
    }
    given = [word for word, value in origins.items() if value]
    if len(given) > 1:
        message = f"column {column.name!r} cannot have {' and '.join(given)}"
        yield Problem(column.location, message, "keep one of them")


def _assigned(column: Column, table: Table) -> Iterator[Problem]:
    if not column.assigned:
        return
    if column.type not in _WHOLE_NUMBERS:
        message = f"column {column.name!r} is numbered, so its type cannot be {column.type!r}"
        yield Problem(column.location, message, "write type: bigint")
    if table.primary_key is None or table.primary_key.columns != (column.name,):
        message = f"column {column.name!r} is numbered, so it must be the primary key"
        yield Problem(column.location, message, f"write primary_key: [{column.name}]")


# --- keys, indexes, references ----------------------------------------------------------------


def _column_lists(table: Table, checked: Checked) -> Iterator[Problem]:
    names = {column.name for column in table.columns}
    message = f"{table.name} has no column"
    parts: tuple[Key | ForeignKey, ...] = (*table.keys(), *table.foreign_keys)
    for part in parts:
        yield from checked.unknown_words(part.columns, names, message, part.location, "columns")
    for index in table.indexes:
        for text in index.columns:
            word = _unknown_word(text, names)
            if not word:
                continue
            place = checked.places.of(index.location, "columns", text)
            yield Problem(place, f"{message} {word!r}", nearest(word, names))
        yield from checked.unknown_words(index.include, names, message, index.location, "include")


def _unknown_word(text: str, names: set[str]) -> str:
    """The column that an index column begins with when the table has no such column, else ""."""
    word = first_word(text)
    if text in names or word is None or not word[1] or word[0] in names:
        return ""
    return word[0]


def _keys(table: Table) -> Iterator[Problem]:
    primary, natural = table.primary_key, table.natural_key
    if primary and natural and set(primary.columns) == set(natural.columns):
        message = f"natural_key of {table.name} repeats the primary key"
        yield Problem(natural.location, message, "leave out natural_key")
    seen: list[Key] = []
    for key in table.uniques:
        for other in (*filter(None, (primary, natural)), *seen):
            if set(other.columns) == set(key.columns) and other.name != key.name:
                message = f"unique {key.name!r} repeats {other.name!r}"
                yield Problem(key.location, message, "leave it out")
        seen.append(key)


def _references(
    table: Table, known: dict[Name, Table], folder: str, checked: Checked
) -> Iterator[Problem]:
    schemas = {name.schema for name in known}
    for key in table.foreign_keys:
        target = known.get(key.references)
        place = checked.places.of(key.location, "references", "")
        if target is not None:
            yield from _target(key, target, checked, place)
        elif folder == "legacy" and checked.stays(key.references):
            continue
        elif folder == "unified" or key.references.schema in schemas:
            what = f"foreign key {key.name!r}"
            yield from checked.unknown_table(key.references, known, folder, place, what)


def _target(key: ForeignKey, target: Table, checked: Checked, place: Location) -> Iterator[Problem]:
    names = {column.name for column in target.columns}
    if not key.to:
        message = f"foreign key {key.name!r}: {target.name} has no primary key to reference"
        yield Problem(
            place, message, "name the columns: {columns: [...], references: ..., to: [...]}"
        )
    elif not names.issuperset(key.to):
        message = f"{target.name} has no column"
        yield from checked.unknown_words(key.to, names, message, key.location, "to")
    elif key.columns and len(key.to) != len(key.columns):
        count = f"{len(key.columns)} columns reference {len(key.to)}"
        yield Problem(place, f"foreign key {key.name!r}: {count} of {target.name}")
    elif key.columns and not _is_key(target, key.to):
        message = f"foreign key {key.name!r}: ({', '.join(key.to)}) is no key of {target.name}"
        keys = "; ".join(f"({', '.join(columns)})" for columns in _key_columns(target))
        yield Problem(place, message, f"keys: {keys}" if keys else "add a key there")


def _is_key(table: Table, columns: tuple[str, ...]) -> bool:
    return any(set(key) == set(columns) for key in _key_columns(table))


def _key_columns(table: Table) -> list[tuple[str, ...]]:
    """Sets of columns that a foreign key may reference: keys, and unique indexes on all rows."""
    indexes = (i.columns for i in table.indexes if i.unique and not i.where)
    return [*map(attrgetter("columns"), table.keys()), *indexes]


# --- expressions ------------------------------------------------------------------------------


def _expressions(table: Table, checked: Checked) -> Iterator[Problem]:
    names = frozenset(column.name for column in table.columns)
    of = str(table.name)
    for column in table.columns:
        yield from _column_expressions(column, names, of, checked)
    for check in table.checks:
        expression = Expression(check.expression, check.location)
        yield from problems(expression, names, of, stable=False)
    for index in table.indexes:
        yield from _index_expressions(index, names, of, checked)


def _column_expressions(
    column: Column, names: frozenset[str], of: str, checked: Checked
) -> Iterator[Problem]:
    places = checked.places
    if column.default is not None:
        place = places.of(column.location, "default", "")
        of_default = f"default of column {column.name!r}"
        yield from problems(Expression(column.default, place), (), of_default, stable=False)
    if column.generated is not None:
        place = places.of(column.location, "generated", "")
        yield from problems(Expression(column.generated, place), names - {column.name}, of)


def _index_expressions(
    index: Index, names: frozenset[str], of: str, checked: Checked
) -> Iterator[Problem]:
    if index.where is not None:
        place = checked.places.of(index.location, "where", "")
        yield from problems(Expression(index.where, place), names, of)
    for text in index.columns:
        word = first_word(text)
        if text not in names and (word is None or not word[1]):
            place = checked.places.of(index.location, "columns", text)
            yield from problems(Expression(_ORDERING.sub("", text), place), names, of)

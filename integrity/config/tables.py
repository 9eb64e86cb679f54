"""Tables in YAML: unified tables as they should be, contract tables as they are.

Both are written alike. Names that are left out are those PostgreSQL would choose
(https://www.postgresql.org/docs/current/sql-createtable.html), so a table reads the same whether
its constraints were named or not. Parts without an order of their own are sorted by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from re import compile as pattern
from typing import TypeVar

from integrity.config.grants import ON_TABLES, as_sources, read_grants
from integrity.config.nodes import Fields, Node, Reader, Scalar
from integrity.model import Check, Column, ForeignKey, Index, Key, Name, Table, Trigger
from integrity.sql.quote import cut
from integrity.sql.types import is_type_name

_COLUMN = ("type", "null", "default", "generated", "identity", "collation", "description")
_UNIFIED_COLUMN = (*_COLUMN, "key", "check", "renamed_from", "provenance")
_TABLE = ("description", "columns", "primary_key", "unique", "checks", "foreign_keys", "indexes")
_UNIFIED_TABLE = (*_TABLE, "natural_key", "renamed_from", "grants")
_CONTRACT_TABLE = (*_TABLE, "triggers")
_KEY = ("name", "columns", "nulls_not_distinct")
_FOREIGN_KEY = ("columns", "references", "to", "on_delete", "on_update", "deferrable")
_INDEX = ("name", "columns", "include", "unique", "where", "method", "nulls_not_distinct")
_TRIGGER = ("definition", "enabled")

_ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
_IDENTITIES = ("always", "by default")
_PROVENANCES = ("source", "key", "arm")
_FIRES = ("origin", "always", "replica", "disabled")

_Part = TypeVar("_Part", Key, Check, ForeignKey, Index, Trigger)

_FIRST_WORD = pattern(r'"((?:[^"]|"")+)"|(\w+)')


def unified_table(reader: Reader, schema: str, key: Scalar, node: Node) -> Table:
    """A unified table."""
    return _table(reader, Name(schema, key.value), key, node, _UNIFIED_TABLE)


def contract_table(reader: Reader, schema: str, key: Scalar, node: Node) -> Table:
    """A legacy table as its contract describes it."""
    return _table(reader, Name(schema, key.value), key, node, _CONTRACT_TABLE)


def with_references(tables: Iterable[Table]) -> tuple[Table, ...]:
    """The tables sorted by name; foreign keys without ``to`` reference the primary key.

    A reference that cannot be followed keeps an empty ``to``, for the checks to report.
    """
    tables = sorted(tables, key=lambda t: t.name)
    keys = {t.name: t.primary_key.columns for t in tables if t.primary_key}
    return tuple(_followed(t, keys) for t in tables)


def _followed(table: Table, keys: dict[Name, tuple[str, ...]]) -> Table:
    if all(key.to for key in table.foreign_keys):
        return table
    followed = (
        key if key.to else replace(key, to=keys.get(key.references, ()))
        for key in table.foreign_keys
    )
    return replace(table, foreign_keys=tuple(followed))


def _table(reader: Reader, name: Name, key: Scalar, node: Node, known: tuple[str, ...]) -> Table:
    what = f"table {name.name!r}"
    reader.check_identifier(key, "name of a table")
    fields = reader.fields(node, what, known, at=reader.place(key))
    primary = _primary_key(fields, name)
    columns, checks = _columns(fields, name, primary, unified=known is _UNIFIED_TABLE)
    return Table(
        name=name,
        columns=columns,
        description=fields.text("description"),
        primary_key=primary,
        natural_key=_natural_key(fields, name, columns),
        uniques=_uniques(fields, name),
        foreign_keys=_foreign_keys(fields, name),
        checks=_by_name([*checks, *_checks(fields)]),
        indexes=_indexes(fields, name),
        triggers=_triggers(fields),
        grants=read_grants(fields, ON_TABLES),
        grants_as_sources=as_sources(fields),
        renamed_from=_renamed(fields, name.schema),
        location=fields.location,
    )


# --- columns ----------------------------------------------------------------------------------


def _columns(
    fields: Fields, table: Name, primary: Key | None, *, unified: bool
) -> tuple[tuple[Column, ...], list[Check]]:
    node = fields.require("columns")
    if node is None:
        return (), []
    in_key = frozenset(primary.columns if primary else ())
    columns: list[Column] = []
    checks: list[Check] = []
    for name, key, value in fields.reader.fields(node, fields.of("columns")):
        fields.reader.check_identifier(key, "name of a column")
        known = _UNIFIED_COLUMN if unified else _COLUMN
        place = fields.reader.place(key)
        entry = fields.reader.fields(value, f"column {name!r}", known, at=place)
        columns.append(_column(entry, name, in_key))
        if "check" in entry:
            checks.append(_check(entry, default_name(table, (name,), "check"), "check"))
    return tuple(columns), checks


def _type(entry: Fields) -> str:
    before = len(entry.reader.problems)
    text = entry.text("type") or ""
    if text and not is_type_name(text) and len(entry.reader.problems) == before:
        node = entry.get("type")
        assert node is not None
        entry.reader.problem(node, f"{entry.of('type')}: {text!r} is not the name of a type")
    return text


def _column(entry: Fields, name: str, primary: frozenset[str]) -> Column:
    entry.require("type")
    assigned = _choice(entry, "key", ("assigned",)) is not None
    identity = _choice(entry, "identity", _IDENTITIES)
    return Column(
        name=name,
        type=_type(entry),
        nullable=entry.flag("null", True) and not assigned and name not in primary,
        default=_noted(entry, "default"),
        generated=_noted(entry, "generated"),
        identity=identity or ("by default" if assigned else None),
        assigned=assigned,
        collation=entry.text("collation"),
        description=entry.text("description"),
        renamed_from=entry.identifier("renamed_from"),
        provenance=_choice(entry, "provenance", _PROVENANCES),
        location=entry.location,
    )


def _noted(entry: Fields, key: str) -> str | None:
    """An SQL expression whose place is noted: the model keeps its text only."""
    node = entry.get(key)
    if node is not None:
        entry.reader.places.note(entry.location, key, "", entry.reader.place(node))
    return entry.sql(key)


def _choice(fields: Fields, key: str, options: tuple[str, ...]) -> str | None:
    node = fields.get(key)
    return None if node is None else fields.reader.choice(node, fields.of(key), options)


def _renamed(fields: Fields, schema: str) -> Name | None:
    node = fields.get("renamed_from")
    return None if node is None else fields.reader.name(node, fields.of("renamed_from"), schema)


# --- keys -------------------------------------------------------------------------------------


def _primary_key(fields: Fields, table: Name) -> Key | None:
    node = fields.get("primary_key")
    if node is None:
        return None
    return _key(fields, "primary_key", node, default_name(table, (), "pkey"))


def _natural_key(fields: Fields, table: Name, columns: tuple[Column, ...]) -> Key | None:
    node = fields.get("natural_key")
    if node is None:
        return None
    key = _key(fields, "natural_key", node, "")
    nullable = any(c.nullable for c in columns if c.name in key.columns)
    name = key.name or default_name(table, key.columns, "key")
    return replace(key, name=name, nulls_not_distinct=key.nulls_not_distinct or nullable)


def _uniques(fields: Fields, table: Name) -> tuple[Key, ...]:
    node = fields.get("unique")
    if node is None:
        return ()
    keys = (
        _key(fields, "unique", item, "") for item in fields.reader.items(node, fields.of("unique"))
    )
    named = (k if k.name else replace(k, name=default_name(table, k.columns, "key")) for k in keys)
    return _by_name(named)


def _key(fields: Fields, part: str, node: Node, name: str) -> Key:
    """A key: a list of columns, or a mapping with ``columns``."""
    reader, what, place = fields.reader, fields.of(part), fields.reader.place(node)
    if not reader.is_mapping(node):
        entry = Fields(reader, what, {}, place)
        return Key(name=name, columns=_filled(entry, node), location=place)
    entry = reader.fields(node, what, _KEY)
    columns = entry.require("columns")
    return Key(
        name=entry.identifier("name") or name,
        columns=() if columns is None else _filled(entry, columns),
        nulls_not_distinct=entry.flag("nulls_not_distinct"),
        location=place,
    )


def _filled(fields: Fields, node: Node, *, repeats: bool = False) -> tuple[str, ...]:
    """A list of columns that must not be empty."""
    if fields.reader.is_list(node) and not node.value:
        fields.reader.problem(node, f"{fields.what}: expected at least one column")
    return fields.words_of(node, "columns", repeats=repeats)


# --- checks, foreign keys, indexes, triggers --------------------------------------------------


def _check(fields: Fields, name: str, key: str) -> Check:
    node = fields.get(key)
    text = fields.sql(key) or ""
    place = fields.location if node is None else fields.reader.place(node)
    return Check(name=name, expression=text, location=place)


def _checks(fields: Fields) -> list[Check]:
    node = fields.get("checks")
    if node is None:
        return []
    entries = fields.reader.fields(node, fields.of("checks"))
    for _, key, _value in entries:
        fields.reader.check_identifier(key, "name of a check")
    return [_check(entries, name, name) for name, _, _ in entries]


def _foreign_keys(fields: Fields, table: Name) -> tuple[ForeignKey, ...]:
    node = fields.get("foreign_keys")
    if node is None:
        return ()
    entries = fields.reader.fields(node, fields.of("foreign_keys"))
    return _by_name(_foreign_key(fields.reader, table, key, value) for _, key, value in entries)


def _foreign_key(reader: Reader, table: Name, key: Scalar, node: Node) -> ForeignKey:
    """``column: table`` (its primary key), or a name with all that can be said."""
    word, place = key.value, reader.place(key)
    reader.check_identifier(key, "key of foreign_keys")
    what = f"foreign key {word!r}"
    if not reader.is_mapping(node):
        references = reader.name(node, what)
        reader.places.note(place, "columns", word, place)
        reader.places.note(place, "references", "", reader.place(node))
        name = default_name(table, (word,), "fkey")
        return ForeignKey(name=name, columns=(word,), references=references, to=(), location=place)
    entry = reader.fields(node, what, _FOREIGN_KEY, at=place)
    target, columns = entry.require("references"), entry.require("columns")
    if target is not None:
        reader.places.note(place, "references", "", reader.place(target))
    return ForeignKey(
        name=word,
        columns=() if columns is None else _filled(entry, columns),
        references=Name("", "") if target is None else reader.name(target, f"references of {what}"),
        to=entry.words("to"),
        on_delete=_action(entry, "on_delete"),
        on_update=_action(entry, "on_update"),
        deferrable=entry.flag("deferrable"),
        location=place,
    )


def _action(entry: Fields, key: str) -> str:
    return (_choice(entry, key, _ACTIONS) or "no action").upper()


def _indexes(fields: Fields, table: Name) -> tuple[Index, ...]:
    node = fields.get("indexes")
    if node is None:
        return ()
    what = fields.of("indexes")
    return _by_name(_index(fields.reader, table, i) for i in fields.reader.items(node, what))


def _index(reader: Reader, table: Name, node: Node) -> Index:
    entry = reader.fields(node, f"index of table {table.name!r}", _INDEX)
    listed = entry.require("columns")
    columns = () if listed is None else _filled(entry, listed, repeats=True)
    include = entry.words("include")
    return Index(
        name=entry.identifier("name") or _index_name(table, (*columns, *include)),
        columns=columns,
        include=include,
        unique=entry.flag("unique"),
        where=_noted(entry, "where"),
        method=entry.text("method") or "btree",
        nulls_not_distinct=entry.flag("nulls_not_distinct"),
        location=entry.location,
    )


def _triggers(fields: Fields) -> tuple[Trigger, ...]:
    node = fields.get("triggers")
    if node is None:
        return ()
    entries = fields.reader.fields(node, fields.of("triggers"))
    return _by_name(_trigger(entries, name, value) for name, _, value in entries)


def _trigger(entries: Fields, name: str, node: Node) -> Trigger:
    """The definition, or a mapping with ``definition`` and ``enabled``."""
    reader, what = entries.reader, f"trigger {name!r}"
    if not reader.is_mapping(node):
        return Trigger(name=name, definition=reader.text(node, what))
    entry = reader.fields(node, what, _TRIGGER)
    entry.require("definition")
    enabled = _choice(entry, "enabled", _FIRES) or "origin"
    return Trigger(name=name, definition=entry.text("definition") or "", enabled=enabled)


# --- names ------------------------------------------------------------------------------------


def default_name(table: Name, columns: tuple[str, ...], suffix: str) -> str:
    """``<table>_<columns>_<suffix>``, as PostgreSQL names constraints; shortened with a hash."""
    return cut("_".join((table.name, *columns, suffix)))


def first_word(text: str) -> tuple[str, bool] | None:
    """The leading name of an index column and whether it is a column rather than a function."""
    match = _FIRST_WORD.match(text)
    if match is None:
        return None
    word = match[2] or match[1].replace('""', '"')
    return word, not text[match.end() :].lstrip().startswith("(")


def _index_name(table: Name, columns: Iterable[str]) -> str:
    """As ChooseIndexColumnNames in indexcmds.c: columns, functions, else expr; no word twice."""
    words: list[str] = []
    for text in columns:
        found = first_word(text)
        word = base = found[0] if found else "expr"
        number = 0
        while word in words:
            number += 1
            word = f"{base}{number}"
        words.append(word)
    return default_name(table, tuple(words), "idx")


def _by_name(parts: Iterable[_Part]) -> tuple[_Part, ...]:
    return tuple(sorted(parts, key=lambda part: part.name))

"""Mappings in YAML: sources -> one table. ``complete`` adds what other files say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from re import compile as pattern

from integrity.config.nodes import Fields, Node, Reader, Scalar
from integrity.config.values import read_expression, read_value
from integrity.errors import Failure
from integrity.model import (
    Arm,
    DropRule,
    Expression,
    Location,
    Mapping,
    Name,
    Source,
    Survivorship,
    Value,
)
from integrity.sql.quote import ident

_MAPPING = ("table", "description", "order", "match", "survivorship", "rejects", "sources")
_MOVE = ("table", "description", "move", "columns")
_SURVIVORSHIP = ("by", "prefer", "columns")
_SOURCE = ("from", "key", "write_back", "drop", "ignore", "rest", "arms", "empty", "columns")
_DROP = ("when", "because")


_SHARE = pattern(r"(\d+(?:\.\d+)?)\s*(%?)")


def mapping(reader: Reader, root: Node) -> Mapping:
    """One mapping: a file of its own, or an entry of a family."""
    moves = reader.is_mapping(root) and any(key.value == "move" for key, _ in root.value)
    fields = reader.fields(root, "mapping", _MOVE if moves else _MAPPING)
    node = fields.require("table")
    table = Name("", "") if node is None else reader.name(node, "table of mapping")
    if node is not None:
        fields.what = f"mapping of {table}"
        fields.location = reader.place(node)
    return _move(fields, table) if moves else _merge(fields, table)


def share(text: str) -> Decimal | None:
    """``0.5%`` or ``0.005`` as a share from 0 to 1; None when it is neither."""
    match = _SHARE.fullmatch(text)
    if match is None:
        return None
    value = Decimal(match[1]) / (100 if match[2] else 1)
    return value if value <= 1 else None


def _merge(fields: Fields, table: Name) -> Mapping:
    node = fields.require("sources")
    reader = fields.reader
    items = () if node is None else reader.items(node, fields.of("sources"))
    if node is not None and reader.is_list(node) and not items:
        reader.problem(node, f"{fields.of('sources')}: expected at least one source")
    return Mapping(
        table=table,
        sources=tuple(_source(reader, item) for item in items),
        order=fields.words("order"),
        match=_match(fields),
        survivorship=_survivorship(fields),
        max_reject_share=_rejects(fields),
        description=fields.text("description"),
        location=fields.location,
    )


def _match(fields: Fields) -> tuple[tuple[str, ...], ...]:
    node = fields.get("match")
    if node is None:
        return ()
    rungs = fields.reader.items(node, fields.of("match"))
    return tuple(rung for item in rungs if (rung := fields.words_of(item, "match")))


def _survivorship(fields: Fields) -> Survivorship:
    node = fields.get("survivorship")
    if node is None:
        return Survivorship()
    reader = fields.reader
    entry = reader.fields(node, fields.of("survivorship"), _SURVIVORSHIP, at=fields.location)
    by = entry.get("by")
    columns = entry.get("columns")
    chosen = None if by is None else reader.choice(by, entry.of("by"), ("column", "row"))
    if chosen == "row" and columns is not None:
        reader.problem(columns, "columns of survivorship have no meaning with by: row")
    return Survivorship(
        by=chosen or "column",
        prefer=_names(entry, "prefer", entry.get("prefer")),
        columns={} if columns is None else _preferred(entry, columns),
    )


def _preferred(entry: Fields, node: Node) -> dict[str, tuple[Name, ...]]:
    chosen: dict[str, tuple[Name, ...]] = {}
    for column, key, value in entry.reader.fields(node, entry.of("columns")):
        place = entry.reader.place(key)
        entry.reader.places.note(entry.location, "survivorship", column, place)
        chosen[column] = _names(entry, "prefer", value)
    return chosen


def _names(entry: Fields, part: str, node: Node | None) -> tuple[Name, ...]:
    if node is None:
        return ()
    reader, what, names = entry.reader, entry.of(part), list[Name]()
    for item in reader.items(node, what):
        name = reader.name(item, what)
        if name in names:
            reader.problem(item, f"{str(name)!r} stands twice in {what}")
            continue
        reader.places.note(entry.location, part, str(name), reader.place(item))
        names.append(name)
    return tuple(names)


def _rejects(fields: Fields) -> Decimal:
    node = fields.get("rejects")
    entry = None if node is None else fields.reader.fields(node, fields.of("rejects"), ("max",))
    limit = None if entry is None else entry.require("max")
    if entry is None or limit is None:
        return Decimal(0)
    text = fields.reader.sql(limit, "max of rejects")
    value = share(text)
    if value is None and text:
        hint = "write max: 0.5% or max: 0.005"
        fields.reader.problem(limit, f"max of rejects: expected a share, found {text!r}", hint)
    return value or Decimal(0)


# --- sources ----------------------------------------------------------------------------------


def _source(reader: Reader, node: Node) -> Source:
    fields = reader.fields(node, "source", _SOURCE)
    table = _from(fields)
    fields.what = f"source {table}"
    columns = fields.get("columns")
    keyless = _keyless(fields)
    ignored, places = _ignore(fields)
    return Source(
        table=table,
        key=() if keyless else fields.words("key"),
        keyless=keyless,
        columns={} if columns is None else read_columns(fields, columns),
        arms=tuple(read_arms(fields)),
        empty=_empty(fields),
        drops=tuple(read_drops(fields)),
        write_back=fields.flag("write_back"),
        ignore=ignored,
        ignored_at=places,
        rest=_rest(fields),
        location=fields.location,
    )


def _keyless(fields: Fields) -> bool:
    """Whether the key is the word ``row``: no column identifies a row."""
    node = fields.get("key")
    return isinstance(node, Scalar) and node.value == "row" and not node.style


def _empty(fields: Fields) -> str | None:
    """Why rows without a filled arm may be left out."""
    node = fields.get("empty")
    if node is not None and fields.get("arms") is None:
        fields.reader.problem(node, f"{fields.of('empty')} has no meaning without arms")
    return fields.text("empty")


def _from(fields: Fields) -> Name:
    node = fields.require("from")
    if node is None:
        return Name("", "")
    fields.location = fields.reader.place(node)
    return fields.reader.name(node, "from of source")


def read_columns(fields: Fields, node: Node, part: str = "columns") -> dict[str, Value]:
    """Target column -> value, with the place of each column noted under ``part``."""
    values: dict[str, Value] = {}
    for name, key, given in fields.reader.fields(node, fields.of(part)):
        fields.reader.places.note(fields.location, part, name, fields.reader.place(key))
        values[name] = read_value(fields.reader, given, f"column {name!r}")
    return values


def read_arms(fields: Fields) -> Iterable[Arm]:
    """The entries of ``arms``, if any."""
    node = fields.get("arms")
    labels: set[str] = set()
    items = () if node is None else fields.reader.items(node, fields.of("arms"))
    if node is not None and fields.reader.is_list(node) and not items:
        fields.reader.problem(node, f"{fields.of('arms')}: expected at least one arm")
    for item in items:
        arm = _arm(fields.reader, item)
        if arm.label in labels:
            fields.reader.problem(arm.location, f"arm {arm.label!r} stands twice in {fields.what}")
        labels.add(arm.label)
        yield arm


def _arm(reader: Reader, node: Node) -> Arm:
    fields = reader.fields(node, "entry of arms")
    label_node = fields.require("arm")
    label = fields.text("arm") or ""
    if label_node is not None:
        fields.location = reader.place(label_node)
    values: dict[str, Value] = {}
    for name, key, given in fields:
        if name != "arm":
            reader.places.note(fields.location, "columns", name, reader.place(key))
            values[name] = read_value(reader, given, f"column {name!r}")
    return Arm(label=label, columns=values, location=fields.location)


def read_drops(fields: Fields) -> Iterable[DropRule]:
    """The rules of ``drop``, if any."""
    node = fields.get("drop")
    for item in () if node is None else fields.reader.items(node, fields.of("drop")):
        rule = fields.reader.fields(item, "drop rule", _DROP)
        when, why = rule.require("when"), rule.require("because")
        because = "" if why is None else reason(fields.reader, why, rule.of("because"))
        if when is not None:
            yield DropRule(
                when=read_expression(fields.reader, when, rule.of("when")), because=because
            )


def reason(reader: Reader, node: Node, what: str) -> str:
    """A text for a reviewer, not empty."""
    text = reader.text(node, what)
    if isinstance(node, Scalar) and node.style and not text.strip():
        reader.problem(node, f"{what}: expected a reason, found nothing")
    return text


def _ignore(fields: Fields) -> tuple[dict[str, str], dict[str, Location]]:
    """Legacy column -> reason, and where it stands."""
    node = fields.get("ignore")
    if node is None:
        return {}, {}
    reasons: dict[str, str] = {}
    places: dict[str, Location] = {}
    for name, key, value in fields.reader.fields(node, fields.of("ignore")):
        places[name] = fields.reader.place(key)
        fields.reader.places.note(fields.location, "ignore", name, places[name])
        reasons[name] = reason(fields.reader, value, f"reason to ignore {name!r}")
    return dict(sorted(reasons.items())), dict(sorted(places.items()))


def _rest(fields: Fields) -> str | None:
    node = fields.get("rest")
    if node is not None:
        fields.reader.places.note(fields.location, "rest", "", fields.reader.place(node))
    return fields.identifier("rest")


# --- moves ------------------------------------------------------------------------------------


def _move(fields: Fields, table: Name) -> Mapping:
    """``move: legacy.table`` with ``columns: {new_name: old_name}`` where names change."""
    reader, node = fields.reader, fields.require("move")
    source = Name("", "") if node is None else reader.name(node, fields.of("move"))
    place = fields.location if node is None else reader.place(node)
    renamed: dict[str, Value] = {}
    listed = fields.get("columns")
    for new, key, value in () if listed is None else reader.fields(listed, fields.of("columns")):
        reader.places.note(place, "columns", new, reader.place(key))
        old = reader.identifier(value, f"column {new!r}")
        renamed[new] = Expression(quoted(old), reader.place(value))
    return Mapping(
        table=table,
        sources=(Source(table=source, key=(), columns=renamed, location=place),),
        moves=True,
        description=fields.text("description"),
        location=fields.location,
    )


def quoted(name: str) -> str:
    """The name as a column in an expression."""
    try:
        return ident(name)
    except Failure:
        return name  # the name was reported where it was read

"""Family files: mappings that belong together, and tables that are moved or retired as they are.

One line can take a whole schema: ``from: auth.*``. Such a pattern takes the tables of the
contracts that no mapping and no other entry names, anywhere in the project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from re import compile as pattern

from integrity.config.mappings import mapping, reason
from integrity.config.nodes import Fields, Node, Reader
from integrity.config.scalars import parse_name
from integrity.errors import nearest
from integrity.model import Location, Mapping, Name

RETIRING = ("archive", "drop", "foreign")
_FAMILY = ("description", "shared", "mappings", "moves", *RETIRING)
_SINGLE = frozenset(
    ("table", "order", "match", "survivorship", "rejects", "sources", "move", "columns")
)
_MOVES = ("from", "to", "name", "except")
_RETIRES = ("from", "because", "except")
_PATTERN = pattern(r'([^".*]+)\.([^".*]*)\*')
_PLACEHOLDER = pattern(r"\{([^{}]*)\}")
_PLACEHOLDERS = ("table", "schema")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word of ``from`` or ``except``: a table, or all whose names begin alike."""

    schema: str
    name: str  # of the table, or what its name begins with
    is_pattern: bool
    location: Location

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" + ("*" if self.is_pattern else "")

    @property
    def table(self) -> Name:
        """The table, of a word that is no pattern."""
        return Name(self.schema, self.name)

    def covers(self, name: Name) -> bool:
        """Whether it means that table."""
        if self.is_pattern:
            return name.schema == self.schema and name.name.startswith(self.name)
        return name == self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of ``moves``, ``archive``, ``drop`` or ``foreign``; ``kind`` is that key."""

    kind: str
    wanted: tuple[Wanted, ...]
    excepted: tuple[Wanted, ...] = ()
    schema: str = ""  # of the unified tables
    name: str = "{table}"  # of the unified tables
    because: str = ""
    location: Location

    def target(self, table: Name) -> Name:
        """What a legacy table that is moved is called afterwards."""
        words = {"table": table.name, "schema": table.schema}
        name = _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), self.name)
        return Name(self.schema, name)


@dataclass(slots=True)
class Families:
    """The files of configs/mappings/ read so far."""

    mappings: list[Mapping] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def read(self, reader: Reader, root: Node) -> None:
        """Add one file: a single mapping, or a family."""
        if not _is_family(reader, root):
            self.mappings.append(mapping(reader, root))
            return
        fields = reader.fields(root, "family", _FAMILY)
        fields.text("description")
        for item in listed(fields, "mappings"):
            self.mappings.append(mapping(reader, item))
        self.entries += (_moves(reader, item) for item in listed(fields, "moves"))
        for kind in RETIRING:
            self.entries += (_retires(reader, item, kind) for item in listed(fields, kind))


def _is_family(reader: Reader, root: Node) -> bool:
    """A file with a key that only a family has; one with neither is read as a mapping."""
    if not reader.is_mapping(root):
        return False
    keys = {key.value for key, _ in root.value if isinstance(key.value, str)}
    return not keys & _SINGLE and bool(keys - {"description"})


def listed(fields: Fields, key: str) -> Sequence[Node]:
    """The items of a list that must not be empty; none when the key is missing."""
    node = fields.get(key)
    if node is None:
        return ()
    items = fields.reader.items(node, fields.of(key))
    if fields.reader.is_list(node) and not items:
        fields.reader.problem(node, f"{fields.of(key)}: expected at least one entry")
    return items


def _moves(reader: Reader, node: Node) -> Entry:
    fields = reader.fields(node, "entry of moves", _MOVES)
    wanted = _wanted(fields, "from")
    to = fields.require("to")
    schema, name = ("", "{table}") if to is None else _target(fields, to, wanted)
    template = fields.get("name")
    if template is not None:
        name = _template(fields, template, name)
    return Entry(
        kind="moves",
        wanted=wanted,
        excepted=_wanted(fields, "except"),
        schema=schema,
        name=name,
        location=fields.location,
    )


def _retires(reader: Reader, node: Node, kind: str) -> Entry:
    fields = reader.fields(node, f"entry of {kind}", _RETIRES)
    why = fields.require("because")
    return Entry(
        kind=kind,
        wanted=_wanted(fields, "from"),
        excepted=_wanted(fields, "except"),
        because="" if why is None else reason(reader, why, fields.of("because")),
        location=fields.location,
    )


# --- words ------------------------------------------------------------------------------------


def _wanted(fields: Fields, key: str) -> tuple[Wanted, ...]:
    node = fields.require(key) if key == "from" else fields.get(key)
    if node is None:
        return ()
    reader, what = fields.reader, fields.of(key)
    items = reader.items(node, what) if reader.is_list(node) else (node,)
    if reader.is_list(node) and not items:
        reader.problem(node, f"{what}: expected at least one table")
    if key == "from":
        fields.location = reader.place(items[0] if items else node)
    return tuple(_words(reader, items, what))


def _words(reader: Reader, items: Sequence[Node], what: str) -> Iterator[Wanted]:
    seen: set[str] = set()
    for item in items:
        word = _word(reader, item, what)
        if word is None:
            continue
        if str(word) in seen:
            reader.problem(item, f"{str(word)!r} stands twice in {what}")
            continue
        seen.add(str(word))
        yield word


def _word(reader: Reader, node: Node, what: str) -> Wanted | None:
    text = reader.text(node, what)
    place = reader.place(node)
    if "*" not in text or '"' in text:
        name = parse_name(text)
        if name is not None:
            return Wanted(name.schema, name.name, False, place)
    elif match := _PATTERN.fullmatch(text):
        return Wanted(match[1], match[2], True, place)
    if text:
        hint = "write schema.table, schema.* or schema.prefix_*"
        reader.problem(node, f"{what}: expected a table or a pattern, found {text!r}", hint)
    return None


def _target(fields: Fields, node: Node, wanted: tuple[Wanted, ...]) -> tuple[str, str]:
    """Schema and name: ``to: schema``, or ``to: schema.name`` for a single table."""
    reader = fields.reader
    text = reader.text(node, fields.of("to"))
    name = parse_name(text)
    if name is None:
        if isinstance(node.value, str) and text:
            reader.check_identifier(node, fields.of("to"))  # type: ignore[arg-type]
        return text, "{table}"
    if len(wanted) != 1 or wanted[0].is_pattern:
        hint = f'write to: {name.schema}, and name: "{{table}}" with what the names become'
        reader.problem(node, f"{fields.of('to')}: one name cannot take several tables", hint)
    if "name" in fields:
        message = f"{fields.of('to')} holds a name already: {name.name!r}"
        reader.problem(node, message, f"write to: {name.schema}, or leave out name")
    return name.schema, name.name


def _template(fields: Fields, node: Node, default: str) -> str:
    text = fields.reader.text(node, fields.of("name"))
    for word in _PLACEHOLDER.findall(text):
        if word not in _PLACEHOLDERS:
            message = f"{fields.of('name')} has no placeholder {{{word}}}"
            fields.reader.problem(node, message, nearest(word, _PLACEHOLDERS))
    return text or default

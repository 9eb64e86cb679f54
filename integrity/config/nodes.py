"""YAML text into nodes that keep their place, and nodes into plain values.

The door to PyYAML. Files are composed, never constructed: YAML 1.1 would turn ``no`` into False,
``12:30`` into 750 and a repeated key into silence. Here a scalar stays the text that was written;
what is wrong with it becomes a Problem with file:line:column, and reading goes on with a stand-in,
so that one run shows every problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from integrity.config.scalars import IDENTIFIER, NOTHING, SAME_IN_SQL, parse_name, trap
from integrity.errors import Failure, Problem, nearest
from integrity.model import Location, Name

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML was built without libyaml: the same result, ten times slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Node = yaml.nodes.Node
Scalar = yaml.nodes.ScalarNode
Entry = tuple[str, Scalar, Node]

_UNTAGGED = "untagged"
_DEEPEST = 1_000  # levels; no key of ours is deeper than ten
_SUSPICIOUS = 10_000  # openers; libyaml takes more than twice as many levels
_BLOCKS = re.compile(r"(?m)^[ ?-]*")


class _Loader(Loader):
    """Tags every node alike: what a scalar means is decided where it is read."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return _UNTAGGED


def _too_deep(text: str) -> tuple[int, int] | None:
    """Line and column where a text nests too deep: libyaml would overflow the stack of the process.

    Only a text with very many openers is looked at; a page of YAML never gets there.
    """
    blocks = max((len(found) for found in _BLOCKS.findall(text)), default=0)
    if text.count("[") + text.count("{") + blocks < _SUSPICIOUS:
        return None
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.events.CollectionStartEvent)
        depth -= isinstance(event, yaml.events.CollectionEndEvent)
        if depth > _DEEPEST and (mark := event.start_mark):
            return mark.line + 1, mark.column + 1
    return None


# --- places and problems ----------------------------------------------------------------------


@dataclass(slots=True)
class Places:
    """Where each word of a list or a mapping stands, for checks over the finished model."""

    _words: dict[tuple[Location, str, str], Location] = field(default_factory=dict)

    def note(self, owner: Location, part: str, word: str, place: Location) -> None:
        """Remember that ``word``, in ``part`` of what stands at ``owner``, stands at ``place``."""
        self._words.setdefault((owner, part, word), place)

    def written(self, owner: Location, part: str, word: str) -> Location | None:
        """Where that word stands; None when it was not written but is a default."""
        return self._words.get((owner, part, word))

    def of(self, owner: Location, part: str, word: str) -> Location:
        """Where that word stands, else ``owner``."""
        return self.written(owner, part, word) or owner


class Reader:
    """Nodes of one file into values; what does not fit is noted and a stand-in returned."""

    def __init__(self, file: str, problems: list[Problem], places: Places) -> None:
        self.file = file
        self.problems = problems
        self.places = places

    def compose(self, data: bytes) -> Node | None:
        """The root node of a file, or None with the problem noted. One document per file."""
        try:
            text = data.decode("utf-8-sig")
            if deep := _too_deep(text):
                self.problem(Location(self.file, *deep), f"nested deeper than {_DEEPEST} levels")
                return None
            root: Node | None = yaml.compose(text, Loader=_Loader)
        except UnicodeDecodeError as error:
            self._not_utf8(data, error.start)
        except yaml.reader.ReaderError as error:
            self._not_printable(data, error)
        except yaml.MarkedYAMLError as error:
            self._not_yaml(data, error)
        else:
            if root is None:
                self.problem(self.start, "the file is empty", "write its keys, or delete the file")
            return root
        return None

    @property
    def start(self) -> Location:
        """The first place of the file."""
        return Location(self.file, 1, 1)

    def place(self, node: Node) -> Location:
        """Where a node begins."""
        mark = node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def problem(self, where: Node | Location, message: str, hint: str = "") -> None:
        """Note something wrong."""
        location = where if isinstance(where, Location) else self.place(where)
        self.problems.append(Problem(location, message, hint))

    def text(self, node: Node, what: str) -> str:
        """A text; a plain number, date, yes/no or nothing is a problem, never guessed at."""
        scalar = self._scalar(node, what, "text")
        if scalar is None:
            return ""
        text: str = scalar.value
        if not scalar.style and (found := trap(text)):
            self._not_text(node, what, text, found)
        return text

    def sql(self, node: Node, what: str) -> str:
        """An SQL expression: text, or a plain number, true, false or null that SQL reads alike."""
        scalar = self._scalar(node, what, "an SQL expression")
        if scalar is None:
            return ""
        text: str = scalar.value
        if not text.strip():
            self.problem(node, f"{what}: expected an SQL expression, found nothing")
        elif not scalar.style and not SAME_IN_SQL.fullmatch(text) and (found := trap(text)):
            self._not_text(node, what, text, found, "an SQL expression")
            return ""
        return text

    def raw(self, node: Node, what: str) -> tuple[str, bool]:
        """A value as it is written, and whether it stands in quotes (or in a block)."""
        scalar = self._scalar(node, what, "a value")
        return (scalar.value, bool(scalar.style)) if scalar else ("", True)

    def flag(self, node: Node, what: str) -> bool:
        """True or false, spelt so: yes, no, on and off are a problem."""
        scalar = self._scalar(node, what, "true or false")
        if scalar is None:
            return False
        text: str = scalar.value
        if scalar.style or text not in ("true", "false"):
            meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower())
            hint = f"write {meant}" if meant else ""
            self.problem(node, f"{what}: expected true or false, found {text!r}", hint)
        return bool(text == "true")

    def whole(self, node: Node, what: str, *, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        expected = f"a whole number from {low} to {high}"
        scalar = self._scalar(node, what, expected)
        if scalar is None:
            return low
        text: str = scalar.value
        if text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high:
            return int(text)
        self.problem(node, f"{what}: expected {expected}, found {text!r}")
        return low

    def choice(self, node: Node, what: str, options: Sequence[str]) -> str:
        """One of a few words; the first stands in for what is none of them."""
        expected = " or ".join(options)
        scalar = self._scalar(node, what, expected)
        if scalar is None or scalar.value in options:
            return scalar.value if scalar else options[0]
        hint = nearest(scalar.value, options) if len(options) > 1 else ""
        self.problem(node, f"{what}: expected {expected}, found {scalar.value!r}", hint)
        return options[0]

    def identifier(self, node: Node, what: str) -> str:
        """A name that PostgreSQL can store: not empty, at most 63 bytes."""
        text = self.text(node, what)
        if isinstance(node, Scalar):
            self.check_identifier(node, what)
        return text

    def check_identifier(self, node: Scalar, what: str) -> None:
        """Note it when PostgreSQL cannot store that name. For keys, whose text was looked at."""
        from integrity.sql.quote import ident

        if IDENTIFIER.fullmatch(node.value):
            return
        try:
            ident(node.value)
        except Failure as failure:
            self.problem(node, f"{what}: {failure.message}", failure.hint)

    def name(self, node: Node, what: str, schema: str = "") -> Name:
        """``schema.name``; with a default ``schema`` a bare name will do."""
        text = self.text(node, what)
        if schema and "." not in text and '"' not in text:
            return Name(schema, text)
        name = parse_name(text)
        if name is None and text:
            self.problem(node, f"{what}: expected schema.name, found {text!r}")
        return name or Name("", text)

    def is_mapping(self, node: Node) -> bool:
        """Whether the node is a mapping: some values have a short and a long form."""
        return isinstance(node, yaml.nodes.MappingNode)

    def is_list(self, node: Node) -> bool:
        """Whether the node is a list."""
        return isinstance(node, yaml.nodes.SequenceNode)

    def items(self, node: Node, what: str) -> Sequence[Node]:
        """The nodes of a list."""
        if self.is_list(node):
            self._untagged(node)
            items: Sequence[Node] = node.value
            return items
        if self._untagged(node):
            self.problem(node, f"{what}: expected a list, found {_kind(node)}")
        return ()

    def fields(
        self,
        node: Node,
        what: str,
        known: Iterable[str] | None = None,
        *,
        at: Location | None = None,
    ) -> Fields:
        """The entries of a mapping; ``known`` lists its valid keys, None leaves them open."""
        entries: dict[str, Entry] = {}
        if self.is_mapping(node):
            self._untagged(node)
            entries = self._collect(node, what, open_keys=known is None)
        elif self._untagged(node):
            self.problem(node, f"{what}: expected a mapping, found {_kind(node)}")
        fields = Fields(self, what, entries, at or self.place(node), self.is_mapping(node))
        if known is not None and not entries.keys() <= (valid := frozenset(known)):
            self._unknown(fields, valid)
        return fields

    def _collect(self, node: Node, what: str, *, open_keys: bool) -> dict[str, Entry]:
        """The entries of a mapping and of what it merges with ``<<``, where it has no such key.

        Each anchored mapping is merged once, so one that merges itself does no harm.
        """
        entries: dict[str, Entry] = {}
        seen: set[int] = set()
        stack = [node]
        while stack:
            source = stack.pop()
            if id(source) not in seen:
                seen.add(id(source))
                own, merged = self._own_entries(source, what, open_keys=open_keys)
                entries |= {key: entry for key, entry in own.items() if key not in entries}
                stack += reversed(merged)
        return entries

    def _own_entries(
        self, node: Node, what: str, *, open_keys: bool
    ) -> tuple[dict[str, Entry], list[Node]]:
        """The entries that stand in a mapping itself, and the mappings that it merges."""
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, Scalar):
                self.problem(key, f"{what}: expected a word as key, found {_kind(key)}")
            elif key.value == "<<" and not key.style:
                merged += self._merged(value, what)
            elif key.value in entries:
                first = self.place(entries[key.value][1])
                self.problem(key, f"{key.value!r} stands twice in {what}", f"first at {first}")
            else:
                if open_keys:
                    self.text(key, f"key of {what}")
                entries[key.value] = (key.value, key, value)
        return entries, merged

    def _merged(self, node: Node, what: str) -> Iterator[Node]:
        for source in node.value if self.is_list(node) else [node]:
            if self.is_mapping(source):
                yield source
            else:
                message = f"{what}: << expects an anchored mapping, found {_kind(source)}"
                self.problem(source, message)

    def _unknown(self, fields: Fields, valid: frozenset[str]) -> None:
        """Note unknown keys. A misspelt one is read as the one that was meant, so that what
        follows is not reported as missing."""
        for key, node, value in list(fields):
            if key not in valid:
                hint = nearest(key, valid)
                if hint.startswith("did you mean"):
                    meant = hint.split("'")[1]
                    fields.entries.setdefault(meant, (meant, node, value))
                elif isinstance(value, Scalar) and not value.style and not value.value:
                    hint += "; a value that holds a comma is written in quotes"
                self.problem(node, f"{fields.what} has no key {key!r}", hint)

    def _scalar(self, node: Node, what: str, expected: str) -> Scalar | None:
        if isinstance(node, Scalar) and node.tag == _UNTAGGED:
            if "\0" not in node.value:
                return node
            self.problem(node, f"{what}: holds a NUL character, PostgreSQL cannot store it")
            return None
        if self._untagged(node):
            self.problem(node, f"{what}: expected {expected}, found {_kind(node)}")
        return None

    def _untagged(self, node: Node) -> bool:
        if node.tag == _UNTAGGED:
            return True
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        self.problem(node, f"unknown tag {tag}", "tags are not used here: leave it out")
        return False

    def _not_text(
        self, node: Node, what: str, text: str, found: str, expected: str = "text"
    ) -> None:
        hint = f"a text is written in quotes: '{text}'" if text else ""
        self.problem(node, f"{what}: expected {expected}, found {found}", hint)

    def _not_utf8(self, data: bytes, start: int) -> None:
        line, column = _position(data[:start].decode("utf-8", "replace"))
        message = f"not UTF-8 text: byte 0x{data[start]:02x}"
        self.problem(Location(self.file, line, column), message, "save the file as UTF-8")

    def _not_printable(self, data: bytes, error: yaml.reader.ReaderError) -> None:
        character = error.character if isinstance(error.character, str) else chr(error.character)
        text = data.decode("utf-8-sig")
        line, column = _position(text[: max(text.find(character), 0)])
        message = f"not valid YAML: the character {character!r} may not stand in a file"
        hint = 'in double quotes it can be written as an escape, such as "\\u0001"'
        self.problem(Location(self.file, line, column), message, hint)

    def _not_yaml(self, data: bytes, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            self.problem(self.start, f"not valid YAML: {error.problem}")
            return
        lines = data.decode("utf-8-sig").splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        tab = "\t" in line[: mark.column + 1]
        context = f"{error.context}, " if error.context else ""
        self.problem(
            Location(self.file, mark.line + 1, mark.column + 1),
            f"not valid YAML: {context}{error.problem}",
            "indent with spaces, not with tabs" if tab else "",
        )


@dataclass(slots=True)
class Fields:
    """The entries of one YAML mapping. ``location`` is that of the thing it describes."""

    reader: Reader
    what: str
    entries: dict[str, Entry]
    location: Location
    is_mapping: bool = True  # False: something else stood there, which was reported

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def get(self, key: str) -> Node | None:
        """The node of that key, or None."""
        entry = self.entries.get(key)
        return entry[2] if entry else None

    def of(self, key: str) -> str:
        """How messages name the value of a key."""
        return f"{key} of {self.what}"

    def require(self, key: str) -> Node | None:
        """The node of that key; a problem when it is missing."""
        if key not in self.entries and self.is_mapping:
            self.reader.problem(self.location, f"{self.what} has no {key}", f"add {key}: ...")
        return self.get(key)

    def text(self, key: str) -> str | None:
        """The text of that key, or None."""
        node = self.get(key)
        return None if node is None else self.reader.text(node, self.of(key))

    def sql(self, key: str) -> str | None:
        """The SQL expression of that key, or None."""
        node = self.get(key)
        return None if node is None else self.reader.sql(node, self.of(key))

    def flag(self, key: str, default: bool = False) -> bool:
        """The truth value of that key."""
        node = self.get(key)
        return default if node is None else self.reader.flag(node, self.of(key))

    def identifier(self, key: str) -> str | None:
        """The identifier of that key, or None."""
        node = self.get(key)
        return None if node is None else self.reader.identifier(node, self.of(key))

    def words(self, key: str) -> tuple[str, ...]:
        """The list of texts of that key, each with its place noted; empty when there is none."""
        node = self.get(key)
        return () if node is None else self.words_of(node, key)

    def words_of(self, node: Node, key: str, *, repeats: bool = False) -> tuple[str, ...]:
        """The same for a node; a word that stands twice is a problem unless it may."""
        reader, what = self.reader, self.of(key)
        words: list[str] = []
        for item in reader.items(node, what):
            word = reader.text(item, what)
            if word in words and not repeats:
                reader.problem(item, f"{word!r} stands twice in {what}")
            elif word:
                reader.places.note(self.location, key, word, reader.place(item))
                words.append(word)
        return tuple(words)


def _kind(node: Node) -> str:
    if isinstance(node, yaml.nodes.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.nodes.SequenceNode):
        return "a list"
    plain = isinstance(node, Scalar) and not node.style
    return "nothing" if plain and node.value in NOTHING else f"the text {node.value!r}"


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")

"""configs/dependents/: what becomes of views, functions and others that hang on legacy tables.

``recreate`` writes an object anew on the unified tables and says what it stands for; ``keep`` and
``archive`` name objects of legacy, each by its name or by a pattern such as ``schema.v_*``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from re import DOTALL
from re import compile as pattern

from integrity.config.families import listed
from integrity.config.grants import ON_FUNCTIONS, ON_TABLES, read_grants
from integrity.config.mappings import reason
from integrity.config.nodes import Fields, Node, Reader
from integrity.config.scalars import parse_name
from integrity.config.values import read_expression
from integrity.model import DependentRule, Expression, Name, Recreated
from integrity.sql.scan import SqlProblem, tokens

_FILE = ("description", "recreate", "keep", "archive")
_KINDS = ("view", "materialized_view", "function", "procedure")
_RECREATE = ("replaces", "definition", "description", "grants", *_KINDS)
_RULE = ("name", "kind", "because")
KINDS = ("view", "materialized view", "function", "procedure")
_PART = r'(?:"(?:[^"]|"")+"|[^".(]+)'
_HEAD = pattern(rf"({_PART}\.{_PART})(?:\((.*)\)\s*)?", DOTALL)
_PATTERN = pattern(r'([^".*()]+)\.([^".*()]*)\*')


@dataclass(slots=True)
class Dependents:
    """The files of configs/dependents/ read so far."""

    recreated: list[Recreated] = field(default_factory=list)
    rules: list[DependentRule] = field(default_factory=list)

    def read(self, reader: Reader, root: Node) -> None:
        """Add one file."""
        fields = reader.fields(root, "file of dependents", _FILE)
        fields.text("description")
        for item in listed(fields, "recreate"):
            self._recreate(reader, item)
        for rule in ("keep", "archive"):
            for item in listed(fields, rule):
                self.rules += _rules(reader, item, rule)

    def _recreate(self, reader: Reader, node: Node) -> None:
        fields = reader.fields(node, "entry of recreate", _RECREATE)
        if not fields.is_mapping:
            return
        made = _recreated(fields)
        if made is None:
            return
        self.recreated.append(made)
        replaces = fields.get("replaces")
        items = () if replaces is None else reader.items(replaces, fields.of("replaces"))
        for item in items:
            self.rules += _named(reader, item, fields.of("replaces"), rule="recreate", by=str(made))


def _recreated(fields: Fields) -> Recreated | None:
    reader = fields.reader
    kinds = [kind for kind in _KINDS if kind in fields]
    if len(kinds) != 1:
        expected = " or ".join(_KINDS)
        reader.problem(fields.location, f"{fields.what}: expected one of {expected}")
        return None
    kind, head = kinds[0], fields.get(kinds[0])
    assert head is not None
    definition = fields.require("definition")
    name, arguments = _head(reader, head, fields.of(kind), routine=kind in _KINDS[2:])
    allowed = ON_FUNCTIONS if kind in _KINDS[2:] else ON_TABLES
    return Recreated(
        kind=kind.replace("_", " "),
        name=name,
        arguments=arguments,
        identity=_identity(arguments),
        definition=Expression("")
        if definition is None
        else read_expression(reader, definition, fields.of("definition")),
        description=fields.text("description"),
        grants=read_grants(fields, allowed),
        restricted="grants" in fields and kind in _KINDS[2:],
        location=reader.place(head),
    )


def _head(reader: Reader, node: Node, what: str, *, routine: bool) -> tuple[Name, str]:
    """The name, and of a function the arguments as written."""
    text = reader.text(node, what)
    name, arguments = _split(text)
    if name is None or routine != (arguments is not None):
        expected = "schema.name(arguments)" if routine else "schema.name"
        if text:
            reader.problem(node, f"{what}: expected {expected}, found {text!r}")
        return name or Name("", text), ""
    return name, (arguments or "").strip()


def _split(text: str) -> tuple[Name | None, str | None]:
    """The name, and of a function what stands between its parentheses."""
    found = _HEAD.fullmatch(text)
    if found is None:
        return None, None
    return parse_name(found[1].strip()), found[2]


def _identity(arguments: str) -> str:
    """The arguments without their defaults, a comma and a blank between them."""
    parts, depth, open_ = [""], 0, True
    try:
        found = list(tokens(arguments))
    except SqlProblem:
        return arguments  # the server says what is wrong with it
    for token in found:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and not depth:
            parts, open_ = [*parts, ""], True
        elif token.text == "=" or token.text.lower() == "default":
            open_ = False
        elif open_:
            parts[-1] += token.text
    return ", ".join(" ".join(part.split()) for part in parts)


def _rules(reader: Reader, node: Node, rule: str) -> Iterator[DependentRule]:
    fields = reader.fields(node, f"entry of {rule}", _RULE)
    named, why, kind = fields.require("name"), fields.require("because"), fields.get("kind")
    of_kind = "" if kind is None else reader.choice(kind, fields.of("kind"), KINDS)
    because = "" if why is None else reason(reader, why, fields.of("because"))
    if named is None:
        return
    items = reader.items(named, fields.of("name")) if reader.is_list(named) else (named,)
    for item in items:
        yield from _named(reader, item, fields.of("name"), rule=rule, because=because, kind=of_kind)


def _named(
    reader: Reader,
    node: Node,
    what: str,
    *,
    rule: str,
    because: str = "",
    by: str = "",
    kind: str = "",
) -> Iterator[DependentRule]:
    """A rule for one word: a name, a function with its arguments, or a pattern."""
    text, place = reader.text(node, what), reader.place(node)
    found = _PATTERN.fullmatch(text) if rule != "recreate" else None
    name, arguments = (Name(found[1], found[2]), None) if found else _split(text)
    if name is None:
        if text:
            hint = "write schema.name, schema.function(types) or schema.prefix_*"
            reader.problem(node, f"{what}: expected an object or a pattern, found {text!r}", hint)
        return
    yield DependentRule(
        rule=rule,
        name=name,
        is_pattern=found is not None,
        arguments=arguments,
        kind=kind,
        because=because,
        by=by,
        location=place,
    )

"""Views and functions that silently read something else after the switch.

A view is bound to its tables by their oid: it follows a parked table and goes on reading legacy.
A function body is text that is resolved when it runs: a name it holds means whichever table has
that name by then. Neither raises an error, so the plan must say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from integrity.mapping.layout import parking_schema
from integrity.model import Catalog, Function, Name, Table, View
from integrity.plan.model import Redirected
from integrity.sql.scan import Kind, SqlProblem, Token, tokens

_DEFAULT_PATH = ("public",)
_BEFORE = frozenset({"from", "join", "update", "only", "truncate", "table", "using", "lock"})
_CLAUSES = _BEFORE | {"select", "where", "set", "on", "by", "having", "values", "returning", "into"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What the switch does to names: the same sets as the arguments of ``find_redirected``."""

    parked: Set[Name]
    unified: Set[Name]
    sources: Set[Name]
    moved: Mapping[Name, Name]

    @property
    def concerned(self) -> Set[Name]:
        return self.parked | self.sources

    @property
    def named(self) -> Set[Name]:
        """Tables whose names mean something else afterwards, or nothing."""
        return self.concerned | self.moved.keys()


def find_redirected(
    catalog: Catalog,
    *,
    parked: Set[Name],
    unified: Set[Name],
    sources: Set[Name],
    moved: Mapping[Name, Name] | None = None,
) -> tuple[Redirected, ...]:
    """What reads another table than before, or an old one, once the switch has happened.

    ``parked``: legacy tables that leave their name; ``unified``: the names of the unified tables;
    ``sources``: legacy tables that feed them, wherever they stand; ``moved``: tables that get
    another name, which views follow and bodies of functions do not. Sorted by kind and name.
    """
    change = _Change(parked=parked, unified=unified, sources=sources, moved=moved or {})
    known = {table.name for table in catalog.tables} | {view.name for view in catalog.views}
    found = [
        *_views(catalog.views, change),
        *_functions(catalog.functions, change, known),
        *_foreign_keys(catalog.tables, change),
    ]
    return tuple(sorted(found, key=lambda one: (one.kind, one.name)))


# --- views: bound by oid ---------------------------------------------------------------------


def _views(views: Iterable[View], change: _Change) -> Iterator[Redirected]:
    reads = {view.name: frozenset(view.reads) for view in views}
    for view in views:
        names = _tables_behind(view.name, reads) & change.concerned
        if names:
            kind = "materialized view" if view.materialized else "view"
            yield _redirected(kind, str(view.name), names, _bound_effect(names, change, kind))


def _tables_behind(name: Name, reads: Mapping[Name, Set[Name]]) -> Set[Name]:
    """Everything a view reads, through other views too."""
    seen: set[Name] = set()
    open_names = [name]
    while open_names:
        for read in reads.get(open_names.pop(), frozenset()) - seen:
            seen.add(read)
            open_names.append(read)
    return seen


def _bound_effect(names: Set[Name], change: _Change, kind: str) -> str:
    verb = "a refresh goes on reading" if kind == "materialized view" else "goes on reading"
    parts = []
    if moved := names & change.parked:
        places = ", ".join(str(_parked_place(name)) for name in sorted(moved))
        parts.append(f"{verb} the old rows, in {places}")
    if stays := names - change.parked:
        parts.append(f"{verb} legacy {_listed(stays)}, read-only after the switch")
    return "; ".join(parts)


# --- foreign keys: bound by oid ---------------------------------------------------------------


def _foreign_keys(tables: Iterable[Table], change: _Change) -> Iterator[Redirected]:
    """Keys of tables that no mapping takes, to tables that are legacy after the switch."""
    for table in tables:
        for key in table.foreign_keys if table.name not in change.sources else ():
            if key.references in change.concerned:
                parked = key.references in change.parked
                place = _parked_place(key.references) if parked else key.references
                effect = f"goes on referring to {place}: it accepts no key of a new unified row"
                names = {key.references}
                yield _redirected("foreign key", f"{table.name}.{key.name}", names, effect)


# --- functions: resolved when they run -------------------------------------------------------


def _functions(
    functions: Iterable[Function], change: _Change, known: Set[Name]
) -> Iterator[Redirected]:
    for function in functions:
        text = _without_gaps(function.definition)
        bound = _is_bound(text)
        wanted = change.concerned if bound else change.named
        names = {name for name in _named(text, _path(text), known) if name in wanted}
        if names:
            effect = (_bound_effect if bound else _named_effect)(names, change, "function")
            yield _redirected("function", f"{function.name}({function.arguments})", names, effect)


def _named_effect(names: Set[Name], change: _Change, kind: str) -> str:
    parts = []
    if new := names & change.parked & change.unified:
        parts.append(f"will mean the unified {_listed(new)}")
    if gone := (names & change.parked) - change.unified:
        parts.append(f"will find no table {_listed(gone)}")
    for name in sorted(names & change.moved.keys()):
        found = "the unified table of that name" if name in change.unified else "no table"
        parts.append(f"will find {found} for {name}, which becomes {change.moved[name]}")
    if stays := names - change.parked - change.moved.keys():
        parts.append(f"still means legacy {_listed(stays)}, read-only after the switch")
    return "; ".join(parts)


def names_in(definition: str, known: Set[Name]) -> frozenset[Name]:
    """Tables and views of ``known`` that a function names, in its head, its body or its strings."""
    text = _without_gaps(definition)
    return frozenset(_named(text, _path(text), known)) & known


def is_bound(definition: str) -> bool:
    """Whether the server keeps what the body names by its number, not by its name."""
    return _is_bound(_without_gaps(definition))


def _is_bound(definition: list[Token]) -> bool:
    """Whether the body is SQL that the server parsed: BEGIN ATOMIC or RETURN, no string."""
    words = [token.text.lower() for token in definition]
    return not any(
        word == "as" and after.kind is Kind.STRING
        for word, after in zip(words, definition[1:], strict=False)
    )


def _path(definition: list[Token]) -> tuple[str, ...]:
    """The schemas an unqualified name is looked up in: the function's own setting, or public."""
    words = [token.text.lower() for token in definition]
    for at in range(len(words) - 3):
        if words[at : at + 3] == ["set", "search_path", "to"]:
            return tuple(_setting(definition[at + 3 :]))
    return _DEFAULT_PATH


def _setting(rest: list[Token]) -> Iterator[str]:
    for at, token in enumerate(rest):
        if at % 2:
            if token.text != ",":
                return
        else:
            yield _unquoted(token) if token.kind is Kind.STRING else _folded(token)


def _named(text: list[Token], path: tuple[str, ...], known: Set[Name]) -> Iterator[Name]:
    """Names of tables in ``text`` and in the strings it holds: bodies and dynamic SQL."""
    for at, token in enumerate(text):
        if token.kind is Kind.STRING:
            yield from _named(_without_gaps(_unquoted(token)), path, known)
        elif token.kind in (Kind.WORD, Kind.QUOTED):
            following = [one.text for one in text[at + 1 : at + 2]]
            if following == ["."] and len(text) > at + 2:
                yield Name(_folded(token), _folded(text[at + 2]))
            elif _is_relation(text, at):
                yield from _looked_up(_folded(token), path, known)


def _is_relation(text: list[Token], at: int) -> bool:
    """Whether the unqualified name at that place can only be a table or view."""
    before = [token.text.lower() for token in text[max(0, at - 2) : at]]
    after = [token.text.lower() for token in text[at + 1 : at + 3]]
    if before[-1:] == ["."]:  # the end of a qualified name
        return False
    if before in (["insert", "into"], ["merge", "into"]) or after == ["%", "rowtype"]:
        return True
    if after[:1] == ["("]:  # a call
        return False
    return bool(before) and (before[-1] in _BEFORE or _is_listed(text, at))


def _is_listed(text: list[Token], at: int) -> bool:
    """Whether a comma before the name parts it from other tables: ``from a, b``."""
    if not at or text[at - 1].text != ",":
        return False
    depth = 0
    for token in reversed(text[:at]):
        word = token.text.lower()
        depth += (word == ")") - (word == "(")
        if depth < 0:
            return False
        if depth == 0 and word in _CLAUSES:
            return word in _BEFORE
    return False


def _looked_up(name: str, path: tuple[str, ...], known: Set[Name]) -> Iterator[Name]:
    candidates = (Name(schema, name) for schema in path)
    if found := next((one for one in candidates if one in known), None):
        yield found


# --- text ------------------------------------------------------------------------------------


def _without_gaps(text: str) -> list[Token]:
    """The tokens that count. A body need not be SQL: what does not scan is skipped."""
    found: list[Token] = []
    start = 0
    while start < len(text):
        try:
            for token in tokens(text[start:]):
                if token.kind not in (Kind.SPACE, Kind.COMMENT):
                    found.append(token)
            return found
        except SqlProblem as problem:
            start += (problem.offset or 0) + 1
    return found


def _folded(token: Token) -> str:
    if token.kind is Kind.QUOTED:
        return token.text[token.text.index('"') + 1 : -1].replace('""', '"')
    return token.text.lower()


def _unquoted(token: Token) -> str:
    """What a string holds. Escapes of E'' stay as written: they do not occur in names."""
    if token.text.startswith("$"):
        edge = token.text.index("$", 1) + 1
        return token.text[edge:-edge]
    return token.text[token.text.index("'") + 1 : -1].replace("''", "'")


def _listed(names: Set[Name]) -> str:
    return ", ".join(str(name) for name in sorted(names))


def _parked_place(name: Name) -> Name:
    return Name(parking_schema(name.schema), name.name)


def _redirected(kind: str, name: str, names: Set[Name], effect: str) -> Redirected:
    listed = tuple(str(one) for one in sorted(names))
    return Redirected(kind=kind, name=name, names=listed, effect=effect)

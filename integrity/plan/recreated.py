"""Views and functions on the unified tables, as the scratch server judges and spells them.

They are created over bare unified tables in a transaction that is rolled back. The server's word
counts for everything: whether a definition is valid, what it reads, and how a function is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from integrity.catalog.build import create_statements, create_table_with_keys
from integrity.catalog.read import read_catalog
from integrity.config.dependent_rules import tables_that_go
from integrity.config.places import inside
from integrity.database.connect import Connection, Error
from integrity.errors import ConfigFailure, Problem
from integrity.graph import CycleFailure, order
from integrity.model import Catalog, EnumType, Function, Name, Project, Recreated, View
from integrity.operations.recreate import ANY_ORDER, Built, definition, head_length
from integrity.plan.redirected import names_in
from integrity.plan.scratch import bare_table
from integrity.sql.quote import ident, qualified
from integrity.sql.scan import Kind, SqlProblem, Token, tokens

Key = tuple[Name, str]


@dataclass(frozen=True, slots=True)
class Spelt:
    """What is recreated: in an order that works, and as it looks in a catalog."""

    built: tuple[Built, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()


def recreated(conn: Connection[Any], project: Project, enums: Iterable[EnumType] = ()) -> Spelt:
    """Judge what a project recreates. ``enums``: types that the scratch database lacks.

    Leaves nothing behind. Raises ConfigFailure with everything the server refuses.
    """
    if not project.recreated:
        return Spelt()
    listed = in_order(project.recreated)
    with conn.transaction(force_rollback=True):
        stand_in(conn, project, enums)
        judge = _Judge(conn, project)
        for one in listed:
            judge.create(one)
        judge.bodies()
        if judge.problems:
            raise ConfigFailure(judge.problems)
        return judge.spelt()


def stand_in(conn: Connection[Any], project: Project, enums: Iterable[EnumType] = ()) -> None:
    """Bare unified tables under their final names, in place of whatever stands there."""
    schemas = {table.name.schema for table in project.tables}
    schemas |= {one.name.schema for one in project.recreated}
    enums = tuple(enums)
    schemas |= {enum.name.schema for enum in enums}
    for sql in create_statements(Catalog(schemas=tuple(sorted(schemas)), enums=enums)):
        conn.execute(sql.encode())
    there = conn.execute(
        "select n.nspname::text, c.relname::text from pg_catalog.pg_class as c"
        " join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.relkind = 'r'"
    ).fetchall()
    taken = {Name(*row) for row in there}
    wanted = {one.name for one in project.recreated} | {table.name for table in project.tables}
    statements = [f"drop table {qualified(name)} cascade" for name in sorted(taken & wanted)]
    for table in project.tables:
        bare = replace(bare_table(table), primary_key=table.primary_key)
        statements += create_table_with_keys(bare)
    conn.execute(";\n".join(statements).encode())  # at once: there are hundreds


def signature(one: Recreated) -> str:
    """The object as DROP names it."""
    return qualified(one.name) + (f"({one.identity})" if one.is_routine else "")


# --- order -----------------------------------------------------------------------------------


def in_order(listed: Iterable[Recreated]) -> tuple[Recreated, ...]:
    """Each behind those that its definition names outside of strings. Raises ConfigFailure."""
    by_key: dict[Key, Recreated] = {(one.name, one.identity): one for one in listed}
    by_name: dict[Name, list[Key]] = {}
    for key in by_key:
        by_name.setdefault(key[0], []).append(key)
    edges = {
        (before, key)
        for key, one in by_key.items()
        for name in outside_strings(one)
        for before in by_name.get(name, ())
        if before != key
    }
    try:
        return tuple(by_key[key] for key in order(by_key, edges))
    except CycleFailure as failure:
        path = [by_key[key] for key in failure.path]  # type: ignore[index]
        names = " -> ".join(map(str, path))
        message = f"what is recreated waits for itself: {names}"
        raise ConfigFailure([Problem(path[0].location, message, failure.hint)]) from None


def outside_strings(one: Recreated) -> frozenset[Name]:
    """Qualified names in the arguments and the definition, but for strings and bodies in them."""
    found: set[Name] = set()
    for text in (one.arguments, one.definition.text):
        words = _words(text)
        for at in range(len(words) - 2):
            if words[at + 1].text == ".":
                found.add(Name(_folded(words[at]), _folded(words[at + 2])))
    return frozenset(found)


def _words(text: str) -> list[Token]:
    try:
        return [t for t in tokens(text) if t.kind not in (Kind.SPACE, Kind.COMMENT)]
    except SqlProblem:
        return []  # the server says what is wrong with it


def _folded(token: Token) -> str:
    if token.kind is Kind.QUOTED:
        return token.text.strip('"').replace('""', '"')
    return token.text.lower()


# --- the judge -------------------------------------------------------------------------------


@dataclass
class _Judge:
    conn: Connection[Any]
    project: Project
    made: list[Recreated] = field(default_factory=list)
    refused: set[Name] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def create(self, one: Recreated) -> None:
        """Create it, whatever the bodies of functions say.

        What is built on one that was refused is not tried: the server would only say that it is
        missing.
        """
        self.conn.execute(ANY_ORDER)
        if not outside_strings(one) & self.refused and self._try(one, definition(one)):
            self.made.append(one)
        else:
            self.refused.add(one.name)

    def bodies(self) -> None:
        """Let the server read the bodies of functions, now that everything is there."""
        self.conn.execute("set local check_function_bodies = on")
        for one in self.made:
            if one.is_routine:
                self._try(one, definition(one, replace=True))

    def _try(self, one: Recreated, sql: str) -> bool:
        try:
            with self.conn.transaction():
                self.conn.execute(sql.encode(), binary=True)  # one statement, no more
            return True
        except Error as error:
            self.problems.append(_refused(one, error))
            return False

    def spelt(self) -> Spelt:
        """Everything as the catalog has it."""
        catalog = read_catalog(self.conn, sorted({one.name.schema for one in self.made}))
        views = {one.name for one in self.made if not one.is_routine}
        made = {(one.name, one.identity) for one in self.made}
        found = Spelt(
            tuple(Built(one, signature(one)) for one in self.made),
            tuple(view for view in catalog.views if view.name in views),
            tuple(f for f in catalog.functions if (f.name, f.arguments) in made),
        )
        problems = [*self._spelling(catalog), *self._reading(found), *self._naming(found)]
        if problems:
            raise ConfigFailure(problems)
        return found

    def _spelling(self, catalog: Catalog) -> Iterator[Problem]:
        """A function is known by its arguments, so they are written as the server writes them."""
        known = {(f.name, f.arguments) for f in catalog.functions}
        for one in self.made:
            if not one.is_routine or (one.name, one.identity) in known:
                continue
            spelt = sorted(f.arguments for f in catalog.functions if f.name == one.name)
            message = f"{one.kind} {one}: the server spells its arguments otherwise"
            yield Problem(one.location, message, f"write {' or '.join(f'({x})' for x in spelt)}")
        yield from self._taken()

    def _taken(self) -> Iterator[Problem]:
        """Legacy functions of the same types, whose arguments are named otherwise."""
        made = {(one.name, one.identity) for one in self.made if one.is_routine}
        by_name = {one.name: one for one in self.made if one.is_routine}
        for function in self.project.legacy.functions:
            one = by_name.get(function.name)
            if one is None or (function.name, function.arguments) in made:
                continue
            stub = f"create procedure {qualified(one.name)}({function.arguments})"
            try:
                with self.conn.transaction():
                    self.conn.execute(f"{stub} language sql as ''".encode())
            except Error as error:
                if error.sqlstate == "42723":  # duplicate_function
                    message = f"{one.kind} {one}: legacy has it with other names of its arguments"
                    yield Problem(one.location, message, f"write ({function.arguments})")

    def _allowed(self) -> set[Name]:
        made = {one.name for one in self.project.recreated}
        others = {one.table for one in self.project.retired if not one.goes}
        return made | others | {table.name for table in self.project.tables}

    def _reading(self, found: Spelt) -> Iterator[Problem]:
        """Views that read a table which is not unified."""
        allowed = self._allowed()
        by_name = {one.name: one for one in self.made}
        for view in found.views:
            for name in sorted(set(view.reads) - allowed):
                yield self._legacy(by_name[view.name], name)

    def _naming(self, found: Spelt) -> Iterator[Problem]:
        """Functions that name one in their bodies."""
        legacy = {table.name for table in self.project.legacy.tables}
        legacy |= {view.name for view in self.project.legacy.views}
        old = frozenset(legacy - self._allowed())
        by_name = {one.name: one for one in self.made}
        for function in found.functions:
            for name in sorted(names_in(function.definition, old)):
                yield self._legacy(by_name[function.name], name)

    def _legacy(self, one: Recreated, name: Name) -> Problem:
        moved = {m.sources[0].table: m.table for m in self.project.mappings if m.moves}
        hint = "it reads unified tables and what is recreated on them"
        if name in moved:
            hint = f"it becomes {moved[name]}"
        elif name in tables_that_go(self.project):
            into = [m.table for m in self.project.mappings if name in {s.table for s in m.sources}]
            hint = f"it feeds {', '.join(map(str, into))}" if into else hint
        place = inside(one.definition, _offset(one.definition.text, name))
        return Problem(place, f"{one.kind} {one} reads {name}, which is a legacy table", hint)


def _offset(text: str, name: Name) -> int | None:
    """Where a text names something; None when it does so in another spelling."""
    for spelling in (str(name), qualified(name), f"{ident(name.schema)}.{name.name}"):
        if (at := text.find(spelling)) >= 0:
            return at
    return None


def _refused(one: Recreated, error: Error) -> Problem:
    message = (error.diag.message_primary or str(error)).splitlines()[0]
    position = error.diag.statement_position
    offset = None
    if position is not None and error.diag.internal_position is None:
        offset = int(position) - 1 - head_length(one)
    place = one.location
    if offset is None or offset >= 0:
        place = inside(one.definition, offset)
    hint = error.diag.message_hint or ""
    if error.sqlstate == "42P01" and not hint:
        hint = "name tables with their schema"
    return Problem(place, f"{one.kind} {one}: the server refuses it: {message}", hint)

"""What hangs on the legacy tables that move, are loaded, archived or dropped.

Views say what they read through the catalog; bodies of functions are read for the names they hold.
Parts of a table (triggers, rules, policies, privileges, owned sequences, comments) share its fate.
A view or function needs a declared rule, unless the server keeps it bound to a table that moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from re import compile as pattern
from typing import Any

from integrity.catalog.read import read_catalog
from integrity.config.dependent_rules import Object, Rules, behind, objects_of, tables_that_go
from integrity.database.connect import Connection
from integrity.mapping.layout import Layout
from integrity.model import Catalog, DependentRule, Function, Name, Project, Table
from integrity.operations.rehang_triggers import called
from integrity.plan.compile import layout_of
from integrity.plan.live import without_own
from integrity.plan.model import Dependent
from integrity.plan.redirected import is_bound, names_in
from integrity.plan.state import read_state
from integrity.sql.quote import ident, qualified

_NEXTVAL = pattern(r"nextval\('(?P<name>[^']+)'::regclass\)")
_ATTACHED = ("rule ", "policy ", "privileges ")


def unexplained_dependents(conn: Connection[Any], project: Project) -> tuple[Dependent, ...]:
    """Objects that hang on legacy tables of the connected database and that no rule explains.

    Works before the switch, and after it, when legacy tables may be parked. Reads the catalog.
    """
    toolkit = project.settings.toolkit_schema
    settings = project.settings
    first = f"{settings.first_migration:03d}_{settings.consolidation}"
    layout = layout_of(project)
    if first in read_state(conn, toolkit).switched:
        layout = layout.after_switch()
    found = find_dependents(without_own(read_catalog(conn), toolkit), project, layout)
    return tuple(one for one in found if one.rule == "unexplained")


def find_dependents(catalog: Catalog, project: Project, layout: Layout) -> tuple[Dependent, ...]:
    """Everything that hangs on legacy tables, sorted by kind and name.

    ``catalog``: the whole database without the toolkit's own; ``layout`` says where tables stand.
    """
    search = _Search(catalog, project, layout)
    found = [*search.views(), *search.functions(), *search.parts(), *search.references()]
    return tuple(sorted(found, key=lambda one: (one.kind, one.name)))


@dataclass
class _Search:
    catalog: Catalog
    project: Project
    layout: Layout
    back: Mapping[str, str] = field(init=False)  # parking schema -> schema
    going: Mapping[Name, Name] = field(init=False)  # place -> name in the contracts
    moving: Mapping[Name, Name] = field(init=False)  # place -> unified name

    def __post_init__(self) -> None:
        self.back = self.layout.parking_schemas if self.layout.switched else {}
        self.going = {self.layout.legacy(name): name for name in tables_that_go(self.project)}
        self.moving = {
            (new if self.layout.switched else old): new
            for new, old in self.layout.moved
            if old != new
        }
        self.rules = Rules(self.project)
        self.known = set(objects_of(self.project.legacy))
        unified = {one.name for one in self.project.recreated if not one.is_routine}
        self.own = unified if self.layout.switched else set()
        self.reads = {view.name: view.reads for view in self.catalog.views}

    def name(self, place: Name) -> Name:
        """The legacy name of an object that stands at ``place``."""
        return replace(place, schema=self.back.get(place.schema, place.schema))

    # --- views -------------------------------------------------------------------------------

    def views(self) -> Iterator[Dependent]:
        for view in self.catalog.views:
            if view.name in self.own:
                continue
            gone = self.behind[view.name] & self.going.keys()
            moved = self.behind[view.name] & self.moving.keys()
            one = Object("materialized view" if view.materialized else "view", self.name(view.name))
            if gone:
                yield self._ruled(one, gone | moved, bound=True)
            elif moved:
                yield self._follows(one, moved)
            else:
                yield from self._declared(one)

    @cached_property
    def behind(self) -> dict[Name, Set[Name]]:
        return {view.name: behind(view.name, self.reads) for view in self.catalog.views}

    @cached_property
    def _gone(self) -> frozenset[Name]:
        """Tables that go, and views that read them."""
        going = self.going.keys()
        views = (name for name, tables in self.behind.items() if tables & going)
        return frozenset({*going, *(name for name in views if name not in self.own)})

    # --- functions ---------------------------------------------------------------------------

    def functions(self) -> Iterator[Dependent]:
        made = {(one.name, one.identity) for one in self.project.recreated if one.is_routine}
        for function in self.catalog.functions:
            one = self._object(function)
            if self.layout.switched and (function.name, function.arguments) in made:
                continue
            gone, moved, bound = self._named(function, one)
            called = self._callers.get(function.name, set())
            followed = called & self.moving.keys()
            if gone or moved or (called & self.going.keys() and not followed):
                yield self._ruled(one, gone | moved | called, bound=False)
            elif followed := followed | bound:
                yield self._follows(one, followed)
            else:
                yield from self._declared(one)

    def _object(self, function: Function) -> Object:
        found = next(objects_of(Catalog(functions=(function,))))
        return replace(found, name=self.name(function.name))

    def _named(self, function: Function, one: Object) -> tuple[set[Name], set[Name], set[Name]]:
        """What a function names: tables that go, old names of tables that move, and tables that
        move to which the server keeps it bound.

        A name means what stands there now; in a function of the contracts, what stood there.
        """
        there = set(self._gone)
        old: set[Name] = set()
        bound = is_bound(function.definition)
        if one in self.known:
            there |= set() if bound else set(self.going.values())
        if not bound and (one in self.known or not self.layout.switched):
            old = {old for new, old in self.layout.moved if old != new}
        moving = set(self.moving) if bound else set()
        found = names_in(function.definition, frozenset(there | old | moving))
        return set(found & there), set(found & old), set(found & moving)

    @cached_property
    def _callers(self) -> dict[Name, set[Name]]:
        """By trigger function: the tables whose triggers call it."""
        found: dict[Name, set[Name]] = {}
        spelt = {qualified(f.name): f.name for f in self.catalog.functions}
        for table in self.catalog.tables:
            for trigger in table.triggers:
                if name := spelt.get(called(trigger)):
                    found.setdefault(name, set()).add(table.name)
        return found

    # --- rules -------------------------------------------------------------------------------

    def _ruled(self, one: Object, tables: Set[Name], *, bound: bool) -> Dependent:
        on = tuple(sorted({str(self._legacy(place)) for place in tables}))
        rule = self.rules.of(one)
        shared = {"kind": one.kind, "name": str(one), "on": on}
        if rule is None:
            detail = f"no rule says what becomes of it, which hangs on {_few(on)}"
            return Dependent(**shared, rule="unexplained", detail=detail)  # type: ignore[arg-type]
        if rule.rule == "keep" and bound:
            detail = f"it cannot be kept: it reads {_few(on)}, which finalize drops"
            return Dependent(**shared, rule="unexplained", detail=detail, place=str(rule.location))  # type: ignore[arg-type]
        return Dependent(**shared, rule=rule.rule, detail=_detail(rule), place=str(rule.location))  # type: ignore[arg-type]

    def _declared(self, one: Object) -> Iterator[Dependent]:
        """What hangs on nothing that goes, and has a rule all the same."""
        if one in self.known and self.rules.of(one) is not None:
            yield self._ruled(one, frozenset(), bound=False)

    def _legacy(self, place: Name) -> Name:
        if place in self.going:
            return self.going[place]
        return next((old for new, old in self.layout.moved if place == new), self.name(place))

    def _follows(self, one: Object, tables: Set[Name]) -> Dependent:
        on = tuple(sorted(str(self._legacy(place)) for place in tables))
        rule = self.rules.of(one)
        if rule is not None and rule.rule != "keep":
            return Dependent(kind=one.kind, name=str(one), on=on, rule=rule.rule,
                             detail=_detail(rule), place=str(rule.location))  # fmt: skip
        new = _few([str(self.moving[place]) for place in sorted(tables)])
        return Dependent(
            kind=one.kind, name=str(one), on=on, rule="follow", detail=f"it stays, bound to {new}"
        )

    # --- parts of tables ---------------------------------------------------------------------

    def parts(self) -> Iterator[Dependent]:
        tables = {table.name: table for table in self.catalog.tables}
        fates = {place: f"it goes with {name}" for place, name in self.going.items()}
        moves = {place: f"it moves with the table, to {new}" for place, new in self.moving.items()}
        for place, fate in sorted({**moves, **fates}.items()):
            rule = "go" if place in fates else "move"
            if (table := tables.get(place)) is None:
                continue
            for kind, name in self._parts(table):
                on = (str(self._legacy(place)),)
                yield Dependent(kind=kind, name=name, on=on, rule=rule, detail=fate)
        yield from self._types()

    def _parts(self, table: Table) -> Iterator[tuple[str, str]]:
        at = self.name(table.name)
        for trigger in table.triggers:
            yield "trigger", f"{at}.{trigger.name}"
        if table.description is not None or any(c.description for c in table.columns):
            yield "comments", str(at)
        owner = f"{ident(table.name.name)}."
        for sequence in self.catalog.sequences:
            own = sequence.owned_by or ""
            if sequence.name.schema == table.name.schema and own.startswith(owner):
                yield "sequence", str(self.name(sequence.name))
        for line in self.attached.get(table.name, ()):
            kind, _, rest = line.partition(" ")
            yield kind, rest.replace(str(table.name), str(at), 1)

    @cached_property
    def attached(self) -> dict[Name, list[str]]:
        """Rules, policies and privileges by the table they are about."""
        places = {str(name): name for name in (*self.going, *self.moving)}
        found: dict[Name, list[str]] = {}
        for line in self.catalog.unmanaged:
            if line.startswith(_ATTACHED):
                words = line.partition(" ")[2].split(".")
                name = places.get(".".join(words[:2]))
                if name is not None:
                    found.setdefault(name, []).append(line)
        return found

    def _types(self) -> Iterator[Dependent]:
        """Types and free sequences that tables use stay while something uses them."""
        tables = [t for t in self.catalog.tables if t.name in {**self.going, **self.moving}]
        users: dict[tuple[str, Name], set[Name]] = {}
        enums = {qualified(enum.name): enum.name for enum in self.catalog.enums}
        free = {qualified(s.name): s.name for s in self.catalog.sequences if s.owned_by is None}
        for table in tables:
            for column in table.columns:
                if (enum := enums.get(column.type.removesuffix("[]"))) is not None:
                    users.setdefault(("type", enum), set()).add(table.name)
                match = _NEXTVAL.search(column.default or "")
                if match and (sequence := free.get(match["name"])) is not None:
                    users.setdefault(("sequence", sequence), set()).add(table.name)
        for (kind, name), places in users.items():
            stays = places & self.moving.keys()
            on = tuple(sorted(str(self._legacy(place)) for place in places))
            detail = (
                "it stays: tables that move use it" if stays else "it goes when nothing uses it"
            )
            yield Dependent(
                kind=kind, name=str(self.name(name)), on=on,
                rule="follow" if stays else "go", detail=detail,
            )  # fmt: skip

    def references(self) -> Iterator[Dependent]:
        """Foreign keys of tables that nobody declared, to tables that go."""
        declared = {table.name for table in self.project.legacy.tables}
        declared -= {one.table for one in self.project.retired if not one.goes}
        unified = self.layout.unified_names if self.layout.switched else frozenset[Name]()
        for table in self.catalog.tables:
            if self.name(table.name) in declared or table.name in unified:
                continue
            for key in table.foreign_keys:
                if key.references in self.going:
                    on = str(self.going[key.references])
                    detail = f"a table of others refers to {on}, which finalize drops"
                    name = f"{table.name}.{key.name}"
                    yield Dependent(
                        kind="foreign key", name=name, on=(on,), rule="unexplained", detail=detail
                    )


def _detail(rule: DependentRule) -> str:
    if rule.rule == "recreate":
        return f"{rule.by} stands for it"
    return " ".join(rule.because.split())


def _few(names: Iterable[str], most: int = 3) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more

"""What goes when legacy goes, and in which order.

Tables go because the configuration says so: sources of a load, and those declared as archived or
dropped. Views and functions go by their declared rule; these, types and sequences also with the
legacy schema that holds nothing else, unless something that stays needs them. What stays never
loses anything: an object that stays and needs a table or view that goes is in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from integrity.catalog.read import read_catalog
from integrity.config.dependent_rules import tables_that_go
from integrity.database.connect import Connection
from integrity.errors import RefusedFailure
from integrity.finalize.objects import (
    Dependence,
    ForeignKeyOf,
    Number,
    Objects,
    Thing,
    describe,
    foreign_keys,
    read_objects,
)
from integrity.graph import CycleFailure, order
from integrity.mapping.layout import RESERVED_PREFIX, Layout
from integrity.model import Name, Project
from integrity.plan.dependents import find_dependents
from integrity.plan.live import without_own
from integrity.sql.quote import ident

TABLES = ("table", "foreign table")
VIEWS = ("view", "materialized view")
FUNCTIONS = ("function", "procedure", "aggregate")
TYPES = ("type", "composite type")
# The word that DROP wants where it differs from that of pg_identify_object.
_DROP_WORDS = {"composite type": "type"}


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes. ``things`` in the order in which they are dropped.

    ``tables``: where each legacy table that goes stands now, by its name in the contracts.
    ``inner_keys``: foreign keys between tables that go; ``outer_keys``: to tables that stay.
    ``missing``: places of legacy tables where none stands.
    ``in_the_way``: what stays and needs what goes, in words.
    ``kept``: schemas that were for legacy alone and stay, with what keeps them.
    """

    things: tuple[Thing, ...]
    tables: tuple[tuple[Name, Thing], ...]
    inner_keys: tuple[ForeignKeyOf, ...]
    outer_keys: tuple[ForeignKeyOf, ...]
    missing: tuple[Name, ...]
    in_the_way: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    objects: Objects

    @property
    def numbers(self) -> frozenset[Number]:
        """The server's numbers of what goes."""
        return frozenset(thing.number for thing in self.things)

    def statements(self) -> Iterator[str]:
        """Drops all of it, one object at a time, and nothing that is not named."""
        for key in self.inner_keys:  # names are as the server quotes them
            yield f"alter table {key.table_text} drop constraint {key.name} restrict"
        for thing in self.things:
            word = _DROP_WORDS.get(thing.kind, thing.kind)
            yield f"drop {word} {thing.identity} restrict"


def leaving(conn: Connection[Any], project: Project, layout: Layout) -> Leaving:
    """What goes from the connected database, whose switch has happened.

    ``layout`` is the one after the switch.
    """
    objects, fates = read_objects(conn), _Fates.of(conn, project, layout)
    places = {layout.legacy(name): name for name in tables_that_go(project)}
    standing = objects.named(places, TABLES)
    choice = _Choice(objects, project, layout, set(standing.values()), fates)
    going = choice.settled()
    keys = foreign_keys(conn, standing.values())
    numbers = {thing.number for thing in going}
    return Leaving(
        things=_in_order(going, objects),
        tables=tuple(sorted((places[at], thing) for at, thing in standing.items())),
        inner_keys=tuple(k for k in keys if objects.whole(k.references) in numbers),
        outer_keys=tuple(k for k in keys if objects.whole(k.references) not in numbers),
        missing=tuple(sorted(places.keys() - standing.keys())),
        in_the_way=(*fates.unexplained, *_dependents(conn, choice.open, objects)),
        kept=tuple(_kept(choice, going)),
        objects=objects,
    )


@dataclass(frozen=True, slots=True)
class _Fates:
    """What becomes of views and functions by the declared rules; names are those of legacy."""

    stay: frozenset[str]
    go: frozenset[str]
    unexplained: tuple[str, ...]

    @classmethod
    def of(cls, conn: Connection[Any], project: Project, layout: Layout) -> _Fates:
        catalog = without_own(read_catalog(conn), layout.toolkit_schema)
        found = find_dependents(catalog, project, layout)
        return cls(
            stay=frozenset(one.name for one in found if one.rule in ("keep", "follow")),
            go=frozenset(one.name for one in found if one.rule in ("archive", "recreate")),
            unexplained=tuple(
                f"{one.kind} {one.name}: {one.detail}" for one in found if one.rule == "unexplained"
            ),
        )


class _Choice:
    """Which objects go, beginning with the tables."""

    def __init__(
        self,
        objects: Objects,
        project: Project,
        layout: Layout,
        tables: set[Thing],
        fates: _Fates,
    ) -> None:
        self.objects, self.layout, self.tables, self.fates = objects, layout, tables, fates
        self.back = layout.parking_schemas
        self.legacy = {*project.legacy.schemas, *self.back}
        self.views = {view.name for view in project.legacy.views}
        self.functions = {function.name for function in project.legacy.functions}
        self.recreated = {one.name for one in project.recreated}
        self.pure = {schema for schema in self.legacy if self._is_pure(schema)}
        targets = {table.name.schema for table in project.tables}
        self.alone = self.legacy - targets - {"public", layout.toolkit_schema}
        self.open: list[Dependence] = []

    def settled(self) -> set[Thing]:
        """What goes once everything that stays has kept what it needs."""
        going = {*self.tables, *self._others()}
        going |= set(self._trigger_functions(going))
        while dropped := self._needed_by_others(going):
            going -= dropped
        self.open = [d for d, whom in self._needs(going) if whom.kind in (*TABLES, *VIEWS)]
        return going

    def _is_pure(self, schema: str) -> bool:
        """Whether it holds no table that stays; the toolkit's and the public one never go."""
        if schema in ("public", self.layout.toolkit_schema):
            return False
        inside = (t for t in self.objects.things.values() if t.name.schema == schema)
        tables = (t for t in inside if t.holds_rows and self.is_whole(t))
        return all(table in self.tables for table in tables)

    def is_whole(self, thing: Thing) -> bool:
        """Whether it has a DROP of its own: an owned sequence goes with its table."""
        return self.objects.whole(thing.number) == thing.number

    def _others(self) -> Iterator[Thing]:
        """What the rules send away, what else stands in schemas of legacy alone, and these."""
        for thing in self.objects.things.values():
            if self.is_whole(thing) and thing.kind not in TABLES and self._may_go(thing):
                pure = thing.name.schema in self.pure
                if self._label(thing) in self.fates.go or (pure and self._is_known(thing)):
                    yield thing

    def _may_go(self, thing: Thing) -> bool:
        """Not what a rule keeps, nor what was made anew on the unified tables."""
        if thing.kind not in (*VIEWS, *FUNCTIONS):
            return True
        return self._label(thing) not in self.fates.stay and thing.name not in self.recreated

    def _is_known(self, thing: Thing) -> bool:
        """Whether it is of legacy: a view that came later is somebody else's."""
        if thing.kind in VIEWS:
            return self._logical(thing) in self.views
        return thing.kind != "sequence" or thing.special

    def _logical(self, thing: Thing) -> Name:
        """Its name in the contracts."""
        schema = thing.name.schema
        return Name(self.back.get(schema, schema), thing.name.name)

    def _label(self, thing: Thing) -> str:
        name = str(self._logical(thing))
        return name if thing.arguments is None else f"{name}({thing.arguments})"

    def _trigger_functions(self, going: set[Thing]) -> Iterator[Thing]:
        """Trigger functions of the contracts that only tables which go have used."""
        numbers = {thing.number for thing in going}
        users: dict[Number, set[bool]] = {}
        for one in self.objects.dependences:
            users.setdefault(one.whom, set()).add(one.who in numbers)
        for thing in self.objects.things.values():
            if thing.kind == "function" and thing.special and thing.name in self.functions:
                own = thing.name.name.startswith(RESERVED_PREFIX)
                if users.get(thing.number) == {True} and not own:
                    yield thing

    def _needed_by_others(self, going: set[Thing]) -> set[Thing]:
        """Schemas, functions, types and sequences that something which stays needs."""
        return {whom for _, whom in self._needs(going) if whom.kind not in (*TABLES, *VIEWS)}

    def _needs(self, going: set[Thing]) -> Iterator[tuple[Dependence, Thing]]:
        """What depends on something that goes, and stays."""
        numbers = {thing.number: thing for thing in going}
        for one in self.objects.dependences:
            if one.whom in numbers and one.who not in numbers:
                yield one, numbers[one.whom]


def _dependents(conn: Connection[Any], open_: Iterable[Dependence], objects: Objects) -> list[str]:
    return sorted(
        {f"{_words(conn, one, objects)} depends on {objects.things[one.whom]}" for one in open_}
    )


def _words(conn: Connection[Any], one: Dependence, objects: Objects) -> str:
    """A rule of a view is the view; any other part is named."""
    whole = objects.things.get(one.who)
    return str(whole) if whole and whole.kind in VIEWS else describe(conn, one.part)


def _kept(choice: _Choice, going: set[Thing]) -> Iterator[tuple[str, str]]:
    """Schemas that were for legacy alone and stay, with what keeps them."""
    staying: dict[str, list[str]] = {}
    for thing in sorted(choice.objects.things.values()):
        if thing not in going and choice.is_whole(thing):
            staying.setdefault(thing.name.schema, []).append(str(thing))
    for schema in sorted(choice.alone & staying.keys()):
        first, *more = [one for one in staying[schema] if one != f"schema {ident(schema)}"] or [
            "what others use"
        ]
        yield schema, first + (f" and {len(more)} more" if more else "")


def _in_order(going: set[Thing], objects: Objects) -> tuple[Thing, ...]:
    """Dependents before what they depend on. Raises RefusedFailure for a circle."""
    numbers = {thing.number: thing for thing in going}
    edges = {
        (numbers[one.who], numbers[one.whom])
        for one in objects.dependences
        if one.who in numbers and one.whom in numbers and not one.by_key
    }
    try:
        return order(going, edges)
    except CycleFailure as cycle:
        raise RefusedFailure(
            f"objects of legacy need each other: {' -> '.join(map(str, cycle.path))}",
            hint="they cannot be dropped one by one: change one of them first",
        ) from None

"""A mapping with every name resolved and every type known: what the SQL is written from.

Values of this module are made by ``resolve`` and read by the load and by the expectation, which
share nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Column, DropRule, Key, Location, Mapping, Name, Source, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A cast inside an expression that a dirty value would break: test ``operand`` first.

    ``when`` is a condition: the cast is evaluated only where it is true; empty means always.
    """

    operand: str
    type: str
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An expression over the source, macros expanded, with the type the server gives it."""

    text: str
    written: str  # as the user wrote it, for messages and quarantine
    type: str
    guards: tuple[Guard, ...]
    reads: tuple[str, ...]
    location: Location

    @property
    def constant(self) -> bool:
        """True when it reads no column."""
        return not self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to find a key: rows of ``table`` (or its crosswalk) whose ``by`` equal ``given``."""

    table: Name  # the unified table looked up
    crosswalk_of: Name | None  # the legacy source, when the way goes through the crosswalk
    by: tuple[str, ...]  # expressions over the unified table; for a crosswalk: empty
    given: tuple[Given, ...]
    take: str  # column of the unified table
    unique: bool  # ``by`` is covered by a key: at most one row can be found
    optional: bool
    provable: bool = False  # the expectation of the looked-up table has the columns of ``by``
    crosswalk_key_type: str = ""  # bigint or text, when the way goes through a crosswalk

    @property
    def key_types(self) -> tuple[str, ...]:
        """Types of the keys that are joined; a crosswalk has one, however many columns make it."""
        if self.crosswalk_of:
            return (self.crosswalk_key_type,)
        return tuple("text" if given.type == "unknown" else given.type for given in self.given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """How one target column of one arm is made: from an expression, or found by ways in order."""

    column: Column
    given: Given | None = None
    guarded: bool = False  # the cast to the column's type may fail or lose
    ways: tuple[Way, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Legacy columns that the value reads."""
        parts = [self.given] if self.given else [g for way in self.ways for g in way.given]
        return tuple(dict.fromkeys(name for part in parts for name in part.reads))

    @property
    def has_guards(self) -> bool:
        """Whether an expression of the value holds a cast that a dirty value breaks."""
        parts = [self.given] if self.given else [g for way in self.ways for g in way.given]
        return any(part.guards for part in parts)

    @property
    def written(self) -> str:
        """The value as the user wrote it, in one line."""
        if self.given:
            return self.given.written
        return " else ".join(_way_in_words(way) for way in self.ways)


def _way_in_words(way: Way) -> str:
    keys = ", ".join(given.written for given in way.given)
    if way.crosswalk_of:
        return f"crosswalk {way.crosswalk_of} ({keys})"
    return f"lookup {way.table} by ({', '.join(way.by)}) = ({keys})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedArm:
    """One candidate per source row. ``fills`` holds the arm's own values: all NULL means empty."""

    number: int  # from 1
    label: str
    values: tuple[Value, ...]  # one per mapped target column that this source fills
    fills: tuple[Given, ...]  # () when the arm is never empty

    def value(self, column: str) -> Value | None:
        """How that target column is made, or None when this source does not fill it."""
        return next((v for v in self.values if v.column.name == column), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSource:
    """A source in order of preference; ``rank`` counts from 1, smaller is preferred."""

    rank: int
    source: Source
    table: Name
    key: tuple[Column, ...]
    drops: tuple[DropRule, ...]  # macros expanded
    arms: tuple[ResolvedArm, ...]
    contract: tuple[Column, ...]  # every column of the legacy table
    key_is_unique: bool  # by a constraint of the contract; else the load looks

    @property
    def unfilled(self) -> tuple[Given, ...]:
        """What must be NULL in a row of which no arm is filled; () where that loses nothing.

        It loses something where values that all arms share read more than the key of the row,
        unless the YAML gives a reason.
        """
        if len(self.arms) < 2 or self.source.empty or not all(arm.fills for arm in self.arms):
            return ()
        return tuple(dict.fromkeys(given for arm in self.arms for given in arm.fills))

    @property
    def carried(self) -> tuple[str, ...]:
        """Legacy columns that only values read which all arms share; the key is not among them."""
        known = {column.name for column in self.key}
        known |= {name for arm in self.arms for given in arm.fills for name in given.reads}
        read = (name for arm in self.arms for value in arm.values for name in value.reads)
        return tuple(dict.fromkeys(name for name in read if name not in known))

    @property
    def label(self) -> str:
        """How ledger, crosswalk and quarantine name this source."""
        return str(self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung of the match ladder. ``null_safe``: NULL counts as a value, as in its unique key."""

    columns: tuple[str, ...]
    null_safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """A reference that is filled when the rows of both tables stand: to the table itself, or one
    that closes a cycle.

    ``forms``: the ways that arms go, each list in order of trust. Until the reference is filled
    the work tables hold in ``carried`` an array of texts: the number of the form, from 1, then the
    keys of its ways; NULL when there is no key. As one value it survives or loses as a whole.
    """

    column: Column
    forms: tuple[tuple[Way, ...], ...]
    carried: Column

    def number(self, ways: tuple[Way, ...]) -> int:
        """The number of the form that these ways have."""
        return 1 + [form_of(form) for form in self.forms].index(form_of(ways))

    @property
    def tables(self) -> tuple[Name, ...]:
        """The unified tables whose keys it takes."""
        return tuple(sorted({way.table for form in self.forms for way in form}))

    def keyed(self) -> Iterator[tuple[int, int, Way, tuple[int, ...]]]:
        """Form, number in it, way, and where in ``carried`` its keys stand; all from 1."""
        for number, form in enumerate(self.forms, 1):
            place = 2
            for nth, way in enumerate(form, 1):
                yield number, nth, way, tuple(range(place, place + len(way.key_types)))
                place += len(way.key_types)


def form_of(ways: tuple[Way, ...]) -> object:
    """What makes ways the same whatever the source: where they lead, and the types of the keys."""
    return tuple((way.table, way.crosswalk_of, way.by, way.take, way.key_types) for way in ways)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedMapping:
    """Everything the SQL of one mapping is written from."""

    mapping: Mapping
    table: Table
    sources: tuple[ResolvedSource, ...]
    key_type: str  # bigint or text: the type of the source key in work tables and crosswalk
    primary: Column  # the single-column primary key
    columns: tuple[Column, ...]  # mapped target columns in table order
    ladder: tuple[Rung, ...]
    order: tuple[str, ...]
    referenced: bool  # a mapping finds keys through this one's crosswalk
    looked_up: bool  # a mapping looks its rows up
    deferred: tuple[Deferred, ...] = ()

    @property
    def name(self) -> Name:
        """The unified table."""
        return self.table.name

    @property
    def work_columns(self) -> tuple[Column, ...]:
        """Columns of the work tables: those of the target, and the keys of deferred references."""
        return (*self.columns, *(one.carried for one in self.deferred))

    @property
    def loaded(self) -> tuple[Column, ...]:
        """Target columns that the load writes at once."""
        later = {one.column.name for one in self.deferred}
        return tuple(column for column in self.columns if column.name not in later)

    @property
    def assigned(self) -> bool:
        """Whether the toolkit numbers the primary key."""
        return self.primary.assigned

    @property
    def by_row(self) -> bool:
        """Whether the preferred row survives as a whole."""
        return self.mapping.survivorship.by == "row"

    @property
    def direct(self) -> bool:
        """Whether one sort decides winners and numbers: one rung, rows survive whole, and the
        declared order is made of the key, so equal keys are neighbours in that order."""
        return (
            self.by_row
            and len(self.ladder) == 1
            and self.assigned
            and set(self.order) <= set(self.ladder[0].columns)
            and not self.later_keys
        )

    @property
    def later_keys(self) -> tuple[Key, ...]:
        """Unique keys of the table, over mapped columns, that matching alone does not ensure."""
        mapped = {c.name for c in self.columns}
        only = self.ladder[0].columns if len(self.ladder) == 1 else None
        return tuple(
            key
            for key in dict.fromkeys(self.table.keys())
            if set(key.columns) <= mapped and (only is None or set(key.columns) != set(only))
        )

    @property
    def inline(self) -> bool:
        """Whether the rows name their origin themselves, so that the crosswalk can be small."""
        kinds = {c.provenance for c in self.table.columns if c.provenance}
        return kinds == {"source", "key", "arm"} and not self.referenced

    def provenance(self, kind: str) -> Column | None:
        """The column that takes the row's source, key or arm."""
        return next((c for c in self.table.columns if c.provenance == kind), None)

    @property
    def provenances(self) -> tuple[Column, ...]:
        """The columns in which rows name their origin; the toolkit fills them."""
        return tuple(column for column in self.table.columns if column.provenance)

    def required(self) -> tuple[Column, ...]:
        """Mapped columns that must not be NULL."""
        return tuple(c for c in self.columns if not c.nullable)

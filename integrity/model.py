"""The vocabulary: plain frozen values that every room shares.

Nothing here opens a file or a connection. Three families, in the order they are used:

* what a database looks like: ``Table``, ``Catalog`` and their parts;
* what the user asks for: ``Mapping`` and its parts, ``Project``;
* what will be run: ``Statement``, ``Step``, ``Stage``, ``Migration``.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

# --- places ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file the user wrote; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Location("", 0, 0)


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A schema-qualified name as PostgreSQL stores it, never quoted."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


# --- what a database looks like --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. ``type`` is spelt as ``format_type`` spells it once it was read from a server."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    generated: str | None = None
    identity: str | None = None  # "always" or "by default"
    assigned: bool = False  # the toolkit numbers this key, in the mapping's declared order
    collation: str | None = None
    description: str | None = None
    renamed_from: str | None = None
    provenance: str | None = None  # "source", "key" or "arm": where the row came from, inline
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A primary key or a unique constraint."""

    name: str
    columns: tuple[str, ...]
    nulls_not_distinct: bool = False
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """``columns`` of the owning table reference ``to`` of ``references``, position by position."""

    name: str
    columns: tuple[str, ...]
    references: Name
    to: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    deferrable: bool = False
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check constraint; ``expression`` stands without the surrounding CHECK ( )."""

    name: str
    expression: str
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A secondary index. ``columns`` are column names or expressions, with ``desc`` and so on."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    unique: bool = False
    where: str | None = None
    method: str = "btree"
    nulls_not_distinct: bool = False
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A user trigger; ``definition`` is what ``pg_get_triggerdef`` returns."""

    name: str
    definition: str
    enabled: str = "origin"  # origin, always, replica, disabled


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Privileges that a role has on an object, as lower-case words in order."""

    role: str  # "public" is everybody
    privileges: tuple[str, ...]
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is (a contract) or as it should be (a unified table)."""

    name: Name
    columns: tuple[Column, ...]
    description: str | None = None
    primary_key: Key | None = None
    natural_key: Key | None = None  # also one of the unique constraints
    uniques: tuple[Key, ...] = ()  # without the natural key
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    grants: tuple[Grant, ...] = ()  # of unified tables, as declared
    grants_as_sources: bool = False  # it also gets what roles may do with its sources
    renamed_from: Name | None = None
    location: Location = field(default=NOWHERE, compare=False)

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def keys(self) -> Iterator[Key]:
        """Every set of columns that the server keeps unique: primary, natural, others."""
        if self.primary_key:
            yield self.primary_key
        if self.natural_key:
            yield self.natural_key
        yield from self.uniques

    def relations(self) -> Iterator[str]:
        """The names that it takes in its schema: its own, and those of its keys and indexes."""
        yield self.name.name
        yield from (key.name for key in self.keys())
        yield from (index.name for index in self.indexes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType:
    """An enumerated type with its labels in order."""

    name: Name
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A type with constraints over ``type``; ``constraints`` is SQL, as CREATE DOMAIN takes it."""

    name: Name
    type: str
    constraints: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A sequence. ``owned_by`` is "table.column" of the same schema when a column owns it."""

    name: Name
    type: str = "bigint"
    owned_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view; ``definition`` is what ``pg_get_viewdef`` returns, ``reads`` what it depends on."""

    name: Name
    definition: str
    materialized: bool = False
    reads: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function; ``definition`` is what ``pg_get_functiondef`` returns."""

    name: Name
    arguments: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Part of a database, sorted by name: the schemas that were asked for and what they hold."""

    schemas: tuple[str, ...] = ()
    enums: tuple[EnumType, ...] = ()
    domains: tuple[Domain, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    unmanaged: tuple[str, ...] = ()  # objects of kinds not managed yet, as "kind schema.name"

    def table(self, name: Name) -> Table | None:
        """The table of that name, or None."""
        return next((t for t in self.tables if t.name == name), None)


# --- what the user asks for ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A PostgreSQL expression over the columns of one source, as the user wrote it."""

    text: str
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The key of the one row of a unified table whose ``by`` expressions equal the given ones.

    ``by`` pairs an expression over the looked-up table with an expression over the source.
    A row not found, or found twice, rejects the candidate; with ``optional`` a NULL on the source
    side gives NULL instead.
    """

    table: Name
    by: tuple[tuple[Expression, Expression], ...]
    take: str | None = None  # default: the primary key of the table
    optional: bool = False
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkLookup:
    """The unified key that a legacy row was given: ``key`` is that row's key in ``source``.

    ``into`` is the unified table whose key is meant. It is not written in YAML: a source feeds one
    table, or the foreign key of the column that is filled says which.
    """

    source: Name
    key: tuple[Expression, ...]
    optional: bool = False
    into: Name | None = None
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOf:
    """Ways to find a key in order of trust; the first that finds one row wins.

    A way that finds two rows rejects the candidate; it never falls through to the next.
    """

    ways: tuple[Lookup | CrosswalkLookup, ...]
    location: Location = field(default=NOWHERE, compare=False)


Value = Expression | Lookup | CrosswalkLookup | FirstOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One candidate that every source row yields: target column -> value.

    A candidate of an arm whose non-constant values are all NULL counts as an empty arm.
    """

    label: str
    columns: MappingType[str, Value]
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRule:
    """Source rows that are left out on purpose, with the reason a reviewer reads."""

    when: Expression
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A legacy table that feeds a mapping. ``key`` identifies its rows (default: primary key)."""

    table: Name
    key: tuple[str, ...]  # () when it is keyless
    columns: MappingType[str, Value]
    arms: tuple[Arm, ...] = ()
    drops: tuple[DropRule, ...] = ()
    write_back: bool = False
    ignore: MappingType[str, str] = field(default_factory=dict)  # legacy column -> reason
    empty: str | None = None  # why rows of which every arm is empty may be left out
    rest: str | None = None  # column that takes what no other value reads, as JSON
    keyless: bool = False  # ``key: row``: the whole row is its key, and equal rows are numbered
    ignored_at: MappingType[str, Location] = field(default_factory=dict, compare=False)
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivorship:
    """Whose value survives when candidates merge.

    ``by="column"``: per column the first non-NULL value in order of preference.
    ``by="row"``: the most preferred row as it is.
    """

    by: str = "column"
    prefer: tuple[Name, ...] = ()
    columns: MappingType[str, tuple[Name, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Sources that feed one unified table, and how their rows become its rows.

    ``match`` is a ladder: candidates that agree on the first rung are one row; those without a
    complete first rung are matched on the next one, and so on. Default: the natural key alone.
    ``order`` is the order in which keys are assigned. ``moves`` marks a metadata-only move;
    ``derived`` one whose unified table is its contract under another name, declared nowhere else.
    """

    table: Name
    sources: tuple[Source, ...]
    order: tuple[str, ...] = ()
    match: tuple[tuple[str, ...], ...] = ()
    survivorship: Survivorship = Survivorship()
    max_reject_share: Decimal = Decimal(0)
    moves: bool = False
    derived: bool = False
    description: str | None = None
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A legacy table that feeds no unified table, and why.

    ``kind``: "archive", kept in the archive of finalize; "drop", the same but of no use to anyone;
    "foreign", owned by others: never touched, never counted.
    """

    table: Name
    kind: str
    because: str
    location: Location = field(default=NOWHERE, compare=False)

    @property
    def goes(self) -> bool:
        """Whether it is counted, frozen, and taken by finalize."""
        return self.kind != "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recreated:
    """A view or function on the unified tables, which the switch creates and the rollback drops.

    ``kind``: view, materialized view, function or procedure; ``arguments``: of a function, as
    written; ``identity``: the same without defaults, by which it is known; ``definition``: the
    query of a view, or what follows the head of a function.
    """

    kind: str
    name: Name
    definition: Expression
    arguments: str = ""
    identity: str = ""
    description: str | None = None
    grants: tuple[Grant, ...] = ()
    restricted: bool = False  # a function that only those named in grants may call
    location: Location = field(default=NOWHERE, compare=False)

    @property
    def is_routine(self) -> bool:
        """Whether it is called, not read."""
        return self.kind in ("function", "procedure")

    def __str__(self) -> str:
        return f"{self.name}({self.identity})" if self.is_routine else str(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentRule:
    """What becomes of legacy objects that hang on tables: views, functions, triggers and so on.

    ``rule``: "recreate", another object stands for it; "keep", it stays as it is; "archive", it
    goes with legacy, and its SQL is kept. ``name`` is a whole name, or with ``is_pattern`` what it
    begins with. ``arguments``: of one function among several of that name.
    """

    rule: str
    name: Name
    is_pattern: bool = False
    arguments: str | None = None
    kind: str = ""  # empty: of any kind
    because: str = ""
    by: str = ""  # the object that stands for it
    location: Location = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        rest = "*" if self.is_pattern else ""
        return f"{self.name}{rest}" + ("" if self.arguments is None else f"({self.arguments})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A named expression with arguments, expanded in place wherever a mapping calls it."""

    name: str
    arguments: tuple[str, ...]
    text: str
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """Connections kept for one role of work. Times in seconds.

    ``timeout``: how long to wait for a free one; ``max_idle``: those above ``min`` are closed when
    nobody used them for so long; ``max_lifetime``: each is replaced when it is older.
    """

    name: str
    min: int = 1
    max: int = 4
    timeout: float = 30.0
    max_idle: float = 600.0
    max_lifetime: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """project.yaml: what holds for the whole project."""

    name: str
    toolkit_schema: str = "operational"
    first_migration: int = 1
    consolidation: str = "consolidation"
    performance: str = "performance"
    lock_timeout_ms: int = 2_000
    statement_timeout_ms: int = 1_800_000
    workers: int = 2
    slice_rows: int = 200_000
    quiet_seconds: int = 0  # how long legacy must have been left alone before finalize
    ignore_reasons: tuple[str, ...] = ()  # words that a reason to ignore a column may begin with
    pools: tuple[PoolSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The YAML under configs/, typed and cross-checked, with the digest of its files."""

    settings: Settings
    legacy: Catalog
    tables: tuple[Table, ...]
    mappings: tuple[Mapping, ...]
    macros: tuple[Macro, ...] = ()
    retired: tuple[Retired, ...] = ()
    recreated: tuple[Recreated, ...] = ()
    dependents: tuple[DependentRule, ...] = ()
    digest: str = ""

    def table(self, name: Name) -> Table | None:
        """The unified table of that name, or None."""
        return next((t for t in self.tables if t.name == name), None)

    def mapping(self, name: Name) -> Mapping | None:
        """The mapping that fills the unified table of that name, or None."""
        return next((m for m in self.mappings if m.table == name), None)


# --- what will be run ------------------------------------------------------------------------


class StageKind(StrEnum):
    """The stages of a run, in order."""

    PREPARE = "prepare"
    CREATE = "create"
    LOAD = "load"
    CONSTRAIN = "constrain"
    VERIFY = "verify"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Hazard:
    """A danger that a reviewer must accept by name: ``apply --allow CODE``."""

    code: str  # kebab-case, one page in docs/hazards.md
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """How the runner may cut a statement: by ranges of an integer key, low exclusive.

    ``bounds`` is a query that returns the smallest and largest key, or NULLs for no rows.
    ``boundary`` asks for the end of the next slice: the largest of the first %(rows)s keys above
    %(low)s in key order, as in ``select max(k) from (select k from t where k > %(low)s order by k
    limit %(rows)s) s``. Without it there is one slice.
    ``sql`` is the statement with %(low)s and %(high)s in it (low exclusive, high inclusive); a
    full run uses ``Statement.sql``. In ``sql`` and ``boundary`` any other % is doubled.
    """

    sql: str
    bounds: str
    boundary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL, and what a reviewer must know about it before it runs."""

    sql: str
    lock: str | None = None  # the strongest lock taken, and on what
    hazards: tuple[Hazard, ...] = ()
    transactional: bool = True
    slices: Slices | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Statements that commit together, with their journal entry, and the reason for them.

    ``after`` names the steps that must be done first; steps that do not depend on each other may
    run on parallel connections. A file for psql holds them in list order, which respects ``after``.

    ``unlogged``: it fills unlogged tables, which a crash of the server empties. If that happens
    before its stage is over, all such steps run again, so that their statements must be
    repeatable, and only steps of the same stage may read those tables.
    """

    id: str  # unique in its migration and direction, stable over compiles
    title: str
    why: str
    statements: tuple[Statement, ...]
    after: tuple[str, ...] = ()
    table: Name | None = None
    unlogged: bool = False
    only_if: str = ""  # an SQL condition; when it is false the step is done without doing anything
    undo: str = ""  # how it is undone, in words
    loses: str = ""  # what undoing it loses; empty: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Steps of one kind; a stage begins when the one before it has ended."""

    kind: StageKind
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A numbered pair of files: the way there and the way back."""

    number: int
    name: str
    stages: tuple[Stage, ...]
    rollback: tuple[Stage, ...]

    @property
    def stem(self) -> str:
        """File stem, as in ``013_unified_schema_consolidation``."""
        return f"{self.number:03d}_{self.name}"

    @property
    def reads_legacy(self) -> bool:
        """Whether it computes rows from the sources, so that legacy must be there."""
        kinds = {stage.kind for stage in self.stages if stage.steps}
        return bool(kinds & {StageKind.LOAD, StageKind.VERIFY})

    def steps(self) -> Iterator[Step]:
        """Every step of the way there, in order."""
        for stage in self.stages:
            yield from stage.steps

"""The plan: what would run against one database, and all a reviewer must know before it does.

A plan is a value. ``explain`` draws it, ``run`` executes its migrations; both walk the same stages.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrity.model import Hazard, Migration, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The database a plan was made for. Holds no secrets."""

    system_identifier: str
    database: str
    server_version: int  # server_version_num, for example 180003

    @property
    def major(self) -> int:
        """Major version of the server."""
        return self.server_version // 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """One change of the catalog: verb is create, drop, rename, alter, move, park or retire."""

    verb: str
    kind: str  # table, column, foreign key, index, ...
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLabel:
    """How a unified column is made from one source, and whether a value can go back."""

    column: str
    source: Name
    arm: str
    expression: str
    reads: tuple[str, ...]  # legacy columns
    label: str  # exact, lossy or one-way
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSummary:
    """What a mapping does, from the YAML alone."""

    table: Name
    sources: tuple[Name, ...]
    write_back: Name | None
    match: tuple[tuple[str, ...], ...]
    survivorship: str
    max_reject_share: float
    labels: tuple[ColumnLabel, ...]
    place: str  # file:line:column of the mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """The account of one source and arm; ``open`` must be zero."""

    source: str
    arm: str
    candidates: int
    inserted: int = 0
    merged: int = 0
    quarantined: int = 0
    dropped: int = 0
    empty: int = 0
    moved: int = 0
    archived: int = 0

    @property
    def open(self) -> int:
        """Candidates that no term accounts for."""
        placed = self.inserted + self.merged + self.quarantined + self.dropped + self.empty
        return self.candidates - placed - self.moved - self.archived


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One real row behind a figure."""

    source: str
    source_key: str
    arm: str
    value: str
    survived: str = ""  # conflicts only
    survived_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectGroup:
    """Candidates rejected for one reason at one column."""

    source: str
    reason: str  # cast, null, check, lookup-none, lookup-many, match-many, no-arm, no-key, unique
    column: str
    expression: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictGroup:
    """Merged-away values of one column that differ from the ones that survived."""

    column: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingProfile:
    """What a mapping would do to the rows that are there now (``plan --data``)."""

    table: Name
    ledger: tuple[LedgerLine, ...]
    rejects: tuple[RejectGroup, ...]
    conflicts: tuple[ConflictGroup, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """What will silently mean another table than before, or an old one."""

    kind: str  # view, materialized view, function, foreign key
    name: str
    names: tuple[str, ...]  # the tables it names or depends on
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """Something that hangs on legacy tables, and what becomes of it.

    ``rule``: recreate, keep or archive as declared; follow: it stays, bound to a table that moves;
    move and go: it is part of a table that does; unexplained: nothing says it.
    """

    kind: str  # view, function, trigger, ...
    name: str
    on: tuple[str, ...]  # the legacy tables
    rule: str
    detail: str = ""
    place: str = ""  # file:line:column of the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHazard:
    """A hazard at the step that raises it."""

    step: str
    hazard: Hazard


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything ``plan`` prints and ``apply`` checks."""

    project: str
    tool_version: str
    target: Target
    migrations: tuple[Migration, ...]
    changes: tuple[SchemaChange, ...]
    mappings: tuple[MappingSummary, ...]
    hazards: tuple[StepHazard, ...]
    redirected: tuple[Redirected, ...]
    dependents: tuple[Dependent, ...] = ()
    grants_lost: tuple[str, ...] = ()  # "role: privileges on table", not carried over
    drift: tuple[str, ...]  # one line each: contract against live catalog
    unmanaged: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]  # what the hash covers: yaml, sql, catalog, server, tool
    hash: str
    profiles: tuple[MappingProfile, ...] | None = None  # None: planned without --data

"""The vocabulary of pipelines: what configs/pipelines/*.yaml says, as plain frozen values.

A pipeline moves rows from extracts (queries over tables that stand) into one table, again and
again. ``sync`` keeps one row of the target in step with one row of the source; ``etl`` loads
observations. Expressions read the columns of an extract, as those of a mapping read its source.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from decimal import Decimal

from integrity.model import NOWHERE, Arm, DropRule, Expression, Location, Name, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Where rows come from: a table, or one SELECT. ``key`` identifies them and orders batches.

    ``changed``: the column that says when a row changed last. ``watch``: the table whose changes
    wake a follower; its primary key is the key of the extract. ``late_seconds``: how long after
    its moment a row may still arrive.
    """

    key: tuple[str, ...]
    table: Name | None = None
    query: Expression | None = None
    changed: str | None = None
    watch: Name | None = None
    late_seconds: int = 0
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One way to find the row of the target: every pair (target, source) of expressions equal.

    It counts for a row when none of its source expressions is NULL.
    """

    name: str
    pairs: tuple[tuple[Expression, Expression], ...]
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check of a source row: false rejects it with the reason ``rule`` and this name."""

    name: str
    check: Expression
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTest:
    """A test of a source row and its weight."""

    name: str
    weight: Decimal
    test: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The share of the weights whose test holds, 0 to 1, into a column of the target."""

    into: str
    tests: tuple[QualityTest, ...]
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSource:
    """One extract and what becomes of its rows. ``only_new``: written when a row is created."""

    extract: Extract
    columns: MappingType[str, Value]
    only_new: MappingType[str, Value] = field(default_factory=dict)
    arms: tuple[Arm, ...] = ()
    drops: tuple[DropRule, ...] = ()
    rules: tuple[Rule, ...] = ()
    quality: Quality | None = None
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """Rows whose moment (a date or a timestamp) is not older than so many days."""

    by: Expression
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Which rows a run looks at. ``missing``: a condition over the target's columns."""

    missing: Expression | None = None
    recent: Recent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """When runs are refused for a while: after failures in a row, or above a share of rejects."""

    failures: int = 5
    reject_share: Decimal | None = None
    reset_seconds: int = 60
    successes: int = 3
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a pipeline runs by itself: five fields of cron in a time zone, and the mode."""

    cron: str
    zone: str = "UTC"
    mode: str = ""
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTest:
    """Small rows that go in, and the rows of the target that must come out, as JSON.

    ``given``: table -> rows; ``expect``: rows, of which the columns that they name are compared.
    ``figures``: those of the run that are compared, reasons to reject among them.
    """

    name: str
    given: tuple[tuple[Name, str], ...]
    expect: str
    figures: MappingType[str, int] = field(default_factory=dict)
    location: Location = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """One file of configs/pipelines/. ``name`` is its stem, ``kind`` sync or etl.

    ``stamp``: a column of the target that takes the moment of each write. ``max_reject_share``:
    None when a run may quarantine any number of rows. An ETL has ``load``: append or upsert, by
    ``natural_key``; ``repeats``: the column that counts observations that stood there already.
    """

    name: str
    kind: str
    into: Name
    sources: tuple[PipelineSource, ...]
    description: str | None = None
    match: tuple[Rung, ...] = ()
    create: bool = True
    stamp: str | None = None
    modes: Modes = Modes()
    batch: int = 20_000
    max_reject_share: Decimal | None = None
    breaker: Breaker = Breaker()
    schedule: Schedule | None = None
    load: str = ""
    natural_key: tuple[str, ...] = ()
    repeats: str | None = None
    tests: tuple[PipelineTest, ...] = ()
    location: Location = field(default=NOWHERE, compare=False)

    @property
    def mode_names(self) -> tuple[str, ...]:
        """The modes in which it can run."""
        if self.kind == "etl":
            return ("all", "increment")
        declared = {"missing": self.modes.missing, "recent": self.modes.recent}
        return ("all", "corrected", *(name for name, rule in declared.items() if rule))

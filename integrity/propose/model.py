"""What is known about the tables of a database, and what is proposed about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from integrity.model import Catalog, Name, Table, View


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSample:
    """The values of a column in a sample of rows.

    ``sketch`` holds the smallest hashes of the distinct normalised values (lower case, without
    blanks at both ends), so that two sketches estimate the overlap of two columns whatever their
    sizes (Beyer et al., SIGMOD 2007: bottom-k sketches).
    """

    filled: int  # values that are not NULL
    distinct: int
    sketch: tuple[int, ...]

    @property
    def is_unique(self) -> bool:
        """Whether each value stands once in the sample."""
        return 0 < self.filled == self.distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A table: its contract, how many rows it has, and samples of columns like keys."""

    table: Table
    rows: int
    counted: bool  # exact; else the server's estimate
    sampled: int = 0  # rows read
    columns: Mapping[str, ColumnSample] = field(default_factory=dict)
    note: str = ""  # why there is no sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All tables of a database by name."""

    catalog: Catalog
    facts: Mapping[Name, Facts]
    unproven: frozenset[tuple[Name, str]] = frozenset()  # constraints that rows may break


class Kind(StrEnum):
    """What a member of a group is, beside the table that leads the group."""

    LEADS = "leads the group"
    SAME = "same entity"
    LANDING = "landing copy"
    BACKUP = "backup copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much two tables look like the same thing; ``confidence`` and its parts are 0 to 1."""

    one: Name
    other: Name
    confidence: float
    names: float
    columns: float
    values: float | None  # overlap of key values; None: nothing to compare
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A table of a group, with what was found when it was compared with the leading one."""

    table: Name
    kind: Kind
    rows: int
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tables that seem to hold the same thing. ``members``: the leading one first."""

    name: str
    confidence: float
    members: tuple[Member, ...]
    views: tuple[View, ...] = ()  # that read nothing but members
    near: tuple[Likeness, ...] = ()  # with tables outside that may belong to it, likest first

    @property
    def tables(self) -> tuple[Name, ...]:
        """The names of the members."""
        return tuple(member.table for member in self.members)

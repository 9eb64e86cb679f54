"""Drafts as values: unified tables and the mappings that fill them, with what a person must know.

``notes`` become comments above what they are about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from integrity.model import Check, ForeignKey, Index, Key, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumn:
    """A column of a unified table."""

    name: str
    type: str
    nullable: bool = True
    assigned: bool = False
    default: str | None = None
    generated: str | None = None
    collation: str | None = None
    description: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTable:
    """A unified table."""

    name: Name
    description: str | None = None
    columns: tuple[DraftColumn, ...]
    primary_key: tuple[str, ...]
    natural_key: tuple[str, ...] = ()
    uniques: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The unified key of the legacy row that a column names."""

    source: Name
    column: str
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSource:
    """A legacy table that feeds a unified one."""

    table: Name
    key: tuple[str, ...] = ()  # () when it is the primary key
    columns: dict[str, str | Crosswalk] = field(default_factory=dict)
    rest: str = ""
    ignore: dict[str, str] = field(default_factory=dict)
    write_back: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMapping:
    """Sources that feed one unified table."""

    table: Name
    sources: tuple[DraftSource, ...]
    description: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A unified table with its mapping; ``group``: what it was drafted for."""

    group: str
    table: DraftTable
    mapping: DraftMapping

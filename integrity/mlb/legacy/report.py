"""What was planted where, how often, and how it has to show up: the demo's answer sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Shows(StrEnum):
    """How a planted row has to show up after a consolidation."""

    QUARANTINE = "quarantine"
    CONFLICT = "conflict"
    MERGE = "merge"
    DROP = "drop"  # dropped by a declared rule
    EMPTY = "empty"  # an arm without values
    ARCHIVE = "archive"  # kept in the archive alone
    CLEAN = "clean"  # it looks wrong and has to arrive nevertheless


@dataclass(frozen=True, slots=True)
class PlantedRow:
    """One planted row: ``key`` is its primary key as text, ``arms`` the candidates it concerns.

    Without arms the row counts as one candidate.
    """

    code: str
    table: str
    key: str
    arms: tuple[str, ...] = ()

    @property
    def candidates(self) -> int:
        """How many candidates of a mapping with those arms the row concerns."""
        return len(self.arms) or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One defect in one table: how many rows and candidates, and what has to become of them."""

    code: str
    table: str
    rows: int
    candidates: int
    shows: Shows
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantingReport:
    """All that was planted, the rows it stands in, the size of each table, what must come out.

    ``expected`` holds counts that follow from the games themselves, such as the number of distinct
    games that the masters name.
    """

    mode: str  # "real" or "generated"
    scale: float
    seed: int
    planted: tuple[Planted, ...]
    rows: tuple[PlantedRow, ...] = field(repr=False)
    tables: Mapping[str, int]
    expected: Mapping[str, int]

    def count(self, code: str, table: str | None = None) -> int:
        """Rows planted under the code, in one table or in all."""
        return sum(p.rows for p in self.planted if p.code == code and table in (None, p.table))

    def keys(self, code: str, table: str) -> frozenset[str]:
        """The primary keys of the rows planted under the code in the table."""
        return frozenset(r.key for r in self.rows if (r.code, r.table) == (code, table))

    def as_json(self, *, rows: bool = True) -> dict[str, Any]:
        """The report as plain values; without ``rows`` the counts alone."""
        result: dict[str, Any] = {
            "mode": self.mode,
            "scale": self.scale,
            "seed": self.seed,
            "planted": [
                {
                    "code": p.code,
                    "table": p.table,
                    "rows": p.rows,
                    "candidates": p.candidates,
                    "shows": str(p.shows),
                    "detail": p.detail,
                }
                for p in self.planted
            ],
            "tables": dict(self.tables),
            "expected": dict(self.expected),
        }
        if rows:
            result["rows"] = [[r.code, r.table, r.key, list(r.arms)] for r in self.rows]
        return result


@dataclass(slots=True)
class Planting:
    """Collects what is planted while the tables are filled."""

    rows: list[PlantedRow] = field(default_factory=list)
    expected: dict[str, int] = field(default_factory=dict)

    def add(self, code: str, table: str, key: object, arms: Iterable[str] = ()) -> None:
        """Note one planted row."""
        self.rows.append(PlantedRow(code, table, str(key), tuple(arms)))

    def summary(self, outcomes: Mapping[str, tuple[Shows, str]]) -> tuple[Planted, ...]:
        """The counts by code and table, in the order of ``outcomes``."""
        groups: dict[tuple[str, str], list[PlantedRow]] = defaultdict(list)
        for row in self.rows:
            groups[row.code, row.table].append(row)
        order = {code: place for place, code in enumerate(outcomes)}
        return tuple(
            Planted(
                code=code,
                table=table,
                rows=len(found),
                candidates=sum(r.candidates for r in found),
                shows=outcomes[code][0],
                detail=outcomes[code][1],
            )
            for (code, table), found in sorted(
                groups.items(), key=lambda item: (order[item[0][0]], item[0][1])
            )
        )

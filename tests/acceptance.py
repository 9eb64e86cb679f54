"""The demo, applied: what was planted beside what the toolkit's tables say about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from integrity.config import load_project
from integrity.database.connect import connect
from integrity.mlb.legacy.build import build_legacy
from integrity.mlb.legacy.demo import data_folder
from integrity.mlb.legacy.report import PlantingReport, Shows
from integrity.plan.compile import Compiled, compile_project
from integrity.run.executor import execute

ROOT = Path(__file__).resolve().parent.parent
DATA = data_folder(ROOT)
GAMES, IDS = "core_betting.games", "core_betting.game_id_mappings"
LINES, OUTCOMES = "core_betting.betting_lines", "core_betting.game_outcomes"

Candidate = tuple[str, str, str]  # source, key, arm


def compiled(scratch_url: str) -> Compiled:
    """The flagship project."""
    return compile_project(load_project(ROOT / "configs"), scratch_url)


def apply_all(project: Compiled, url: str) -> None:
    """Apply every migration with the runner."""
    for migration in project.migrations:
        run(project, url, migration.stem, "apply")


def run(project: Compiled, url: str, stem: str, direction: str) -> None:
    """Run one migration there or back."""
    migration = next(one for one in project.migrations if one.stem == stem)
    execute(
        migration,
        direction=direction,
        url=url,
        settings=project.project.settings,
        plan_hash="acceptance",
    )


def legacy(url: str, project: Compiled, *, scale: float, data: Path | None) -> PlantingReport:
    """The demo's legacy database in an empty database."""
    return build_legacy(url, project.project.legacy, data=data, scale=scale)


@dataclass
class Demo:
    """A demo database that 013 and 014 were applied to."""

    url: str
    report: PlantingReport
    project: Compiled

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with connect(self.url) as conn:
            return conn.execute(sql.encode(), values or None).fetchall()

    def planted(self, shows: Shows, *codes: str) -> dict[Candidate, str]:
        """Planted candidates that have to show up in one way, with their code."""
        wanted = {p.code for p in self.report.planted if p.shows is shows}
        return {
            (row.table, row.key, arm): row.code
            for row in self.report.rows
            if row.code in wanted and (not codes or row.code in codes)
            for arm in row.arms or ("",)
        }

    @cached_property
    def quarantine(self) -> dict[str, dict[Candidate, str]]:
        """Mapping -> candidate -> reason and column."""
        found: dict[str, dict[Candidate, str]] = defaultdict(dict)
        for mapping, source, key, arm, reason, column in self.rows(
            "select mapping, source, source_key, arm, reason, column_name"
            " from operational.integrity_quarantine"
        ):
            found[mapping][source, key, arm] = f"{reason} {column}"
        return found

    @cached_property
    def conflicts(self) -> dict[tuple[str, str], set[tuple[str, str, str, str]]]:
        """Mapping and column -> source, key, arm and unified key."""
        found: dict[tuple[str, str], set[tuple[str, str, str, str]]] = defaultdict(set)
        for mapping, column, *rest in self.rows(
            "select mapping, column_name, source, source_key, arm, unified_key"
            " from operational.integrity_conflicts"
        ):
            place = found[mapping, column]
            assert tuple(rest) not in place
            place.add((rest[0], rest[1], rest[2], rest[3]))
        return found

    @cached_property
    def ledger(self) -> dict[tuple[str, str, str], dict[str, int]]:
        """Mapping, source and arm -> terms."""
        terms = ("candidates", "inserted", "merged", "quarantined", "dropped", "empty", "open")
        return {
            (row[0], row[1], row[2]): dict(zip(terms, row[3:], strict=True))
            for row in self.rows(
                f"select mapping, source, arm, {', '.join(terms)} from operational.integrity_ledger"
            )
        }

    @cached_property
    def line_origins(self) -> dict[str, Candidate]:
        """line_id -> the candidate that survived."""
        found = self.rows(f"select line_id::text, origin, origin_key, origin_arm from {LINES}")
        return {line: (source, key, arm) for line, source, key, arm in found}

    @cached_property
    def merged_lines(self) -> dict[Candidate, str]:
        """Candidates that merged into another line -> line_id."""
        found = self.rows(
            "select source, source_key, arm, unified_key::text"
            " from operational.integrity_crosswalk_core_betting_betting_lines"
        )
        return {(source, str(key), arm): line for source, key, arm, line in found}

    def crosswalk(self, table: str) -> dict[tuple[str, str], tuple[int, bool]]:
        """Source and key -> unified key, and whether that row founded it; no arms."""
        name = table.replace(".", "_")
        found = self.rows(
            f"select source, source_key::text, unified_key, survived"
            f" from operational.integrity_crosswalk_{name}"
        )
        return {(source, key): (unified, survived) for source, key, unified, survived in found}

"""The demo, applied: what was planted beside what the toolkit's tables say about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from integrity.config import load_project
from integrity.database.connect import connect
from integrity.mlb.legacy.build import build_legacy, write_draft
from integrity.mlb.legacy.demo import data_folder
from integrity.mlb.legacy.report import PlantingReport, Shows
from integrity.model import Catalog, Name, Project, Survivorship
from integrity.plan.compile import Compiled, compile_project
from integrity.run.executor import execute

ROOT = Path(__file__).resolve().parent.parent
DATA = data_folder(ROOT)
GAMES, IDS = "core_betting.games", "core_betting.game_id_mappings"
CORE = {
    Name("core_betting", name)
    for name in (
        *("games", "enhanced_games", "game_outcomes", "game_id_mappings", "betting_lines"),
        *("teams", "sportsbooks", "sportsbook_mappings"),
    )
}
LINES, OUTCOMES = "core_betting.betting_lines", "core_betting.game_outcomes"

Candidate = tuple[str, str, str]  # source, key, arm


def compiled(scratch_url: str) -> Compiled:
    """The core of the flagship project: what the tables of July 2025 feed, and nothing else."""
    return compile_project(core(load_project(ROOT / "configs")), scratch_url)


def core(project: Project) -> Project:
    """The project over the tables of one era, which is a tenth of it: for tests that run often."""
    kept = {name_of(table) for table in write_draft(data=None, scale=0.02, seed=13).tables}
    mappings = tuple(
        replace(one, sources=sources, survivorship=_among(one.survivorship, kept))
        for one in project.mappings
        if not one.moves
        and (sources := tuple(s for s in one.sources if s.table in kept))
        and one.table in CORE
    )
    tables = tuple(t for t in project.tables if t.name in CORE)
    return replace(
        project,
        legacy=_of_tables(project.legacy, kept),
        tables=tables,
        mappings=mappings,
        retired=(),
        recreated=(),
        dependents=(),
    )


def _among(rule: Survivorship, kept: set[Name]) -> Survivorship:
    columns = {c: tuple(s for s in names if s in kept) for c, names in rule.columns.items()}
    return replace(rule, prefer=tuple(s for s in rule.prefer if s in kept), columns=columns)


def _of_tables(legacy: Catalog, kept: set[Name]) -> Catalog:
    """The contracts of these tables, with the views over them and the functions of triggers."""
    tables = tuple(
        replace(table, foreign_keys=tuple(k for k in table.foreign_keys if k.references in kept))
        for table in legacy.tables
        if table.name in kept
    )
    known = set(kept)
    while more := {v.name for v in legacy.views if set(v.reads) <= known} - known:
        known |= more
    owned = {f"{t.name.schema}.{t.name.name}" for t in tables}
    return replace(
        legacy,
        tables=tables,
        views=tuple(view for view in legacy.views if view.name in known),
        sequences=tuple(
            one
            for one in legacy.sequences
            if f"{one.name.schema}.{(one.owned_by or '').rpartition('.')[0]}" in owned
        ),
        unmanaged=(),
    )


def name_of(text: str) -> Name:
    """``schema.name`` as a name."""
    schema, _, name = text.partition(".")
    return Name(schema, name)


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
    return build_legacy(url, project.project.legacy, data=data, scale=scale, july=True)


@dataclass
class Demo:
    """A demo database that 013 and 014 were applied to, and one as it was before."""

    url: str
    report: PlantingReport
    project: Compiled
    before: str = ""

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
        terms = (
            *("candidates", "inserted", "merged", "quarantined", "dropped", "empty", "moved"),
            *("archived", "open"),
        )
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

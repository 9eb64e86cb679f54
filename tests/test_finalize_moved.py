"""A project whose tables only move: finalize drops the schemas that are empty then, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_project import Result, call

from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import Exit
from integrity.finalize.run import restore_legacy

PROJECT = """\
project: moves
toolkit_schema: kit
migrations: {first: 1, consolidation: one, performance: two}
timeouts: {lock: 2s, statement: 5min}
"""


def state(url: str) -> Snapshot:
    with connect(url) as conn:
        return snapshot(conn, toolkit_schema="kit")


def applied(url: str, directory: Path, legacy: str, *, to: str) -> list[str]:
    """Options of the command line for a project that is applied."""
    with connect(url) as conn:
        conn.execute(legacy.encode())
    files = {
        "project.yaml": PROJECT,
        "mappings/moves.yaml": f"moves:\n  - {{from: old.things, to: {to}}}\n",
        "unified/none.yaml": f"schema: {to}\ntables: {{}}\n",
    }
    for name, text in files.items():
        path = directory / "configs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = ["-q", "--config", str(directory / "configs"), "--database", url, "--scratch", url]
    done(call(*options, "inspect", "--schema", "old"))
    allow = ("writes-blocked", "legacy-read-only", "table-parked")
    words = [word for code in allow for word in ("--allow", code)]
    done(call(*options, "apply", "--yes", *words))
    return options


def done(result: Result) -> Result:
    assert result.code == Exit.OK, result.err
    return result


LEGACY = "create schema old; create table old.things (id serial primary key, name text)"


@pytest.mark.both_servers
def test_an_emptied_schema_goes_and_comes_back(database: str, tmp_path: Path) -> None:
    options = applied(database, tmp_path, LEGACY + "; comment on schema old is 'once'", to="fresh")
    there = state(database)
    text = done(call(*options, "finalize", "--yes", "--allow", "legacy-dropped")).out
    assert text.startswith("archived, tried and dropped: 0 tables, 0 rows")
    assert ("schema", "old") not in state(database).facts
    assert restore_legacy(load_project(tmp_path / "configs").settings, database) is not None
    assert there.differences(state(database)) == []


def test_nothing_goes(database: str, tmp_path: Path) -> None:
    options = applied(database, tmp_path, LEGACY + "; create table old.rest ()", to="fresh")
    path = tmp_path / "configs" / "mappings" / "moves.yaml"
    path.write_text(path.read_text() + "foreign:\n  - {from: old.rest, because: theirs}\n")
    found = call(*options, "finalize", "--yes", "--allow", "legacy-dropped")
    assert found.code == Exit.REFUSED, found.err
    assert "there is nothing to finalize: every legacy table has moved, or stays" in found.err

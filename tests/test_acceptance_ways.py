"""Two ways there and two ways back: the runner, and psql with the generated files.

Both reach the same catalog, rows, sequences and accounts, and either undoes what the other did.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from acceptance import compiled, legacy, run
from clinic_project import copy_of

from integrity.catalog.equality import Snapshot, snapshot
from integrity.database.connect import connect, create_database, drop_database
from integrity.database.embedded import client
from integrity.plan.compile import Compiled
from integrity.plan.sql_file import migration_files
from integrity.run.verify import verify

SCALE = 0.1
TOOLKIT = "operational"


@dataclass(frozen=True)
class Ways:
    """The compiled demo, its files, and fresh copies of its legacy database."""

    project: Compiled
    files: Path
    legacy_state: Snapshot
    copy: Callable[[], str]

    def runner(self, url: str, direction: str) -> None:
        for stem in self.stems(direction):
            run(self.project, url, stem, "apply" if direction == "migrate" else "rollback")

    def psql(self, url: str, direction: str) -> None:
        for stem in self.stems(direction):
            done = self.psql_file(url, f"{stem}.{direction}.sql")
            assert (done.returncode, done.stderr) == (0, "")

    def psql_file(self, url: str, name: str) -> subprocess.CompletedProcess[str]:
        command = [str(client("psql", 18)), "-X", "-f", str(self.files / name), url]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def stems(self, direction: str) -> list[str]:
        stems = [migration.stem for migration in self.project.migrations]
        return stems if direction == "migrate" else stems[::-1]


def state(url: str, *, accounts: bool) -> Snapshot:
    with connect(url) as conn:
        return snapshot(conn, toolkit_schema=TOOLKIT, accounts=accounts)


@pytest.fixture(scope="module")
def ways(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(2)]
    template, scratch = (create_database(server, name) for name in names)
    project = compiled(scratch)
    legacy(template, project, scale=SCALE, data=None)
    files = tmp_path_factory.mktemp("generated_sql")
    for name, text in migration_files(project.migrations, project.project.settings).items():
        (files / name).write_text(text, encoding="utf-8")

    def copy() -> str:
        names.append(f"integrity_test_{uuid4().hex[:12]}")
        return copy_of(template, server, names[-1])

    yield Ways(project, files, state(template, accounts=False), copy)
    for name in names:
        drop_database(server, name)


@pytest.mark.both_servers
def test_psql_reaches_the_state_of_the_runner_and_each_undoes_the_other(ways: Ways) -> None:
    by_runner, by_psql = ways.copy(), ways.copy()
    ways.runner(by_runner, "migrate")
    ways.psql(by_psql, "migrate")
    expected = state(by_runner, accounts=True)
    assert expected.differences(state(by_psql, accounts=True)) == []
    assert expected.rows[f"{TOOLKIT}.integrity_ledger"].count > 0
    assert expected.rows[f"{TOOLKIT}.integrity_quarantine"].count > 0
    assert verify(ways.project, by_psql).ok
    ways.psql(by_runner, "rollback")
    ways.runner(by_psql, "rollback")
    for url in (by_runner, by_psql):
        assert ways.legacy_state.differences(state(url, accounts=False)) == []


def test_each_way_back_is_followed_by_the_same_way_there(ways: Ways) -> None:
    url = ways.copy()
    ways.psql(url, "migrate")
    first = state(url, accounts=True)
    ways.psql(url, "rollback")
    assert ways.legacy_state.differences(state(url, accounts=False)) == []
    ways.runner(url, "migrate")
    assert first.differences(state(url, accounts=True)) == []
    ways.runner(url, "rollback")
    assert ways.legacy_state.differences(state(url, accounts=False)) == []


def test_a_file_refuses_to_run_twice(ways: Ways) -> None:
    url = ways.copy()
    name = f"{ways.stems('migrate')[0]}.migrate.sql"
    assert ways.psql_file(url, name).returncode == 0
    again = ways.psql_file(url, name)
    assert again.returncode == 3
    assert "is already applied" in again.stderr

"""A project built in a test from legacy DDL and YAML texts, and the database it runs on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from integrity.catalog.contracts import write_contracts
from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import connect
from integrity.database.embedded import client
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.sql_file import migration_files
from integrity.run.executor import RunResult, execute

KIT = "kit"
PROJECT = f"project: small\ntoolkit_schema: {KIT}\nmigrations: {{first: 1}}\n"
Row = tuple[Any, ...]


def compiled(
    folder: Path, legacy: str, files: Mapping[str, str], make_database: Callable[[], str]
) -> Compiled:
    """``files``: path below configs/ -> YAML. Contracts are taken from the DDL of ``legacy``."""
    configs = folder / "configs"
    for name, text in {"project.yaml": PROJECT, **files}.items():
        path = configs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    url = make_database()
    with connect(url) as conn:
        conn.execute(legacy.encode())
        found = conn.execute(
            "select nspname from pg_namespace"
            " where nspname <> 'information_schema' and not starts_with(nspname, 'pg_')"
        ).fetchall()
        write_contracts(conn, configs / "legacy", sorted(name for (name,) in found))
    return compile_project(load_project(configs), make_database())


@dataclass
class Case:
    """A compiled project on a database of its own."""

    made: Compiled
    url: str

    def run(self, direction: str, made: Compiled | None = None, **options: Any) -> list[RunResult]:
        use = made or self.made
        order = use.migrations if direction == "apply" else tuple(reversed(use.migrations))
        facts = {"settings": use.project.settings, "plan_hash": "a plan"} | options
        return [execute(one, direction=direction, url=self.url, **facts) for one in order]

    def apply(self) -> None:
        self.run("apply")

    def roll_back(self) -> None:
        self.run("rollback")

    def by_psql(self, folder: Path, direction: str) -> None:
        texts = migration_files(self.made.migrations, self.made.project.settings)
        chosen = [(n, t) for n, t in texts.items() if n.endswith(f".{direction}.sql")]
        for name, text in chosen if direction == "migrate" else reversed(chosen):
            path = folder / name
            path.write_text(text, encoding="utf-8")
            program = which("psql") or str(client("psql", 18))
            command = [program, "-X", "-f", str(path), self.url]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr

    def execute(self, *statements: str) -> None:
        """Statements of a user, each in a transaction of its own."""
        with connect(self.url) as conn:
            for one in statements:
                conn.execute(one.encode())

    def rows(self, query: str) -> list[Row]:
        with connect(self.url) as conn:
            return conn.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        ((found,),) = self.rows(query)
        return found

    def state(self) -> Snapshot:
        with connect(self.url) as conn:
            return snapshot(conn, toolkit_schema=KIT)

    def retained(self) -> list[Row]:
        return self.rows(
            "select table_name, change, reason from kit.integrity_retained order by retained_id"
        )

    def returned(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Table and change -> changes, returned, retained."""
        found = self.rows(
            "select table_name, change, changes, returned, retained from kit.integrity_returned"
        )
        return {(row[0], row[1]): (row[2], row[3], row[4]) for row in found}

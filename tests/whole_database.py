"""The whole demo: every legacy table, applied once, and copies of either state for each test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from acceptance import ROOT, Demo, run
from clinic_project import copy_of

from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import connect, create_database, drop_database
from integrity.database.embedded import client
from integrity.mlb.legacy.build import build_legacy
from integrity.model import Migration
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.sql_file import migration_files
from integrity.run.executor import execute
from integrity.sql.quote import ident

CONFIGS = ROOT / "configs"
SCALE = 0.1
TABLES, SCHEMAS = 253, 24
UNIFIED_SCHEMAS = ("analytics", "core_betting", "operational", "raw_data")
TOOLKIT = "operational"
COUNT = """
    select n.nspname || '.' || c.relname, c.oid::regclass::text
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p')
      and n.nspname !~ '^(pg_|information_schema)'
      and not (n.nspname = 'operational' and starts_with(c.relname, 'integrity_'))
"""


@dataclass
class Whole:
    """The demo before and after apply, each once. ``counts``: the rows of every table before."""

    server: str
    demo: Demo
    legacy: str
    scratch: str
    before: Snapshot
    counts: dict[str, int]
    _names: list[str] = field(default_factory=list)

    @property
    def project(self) -> Compiled:
        return self.demo.project

    @property
    def applied(self) -> str:
        return self.demo.url

    @property
    def foreign(self) -> set[str]:
        """Tables of others that are there."""
        listed = {str(one.table) for one in self.project.project.retired if not one.goes}
        return listed & set(self.counts)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """A copy of a database that nobody is connected to."""
        name = f"integrity_test_{uuid4().hex[:12]}"
        try:
            yield copy_of(url, self.server, name)
        finally:
            drop_database(self.server, name)

    def undo(self, url: str) -> None:
        """Roll every migration back."""
        for migration in reversed(self.project.migrations):
            run(self.project, url, migration.stem, "rollback")

    def execute(self, migration: Migration, url: str, direction: str = "apply") -> None:
        """Run a migration, perhaps one that was changed."""
        settings = self.project.project.settings
        execute(migration, direction=direction, url=url, settings=settings, plan_hash="acceptance")

    def write_files(self, folder: Path) -> None:
        """The generated files for psql."""
        project = self.project
        for name, text in migration_files(project.migrations, project.project.settings).items():
            (folder / name).write_text(text, encoding="utf-8")

    def psql(self, url: str, folder: Path, direction: str) -> None:
        """Run the generated files in order, there or back."""
        stems = [migration.stem for migration in self.project.migrations]
        for stem in stems if direction == "migrate" else stems[::-1]:
            file = folder / f"{stem}.{direction}.sql"
            command = [str(client("psql", 18)), "-X", "-f", str(file), url]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")


@contextmanager
def whole(server: str, *, data: Path | None, scale: float) -> Iterator[Whole]:
    """Build legacy, note its state, and apply everything to a copy with the runner."""
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(3)]
    legacy, scratch = (create_database(server, name) for name in names[:2])
    try:
        project = compile_project(load_project(CONFIGS), scratch)
        report = build_legacy(legacy, project.project.legacy, data=data, scale=scale)
        before, counts = state(legacy), counts_of(legacy)
        applied = copy_of(legacy, server, names[2])
        for migration in project.migrations:
            run(project, applied, migration.stem, "apply")
        yield Whole(server, Demo(applied, report, project), legacy, scratch, before, counts)
    finally:
        for name in names:
            drop_database(server, name)


def state(url: str, *, accounts: bool = False) -> Snapshot:
    """Catalog, rows and sequences, with the toolkit's accounts or without."""
    with connect(url) as conn:
        return snapshot(conn, toolkit_schema=TOOLKIT, accounts=accounts)


def counts_of(url: str) -> dict[str, int]:
    """The rows of every table but the toolkit's, by count(*)."""
    with connect(url) as conn:
        found = {}
        for name, quoted in conn.execute(COUNT).fetchall():
            row = conn.execute(f"select count(*) from {quoted}".encode()).fetchone()
            assert row is not None
            found[name] = row[0]
        return found


def rows(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connect(url) as conn:
        return conn.execute(sql.encode(), values or None).fetchall()


def number(url: str, sql: str) -> int:
    """The one number that a query gives."""
    ((found,),) = rows(url, sql)
    return int(found)


def quoted(name: str) -> str:
    """``schema.table`` as SQL."""
    schema, _, table = name.partition(".")
    return f"{ident(schema)}.{ident(table)}"

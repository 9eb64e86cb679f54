"""The retailer: a configuration that has nothing in common with the project's own.

``tests/retailer`` holds its legacy DDL, its planted rows and its YAML. ``fill`` adds any number of
ordinary rows; all of them are made from numbers, so two databases filled alike are equal.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import connect, create_database, drop_database
from integrity.database.embedded import client
from integrity.errors import Failure
from integrity.model import Migration, Project
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.scratch import scratch_database
from integrity.plan.sql_file import migration_files
from integrity.run.executor import RunResult, execute
from integrity.sql.quote import ident

PLACE = Path(__file__).resolve().parent / "retailer"
SCHEMAS = ("Øst & Vest Markt", "hr", "select", "shop")
KIT = 'kit "100%"'

# Toolkit tables that say what happened to each row: the same however the migration was run.
ACCOUNTS = {
    "integrity_ledger": "mapping, source, arm, candidates, inserted, merged, quarantined,"
    " dropped, empty, moved, open",
    "integrity_conflicts": "mapping, unified_key, column_name, source, source_key, arm, value,"
    " survived, survived_from",
    "integrity_quarantine": "mapping, source, source_key, arm, reason, column_name, expression,"
    " detail, candidate, source_row",
}


@cache
def project() -> Project:
    return load_project(PLACE / "configs")


_compiled: dict[str, Compiled] = {}


def compiled(server: str) -> Compiled:
    """Compiled once per server."""
    if server not in _compiled:
        with scratch_database(server) as url:
            _compiled[server] = compile_project(project(), url)
    return _compiled[server]


def build(url: str, copies: int = 0) -> None:
    """The legacy database with the planted rows, and ``copies`` ordinary rows per table."""
    with connect(url) as conn:
        for name in ("legacy.sql", "rows.sql"):
            conn.execute((PLACE / name).read_bytes())
        if copies:
            text = (PLACE / "filler.sql").read_text(encoding="utf-8")
            conn.execute(text.replace(":copies", str(copies)).encode())


def state(url: str) -> Snapshot:
    with connect(url) as conn:
        return snapshot(conn, toolkit_schema=KIT)


def accounts(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Ledger, conflicts, quarantine and crosswalks, without what a clock or a counter wrote."""
    with connect(url) as conn:
        found = {
            table: conn.execute(
                f"select {columns} from {ident(KIT)}.{table} order by {columns}".encode()
            ).fetchall()
            for table, columns in ACCOUNTS.items()
        }
        crosswalks = conn.execute(
            "select relname from pg_class where relnamespace = quote_ident(%s)::regnamespace"
            " and starts_with(relname, 'integrity_crosswalk_') and relkind = 'r' order by 1",
            [KIT],
        ).fetchall()
        for (table,) in crosswalks:
            rows = f"select * from {ident(KIT)}.{ident(table)} order by 1, 2, 3"
            found[table] = conn.execute(rows.encode()).fetchall()
    return found


def run(url: str, migration: Migration, direction: str = "apply", **options: Any) -> RunResult:
    facts = {"settings": project().settings, "plan_hash": "a plan"} | options
    return execute(migration, direction=direction, url=url, **facts)


def apply(url: str, made: Compiled) -> None:
    for migration in made.migrations:
        run(url, migration)


def roll_back(url: str, made: Compiled) -> None:
    for migration in reversed(made.migrations):
        run(url, migration, "rollback")


def files(made: Compiled) -> dict[str, str]:
    return migration_files(made.migrations, project().settings)


def psql(url: str, folder: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    """One file through psql, as a person runs it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    program = which("psql") or str(client("psql", 18))
    return subprocess.run(
        [program, "-X", "-f", str(path), url], capture_output=True, text=True, timeout=120
    )


def by_psql(url: str, folder: Path, made: Compiled, direction: str) -> None:
    """All files of a direction, in their order."""
    texts = [(n, t) for n, t in files(made).items() if n.endswith(f".{direction}.sql")]
    for name, text in texts if direction == "migrate" else reversed(texts):
        ended = psql(url, folder, name, text)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr


class Database:
    """A database of its own on a server, for fixtures that outlive one test."""

    def __init__(self, server: str, name: str) -> None:
        self.server, self.name = server, name

    def __enter__(self) -> str:
        return create_database(self.server, self.name)

    def __exit__(self, *_: object) -> None:
        drop_database(self.server, self.name)


if __name__ == "__main__":  # a runner of its own, to be killed: retailer_case.py PLAN URL WAY
    plan, url, way = sys.argv[1:4]
    try:
        migrations, settings = pickle.loads(Path(plan).read_bytes())
        for migration in migrations if way == "apply" else reversed(migrations):
            run(url, migration, way, settings=settings)
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)

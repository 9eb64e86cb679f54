"""Where a benchmark runs: a server, a database that is copied for each contestant, scripts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import Any

from integrity.catalog.build import create_statements
from integrity.config import load_project
from integrity.config.pipelines import load_pipelines
from integrity.database import embedded
from integrity.database.connect import Connection, connect, create_database, drop_database
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.scratch import scratch_database
from integrity.sql.quote import ident

_HERE = Path(__file__).parent


def name_of(url: str) -> str:
    """The database that a URL of ``Place.database`` names."""
    return url.rpartition("/")[2].partition("?")[0]


@dataclass(frozen=True, slots=True)
class Place:
    """A server by its URL, as a role that may create databases, and how often to repeat."""

    url: str
    server: str  # its version, for the figures
    rounds: int = 3

    @contextmanager
    def database(self, template: str = "") -> Iterator[str]:
        """The URL of a new database, a copy of ``template`` if one is given; dropped at the end.

        The server then has no writes left from before.
        """
        name = f"integrity_bench_{token_hex(6)}"
        with ExitStack() as stack:
            stack.callback(drop_database, self.url, name)
            made = create_database(self.url, name)
            if template:
                drop_database(self.url, name)
                with connect(self.url) as conn:
                    copy = f"create database {ident(name)} template {ident(template)}"
                    conn.execute(copy.encode())
            with connect(self.url) as conn:
                conn.execute("checkpoint")
            yield made


@contextmanager
def own_server(major: int = 18) -> Iterator[str]:
    """The URL of an embedded server of the benchmark's own, as durable as any other."""
    directory = Path(tempfile.mkdtemp(prefix="integrity-bench-"))
    directory.chmod(0o755)
    try:
        with embedded.start(directory / "server", major=major) as server:
            yield server.url
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def version_of(url: str) -> str:
    """``PostgreSQL 18.4``."""
    with connect(url) as conn:
        row = conn.execute("select pg_catalog.current_setting('server_version')").fetchone()
    assert row is not None
    return f"PostgreSQL {str(row[0]).split()[0]}"


def project(name: str) -> Project:
    """One of the benchmarks' own configurations."""
    return load_project(_HERE / "projects" / name)


def pipeline(name: str, given: Project) -> Pipeline:
    """The one pipeline of one of them."""
    (only,) = load_pipelines(_HERE / "projects" / name, given)
    return only


def compiled(given: Project, place: Place) -> Compiled:
    """The project with its migrations."""
    with scratch_database(place.url) as scratch:
        return compile_project(given, scratch)


def fill(url: str, given: Project, data: str, rows: int) -> None:
    """Builds the legacy tables of a project, with the rows that the script ``data`` makes."""
    with connect(url) as conn:
        for statement in create_statements(given.legacy):
            conn.execute(statement.encode())
        conn.execute("select pg_catalog.set_config('bench.rows', %s, false)", [str(rows)])
        conn.execute(script(data))
        conn.execute("vacuum (analyze)")


def script(path: str) -> bytes:
    """The text of a file under ``sql/``."""
    return (_HERE / "sql" / path).read_bytes()


def scripts_in(folder: str) -> list[list[str]]:
    """The scripts of a folder by the number they begin with; ``a`` and ``b`` run side by side."""
    phases: dict[str, list[str]] = {}
    for path in sorted((_HERE / "sql" / folder).glob("[0-9]*.sql")):
        phases.setdefault(path.name[0], []).append(f"{folder}/{path.name}")
    return list(phases.values())


def run_scripts(url: str, phases: Iterable[Iterable[str]], *, session: str = "") -> float:
    """Runs scripts phase by phase, those of a phase in parallel; the seconds that took.

    Each script is one transaction. ``session`` is a script that prepares both connections.
    """
    with ExitStack() as stack:
        sessions = [stack.enter_context(connect(url)) for _ in range(2)]
        pool = stack.enter_context(ThreadPoolExecutor(2))
        for conn in sessions if session else ():
            conn.execute(script(session))
        begin = monotonic()
        for phase in phases:
            texts = [script(path) for path in phase]
            list(pool.map(_execute, sessions, texts))
        return monotonic() - begin


def _execute(conn: Connection[Any], text: bytes) -> None:
    conn.execute(text)


def first_row(url: str, path: str) -> Any:
    """The first row of the query in a file under ``sql/``."""
    with connect(url) as conn:
        return conn.execute(script(path)).fetchone()

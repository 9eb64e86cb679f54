"""Pipelines for programs that run them often: connections are kept, and the YAML is read once.

The configuration counts for as long as its files are the same; breakers remember what they could
not write. Runs and reads have a pool each, ``pipelines`` and ``reads`` of project.yaml.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from integrity.config import load_project
from integrity.config.pipelines import load_pipelines
from integrity.database.cached import Cache
from integrity.database.connect import Connection, redact, translated
from integrity.database.pool import Pools, PoolStatistics
from integrity.database.versions import watch
from integrity.model import Name, Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.chosen import pipeline_named, standing_one
from integrity.pipelines.figures import Result
from integrity.pipelines.guard import Memory
from integrity.pipelines.options import Options
from integrity.pipelines.run import run_through
from integrity.sql.template import render

RUNS, READS = "pipelines", "reads"  # roles of pools


@dataclass(frozen=True, slots=True)
class _Read:
    """A configuration, and the files as they were when it was read."""

    files: tuple[tuple[str, int, int], ...]
    project: Project
    pipelines: tuple[Pipeline, ...]


class PipelineService:
    """The pipelines of a configuration on one database. Thread-safe.

    ``config``: the directory that holds project.yaml. Connections open at first use; close it, or
    use it as a context manager. Raises ConfigFailure, DriftFailure, LockedFailure, OpenFailure,
    UnprovenFailure and DatabaseFailure.
    """

    def __init__(self, url: str, config: Path = Path("configs")) -> None:
        self.url, self.config = url, config
        self._memory = Memory()
        self._lock = threading.Lock()
        self._read: _Read | None = None
        self._pools: Pools | None = None
        self._cache: Cache | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({redact(self.url)!r}, {str(self.config)!r})"

    def run(self, names: Sequence[str], options: Options) -> Result:
        """Run the pipeline of that name; of several, the first whose table can be written here."""
        read = self._configuration()
        pipelines = [pipeline_named(read.pipelines, name) for name in names]
        pipeline = pipelines[0]
        if len(pipelines) > 1:
            with self.reading("look for the tables") as conn:
                pipeline = standing_one(conn, pipelines)
        return run_through(
            lambda: self._opened().connection(RUNS),
            read.project,
            pipeline,
            options,
            memory=self._memory,
        )

    def pipeline(self, name: str) -> Pipeline:
        """The pipeline of that name."""
        return pipeline_named(self._configuration().pipelines, name)

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection[Any]]:
        """A connection for reads; ``doing`` says in errors what was being done."""
        with self._opened().connection(READS) as conn, translated(doing):
            yield conn

    @contextmanager
    def running(self, name: str) -> Iterator[tuple[Connection[Any], Project, Pipeline]]:
        """A connection for runs, the project, and the pipeline of that name."""
        read = self._configuration()
        pipeline = pipeline_named(read.pipelines, name)
        with self._opened().connection(RUNS) as conn:
            yield conn, read.project, pipeline

    def watch(self, tables: Sequence[Name]) -> None:
        """Count the versions of tables, so that ``reference`` may keep them. Needs their owner."""
        schema = self._configuration().project.settings.toolkit_schema
        with self._opened().connection(RUNS) as conn, translated("watch tables"):
            watch(conn, schema, tables)

    def reference(self, table: Name) -> tuple[Mapping[str, Any], ...]:
        """The rows of a small table that is read often, such as one that lookups ask.

        They are kept for as long as the table says the same. Raises DriftFailure when nobody
        watches it.
        """
        select = render("service.reference.sql", table=table).encode()

        def load(conn: Connection[Any]) -> tuple[Mapping[str, Any], ...]:
            with translated(f"read {table}"):
                return tuple(row for (row,) in conn.execute(select).fetchall())

        return self.cache().get(("reference", table), [table], load)

    def cache(self) -> Cache:
        """What ``reference`` keeps; its hit rate belongs into the metrics of the process."""
        pools = self._opened()
        schema = self._configuration().project.settings.toolkit_schema
        with self._lock:
            if self._cache is None:
                self._cache = Cache(lambda: pools.connection(READS), schema)
            return self._cache

    def statistics(self) -> dict[str, PoolStatistics]:
        """Role -> figures of its pool; empty before the first use."""
        with self._lock:
            return self._pools.statistics() if self._pools else {}

    def close(self) -> None:
        """Close the connections; the next use opens others."""
        with self._lock:
            pools, self._pools, self._cache = self._pools, None, None
        if pools:
            pools.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def _configuration(self) -> _Read:
        with self._lock:
            files = _files(self.config)
            if self._read is None or self._read.files != files:
                project = load_project(self.config)
                self._read = _Read(files, project, load_pipelines(self.config, project))
            return self._read

    def _opened(self) -> Pools:
        settings = self._configuration().project.settings.pools
        with self._lock:
            if self._pools is None:
                self._pools = Pools(self.url, settings)
                weakref.finalize(self, Pools.close, self._pools)
            return self._pools


def _files(config: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, moment of the last change and size of each file."""
    found = sorted(config.rglob("*.yaml"))
    return tuple((str(p), (at := p.stat()).st_mtime_ns, at.st_size) for p in found)

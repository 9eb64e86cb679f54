"""configs/pipelines/*.yaml into ``Pipeline`` values: read all, complete, check.

They are read apart from the project: no migration depends on them, so that a change of a schedule
makes no plan stale.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from re import compile as pattern

from integrity.config.check import Checked
from integrity.config.nodes import Node, Places, Reader
from integrity.config.pipelines_etl import read_etl
from integrity.config.pipelines_sync import read_sync
from integrity.config.project import PIPELINES, shown
from integrity.errors import ConfigFailure, Problem
from integrity.model import Location, Name, Project, Table
from integrity.pipeline_model import Pipeline, PipelineSource

READERS = {
    "sync": read_sync,
    "etl": read_etl,
}  # one line per kind: ``kind`` of the file -> its reader
_STEM = pattern(r"[a-z][a-z0-9_]{0,47}")


def load_pipelines(directory: Path, project: Project) -> tuple[Pipeline, ...]:
    """The pipelines under ``directory``/pipelines, by name.

    Raises ConfigFailure with every problem found, each with file:line:column.
    """
    loading = _Loading(directory / PIPELINES)
    pipelines = [_completed(one, project) for one in loading.pipelines()]
    from integrity.config.check_pipelines import pipeline_problems

    loading.problems += pipeline_problems(pipelines, project, Checked(loading.places))
    if loading.problems:
        raise ConfigFailure(dict.fromkeys(loading.problems))
    return tuple(pipelines)


def tables_of(project: Project) -> dict[Name, Table]:
    """Every declared table; a name that both layouts have means the unified table."""
    return {t.name: t for t in (*project.legacy.tables, *project.tables)}


@dataclass(slots=True)
class _Loading:
    """One reading of the folder."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    places: Places = field(default_factory=Places)

    def pipelines(self) -> list[Pipeline]:
        for path in sorted(self.folder.glob("*.yml")):
            self._problem(path, "is not read", f"name it {path.stem}.yaml")
        paths = sorted(path for path in self.folder.glob("*.yaml") if path.name[0] != ".")
        return [one for path in paths if (one := self._file(path))]

    def _file(self, path: Path) -> Pipeline | None:
        try:
            data = path.read_bytes()
        except OSError as error:
            self._problem(path, f"cannot be read: {(error.strerror or str(error)).lower()}")
            return None
        if not _STEM.fullmatch(path.stem):
            hint = "small letters, digits and underscores, at most 48"
            self._problem(path, "the name of the file is the name of the pipeline", hint)
        reader = Reader(shown(path), self.problems, self.places)
        root = reader.compose(data)
        return None if root is None else self._read(reader, root, path.stem)

    def _read(self, reader: Reader, root: Node, name: str) -> Pipeline | None:
        before = len(reader.problems)
        head = reader.fields(root, "pipeline")
        del reader.problems[before:]  # the reader of its kind says the same with better names
        if not head.is_mapping:
            reader.problem(root, "pipeline: expected a mapping")
            return None
        kind = head.require("kind")
        if kind is None:
            return None
        return READERS[reader.choice(kind, "kind of pipeline", tuple(READERS))](reader, root, name)

    def _problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(Location(shown(path), 1, 1), message, hint))


def _completed(pipeline: Pipeline, project: Project) -> Pipeline:
    """The pipeline with what it leaves to the tables: keys, and the table to watch."""
    tables = tables_of(project)
    sources = tuple(_with_key(source, tables) for source in pipeline.sources)
    natural = pipeline.natural_key or _natural_key(tables.get(pipeline.into))
    return replace(pipeline, sources=sources, natural_key=natural if pipeline.kind == "etl" else ())


def _natural_key(table: Table | None) -> tuple[str, ...]:
    """The declared natural key, or the one unique key beside the primary key."""
    if table is None:
        return ()
    keys = [table.natural_key] if table.natural_key else list(table.uniques)
    return keys[0].columns if len(keys) == 1 else ()


def _with_key(source: PipelineSource, tables: dict[Name, Table]) -> PipelineSource:
    extract = source.extract
    table = tables.get(extract.table) if extract.table else None
    key = extract.key
    if not key and table and table.primary_key:
        key = table.primary_key.columns
    return replace(source, extract=replace(extract, key=key, watch=extract.watch or extract.table))

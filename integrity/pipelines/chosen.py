"""Which pipeline a name means, and which of several has its table in a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from integrity.config.pipelines import load_pipelines
from integrity.database.connect import Connection, connect, translated
from integrity.errors import DriftFailure, RefusedFailure, nearest
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.live import standing


def pipeline_named(pipelines: Iterable[Pipeline], name: str, kind: str = "") -> Pipeline:
    """The pipeline of that name, and kind if given. Raises RefusedFailure for any other."""
    named = {one.name: one for one in pipelines if kind in ("", one.kind)}
    if name not in named:
        what = kind or "pipeline"
        hint = nearest(name, named) or f"write configs/pipelines/{name}.yaml"
        raise RefusedFailure(f"there is no {what} {name!r}", hint=hint)
    return named[name]


def first_standing(url: str, pipelines: Sequence[Pipeline]) -> Pipeline:
    """The first pipeline whose target stands in the database, and is not frozen.

    Raises DriftFailure when there is none.
    """
    with connect(url, application_name="integrity") as conn, translated("look for the tables"):
        return standing_one(conn, pipelines)


def standing_one(conn: Connection[Any], pipelines: Sequence[Pipeline]) -> Pipeline:
    """The same on a connection."""
    for pipeline in pipelines:
        if standing(conn, pipeline.into):
            return pipeline
    names = " nor ".join(str(pipeline.into) for pipeline in pipelines)
    raise DriftFailure(
        f"neither {names} can be written in this database",
        hint="see integrity status: before the migration legacy stands, after it the unified table",
    )


def load_named(config: Path, project: Project, names: Sequence[str]) -> tuple[Pipeline, ...]:
    """The pipelines of these names, in this order."""
    pipelines = load_pipelines(config, project)
    return tuple(pipeline_named(pipelines, name) for name in names)

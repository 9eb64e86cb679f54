"""A small clinic of two systems: a project whose load can be broken on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from integrity.catalog.contracts import write_contracts
from integrity.config import load_project
from integrity.database.connect import connect, with_database
from integrity.model import Migration, Statement, Step
from integrity.plan.compile import Compiled, compile_project
from integrity.sql.quote import ident

FOLDER = Path(__file__).parent / "clinic"


def build(url: str) -> None:
    """The legacy tables and rows in an empty database."""
    with connect(url) as conn:
        conn.execute((FOLDER / "legacy.sql").read_bytes())
        conn.execute("analyze")


def compiled(directory: Path, legacy_url: str, scratch_url: str) -> Compiled:
    """The project with contracts taken from ``legacy_url``, compiled."""
    config = directory / "configs"
    shutil.copytree(FOLDER, config, ignore=shutil.ignore_patterns("*.sql"))
    with connect(legacy_url) as conn:
        write_contracts(conn, config / "legacy", ["ward", "archive"])
    return compile_project(load_project(config), scratch_url)


def mutated(migration: Migration, step: str, old: str, new: str) -> Migration:
    """The migration with a text replaced in the statements of one step, everywhere in it."""
    return changed(migration, step, lambda sql: sql.replace(old, new))


def changed(migration: Migration, step: str, edit: Callable[[str], str]) -> Migration:
    """The migration with the statements of steps edited, of those whose id begins with ``step``.

    The edit must change something.
    """
    stages = tuple(
        replace(
            stage,
            steps=tuple(
                _step(one, edit) if one.id.startswith(step) else one for one in stage.steps
            ),
        )
        for stage in migration.stages
    )
    assert stages != migration.stages, f"nothing to change in {step}"
    return replace(migration, stages=stages)


def _step(step: Step, edit: Callable[[str], str]) -> Step:
    return replace(step, statements=tuple(_edited(one, edit) for one in step.statements))


def _edited(statement: Statement, edit: Callable[[str], str]) -> Statement:
    slices = statement.slices
    if slices is not None:
        slices = replace(slices, sql=edit(slices.sql))
    return replace(statement, sql=edit(statement.sql), slices=slices)


def copy_of(template_url: str, server: str, name: str) -> str:
    """A copy of a database that nobody is connected to."""
    template = template_url.partition("?")[0].rpartition("/")[2]
    with connect(server) as conn:
        conn.execute(f"create database {ident(name)} template {ident(template)}".encode())
    return with_database(server, name)

"""Random projects with random rows: what is loaded is what was to be expected, and all goes back.

``apply`` itself proves the load: its VERIFY stage compares every table with a second, independent
compilation of the mapping, and its balances account for every row. More examples:
INTEGRITY_EXAMPLES=500 pytest tests/test_properties.py
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from random_projects import Made, projects

from integrity.catalog.build import create_statements
from integrity.catalog.equality import snapshot
from integrity.config import load_project
from integrity.database.connect import connect, create_database, drop_database
from integrity.model import Project
from integrity.plan.compile import Compiled, compile_project
from integrity.run.executor import execute
from integrity.sql.quote import idents, qualified

EXAMPLES = int(os.environ.get("INTEGRITY_EXAMPLES", "12"))


def build(url: str, project: Project, made: Made) -> None:
    with connect(url) as conn:
        for statement in create_statements(project.legacy):
            conn.execute(statement.encode())
        for table in project.legacy.tables:
            for row in made.rows[table.name.name]:
                slots = ", ".join(["%s"] * len(row))
                sql = f"insert into {qualified(table.name)} ({idents(row)}) values ({slots})"
                conn.execute(sql.encode(), list(row.values()))


def there_and_back(server: str, made: Made) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made.write(Path(folder))
        for name in made.files:
            note(f"--- {name}\n{(Path(folder) / name).read_text()}")
        note(str(made.rows))
        project = load_project(Path(folder))
    names = [f"drawn_{uuid4().hex[:12]}" for _ in range(2)]
    scratch, url = (create_database(server, name) for name in names)
    try:
        compiled = compile_project(project, scratch)
        build(url, project, made)
        prove(url, compiled)
    finally:
        for name in names:
            drop_database(server, name)


def prove(url: str, compiled: Compiled) -> None:
    settings = compiled.project.settings
    with connect(url) as conn:
        before = snapshot(conn, toolkit_schema=settings.toolkit_schema)
    states = []
    for _ in range(2):
        run(url, compiled, "apply")
        with connect(url) as conn:
            states.append(snapshot(conn, toolkit_schema=settings.toolkit_schema))
        run(url, compiled, "rollback")
        with connect(url) as conn:
            after = snapshot(conn, toolkit_schema=settings.toolkit_schema)
            retained = conn.execute("select * from operational.integrity_retained").fetchall()
        assert before.differences(after) == []
        assert retained == []  # nothing was changed since, so nothing is to be kept
    assert states[0].differences(states[1]) == []


def run(url: str, compiled: Compiled, direction: str) -> None:
    migration = compiled.migrations[0]
    execute(
        migration,
        direction=direction,
        url=url,
        settings=compiled.project.settings,
        plan_hash="",
    )


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(made=projects())
def test_a_random_project_goes_there_and_back(server: str, made: Made) -> None:
    there_and_back(server, made)

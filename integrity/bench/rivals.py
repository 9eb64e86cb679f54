"""Tools that plan from models, run as their own programs from an environment of their own.

``INTEGRITY_BENCH_TOOLS`` names that environment, a directory with ``bin/``; default: the one that
runs. They get settings as their manuals advise, and one model per unified table.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from integrity.database.connect import connect
from integrity.errors import Failure
from integrity.model import Name
from integrity.sql.quote import qualified

VARIABLE = "INTEGRITY_BENCH_TOOLS"
_HERE = Path(__file__).parent
_PROGRAMS = {"alembic autogenerate": "alembic", "dbt compile": "dbt", "sqlmesh plan": "sqlmesh"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What all plan over: a folder to write to, the two databases, the unified tables."""

    folder: Path
    legacy: str
    unified: str
    tables: tuple[Name, ...]


def installed(rival: str) -> bool:
    """Whether its program is in the environment of the rivals."""
    return (_bin() / _PROGRAMS[rival]).exists()


def alembic(ground: Ground) -> float:
    """Seconds of the comparison alone: start, imports and the models (reflected) do not count."""
    schemas = json.dumps(sorted({name.schema for name in ground.tables}))
    script = str(_HERE / "alembic_autogenerate.py")
    command = [str(_bin() / "python"), script, ground.legacy, ground.unified, schemas]
    out = _run(command, ground.folder)
    return float(out.split()[-1])


def dbt(ground: Ground) -> float:
    """Seconds of ``dbt compile``; nothing is kept from one run to the next."""
    folder = ground.folder / "dbt"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    output = {
        "type": "postgres",
        "schema": "bench",
        "threads": os.cpu_count() or 1,
        **_connection(ground.unified, database="dbname", password="password"),
    }
    profile = {"bench": {"target": "dev", "outputs": {"dev": output}}}
    project = {"name": "bench", "version": "1.0.0", "profile": "bench", "model-paths": ["models"]}
    _write(folder / "profiles.yml", profile)
    _write(folder / "dbt_project.yml", project)
    sources = []
    for number, name in enumerate(ground.tables):
        table = {"name": f"table_{number}", "identifier": name.name}
        sources.append({"name": f"source_{number}", "schema": name.schema, "tables": [table]})
        source = f"select * from {{{{ source('source_{number}', 'table_{number}') }}}}\n"  # noqa: S608
        (folder / "models" / f"model_{number}.sql").write_text(source)
    _write(folder / "models" / "sources.yml", {"version": 2, "sources": sources})
    command = [str(_bin() / "dbt"), "--no-partial-parse", "compile"]
    command += ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    return _seconds(command, folder)


def sqlmesh(ground: Ground) -> float:
    """Seconds of ``sqlmesh plan dev``, which is not applied."""
    folder = ground.folder / "sqlmesh"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    connection = {
        "type": "postgres",
        **_connection(ground.unified, database="database", password="password"),
    }
    state = {"type": "duckdb", "database": str(folder / "state.db")}
    gateway = {"connection": connection, "state_connection": state}
    config = {"gateways": {"bench": gateway}, "model_defaults": {"dialect": "postgres"}}
    _write(folder / "config.yaml", config)
    for number, name in enumerate(ground.tables):
        model = f"model (name bench.model_{number}, kind full, start '2026-01-01');\n"
        query = f"select * from {qualified(name)}\n"  # noqa: S608
        (folder / "models" / f"model_{number}.sql").write_text(model + query)
    command = [str(_bin() / "sqlmesh"), "--paths", str(folder), "plan", "dev", "--skip-tests"]
    return _seconds([*command, "--no-prompts"], folder)


RIVALS: Mapping[str, Callable[[Ground], float]] = {
    "alembic autogenerate": alembic,
    "dbt compile": dbt,
    "sqlmesh plan": sqlmesh,
}


def _bin() -> Path:
    return Path(os.environ.get(VARIABLE) or sys.prefix) / "bin"


def _connection(url: str, *, database: str, password: str) -> dict[str, object]:
    with connect(url) as conn:
        info = conn.info
        return {
            "host": info.host,
            "port": info.port,
            "user": info.user,
            database: info.dbname,
            password: info.password,
        }


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data), encoding="utf-8")  # JSON is YAML


def _seconds(command: list[str], folder: Path) -> float:
    begin = monotonic()
    _run(command, folder)
    return monotonic() - begin


def _run(command: list[str], folder: Path) -> str:
    """What the command prints. It runs in ``folder``, where it may leave its logs."""
    environment = {**os.environ, "DO_NOT_TRACK": "1", "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, input="n\n", cwd=folder
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise Failure(f"{Path(command[0]).name} fails: {' '.join(last)}")
    return done.stdout

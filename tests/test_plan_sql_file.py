"""The files for psql: their layout, and what they do under a real psql."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from integrity.database.connect import Connection, connect
from integrity.database.embedded import client
from integrity.model import Hazard, Migration, Settings, Stage, StageKind, Statement, Step
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.plan.sql_file import Direction, file_name, migration_files, render_migration

SCHEMA = 'tool "kit"; x'
SETTINGS = Settings(name="test", toolkit_schema=SCHEMA)
JOURNAL = '"tool ""kit""; x".integrity_journal'
STATE = '"tool ""kit""; x".integrity_state'


def _step(name: str, *statements: Statement, **more: Any) -> Step:
    return Step(id=name, title=f"Step {name}", why="Because.", statements=statements, **more)


def _stage(kind: StageKind, *steps: Step) -> Stage:
    return Stage(kind=kind, steps=steps)


def _migration(number: int = 13, load: str = "insert into public.t select 1") -> Migration:
    toolkit = tuple(Statement(sql=sql) for sql in toolkit_statements(SCHEMA))
    create = Statement(sql="create table public.t (a integer)  -- the only column\n")
    index = Statement(sql="create index concurrently i on public.t (a);", transactional=False)
    return Migration(
        number=number,
        name="test",
        stages=(
            _stage(StageKind.PREPARE, _step("toolkit", *toolkit)),
            _stage(StageKind.CREATE, _step("create", create)),
            _stage(StageKind.LOAD, _step("load", Statement(sql=load)), _step("index", index)),
        ),
        rollback=(
            _stage(
                StageKind.CREATE,
                _step("drop", Statement(sql="drop table if exists public.t")),
            ),
        ),
    )


class Psql:
    """Runs the files of a migration in one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def __call__(
        self, migration: Migration, direction: Direction, *options: str
    ) -> subprocess.CompletedProcess[str]:
        path = self.folder / file_name(migration, direction)
        path.write_text(render_migration(migration, direction=direction, settings=SETTINGS))
        program = which("psql") or str(client("psql", 18))
        command = [program, "-X", *options, "-f", str(path), self.url]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def psql(database: str, tmp_path: Path) -> Psql:
    return Psql(database, tmp_path)


def _journal(connection: Connection[Any]) -> set[tuple[str, ...]]:
    query = f"select direction, step, outcome from {JOURNAL}"
    return set(connection.execute(query).fetchall())


def _values(connection: Connection[Any]) -> list[tuple[int, ...]]:
    return connection.execute("select a from public.t").fetchall()


@pytest.mark.both_servers
def test_there_and_back_and_there_again(psql: Psql, connection: Connection[Any]) -> None:
    for _ in range(2):
        there = psql(_migration(), "migrate")
        assert (there.returncode, there.stderr) == (0, "")
        assert _values(connection) == [(1,)]
        done = {row for row in _journal(connection) if row[0] == "apply"}
        assert done == {("apply", s, "done") for s in ("toolkit", "create", "load", "index")}
        assert connection.execute(f"select * from {STATE}").rowcount == 1

        back = psql(_migration(), "rollback")
        assert (back.returncode, back.stderr) == (0, "")
        assert connection.execute("select to_regclass('public.t')").fetchone() == (None,)
        assert ("rollback", "drop", "done") in _journal(connection)
        assert ("apply", "load", "undone") in _journal(connection)
        assert connection.execute(f"select * from {STATE}").rowcount == 0


def test_an_applied_migration_is_refused(psql: Psql, connection: Connection[Any]) -> None:
    psql(_migration(), "migrate")
    again = psql(_migration(), "migrate")
    assert again.returncode == 3
    assert "013_test is already applied" in again.stderr
    assert "undo it with 013_test.rollback.sql" in again.stderr
    assert _values(connection) == [(1,)]


def test_a_broken_migration_stops_and_goes_back(psql: Psql, connection: Connection[Any]) -> None:
    broken = psql(_migration(load="insert into public.t select 1/0"), "migrate")
    assert broken.returncode == 3
    assert _journal(connection) == {("apply", "toolkit", "done"), ("apply", "create", "done")}

    again = psql(_migration(), "migrate")
    assert again.returncode == 3
    assert "013_test was begun and has not ended" in again.stderr

    assert psql(_migration(), "rollback").returncode == 0
    assert psql(_migration(), "migrate").returncode == 0
    assert _values(connection) == [(1,)]


def test_a_rollback_of_nothing_is_refused(psql: Psql) -> None:
    assert "there is nothing to undo" in psql(_migration(), "rollback").stderr
    psql(_migration(), "migrate")
    psql(_migration(), "rollback")
    assert "there is nothing to undo" in psql(_migration(), "rollback").stderr


def test_a_later_migration_is_undone_first(psql: Psql) -> None:
    psql(_migration(), "migrate")
    later = Migration(number=14, name="later", stages=(), rollback=())
    assert psql(later, "migrate").returncode == 0
    refused = psql(_migration(), "rollback")
    assert refused.returncode == 3
    assert "a migration after 013_test is applied or begun" in refused.stderr


def test_a_later_migration_that_was_begun_is_undone_first(psql: Psql) -> None:
    psql(_migration(), "migrate")
    index = Statement(sql="create index concurrently i on public.none (a)", transactional=False)
    stages = (_stage(StageKind.CONSTRAIN, _step("index", index)),)
    later = Migration(number=14, name="later", stages=stages, rollback=())
    assert psql(later, "migrate").returncode == 3
    assert "is applied or begun" in psql(_migration(), "rollback").stderr
    assert psql(later, "rollback").returncode == 0
    assert psql(_migration(), "rollback").returncode == 0


def test_another_run_is_respected(psql: Psql, database: str) -> None:
    with connect(database) as other:
        other.execute(f"select pg_catalog.pg_advisory_lock({ADVISORY_LOCK_KEY})")
        refused = psql(_migration(), "migrate")
    assert refused.returncode == 3
    assert "another run is in progress in this database" in refused.stderr
    assert psql(_migration(), "migrate").returncode == 0


def test_a_single_transaction_is_refused(psql: Psql) -> None:
    refused = psql(_migration(), "migrate", "-1")
    assert refused.returncode == 3
    assert "run it without -1 and outside a transaction" in refused.stderr


def test_comments_cannot_be_left(psql: Psql, connection: Connection[Any]) -> None:
    ending = "\n\r\u2028\\! touch /\n; drop table public.t; --"
    step = Step(
        id="hostile",
        title=f"T{ending}",
        why=f"W{ending}",
        undo=f"U{ending}",
        loses=f"L{ending}",
        after=("create",),
        statements=(
            Statement(
                sql="select 1", lock=f"K{ending}", hazards=(Hazard("drops-table", f"H{ending}"),)
            ),
        ),
    )
    stages = (*_migration().stages, _stage(StageKind.VERIFY, step))
    migration = Migration(number=13, name="test", stages=stages, rollback=())
    assert psql(migration, "migrate").returncode == 0
    assert _values(connection) == [(1,)]


def test_the_layout_of_a_step() -> None:
    step = Step(
        id="switch",
        title="Give the unified tables their names",
        why="Readers see old or new, nothing between.",
        after=("verify-games", "verify-teams"),
        undo="Names are given back.",
        loses="nothing",
        statements=(
            Statement(
                sql="alter table a.b set schema c",
                lock="ACCESS EXCLUSIVE on a.b",
                hazards=(Hazard("table-parked", "a.b"),),
            ),
        ),
    )
    migration = Migration(number=1, name="m", stages=(_stage(StageKind.SWITCH, step),), rollback=())
    text = render_migration(migration, direction="migrate", settings=SETTINGS)
    rule = "-- " + "-" * 97
    assert (
        f"""{rule}
-- switch: Give the unified tables their names
--
--   why    Readers see old or new, nothing between.
--   after  verify-games, verify-teams
--   lock   ACCESS EXCLUSIVE on a.b
--   hazard table-parked: a.b
--   undo   Names are given back.
--   loses  nothing
{rule}

begin;

alter table a.b set schema c;

insert into """
        in text
    )


def test_both_files_of_each_migration_and_the_same_bytes_each_time() -> None:
    files = migration_files([_migration(), _migration(14)], SETTINGS)
    assert list(files) == [
        "013_test.migrate.sql",
        "013_test.rollback.sql",
        "014_test.migrate.sql",
        "014_test.rollback.sql",
    ]
    assert files == migration_files([_migration(), _migration(14)], SETTINGS)
    assert all(text.endswith(";\n") and "\t" not in text for text in files.values())


@pytest.mark.both_servers
def test_a_step_that_is_not_wanted_does_nothing(psql: Psql, connection: Connection[Any]) -> None:
    steps = [
        _step(f"only-{word}", Statement(sql=f"insert into public.t select {value}"), only_if=word)
        for value, word in enumerate(("true", "false", "null"), start=7)
    ]
    stages = (*_migration().stages, _stage(StageKind.VERIFY, *steps))
    there = psql(Migration(number=13, name="test", stages=stages, rollback=()), "migrate")
    assert (there.returncode, there.stderr) == (0, "")
    assert _values(connection) == [(1,), (7,)]
    done = {step for _, step, outcome in _journal(connection) if outcome == "done"}
    assert {"only-true", "only-false", "only-null"} <= done


def test_a_step_that_fills_work_tables_leaves_the_sentinel(
    psql: Psql, connection: Connection[Any]
) -> None:
    step = _step("fill", Statement(sql="select 1"), unlogged=True)
    stages = (*_migration().stages, _stage(StageKind.LOAD, step))
    psql(Migration(number=13, name="test", stages=stages, rollback=()), "migrate")
    query = JOURNAL.replace("journal", "sentinel")
    found = connection.execute(f"select migration, direction from {query}").fetchall()
    assert found == [("013_test", "apply")]

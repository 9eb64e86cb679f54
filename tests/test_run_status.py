"""What ``status`` says at each moment of a migration's life."""

from __future__ import annotations

import json
from typing import Any

import pytest
import run_cases as cases

from integrity.database.connect import Connection, connect
from integrity.errors import Failure
from integrity.run.locks import database_lock
from integrity.run.status import Kept, LedgerTotal, Status, status

KIT = f'"{cases.SCHEMA}"'


def test_a_database_without_toolkit(connection: Connection[Any]) -> None:
    assert status(connection, cases.SCHEMA) == Status()


def test_life_of_a_migration(database: str, connection: Connection[Any]) -> None:
    def seen() -> tuple[Any, ...]:
        (one,) = status(connection, cases.SCHEMA).migrations
        return one.state, one.running, one.steps_done, one.last_step, one.outcome

    cases.prepare(database)
    connection.execute("create schema unified")
    with pytest.raises(Failure):
        cases.run(database, cases.full(), workers=1)
    assert seen() == ("applying", False, 10, "index.two", "failed")
    connection.execute("drop schema unified")
    cases.run(database, cases.full())
    assert seen() == ("applied", False, 12, "clean", "done")
    connection.execute("alter table legacy.back rename to away")
    with pytest.raises(Failure):
        cases.run(database, cases.full(), "rollback", workers=1)
    assert seen()[:2] == ("rolling back", False)
    connection.execute("alter table legacy.away rename to back")
    cases.run(database, cases.full(), "rollback")
    assert seen() == ("rolled back", False, 4, "drop", "done")


def test_steps_on_the_way_and_who_runs(database: str, connection: Connection[Any]) -> None:
    cases.prepare(database)
    cases.run(database, cases.full())
    connection.execute(
        f"update {KIT}.integrity_journal set outcome = 'started' where step = 'load.two'"
    )
    connection.execute(f"delete from {KIT}.integrity_state")
    connection.execute(f"update {KIT}.integrity_runs set outcome = 'running'")
    (killed,) = status(connection, cases.SCHEMA).migrations
    assert (killed.state, killed.running, killed.open_steps) == ("applying", False, ("load.two",))
    with connect(database, application_name="me") as other, database_lock(other, patience=0):
        now = status(connection, cases.SCHEMA)
    assert now.migrations[0].running
    assert now.holder is not None
    assert now.holder.application == "me"


def test_totals(database: str, connection: Connection[Any]) -> None:
    cases.run(database, cases.migration())
    connection.execute(
        f"insert into {KIT}.integrity_ledger (migration, mapping, source, arm, candidates,"
        " inserted, merged, quarantined) values ('m', 'u.t', 'l.a', '', 10, 7, 2, 2),"
        " ('m', 'u.t', 'l.b', 'x', 5, 4, 0, 0)"
    )
    connection.execute(
        f"insert into {KIT}.integrity_quarantine (migration, mapping, source, source_key, reason,"
        " replayed_at) values ('m', 'u.t', 'l.a', '1', 'cast', null),"
        " ('m', 'u.t', 'l.a', '2', 'cast', now())"
    )
    connection.execute(
        f"insert into {KIT}.integrity_retained (migration, table_name, unified_key, change, reason)"
        " values ('m', 'u.t', '1', 'updated', 'one way')"
    )
    found = status(connection, cases.SCHEMA)
    assert found.ledger == (
        LedgerTotal(
            migration="m", mapping="u.t", candidates=15, inserted=11, merged=2,
            quarantined=2, dropped=0, empty=0, moved=0, archived=0, open=2,
        ),
    )  # fmt: skip
    assert found.kept == (
        Kept("quarantine", "u.t", "cast", 1),
        Kept("retained", "u.t", "updated", 1),
    )
    assert found.count("quarantine") == 1
    text = json.dumps(found.as_json())
    assert json.loads(text)["migrations"][0]["state"] == "applied"

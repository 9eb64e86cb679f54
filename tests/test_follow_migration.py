"""Triggers of a follower are in nobody's way: contracts, drift, apply, finalize and rollback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from finalize_case import KIT, museum

from integrity.database.connect import connect
from integrity.model import Name
from integrity.pipelines.outbox import Outbox
from integrity.pipelines.toolkit import ensure_toolkit

TABLES = {"things": "items", "stories": "notes", "houses": "places"}  # one is moved by the switch


def outbox(pipeline: str, table: str) -> Outbox:
    return Outbox(schema=KIT, pipeline=pipeline, table=Name("old", table), key=("id",))


def watched(url: str) -> None:
    with connect(url) as conn:
        ensure_toolkit(conn, KIT)
        for pipeline, table in TABLES.items():
            assert outbox(pipeline, table).install(conn)
            assert not outbox(pipeline, table).install(conn)


@pytest.mark.both_servers
def test_there_and_back(tmp_path: Path, make_database: Callable[[], str]) -> None:
    made = museum(tmp_path, make_database(), prepare=watched)  # inspects it, too
    contracts = "".join(path.read_text() for path in (made.configs / "legacy").iterdir())
    assert "integrity_" not in contracts
    for command in (["plan"], ["inspect", "--check"], ["verify"]):
        done = made.call("--json", *command)
        assert done.code == 0, (command, done.err)
    there = made.state()
    made.finalize()
    assert made.restore().unmet == ()
    assert there.differences(made.state()) == []
    made.undo()
    assert made.before.differences(made.state()) == []
    with connect(made.url) as conn:
        ((key,),) = conn.execute("insert into old.places (name) values ('z') returning id")
        entries = "select source_key from desk.integrity_pipeline_outbox where pipeline = 'houses'"
        assert conn.execute(entries + " order by outbox_id desc").fetchone() == (str(key),)
        for pipeline, table in TABLES.items():
            assert outbox(pipeline, table).remove(conn) == 1

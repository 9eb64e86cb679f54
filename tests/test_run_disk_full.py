"""A disk that runs full during a load: the run says so, and goes on when there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
import run_cases as cases

from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import connect, create_database
from integrity.errors import DatabaseFailure
from integrity.model import Slices, StageKind, Statement


def test_disk_full(small_disk: Path) -> None:
    space = small_disk / "space"
    space.mkdir(mode=0o700)
    server_account().own(space)
    with embedded.start(ephemeral=True) as server:
        url = create_database(server.url, "small")
        with connect(url) as conn:
            conn.execute(f"create tablespace small location '{space}'")
            conn.execute(
                "create schema app; create table app.t (k bigint, v text) tablespace small"
            )
            conn.execute("create table app.ballast (v text) tablespace small")
            conn.execute("insert into app.ballast select repeat(md5(i::text), 60)"
                         " from generate_series(1, 2200) as i")  # fmt: skip
        load = (
            "insert into app.t select i, repeat(md5(i::text), 60)"
            " from generate_series(1, 3000) as i"
        )
        slices = Slices(
            sql=f"{load} where i > %(low)s and i <= %(high)s",
            bounds="select 1, 3000",
            boundary="select least(%(low)s + %(rows)s, 3000)",
        )
        case = cases.migration(
            cases.stage(StageKind.LOAD, cases.step("load", Statement(sql=load, slices=slices)))
        )
        with pytest.raises(DatabaseFailure) as failed:
            cases.run(url, case)
        assert failed.value.message.startswith("apply 007_case: step load: could not extend file ")
        assert "No space left on device (SQLSTATE 53100)" in failed.value.message
        assert failed.value.message.endswith(": 1 of 2 steps are done")
        assert "run the same command again to go on, or roll back" in failed.value.hint
        with connect(url) as conn:
            conn.execute("drop table app.ballast")
            conn.execute("checkpoint")  # the file itself goes at the next checkpoint
        cases.run(url, case)
        assert cases.rows(url, "select count(*), count(distinct k) from app.t") == [(3000, 3000)]

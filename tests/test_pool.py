"""Pools against real servers: sizes, waiting, sessions set back, a restart in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from config_files import FILES, edited, problems, write

from integrity.config import load_project
from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import SESSION, connect, create_database, errors
from integrity.database.pool import Pools
from integrity.errors import DatabaseFailure
from integrity.model import PoolSettings, Settings


def setting(conn: Any, name: str) -> str:
    return str(conn.execute("select pg_catalog.current_setting(%s)", [name]).fetchone()[0])


def test_one_pool_per_role(database: str) -> None:
    settings = [PoolSettings(name="read", min=2, max=3), PoolSettings(name="write", min=0, max=1)]
    with Pools(database, settings) as pools:
        with pools.connection("read") as one, pools.connection("write") as two:
            assert setting(one, "application_name") == "integrity read"
            assert setting(two, "application_name") == "integrity write"
            assert one.autocommit and setting(one, "search_path") == "pg_catalog"
        pools.check()
        found = pools.statistics()
    assert set(found) == {"read", "write"}
    assert (found["read"].min, found["read"].max) == (2, 3)
    assert (found["write"].requests, found["write"].made, found["write"].failed) == (1, 1, 0)
    assert found["write"].as_json()["role"] == "write"
    with pytest.raises(DatabaseFailure, match="the pool read is closed"), pools.connection("read"):
        pass


def test_a_session_is_set_back(database: str) -> None:
    with Pools(database, [PoolSettings(name="one", max=1)]) as pools:
        with pools.connection("one") as conn:
            pid = conn.info.backend_pid
            conn.execute("set search_path = public")
            conn.execute("set TimeZone = 'Asia/Tokyo'")
            conn.execute("create temporary table mine ()")
            conn.execute("select pg_advisory_lock(7)")
            conn.execute("begin")
        with pools.connection("one") as conn:
            assert conn.info.backend_pid == pid
            for name, value in SESSION.items():
                assert setting(conn, name) == value
            assert conn.execute("select to_regclass('pg_temp.mine')").fetchone() == (None,)
            held = "select count(*) from pg_locks where locktype = 'advisory'"
            assert conn.execute(held).fetchone() == (0,)


def test_none_is_free_in_time(database: str) -> None:
    settings = [PoolSettings(name="small", max=1, timeout=0.3)]
    with Pools(database, settings) as pools, pools.connection("small"):
        begun = time.monotonic()
        with pytest.raises(DatabaseFailure) as caught, pools.connection("small"):
            pass
        assert 0.2 < time.monotonic() - begun < 5
        assert "pool small: all 1 connections" in caught.value.message
        assert "in use for 0.3 s" in caught.value.message
        assert caught.value.hint == "raise max or timeout of pools: small in project.yaml"
        assert pools.statistics()["small"].failed == 1


def test_a_server_that_is_not_there(database: str) -> None:
    url = "postgresql://nobody:secret@localhost:1/none"
    pools = Pools(url, [PoolSettings(name="far", timeout=0.3)])
    with pools, pytest.raises(DatabaseFailure) as caught, pools.connection("far"):
        pass
    assert "cannot connect to postgresql://nobody@localhost:1/none" in caught.value.message
    assert "secret" not in str(caught.value)


def test_an_error_of_the_work_is_told_and_not_repeated(database: str) -> None:
    calls = []

    def work(conn: Any) -> None:
        calls.append(1)
        conn.execute("select 1 / 0")

    with Pools(database) as pools:
        with pytest.raises(DatabaseFailure, match="cannot do the work of any: division by zero"):
            pools.run("any", work)
        assert pools.run("any", lambda conn: conn.execute("select 1").fetchone()) == (1,)
    assert calls == [1]


def test_a_conflict_is_tried_again(database: str) -> None:
    with connect(database) as conn:
        conn.execute("create table public.counter as select 0 as n")

    def add(conn: Any) -> None:
        conn.execute("set transaction isolation level serializable")
        ((n,),) = conn.execute("select n from public.counter").fetchall()
        time.sleep(0.02)
        conn.execute("update public.counter set n = %s", [n + 1])

    with Pools(database) as pools:
        threads = [
            threading.Thread(target=lambda: [pools.run("add", add, attempts=20) for _ in range(3)])
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = pools.run(
            "add", lambda conn: conn.execute("select n from public.counter").fetchone()
        )
    assert found == (9,)


@pytest.fixture
def own() -> Iterator[embedded.Server]:
    with embedded.start(ephemeral=True) as server:
        yield server


def restart(server: embedded.Server, pause: float = 0.0) -> None:
    pg_ctl = [server.bin_dir / "pg_ctl", "-D", server.data_dir / "cluster", "-w"]
    log = server.data_dir / "cluster" / "server.log"
    assert server_account().run([*pg_ctl, "-m", "fast", "stop"]) == 0
    time.sleep(pause)
    assert server_account().run([*pg_ctl, "-l", log, "start"]) == 0


def test_a_restart_of_the_server(own: embedded.Server) -> None:
    url = create_database(own.url, "shop")
    with connect(url) as conn:
        conn.execute("create table public.done (n integer primary key)")
    with Pools(url, [PoolSettings(name="w", min=2, max=2, timeout=20)]) as pools:
        with pools.connection("w"):
            restart(own)
        for _ in range(3):
            with pools.connection("w") as conn:
                assert conn.execute("select 1").fetchone() == (1,)
        stop = threading.Event()
        counted: list[int] = []

        def write() -> None:
            for n in range(10_000):
                if stop.is_set():
                    return
                pools.run(
                    "w",
                    lambda conn, n=n: conn.execute(
                        "insert into public.done values (%s) on conflict do nothing", [n]
                    ),
                )
                counted.append(n)

        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(0.3)
        restart(own, pause=0.5)
        before = len(counted)
        time.sleep(1.5)
        stop.set()
        thread.join()
        assert len(counted) > before
        query = "select count(*), max(n) from public.done"
        found = pools.run("w", lambda conn: conn.execute(query).fetchone())
        assert found == (len(counted), counted[-1])


def test_a_session_that_is_ended_from_outside(database: str) -> None:
    with Pools(database, [PoolSettings(name="one", max=1)]) as pools:
        with connect(database) as other, pools.connection("one") as conn:
            other.execute("select pg_terminate_backend(%s)", [conn.info.backend_pid])
            with pytest.raises(errors.OperationalError):
                conn.execute("select 1")
        with pools.connection("one") as conn:
            assert conn.execute("select 1").fetchone() == (1,)


# --- project.yaml -------------------------------------------------------------------------------


def with_pools(text: str) -> dict[str, str]:
    return edited("project.yaml", "project: shop\n", f"project: shop\npools: {text}\n")


def load(files: dict[str, str]) -> Settings:
    write(Path(), files)
    return load_project(Path("configs")).settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_pools_of_the_project(here: None) -> None:
    assert load(dict(FILES)).pools == ()
    text = (
        "{batch: {min: 0, max: 8, timeout: 500ms, max_idle: 1min, max_lifetime: 2h}, api: {min: 6}}"
    )
    assert set(load(with_pools(text)).pools) == {
        PoolSettings(name="batch", min=0, max=8, timeout=0.5, max_idle=60, max_lifetime=7_200),
        PoolSettings(name="api", min=6, max=6),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{a: {max: 0}}",
            "configs/project.yaml:2:18: max of pool 'a': expected a whole number from 1 to 1000,"
            " found '0'",
        ),
        (
            "{a: {min: 5, max: 2}}",
            "configs/project.yaml:2:26: max of pool 'a': 2 is less than min, 5\n"
            "  hint: raise max, or lower min",
        ),
        (
            "{a: {timeot: 5s}}",
            "configs/project.yaml:2:13: pool 'a' has no key 'timeot'\n"
            "  hint: did you mean 'timeout'?",
        ),
        (
            "{a: {timeout: 5}}",
            "configs/project.yaml:2:22: timeout of pool 'a': expected a duration such as 500ms, 2s,"
            " 30min or 1h, found '5'",
        ),
    ],
)
def test_what_is_wrong_with_pools(here: None, text: str, message: str) -> None:
    assert problems(with_pools(text)) == message

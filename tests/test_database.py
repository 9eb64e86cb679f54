"""The embedded server starts, is shared, and ends with its last holder; URLs keep their secrets."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from integrity.database import connect as connecting
from integrity.database import embedded
from integrity.database.connect import (
    Connection,
    connect,
    create_database,
    drop_database,
    redact,
    resolve_url,
    with_database,
)
from integrity.database.identity import identify
from integrity.errors import DatabaseFailure, LockedFailure

HOLD = """
import sys, time
from pathlib import Path
from integrity.database import embedded
server = embedded.start(Path(sys.argv[1]) if sys.argv[1] else None, ephemeral=not sys.argv[1])
print(server.data_dir, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def place() -> Any:
    """A directory that the server's account can reach; pytest's own is closed to it."""
    path = Path(mkdtemp(prefix="integrity-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def holder(data_dir: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, data_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process


def answers(url: str) -> bool:
    try:
        with connect(url) as conn:
            return conn.execute("select 1").fetchone() == (1,)
    except DatabaseFailure:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_data_survives_a_stop_and_the_directory_is_closed(place: Path) -> None:
    data = place / "data with 'quotes' and spaces"
    with embedded.start(data) as server:
        url = create_database(server.url, "kept")
        with connect(url) as conn:
            conn.execute("create table public.t (a int)")
        assert (data / "cluster").stat().st_mode & 0o777 == 0o700
        assert (data / "sockets").stat().st_mode & 0o777 == 0o700
        assert data.stat().st_mode & 0o066 == 0
    assert not answers(url)
    with embedded.start(data) as server, connect(with_database(server.url, "kept")) as conn:
        assert conn.execute("select count(*) from public.t").fetchone() == (0,)
    with pytest.raises(DatabaseFailure, match="holds a PostgreSQL 18 cluster, not 16"):
        embedded.start(data, major=16)


def test_the_last_holder_stops_it_however_the_others_end(place: Path) -> None:
    server = embedded.start(place / "data")
    with holder(str(place / "data")) as orderly, holder(str(place / "data")) as killed:
        for process in (orderly, killed):
            assert process.stdout and process.stdout.readline()
        server.stop()
        server.stop()
        assert answers(server.url)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        time.sleep(0.5)
        assert answers(server.url)
        orderly.communicate("")
        assert orderly.returncode == 0
    assert wait_until(lambda: not answers(server.url))


def test_an_ephemeral_server_goes_when_its_owner_is_killed() -> None:
    with holder("") as process:
        assert process.stdout
        directory = Path(process.stdout.readline().strip())
        assert (directory / "cluster" / "PG_VERSION").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert wait_until(lambda: not directory.exists())


def test_leftovers_are_removed_when_the_watcher_was_killed_too() -> None:
    server = embedded.start(ephemeral=True)
    server._watcher.kill()
    os.close(server._held)  # what the kernel does for a process that dies
    server._stopped = True
    embedded.remove_leftovers()
    assert not server.data_dir.exists()
    server._watcher.communicate()


def test_it_starts_again_after_the_server_was_killed(place: Path) -> None:
    server = embedded.start(place / "data")
    pid = int((server.data_dir / "cluster" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    with embedded.start(place / "data") as again:
        assert answers(again.url)
    assert answers(server.url)
    server.stop()
    assert not answers(server.url)


def without_programs(data: Path) -> None:
    """The server's own programs are gone, as after a virtual environment was deleted."""
    path = data / "server.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {"bin_dir": "/nowhere/bin"}))


def test_it_starts_again_where_its_programs_are_gone(place: Path) -> None:
    with embedded.start(place / "data") as server:
        create_database(server.url, "kept")
    without_programs(place / "data")
    with embedded.start(place / "data") as again:
        assert answers(with_database(again.url, "kept"))
    assert not answers(again.url)


@pytest.mark.parametrize("ephemeral", [False, True])
def test_a_server_whose_programs_went_while_it_ran_is_joined_and_stopped(
    place: Path, ephemeral: bool
) -> None:
    server = embedded.start(place, ephemeral=ephemeral)
    without_programs(server.data_dir)
    if not ephemeral:
        with embedded.start(place) as second:
            assert answers(second.url)
    server.stop()
    assert not answers(server.url)
    assert not (server.data_dir / "cluster" / "postmaster.pid").exists()
    assert server.data_dir.exists() is not ephemeral


def test_a_long_path_gets_short_sockets(place: Path) -> None:
    with embedded.start(place / ("long" * 30)) as server:
        assert answers(server.url)
        state = server.url
    assert not answers(state)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_directory_that_the_server_cannot_enter_is_refused_and_stays_closed(place: Path) -> None:
    closed = place / "home"
    closed.mkdir(mode=0o700)
    with pytest.raises(DatabaseFailure, match="who cannot enter"):
        embedded.start(closed / "data")
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_binaries_out_of_reach_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = embedded.client("psql", 16).parents[2]
    closed = place / "root"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (closed / name).symlink_to(package.parent / name, target_is_directory=True)
    monkeypatch.setattr(embedded, "ROOT_HOME", place / "lib")
    binaries = closed / package.name / "pginstall" / "bin"
    with embedded.start_binaries(binaries, 16, ephemeral=True) as server:
        assert server.bin_dir.is_relative_to(place / "lib")
        assert answers(server.url)
        assert subprocess.run([server.bin_dir / "psql", "--version"]).returncode == 0
    assert closed.stat().st_mode & 0o777 == 0o700


def test_clients_and_unknown_versions() -> None:
    text = subprocess.run(
        [embedded.client("pg_dump", 16), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert " 16." in text
    with pytest.raises(DatabaseFailure, match="no embedded PostgreSQL 17"):
        embedded.client("psql", 17)
    with pytest.raises(DatabaseFailure, match="no program 'nonsense'"):
        embedded.client("nonsense", 18)


def test_resolve_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTEGRITY_DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert resolve_url(None) is None
    monkeypatch.setenv("DATABASE_URL", "b")
    assert resolve_url(None) == "b"
    monkeypatch.setenv("INTEGRITY_DATABASE_URL", "a")
    assert (resolve_url(None), resolve_url("o"), resolve_url("")) == ("a", "o", "a")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@host:5433/db", "postgresql://me@host:5433/db"),
        ("postgres://me@/db?host=%2Frun%2Fx&password=s3cret", "postgresql://me@/run/x/db"),
        ("host=h dbname=d password=s3cret sslpassword=s3cret", "postgresql://h/d"),
        ("nonsense s3cret", "the given database URL"),
    ],
)
def test_redact(url: str, shown: str) -> None:
    assert redact(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3@cret@host/db",
        "postgresql://me:s3/cret@host/db",
        "postgresql://me:s3?cret@host/db",
        "postgresql://me:s3#cret@host/db",
        "postgresql://me:s3%zzcret@host/db",
        "postgresql://me:s3cret@host:port:7/db?cret=1",
        "host=h password=s3 cret",
        "postgresql://me:s3cret@127.0.0.1:1/db",
    ],
)
def test_no_message_holds_a_piece_of_the_password(url: str) -> None:
    with pytest.raises(DatabaseFailure) as caught:
        connect(url)
    assert "cret" not in str(caught.value)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:p@h:1/old", "postgresql://me:p@h:1/n%2Fw"),
        ("postgresql:///old?host=%2Frun&dbname=x", "postgresql:///n%2Fw?host=%2Frun"),
        ("postgresql://h", "postgresql://h/n%2Fw"),
        ("host=h dbname=old", "dbname=n/w host=h"),
    ],
)
def test_with_database(url: str, expected: str) -> None:
    assert with_database(url, "n/w") == expected


@pytest.mark.both_servers
def test_the_session_is_set_up(connection: Connection[Any]) -> None:
    for name, value in connecting.SESSION.items():
        assert connection.execute("select current_setting(%s)", [name]).fetchone() == (value,)
    assert connection.execute("show application_name").fetchone() == ("integrity",)
    assert connecting.server_major(connection) in range(15, 20)


def test_settings_outlive_a_rollback(database: str) -> None:
    with connect(database, autocommit=False) as conn:
        conn.rollback()
        assert conn.execute("show search_path").fetchone() == ("pg_catalog",)


def test_databases_with_hostile_names(server: str) -> None:
    name = 'a "b" ß/?%'
    url = create_database(server, name)
    try:
        with connect(url) as conn:
            assert conn.execute("select current_database()").fetchone() == (name,)
        with pytest.raises(DatabaseFailure, match="already exists"):
            create_database(server, name)
    finally:
        drop_database(server, name)
    drop_database(server, name)
    assert not answers(url)


def test_errors_are_translated(database: str) -> None:
    with connect(database) as one, connect(database, autocommit=False) as two:
        one.execute("create table public.t ()")
        two.execute("lock table public.t")
        one.execute("set lock_timeout = '50ms'")
        with (
            pytest.raises(LockedFailure, match="cannot count: canceling statement due to lock"),
            connecting.translated("count"),
        ):
            one.execute("select count(*) from public.t")
        with (
            pytest.raises(DatabaseFailure, match=r'cannot look: relation "public\.u" does not'),
            connecting.translated("look"),
        ):
            one.execute("select count(*) from public.u")
        two.rollback()


@pytest.mark.both_servers
def test_identity(make_database: Callable[[], str]) -> None:
    first, second = make_database(), make_database()
    with connect(first) as conn, connect(first, autocommit=False) as other:
        here = identify(conn)
        assert here.differences(identify(other)) == ()
        assert other.info.transaction_status.name == "INTRANS"
        other.rollback()
    with connect(second) as conn:
        there = identify(conn)
    assert here.system_identifier > 0
    assert here.differences(there) == (
        f"database is {there.database}, expected {here.database}",
        f"database oid is {there.oid}, expected {here.oid}",
    )
    minor = replace(here, server_version_num=here.server_version_num + 1)
    assert here.differences(minor) == ()

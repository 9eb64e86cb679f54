"""The operating-system account a server runs under.

PostgreSQL refuses to run as root. An ordinary user runs the server as itself; root hands it to
an account that exists on every system, and changes the permissions of no directory it did not
make.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from integrity.errors import DatabaseFailure


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server's processes belong to. ``borrowed`` when that is not the current user."""

    name: str
    uid: int
    gid: int
    borrowed: bool

    def own(self, path: Path) -> None:
        """Hand a path made by this process over to the account."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid)

    def run(
        self, command: Sequence[str | Path], *, output: IO[str] | int = subprocess.DEVNULL
    ) -> int:
        """Run a command as the account, without a terminal; return its exit code.

        ``output`` must be a file when the command leaves a process behind, never a pipe: the
        process would keep the pipe open.
        """
        identity = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}
        )
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_environment(),
            check=False,
            **identity,
        ).returncode

    def reaches(self, path: Path) -> bool:
        """Whether the account can enter, or run, what lies at ``path``."""
        if not self.borrowed:
            return os.access(path, os.X_OK)
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", path]) == 0


def server_account() -> Account:
    """The current user, or for root ``postgres`` where it exists, else ``nobody``."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), borrowed=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, borrowed=True)
    raise DatabaseFailure(
        "the embedded server cannot run as root, and there is no account postgres or nobody",
        hint="run as an ordinary user, or name a server with --database",
    )


def _environment() -> dict[str, str]:
    """The caller's environment without PG* (which would move ports and data) and locale."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}

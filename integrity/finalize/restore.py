"""Restore an archive: one psql session, one transaction, so that a kill leaves nothing behind.

The parts of pg_restore's script stream through it with our statements between them. Rows load
before indexes, keys and triggers stand. Checks are taken away from the empty tables and added
again as NOT VALID behind the rows: a check relative to today would refuse old rows. The commit is
the last line, so a stream that is cut off ends in a rollback.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TypeAlias

from integrity.database.programs import Programs, failed
from integrity.finalize.manifest import DUMP, LIST, Manifest
from integrity.sql.template import render

_UNMET = re.compile(r"integrity: unmet (?:table|domain) (.*)")  # finalize.add_checks.sql
DOING = "restore the archive"
Part: TypeAlias = "str | list[str]"  # statements, or arguments of pg_restore


def restore(
    tools: Programs,
    url: str,
    directory: Path,
    manifest: Manifest,
    *,
    last: Sequence[str] = (),
    elsewhere: bool = False,
    validate_keys: bool = True,
) -> tuple[str, ...]:
    """Restore legacy into the database at ``url``; return constraints that its rows do not meet.

    ``last``: statements of the same transaction, behind everything. ``elsewhere``: another
    server, which does not know the owners. Raises DatabaseFailure; nothing was changed then.
    """
    dump = [str(directory / DUMP), f"--use-list={directory / LIST}", *_anonymous(elsewhere)]
    tables = manifest.things_of("table")
    types = manifest.things_of("type")
    parts: list[Part] = [
        "begin;\n",
        ["--section=pre-data", *dump],
        render("finalize.hold_checks.sql", tables=_array(tables), types=_array(types)) + "\n",
        ["--section=data", *dump],
        ["--section=post-data", *dump],
        render("finalize.add_checks.sql", keys=_keys(manifest), validate_keys=validate_keys) + "\n",
        *([] if elsewhere else [_settled_grants(manifest)]),
        *(f"{statement};\n" for statement in last),
        "commit;\n",
    ]
    return stream(tools, url, parts, doing=DOING)


def restore_context(
    tools: Programs, url: str, directory: Path, chosen: str, *, elsewhere: bool
) -> None:
    """Restore the chosen definitions of a dump into an empty database."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as file:
        file.write(chosen)
        file.flush()
        parts: list[Part] = [
            "begin;\n",
            [str(directory), f"--use-list={file.name}", *_anonymous(elsewhere)],
            "commit;\n",
        ]
        stream(tools, url, parts, doing="prepare the scratch database")


def stream(tools: Programs, url: str, parts: Iterable[Part], *, doing: str) -> tuple[str, ...]:
    """Feed statements and scripts of pg_restore to one psql; return the constraints it told of."""
    arguments = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"]
    with (
        tempfile.TemporaryFile() as said,
        tools.open(
            "psql",
            arguments,
            url=url,
            stdin=subprocess.PIPE,
            stderr=said,
        ) as psql,
    ):
        assert psql.stdin is not None
        try:
            for part in parts:
                _feed(tools, url, part, psql.stdin, doing)
            psql.stdin.close()
        except BrokenPipeError:
            psql.wait()
        if psql.wait() != 0:
            raise failed(doing, "psql", _text(said))
        lines = _text(said).splitlines()
    return tuple(sorted(found[1] for line in lines if (found := _UNMET.search(line))))


def _feed(tools: Programs, url: str, part: Part, into: IO[bytes], doing: str) -> None:
    if isinstance(part, str):
        into.write(part.encode())
        into.flush()
        return
    with (
        tempfile.TemporaryFile() as said,
        tools.open(
            "pg_restore",
            [*part, "--file=-"],
            url=url,
            stdout=subprocess.PIPE,
            stderr=said,
        ) as program,
    ):
        assert program.stdout is not None
        shutil.copyfileobj(program.stdout, into)
        if program.wait() != 0:
            raise failed(doing, "pg_restore", _text(said))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace")


def _keys(manifest: Manifest) -> list[dict[str, str | None]]:
    return [
        {"table": k.table, "name": k.name, "definition": k.definition, "comment": k.comment}
        for k in manifest.held_keys
    ]


def _settled_grants(manifest: Manifest) -> str:
    listed = json.dumps([asdict(one) for one in manifest.grants], ensure_ascii=False)
    return render("finalize.settle_grants.sql", grants=listed) + "\n"


def _anonymous(elsewhere: bool) -> list[str]:
    return ["--no-owner", "--no-privileges", "--no-tablespaces"] if elsewhere else []


def _array(names: Iterable[str]) -> str:
    """A text that the server reads as an array of texts."""
    quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names)
    return "{" + ",".join(f'"{name}"' for name in quoted) + "}"

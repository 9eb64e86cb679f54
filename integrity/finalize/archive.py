"""Write an archive: counts, hashes and pg_dump of one snapshot, under its name once complete.

The name says what is inside, so a run that was killed and one that was not write the same archive,
and a complete one is used again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from integrity import __version__
from integrity.database.connect import Connection, connect
from integrity.database.identity import Identity, identify
from integrity.database.programs import Programs
from integrity.errors import Failure
from integrity.finalize.dump import context, dump, dump_rest, entries, taken
from integrity.finalize.facts import positions_of, rows_of
from integrity.finalize.leaving import Leaving
from integrity.finalize.manifest import (
    DUMP,
    LIST,
    MANIFEST,
    Archived,
    Granted,
    HeldKey,
    Manifest,
    digest_of,
    digests,
    read_manifest,
    settle,
    sync_directory,
    write_private,
)
from integrity.finalize.objects import grants
from integrity.finalize.survey import Survey
from integrity.model import Name, Project
from integrity.sql.quote import qualified


@dataclass(frozen=True, slots=True)
class Written:
    """A complete archive. ``context``: the list of what must stand before it can be restored."""

    directory: Path
    manifest: Manifest
    digest: str  # SHA-256 of the manifest


def write_archive(
    url: str, tools: Programs, project: Project, found: Survey, *, root: Path, stems: Iterable[str]
) -> Written:
    """Write the archive of what goes below ``root``, or find the one that an earlier run wrote.

    Raises Failure when the directory cannot be written, UnprovenFailure for an archive of that
    name with other files.
    """
    with connect(url, application_name="integrity archive") as conn, _snapshot(conn) as snapshot:
        manifest = _manifest(conn, project, found, tuple(stems))
        directory = (
            root.absolute() / f"{_safe(str(manifest.database['name']))}-{manifest.content[:12]}"
        )
        if directory.exists():
            return _written(directory, read_manifest(directory))
        with _private(directory) as partial:
            dump(tools, url, found.going, snapshot=snapshot, to=partial / DUMP)
            listed = entries(tools, url, partial / DUMP)
            write_private(partial / LIST, taken(listed, found.going))
            settle(partial)
            complete = replace(manifest, files=digests(partial))
            write_private(partial / MANIFEST, complete.text())
            sync_directory(partial)
            partial.rename(directory)
            sync_directory(directory.parent)
    return _written(directory, complete)


@contextmanager
def context_of(
    url: str, tools: Programs, found: Survey, *, directory: Path
) -> Iterator[tuple[Path, str]]:
    """A dump of all definitions, kept for a while, and the list of those that stay."""
    going = found.going
    with connect(url, application_name="integrity archive") as conn, _snapshot(conn) as snapshot:
        place = directory.with_name(f".{directory.name}.context")
        shutil.rmtree(place, ignore_errors=True)  # of a run that was killed
        try:
            with _umask():
                dump_rest(tools, url, snapshot=snapshot, to=place)
            yield place, context(entries(tools, url, place), going)
        finally:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _snapshot(conn: Connection[Any]) -> Iterator[str]:
    """A transaction whose snapshot others can take."""
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        row = conn.execute("select pg_catalog.pg_export_snapshot()").fetchone()
        assert row is not None
        yield str(row[0])


def _written(directory: Path, manifest: Manifest) -> Written:
    return Written(directory, manifest, digest_of(directory / MANIFEST))


@contextmanager
def _private(directory: Path) -> Iterator[Path]:
    """A new directory beside the one that is wanted, which nobody else can read."""
    root = directory.parent
    partial = root / f".{directory.name}.partial"
    try:
        with _umask():
            root.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
            partial.mkdir(mode=0o700)
            yield partial
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        reason = (error.strerror or str(error)).lower()
        raise Failure(
            f"cannot write the archive below {root}: {reason}",
            hint="choose another directory with --archive",
        ) from error


@contextmanager
def _umask() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip(".") or "database"


# --- the manifest ----------------------------------------------------------------------------


def _manifest(
    conn: Connection[Any], project: Project, found: Survey, stems: tuple[str, ...]
) -> Manifest:
    going, identity = found.going, identify(conn)
    manifest = Manifest(
        tool_version=__version__,
        server_version=_version(conn),
        database=_identity(identity),
        migrations=stems,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        content="",
        tables=tuple(_tables(conn, ((str(name), t.identity) for name, t in going.tables))),
        unified=tuple(_tables(conn, _unified(project))),
        sequences=positions_of(conn, _sequences(going, found)),
        facts=tuple(sorted((kind, name, value) for (kind, name), value in found.gone.items())),
        things=tuple((thing.kind, thing.identity) for thing in going.things),
        held_keys=tuple(
            HeldKey(
                table=key.table_text,
                name=key.name,
                definition=key.definition,
                valid=key.valid,
                comment=key.comment,
            )
            for key in going.outer_keys
        ),
        grants=tuple(
            Granted(word=word, identity=identity, acl=acl)
            for word, identity, acl in grants(conn, going.objects, going.things)
        ),
        files={},
    )
    return replace(manifest, content=_content(manifest))


def _tables(conn: Connection[Any], named: Iterable[tuple[str, str]]) -> Iterator[Archived]:
    pairs = list(named)
    rows = rows_of(conn, [at for _, at in pairs])
    for name, at in pairs:
        yield Archived(name=name, at=at, rows=rows[at].count, hash=rows[at].hash)


def _unified(project: Project) -> Iterator[tuple[str, str]]:
    names: list[Name] = sorted(table.name for table in project.tables)
    yield from ((str(name), qualified(name)) for name in names)


def _sequences(going: Leaving, found: Survey) -> list[str]:
    """Sequences that go, those that a column owns among them."""
    return sorted(name for kind, name in found.gone if kind == "sequence")


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "name": identity.database,
        "oid": identity.oid,
        "system_identifier": str(identity.system_identifier),
    }


def _version(conn: Connection[Any]) -> str:
    row = conn.execute("select pg_catalog.current_setting('server_version')").fetchone()
    assert row is not None
    return str(row[0])


def _content(manifest: Manifest) -> str:
    """A hash over what goes and from where."""
    parts = asdict(manifest)
    kept = ("database", "migrations", "tables", "sequences", "facts", "things", "held_keys")
    text = json.dumps({key: parts[key] for key in kept}, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()

"""manifest.json: what an archive holds, so that it can be checked and restored years later.

An archive is a directory that only its owner can read:

    manifest.json      this
    restore.list       what pg_restore takes from the dump
    dump/              pg_dump, directory format
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from integrity.catalog.equality import Fact, Rows
from integrity.errors import UnprovenFailure

MANIFEST, LIST, DUMP = "manifest.json", "restore.list", "dump"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One table: its name in the contracts, where it stood, and its rows."""

    name: str
    at: str  # quoted by the server
    rows: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A foreign key to a table that stays; added by statement, since rows may be gone there."""

    table: str  # both quoted by the server
    name: str
    definition: str
    valid: bool
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Privileges on an object: the word of GRANT, its identity, and aclitem[] as text."""

    word: str
    identity: str
    acl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All of it. ``content`` is a hash over what goes, rows included; not over files or clocks."""

    tool_version: str
    server_version: str
    database: Mapping[str, Any]
    migrations: tuple[str, ...]
    created_at: str
    content: str
    tables: tuple[Archived, ...]
    unified: tuple[Archived, ...]
    sequences: Mapping[str, str]
    facts: tuple[tuple[str, str, str], ...]
    things: tuple[tuple[str, str], ...]  # kind and identity, in the order in which they go
    held_keys: tuple[HeldKey, ...]
    grants: tuple[Granted, ...]
    files: Mapping[str, str]  # path below the archive -> SHA-256

    @property
    def rows(self) -> dict[str, Rows]:
        """The rows of each table, by where it stood."""
        return {one.at: Rows(one.rows, one.hash) for one in self.tables}

    @property
    def definitions(self) -> dict[Fact, str]:
        """The facts that vanish with legacy."""
        return {(kind, name): value for kind, name, value in self.facts}

    def things_of(self, *kinds: str) -> list[str]:
        """Identities of the objects of some kinds."""
        return [identity for kind, identity in self.things if kind in kinds]

    def text(self) -> str:
        """The file."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1, ensure_ascii=False) + "\n"


def read_manifest(directory: Path, *, expected: str | None = None) -> Manifest:
    """The manifest of an archive, once every file is what it was.

    ``expected``: SHA-256 of the manifest itself, where the database recorded it. Raises
    UnprovenFailure that names the file which is missing, or is not what was written.
    """
    try:
        text = (directory / MANIFEST).read_bytes()
    except OSError as error:
        raise _broken(directory / MANIFEST, (error.strerror or str(error)).lower()) from None
    if expected is not None and sha256(text).hexdigest() != expected:
        raise _broken(directory / MANIFEST, "it is not the one that was written")
    try:
        found = _manifest(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise _broken(directory / MANIFEST, "it is no manifest of this version") from None
    for path, digest in found.files.items():
        _check(directory / path, digest)
    return found


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    state = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def digests(directory: Path) -> dict[str, str]:
    """SHA-256 of every file below a directory but the manifest."""
    return {
        path.relative_to(directory).as_posix(): digest_of(path)
        for path in _files(directory)
        if path != directory / MANIFEST
    }


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, and wait until it is on disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def settle(directory: Path) -> None:
    """Make every file and directory private to its owner, and wait until all is on disk."""
    for path in _files(directory):
        path.chmod(0o600)
        _sync(path)
    for path in [*(p for p in directory.rglob("*") if p.is_dir()), directory]:
        path.chmod(0o700)
        _sync(path)


def sync_directory(directory: Path) -> None:
    """Wait until the names in a directory are on disk."""
    _sync(directory)


def _files(directory: Path) -> Iterator[Path]:
    yield from sorted(path for path in directory.rglob("*") if path.is_file())


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _check(path: Path, digest: str) -> None:
    try:
        found = digest_of(path)
    except OSError as error:
        raise _broken(path, (error.strerror or str(error)).lower()) from None
    if found != digest:
        raise _broken(path, "it is not the file that was written")


def _broken(path: Path, why: str) -> UnprovenFailure:
    return UnprovenFailure(
        f"the archive cannot be trusted: {path}: {why}",
        hint="bring the archive back from a backup of its directory; nothing was changed",
    )


def _manifest(data: dict[str, Any]) -> Manifest:
    if data.pop("format") != FORMAT:
        raise ValueError("another format")
    return Manifest(
        **data
        | {
            "migrations": tuple(data["migrations"]),
            "tables": tuple(Archived(**one) for one in data["tables"]),
            "unified": tuple(Archived(**one) for one in data["unified"]),
            "facts": tuple((kind, name, value) for kind, name, value in data["facts"]),
            "things": tuple((kind, identity) for kind, identity in data["things"]),
            "held_keys": tuple(HeldKey(**one) for one in data["held_keys"]),
            "grants": tuple(Granted(**one) for one in data["grants"]),
        }
    )

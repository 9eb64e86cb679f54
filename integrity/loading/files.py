"""Which files are loaded, in which format, and their bytes: plain or gzip, hashed as they pass."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any, cast

from integrity.errors import Exit, Failure, nearest

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
BLOCK = 1 << 20  # bytes read at once


class FileFailure(Failure):
    """A file cannot be loaded as it is."""

    exit_code = Exit.USAGE


@dataclass(frozen=True, slots=True)
class File:
    """A file to load. ``name`` tells it from others: its absolute path. ``shown``: as given."""

    path: Path
    shown: str
    format: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The absolute path, without symbolic links."""
        return str(self.path.resolve())


def found(given: Iterable[Path], wanted: str | None) -> list[Path]:
    """The files to load: those given, and those in folders given, by name; none twice.

    Files whose names begin with a dot are left out. Raises FileFailure for a file in a folder
    whose name says no format, unless ``wanted`` says it.
    """
    files = [one for path in given for one in _files(path)]
    for path in files:
        format_of(path, wanted)
    unique = {str(path.resolve()): path for path in reversed(files)}
    return sorted(unique.values(), key=lambda path: str(path.resolve()))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise FileFailure(f"{path} does not exist", hint="name a file or a folder")
    if not path.is_dir():
        return [path]
    inside = (one.relative_to(path) for one in path.rglob("*") if one.is_file())
    files = [path / one for one in inside if not any(p.startswith(".") for p in one.parts)]
    if not files:
        raise FileFailure(f"folder {path} holds no files", hint="name a folder of payload files")
    return files


def format_of(path: Path, wanted: str | None = None) -> str:
    """csv, tsv, json or jsonl; from the name unless ``wanted`` says it."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    last = suffixes[-1] if suffixes else ""
    if wanted:
        return wanted
    if last not in FORMATS:
        hint = nearest(last, FORMATS) if last else f"known: {', '.join(FORMATS)}, each with .gz too"
        raise FileFailure(f"{path}: the name says no format", hint=f"{hint}; or give --format")
    return FORMATS[last]


def looked_at(path: Path, wanted: str | None) -> File:
    """A file with its size and SHA-256, of the bytes as they lie on disk."""
    digest = sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    return File(path, str(path), format_of(path, wanted), size, digest.hexdigest())


class Hashed(RawIOBase):
    """A stream that is hashed while it is read: a file that changes meanwhile is noticed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = sha256()
        self.read_bytes = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into the buffer; the number of bytes, 0 at the end."""
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self._digest.update(block)
        self.read_bytes += len(block)
        return len(block)

    def finish(self) -> str:
        """The SHA-256 of the whole file."""
        while block := self._stream.read(BLOCK):
            self._digest.update(block)
        return self._digest.hexdigest()


@contextmanager
def opened(file: File) -> Iterator[tuple[IO[bytes], Callable[[], int], Callable[[], None]]]:
    """The file's bytes, unpacked; how many bytes of it were read; and the test at its end.

    The test raises FileFailure when the file is not the one that was looked at.
    """
    try:
        with file.path.open("rb", buffering=0) as raw:
            hashed = Hashed(raw)
            stream: IO[bytes] = BufferedReader(hashed, BLOCK)
            if file.path.suffix.lower() == ".gz":
                stream = cast(IO[bytes], gzip.GzipFile(fileobj=stream))
            yield stream, lambda: hashed.read_bytes, lambda: _same(file, hashed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        hint = "mend or remove the file, then run the same command with --changed"
        raise FileFailure(f"{file.shown}: not a whole gzip file: {error}", hint=hint) from error
    except OSError as error:
        raise _unreadable(file.path, error) from error


def _same(file: File, hashed: Hashed) -> None:
    if hashed.finish() != file.sha256:
        raise FileFailure(
            f"{file.shown} changed while it was read",
            hint="wait until nobody writes to it, then run the same command with --changed",
        )


def _unreadable(path: Path, error: OSError) -> FileFailure:
    return FileFailure(f"{path} cannot be read: {(error.strerror or str(error)).lower()}")

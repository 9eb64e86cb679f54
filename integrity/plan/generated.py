"""generated_sql/: the committed files that are reviewed, and a checksum file beside them.

The folder belongs to the compiler: it holds these files, ``CHECKSUMS`` and nothing else. The same
input gives the same bytes, so ``check_generated`` compares bytes, and a pipeline may run
``sha256sum -c CHECKSUMS`` in the folder without this toolkit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from integrity.errors import Failure

CHECKSUMS = "CHECKSUMS"


class NotAFileName(Failure):
    """A generated file would leave its folder, or carry the name of the checksum file."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot be the name of a generated file")


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A file that is not what the YAML compiles to."""

    file: str
    kind: str  # missing, changed or extra

    def __str__(self) -> str:
        return f"{self.kind}: {self.file}"


def _named(files: Mapping[str, str]) -> dict[str, bytes]:
    for name in files:
        if (
            name == CHECKSUMS
            or name.startswith(".")
            or not name.isprintable()
            or set(name) & {"/", "\\"}
        ):
            raise NotAFileName(name)
    contents = {name: files[name].encode() for name in sorted(files)}
    return {**contents, CHECKSUMS: _checksums(contents)}


def _checksums(contents: Mapping[str, bytes]) -> bytes:
    """Lines as ``sha256sum`` writes them: digest, two spaces, name; in order of the names."""
    return "".join(
        f"{sha256(data).hexdigest()}  {name}\n" for name, data in contents.items()
    ).encode()


def _present(directory: Path) -> dict[str, Path]:
    if not directory.is_dir():
        return {}
    return {path.name: path for path in directory.iterdir() if not path.name.startswith(".")}


def check_generated(directory: Path, files: Mapping[str, str]) -> list[Difference]:
    """How ``directory`` differs from ``files`` and their checksum file, in order of the names."""
    wanted, present = _named(files), _present(directory)
    found = [Difference(name, "extra") for name in present.keys() - wanted.keys()]
    for name, data in wanted.items():
        if name not in present:
            found.append(Difference(name, "missing"))
        elif not present[name].is_file() or present[name].read_bytes() != data:
            found.append(Difference(name, "changed"))
    return sorted(found)


def write_generated(directory: Path, files: Mapping[str, str]) -> list[Difference]:
    """Make ``directory`` hold ``files`` and ``CHECKSUMS``; returns what was different before.

    Files that are right already are not touched. Extra files are reported, never deleted: they
    may be somebody's. Each file is replaced whole, so an interrupted write leaves no half file.
    """
    differences = check_generated(directory, files)
    directory.mkdir(parents=True, exist_ok=True)
    wanted = _named(files)
    for difference in differences:
        if difference.kind != "extra":
            _replace(directory / difference.file, wanted[difference.file])
    return differences


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)

"""A compiled project kept between two plans: ``.integrity/compiled.json`` beside the configuration.

The file is JSON and is read strictly. It counts only for the very bytes that were compiled: YAML,
generated_sql/, the toolkit's own code and templates, and the server's major version. One that is
damaged, of something else, or that somebody else may write is passed over and written anew. What is
applied never comes from it: ``apply`` compiles.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from integrity import __version__
from integrity.model import Catalog, Project
from integrity.plan.compile import Compiled
from integrity.plan.compile_all import AsOf, Generated
from integrity.plan.serialize import from_json, to_json
from integrity.sql.template import directory as templates

DIRECTORY, FILE = ".integrity", "compiled.json"
_PACKAGE = Path(__file__).resolve().parent.parent
_READERS = ("sqlglot", "jinja2", "pyyaml", "networkx")  # what the result depends on as well
_OTHERS_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a compiled project is kept, and what it is made of.

    ``config``: the directory of the YAML; ``generated``: that of generated_sql/; ``major``: the
    version of the server it is compiled for.
    """

    config: Path
    generated: Path
    major: int

    @property
    def path(self) -> Path:
        """The file."""
        return self.config.parent / DIRECTORY / FILE

    def key(self) -> str:
        """A digest of all that compiling reads. Raises OSError for a file that cannot be read."""
        digest = sha256()
        for part in (__version__, *map(version, _READERS), str(self.major), str(self.config)):
            digest.update(f"{part}\n".encode())
        for path in self._files():
            content = path.read_bytes()
            digest.update(f"{path}\n{len(content)}\n".encode() + content)
        return digest.hexdigest()

    def generated_by(self, make: Callable[[], Generated]) -> Generated:
        """What was kept, with its files left out, or else what ``make`` compiles, which is kept."""
        if found := self._read():
            return found
        key = self._key_or_none()
        made = make()
        if key is not None and key == self._key_or_none():  # nothing was edited meanwhile
            self._write(made, key)
        return made

    def _read(self) -> Generated | None:
        try:
            if not _ours(self.path):
                return None
            head, _, data = self.path.read_bytes().partition(b"\n")
            if head.decode() != _head(self.key(), data):
                return None
            return from_json(_Written, data).generated()
        except (OSError, ValueError):
            return None

    def _write(self, generated: Generated, key: str) -> None:
        data = to_json(_Written, _Written.of(generated))
        with suppress(OSError):  # a directory that is read only costs time, and nothing else
            _replace(self.path, _head(key, data).encode() + b"\n" + data)

    def _key_or_none(self) -> str | None:
        try:
            return self.key()
        except OSError:
            return None  # compiling says which file cannot be read

    def _files(self) -> Iterator[Path]:
        yield from sorted((*self.config.rglob("*.yaml"), *self.config.rglob("*.yml")))
        yield from sorted(path for path in self.generated.glob("*") if path.is_file())
        yield from sorted(_PACKAGE.rglob("*.py"))
        yield from sorted(templates().glob("*.sql"))


@dataclass(frozen=True, slots=True)
class _Written:
    """``Generated`` with each project once. ``projects``: of states that are not the present."""

    compiled: Compiled
    added: str
    foreign: tuple[str, ...]
    catalogs: Mapping[str, Catalog]
    projects: Mapping[str, Project]

    @classmethod
    def of(cls, generated: Generated) -> _Written:
        present = generated.compiled.project
        states = generated.states.items()
        return cls(
            compiled=generated.compiled,
            added=generated.added,
            foreign=generated.foreign,
            catalogs={stem: state.catalog for stem, state in states},
            projects={stem: state.project for stem, state in states if state.project != present},
        )

    def generated(self) -> Generated:
        present = self.compiled.project
        states = {
            stem: AsOf(self.projects.get(stem, present), catalog)
            for stem, catalog in self.catalogs.items()
        }
        made = Generated(self.compiled, {}, added=self.added, foreign=self.foreign)
        return replace(made, states=states)


def _head(key: str, data: bytes) -> str:
    return f"{key} {sha256(data).hexdigest()}"


def _ours(path: Path) -> bool:
    """Whether nobody but us can have written the file."""
    facts = path.stat()
    return facts.st_uid == os.geteuid() and not facts.st_mode & _OTHERS_WRITE


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    ignored = path.with_name(".gitignore")
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    partial.replace(path)

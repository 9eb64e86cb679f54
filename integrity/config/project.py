"""Files into a ``Project``: read all, complete defaults, check; every problem at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from re import compile as pattern
from typing import Final

from integrity.config.check import Checked, check
from integrity.config.claims import Claims, retired
from integrity.config.complete import Known, complete
from integrity.config.contracts import Contracts, open_entries, schema_of
from integrity.config.dependents import Dependents
from integrity.config.derive import derive
from integrity.config.families import Families
from integrity.config.nodes import Fields, Node, Places, Reader
from integrity.config.pools import pools
from integrity.config.tables import unified_table, with_references
from integrity.errors import ConfigFailure, Problem, nearest
from integrity.model import Location, Macro, Project, Settings, Table

SETTINGS: Final = "project.yaml"
FOLDERS: Final = ("unified", "legacy", "mappings", "dependents")
PIPELINES: Final = "pipelines"  # read apart: no migration depends on it

_PROJECT = (
    "project",
    "toolkit_schema",
    "migrations",
    "timeouts",
    "workers",
    "slice_rows",
    "ignore_reasons",
    "functions",
    "finalize",
    "pools",
)
_MIGRATIONS = ("first", "consolidation", "performance")
_TIMEOUTS = ("lock", "statement")
_FINALIZE = ("quiet",)
_MACRO = ("arguments", "sql")
_STEM = pattern(r"[a-z0-9][a-z0-9_]*")
_DURATION = pattern(r"(\d+)\s*(ms|s|min|h)")
_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}
_QUIET = pattern(r"(\d+)\s*(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_LONGEST_QUIET = 3_650 * 86_400
_LONGEST_MS = 2**31 - 1  # PostgreSQL keeps timeouts in an int of milliseconds


def load(directory: Path) -> Project:
    """The project under ``directory``. Raises ConfigFailure with every problem found."""
    with _collection_paused():
        return _Loading(directory).project()


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Composing makes very many objects that all stay: the collector would look through them
    again and again, which costs six times what the reading does."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Loading:
    """One reading of a directory."""

    directory: Path
    problems: list[Problem] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    broken: set[str] = field(default_factory=set)  # folders with a file that could not be read
    digest: bytes = b""

    def project(self) -> Project:
        settings, macros = self._settings()
        tables: list[Table] = []
        contracts = Contracts()
        families = Families()
        self._each("unified", lambda reader, root: tables.extend(_unified(reader, root)))
        self._each("legacy", contracts.read)
        self._each("mappings", families.read)
        dependents = Dependents()
        self._each("dependents", dependents.read)
        self._strangers()
        given = Project(
            settings=settings,
            legacy=contracts.catalog(),
            tables=tuple(tables),
            mappings=(),
            macros=macros,
            recreated=tuple(sorted(dependents.recreated, key=lambda one: (one.name, str(one)))),
            dependents=tuple(
                sorted(dependents.rules, key=lambda one: (one.name, str(one), one.rule, one.by))
            ),
            digest=self.digest.hex(),
        )
        project = self._assembled(given, families, self._checked(contracts))
        self.problems += check(project, self._checked(contracts))
        if self.problems:
            raise ConfigFailure(dict.fromkeys(self.problems))
        return project

    def _assembled(self, given: Project, families: Families, checked: Checked) -> Project:
        """The project with what families stand for, and with all defaults."""
        claims = Claims(given.legacy, checked)
        claimed = claims.of(families.mappings, families.entries)
        derived = derive(claimed, given.legacy, given.tables, families.mappings)
        self.problems += [*claims.problems, *derived.problems]
        unified = with_references([*given.tables, *derived.tables])
        known = Known.of(unified, given.legacy)
        return replace(
            given,
            tables=unified,
            mappings=complete([*families.mappings, *derived.mappings], known),
            retired=retired(claimed),
        )

    def _checked(self, contracts: Contracts) -> Checked:
        return Checked(self.places, frozenset(self.broken), tuple(contracts.unmanaged))

    def _settings(self) -> tuple[Settings, tuple[Macro, ...]]:
        read: list[tuple[Settings, tuple[Macro, ...]]] = []
        self._file(self.directory / SETTINGS, lambda *args: read.append(_project(*args)))
        return read[0] if read else (Settings(name=""), ())

    def _each(self, folder: str, read: Callable[[Reader, Node], None]) -> None:
        root = self.directory / folder
        for path in sorted(root.rglob("*.yml")):
            self._problem(path, "is not read", f"name it {path.stem}.yaml")
        for path in sorted(root.rglob("*.yaml")):
            if not path.name.startswith(".") and not self._file(path, read):
                self.broken.add(folder)

    def _file(self, path: Path, read: Callable[[Reader, Node], None]) -> bool:
        """Read one file; False when it could not be."""
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            hint = f"choose the directory that holds {SETTINGS}" if path.name == SETTINGS else ""
            self._problem(path, f"cannot be read: {reason}", hint)
            return False
        self._digest(path, data)
        reader = Reader(shown(path), self.problems, self.places)
        root = reader.compose(data)
        if root is not None:
            read(reader, root)
        return root is not None and reader.is_mapping(root)

    def _digest(self, path: Path, data: bytes) -> None:
        name = path.relative_to(self.directory).as_posix()
        self.digest = sha256(
            self.digest + sha256(name.encode()).digest() + sha256(data).digest()
        ).digest()

    def _strangers(self) -> None:
        """Entries whose names look like a slip: their files would be left out in silence."""
        valid = (SETTINGS, *FOLDERS, PIPELINES)
        entries = sorted(self.directory.iterdir()) if self.directory.is_dir() else []
        for path in entries:
            hint = nearest(path.name, valid)
            if path.name not in valid and hint.startswith("did you mean"):
                self._problem(path, "is not read", hint)

    def _problem(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(Problem(Location(shown(path), 1, 1), message, hint))


def shown(path: Path) -> str:
    """The path as the user would type it: relative when it lies below the current directory."""
    here = Path.cwd()
    absolute = here / path
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)


def _unified(reader: Reader, root: Node) -> Iterator[Table]:
    fields = reader.fields(root, "file", ("schema", "tables"))
    schema = schema_of(fields)
    fields.require("tables")
    for _, key, node in open_entries(fields, "tables"):
        yield unified_table(reader, schema, key, node)


# --- project.yaml -----------------------------------------------------------------------------


def _project(reader: Reader, root: Node) -> tuple[Settings, tuple[Macro, ...]]:
    fields = reader.fields(root, SETTINGS, _PROJECT)
    fields.require("project")
    numbers = _section(fields, "migrations", _MIGRATIONS)
    timeouts = _section(fields, "timeouts", _TIMEOUTS)
    default = Settings(name=fields.text("project") or "")
    settings = Settings(
        name=default.name,
        toolkit_schema=_toolkit_schema(fields) or default.toolkit_schema,
        first_migration=_whole(numbers, "first", default.first_migration, 999),
        consolidation=_stem(numbers, "consolidation") or default.consolidation,
        performance=_stem(numbers, "performance") or default.performance,
        lock_timeout_ms=_duration(timeouts, "lock") or default.lock_timeout_ms,
        statement_timeout_ms=_duration(timeouts, "statement") or default.statement_timeout_ms,
        workers=_whole(fields, "workers", default.workers, 64),
        slice_rows=_whole(fields, "slice_rows", default.slice_rows, 1_000_000_000),
        quiet_seconds=_quiet(_section(fields, "finalize", _FINALIZE), default.quiet_seconds),
        ignore_reasons=fields.words("ignore_reasons"),
        pools=pools(fields, _duration),
    )
    return settings, _macros(fields)


def _toolkit_schema(fields: Fields) -> str | None:
    name = fields.identifier("toolkit_schema")
    if name and (name.startswith("pg_") or name in ("information_schema", "integrity_work")):
        node = fields.get("toolkit_schema")
        assert node is not None
        fields.reader.problem(node, f"schema {name!r} is reserved", "choose another schema")
    return name


def _section(fields: Fields, key: str, known: tuple[str, ...]) -> Fields:
    node = fields.get(key)
    if node is None:
        return Fields(fields.reader, key, {}, fields.location)
    return fields.reader.fields(node, key, known)


def _whole(fields: Fields, key: str, default: int, high: int) -> int:
    node = fields.get(key)
    if node is None:
        return default
    return fields.reader.whole(node, fields.of(key), low=1, high=high)


def _stem(fields: Fields, key: str) -> str | None:
    """Part of a file name."""
    node, text = fields.get(key), fields.text(key)
    if node is not None and text and not _STEM.fullmatch(text):
        expected = "expected small letters, digits and underscores"
        fields.reader.problem(node, f"{fields.of(key)}: {expected}, found {text!r}")
    return text


def _duration(fields: Fields, key: str) -> int | None:
    """Milliseconds."""
    node = fields.get(key)
    text = None if node is None else fields.reader.sql(node, fields.of(key))
    if node is None or not text:
        return None
    match = _DURATION.fullmatch(text)
    value = int(match[1]) * _MS[match[2]] if match else 0
    if not 0 < value <= _LONGEST_MS:
        expected = "expected a duration such as 500ms, 2s, 30min or 1h"
        fields.reader.problem(node, f"{fields.of(key)}: {expected}, found {text!r}")
    return value


def _quiet(fields: Fields, default: int) -> int:
    """Seconds; 0s asks for nothing."""
    node = fields.get("quiet")
    text = None if node is None else fields.reader.sql(node, fields.of("quiet"))
    if node is None or not text:
        return default
    match = _QUIET.fullmatch(text)
    value = int(match[1]) * _SECONDS[match[2]] if match else -1
    if not 0 <= value <= _LONGEST_QUIET:
        expected = "expected a duration such as 0s, 12h or 7d"
        fields.reader.problem(node, f"{fields.of('quiet')}: {expected}, found {text!r}")
    return value


def _macros(fields: Fields) -> tuple[Macro, ...]:
    entries = open_entries(fields, "functions")
    macros = []
    for name, key, node in entries:
        place = fields.reader.place(key)
        entry = fields.reader.fields(node, f"function {name!r}", _MACRO, at=place)
        sql = entry.require("sql")
        entry.require("arguments")
        if sql is not None:
            fields.reader.places.note(place, "sql", "", fields.reader.place(sql))
        text = entry.sql("sql") or ""
        macros.append(
            Macro(name=name, arguments=entry.words("arguments"), text=text, location=place)
        )
    return tuple(sorted(macros, key=lambda macro: macro.name))

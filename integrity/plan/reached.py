"""The state that migrations reach, as a file beside them: ``015_add_note.state.json``.

It holds the unified tables, the mappings and the macros as data, so that the next compile can say
what the YAML adds to it. The same project gives the same bytes; places in files are left out, as
is whatever equals its default. Columns stand in the order they have in the table, which is that
of the YAML except where a later migration added one at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from re import compile as pattern
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from integrity.errors import StaleFailure
from integrity.model import (
    CrosswalkLookup,
    Expression,
    FirstOf,
    Location,
    Lookup,
    Macro,
    Mapping,
    Name,
    Project,
    Recreated,
    Retired,
    Table,
)

FORMAT, VERSION = "integrity-state", 1
SUFFIX = ".state.json"
_FILE = pattern(r"(\d{3,})_([a-z0-9_]+)\.state\.json")
_TAGS: dict[str, type] = {
    "lookup": Lookup,
    "crosswalk": CrosswalkLookup,
    "first_of": FirstOf,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Unified tables, mappings and macros as the migrations up to a number leave them."""

    tables: tuple[Table, ...]
    mappings: tuple[Mapping, ...]
    macros: tuple[Macro, ...] = ()
    retired: tuple[Retired, ...] = ()
    recreated: tuple[Recreated, ...] = ()

    @classmethod
    def of(cls, project: Project) -> Reached:
        """The state that a project asks for."""
        return cls(
            tables=project.tables,
            mappings=project.mappings,
            macros=project.macros,
            retired=project.retired,
            recreated=project.recreated,
        )

    def project(self, present: Project) -> Project:
        """The present project as it was in this state: settings and contracts are the present's."""
        return replace(
            present,
            tables=self.tables,
            mappings=self.mappings,
            macros=self.macros,
            retired=self.retired,
            recreated=self.recreated,
        )


@dataclass(frozen=True, slots=True)
class Milestone:
    """A state file: the migration it belongs to, what was reached, and the SQL as it was written.

    ``digests``: SHA-256 of the files for psql, by name.
    """

    number: int
    name: str
    reached: Reached
    digests: MappingType[str, str]

    @property
    def stem(self) -> str:
        """The name of the migration's files, without their endings."""
        return f"{self.number:03d}_{self.name}"

    @property
    def file(self) -> str:
        """The name of the state file."""
        return self.stem + SUFFIX


def milestone_text(milestone: Milestone) -> str:
    """The state file: indented JSON that ends with a newline."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "migration": milestone.stem,
        "files": dict(sorted(milestone.digests.items())),
        "reached": _plain(milestone.reached),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def read_milestones(directory: Path) -> tuple[Milestone, ...]:
    """The state files of generated_sql/, in the order of their numbers.

    Raises StaleFailure for one that cannot be read.
    """
    found = []
    for path in sorted(directory.iterdir()) if directory.is_dir() else []:
        if match := _FILE.fullmatch(path.name):
            found.append(_milestone(path, int(match[1]), match[2]))
    return tuple(sorted(found, key=lambda one: one.number))


def digest(text: str) -> str:
    """SHA-256 of a file's text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _milestone(path: Path, number: int, name: str) -> Milestone:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT or data["version"] != VERSION:
            raise ValueError(f"version {data['version']!r} is not {VERSION}")
        reached = _value(Reached, data["reached"])
        files = {str(k): str(v) for k, v in data["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StaleFailure(
            f"{path.name} cannot be read: {type(error).__name__}: {error}",
            hint="take the file from version control again; it is not edited by hand",
        ) from None
    assert isinstance(reached, Reached)
    return Milestone(number, name, reached, files)


# --- to JSON ---------------------------------------------------------------------------------


def _plain(value: object) -> Any:
    match value:
        case Name():
            return [value.schema, value.name]
        case Expression():
            return value.text
        case Decimal():
            return str(value)
        case tuple():
            return [_plain(item) for item in value]
        case MappingType():
            return [[_plain(key), _plain(item)] for key, item in value.items()]
        case None | str() | int() | bool():
            return value
    if is_dataclass(value):
        record = dict(_record(value))
        tag = next((t for t, kind in _TAGS.items() if type(value) is kind), None)
        return {tag: record} if tag else record
    raise TypeError(f"a state cannot hold a {type(value).__name__}")


def _record(value: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        held = getattr(value, field.name)
        default = field.default
        if field.default_factory is not MISSING:
            default = field.default_factory()
        if field.compare and (default is MISSING or held != default):  # places are not compared
            yield field.name, _plain(held)


# --- from JSON -------------------------------------------------------------------------------


def _value(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union(get_args(kind), data)
    if origin is tuple:
        return _tuple(get_args(kind), data)
    if origin is MappingType:
        key, item = get_args(kind)
        return {_value(key, k): _value(item, v) for k, v in data}
    if kind is Name:
        return Name(*data)
    if kind is Expression:
        return Expression(str(data))
    if kind is Decimal:
        return Decimal(data)
    if is_dataclass(kind):
        return _of_record(kind, data)
    if type(data) is not kind:
        raise TypeError(f"{data!r} is not of type {kind.__name__}")
    return data


def _union(kinds: tuple[Any, ...], data: Any) -> Any:
    if data is None and NoneType in kinds:
        return None
    if isinstance(data, dict) and len(data) == 1 and next(iter(data)) in _TAGS:
        tag, record = next(iter(data.items()))
        return _of_record(_TAGS[tag], record)
    left = [kind for kind in kinds if kind is not NoneType and kind not in _TAGS.values()]
    return _value(left[0], data)


def _tuple(kinds: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    wanted = kinds[:1] * len(data) if kinds[-1] is Ellipsis else kinds
    return tuple(_value(kind, item) for kind, item in zip(wanted, data, strict=True))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _of_record(kind: Any, data: Any) -> Any:
    tag = next((t for t, known in _TAGS.items() if known is kind), None)
    record = data[tag] if tag in data and len(data) == 1 else data
    hints = {name: hint for name, hint in _hints(kind).items() if hint is not Location}
    if extra := sorted(record.keys() - hints.keys()):
        raise KeyError(extra[0])
    return kind(**{name: _value(hints[name], item) for name, item in record.items()})

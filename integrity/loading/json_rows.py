"""JSON files into rows: a list of objects, objects one after another, or one object on each line.

A name that no column takes is an error, unless ``--rest`` takes it or ``--skip`` leaves it out. A
name that a row does not have gives its column the default, as in INSERT. On lines, one that is not
JSON costs itself; in a list nobody knows where the next element begins, so the file ends there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from integrity.loading.files import File, FileFailure
from integrity.loading.json_values import DECODER, LONGEST, Values
from integrity.loading.matched import Bound, by_name, declared, refuse_unknown
from integrity.loading.model import Fault, Options, Row
from integrity.loading.paths import (
    ABSENT,
    array_text,
    json_text,
    left_over,
    parse_path,
    tree_of,
    value_at,
)
from integrity.loading.target import Target, TargetColumn


class JsonRows:
    """The rows of one JSON file. Raises FileFailure where it cannot go on."""

    def __init__(self, stream: IO[bytes], file: File, target: Target, options: Options) -> None:
        self._stream, self._file, self._target, self._options = stream, file, target, options
        bound = declared(target, options)
        self._whole = any(one.special == "$" for one in bound)
        free = by_name(target, options)
        skipped = [parse_path(path) for path in options.skipped]
        taken = {one.path[0] for one in bound if len(one.path) == 1} | {s[0] for s in skipped}
        same = [Bound(c, (n,)) for n, c in free.items() if n not in taken and not c.given]
        self._bound = bound + same
        paths = [one.path for one in self._bound if not one.special]
        self._tree = tree_of(paths + skipped)
        rest = [target.by_name[options.rest]] if options.rest else []
        self.columns = tuple([*(one.column for one in self._bound), *rest])
        self._rows = parse_path(options.rows) if options.rows else ()

    def rows(self) -> Iterator[Row]:
        """Every row, in order."""
        for line, value in self._values():
            if isinstance(value, _Broken):
                yield Row(line, (), value.text, fault=Fault("json", "", value.message))
            elif not self._rows:
                yield self._row(line, value)
            else:
                yield from (self._row(line, one) for one in self._inside(line, value))

    def as_json(self, row: Row) -> str:
        """A row as it goes to quarantine."""
        return json_text(row.whole)

    def _values(self) -> Iterator[tuple[int, Any]]:
        if self._file.format != "jsonl":
            yield from Values(self._stream, self._file.shown)
            return
        for line, data in enumerate(iter(lambda: self._stream.readline(LONGEST), b""), 1):
            text = data.decode("utf-8-sig" if line == 1 else "utf-8", "surrogateescape").strip()
            if len(data) >= LONGEST:
                raise FileFailure(f"{self._file.shown}:{line} has more than {LONGEST:,} bytes")
            if text:
                yield line, _decoded(text)

    def _inside(self, line: int, value: Any) -> list[Any]:
        found = value_at(value, self._rows)
        if isinstance(found, list):
            return found
        names = sorted(value) if isinstance(value, dict) else []
        raise FileFailure(
            f"{self._file.shown}:{line}: there is no list at {self._options.rows}",
            hint=f"names there: {', '.join(names)}" if names else "see --rows",
        )

    def _row(self, line: int, whole: Any) -> Row:
        if not isinstance(whole, dict) and not self._whole:
            return Row(line, (), whole, fault=Fault("json", "", "expected an object"))
        absent: list[int] = []
        values: list[str | None] = []
        for number, one in enumerate(self._bound):
            value = self._special(one, line, whole) if one.special else value_at(whole, one.path)
            if value is ABSENT:
                absent.append(number)
            values.append(None if value is ABSENT else _text(value, one.column))
        left = ABSENT if self._whole else left_over(whole, self._tree)
        if self._options.rest:
            values.append(None if left is ABSENT else json_text(left))
        elif left is not ABSENT and isinstance(left, dict):
            place = f"{self._file.shown}:{line}"
            names = list(_leaves(left, self._tree))
            refuse_unknown(names, self._target, self._options, place=place, what="name")
        return Row(line, values, whole, tuple(absent))

    def _special(self, one: Bound, line: int, whole: Any) -> Any:
        return {"$": whole, "$file": self._file.shown, "$line": line}[one.special]


class _Broken(NamedTuple):
    """A line that is not JSON, and why."""

    text: str
    message: str


def _decoded(text: str) -> Any:
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        message = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)
        return _Broken(text, message.splitlines()[0])


def _leaves(left: dict[str, Any], tree: dict[str, Any], before: str = "") -> Iterator[str]:
    """Names that are left, as paths as far as columns take parts beside them."""
    for name, value in left.items():
        part = f'"{name}"' if "." in name or '"' in name else name
        if name in tree and isinstance(value, dict):
            yield from _leaves(value, tree[name], f"{before}{part}.")
        else:
            yield before + part if before else name


def _text(value: Any, column: TargetColumn) -> str | None:
    """A value as the text that the column's type reads; JSON null is NULL."""
    if value is None:
        return None
    if column.json:
        return json_text(value)
    if isinstance(value, str):
        return value
    if column.array and isinstance(value, list):
        return array_text(value)
    return json_text(value)

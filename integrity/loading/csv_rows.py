"""CSV files into rows.

The first record names the columns. Fields are texts; the text of ``--null`` (nothing, unless
said otherwise) is NULL. A record that is not CSV, or has another number of fields than the header,
costs itself. Line breaks within quotes belong to their field.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from typing import IO, Any

from integrity.loading.files import File, FileFailure
from integrity.loading.matched import Bound, by_name, declared, refuse_unknown
from integrity.loading.model import Fault, Options, Row
from integrity.loading.paths import json_text
from integrity.loading.target import Target

LONGEST = 64 << 20  # characters of a field: a quote that is never closed ends there


class CsvRows:
    """The rows of one CSV file. Raises FileFailure for a file or header that cannot be used."""

    def __init__(self, stream: IO[bytes], file: File, target: Target, options: Options) -> None:
        self._file, self._options = file, options
        self._lines = _Remembered(_text(stream, file))
        delimiter = options.delimiter or ("\t" if file.format == "tsv" else ",")
        csv.field_size_limit(LONGEST)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.header = self._header()
        self._bind(target)

    def _header(self) -> list[str]:
        header = next((one for _, one in self._records() if isinstance(one, list)), None)
        if header is None:
            raise FileFailure(f"{self._file.shown} is empty", hint="it has no header")
        for number, name in enumerate(header, 1):
            place = f"{self._file.shown}:1: field {number} of the header"
            if not name.strip():
                raise FileFailure(f"{place} is blank", hint="give each column a name")
            if name in header[: number - 1]:
                first = header.index(name) + 1
                hint = f"first at field {first}; give each column its own name"
                raise FileFailure(f"{place} is {name!r} once more", hint=hint)
        return header

    def _bind(self, target: Target) -> None:
        options, places = self._options, {name: n for n, name in enumerate(self.header)}
        bound = declared(target, options, lambda name: (name,))
        read = {*options.skipped, *(name for one in bound for name in one.path)}
        for name in (name for one in bound for name in one.path):
            if name not in places:
                message = f"--map: {self._file.shown} has no column {name!r}"
                raise FileFailure(message, hint=f"its header: {', '.join(self.header)}")
        free = by_name(target, options)
        same = [n for n in self.header if n in free and n not in read and not free[n].given]
        bound += [Bound(free[name], (name,)) for name in same]
        whole = any(one.special == "$" for one in bound)
        left = [n for n in self.header if n not in read and n not in same and not whole]
        if options.rest is None:
            refuse_unknown(left, target, options, place=f"{self._file.shown}:1")
        self._left = [(name, places[name]) for name in left]
        self._bound = [(one, places[one.path[0]] if one.path else -1) for one in bound]
        rest = [target.by_name[options.rest]] if options.rest else []
        self.columns = tuple([*(one.column for one in bound), *rest])
        self._require(target)

    def _require(self, target: Target) -> None:
        given = {column.name for column in self.columns}
        for column in target.columns:
            if column.required and column.default is None and column.name not in given:
                if column.given:
                    continue
                place = f"{self._file.shown}:1"
                raise FileFailure(
                    f"{place}: no column {column.name!r}, which {target.name} requires",
                    hint=f"add it, or name the one it is: --map {column.name}=NAME",
                )

    def rows(self) -> Iterator[Row]:
        """Every record after the header, in order. Blank lines are no records."""
        width, plain = len(self.header), self._plain()
        for line, fields in self._records():
            if isinstance(fields, Fault):
                yield Row(line, (), self._lines.seen(), fault=fields)
            elif len(fields) != width:
                detail = f"{len(fields)} fields, the header has {width}"
                yield Row(line, (), fields, fault=Fault("fields", "", detail))
            elif plain is not None:
                yield Row(
                    line, [fields[n] if fields[n] != plain else None for n in self._at], fields
                )
            else:
                yield Row(line, self._values(line, fields), fields)

    def as_json(self, row: Row) -> str:
        """A row as it goes to quarantine: an object, or the text that is no record."""
        if isinstance(row.whole, list) and len(row.whole) == len(self.header):
            return json_text(dict(zip(self.header, row.whole, strict=True)))
        return json_text(row.whole)

    def _plain(self) -> str | None:
        """The text for NULL when every column is a field of its own, else None."""
        self._at = [place for _, place in self._bound]
        special = any(one.special for one, _ in self._bound) or self._options.rest
        return None if special else self._options.null

    def _values(self, line: int, fields: list[str]) -> list[str | None]:
        values = [self._value(one, place, line, fields) for one, place in self._bound]
        if self._options.rest:
            rest = {name: self._null(fields[place]) for name, place in self._left}
            values.append(json_text(rest) if rest else None)
        return values

    def _value(self, one: Bound, place: int, line: int, fields: list[str]) -> str | None:
        if not one.special:
            return self._null(fields[place])
        special = {"$file": self._file.shown, "$line": str(line)}
        whole = dict(zip(self.header, map(self._null, fields), strict=True))
        return special.get(one.special) or json_text(whole)

    def _null(self, text: str) -> str | None:
        return None if text == self._options.null else text

    def _records(self) -> Iterator[tuple[int, list[str] | Fault]]:
        while True:
            line = self._reader.line_num + 1
            self._lines.forget()
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, self._fault(line, str(error))
            else:
                if fields:
                    yield line, fields

    def _fault(self, line: int, message: str) -> Fault:
        if "unexpected end" in message or "field limit" in message:
            raise FileFailure(
                f"{self._file.shown}:{line}: a quote is opened in this record and never closed",
                hint="mend the file, then run the same command with --changed",
            )
        return Fault("csv", "", message)


class _Remembered:
    """Lines on their way to the CSV reader; those of the record it is at are kept."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._seen: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._seen.append(line)
        return line

    def forget(self) -> None:
        """A record begins."""
        self._seen.clear()

    def seen(self) -> str:
        """The record as it stands in the file."""
        return "".join(self._seen)


def _text(stream: IO[bytes], file: File) -> Any:
    """Text without the mark of byte order. Bytes that are not UTF-8 become single surrogates,
    by which their row is found later."""
    peek = getattr(stream, "peek", None)
    if peek is not None and peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileFailure(f"{file.shown} is UTF-16", hint="save it as UTF-8")
    return TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")

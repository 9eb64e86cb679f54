"""Plain values into YAML as a person would lay it out.

What fits on a line stands on one; longer things are opened up; text of several lines becomes a
block scalar. Reading never goes through here: that is the config room's work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from integrity.config.scalars import SAME_IN_SQL, trap

WIDTH = 100
INDENT = 2
LONGEST_KEY = 1000  # YAML allows 1024 characters before the colon
Value: TypeAlias = "str | bool | Sequence[Value] | Mapping[str, Value]"

_PLAIN = re.compile(r"[A-Za-z_](?:[\w./()+*=<>-]|[ ](?=[\w(+*=<>-]))*", re.ASCII)
_ONE_LINE = re.compile(r"[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*")
_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[^\x00-\uffff]")
_BLOCK = re.compile(r"[\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*")


class Sql(str):
    """An SQL expression: a plain number, true, false or null needs no quotes in YAML."""

    __slots__ = ()


class Aligned(dict[str, "Value"]):
    """A mapping that is always opened up, with its values in one column."""


def document(entries: Mapping[str, Value]) -> Iterator[str]:
    """The lines of a mapping at the left margin."""
    for key, value in entries.items():
        yield from _keyed(key, value, 0, 0)


def _keyed(key: str, value: Value, indent: int, width: int) -> Iterator[str]:
    head = f"{scalar(key)}:"
    if len(head) > LONGEST_KEY:
        yield f"{' ' * indent}? {scalar(key)}"
        head = ":"
    yield from _entry(head.ljust(width), value, indent)


def scalar(text: str) -> str:
    """A text on one line, quoted where YAML would read it as something else."""
    if isinstance(text, Sql) and SAME_IN_SQL.fullmatch(text):
        return str(text)
    if _PLAIN.fullmatch(text) and not trap(text):
        return str(text)
    if ('"' in text or "\\" in text) and _ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: _escape(match[0]), quoted)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def flow(value: Value) -> str:
    """A value on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return scalar(value)
        case Mapping():
            return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(flow, value)) + "]"


def _entry(head: str, value: Value, indent: int) -> Iterator[str]:
    """The lines of ``head`` (a key and its colon, or the dash of a list) and its value."""
    margin = " " * indent
    if isinstance(value, str) and _is_block(value):
        yield f"{margin}{head} {_block_header(value)}"
        inner = margin + " " * INDENT
        yield from (inner + line if line else "" for line in _block_lines(value))
    elif not isinstance(value, Aligned) and _fits(line := f"{margin}{head} {flow(value)}", value):
        yield line
    elif isinstance(value, Mapping):
        yield from _opened_mapping(margin + head, value, indent)
    else:
        assert not isinstance(value, str | bool)
        yield margin + head
        for item in value:
            yield from _item(item, indent + INDENT)


def _fits(line: str, value: Value) -> bool:
    """Scalars and empty values never break; a mapping that holds text of several lines does."""
    if isinstance(value, str) or not value:
        return True
    return len(line) <= WIDTH and not _holds_block(value)


def _holds_block(value: Value) -> bool:
    match value:
        case bool():
            return False
        case str():
            return _is_block(value)
        case Mapping():
            return any(map(_holds_block, value.values()))
        case _:
            return any(map(_holds_block, value))


def _opened_mapping(head: str, value: Mapping[str, Value], indent: int) -> Iterator[str]:
    yield head.rstrip()
    aligned = isinstance(value, Aligned)
    width = max((len(scalar(key)) + 1 for key in value), default=0) if aligned else 0
    for key, inner in value.items():
        yield from _keyed(key, inner, indent + INDENT, width)


def _item(value: Value, indent: int) -> Iterator[str]:
    if isinstance(value, Mapping) and not _fits(f"{' ' * indent}- {flow(value)}", value):
        lines = list(_opened_mapping("", value, indent))[1:]
        yield " " * indent + "- " + lines[0].lstrip(" ")
        yield from lines[1:]
    else:
        yield from _entry("-", value, indent)


def _is_block(text: str) -> bool:
    """Text of several lines, unless its blanks at the end would be lost from sight."""
    if "\n" not in text or not text.strip() or text.endswith("\n\n"):
        return False
    return _BLOCK.fullmatch(text) is not None


def _block_header(text: str) -> str:
    indicator = str(INDENT) if text[0] in " \t\n" else ""
    return f"|{indicator}" if text.endswith("\n") else f"|{indicator}-"


def _block_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")

"""Sequences that defaults name: a table that is moved brings those of its serial columns along."""

from __future__ import annotations

from collections.abc import Iterable
from re import compile as pattern

from integrity.model import Name, Table

_PART = r'[a-z_][a-z_0-9$]*|"(?:[^"]|"")+"'
_NEXTVAL = pattern(rf"nextval\('(?P<schema>{_PART})\.(?P<name>{_PART})'::regclass\)")


def serial_sequences(tables: Iterable[Table]) -> list[Name]:
    """The sequences of all columns whose default is the next value of one, sorted."""
    defaults = {column.default or "" for table in tables for column in table.columns}
    found = [match for default in defaults if (match := _NEXTVAL.fullmatch(default))]
    return sorted({Name(_plain(match["schema"]), _plain(match["name"])) for match in found})


def _plain(part: str) -> str:
    """The name as it is: without quotes, and no quote of the literal or the name doubled."""
    text = part.replace("''", "'")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text

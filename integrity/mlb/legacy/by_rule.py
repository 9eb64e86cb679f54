"""Rows by rule: what a column is called, its type and its checks say what stands in it.

The families write by hand what matters about their rows; everything else comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.references import about_game
from integrity.mlb.legacy.sheet import Draft, Row, as_json
from integrity.mlb.legacy.words import RANGES, WORDS
from integrity.model import Column, Name, Table

STARTED = datetime(2025, 8, 1, 6, 0, tzinfo=UTC)
_LISTED = re.compile(r"^\(*(\w+)\)*(?:::text)? = ANY \(+ARRAY\[(.*?)\]")
_LABEL = re.compile(r"'((?:[^']|'')*)'")
_LENGTH = re.compile(r"\((\d+)(?:,(\d+))?\)")
_PRICE = re.compile(
    r"(odds|_american|_ml)$|odds_|^(opening|closing)_(moneyline|spread|total)_(home|away|over|under)"
)
_SHARE = re.compile(r"percent|_pct$|^win_rate$|hit_rate|score$|bucket")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the number of its row, a source of chance, the game it is about."""

    number: int
    rng: Random
    game: Game | None

    @property
    def about(self) -> Game:
        """The game, for rows of tables that are about games."""
        assert self.game is not None
        return self.game


Maker = Callable[[Place], Any]
More = Callable[[Place], Row]


def fill_by_rule(
    draft: Draft, table: str, count: int, more: More | None = None, *, games: Sequence[Game] = ()
) -> list[Row]:
    """Fill a table with ``count`` rows; ``more`` says what is not by rule.

    ``more`` may speak of columns that the table does not have, so that tables of one family share
    it. With ``games`` row n is about the n-th of them, in turn. The draft holds the rows as well.
    """
    contract = draft.contract(table)
    rng = draft.random(f"rule:{table}")
    makers = _makers(draft, contract)
    known = makers.keys()
    rows = []
    for number in range(1, count + 1):
        game = games[(number - 1) % len(games)] if games else None
        place = Place(number, rng, game)
        row = {name: make(place) for name, make in makers.items()}
        if game is not None:
            row |= about_game(draft, contract, game)
        if more is not None:
            own = more(place)
            row |= {name: own[name] for name in own.keys() & known}
        rows.append(row)
    draft.tables[table] = rows
    return rows


def _makers(draft: Draft, table: Table) -> Mapping[str, Maker]:
    """How each column of the table is made, but for generated ones."""
    listed = _listed(table)
    parents = {
        key.columns[0]: _parent(draft, key.references, key.to[0]) for key in table.foreign_keys
    }
    makers: dict[str, Maker] = {}
    for place, column in enumerate(table.columns):
        if column.generated is None:
            maker = parents.get(column.name) or _maker(table, column, listed)
            makers[column.name] = _now_and_then(maker, column, place)
    return makers


def _parent(draft: Draft, parent: Name, column: str) -> Maker | None:
    """A value of the parent's key; the first rows of a table that references itself have none."""
    rows = draft.tables.get(str(parent), [])
    values = [row[column] for row in rows]
    return (lambda p: values[(p.number * 7 - 1) % len(values)]) if values else lambda _: None


def _listed(table: Table) -> dict[str, tuple[str, ...]]:
    """The values that the table's checks allow, for columns that have such a check."""
    found = {}
    for check in table.checks:
        if match := _LISTED.match(check.expression):
            found[match[1]] = tuple(_LABEL.findall(match[2]))
    return found


def _now_and_then(maker: Maker, column: Column, place: int) -> Maker:
    """Leaves a column out that may be NULL, here and there; a stamp or a name never."""
    if not column.nullable or column.name.endswith(("_at", "name", "_id", "id", "_date", "_team")):
        return maker
    return lambda p: None if (p.number * 7 + place) % 6 == 0 else maker(p)


def _maker(table: Table, column: Column, listed: Mapping[str, tuple[str, ...]]) -> Maker:
    words = listed.get(column.name) or WORDS.get(column.name)
    if words and column.type.startswith(("character varying", "text")):
        return _choice(words, column)
    if column.default and column.default.startswith("nextval"):
        return lambda p: p.number
    if table.primary_key and column.name in table.primary_key.columns and column.type != "uuid":
        if column.type in ("integer", "bigint"):
            return lambda p: p.number
        return lambda p: _cut(f"{table.name.schema}_{table.name.name}_{p.number:05}", column)
    return _by_type(table, column)


def _choice(words: tuple[str, ...], column: Column) -> Maker:
    step = 1 + len(column.name) % 3
    return lambda p: _cut(words[p.number * step % len(words)], column)


def _by_type(table: Table, column: Column) -> Maker:
    kind = column.type.split("(")[0]
    label = column.name.replace("_", " ")
    mark = f"{table.name}.{column.name}"
    match kind:
        case "integer" | "bigint":
            return _whole(column)
        case "numeric" | "double precision":
            return _number(column)
        case "boolean":
            return lambda p: (p.number + len(label)) % 3 == 0
        case "jsonb" | "json":
            return lambda p: as_json({"n": p.number, "origin": "generated"})
        case "timestamp with time zone":
            return lambda p: _moment(p.number, column)
        case "timestamp without time zone":
            return lambda p: _moment(p.number, column).replace(tzinfo=None)
        case "date":
            return lambda p: _moment(p.number * 97, column).date()
        case "time without time zone":
            return lambda p: time(13 + p.number % 10, 5)
        case "uuid":
            return lambda p: _uuid(mark, p.number)
        case "inet":
            return lambda p: f"10.{p.number % 7}.{p.number % 250}.{1 + p.number % 200}"
        case "inet[]":
            return lambda p: [f"10.0.0.{1 + p.number % 200}"]
        case "text[]":
            return lambda p: [f"{label} {n}" for n in range(1 + p.number % 3)]
        case "character":
            return lambda p: "LR"[p.number % 2] if column.type == "character(1)" else "1A2B3C"
        case _:
            return lambda p: _cut(f"{label} {p.number}", column)


def _whole(column: Column) -> Maker:
    """A whole number: a price where the name says so."""
    if _PRICE.search(column.name):
        return lambda p: p.rng.choice((-1, 1)) * 5 * p.rng.randint(21, 40)
    low, high = _range(column) or (1, 40)
    return lambda p: p.rng.randint(round(low), max(round(low), round(high)))


def _number(column: Column) -> Maker:
    """A number that fits: what its name says; else shares to 60, scores and the like to 1."""
    match = _LENGTH.search(column.type)
    digits, scale = (int(match[1]), int(match[2] or 0)) if match else (8, 2)
    known = _range(column)
    top = 1.0 if digits - scale <= 1 else 60.0 if _SHARE.search(column.name) else 40.0
    low, high = known or (0.02 * top, 0.96 * top)
    if column.type == "numeric(5,2)" and known and -1 < low <= high < 1:  # here a share of 1 is 100
        low, high = low * 100, high * 100
    most = 10 ** (digits - scale) * 0.95
    low, high = max(low, -most), min(high, most)
    return lambda p: Decimal(repr(round(p.rng.uniform(low, high), min(scale, 4))))


def _range(column: Column) -> tuple[float, float] | None:
    return next(((low, high) for name, low, high in RANGES if re.search(name, column.name)), None)


def _moment(number: int, column: Column) -> datetime:
    ahead = column.name.startswith(("expires", "next_", "effective_until", "cache_expires"))
    later = {"completed_at": 3, "end_time": 3, "period_end": 300, "updated_at": 5}
    minutes = next((m for mark, m in later.items() if mark in column.name), 0)
    return STARTED + timedelta(minutes=11 * number + minutes, days=90 if ahead else 0)


def _uuid(mark: str, number: int) -> UUID:
    return UUID(int=Random(f"{mark}:{number}").getrandbits(128), version=4)


def _cut(text: str, column: Column) -> str:
    match = _LENGTH.search(column.type)
    return text[: int(match[1])] if match else text

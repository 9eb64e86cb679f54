"""Tables as they are filled: named rows in memory, and what children refer to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from integrity.mlb.legacy.archive import Folder
from integrity.mlb.legacy.cast import Cast
from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.report import Planting
from integrity.mlb.legacy.sizes import Sizes
from integrity.model import Table

Row = dict[str, Any]
FILLED = datetime(2025, 7, 9, 12, 0)  # when the first rows came in, UTC


@dataclass(slots=True)
class Draft:
    """The legacy database while it is being written.

    ``anchors`` says, per master and game index, the id of the row that children may hang on.
    ``claimed`` holds the games that have a planted part already, so that no two defects meet.
    ``lacking`` says which games a master names without their MLB id, ``dirty`` with a spoilt one.
    ``contracts`` are the tables that will be there; ``copied`` counts rows that the server copies.
    """

    cast: Cast
    sizes: Sizes
    seed: int
    folder: Folder | None
    planting: Planting = field(default_factory=Planting)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    anchors: dict[str, dict[int, int]] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)
    lacking: dict[str, set[int]] = field(default_factory=dict)
    dirty: dict[str, set[int]] = field(default_factory=dict)
    contracts: Mapping[str, Table] = field(default_factory=dict)
    copied: dict[str, int] = field(default_factory=dict)

    def random(self, name: str) -> Random:
        """A stream of random numbers of its own for each part, so that parts stay independent."""
        return Random(f"{self.seed}:{name}")

    def contract(self, table: str) -> Table:
        """What the table looks like."""
        return self.contracts[table]

    def anchored(self, master: str) -> list[Game]:
        """The games whose row in the master children may hang on, by start."""
        known = self.anchors[master]
        return [g for g in self.cast.games if g.index in known]

    def lacks(self, game: Game, master: str) -> bool:
        """Whether the master names the game without its MLB id; another master leads to it."""
        return game.index in self.lacking.get(master, ())

    def claim(self, games: list[Game], count: int, rng: Random) -> list[Game]:
        """Up to ``count`` of the games that have no planted part yet; they have one now."""
        free = [g for g in games if g.index not in self.claimed]
        chosen = rng.sample(free, min(count, len(free)))
        self.claimed.update(g.index for g in chosen)
        return chosen

    def note(self, code: str, table: str, rows: list[Row], key: str = "id") -> None:
        """Note rows as planted, by their key."""
        for row in rows:
            self.planting.add(code, table, row[key])


def agree(row: Row, other: Row, *, but: Iterable[str] = ("id",)) -> None:
    """Let a row say what another says about the same thing, in the columns that both have."""
    row.update({name: other[name] for name in row if name in other and name not in {*but}})


def moment(number: int) -> datetime:
    """When row ``number`` of a table came in, without zone."""
    return FILLED + timedelta(seconds=number)


def as_json(value: Mapping[str, Any]) -> str:
    """A jsonb value as text, keys in order."""
    return json.dumps(value, sort_keys=True)

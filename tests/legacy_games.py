"""The identity of games, worked out in plain Python from the rows of the demo's masters.

The same ladder as the mapping of games, written independently of it: MLB id, Action Network id,
SBR id, clubs and start, clubs and official date where one game stands on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrity.mlb.legacy.clubs import ALIASES, CLUBS, NAME_VARIANTS

EASTERN = ZoneInfo("America/New_York")
MASTERS = (
    "public.games",
    "core_betting.games",
    "curated.games_complete",
    "curated.enhanced_games",
    "action.fact_games",
    "splits.games",
    "core_betting.supplementary_games",
)
Rows = dict[str, list[dict[str, Any]]]

_NAMES = {c.full_name.lower(): c.code for c in CLUBS.values()}
_NAMES |= {variant.lower(): code for code, variant in NAME_VARIANTS.items()}
_NAMES |= {code.lower(): code for code in CLUBS}
_NAMES |= {alias.lower(): code for code, aliases in ALIASES.items() for alias in aliases}


@dataclass
class Seen:
    """A row of a master after normalising it; ``rejected`` says why it cannot be used."""

    table: str
    key: str
    home: str | None
    away: str | None
    start: datetime | None
    official: date
    mlb: int | None = None
    an: int | None = None
    sbr: str | None = None
    row: dict[str, Any] = field(default_factory=dict, repr=False)
    rejected: str = ""


def seen(rows: Rows) -> list[Seen]:
    """Every row of every master, without trial and test rows."""
    clubs = {r["team_id"]: _NAMES[r["abbr"].lower()] for r in rows["action.dim_teams"]}
    return [
        _seen(table, row, clubs)
        for table in MASTERS
        for row in rows[table]
        if not str(row.get("game_id", row.get("sportsbookreview_game_id"))).startswith("test_")
    ]


def _seen(table: str, row: dict[str, Any], clubs: dict[int, str]) -> Seen:
    if table == "action.fact_games":
        home, away = (clubs[row[f"dim_{s}_team_actionid"]] for s in ("home", "away"))
        one = Seen(table, str(row["id"]), home, away, row["dim_datetime"], row["dim_date"])
        one.mlb, one.an = row["id_mlbstatsapi"], row["id_action"]
        one.row = row
        return one
    home, away = (_NAMES.get(row[f"{s}_team"].strip().lower()) for s in ("home", "away"))
    start, official = row["game_datetime"], row.get("game_date")
    if table in ("splits.games", "core_betting.supplementary_games"):
        official = start.date()
        midnight = (start.hour, start.minute) == (0, 0)
        start = None if midnight else start.replace(tzinfo=EASTERN).astimezone(UTC)
    elif table == "core_betting.games":
        official = start.astimezone(EASTERN).date()
    one = Seen(table, str(row["id"]), home, away, start, official, row=row)
    one.an = row.get("action_network_game_id")
    one.sbr = row.get("sportsbookreview_game_id")
    text = (row.get("mlb_stats_api_game_id") or "").strip()
    one.mlb = int(text) if text.isdigit() else None
    tied = row.get("home_score") is not None and row["home_score"] == row["away_score"]
    one.rejected = (
        "mlb id" if text and not text.isdigit() else "club" if not home else "tied" if tied else ""
    )
    return one


def clusters(rows: list[Seen]) -> tuple[list[list[Seen]], list[Seen]]:
    """The rows of each game, and the rows that fit two games of a day."""
    games: list[list[Seen]] = []
    left = [r for r in rows if not r.rejected]
    for rung in (
        lambda r: r.mlb,
        lambda r: r.an,
        lambda r: r.sbr,
        lambda r: (r.home, r.away, r.start) if r.start else None,
    ):
        known = {rung(r): g for g in games for r in g if rung(r) is not None}
        rest = []
        for row in left:
            value = rung(row)
            if value is None:
                rest.append(row)
                continue
            if value not in known:
                known[value] = []
                games.append(known[value])
            known[value].append(row)
        left = rest
    days: dict[Any, list[list[Seen]]] = defaultdict(list)
    for game in games:
        for place in {(r.home, r.away, r.official) for r in game}:
            days[place].append(game)
    ambiguous = []
    for row in left:
        found = days[row.home, row.away, row.official]
        if len(found) == 1:
            found[0].append(row)
        else:
            ambiguous.append(row)
    return games, ambiguous

"""curated.betting_lines_unified: one market a row, in chains that point to the line before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.lines import BOOKS, NO_PRICE
from integrity.mlb.legacy.market import HALF, market, two_sided
from integrity.mlb.legacy.masters import COMPLETE
from integrity.mlb.legacy.reference import curated_books
from integrity.mlb.legacy.sheet import Draft, Row, moment

TABLE = "curated.betting_lines_unified"
LABELS = (("moneyline", "moneyline"), ("spread", "runline"), ("totals", "total"))
OFF_LABEL = ("runline", "totals")  # other words for spread and total
PHASES = {1: ("closing",), 2: ("opening", "closing")}
PHASES |= {n: ("opening", *["current"] * (n - 2), "closing") for n in (3, 4)}
BAD = 5
ARMS = (
    "home_moneyline",
    "away_moneyline",
    "home_spread",
    "away_spread",
    "over_total",
    "under_total",
)
COLUMNS = {
    "moneyline": ("home_moneyline", "away_moneyline"),
    "spread": ("spread_home_odds", "spread_away_odds"),
    "total": ("over_odds", "under_odds"),
}


def fill_unified_lines(draft: Draft) -> None:
    """Fill the table with chains of one to four lines of a game, book and market."""
    rng = draft.random("unified")
    games = draft.anchored(COMPLETE)
    size = draft.sizes.rows(TABLE)
    rows: list[Row] = []
    chain = 0
    while len(rows) < size:
        game = games[chain % len(games)]
        book = BOOKS[(chain // len(games) + game.index) % len(BOOKS)]
        length = min(chain % 4 + 1, size - len(rows))
        numbers = range(len(rows) + 1, len(rows) + length + 1)
        rows += _chain(draft, (game, book, chain), numbers, rng)
        chain += 1
    _spoil(draft, rows, rng)
    draft.tables[TABLE] = rows
    _count(draft, rows)


def _chain(draft: Draft, what: tuple[Game, str, int], numbers: range, rng: Random) -> list[Row]:
    game, book, chain = what
    label = LABELS[chain % 3][chain // 3 % 2]
    ids = list(numbers)
    if chain % 4 == 2:
        ids.reverse()  # each line then points to a higher id
    rows: list[Row] = []
    for place, phase in enumerate(PHASES[len(ids)]):
        before = rows[-1] if rows else None
        row = _row(draft, game, ids[place], rng) | _prices(draft, game, label, rng)
        row |= {
            "sportsbook_id": curated_books(draft)[book],
            "market_type": label,
            "line_type": phase,
            "line_movement_id": UUID(int=(9 << 76) + (2 << 62) + chain),
            "previous_line_id": before["id"] if before else None,
            "recorded_at": game.start_utc - timedelta(minutes=300 - 60 * place, seconds=43),
        }
        rows.append(row | _movement(before, row))
    return rows


def _row(draft: Draft, game: Game, number: int, rng: Random) -> Row:
    when = moment(number)
    return {
        "id": number,
        "external_line_id": f"line-{number:06}",
        "game_id": draft.anchors[COMPLETE][game.index],
        "source_system": "GENERATED",
        "data_quality_score": 0.8,
        "created_at": when,
        "migrated_at": when,
    }


def _prices(draft: Draft, game: Game, label: str, rng: Random) -> Row:
    archived = draft.folder.lines.get(game.pk) if draft.folder else None
    seen = market(game, draft.seed, archived)
    columns = (*COLUMNS["moneyline"], *COLUMNS["spread"], *COLUMNS["total"])
    row: Row = dict.fromkeys((*columns, "spread_home", "spread_away", "total_line"))
    kind = _kind(label)
    chance = seen.chance if kind == "moneyline" else 0.5
    row |= dict(zip(COLUMNS[kind], two_sided(chance, rng), strict=True))
    if kind == "spread":
        row |= {"spread_home": seen.home_spread, "spread_away": -seen.home_spread}
    if kind == "total":
        row["total_line"] = seen.total + rng.choice((0, HALF, -HALF))
    return row


def _kind(label: str) -> str:
    return {"runline": "spread", "totals": "total"}.get(label, label)


def _movement(before: Row | None, row: Row) -> Row:
    amount = Decimal(0)
    if before and row["total_line"] is not None:
        amount = row["total_line"] - before["total_line"]
    direction = "up" if amount > 0 else "down" if amount < 0 else "none"
    return {"movement_amount": amount, "movement_direction": direction}


def _spoil(draft: Draft, rows: list[Row], rng: Random) -> None:
    chosen = rng.sample(rows, min(draft.sizes.plant(BAD), len(rows)))
    for place, row in enumerate(sorted(chosen, key=lambda r: int(r["id"]))):
        kind = _kind(row["market_type"])
        row[COLUMNS[kind][0]] = NO_PRICE[place % len(NO_PRICE)]
        arm = {"moneyline": 0, "spread": 2, "total": 4}[kind]
        draft.planting.add("bad_price", TABLE, row["id"], (ARMS[arm],))


def _count(draft: Draft, rows: list[Row]) -> None:
    for row in rows:
        kind = _kind(row["market_type"])
        kept = {"moneyline": ARMS[:2], "spread": ARMS[2:4], "total": ARMS[4:]}[kind]
        draft.planting.add("empty_arm", TABLE, row["id"], [a for a in ARMS if a not in kept])
        if row["market_type"] in OFF_LABEL:
            draft.planting.add("market_label", TABLE, row["id"], kept)
        if row["previous_line_id"] is not None:
            draft.planting.add("previous_line", TABLE, row["id"])
            if row["previous_line_id"] > row["id"]:
                draft.planting.add("previous_line_ahead", TABLE, row["id"])

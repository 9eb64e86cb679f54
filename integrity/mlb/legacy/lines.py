"""The wide line tables of two eras: the later one holds most of the earlier one's rows again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.market import Market, market, moved
from integrity.mlb.legacy.masters import CORE, PUBLIC
from integrity.mlb.legacy.reference import ARCHIVE, NAMES
from integrity.mlb.legacy.sheet import Draft, Row, as_json, moment
from integrity.mlb.legacy.wide import (
    PHASES,
    WIDE,
    Wide,
    archived_prices,
    made_prices,
    observed,
    results,
)

BOOKS = tuple(NAMES)
SHORT = {"DraftKings": "DK", "FanDuel": "FD", "BetMGM": "MGM"}
NO_PRICE = (0, 50, -99)  # not American odds
LIVE_FROM = 1000  # a moneyline beyond it is no price of before the game
NOBODY = "Lucky Dog"  # a book that no table of books knows
TRIAL_LINES, TRIAL_GAMES = 20, 4
WITH_BOOK_ID, WRONG_BOOK_ID = 12, 4
# Planted rows by market.
BAD_EARLY = {"moneyline": 12, "spread": 8, "totals": 9}
BAD_LATE = {"moneyline": 10, "spread": 5, "totals": 6}
DIFFERING = {"moneyline": 40, "spread": 15, "totals": 35}
MISSING = {"spread": 8}
UNKNOWN_BOOK = {"totals": 7}
REPEATED = {"totals": 25}
REJECTED_PARENT = {"moneyline": 6}
LATE_SOURCE = {True: "SPORTS_BOOK_REVIEW_DEPRECATED", False: "MANUAL_ENTRY"}


def fill_lines(draft: Draft) -> None:
    """Fill the six wide tables."""
    seen = {
        g.index: market(g, draft.seed, draft.folder.lines.get(g.pk) if draft.folder else None)
        for g in draft.cast.games
    }
    for wide in WIDE:
        maker = _Maker(draft, wide, seen)
        _early(maker)
        _late(maker)
        _count(maker)


class _Maker:
    """What all rows of one market share while they are written."""

    def __init__(self, draft: Draft, wide: Wide, seen: dict[int, Market]) -> None:
        self.draft, self.wide, self.seen = draft, wide, seen
        self.rng = draft.random(f"lines:{wide.market}")
        self.games: dict[str, dict[int, Game]] = {wide.early: {}, wide.late: {}}
        self.spoilt: set[int] = set()  # ids of early rows that must have no copy

    def plant(self, counts: dict[str, int]) -> int:
        """How many rows of a defect this market gets."""
        base = counts.get(self.wide.market, 0)
        return self.draft.sizes.plant(base) if base else 0

    def rows(self, master: str, games: list[Game], count: int) -> list[tuple[Game, Row]]:
        """``count`` rows over the games: one book after another, then another observation."""
        if not games:
            return []
        return [self._row(master, games, place) for place in range(count)]

    def _row(self, master: str, games: list[Game], place: int) -> tuple[Game, Row]:
        game = games[place % len(games)]
        turn = place // len(games)
        book = (turn + game.index) % len(BOOKS)
        prices, archived = None, None
        if turn == 0 and master == PUBLIC and self.draft.folder:
            archived = self.draft.folder.lines.get(game.pk)
            prices = archived_prices(self.wide, archived) if archived else None
        real = prices is not None
        if prices is None:
            prices = made_prices(
                self.wide, self.seen[game.index], self.rng, opening=(place + turn) % 10 != 7
            )
        text = ARCHIVE if real else spelt(BOOKS[book], place)
        row: Row = {
            "game_id": self.draft.anchors[master][game.index],
            "sportsbook": text,
            "odds_timestamp": observed(game, book, turn // len(BOOKS)),
        }
        for phase, values in prices.items():
            row |= self.wide.write(phase, values)
        return game, row | self._shares(place, real) | self._game(game, row, real)

    def _shares(self, place: int, real: bool) -> Row:
        """Shares of bets and money; the archive has none, nor have two thirds of the rest."""
        first, second = self.wide.sides
        known = place % 3 == 0 and not real
        bets, money = 30 + place % 40, 25 + place % 50
        return {
            f"{first}_bets_count": None,
            f"{second}_bets_count": None,
            f"{first}_bets_percentage": bets if known else None,
            f"{second}_bets_percentage": 100 - bets if known else None,
            f"{first}_money_percentage": money if known else None,
            f"{second}_money_percentage": 100 - money if known else None,
            "sharp_action": "weak" if known and abs(money - bets) >= 15 else None,
            "reverse_line_movement": False,
            "steam_move": False,
        }

    def _game(self, game: Game, row: Row, real: bool) -> Row:
        return {
            **results(self.wide, game, row),
            "profit_loss": None,
            "source": real,
            "data_quality": "HIGH" if real else "GENERATED",
            "game_datetime": game.start,
            "home_team": game.home,
            "away_team": game.away,
        }


def spelt(book: str, place: int) -> str:
    """A book's name as a collector may have spelt it."""
    match place % 10:
        case 4:
            return book.upper()
        case 5:
            return book.lower()
        case 6:
            return SHORT.get(book, f" {book} ")
        case _:
            return book


def _early(maker: _Maker) -> None:
    draft, wide = maker.draft, maker.wide
    repeated = maker.plant(REPEATED)
    orphaned = maker.plant(REJECTED_PARENT)
    count = draft.sizes.rows(wide.early) - repeated - orphaned
    made = maker.rows(PUBLIC, draft.anchored(PUBLIC), count)
    for number, (game, row) in enumerate(made, start=1):
        maker.games[wide.early][number] = game
        row["id"] = number
    rows = [row for _, row in made]
    _spoil_early(maker, rows)
    rows += _repeat(maker, rows, repeated)
    rows += _children_of_rejected(maker, made[:orphaned], len(rows))
    draft.tables[wide.early] = [_finish_early(wide, r) for r in rows]


def _spoil_early(maker: _Maker, rows: list[Row]) -> None:
    wide, draft = maker.wide, maker.draft
    first = wide.prices("current")[0]
    arm = wide.arm(0, "current")
    for place, row in enumerate(_pick(maker, rows, maker.plant(BAD_EARLY))):
        row[first] = NO_PRICE[place % len(NO_PRICE)]
        draft.planting.add("bad_price", wide.early, row["id"], (arm,))
    for row in _pick(maker, rows, maker.plant(MISSING)):
        row[first] = None
        draft.planting.add("price_missing", wide.early, row["id"], (arm,))
    for row in _pick(maker, rows, maker.plant(UNKNOWN_BOOK)):
        row["sportsbook"] = NOBODY
        draft.planting.add("unknown_book", wide.early, row["id"], wide.filled(row))


def _pick(maker: _Maker, rows: list[Row], count: int) -> list[Row]:
    """Generated rows with all their arms that nothing else was done to."""
    free = [
        r
        for r in rows
        if r["id"] not in maker.spoilt and not r["source"] and not any(maker.wide.empty(r))
    ]
    chosen = sorted(maker.rng.sample(free, min(count, len(free))), key=lambda r: int(r["id"]))
    maker.spoilt.update(r["id"] for r in chosen)
    return chosen


def _repeat(maker: _Maker, rows: list[Row], count: int) -> list[Row]:
    """The same observation stored twice."""
    first = len(rows) + 1
    again = [r | {"id": first + n} for n, r in enumerate(_pick(maker, rows, count))]
    for row in again:
        maker.spoilt.add(row["id"])
        maker.draft.planting.add(
            "duplicate_row", maker.wide.early, row["id"], maker.wide.filled(row)
        )
    return again


def _children_of_rejected(maker: _Maker, like: list[tuple[Game, Row]], count: int) -> list[Row]:
    """Lines of games whose own row cannot be used."""
    parents = list(maker.draft.anchors["unknown"].values())
    rows = []
    for place, (game, row) in enumerate(like):
        prices = made_prices(maker.wide, maker.seen[game.index], maker.rng, opening=True)
        made = row | {"id": count + place + 1, "game_id": parents[place % len(parents)]}
        for phase, values in prices.items():
            made |= maker.wide.write(phase, values)
        made |= {"sportsbook": BOOKS[place % len(BOOKS)], "source": False, "home_team": "UNK"}
        made["data_quality"] = "GENERATED"
        maker.spoilt.add(made["id"])
        maker.draft.planting.add(
            "child_of_rejected", maker.wide.early, made["id"], maker.wide.filled(made)
        )
        rows.append(made)
    return rows


def _finish_early(wide: Wide, row: Row) -> Row:
    finished = dict(row)
    finished["source"] = "sbr" if row["source"] else "generated"
    finished |= _stamps(row["id"], 0)
    if wide.market == "totals":
        runs, line = finished.pop("total"), finished.pop("line")
        finished |= {"final_total": runs, "went_over": None if line is None else runs > line}
    return finished


def _stamps(number: int, days: int) -> Row:
    when = (moment(number) + timedelta(days=days)).replace(tzinfo=UTC)
    return {"created_at": when, "updated_at": when}


def _late(maker: _Maker) -> None:
    """Copies of early rows under the other master's surrogates, then rows of the later era."""
    draft, wide = maker.draft, maker.wide
    source = {r["id"]: r for r in _early_drafts(maker)}
    copies = _copies(maker, source)
    trial = draft.sizes.plant(TRIAL_LINES)
    early = {g.index for g in draft.cast.public}
    games = [g for g in draft.anchored(CORE) if g.index not in early]
    count = draft.sizes.rows(wide.late) - len(copies) - trial
    made = [row for _, row in maker.rows(CORE, games, count)]
    rows = [*copies, *made, *_trials(maker, made[:trial])]
    for number, row in enumerate(rows, start=1):
        row["id"] = number
    finished = [_finish_late(wide, r) for r in rows]
    _note_copies(maker, finished[: len(copies)])
    _spoil_late(maker, finished[len(copies) : len(copies) + len(made)])
    for row in finished[len(copies) + len(made) :]:
        draft.planting.add("trial_row", wide.late, row["id"], (*wide.filled(row), *wide.empty(row)))
    draft.tables[wide.late] = finished


def _early_drafts(maker: _Maker) -> list[Row]:
    return maker.draft.tables[maker.wide.early]


def _copies(maker: _Maker, source: dict[int, Row]) -> list[Row]:
    draft, wide = maker.draft, maker.wide
    anchors, games = draft.anchors[CORE], maker.games[wide.early]
    usable = [n for n, g in games.items() if g.index in anchors and n not in maker.spoilt]
    count = min(draft.sizes.copies(wide.market), len(usable))
    chosen = sorted(maker.rng.sample(usable, count))
    return [source[n] | {"game_id": anchors[games[n].index], "copy_of": n} for n in chosen]


def _trials(maker: _Maker, like: list[Row]) -> list[Row]:
    parents = list(maker.draft.anchors["trial"].values())
    return [
        row
        | {
            "game_id": parents[place % len(parents)],
            "trial": f"test_sbr_trial_{place % len(parents) + 1:03}",
            "odds_timestamp": datetime(2025, 7, 1, 20, place % 60, tzinfo=UTC),
        }
        for place, row in enumerate(like)
    ]


def _finish_late(wide: Wide, row: Row) -> Row:
    finished = dict(row)
    trial, copied = finished.pop("trial", None), finished.pop("copy_of", None)
    real = row["source"] in (True, "sbr")
    finished["source"] = LATE_SOURCE[real]
    if wide.market == "totals":
        finished["total_score"] = finished.pop("final_total", finished.pop("total", None))
        finished.pop("went_over", None)
        finished.pop("line", None)
    number = row["id"]
    return finished | {
        **_stamps(number, 15),
        "sportsbook_id": None,
        "data_completeness_score": 0.75,
        "source_metadata": as_json({"copied_from": copied} if copied else {}),
        "collection_batch_id": UUID(int=(7 << 76) + (2 << 62) + number // 500),
        "source_reliability_score": 1,
        "collection_method": "TRIAL" if trial else "MIGRATION" if copied else "API",
        "external_source_id": trial,
        "source_api_version": None,
    }


def _note_copies(maker: _Maker, copies: list[Row]) -> None:
    draft, wide = maker.draft, maker.wide
    column = wide.prices("closing")[0]
    priced = [r for r in copies if r[column] is not None]
    count = min(maker.plant(DIFFERING), len(priced))
    differing = {r["id"] for r in maker.rng.sample(priced, count)}
    for row in copies:
        draft.planting.add("era_copy", wide.late, row["id"], wide.filled(row))
        if row["id"] in differing:
            row[column] = moved(row[column])
            draft.planting.add("price_differs", wide.late, row["id"], (wide.arm(0, "closing"),))


def _spoil_late(maker: _Maker, rows: list[Row]) -> None:
    draft, wide = maker.draft, maker.wide
    rng: Random = maker.rng
    usable = [r for r in rows if not any(wide.empty(r))]
    bad = rng.sample(usable, min(maker.plant(BAD_LATE), len(usable)))
    for place, row in enumerate(sorted(bad, key=lambda r: int(r["id"]))):
        row[wide.prices("current")[0]] = NO_PRICE[place % len(NO_PRICE)]
        draft.planting.add("bad_price", wide.late, row["id"], (wide.arm(0, "current"),))
    if wide.market == "moneyline":
        _book_ids(maker, rng.sample(rows, min(draft.sizes.plant(WITH_BOOK_ID), len(rows))))


def _book_ids(maker: _Maker, rows: list[Row]) -> None:
    """The few rows that carry a sportsbook_id; in some it is another book's."""
    draft, wide = maker.draft, maker.wide
    ids = {name: n for n, name in enumerate(BOOKS, start=1)}
    canonical = {_key(n): n for n in BOOKS} | {_key(s): n for n, s in SHORT.items()}
    wrong = draft.sizes.plant(WRONG_BOOK_ID)
    for place, row in enumerate(sorted(rows, key=lambda r: int(r["id"]))):
        own = ids[canonical[_key(row["sportsbook"])]]
        row["sportsbook_id"] = own % len(BOOKS) + 1 if place < wrong else own
        code = "book_id_disagrees" if place < wrong else "book_id_agrees"
        draft.planting.add(code, wide.late, row["id"], (*wide.filled(row), *wide.empty(row)))


def _key(name: str) -> str:
    return name.strip().lower()


def _live(wide: Wide, row: Row) -> Iterator[str]:
    """Arms of a moneyline row whose price can only be one taken during the game."""
    if wide.market != "moneyline":
        return
    for phase in PHASES:
        for side, column in enumerate(wide.prices(phase)):
            if row[column] is not None and abs(row[column]) > LIVE_FROM:
                yield wide.arm(side, phase)


def _count(maker: _Maker) -> None:
    """Note what follows from the rows: empty arms, spellings, missing book ids."""
    draft, wide = maker.draft, maker.wide
    canonical = {*BOOKS, ARCHIVE, NOBODY}
    for table in (wide.early, wide.late):
        for row in draft.tables[table]:
            empty = tuple(wide.empty(row))
            if empty and row.get("collection_method") != "TRIAL":
                draft.planting.add("empty_arm", table, row["id"], empty)
            if row["sportsbook"] not in canonical:
                draft.planting.add("book_spelling", table, row["id"])
            live = tuple(_live(wide, row))
            if live and row.get("collection_method") != "TRIAL":
                draft.planting.add("live_price", table, row["id"], live)
            if table == wide.late and row["sportsbook_id"] is None:
                draft.planting.add("null_sportsbook_id", table, row["id"])

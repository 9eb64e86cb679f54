"""Which master names which game.

Every game is named by at least one master; some by one alone, most by several under different
ids. Rows that children hang on are clean in every respect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from integrity.mlb.legacy.game import Game
from integrity.mlb.legacy.sizes import ROWS, Sizes

UNKNOWN = {"public.games": 4, "core_betting.games": 3}  # rows of a club nobody knows
TRIALS = 4  # rows of an earlier trial in core_betting.games
TWICE = 6  # games that core_betting.games names twice
TESTS = 10  # test rows in splits.games
ONLY_PUBLIC, ONLY_CORE, ONLY_SPLITS, ONLY_ENHANCED, ONLY_ACTION = 60, 500, 30, 10, 3
DIFFERING_SCORE, DIFFERING_VENUE = 12, 10


@dataclass(slots=True, kw_only=True)
class Cast:
    """The games of each master, and the groups of games with a part of their own."""

    games: list[Game]
    public: list[Game]
    core: list[Game]
    complete: list[Game]
    enhanced: list[Game] = field(default_factory=list)
    splits: list[Game] = field(default_factory=list)
    supplementary: list[Game] = field(default_factory=list)  # beside the copies of splits
    action: list[Game] = field(default_factory=list)
    differing_score: list[Game] = field(default_factory=list)
    differing_venue: list[Game] = field(default_factory=list)
    date_only: list[Game] = field(default_factory=list)
    doubleheader: list[Game] = field(default_factory=list)
    _with_mlb_id: set[int] = field(default_factory=set)

    def only_core_and_complete(self) -> list[Game]:
        """Games that exactly those two masters name and that have no other part yet."""
        public, complete = _indexes(self.public), _indexes(self.complete)
        taken = _indexes([*self.enhanced, *self.action])
        return [g for g in self.core if g.index in complete and g.index not in public | taken]

    def with_mlb_id(self) -> set[int]:
        """Indexes of the games that some master names by the MLB id."""
        if not self._with_mlb_id:
            for games in (self.public, self.core, self.complete, self.enhanced, self.action):
                self._with_mlb_id |= _indexes(games)
        return self._with_mlb_id


def needed(sizes: Sizes) -> int:
    """How many games a generated database of that size is about."""
    alone = sum(sizes.games(n) for n in (ONLY_SPLITS, ONLY_ENHANCED, ONLY_ACTION))
    later = sizes.games(327)
    own = sizes.rows("core_betting.games") - _extra("core_betting.games", sizes)
    shared = sizes.rows("public.games") - sizes.games(ONLY_PUBLIC)
    return sizes.rows("public.games") + max(own - shared, 1) + later + alone


def _extra(table: str, sizes: Sizes) -> int:
    """Rows of the master that name no game of their own."""
    extra = sizes.plant(UNKNOWN[table])
    if table == "core_betting.games":
        extra += sizes.plant(TRIALS) + sizes.plant(TWICE)
    return extra


def cast(games: list[Game], sizes: Sizes, seed: int) -> Cast:
    """Give every game its masters."""
    rng = Random(f"{seed}:cast")
    count = sizes.rows("public.games") - _extra("public.games", sizes)
    early, later = games[:count], games[count:]
    only_public = _spread(early, sizes.games(ONLY_PUBLIC))
    shared = [g for g in _without(early, only_public) if not g.resumed]
    count = sizes.rows("core_betting.games") - _extra("core_betting.games", sizes) - len(shared)
    middle = [g for g in later if not g.resumed][: max(count, 1)]
    core = [*shared, *middle]
    rest = _without(later, middle)
    alone, action, rest = _alone(rest, sizes)
    if sizes.real:
        resumed = [g for g in _without(early, only_public) if g.resumed]
        complete = [*shared, *resumed, *_without(middle, _spread(middle, ONLY_CORE)), *rest]
    else:
        size = sizes.rows("curated.games_complete") - len(rest)
        complete = [*_spread(shared, size // 2), *_spread(middle, size - size // 2), *rest]
    result = Cast(games=games, public=early, core=core, complete=_by_start(complete))
    result.action = action
    _special(result, alone, sizes, rng)
    return result


def _alone(rest: list[Game], sizes: Sizes) -> tuple[dict[str, list[Game]], list[Game], list[Game]]:
    """Take the games that one kind of master alone names out of ``rest``."""
    day = _fullest(rest, sizes.rows("action.fact_games"))
    only_action = [g for g in day if not g.double][: sizes.games(ONLY_ACTION)]
    free = [g for g in rest if not g.resumed and not g.double]
    picked = _spread(_without(free, day), sizes.games(ONLY_SPLITS) + sizes.games(ONLY_ENHANCED))
    cut = sizes.games(ONLY_SPLITS)
    alone = {"splits": picked[:cut], "enhanced": picked[cut:], "action": only_action}
    taken = _indexes([*picked, *only_action])
    return alone, day, [g for g in rest if g.index not in taken]


def _fullest(games: list[Game], count: int) -> list[Game]:
    """``count`` games of one day, of a day with a doubleheader if there is one."""
    days: dict[date, list[Game]] = defaultdict(list)
    for game in games:
        if not game.resumed:
            days[game.official].append(game)
    best = max(days.values(), key=lambda d: (len(d) >= count, _pairs(d), len(d)))
    return sorted(best, key=lambda g: (not g.double, g.index))[:count]


def _pairs(day: list[Game]) -> int:
    return sum(g.double for g in day)


def _special(result: Cast, alone: dict[str, list[Game]], sizes: Sizes, rng: Random) -> None:
    two = result.only_core_and_complete()
    cut = sizes.plant(DIFFERING_SCORE)
    won = [g for g in two if g.home_won]
    result.differing_score = won[:cut]
    others = _without(two, result.differing_score)
    result.differing_venue = others[: sizes.plant(DIFFERING_VENUE)]
    usable = _without(result.complete, [*result.differing_score, *result.differing_venue])
    count = sizes.rows("curated.enhanced_games") - len(alone["enhanced"])
    result.enhanced = _by_start([*_sample(usable, count, rng), *alone["enhanced"]])
    plain = [g for g in usable if not g.resumed]
    result.doubleheader = _second_games(plain, sizes.plant(4))
    result.date_only = _sample([g for g in plain if not g.double], sizes.plant(6), rng)
    chosen = [*alone["splits"], *result.doubleheader, *result.date_only]
    others = _without(plain, chosen)
    count = sizes.games(ROWS["splits.games"] - TESTS) - len(chosen)
    result.splits = _by_start([*chosen, *_sample(others, count, rng)])
    others = _without(others, result.splits)
    result.supplementary = _by_start(_sample(others, sizes.games(10), rng))


def _second_games(games: list[Game], count: int) -> list[Game]:
    return [g for g in games if g.double and g.number == 2][:count]


def _spread(games: list[Game], count: int) -> list[Game]:
    """``count`` games at even distances."""
    count = max(0, min(count, len(games)))
    return [games[i * len(games) // count] for i in range(count)]


def _sample(games: list[Game], count: int, rng: Random) -> list[Game]:
    return rng.sample(games, max(0, min(count, len(games))))


def _without(games: Iterable[Game], taken: Iterable[Game]) -> list[Game]:
    indexes = _indexes(taken)
    return [g for g in games if g.index not in indexes]


def _by_start(games: Iterable[Game]) -> list[Game]:
    return sorted(games, key=lambda g: g.index)


def _indexes(games: Iterable[Game]) -> set[int]:
    return {g.index for g in games}

"""How many rows each legacy table gets, and how many of them are planted defects."""

from __future__ import annotations

from dataclasses import dataclass

# Row counts as the operators reported them.
ROWS = {
    "public.games": 1_619,
    "public.game_outcomes": 1_281,
    "splits.games": 252,
    "core_betting.games": 3_186,
    "core_betting.supplementary_games": 252,
    "core_betting.game_outcomes": 1_465,
    "core_betting.betting_lines_moneyline": 12_410,
    "core_betting.betting_lines_spread": 3_360,
    "core_betting.betting_lines_totals": 10_568,
    "mlb_betting.moneyline": 8_835,
    "mlb_betting.spreads": 9_595,
    "mlb_betting.totals": 7_875,
    "action.fact_games": 15,
    "curated.games_complete": 1_577,  # generated mode; with real games: all that stand nowhere else
    "curated.enhanced_games": 1_391,
    "curated.game_outcomes": 1_483,
    "curated.betting_lines_unified": 3_000,
    "staging.moneylines": 884,
    "staging.spreads": 1_057,
    "staging.totals": 884,
}
# Rows of the core_betting line tables that are copies of mlb_betting rows.
COPIES = {"moneyline": 8_000, "spread": 3_000, "totals": 7_000}
LINES = ("betting_lines", "mlb_betting.", "staging.")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes at a scale. With real games the tables of games keep their size: there are no more."""

    scale: float
    real: bool

    def rows(self, table: str) -> int:
        """How many rows the table gets."""
        lines = any(mark in table for mark in LINES)
        return self._scaled(ROWS[table]) if lines or not self.real else ROWS[table]

    def copies(self, market: str) -> int:
        """How many rows of the market's core_betting table are copies of an earlier era."""
        return self._scaled(COPIES[market])

    def games(self, base: int) -> int:
        """A number of games, ``base`` at scale 1; not scaled with real games."""
        return base if self.real else self._scaled(base)

    def plant(self, base: int) -> int:
        """How many defects of a kind are planted: fewer in a small database, never more."""
        return base if self.real or self.scale >= 1 else self._scaled(base)

    def _scaled(self, base: int) -> int:
        return max(1, round(base * self.scale))

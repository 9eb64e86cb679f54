"""What became of the rows of a run, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from integrity.errors import UnprovenFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Rows by their end; ``reasons`` splits ``quarantined``, ``drops`` splits ``dropped``.

    Each end is counted by itself. ``matched`` are those whose row of the target was found: they
    were updated, or unchanged.
    """

    found: int = 0
    matched: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    dropped: int = 0
    empty: int = 0
    quarantined: int = 0
    batches: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    drops: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Figures) -> Figures:
        reasons = dict(Counter(self.reasons) + Counter(other.reasons))
        drops = dict(Counter(self.drops) + Counter(other.drops))
        sums = {name: getattr(self, name) + getattr(other, name) for name in NUMBERS}
        return Figures(reasons=reasons, drops=drops, **sums)

    def __sub__(self, other: Figures) -> Figures:
        reasons = dict(Counter(self.reasons) - Counter(other.reasons))
        drops = dict(Counter(self.drops) - Counter(other.drops))
        left = {name: getattr(self, name) - getattr(other, name) for name in NUMBERS}
        return Figures(reasons=reasons, drops=drops, **left)

    @property
    def accounted(self) -> int:
        """Rows whose end is known."""
        ends = (self.created, self.updated, self.unchanged, self.repeated)
        return sum(ends) + self.dropped + self.empty + self.quarantined

    @property
    def balances(self) -> bool:
        """Whether every row that was found came to one end."""
        return self.found == self.accounted and self.quarantined == sum(self.reasons.values())

    @property
    def reject_share(self) -> Decimal:
        """Rejected rows among those that were neither dropped nor empty."""
        judged = self.found - self.dropped - self.empty
        return Decimal(self.quarantined) / judged if judged else Decimal(0)


NUMBERS = tuple(one.name for one in fields(Figures) if one.name not in ("reasons", "drops"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run of a pipeline. ``run`` is its number, 0 for a dry run; ``seconds`` on the wall.

    ``breaker``: why the run opened the breaker of its rows; empty: it did not.
    """

    pipeline: str
    mode: str
    run: int
    dry_run: bool
    figures: Figures
    seconds: float
    max_reject_share: Decimal | None = None
    breaker: str = ""

    @property
    def rows_a_second(self) -> float:
        """Found rows by second; 0 when the clock shows no time."""
        return self.figures.found / self.seconds if self.seconds > 0 else 0.0

    @property
    def over_budget(self) -> str:
        """Why the run counts as failed though it ran to its end; empty: it does not."""
        limit, share = self.max_reject_share, self.figures.reject_share
        if limit is None or share <= limit:
            return ""
        worst = sorted(self.figures.reasons.items(), key=lambda one: (-one[1], one[0]))[:3]
        listed = ", ".join(f"{rows} {reason}" for reason, rows in worst)
        return (
            f"{self.pipeline}: {_percent(share)} of the rows were rejected, at most"
            f" {_percent(limit)} are allowed: {listed}"
        )

    def require_budget(self) -> None:
        """Raises UnprovenFailure when more rows were rejected than ``rejects: max`` allows."""
        if self.over_budget:
            hint = "the rows are in quarantine; mend the pipeline or the source, and run it again"
            raise UnprovenFailure(self.over_budget, hint=hint)

    def as_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        numbers = {name: getattr(self.figures, name) for name in NUMBERS}
        return {
            "pipeline": self.pipeline,
            "mode": self.mode,
            "run": self.run,
            "dry_run": self.dry_run,
            **numbers,
            "reasons": dict(sorted(self.figures.reasons.items())),
            "drops": dict(sorted(self.figures.drops.items())),
            "seconds": round(self.seconds, 3),
            "rows_a_second": round(self.rows_a_second, 1),
            "over_budget": self.over_budget,
            "breaker": self.breaker,
        }


def _percent(share: Decimal) -> str:
    return f"{format((share * 100).quantize(Decimal('0.01')).normalize(), 'f')} %"

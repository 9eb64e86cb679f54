"""The demo's load broken on purpose, in the ways its first hand-written version was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from acceptance import GAMES, LINES, OUTCOMES, compiled, legacy
from clinic_project import changed, copy_of

from integrity.database.connect import create_database, drop_database
from integrity.errors import UnprovenFailure
from integrity.mlb.legacy.report import PlantingReport
from integrity.model import Migration
from integrity.plan.compile import Compiled
from integrity.run.executor import execute
from integrity.run.verification import TableVerification
from integrity.run.verify import verify

SCALE = 0.1


@dataclass(frozen=True)
class Broken:
    """The demo, and what a broken load of it leads to."""

    project: Compiled
    report: PlantingReport
    copy: Callable[[], str]

    def run(
        self, step: str, edit: Callable[[str], str]
    ) -> tuple[str, dict[str, TableVerification]]:
        """Apply the broken migration: why it stopped, and what verify finds then."""
        url = self.copy()
        with pytest.raises(UnprovenFailure) as caught:
            self._apply(changed(self.project.migrations[0], step, edit), url)
        return caught.value.message, {one.table: one for one in verify(self.project, url).tables}

    def _apply(self, migration: Migration, url: str) -> None:
        settings = self.project.project.settings
        execute(migration, direction="apply", url=url, settings=settings, plan_hash="test")


@pytest.fixture(scope="module")
def demo(server: str) -> Iterator[Broken]:
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(2)]
    template, scratch = (create_database(server, name) for name in names)
    project = compiled(scratch)
    report = legacy(template, project, scale=SCALE, data=None)

    def copy() -> str:
        names.append(f"integrity_test_{uuid4().hex[:12]}")
        return copy_of(template, server, names[-1])

    yield Broken(project, report, copy)
    for name in names:
        drop_database(server, name)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda sql: sql.replace(old, new)


def counts(found: TableVerification) -> dict[tuple[str, str | None], int]:
    return {(one.kind, one.column): one.rows for one in found.counts}


def test_wall_clock_of_the_wrong_coast(demo: Broken) -> None:
    """Games of splits are an hour late, so they are not found again and stand there twice."""
    message, found = demo.run(
        f"load {GAMES}: candidates of splits.games",
        replaced("America/New_York", "America/Chicago"),
    )
    assert f"{GAMES} does not hold what its sources say" in message
    assert counts(found[GAMES])["extra", None] > 0  # games that stand there twice now
    extra = [d for d in found[GAMES].differences if d.kind == "extra"]
    for difference in extra:
        assert difference.sources[0].source == "splits.games"
        ((column, said, is_now),) = difference.claims()
        assert column == "start_time"
        assert is_now is not None and said is not None
        assert datetime.fromisoformat(is_now) - datetime.fromisoformat(said) == timedelta(hours=1)


def test_official_date_taken_for_the_utc_date(demo: Broken) -> None:
    message, found = demo.run(
        f"load {GAMES}: candidates of core_betting.games",
        replaced(
            "(game_datetime at time zone 'America/New_York')::date",
            "(game_datetime at time zone 'UTC')::date",
        ),
    )
    assert f"{GAMES} does not hold what its sources say" in message
    assert counts(found[GAMES]).keys() == {("different", "official_date")}
    for difference in found[GAMES].differences:
        assert difference.expected is not None and difference.actual is not None
        assert difference.expected < difference.actual  # a late game: the next day in UTC
        assert {"core_betting.games"} == {s.source for s in difference.sources}
    assert all(counts(found[table]) == {} for table in found if table != GAMES)


def test_surrogates_of_the_wrong_master(demo: Broken) -> None:
    """The same number is another game in another master: lines stand on wrong games."""
    message, found = demo.run(
        f"load {LINES}: candidates of mlb_betting.spreads",
        replaced("source = 'public.games'", "source = 'core_betting.games'"),
    )
    assert "does not hold what its sources say" in message or "IG002" in message
    wrong = counts(found[LINES])
    assert wrong["different", "game_id"] > 0
    example = next(d for d in found[LINES].differences if d.column == "game_id")
    assert example.sources[0].source in ("mlb_betting.spreads", "core_betting.betting_lines_spread")
    assert next(iter(example.key)) == "game_id"


def test_a_null_book_id_loses_no_line(demo: Broken) -> None:
    """The defect that lost 10,115 lines: rows without a book id left out, silently."""
    message, found = demo.run(
        f"load {LINES}: candidates of core_betting.betting_lines_moneyline",
        replaced("is not true\n", "is not true and sportsbook_id is not null\n"),
    )
    assert f"the ledger of {LINES} does not balance" in message
    assert "core_betting.betting_lines_moneyline" in message
    missing = [d for d in found[LINES].differences if d.kind == "missing"]
    assert missing
    assert all(s.source != "" and s.arm for d in missing for s in d.sources)


def test_a_lost_arm(demo: Broken) -> None:
    def without_closing(sql: str) -> str:
        arm = r"\n\s*union all\s+select\s+6::smallint.*?(?=\s*\) as arm)"
        return re.sub(arm, "", sql, flags=re.S)

    message, found = demo.run(f"load {LINES}: candidates of mlb_betting.totals", without_closing)
    assert "mlb_betting.totals arm under_closing" in message
    assert "are unaccounted for" in message
    missing = {d.sources[0].arm for d in found[LINES].differences if d.kind == "missing"}
    assert missing == {"under_closing"}


def test_swapped_sides(demo: Broken) -> None:
    def columns(sql: str) -> str:
        marked = sql.replace("closing_home_spread_price", "\0")
        marked = marked.replace("closing_away_spread_price", "closing_home_spread_price")
        return marked.replace("\0", "closing_away_spread_price")

    message, found = demo.run(f"load {LINES}: candidates of mlb_betting.spreads", columns)
    assert f"{LINES} does not hold what its sources say" in message
    assert ("different", "price") in counts(found[LINES])
    wrong = [d for d in found[LINES].differences if d.column == "price"]
    assert {d.key["phase"] for d in wrong} == {"closing"}
    assert {d.key["market"] for d in wrong} == {"spread"}


def test_test_rows_that_pass(demo: Broken) -> None:
    message, found = demo.run(
        f"load {OUTCOMES}: candidates of public.game_outcomes",
        replaced("(game_id like 'test\\_%') is not true", "true"),
    )
    assert "the ledger of core_betting.game_outcomes does not balance" in message
    assert "public.game_outcomes" in message
    assert any("unaccounted" in line for line in found[OUTCOMES].ledger)


def test_scores_of_the_copy_instead_of_the_original(demo: Broken) -> None:
    """Survivorship the wrong way round: exactly the planted conflicts show as differences."""
    message, found = demo.run(
        f"load {OUTCOMES}: resolve",
        lambda sql: re.sub(
            r"(array_agg\(m\.home_score order by m\.integrity_candidate)\)", r"\1 desc)", sql
        ),
    )
    assert f"{OUTCOMES} does not hold what its sources say" in message
    assert counts(found[OUTCOMES]) == {
        ("different", "home_score"): demo.report.count("score_differs", OUTCOMES)
    }

"""Proposals for the demo's legacy database, taken as one that nobody described."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cli_project import call

from integrity.database.connect import connect, create_database, drop_database
from integrity.mlb.legacy import demo_legacy
from integrity.propose.proposal import Proposal, propose

CONFIGS = Path(__file__).parents[1] / "configs"
HAZARDS = (
    "legacy-read-only",
    "lossy-rollback",
    "one-way-column",
    "redirected-function",
    "redirected-view",
    "table-parked",
    "unexplained-dependent",
    "unmanaged-object",
    "writes-blocked",
)
# A family of the facts -> tables that one group must hold.
FAMILIES = {
    "games": {
        "core_betting.games",
        "curated.enhanced_games",
        "curated.games_complete",
        "public.games",
        "staging.games",
    },
    "outcomes": {
        "core_betting.game_outcomes",
        "curated.game_outcomes",
        "public.game_outcomes",
    },
    "teams": {"action.dim_teams", "core_betting.teams", "curated.teams_master", "staging.teams"},
    "sportsbooks": {
        "action_network.sportsbooks",
        "core_betting.sportsbooks",
        "curated.sportsbooks",
        "staging.sportsbooks",
    },
    "lines": {
        "action_network.betting_lines",
        "curated.betting_lines",
        "curated.betting_lines_unified",
        "staging.betting_lines",
    },
    "moneylines": {
        "core_betting.betting_lines_moneyline",
        "mlb_betting.moneyline",
        "staging.moneylines",
    },
    "splits": {
        "core_betting.betting_splits",
        "curated.unified_betting_splits",
        "splits.raw_mlb_betting_splits",
        "staging.betting_splits",
    },
    "signals": {
        "analytics.sharp_action_indicators",
        "core_betting.sharp_action_indicators",
        "curated.sharp_action_indicators",
    },
}

# Which book a line names, before and after its numbers have changed.
NAMED = """
select line.id, {name} from core_betting.betting_lines_moneyline as line
join core_betting.sportsbooks as book on book.id = line.sportsbook_id
order by 1
"""


@pytest.fixture(scope="module")
def demo(server: str) -> Iterator[str]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    url = create_database(server, name)
    demo_legacy(CONFIGS, url, data=None, scale=0.1, seed=13)
    yield url
    drop_database(server, name)


@pytest.fixture(scope="module")
def proposal(demo: str) -> Proposal:
    begun = time.monotonic()
    with connect(demo) as conn:
        made = propose(conn, database="demo")
    print(f"{len(made.survey.facts)} tables in {time.monotonic() - begun:.1f} s")
    return made


def test_the_families_are_found(proposal: Proposal) -> None:
    found = [{str(name) for name in group.tables} for group in proposal.groups]
    missing = [name for name, family in FAMILIES.items() if not any(family <= g for g in found)]
    assert missing == []


def test_no_two_families_are_one_group(proposal: Proposal) -> None:
    for group in proposal.groups:
        tables = {str(name) for name in group.tables}
        held = [name for name, family in FAMILIES.items() if family & tables]
        assert len(held) <= 1, (group.name, held)


def test_copies_made_by_an_earlier_migration_are_archived(proposal: Proposal) -> None:
    copies = {name for name in proposal.survey.facts if name.schema == "backup_core_betting"}
    assert copies <= set(proposal.fates.archived)


def test_the_draft_applies_unedited(
    proposal: Proposal, demo: str, server: str, tmp_path: Path
) -> None:
    merged = {str(merge.tables[0]) for merge in proposal.fates.merges}
    assert {"action.dim_teams", "core_betting.sportsbooks"} <= merged
    for name, text in proposal.files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    before = _rows(demo, NAMED.format(name="lower(btrim(name))"))
    assert before
    options = ["--config", str(tmp_path / "configs"), "--database", demo, "--scratch", server]
    assert call(*options, "validate").code == 0
    allowed = [word for code in HAZARDS for word in ("--allow", code)]
    ended = call(*options, "--quiet", "apply", "--yes", *allowed)
    assert ended.code == 0, ended.err
    assert _rows(demo, "select sum(open), sum(quarantined) from operational.integrity_ledger") == [
        (0, 0)
    ]
    teams = _rows(demo, "select count(*), count(distinct abbr) from action.dim_teams")
    assert teams[0][0] == teams[0][1]
    books = _rows(demo, "select name_folded from core_betting.sportsbooks order by 1")
    assert ("draftkings",) in books
    assert _rows(demo, NAMED.format(name="name_folded")) == before


def _rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with connect(url) as conn:
        return conn.execute(sql.encode()).fetchall()

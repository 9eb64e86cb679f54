"""The demo, applied by the runner: every planted defect ends in exactly its place.

Once with generated games, small; once with the real ones where ../shared/data exists.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from acceptance import (
    DATA,
    GAMES,
    IDS,
    LINES,
    OUTCOMES,
    ROOT,
    Demo,
    apply_all,
    compiled,
    legacy,
)
from click.testing import CliRunner
from clinic_project import copy_of

from integrity.cli.main import cli
from integrity.database.connect import create_database, drop_database
from integrity.mlb.legacy.report import Shows
from integrity.run.verify import verify

REAL = pytest.param(
    "real",
    marks=[
        pytest.mark.slow,
        pytest.mark.skipif(DATA is None, reason="no real games: ../shared/data does not exist"),
    ],
)
REASONS = {
    "dirty_mlb_id": "cast mlb_game_pk",
    "unknown_team": "lookup-none home_team",
    "tied_final": "check final_not_tied",
    "orphan": "lookup-none game_id",
    "missing_game_id": "lookup-none game_id",
    "ambiguous_date_key": "lookup-many game_id",
    "unmatched_date_key": "lookup-none game_id",
    "bad_price": "check betting_lines_price_check",
    "live_price": "check moneyline_before_game",
    "price_missing": "null price",
    "unknown_book": "lookup-none sportsbook_id",
    "child_of_rejected": "lookup-none game_id",
}
CONFLICTS = {
    (GAMES, "home_score"): "score_differs",
    (GAMES, "venue_name"): "venue_differs",
    (GAMES, "status"): "outcome_without_score",
    (OUTCOMES, "home_score"): "score_differs",
    (OUTCOMES, "total_line"): "total_line_differs",
    (LINES, "price"): "price_differs",
    ("core_betting.teams", "action_network_id"): "team_id_differs",
    ("core_betting.teams", "full_name"): "team_name_differs",
    ("core_betting.sportsbook_mappings", "sportsbook_id"): "swapped_book_id",
    ("core_betting.sportsbook_mappings", "external_name"): "book_name_differs",
}


@pytest.fixture(scope="module", params=["generated", REAL])
def demo(request: pytest.FixtureRequest, server: str) -> Iterator[Demo]:
    real = request.param == "real"
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(3)]
    url, scratch = (create_database(server, name) for name in names[:2])
    project = compiled(scratch)
    report = legacy(url, project, scale=1.0 if real else 0.1, data=DATA if real else None)
    before = copy_of(url, server, names[2])
    apply_all(project, url)
    yield Demo(url, report, project, before)
    for name in names:
        drop_database(server, name)


def only_real(demo: Demo) -> None:
    if demo.report.mode != "real":
        pytest.skip("only with real games")


def test_quarantine_holds_exactly_the_planted_candidates(demo: Demo) -> None:
    planted = demo.planted(Shows.QUARANTINE)
    found = {c: why for m, part in demo.quarantine.items() if m != IDS for c, why in part.items()}
    assert sorted(set(found) - set(planted)) == []
    assert sorted(set(planted) - set(found)) == []
    for candidate, code in planted.items():
        if code == "doubleheader_no_time":
            many = "match-many" if candidate[0] != "public.game_outcomes" else "lookup-many"
            assert found[candidate].startswith(many)
        else:
            assert found[candidate] == REASONS[code], (candidate, code)


FIGURES = ("found", "matched", "created", "updated", "unchanged", "quarantined")


def test_planted_outcomes_arrive_before_the_consolidation_and_after_it(
    demo: Demo, server: str
) -> None:
    """By the command: 94 of them with real games, at the demo's full size."""
    planted = len([row for row in demo.report.rows if row.code == "outcome_without_score"])
    assert planted == 94 if demo.report.mode == "real" else planted > 0
    unified = "core_betting.enhanced_games"
    for url, table in ((demo.before, "curated.enhanced_games"), (demo.url, unified)):
        name = f"integrity_test_{uuid4().hex[:12]}"
        copy = replace(demo, url=copy_of(url, server, name))
        without = f"select count(*) from {table} where home_score is null"
        assert copy.rows(without) == [(planted,)]
        dry, done, again = (told(copy.url, *more) for more in (["--dry-run"], [], []))
        assert {n: dry[n] for n in FIGURES} == {n: done[n] for n in FIGURES}
        assert (done["updated"], done["quarantined"], again["found"]) == (planted, 0, 0)
        assert copy.rows(without) == [(0,)]
        drop_database(server, name)


def told(url: str, *more: str) -> dict[str, Any]:
    """What ``integrity curated sync-outcomes`` says."""
    given = ["--config", str(ROOT / "configs"), "--database", url, "--json", "-q"]
    done = CliRunner().invoke(cli, [*given, "curated", "sync-outcomes", *more])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_ids_of_rejected_games_are_quarantined_and_no_others(demo: Demo) -> None:
    with_ids = {
        (source, key)
        for source, key, row in demo.rows(
            "select source, source_key, source_row from operational.integrity_quarantine"
            " where mapping = %s",
            GAMES,
        )
        if any(row.get(name) for name in row if name.endswith("game_id"))
    }
    found = demo.quarantine[IDS]
    assert {(source, key) for source, key, _ in found} == with_ids
    assert set(found.values()) == {"lookup-none game_id"}


def test_conflicts_are_exactly_the_planted_ones(demo: Demo) -> None:
    assert set(demo.conflicts) == set(CONFLICTS)
    for (mapping, column), code in CONFLICTS.items():
        found = demo.conflicts[mapping, column]
        planted = set(demo.planted(Shows.CONFLICT, code))
        if mapping in (GAMES, OUTCOMES):
            planted = {c for c in planted if (c[0] == OUTCOMES) == (mapping == OUTCOMES)}
        if (mapping, column) == (LINES, "price"):  # planted in the copy that survives
            assert {demo.line_origins[line] for *_, line in found} == planted
        elif column == "full_name":  # the other table's row loses
            keys = {demo.crosswalk(mapping)[table, key][0] for table, key, _ in planted}
            assert {int(unified) for *_, unified in found} == keys
        else:
            assert {(source, key, arm) for source, key, arm, _ in found} == planted
        assert len(found) == len(planted)


def test_merges_are_exactly_the_planted_ones(demo: Demo) -> None:
    games = demo.crosswalk(GAMES)
    for table, key, _ in demo.planted(Shows.MERGE, "duplicate_in_master", "date_only"):
        unified, survived = games[table, key]
        assert not survived
        assert [k for k, (other, first) in games.items() if other == unified and first]
    copies = {
        demo.line_origins[line]
        for (source, _, _), line in demo.merged_lines.items()
        if source.startswith("mlb_betting.")
    }
    rejected = demo.quarantine[LINES]
    era = set(demo.planted(Shows.MERGE, "era_copy"))
    assert {c for c in copies if c[0].startswith("core_betting.")} == era - set(rejected)
    doubles = set(demo.planted(Shows.MERGE, "duplicate_row"))
    assert doubles <= set(demo.merged_lines)
    assert len(demo.merged_lines) == len(era - set(rejected)) + len(doubles)


def test_dropped_rows_are_exactly_the_planted_ones(demo: Demo) -> None:
    planted = demo.planted(Shows.DROP)
    found = Counter[str]()
    for (mapping, source, _), terms in demo.ledger.items():
        if mapping != IDS:
            found[source] += terms["dropped"]
    assert +found == Counter(source for source, _, _ in planted)
    for table in (GAMES, OUTCOMES):
        assert not {(s, k) for s, k, _ in planted} & set(demo.crosswalk(table))
    assert not set(planted) & set(demo.line_origins.values())
    assert not set(planted) & set(demo.merged_lines)


def test_empty_arms_are_exactly_the_planted_ones(demo: Demo) -> None:
    planted = Counter((source, arm) for source, _, arm in demo.planted(Shows.EMPTY))
    found = {
        (source, arm): terms["empty"]
        for (mapping, source, arm), terms in demo.ledger.items()
        if mapping == LINES and terms["empty"]
    }
    assert found == dict(planted)


def test_every_ledger_balances(demo: Demo) -> None:
    assert [line for line, terms in demo.ledger.items() if terms["open"]] == []
    fed = {(str(m.name), s.label) for m in demo.project.mappings for s in m.sources}
    assert {(mapping, source) for mapping, source, _ in demo.ledger} == fed


def test_every_table_is_what_the_sources_say(demo: Demo) -> None:
    found = verify(demo.project, demo.url)
    assert "\n".join(line for table in found.tables if not table.ok for line in table.lines()) == ""


def test_counts_follow_from_the_games(demo: Demo) -> None:
    for table, expected in demo.report.expected.items():
        if table.startswith("core_betting."):
            assert demo.rows(f"select count(*) from {table}") == [(expected,)], table


def test_complete_outcomes_without_a_score_are_kept_apart(demo: Demo) -> None:
    planted = demo.planted(Shows.CONFLICT, "outcome_without_score")
    keys = demo.crosswalk(GAMES)
    found = demo.rows(
        "select e.game_id from core_betting.enhanced_games as e"
        f" join {OUTCOMES} as o on o.game_id = e.game_id where e.home_score is null"
    )
    assert {game for (game,) in found} == {keys[table, key][0] for table, key, _ in planted}
    if demo.report.mode == "real":
        assert len(found) == 94


# --- real games ------------------------------------------------------------------------------


def real_games() -> dict[int, tuple[str, str, datetime]]:
    """MLB id -> home, away, start, straight from the file of results."""
    assert DATA is not None
    with (DATA / "reference/teams.csv").open(newline="") as file:
        codes = {}
        for team in csv.DictReader(file):
            code = {"ATH": "OAK"}.get(team["team"], team["team"])
            codes |= {team[name]: code for name in ("full_name_2021", "full_name_2025")}
    with (DATA / "results/statsapi_results_2021_2024.csv").open(newline="") as file:
        return {
            int(row["game_pk"]): (
                codes[row["home"]],
                codes[row["away"]],
                datetime.fromisoformat(row["game_date"]),
            )
            for row in csv.DictReader(file)
        }


def test_no_real_game_is_merged_or_split(demo: Demo) -> None:
    only_real(demo)
    real = real_games()
    by_start = {facts: pk for pk, facts in real.items()}
    assert len(real) == len(by_start) == 9_718
    rows = demo.rows(
        f"select mlb_game_pk, home_team, away_team, start_time at time zone 'UTC' from {GAMES}"
    )
    assert len(rows) == 9_718
    named = Counter[int]()
    for pk, home, away, start in rows:
        here = by_start[home, away, start.replace(tzinfo=UTC)]
        assert pk in (None, here)
        named[here] += 1
    assert named == Counter(list(real))  # each exactly once


def test_members_of_a_game_never_name_two_games(demo: Demo) -> None:
    found = demo.rows(
        """
        select x.unified_key, array_agg(distinct named.id)
        from (
            select 'public.games' as source, id::text as key, btrim(mlb_stats_api_game_id) as id
            from public.games
            union all
            select 'core_betting.games', id::text, btrim(mlb_stats_api_game_id)
            from core_betting__legacy.games
            union all
            select 'curated.games_complete', id::text, btrim(mlb_stats_api_game_id)
            from curated.games_complete
            union all
            select 'curated.enhanced_games', id::text, btrim(mlb_stats_api_game_id)
            from curated.enhanced_games
            union all
            select 'action.fact_games', id::text, id_mlbstatsapi::text
            from action.fact_games
        ) as named
        join operational.integrity_crosswalk_core_betting_games as x
            on x.source = named.source
            and x.source_key = named.key
        where named.id is not null
        group by 1
        having count(distinct named.id) > 1
        """
    )
    assert found == []


def test_closing_prices_stand_on_the_right_game_or_in_quarantine(demo: Demo) -> None:
    only_real(demo)
    real = real_games()
    lines = demo.rows(
        f"""
        select s.id, s.game_id, l.side, l.price, l.phase, g.mlb_game_pk, g.home_team, g.away_team,
            g.start_time at time zone 'UTC',
            case l.side when 'home' then s.home_odds else s.away_odds end
        from staging.moneylines as s
        join {LINES} as l on l.origin = 'staging.moneylines' and l.origin_key = s.id::text
        join {GAMES} as g on g.game_id = l.game_id
        where s.sportsbook_name = 'Consensus' and s.game_id like 'odds:%'
        """
    )
    on_day = Counter((start.date(), home, away) for home, away, start in real.values())
    starts = {(home, away, start) for home, away, start in real.values()}
    for _, key, _, price, phase, pk, home, away, start, written in lines:
        day = datetime.fromisoformat(key.split(":")[1]).date()
        assert (day, home, away) == (start.date(), home, away)
        assert on_day[day, home, away] == 1, "two games that day: nobody can tell"
        assert (home, away, start.replace(tzinfo=UTC)) in starts
        assert pk is None or real[pk] == (home, away, start.replace(tzinfo=UTC))
        assert price == written
        assert phase in ("closing", "live")
    on_a_game = {row[0] for row in lines}
    assert len(on_a_game) >= 6_500
    prices = consensus(demo)
    rejected = Counter(
        why
        for (source, key, arm), why in demo.quarantine[LINES].items()
        if source == "staging.moneylines" and arm == "home" and int(key) in prices
    )
    assert rejected == {"lookup-many game_id": 1_307, "lookup-none game_id": 1}
    assert len(on_a_game) + rejected.total() == 7_930


def consensus(demo: Demo) -> set[int]:
    return {
        key
        for (key,) in demo.rows(
            "select id from staging.moneylines"
            " where sportsbook_name = 'Consensus' and game_id like 'odds:%'"
        )
    }

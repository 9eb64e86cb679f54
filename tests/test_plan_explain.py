"""The plan as text and Markdown, the verdict, and the geometry of the map."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from plan_fixture import FIGURES, HOSTILE, example_plan, hostile_plan

from integrity.model import Name
from integrity.plan.explain.document import sections
from integrity.plan.explain.flow_map import picture
from integrity.plan.explain.markdown import escaped, render_markdown
from integrity.plan.explain.text import render_text
from integrity.plan.model import LedgerLine, MappingProfile, Plan
from integrity.plan.shown import shown, shown_lines
from integrity.plan.verdict import OUTCOMES, by_source, judge, total

BOTH = pytest.mark.parametrize("plan", [example_plan(), hostile_plan()], ids=["example", "hostile"])


def _lines(plan: Plan) -> list[LedgerLine]:
    return [line for profile in plan.profiles or () for line in profile.ledger]


# --- the fixture and the verdict -------------------------------------------------------------


def test_the_fixture_is_of_realistic_size_and_balances() -> None:
    plan = example_plan()
    assert len(plan.mappings) == 8
    assert len({source for mapping in plan.mappings for source in mapping.sources}) == 26
    assert all(line.open == 0 for line in _lines(plan))
    rejected = sum(group.count for one in plan.profiles or () for group in one.rejects)
    assert rejected == total(_lines(plan)).quarantined


def test_totals_add_every_term() -> None:
    line = LedgerLine(
        source="s",
        arm="a",
        candidates=35,
        inserted=1,
        merged=2,
        quarantined=3,
        dropped=4,
        empty=5,
        moved=6,
        archived=7,
    )
    sums = total([line, line], source="all")
    assert (sums.source, sums.candidates, sums.open) == ("all", 70, 14)
    assert [getattr(sums, name) for name in OUTCOMES] == [2, 4, 12, 14, 6, 8, 10]
    assert by_source([line, line]) == (replace(sums, source="s"),)


def test_the_verdict_in_one_paragraph() -> None:
    verdict = judge(example_plan())
    assert (verdict.state, verdict.title) == (
        "hazardous",
        "Runs once 7 kinds of hazard are allowed",
    )
    assert verdict.paragraph == (
        "013_unified_schema_consolidation and 014_performance_optimization run 22 steps against "
        "database mlb_betting. 26 legacy tables feed 8 unified tables. Of 189,613 candidates, "
        "125,823 become rows, 56,048 merge into them, 1,391 move as they are, 3,149 go to "
        "quarantine, 144 are dropped by rule and 3,058 are empty arms. 2 views and functions "
        "will read other tables than before, or old ones."
    )


def _profile(*lines: LedgerLine) -> MappingProfile:
    table = Name("core_betting", "teams")
    return MappingProfile(table=table, ledger=lines, rejects=(), conflicts=(), seconds=0.0)


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"drift": ("a is b",)}, "drift: a is b"),
        (
            {"profiles": (_profile(LedgerLine(source="s", arm="", candidates=3, inserted=1)),)},
            "core_betting.teams: 2 candidates not accounted for",
        ),
        (
            {
                "profiles": (
                    _profile(
                        LedgerLine(source="s", arm="", candidates=4, inserted=3, quarantined=1)
                    ),
                )
            },
            "core_betting.teams: 25.00% of its candidates are rejected, 15.00% are allowed",
        ),
    ],
    ids=["drift", "open ledger", "reject budget"],
)
def test_what_stops_a_plan(changes: dict[str, object], obstacle: str) -> None:
    verdict = judge(replace(example_plan(), **changes))  # type: ignore[arg-type]
    assert (verdict.state, verdict.obstacles) == ("blocked", (obstacle,))
    assert verdict.title == "Blocked by 1 finding"


def test_other_verdicts() -> None:
    plan = example_plan()
    assert judge(replace(plan, hazards=())).state == "clear"
    assert judge(replace(plan, hazards=plan.hazards[:1])).title == (
        "Runs once 1 kind of hazard is allowed"
    )
    nothing = judge(replace(plan, migrations=(), mappings=(), hazards=()))
    assert (nothing.state, nothing.paragraph) == (
        "nothing",
        "The database is in the state that the YAML describes.",
    )
    drifted = judge(replace(plan, migrations=(), mappings=(), hazards=(), drift=("a is b",)))
    assert (drifted.state, drifted.obstacles) == ("blocked", ("drift: a is b",))
    assert "not as the last one left it" in drifted.paragraph
    assert "plan with --data" in judge(replace(plan, profiles=None)).paragraph


# --- what is shown ---------------------------------------------------------------------------


def test_hidden_characters_are_spelt() -> None:
    assert shown("a\tb\nc\r\x00\x1b[0m\u202ed\u200b\U000e0041é漢") == (
        "a\\tb\\nc\\r\\u0000\\u001b[0m\\u202ed\\u200b\\U000e0041é漢"
    )
    assert shown_lines("a\n\tb\u2066\r") == "a\n\tb\\u2066\\r"


@BOTH
@pytest.mark.parametrize("terminal", [True, False])
def test_text_holds_every_table_and_no_control_character(plan: Plan, terminal: bool) -> None:
    text = render_text(plan, terminal=terminal, width=120)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text) if terminal else text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u200b\u202e\u2066]", bare)
    assert text == render_text(plan, terminal=terminal, width=120)
    for one in sections(plan):
        first = shown(one.title)[:40]
        assert first in bare


def test_plain_text_is_plain() -> None:
    text = render_text(example_plan(), terminal=False)
    assert text.isascii()
    assert "\x1b" not in text
    assert re.search(r"^  public\.games +9,718 +9,718 +0 +0 +0 +0$", text, re.MULTILINE)
    assert not any(line != line.rstrip() for line in text.splitlines())
    assert "\x1b[" in render_text(example_plan(), terminal=True)


def test_markup_of_rich_is_shown_as_text() -> None:
    plan = replace(example_plan(), unmanaged=("[red]policy[/red] :smile:",))
    assert "[red]policy[/red] :smile:" in render_text(plan, terminal=True, width=200)


def test_rich_is_not_imported_for_a_pipe() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); import plan_fixture\n"
        "from integrity.plan.explain.text import render_text\n"
        "render_text(plan_fixture.example_plan(), terminal=False)\n"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_markdown_has_a_table_for_each_grid() -> None:
    plan = example_plan()
    grids = [grid for one in sections(plan) for grid in one.grids]
    text = render_markdown(plan)
    assert len(re.findall(r"^\| ---", text, re.MULTILINE)) == len(grids)
    assert "| public.games |   | 9,718 | 9,718 | 0 | 0 | 0 | 0 |" in text
    assert text.startswith("# Plan of mlb: Runs once 7 kinds of hazard are allowed\n")


def test_markdown_rows_have_as_many_cells_as_their_head() -> None:
    for block in render_markdown(hostile_plan()).split("\n\n"):
        if block.startswith("|"):
            counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(counts) == 1, block


def test_markdown_of_hostile_text_holds_no_tag_link_or_code() -> None:
    text = render_markdown(hostile_plan())
    assert not re.search(r"(?<!\\)[<>`*\[\]]", text.replace("**", ""))
    assert escaped("a|b [x](http://y) <b> snake_case _it_ `c` @me #1 1. www.a.b") == (
        "a\\|b \\[x\\](http&#58;//y) &#60;b&#62; snake_case \\_it\\_ \\`c\\` &#64;me \\#1 1. "
        "www&#46;a.b"
    )


# --- the map ---------------------------------------------------------------------------------


def test_the_map_draws_every_candidate_once() -> None:
    drawn = picture(example_plan())
    assert drawn is not None and drawn.counted
    assert (len(drawn.sources), len(drawn.tables)) == (26, 8)
    everything = sum(line.candidates for line in _lines(example_plan()))
    assert sum(one.flow.count for one in drawn.ribbons) == everything
    assert sum(node.total for node in drawn.sources) == everything
    assert sum(node.total for node in drawn.tables) == everything
    games = next(node for node in drawn.tables if node.name == "core_betting.games")
    assert games.rows == 9852
    assert {node.name for node in drawn.tables} == set(FIGURES)


def test_nothing_in_the_map_overlaps_or_leaves_it() -> None:
    drawn = picture(example_plan())
    assert drawn is not None
    for column in (drawn.sources, drawn.tables):
        for above, below in pairwise(column):
            assert above.y + above.height < below.y
            assert below.middle - above.middle >= 15
        assert column[0].y >= 0 and column[-1].y + column[-1].height <= drawn.height + 0.01
        for node in column:
            assert sum(band.height for band in node.bands) == pytest.approx(node.height)


def test_a_ribbon_is_as_wide_as_its_count() -> None:
    drawn = picture(example_plan())
    assert drawn is not None
    heights = {}
    for node in drawn.sources:
        bands = iter(node.bands)
        flows = [one.flow for one in drawn.ribbons if one.source == node.number]
        heights |= {max(flow.count for flow in flows): max(band.height for band in bands)}
    wide = {count: height for count, height in heights.items() if count > 3000}
    ratios = [height / count for count, height in wide.items()]
    assert max(ratios) == pytest.approx(min(ratios))


def test_a_map_without_counts_and_no_map() -> None:
    drawn = picture(replace(example_plan(), profiles=None))
    assert drawn is not None and not drawn.counted
    assert len(drawn.ribbons) == sum(len(sources) for sources in FIGURES.values())
    assert picture(replace(example_plan(), mappings=(), profiles=())) is None


def test_the_map_does_not_depend_on_the_order_of_the_mappings() -> None:
    plan = example_plan()
    turned = replace(plan, profiles=tuple(reversed(plan.profiles or ())))
    assert picture(plan) is not None
    assert {r.flow for r in picture(turned).ribbons} == {r.flow for r in picture(plan).ribbons}  # type: ignore[union-attr]


def test_hostile_texts_are_in_the_fixture() -> None:
    assert all(text in str(hostile_plan().project) for text in HOSTILE)

"""The project's own configuration and the example of docs/mappings.md: both load, all explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import DOTALL, findall

from integrity.config import load_project
from integrity.config.coverage import Cover, coverage, unexplained
from integrity.model import CrosswalkLookup, FirstOf, Mapping, Name, Project, Value

ROOT = Path(__file__).parent.parent

# The tables that the user named, and what must feed them.
NAMED = {
    "raw_data.action_network_raw": 3,
    "raw_data.vsin_raw_data": 3,
    "raw_data.sbd_raw_data": 1,
    "raw_data.mlb_api_responses": 4,
    "raw_data.raw_mlb_betting_splits": 2,
    "core_betting.games": 12,
    "core_betting.betting_lines": 18,
    "core_betting.sportsbooks": 4,
    "core_betting.teams": 4,
    "core_betting.game_outcomes": 3,
    "core_betting.enhanced_games": 1,
    "analytics.sharp_action_signals": 9,
    "analytics.strategy_results": 2,
    "analytics.backtesting_results": 1,
    "analytics.ml_features": 8,
    "analytics.betting_splits": 6,
    "operational.data_quality_metrics": 4,
    "operational.collection_logs": 3,
    "operational.performance_monitoring": 3,
    "operational.auth_users": 1,
}
COPIES = ("archive", "backup_core_betting")

# What the example of the page reads; the page shows mappings, not contracts.
DESK = """\
schema: desk
tables:
  members:
    columns:
      member_id: {type: integer}
      card_no: {type: text}
      full_name: {type: text}
      joined: {type: timestamp without time zone}
      age: {type: integer}
    primary_key: [member_id]
  slips:
    columns:
      slip: {type: integer}
      member_id: {type: integer}
      copy_no: {type: integer}
      taken_on: {type: date}
      returned_on: {type: date}
    primary_key: [slip]
  fines:
    columns:
      fine: {type: integer}
      cents: {type: integer}
      reason: {type: text}
      created_at: {type: timestamp with time zone}
      updated_at: {type: timestamp with time zone}
    primary_key: [fine]
  hours: {columns: {day: {type: text}}}
  slips_2019: {columns: {slip: {type: integer}}}
"""
LENDING = "schema: lending\ntables: {branches: {columns: {name: {type: text}}}}\n"
BACKUP = "schema: backup\ntables: {slips: {columns: {slip: {type: integer}}}}\n"
FINES = """\
schema: lending
tables:
  fines:
    columns:
      fine_id: {type: bigint, key: assigned}
      amount: {type: "numeric(8,2)"}
      created_at: {type: timestamptz, null: false}
      updated_at: {type: timestamptz}
      legacy_attributes: {type: jsonb}
    primary_key: [fine_id]
    natural_key: [created_at]
"""
WEB = """\
schema: web
tables:
  accounts:
    columns:
      id: {type: integer}
      card: {type: text}
      email: {type: text}
      display_name: {type: text}
      created_at: {type: timestamp with time zone}
    primary_key: [id]
  clicks: {columns: {path: {type: text}}}
  visits: {columns: {visitor: {type: text}}}
"""


@cache
def the_project() -> Project:
    return load_project(ROOT / "configs")


def test_every_legacy_table_and_column_is_explained() -> None:
    project = the_project()
    covers = coverage(project)

    assert [str(problem) for problem in unexplained(covers, project)] == []
    ours = [cover for cover in covers if cover.cover is not Cover.FOREIGN]
    assert len(ours) == 253
    assert len({cover.table.schema for cover in ours}) == 24


def test_unified_tables_stand_in_four_schemas() -> None:
    assert {table.name.schema for table in the_project().tables} == {
        "raw_data",
        "core_betting",
        "analytics",
        "operational",
    }


def test_the_named_tables_are_fed_by_their_families() -> None:
    fed = {str(m.table): len(m.sources) for m in the_project().mappings}

    assert {name: fed.get(name, 0) for name in NAMED} == NAMED


def test_second_copies_feed_nothing() -> None:
    retired = {str(one.table): one.kind for one in the_project().retired}
    copies = [t.name for t in the_project().legacy.tables if t.name.schema in COPIES]

    assert len(copies) == 12
    assert {retired[str(name)] for name in copies} == {"archive"}
    assert Counter(retired.values())["drop"] == 10


def test_new_sources_of_games_and_lines_come_after_those_of_july() -> None:
    """Whatever staging and the analysts' copies say, it does not displace a consolidated value."""
    prefer = [str(name) for name in _mapping("core_betting.games").survivorship.prefer]
    assert prefer[:7] == [
        "public.games",
        "curated.games_complete",
        "curated.enhanced_games",
        "core_betting.games",
        "action.fact_games",
        "splits.games",
        "core_betting.supplementary_games",
    ]
    lines = [str(name) for name in _mapping("core_betting.betting_lines").survivorship.prefer]
    assert lines[:10] == [
        "core_betting.betting_lines_moneyline",
        "core_betting.betting_lines_spread",
        "core_betting.betting_lines_totals",
        "mlb_betting.moneyline",
        "mlb_betting.spreads",
        "mlb_betting.totals",
        "curated.betting_lines_unified",
        "staging.moneylines",
        "staging.spreads",
        "staging.totals",
    ]


def test_a_game_is_found_in_the_numbering_of_its_own_master() -> None:
    """The same number means another game in each master: no column reads a strange one.

    Where legacy declares what a column references, the crosswalk is the one of that table.
    """
    project = the_project()
    wrong = [
        (str(mapping.table), str(source.table), column, str(way.source))
        for mapping in project.mappings
        for source in mapping.sources
        for column, value in source.columns.items()
        for way in _ways(value)
        if isinstance(way, CrosswalkLookup)
        and (meant := _referenced(project, source.table, way.key[0].text))
        and way.source != meant
    ]

    assert wrong == []


def _referenced(project: Project, table: Name, column: str) -> Name | None:
    contract = project.legacy.table(table)
    assert contract is not None
    keys = (key for key in contract.foreign_keys if key.columns == (column,))
    return next((key.references for key in keys), None)


def _ways(value: Value) -> Iterator[Value]:
    yield from value.ways if isinstance(value, FirstOf) else (value,)


def _mapping(name: str) -> Mapping:
    mapping = the_project().mapping(Name(*name.split(".")))
    assert mapping is not None
    return mapping


def test_deleted_ids_never_delete_the_game_they_stand_on() -> None:
    project = load_project(ROOT / "configs")
    mapping = project.mapping(Name("core_betting", "game_id_mappings"))

    assert mapping is not None
    assert not any(source.write_back for source in mapping.sources)


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
    files = {
        "project.yaml": "project: library\n",
        "legacy/desk.yaml": DESK,
        "legacy/web.yaml": WEB,
        "legacy/lending.yaml": LENDING,
        "legacy/backup.yaml": BACKUP,
        "unified/fines.yaml": FINES,
        **{
            path: text
            for path, text in findall(r"```yaml\n# configs/(\S+)\n(.*?)```", page, DOTALL)
        },
    }
    for path, text in files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")

    project = load_project(tmp_path)

    loaded = [m for m in project.mappings if not m.moves]
    assert [str(m.table) for m in loaded] == ["lending.fines", "lending.loans", "lending.readers"]
    assert [arm.label for arm in loaded[1].sources[0].arms] == ["taken", "returned"]
    assert {str(m.sources[0].table): str(m.table) for m in project.mappings if m.moves} == {
        "desk.hours": "lending.opening_hours",
        "lending.branches": "lending.branches",
        "web.visits": "lending.web_visits",
    }
    assert {str(t.table): t.unexplained for t in coverage(project) if t.unexplained} == {}

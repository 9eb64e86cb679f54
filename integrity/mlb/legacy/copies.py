"""What must not be counted twice: backups without keys, an archive in JSON, second copies.

The server copies the rows, so that they are what they are copies of to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrity.mlb.legacy.sheet import Draft
from integrity.model import Table
from integrity.sql.quote import idents, literal, qualified

BACKED_UP = datetime(2025, 7, 24, 3)
LEFTOVERS = {
    "public.benchmark_performance": 200,
    "public.benchmark_test": 500,
    "public.performance_test": 50,
    "public.test_parallel": 100,
    "public.test_table": 1,
}  # public.concurrency_test holds no row
BACKUPS = (
    "betting_lines_moneyline",
    "betting_lines_spread",
    "betting_lines_totals",
    "data_migrations",
    "data_source_metadata",
    "games",
    "sportsbook_external_mappings",
    "sportsbooks",
    "supplementary_games",
    "teams",
)
_STAMP = f"timestamptz {literal('2025-07-28 03:00:00+00')}"
_MARK = "jsonb_build_object('copied_by', 'july migration')"


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows of one table that become rows of another: target column -> expression."""

    source: str
    target: str
    columns: Mapping[str, str]


_SHARED = {
    "legacy_id": "id",
    "raw_data": "to_jsonb(s)",
    "source_metadata": _MARK,
    "collection_timestamp": "created_at",
    "migrated_at": _STAMP,
}
_LINE = {**_SHARED, "legacy_game_id": "game_id", "sportsbook": "sportsbook"}
_LINE |= {"odds_timestamp": "odds_timestamp"}
_GAME = (
    "sportsbookreview_game_id",
    "mlb_stats_api_game_id",
    "action_network_game_id",
    "home_team",
    "away_team",
    "game_date",
    "game_datetime",
    "game_status",
    "home_score",
    "away_score",
    "winning_team",
    "venue_name",
    "season",
)
COPIES = (
    Copy("public.games", "raw_data.legacy_games", _SHARED | {n: n for n in _GAME}),
    Copy(
        "mlb_betting.moneyline",
        "raw_data.legacy_betting_lines_moneyline",
        _LINE | {"home_moneyline": "home_ml", "away_moneyline": "away_ml"},
    ),
    Copy(
        "mlb_betting.spreads",
        "raw_data.legacy_betting_lines_spread",
        _LINE
        | {n: n for n in ("home_spread_price", "away_spread_price")}
        | {"spread_line": "home_spread", "betting_data": _MARK},
    ),
    Copy(
        "mlb_betting.totals",
        "raw_data.legacy_betting_lines_totals",
        _LINE | {n: n for n in ("total_line", "over_price", "under_price")},
    ),
    Copy(
        "core_betting.data_migrations",
        "archive.legacy_data_migrations",
        {"legacy_id": "id", "migration_record": "to_jsonb(s)", "archived_at": _STAMP},
    ),
    Copy(
        "core_betting.supplementary_games",
        "archive.legacy_supplementary_games",
        {
            "legacy_id": "row_number() over (order by id)",
            "supplementary_record": "to_jsonb(s)",
            "archived_at": _STAMP,
        },
    ),
)
GENERIC = 483  # lines of any market that the earlier migration copied once more
GENERIC_COPY = Copy(
    "mlb_betting.moneyline",
    "raw_data.legacy_betting_lines",
    _LINE | {"line_type": "'moneyline'", "line_data": _MARK, "betting_percentages": _MARK},
)


def fill_leftovers(draft: Draft) -> None:
    """Benchmark leftovers, noted row by row, and the number of rows that the server will copy."""
    for table, count in LEFTOVERS.items():
        columns = draft.contract(table).columns
        draft.tables[table] = [
            {c.name: n if c.name == "id" else _value(c.type, n) for c in columns}
            for n in range(1, count + 1)
        ]
        draft.note("benchmark_row", table, draft.tables[table])
    for copy in COPIES:
        draft.copied[copy.target] = len(draft.tables[copy.source])
    draft.copied[GENERIC_COPY.target] = min(GENERIC, len(draft.tables[GENERIC_COPY.source]))
    for name in BACKUPS:
        draft.copied[f"backup_core_betting.{name}"] = len(draft.tables[f"core_betting.{name}"])


def _value(kind: str, number: int) -> object:
    if kind.startswith("timestamp"):
        return BACKED_UP + timedelta(seconds=number)
    return f"benchmark {number}"


def copy_statements(draft: Draft) -> Iterator[str]:
    """The statements that copy; they run when the rows of the sources are in."""
    contracts = draft.contracts
    for copy in (*COPIES, GENERIC_COPY):
        limit = f" limit {GENERIC}" if copy is GENERIC_COPY else ""
        target, source = contracts[copy.target], contracts[copy.source]
        names, values = idents(copy.columns), ", ".join(copy.columns.values())
        yield (
            f"insert into {qualified(target.name)} ({names})\n"  # noqa: S608
            f"select {values} from (select * from {qualified(source.name)} order by 1{limit}) as s"
        )
    for name in BACKUPS:
        yield _backup(contracts[f"backup_core_betting.{name}"], contracts[f"core_betting.{name}"])


def _backup(target: Table, source: Table) -> str:
    """A copy of the whole table; a column that the source lacks says when it was made."""
    known = {c.name for c in source.columns}
    columns = [c.name for c in target.columns]
    stamp = literal(str(BACKED_UP))
    values = [idents([name]) if name in known else f"timestamp {stamp}" for name in columns]
    return (
        f"insert into {qualified(target.name)} ({idents(columns)})\n"
        f"select {', '.join(values)} from {qualified(source.name)} order by 1"
    )

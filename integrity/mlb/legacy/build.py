"""The demo's legacy database: contracts into tables, games into rows, defects into a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from integrity.catalog.build import create_statements
from integrity.database.connect import Connection, connect, translated
from integrity.mlb.legacy.accounts import fill_accounts
from integrity.mlb.legacy.aged import AM_SUPERUSER, aging, grown_old, set_aside
from integrity.mlb.legacy.archive import Folder, read_folder
from integrity.mlb.legacy.cast import cast, needed
from integrity.mlb.legacy.codes import CODES
from integrity.mlb.legacy.copies import copy_statements, fill_leftovers
from integrity.mlb.legacy.directories import fill_directories
from integrity.mlb.legacy.enhanced import fill_enhanced
from integrity.mlb.legacy.expected import expect
from integrity.mlb.legacy.features import fill_features
from integrity.mlb.legacy.landing import fill_landing
from integrity.mlb.legacy.later_lines import fill_later_lines
from integrity.mlb.legacy.later_masters import fill_later_masters
from integrity.mlb.legacy.later_splits import fill_later_splits
from integrity.mlb.legacy.lines import fill_lines
from integrity.mlb.legacy.masters import fill_masters
from integrity.mlb.legacy.odds_history import fill_odds_history
from integrity.mlb.legacy.operations import fill_operations
from integrity.mlb.legacy.outcomes import fill_outcomes
from integrity.mlb.legacy.pages import fill_pages
from integrity.mlb.legacy.raw_splits import fill_raw_splits
from integrity.mlb.legacy.reference import fill_reference
from integrity.mlb.legacy.report import PlantingReport
from integrity.mlb.legacy.season import seasons
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.mlb.legacy.signals import fill_signals
from integrity.mlb.legacy.sizes import Sizes
from integrity.mlb.legacy.staging import fill_staging
from integrity.mlb.legacy.strategies import fill_strategies
from integrity.mlb.legacy.unified_lines import fill_unified_lines
from integrity.model import Catalog, Name, Table
from integrity.sql.quote import ident, literal, qualified

LATER: tuple[Callable[[Draft], None], ...] = (
    fill_later_masters,
    fill_directories,
    fill_raw_splits,
    fill_pages,
    fill_odds_history,
    fill_later_splits,
    fill_later_lines,
    fill_features,
    fill_signals,
    fill_strategies,
    fill_accounts,
    fill_operations,
    fill_leftovers,
)
DEPENDENTS = Path(__file__).with_name("dependents.sql")
Progress = Callable[[str], None]
FILLERS: tuple[Callable[[Draft], None], ...] = (
    fill_masters,
    fill_landing,
    fill_enhanced,
    fill_reference,
    fill_outcomes,
    fill_lines,
    fill_unified_lines,
    fill_staging,
    expect,
)


def build_legacy(
    url: str,
    contracts: Catalog,
    *,
    data: Path | None = None,
    scale: float = 1.0,
    seed: int = 13,
    july: bool = False,
    progress: Progress = lambda _: None,
) -> PlantingReport:
    """Create the tables of ``contracts`` in an empty database and fill them.

    ``data`` names the folder with real games; without it games are generated from ``seed`` and
    marked as generated. The same arguments give the same rows. ``scale`` multiplies the sizes,
    but for the tables of games when games are real. ``july``: the contracts are those of that era
    alone. Raises DatabaseFailure when the database
    already has one of the objects.
    """
    progress("games")
    everything = None if july else contracts
    draft = write_draft(data=data, scale=scale, seed=seed, contracts=everything)
    with connect(url) as conn, translated("build the legacy database"), conn.transaction():
        _build(conn, contracts, draft, progress)
    with connect(url) as conn, translated("analyze the legacy database"):
        conn.execute("analyze")
    return report_of(draft)


def _build(conn: Connection[Any], contracts: Catalog, draft: Draft, progress: Progress) -> None:
    """Tables, rows, copies, and what hangs on them, in that order."""
    progress("tables")
    for statement in create_statements(contracts):
        conn.execute(statement)
    conn.execute("set local search_path = pg_catalog")
    old = aging(contracts)
    for statement in set_aside(old):
        conn.execute(statement)
    for table in _parents_first(contracts.tables):
        progress(str(table.name))
        if rows := draft.tables.get(str(table.name)):
            _copy(conn, table, rows)
    if draft.contracts:
        progress("copies")
        for statement in copy_statements(draft):
            conn.execute(statement)
    (superuser,) = conn.execute(AM_SUPERUSER).fetchone() or (False,)
    for statement in grown_old(old, superuser=superuser):
        conn.execute(statement)
    progress("sequences and views")
    for statement in (*_sequences(contracts), *_refreshes(contracts)):
        conn.execute(statement)
    if draft.contracts:  # it names tables of every era
        conn.execute(DEPENDENTS.read_bytes())


def write_draft(
    *, data: Path | None, scale: float, seed: int, contracts: Catalog | None = None
) -> Draft:
    """All rows of the legacy database in memory, with the report of what was planted.

    Without ``contracts`` the tables of the July era alone, whose rows are written by hand.
    """
    folder: Folder | None = read_folder(data) if data else None
    sizes = Sizes(scale, real=folder is not None)
    games = folder.games if folder else seasons(needed(sizes), seed)
    draft = Draft(cast=cast(games, sizes, seed), sizes=sizes, seed=seed, folder=folder)
    for fill in FILLERS:
        fill(draft)
    if contracts is not None:
        draft.contracts = {str(table.name): table for table in contracts.tables}
        for fill in LATER:
            fill(draft)
    return draft


def report_of(draft: Draft) -> PlantingReport:
    """What was planted in the draft, counted."""
    return PlantingReport(
        mode="real" if draft.folder else "generated",
        scale=draft.sizes.scale,
        seed=draft.seed,
        planted=draft.planting.summary(CODES),
        rows=tuple(draft.planting.rows),
        tables=_sizes(draft),
        expected=dict(draft.planting.expected),
    )


def _sizes(draft: Draft) -> dict[str, int]:
    """Rows by table, with those that the server copies and with tables that hold none."""
    sizes = dict.fromkeys(draft.contracts, 0) | draft.copied
    return dict(sorted((sizes | {t: len(rows) for t, rows in draft.tables.items()}).items()))


def _parents_first(tables: Sequence[Table]) -> list[Table]:
    """The tables so that each comes after those that it references."""
    names = {t.name for t in tables}
    placed: dict[Name, Table] = {}
    while len(placed) < len(tables):
        for table in tables:
            parents = {k.references for k in table.foreign_keys} & names - {table.name}
            if table.name not in placed and parents <= placed.keys():
                placed[table.name] = table
    return list(placed.values())


def _copy(conn: Connection[Any], table: Table, rows: list[Row]) -> None:
    """Load the rows with the table's triggers off: one of them raises on every such row."""
    name = qualified(table.name)
    columns = list(rows[0])
    names = ", ".join(ident(c) for c in columns)
    if table.triggers:
        conn.execute(f"alter table {name} disable trigger user")
    with conn.cursor() as cursor, cursor.copy(f"copy {name} ({names}) from stdin") as copy:
        for row in rows:
            copy.write_row([row[c] for c in columns])
    if table.triggers:
        conn.execute(f"alter table {name} enable trigger user")


def _sequences(contracts: Catalog) -> Iterator[str]:
    """Each sequence goes on after the highest id, as it would had the rows been inserted."""
    for sequence in contracts.sequences:
        if sequence.owned_by:
            table, column = sequence.owned_by.split(".")
            owner = qualified(Name(sequence.name.schema, table))
            name = literal(qualified(sequence.name))
            yield f"select setval({name}, max({ident(column)})) from {owner}"  # noqa: S608


def _refreshes(contracts: Catalog) -> Iterator[str]:
    for view in contracts.views:
        if view.materialized:
            yield f"refresh materialized view {qualified(view.name)}"

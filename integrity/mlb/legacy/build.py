"""The demo's legacy database: contracts into tables, games into rows, defects into a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from integrity.catalog.build import create_statements
from integrity.database.connect import Connection, connect, translated
from integrity.mlb.legacy.archive import Folder, read_folder
from integrity.mlb.legacy.cast import cast, needed
from integrity.mlb.legacy.codes import CODES
from integrity.mlb.legacy.enhanced import fill_enhanced
from integrity.mlb.legacy.expected import expect
from integrity.mlb.legacy.landing import fill_landing
from integrity.mlb.legacy.lines import fill_lines
from integrity.mlb.legacy.masters import fill_masters
from integrity.mlb.legacy.outcomes import fill_outcomes
from integrity.mlb.legacy.reference import fill_reference
from integrity.mlb.legacy.report import PlantingReport
from integrity.mlb.legacy.season import seasons
from integrity.mlb.legacy.sheet import Draft, Row
from integrity.mlb.legacy.sizes import Sizes
from integrity.mlb.legacy.staging import fill_staging
from integrity.mlb.legacy.unified_lines import fill_unified_lines
from integrity.model import Catalog, Name, Table
from integrity.sql.quote import ident, literal, qualified

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
    progress: Progress = lambda _: None,
) -> PlantingReport:
    """Create the tables of ``contracts`` in an empty database and fill them.

    ``data`` names the folder with real games; without it games are generated from ``seed`` and
    marked as generated. The same arguments give the same rows. ``scale`` multiplies the sizes,
    but for the tables of games when games are real. Raises DatabaseFailure when the database
    already has one of the objects.
    """
    progress("games")
    draft = write_draft(data=data, scale=scale, seed=seed)
    with connect(url) as conn, translated("build the legacy database"), conn.transaction():
        progress("tables")
        for statement in create_statements(contracts):
            conn.execute(statement)
        conn.execute("set local search_path = pg_catalog")
        for table in _parents_first(contracts.tables):
            progress(str(table.name))
            _copy(conn, table, draft.tables[str(table.name)])
        progress("sequences and views")
        for statement in (*_sequences(contracts), *_refreshes(contracts)):
            conn.execute(statement)
    with connect(url) as conn, translated("analyze the legacy database"):
        conn.execute("analyze")
    return report_of(draft)


def write_draft(*, data: Path | None, scale: float, seed: int) -> Draft:
    """All rows of the legacy database in memory, with the report of what was planted."""
    folder: Folder | None = read_folder(data) if data else None
    sizes = Sizes(scale, real=folder is not None)
    games = folder.games if folder else seasons(needed(sizes), seed)
    draft = Draft(cast=cast(games, sizes, seed), sizes=sizes, seed=seed, folder=folder)
    for fill in FILLERS:
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
        tables={table: len(rows) for table, rows in sorted(draft.tables.items())},
        expected=dict(draft.planting.expected),
    )


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

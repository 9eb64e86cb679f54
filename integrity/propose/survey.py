"""The catalog, row counts and bounded samples of a database that nobody described.

Reads only: one read-only transaction, one statement per table with rows, at most ``ROWS`` rows of
each and ``SECONDS`` for all of them. What time did not allow is said in ``Facts.note``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, Error, translated
from integrity.model import Catalog, Column, Name, Table
from integrity.propose.model import ColumnSample, Facts, Survey
from integrity.propose.words import words
from integrity.sql.template import render

ROWS = 20_000  # read of one table
COUNTED = 200_000  # rows up to which a table is counted, not estimated
FEW = 400  # rows that tell which columns of a larger table are worth more
UNIQUE = 0.9  # distinct values per value in a column that may name a row
COLUMNS = 12  # sampled of one table
SKETCH = 400  # hashes kept of one column
SECONDS = 10.0  # for all samples
TABLE_MILLISECONDS = 2_000
_KEY_TYPES = ("text", "character varying", "character", "uuid", "smallint", "integer", "bigint")
_KEY_WORD_TEXT = """
    id key code name number no num uuid guid email login slug abbr abbreviation ref reference isbn
    sku symbol serial hash external title label
"""
_KEY_WORDS = frozenset(_KEY_WORD_TEXT.split())


def survey(conn: Connection[Any], catalog: Catalog | None = None) -> Survey:
    """Read what is needed to compare tables. Raises DatabaseFailure."""
    catalog = read_catalog(conn) if catalog is None else catalog
    with translated("sample the tables"), conn.transaction(force_rollback=True):
        conn.execute("set transaction isolation level repeatable read, read only")
        conn.execute("set local synchronize_seqscans = off")  # the same rows each time
        conn.execute("set local lock_timeout = '500ms'")
        estimates = _estimates(conn)
        found = conn.execute(render("propose.unproven.sql")).fetchall()
        sampler = _Sampler(conn)
        facts = {t.name: sampler.facts(t, estimates.get(t.name, (0, 0))) for t in catalog.tables}
    unproven = frozenset((Name(schema, table), name) for schema, table, name in found)
    return Survey(catalog=catalog, facts=facts, unproven=unproven)


def _estimates(conn: Connection[Any]) -> dict[Name, tuple[int, int]]:
    """Rows as the server estimates them, and pages."""
    found = conn.execute(render("propose.sizes.sql")).fetchall()
    return {Name(schema, name): (rows, pages) for schema, name, rows, pages in found}


@dataclass(slots=True)
class _Sampler:
    conn: Connection[Any]
    begun: float = field(default_factory=time.monotonic)

    def facts(self, table: Table, estimate: tuple[int, int]) -> Facts:
        """One table; a failure of its sample costs that sample only."""
        estimated, pages = estimate
        if not pages:
            return Facts(table=table, rows=0, counted=True)
        left = SECONDS - (time.monotonic() - self.begun)
        rows = max(estimated, 0)
        if left <= 0:
            return Facts(table=table, rows=rows, counted=False, note="no time left to sample it")
        try:
            with self.conn.transaction():
                limit = min(TABLE_MILLISECONDS, max(1, int(left * 1000)))
                self.conn.execute(f"set local statement_timeout = {limit:d}")
                return self._sampled(table, rows, pages)
        except Error as error:
            note = (error.diag.message_primary or type(error).__name__).strip()
            return Facts(table=table, rows=rows, counted=False, note=f"not sampled: {note}")

    def _sampled(self, table: Table, estimated: int, pages: int) -> Facts:
        counted = max(estimated, pages * 20) <= COUNTED
        rows = self._count(table) if counted else estimated
        columns = [column.name for column in key_like(table)]
        if rows > FEW and columns:
            columns = self._telling(table, columns)
        if not rows or not columns:
            return Facts(table=table, rows=rows, counted=counted)
        share = min(100.0, 100.0 * ROWS / rows)
        found = self.conn.execute(
            render(
                "propose.sample.sql",
                table=table.name,
                columns=columns,
                rows=ROWS,
                share=None if rows <= ROWS else f"{share:.6f}",
                sketch=SKETCH,
            )
        ).fetchall()
        samples = {
            name: ColumnSample(filled=filled, distinct=distinct, sketch=tuple(sketch or ()))
            for name, filled, distinct, sketch in found
        }
        return Facts(
            table=table, rows=rows, counted=counted, sampled=min(rows, ROWS), columns=samples
        )

    def _telling(self, table: Table, columns: list[str]) -> list[str]:
        """Columns whose values hardly repeat in a few rows; the others name no row."""
        query = render("propose.spread.sql", table=table.name, columns=columns, rows=FEW)
        row = self.conn.execute(query).fetchone()
        assert row is not None
        counts = zip(columns, row[::2], row[1::2], strict=True)
        return [name for name, filled, distinct in counts if distinct >= UNIQUE * filled]

    def _count(self, table: Table) -> int:
        row = self.conn.execute(render("propose.count.sql", table=table.name)).fetchone()
        assert row is not None
        return int(row[0])


def key_like(table: Table) -> list[Column]:
    """Columns that may name a row: those of keys first, then by what their names say."""
    ranked = sorted(_ranked(table), key=lambda pair: pair[0])
    return [column for _, column in ranked[:COLUMNS]]


def _ranked(table: Table) -> Iterator[tuple[tuple[int, int], Column]]:
    keys = {name for key in table.keys() for name in key.columns}  # noqa: SIM118 - not a dict
    for place, column in enumerate(table.columns):
        if column.type.split("(")[0] not in _KEY_TYPES or is_surrogate(column):
            continue
        named = bool(set(words(column.name)) & _KEY_WORDS)
        rank = 0 if column.name in keys else 1 if named else 2
        if rank < 2 or not column.type.endswith("int"):
            yield (rank, place), column


def is_surrogate(column: Column) -> bool:
    """Whether a number means nothing outside its table: a bare id, or counted by the server."""
    whole = column.type in ("smallint", "integer", "bigint")
    counted = column.identity or (column.default or "").startswith("nextval(")
    return whole and bool(counted or words(column.name) == ("id",))

"""For each legacy table how many of its rows went where, from the ledger of a database.

Every line of a table counts the same rows: its sums must come to the rows of the snapshot, and so
must those of every other mapping and arm that the table feeds. What does not is a problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.mapping.layout import Layout
from integrity.model import Name, Project
from integrity.sql.quote import qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Rows of a legacy table in one mapping and arm; ``mapping`` may be archive or drop."""

    mapping: str
    arm: str
    candidates: int
    inserted: int
    merged: int
    moved: int
    quarantined: int
    dropped: int
    archived: int
    empty: int

    @property
    def placed(self) -> int:
        """The sum of all terms."""
        return sum(getattr(self, term) for term in TERMS)


TERMS = tuple(field.name for field in fields(Line))[3:]


@dataclass(frozen=True, slots=True)
class TableRows:
    """One legacy table. ``rows``: in the snapshot; None where no line says it.

    ``counted``: rows that stand there now; None where nobody asked, or the table moved.
    """

    table: Name
    rows: int | None
    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    counted: int | None = None


def rows_of(
    conn: Connection[Any], project: Project, *, count: Layout | None = None
) -> tuple[TableRows, ...]:
    """Every table of the contracts but foreign ones, by name; one snapshot.

    ``count``: count the rows of tables that stayed, where this layout says they stand.
    Raises DatabaseFailure. A database without the toolkit's tables gives tables without lines.
    """
    schema = project.settings.toolkit_schema
    with translated("read the ledger"), conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        lines = _lines(conn, schema)
        wanted = _expected(project)
        found = []
        for name in sorted(wanted):
            counted = None if count is None else _counted(conn, name, count)
            found.append(_table(name, lines.get(str(name), []), wanted[name], counted))
        return tuple(found)


def _lines(conn: Connection[Any], schema: str) -> dict[str, list[Line]]:
    there = conn.execute(
        "select pg_catalog.to_regclass(%s) is not null",
        [qualified(Name(schema, "integrity_state"))],
    ).fetchone()
    found: dict[str, list[Line]] = defaultdict(list)
    if there and there[0]:
        with conn.cursor(row_factory=dict_row) as cursor:
            for row in cursor.execute(render("explain_rows.ledger.sql", schema=schema)):
                found[row.pop("source")].append(Line(**row))
    return found


def _expected(project: Project) -> dict[Name, list[tuple[str, str]]]:
    """Mapping and arm of every line that the YAML makes of a legacy table."""
    retired = {one.table: one for one in project.retired}
    found: dict[Name, list[tuple[str, str]]] = {
        table.name: []
        for table in project.legacy.tables
        if table.name not in retired or retired[table.name].goes
    }
    for mapping in project.mappings:
        for source in mapping.sources:
            arms = [arm.label for arm in source.arms] or [""]
            found.setdefault(source.table, []).extend((str(mapping.table), arm) for arm in arms)
    for one in project.retired:
        if one.goes:
            found[one.table].append((one.kind, ""))
    return found


def _counted(conn: Connection[Any], name: Name, layout: Layout) -> int | None:
    """The rows that stand in a table that stayed; None for one that is not there any more."""
    if name in {legacy for _, legacy in layout.moved}:
        return None
    at = layout.legacy(name)
    there = conn.execute(
        "select from pg_catalog.pg_tables where schemaname = %s and tablename = %s",
        [at.schema, at.name],
    ).fetchone()
    if there is None:
        return None
    row = conn.execute(render("explain_rows.count.sql", table=at)).fetchone()
    return int(row[0]) if row else None


def _table(
    name: Name, lines: list[Line], wanted: list[tuple[str, str]], counted: int | None
) -> TableRows:
    rows = lines[0].candidates if lines else None
    problems = tuple(_problems(name, lines, wanted, counted))
    return TableRows(name, rows, tuple(lines), problems, counted)


def _problems(
    name: Name, lines: list[Line], wanted: list[tuple[str, str]], counted: int | None
) -> Iterator[str]:
    if not wanted:
        yield f"{name}: nothing in the YAML says where its rows go"
    there = {(line.mapping, line.arm) for line in lines}
    for mapping, arm in wanted:
        if (mapping, arm) not in there:
            yield f"{name}: the ledger has no line for {_place(mapping, arm)}"
    for line in lines:
        place = _place(line.mapping, line.arm)
        if line.placed != line.candidates:
            yield f"{name}: {place}: {line.placed:,} of {line.candidates:,} rows are accounted for"
        if line.candidates != lines[0].candidates:
            first = _place(lines[0].mapping, lines[0].arm)
            yield (
                f"{name}: {place} counted {line.candidates:,} rows, {first} {lines[0].candidates:,}"
            )
    if counted is not None and lines and counted != lines[0].candidates:
        yield f"{name}: {lines[0].candidates:,} rows in the snapshot, {counted:,} in the table now"


def _place(mapping: str, arm: str) -> str:
    return f"{mapping}, arm {arm}" if arm else mapping

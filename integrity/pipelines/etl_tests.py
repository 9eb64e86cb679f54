"""The declared tests of a pipeline: rows in, a real run in a scratch database, rows out.

The scratch database holds the tables that the pipeline and its tests name, as they are declared:
the target whole, the others with their types and keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from integrity.catalog.build import create_statements, create_table_with_keys
from integrity.config.pipelines import tables_of
from integrity.database.connect import Connection, Error, connect, translated
from integrity.errors import ConfigFailure, Failure, Problem
from integrity.model import Column, FirstOf, Lookup, Name, Project, Table, Value
from integrity.pipeline_model import Pipeline, PipelineSource, PipelineTest
from integrity.pipelines.figures import NUMBERS, Result
from integrity.pipelines.run import run_on
from integrity.plan.scratch import bare, bare_table, execute_all, scratch_database
from integrity.sql.query import parse_query
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one test. ``differences``: what is not as expected; none: it passed."""

    pipeline: str
    test: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {
            "pipeline": self.pipeline,
            "test": self.test,
            "passed": self.passed,
            "differences": list(self.differences),
        }


def run_tests(server: str, project: Project, pipeline: Pipeline) -> Iterator[Outcome]:
    """Run every test of a pipeline, each on empty tables, in a scratch database on a server.

    Raises ConfigFailure for rows that do not fit the tables that they are given to.
    """
    if not pipeline.tests:
        return
    with (
        scratch_database(server) as url,
        connect(url, application_name=f"integrity etl test {pipeline.name}") as conn,
        translated(f"test {pipeline.name}"),
    ):
        names = sorted(_tables(project, pipeline), key=str)
        _make(conn, project, pipeline, names)
        for test in pipeline.tests:
            yield _run(conn, project, pipeline, test, names)


# --- tables --------------------------------------------------------------------------------------


def _tables(project: Project, pipeline: Pipeline) -> set[Name]:
    """The declared tables that the pipeline and its tests read or write."""
    names = {pipeline.into, *(name for test in pipeline.tests for name, _ in test.given)}
    for source in pipeline.sources:
        extract = source.extract
        names |= {extract.table} if extract.table else set()
        if extract.query:
            names |= {read.table for read in parse_query(extract.query.text).reads}
        names |= set(_looked_up(source))
    return names & tables_of(project).keys()


def _looked_up(source: PipelineSource) -> Iterator[Name]:
    values: list[Value] = [*source.columns.values(), *source.only_new.values()]
    values += [value for arm in source.arms for value in arm.columns.values()]
    for value in values:
        for way in value.ways if isinstance(value, FirstOf) else (value,):
            if isinstance(way, Lookup):
                yield way.table


def _make(
    conn: Connection[Any], project: Project, pipeline: Pipeline, names: Sequence[Name]
) -> None:
    tables = tables_of(project)
    schemas = {name.schema for name in names} | {project.settings.toolkit_schema}
    types = replace(bare(project.legacy), tables=())
    statements = list(create_statements(types))
    statements += (f"create schema if not exists {ident(schema)}" for schema in sorted(schemas))
    for name in names:
        whole = name == pipeline.into
        statements += create_table_with_keys(
            _target(tables[name]) if whole else _keyed(tables[name])
        )
    execute_all(conn, statements)


def _keyed(table: Table) -> Table:
    return replace(
        bare_table(table),
        primary_key=table.primary_key,
        natural_key=table.natural_key,
        uniques=table.uniques,
    )


def _target(table: Table) -> Table:
    """The table with what judges a row; sequences, which stand beside it, become identities."""
    return replace(table, columns=tuple(map(_own, table.columns)), indexes=(), triggers=())


def _own(column: Column) -> Column:
    if column.default and "nextval" in column.default:
        return replace(column, default=None, identity="by default")
    return column


# --- one test ------------------------------------------------------------------------------------


def _run(
    conn: Connection[Any],
    project: Project,
    pipeline: Pipeline,
    test: PipelineTest,
    names: Sequence[Name],
) -> Outcome:
    toolkit = ident(project.settings.toolkit_schema)
    for name in names:
        conn.execute(f"truncate {qualified(name)} restart identity".encode())
    conn.execute(f"drop schema {toolkit} cascade".encode())
    conn.execute(f"create schema {toolkit}".encode())
    if project.settings.toolkit_schema in {name.schema for name in names}:
        _make_again(conn, project, pipeline, names)
    for name, rows in test.given:
        _insert(conn, test, name, rows)
    try:
        result = run_on(conn, project, pipeline)
    except Failure as failure:
        return Outcome(pipeline=pipeline.name, test=test.name, differences=(str(failure),))
    found = [*_different_rows(conn, pipeline.into, test), *_different_figures(result, test)]
    return Outcome(pipeline=pipeline.name, test=test.name, differences=tuple(found))


def _make_again(
    conn: Connection[Any], project: Project, pipeline: Pipeline, names: Sequence[Name]
) -> None:
    """Tables that stood in the toolkit's schema."""
    tables = tables_of(project)
    for name in names:
        if name.schema == project.settings.toolkit_schema:
            whole = _target if name == pipeline.into else _keyed
            execute_all(conn, create_table_with_keys(whole(tables[name])))


def _insert(conn: Connection[Any], test: PipelineTest, name: Name, rows: str) -> None:
    columns = list(dict.fromkeys(key for row in json.loads(rows) for key in row))
    if not columns:
        return
    sql = render("etl.test_insert.sql", table=name, columns=columns, rows=rows)
    try:
        conn.execute(sql.encode())
    except Error as error:
        message = (error.diag.message_primary or str(error)).splitlines()[0]
        text = f"test {test.name!r}, rows of {name}: {message}"
        raise ConfigFailure(
            [Problem(test.location, text, error.diag.message_hint or "")]
        ) from error


def _different_rows(conn: Connection[Any], into: Name, test: PipelineTest) -> Iterator[str]:
    wanted: list[Row] = json.loads(test.expect)
    known = {column for row in wanted for column in row}
    typed = render("etl.test_expected.sql", table=into, rows=test.expect)
    expected = [row for (row,) in conn.execute(typed.encode()).fetchall()]
    stands = render("etl.test_standing.sql", table=into)
    left = [row for (row,) in conn.execute(stands.encode()).fetchall()]
    pairs = sorted(zip(wanted, expected, strict=True), key=lambda pair: -len(pair[0]))
    for named, row in pairs:
        part = {column: row.get(column) for column in named}
        match = next((one for one in left if _has(one, part)), None)
        if match is None:
            yield f"no row {_shown(part)}"
        else:
            left.remove(match)
    for row in left:
        part = {c: v for c, v in row.items() if c in known}
        yield f"a row that is not expected: {_shown(part or row)}"


def _has(row: Row, part: Row) -> bool:
    return all(column in row and row[column] == value for column, value in part.items())


def _different_figures(result: Result, test: PipelineTest) -> Iterator[str]:
    found = {name: getattr(result.figures, name) for name in NUMBERS} | dict(result.figures.reasons)
    for name, wanted in test.figures.items():
        if found.get(name, 0) != wanted:
            yield f"{name} is {found.get(name, 0)}, expected {wanted}"


def _shown(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def failed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes of tests that did not pass."""
    return [one for one in outcomes if not one.passed]

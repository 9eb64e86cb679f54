"""A pipeline with every name and type known, from the database that it works on.

It becomes a resolved mapping whose source is the work table of the extracted rows, so that casts,
lookups, arms, drops and their reasons are those of mappings. What a pipeline adds stands in further
columns of the candidates: keys to match by, and what its rules say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from integrity.config.pipelines import tables_of
from integrity.database.connect import Connection, Error
from integrity.errors import ConfigFailure, DriftFailure, Problem, nearest
from integrity.mapping.layout import Layout
from integrity.mapping.oracle import Oracle, Refused, is_answer
from integrity.mapping.resolve import resolve_mapping
from integrity.mapping.resolved import ResolvedMapping, ResolvedSource
from integrity.model import (
    Column,
    Expression,
    FirstOf,
    Lookup,
    Mapping,
    Name,
    Project,
    Source,
    Table,
    Value,
)
from integrity.operations.toolkit_tables import statements_of
from integrity.pipeline_model import Pipeline, PipelineSource, Rule, Rung
from integrity.pipelines.live import live_table
from integrity.sql.expression import SqlProblem, expand, parse, substitute
from integrity.sql.query import without_prefix
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render

WORK = "pg_temp"
Extra = dict[str, tuple[Column, Expression]]
PREFIX = "integrity_"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRung:
    """A way to find the row of the target ``t``: ``targets`` equal ``columns`` of a candidate."""

    name: str
    targets: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One source of a pipeline, ready to be run: what the SQL of a batch is written from.

    ``mapping``: one source over the work table ``rows``; ``target``: the table as it stands.
    ``written``: columns of every write; ``only_new``: of new rows alone. ``rules``: column of the
    candidates -> rule. ``extract``: the relation that yields the rows of the source.
    """

    pipeline: Pipeline
    source: PipelineSource
    mapping: ResolvedMapping
    target: Table
    layout: Layout
    extract: str
    label: str
    written: tuple[Column, ...]
    only_new: tuple[Column, ...]
    match: tuple[MatchRung, ...]
    rules: tuple[tuple[str, Rule], ...]
    new_key: str  # the key of a new row, over its candidate ``fresh``; empty: nothing makes one
    missing: str = ""  # a condition over the target as t
    recent: str = ""  # the moment of a row of the extract, as an expression over its columns
    recent_type: str = ""
    natural_key: tuple[str, ...] = ()  # by which an ETL knows a row of the target

    @property
    def rows(self) -> Name:
        """The work table that takes the extracted rows of a batch."""
        return self.resolved.table

    @property
    def resolved(self) -> ResolvedSource:
        """The one source of the mapping."""
        return self.mapping.sources[0]

    @property
    def primary(self) -> Column:
        """The primary key of the target."""
        return self.mapping.primary

    @property
    def work_name(self) -> Name:
        """The name by which the layout calls the work tables."""
        return self.mapping.name


def ready(conn: Connection[Any], project: Project, pipeline: Pipeline) -> tuple[Ready, ...]:
    """Each source of the pipeline, resolved against the database.

    Makes the work table of each source, in the session. Raises ConfigFailure for what the server
    does not accept, DriftFailure when a table is not there.
    """
    declared = tables_of(project)
    target = live_table(conn, pipeline.into, declared.get(pipeline.into))
    if target.primary_key is None or len(target.primary_key.columns) != 1:
        raise DriftFailure(f"{pipeline.into} has no primary key of one column in this database")
    return tuple(
        _Resolving(conn, project, pipeline, source, target, number).ready()
        for number, source in enumerate(pipeline.sources, 1)
    )


@dataclass(frozen=True)
class _Resolving:
    """The resolution of one source."""

    conn: Connection[Any]
    project: Project
    pipeline: Pipeline
    source: PipelineSource
    target: Table
    number: int

    def ready(self) -> Ready:
        rows = Name(WORK, f"{PREFIX}rows_{self.number}")
        extract, label = self._extract()
        self._make_rows(rows, extract)
        contract = Table(name=rows, columns=self._columns(rows))
        self._check_key(contract)
        extra = self._extra(rows)
        table = self._widened(extra)
        mapping = Mapping(
            table=table.name,
            sources=(self._as_source(rows, extra),),
            match=((self._primary,),),
            order=(self._primary,),
            location=self.pipeline.location,
        )
        layout = self._layout()
        resolved = resolve_mapping(
            self._project(table, contract), mapping, Oracle(self.conn), layout
        )
        recent, recent_type = self._recent(rows)
        appends = self.pipeline.load == "append"
        every = {name for arm in self.source.arms for name in arm.columns} | {*self._written()}
        return Ready(
            pipeline=self.pipeline,
            source=self.source,
            mapping=resolved,
            target=self.target,
            layout=layout,
            extract=extract,
            label=label,
            written=self._of_target(set() if appends else every),
            only_new=self._of_target({*self.source.only_new} | (every if appends else set())),
            match=self._rungs(extra),
            rules=tuple((_rule(n), rule) for n, rule in enumerate(self.source.rules, 1)),
            new_key=self._new_key(),
            missing=self._missing(),
            recent=recent,
            recent_type=recent_type,
            natural_key=self.pipeline.natural_key,
        )

    # --- the extract -------------------------------------------------------------------------

    def _extract(self) -> tuple[str, str]:
        """The relation, and the name of the source in links and quarantine."""
        extract = self.source.extract
        declared = tables_of(self.project)
        if extract.table:
            live_table(self.conn, extract.table, declared.get(extract.table), written=False)
            return qualified(extract.table), str(extract.table)
        assert extract.query is not None
        label = str(extract.watch) if extract.watch else f"query {self.number}"
        return f"(\n{extract.query.text.rstrip()}\n)", label

    def _make_rows(self, rows: Name, extract: str) -> None:
        sql = render("pipeline.rows_table.sql", rows=rows, extract=extract)
        try:
            for statement in statements_of(sql):
                self.conn.execute(statement.encode())
        except Error as error:
            if not is_answer(error):
                raise
            query = self.source.extract.query
            place = query.location if query else self.source.extract.location
            message = (error.diag.message_primary or str(error)).splitlines()[0]
            raise ConfigFailure([Problem(place, message, error.diag.message_hint or "")]) from error

    def _columns(self, rows: Name) -> tuple[Column, ...]:
        found = self.conn.execute(render("pipeline.columns.sql", rows=rows).encode()).fetchall()
        return tuple(Column(name=name, type=kind) for name, kind in found)

    def _check_key(self, rows: Table) -> None:
        names = [column.name for column in rows.columns]
        for name in self.source.extract.key:
            if name not in names:
                place = self.source.extract.location
                message = f"the extract has no column {name!r}, which is its key"
                raise ConfigFailure([Problem(place, message, nearest(name, names))])

    # --- what a pipeline adds ----------------------------------------------------------------

    def _extra(self, rows: Name) -> Extra:
        """Columns of the candidates that the target does not have: match keys and rules."""
        oracle = Oracle(self.conn)
        extra: Extra = {}
        for n, rung in enumerate(self.pipeline.match, 1):
            for m, (_, given) in enumerate(rung.pairs, 1):
                name = _key(n, m)
                extra[name] = (Column(name=name, type=self._type(oracle, rows, given)), given)
        for n, rule in enumerate(self.source.rules, 1):
            self._boolean(oracle, rows, rule.check, "a rule")
            extra[_rule(n)] = (Column(name=_rule(n), type="boolean"), rule.check)
        for test in self.source.quality.tests if self.source.quality else ():
            self._boolean(oracle, rows, test.test, "a test of quality")
        return extra

    def _type(self, oracle: Oracle, table: Name, expression: Expression) -> str:
        kind = oracle.types(table, [self._expanded(expression)])[0]
        if isinstance(kind, Refused):
            raise ConfigFailure([Problem(expression.location, kind.message, kind.hint)])
        return "text" if kind == "unknown" else kind

    def _boolean(self, oracle: Oracle, table: Name, expression: Expression, what: str) -> None:
        kind = self._type(oracle, table, expression)
        if kind != "boolean":
            message = f"{what} must be boolean, not {kind}"
            raise ConfigFailure([Problem(expression.location, message)])

    def _expanded(self, expression: Expression) -> str:
        try:
            return expand(expression.text, self.project.macros)
        except SqlProblem as problem:
            raise ConfigFailure(
                [Problem(expression.location, problem.message, problem.hint)]
            ) from problem

    def _quality(self) -> dict[str, Value]:
        quality = self.source.quality
        if quality is None:
            return {}
        total = sum(test.weight for test in quality.tests)
        parts = " + ".join(
            f"case when {test.test.text} then {test.weight} else 0 end" for test in quality.tests
        )
        return {quality.into: Expression(f"round(({parts}) / {total}, 4)", quality.location)}

    def _new_key(self) -> str:
        column = self.target.column(self._primary)
        assert column is not None
        if column.name in {**self._written(), **self.source.only_new}:
            return f"fresh.{ident(column.name)}"
        if column.identity:
            table = literal(qualified(self.target.name))
            return f"nextval(pg_get_serial_sequence({table}, {literal(column.name)}))"
        if column.default is None and self.pipeline.create:
            message = f"nothing gives a new row of {self.target.name} its {column.name!r}"
            hint = "fill it in only_new, give the column a default, or write create: false"
            raise ConfigFailure([Problem(self.source.location, message, hint)])
        return column.default or ""

    # --- the mapping -------------------------------------------------------------------------

    @property
    def _primary(self) -> str:
        assert self.target.primary_key is not None
        return self.target.primary_key.columns[0]

    def _of_target(self, names: set[str]) -> tuple[Column, ...]:
        return tuple(c for c in self.target.columns if c.name in names)

    def _written(self) -> dict[str, Value]:
        return {**self.source.columns, **self._quality()}

    def _as_source(self, rows: Name, extra: Extra) -> Source:
        values: dict[str, Value] = {name: given for name, (_, given) in extra.items()}
        return Source(
            table=rows,
            key=self.source.extract.key,
            columns={**self._written(), **self.source.only_new, **values},
            arms=self.source.arms,
            drops=self.source.drops,
            empty="nothing is lost: the row stays where it was read",
            location=self.source.location,
        )

    def _widened(self, extra: Extra) -> Table:
        """The target for the candidates: its checks are judged over the whole row, later."""
        columns = (*self.target.columns, *(column for column, _ in extra.values()))
        return replace(
            self.target,
            columns=tuple(replace(column, nullable=True) for column in columns),
            uniques=(),
            checks=(),
        )

    def _project(self, target: Table, contract: Table) -> Project:
        """The project as the resolver reads it: tables under the names by which they stand."""
        others = {n: t for n, t in tables_of(self.project).items() if n != target.name}
        for name in self._looked_up():
            if name != target.name:
                others[name] = live_table(self.conn, name, others.get(name), written=False)
        legacy = replace(self.project.legacy, tables=(*self.project.legacy.tables, contract))
        return replace(self.project, legacy=legacy, tables=(target, *others.values()))

    def _looked_up(self) -> Iterator[Name]:
        values = [*self.source.columns.values(), *self.source.only_new.values()]
        values += [value for arm in self.source.arms for value in arm.columns.values()]
        for value in values:
            for way in value.ways if isinstance(value, FirstOf) else (value,):
                if isinstance(way, Lookup):
                    yield way.table

    def _layout(self) -> Layout:
        """Names mean what stands under them; work tables are those of the session."""
        return (
            Layout.of(
                toolkit_schema=self.project.settings.toolkit_schema,
                unified=(table.name for table in self.project.tables),
                legacy=(),
            )
            .after_switch()
            .temporary()
        )

    # --- conditions over the target ----------------------------------------------------------

    def _rungs(self, extra: Extra) -> tuple[MatchRung, ...]:
        return tuple(self._rung(n, rung, extra) for n, rung in enumerate(self.pipeline.match, 1))

    def _rung(self, number: int, rung: Rung, extra: Extra) -> MatchRung:
        for m, (target, _) in enumerate(rung.pairs, 1):
            self._check_comparable(target, extra[_key(number, m)][0].type)
        return MatchRung(
            name=rung.name,
            targets=tuple(self._over_target(target) for target, _ in rung.pairs),
            columns=tuple(_key(number, m) for m in range(1, len(rung.pairs) + 1)),
        )

    def _check_comparable(self, target: Expression, kind: str) -> None:
        text = self._expanded(replace(target, text=without_prefix(target.text, "target")))
        refused = Oracle(self.conn).accepts(self.target.name, f"({text}) = null::{kind}")
        if refused:
            raise ConfigFailure([Problem(target.location, refused.message, refused.hint)])

    def _missing(self) -> str:
        condition = self.pipeline.modes.missing
        return "" if condition is None else self._over_target(condition, wanted="boolean")

    def _over_target(self, expression: Expression, wanted: str = "") -> str:
        """An expression over the target, its columns qualified with t."""
        plain = Expression(without_prefix(expression.text, "target"), expression.location)
        text = self._expanded(plain)
        kind = self._type(Oracle(self.conn), self.target.name, plain)
        if wanted and kind != wanted:
            message = f"expected a {wanted} expression over {self.target.name}, this is {kind}"
            raise ConfigFailure([Problem(expression.location, message)])
        columns = {name: f"t.{ident(name)}" for name in parse(text).columns}
        return f"({substitute(text, columns)})"

    def _recent(self, rows: Name) -> tuple[str, str]:
        recent = self.pipeline.modes.recent
        if recent is None:
            return "", ""
        kind = self._type(Oracle(self.conn), rows, recent.by)
        if kind != "date" and not kind.startswith("timestamp"):
            message = f"by of recent must be a date or a timestamp, not {kind}"
            raise ConfigFailure([Problem(recent.by.location, message)])
        text = self._expanded(recent.by)
        return substitute(text, {name: f"s.{ident(name)}" for name in parse(text).columns}), kind


def _key(rung: int, pair: int) -> str:
    return f"{PREFIX}match_{rung}_{pair}"


def _rule(number: int) -> str:
    return f"{PREFIX}rule_{number}"

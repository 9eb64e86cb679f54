"""Checks of pipelines against the tables: names, columns, expressions, keys, modes, schedules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from integrity.config.check import Checked
from integrity.config.check_macros import macro_problems
from integrity.config.check_mappings import maker
from integrity.config.check_pipelines_etl import etl_problems
from integrity.config.check_values import Values
from integrity.config.expressions import problems
from integrity.config.places import inside
from integrity.errors import Problem, nearest
from integrity.model import Arm, Expression, Location, Macro, Mapping, Name, Project, Table
from integrity.pipeline_model import Extract, Pipeline, PipelineSource
from integrity.sql.query import parse_query, without_prefix
from integrity.sql.scan import SqlProblem


def pipeline_problems(
    pipelines: Iterable[Pipeline], project: Project, checked: Checked
) -> Iterator[Problem]:
    """What is wrong with pipelines, in no particular order."""
    from integrity.config.pipelines import tables_of

    tables = tables_of(project)
    _, macros = macro_problems(project.macros, checked)
    fed: dict[Name, list[Mapping]] = {}
    for mapping in project.mappings:
        for source in mapping.sources:
            fed.setdefault(source.table, []).append(mapping)
    legacy = {table.name: table for table in project.legacy.tables}
    values = Values(tables, legacy, fed, checked, macros)
    for pipeline in pipelines:
        yield from _Checking(pipeline, tables, values, checked, macros).problems()


@dataclass(frozen=True)
class _Checking:
    """The checks of one pipeline."""

    pipeline: Pipeline
    tables: dict[Name, Table]
    values: Values
    checked: Checked
    macros: tuple[Macro, ...]

    def problems(self) -> Iterator[Problem]:
        """All of them."""
        yield from self._target()
        for source in self.pipeline.sources:
            yield from self._extract(source.extract)
            yield from self._source(source)
        yield from self._match()
        yield from self._modes()
        yield from self._schedule()
        yield from etl_problems(self.pipeline, self.tables, self.checked)

    @cached_property
    def target(self) -> Table | None:
        return self.tables.get(self.pipeline.into)

    # --- target ------------------------------------------------------------------------------

    def _target(self) -> Iterator[Problem]:
        pipeline = self.pipeline
        place = self._place(pipeline.location, "into")
        if self.target is None:
            yield from self._unknown(pipeline.into, place, "into")
            return
        key = self.target.primary_key
        if key is None or len(key.columns) != 1:
            found = f"({', '.join(key.columns)})" if key else "none"
            message = f"{pipeline.into} needs a primary key of one column, found {found}"
            yield Problem(place, message, "a pipeline knows a row of its target by that key")
        if pipeline.stamp:
            yield from self._column(pipeline.stamp, self._place(pipeline.location, "stamp"))

    def _unknown(self, name: Name, place: Location, what: str) -> Iterator[Problem]:
        if name.schema and name not in self.tables:
            message = f"{what}: no contract and no unified table is named {name}"
            yield Problem(place, message, nearest(str(name), map(str, self.tables)))

    def _column(self, name: str, place: Location) -> Iterator[Problem]:
        """A column of the target that something writes."""
        if self.target is None:
            return
        column = self.target.column(name)
        if column is None:
            names = [one.name for one in self.target.columns]
            yield Problem(place, f"{self.target.name} has no column {name!r}", nearest(name, names))
        elif made := maker(column):
            yield Problem(place, f"column {name!r} is {made}: no pipeline fills it", "leave it out")

    # --- extract -----------------------------------------------------------------------------

    def _extract(self, extract: Extract) -> Iterator[Problem]:
        if extract.table:
            place = self._place(extract.location, "from")
            yield from self._unknown(extract.table, place, "extract")
        if extract.query and extract.query.text.strip():
            yield from self._query(extract.query)
        if not extract.key and (extract.query or extract.table in self.tables):
            message = "the extract needs a key: columns that identify a row"
            yield Problem(extract.location, message, "add key: [...]")
        names = self._names(extract)
        if names is not None:
            message = f"{self._of(extract)} has no column"
            yield from self.checked.unknown_words(
                extract.key, names, message, extract.location, "key"
            )
            if extract.changed is not None and extract.changed not in names:
                place = self._place(extract.location, "changed")
                hint = nearest(extract.changed, names)
                yield Problem(place, f"{message} {extract.changed!r}", hint)
        if extract.watch and extract.watch != extract.table:
            yield from self._unknown(extract.watch, self._place(extract.location, "watch"), "watch")

    def _query(self, query: Expression) -> Iterator[Problem]:
        try:
            parsed = parse_query(query.text)
        except SqlProblem as problem:
            yield Problem(inside(query, problem.offset), problem.message, problem.hint)
            return
        for read in parsed.reads:
            yield from self._unknown(read.table, inside(query, read.offset), "query")

    def _names(self, extract: Extract) -> frozenset[str] | None:
        """The columns of the extract; None when only a server can tell."""
        if extract.query:
            try:
                columns = parse_query(extract.query.text).columns
            except SqlProblem:
                return None
            return None if columns is None else frozenset(columns)
        table = self.tables.get(extract.table) if extract.table else None
        return None if table is None else frozenset(column.name for column in table.columns)

    def _of(self, extract: Extract) -> str:
        return str(extract.table) if extract.table else "the query"

    # --- values ------------------------------------------------------------------------------

    def _source(self, source: PipelineSource) -> Iterator[Problem]:
        names, of = self._names(source.extract), self._of(source.extract)
        every = [source.columns, source.only_new, *(arm.columns for arm in source.arms)]
        if names is not None:
            for columns in every:
                yield from self.values.among(columns.values(), names, of)
            for expression in self._conditions(source):
                yield from problems(expression, names, of, self.macros)
        for part, columns in (("columns", source.columns), ("only_new", source.only_new)):
            for name in columns:
                yield from self._column(name, self._place(source.location, part, name))
        for arm in source.arms:
            for name in arm.columns:
                yield from self._column(name, self._place(arm.location, "columns", name))
        yield from self._twice(source)
        yield from self._unfilled(source)

    def _conditions(self, source: PipelineSource) -> Iterator[Expression]:
        yield from (rule.when for rule in source.drops)
        yield from (rule.check for rule in source.rules)
        if source.quality:
            yield from (test.test for test in source.quality.tests)

    def _twice(self, source: PipelineSource) -> Iterator[Problem]:
        for name in source.only_new.keys() & source.columns.keys():
            place = self._place(source.location, "only_new", name)
            message = f"column {name!r} is filled by columns and by only_new"
            yield Problem(place, message, "fill it in one of the two")
        others = {self.pipeline.stamp: ("stamp", self.pipeline.location)}
        if source.quality:
            place = self._place(source.quality.location, "into")
            yield from self._column(source.quality.into, place)
            others[source.quality.into] = ("quality", source.location)
        for written, (what, _) in others.items():
            if written in source.columns:
                place = self._place(source.location, "columns", written or "")
                message = f"column {written!r} is filled by columns and by {what}"
                yield Problem(place, message, "fill it in one of the two")

    def _unfilled(self, source: PipelineSource) -> Iterator[Problem]:
        """Columns that a new row needs and that nothing fills."""
        if self.target is None or not self.pipeline.create:
            return
        filled = {*source.columns, *source.only_new, self.pipeline.stamp}
        filled |= {source.quality.into} if source.quality else set()
        parts: tuple[Arm | None, ...] = source.arms or (None,)
        for column in self.target.columns:
            if column.nullable or column.default is not None or maker(column):
                continue
            for arm in parts:
                if column.name not in filled and not (arm and column.name in arm.columns):
                    message = f"nothing fills {column.name!r} of a new row, which must not be null"
                    hint = f"add {column.name}: ... to only_new, or write create: false"
                    yield Problem((arm or source).location, message, hint)

    # --- match, modes, schedule --------------------------------------------------------------

    def _match(self) -> Iterator[Problem]:
        for rung in self.pipeline.match:
            for target, given in rung.pairs:
                yield from self._over_target(target)
                for source in self.pipeline.sources:
                    names = self._names(source.extract)
                    if names is not None:
                        yield from problems(given, names, self._of(source.extract), self.macros)

    def _over_target(self, expression: Expression) -> Iterator[Problem]:
        if self.target is None:
            return
        names = frozenset(column.name for column in self.target.columns)
        try:
            text = without_prefix(expression.text, "target")
        except SqlProblem as problem:
            yield Problem(expression.location, problem.message, problem.hint)
            return
        plain = Expression(text, expression.location)
        yield from problems(plain, names, str(self.target.name), self.macros)

    def _modes(self) -> Iterator[Problem]:
        modes = self.pipeline.modes
        if modes.missing:
            yield from self._over_target(modes.missing)
        for source in self.pipeline.sources if modes.recent else ():
            names = self._names(source.extract)
            if names is not None and modes.recent:
                of = self._of(source.extract)
                yield from problems(modes.recent.by, names, of, self.macros)

    def _schedule(self) -> Iterator[Problem]:
        schedule = self.pipeline.schedule
        if schedule is None:
            return
        if len(schedule.cron.split()) != 5:
            place = self._place(schedule.location, "cron")
            message = f"cron of schedule: expected five fields, found {schedule.cron!r}"
            yield Problem(place, message, "minute hour day month weekday, as in '15 6 * * *'")
        from zoneinfo import available_timezones

        if schedule.zone not in (zones := available_timezones()):
            place = self._place(schedule.location, "zone")
            hint = nearest(schedule.zone, zones)
            yield Problem(place, f"there is no time zone {schedule.zone!r}", hint)
        modes = self.pipeline.mode_names
        if schedule.mode and schedule.mode not in modes:
            place = self._place(schedule.location, "mode")
            message = f"{self.pipeline.name} has no mode {schedule.mode!r}"
            yield Problem(place, message, nearest(schedule.mode, modes))

    def _place(self, owner: Location, part: str, word: str = "") -> Location:
        return self.checked.places.of(owner, part, word)

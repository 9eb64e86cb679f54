"""Checks of mappings: sources, keys, arms, values, survivorship, what is left unfilled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from integrity.config.check import Checked
from integrity.config.check_values import Values
from integrity.config.expressions import problems
from integrity.errors import Problem, nearest
from integrity.model import Arm, Column, Location, Macro, Mapping, Name, Project, Source, Table


def mapping_problems(
    project: Project, checked: Checked, macros: tuple[Macro, ...]
) -> Iterator[Problem]:
    """What is wrong with the mappings of a project; ``macros`` are those that can be used."""
    yield from _two_mappings(project.mappings)
    known = _Known(project, checked)
    for mapping in project.mappings:
        table = known.tables.get(mapping.table)
        if table is None:
            yield from checked.unknown_table(
                mapping.table, known.tables, "unified", mapping.location, "mapping"
            )
        yield from _sources(mapping, known)
        yield from _reasons(mapping, project.settings.ignore_reasons)
        if mapping.derived:
            continue
        if mapping.moves:
            yield from _move(mapping, table, known)
        else:
            yield from _Merging(mapping, table, known, macros).problems()


def _reasons(mapping: Mapping, words: tuple[str, ...]) -> Iterator[Problem]:
    """A reason to ignore a column begins with a word that the project allows, if it names any."""
    for source in mapping.sources:
        for column, text in source.ignore.items() if words else ():
            if text.split(maxsplit=1)[0].rstrip(":,;").lower() not in words:
                message = f"{source.table}.{column} is ignored because {text!r}"
                hint = f"begin the reason with {' or '.join(words)}, or map the column"
                yield Problem(source.ignored_at.get(column, source.location), message, hint)


def _two_mappings(mappings: tuple[Mapping, ...]) -> Iterator[Problem]:
    first: dict[Name, Mapping] = {}
    for mapping in sorted(mappings, key=lambda m: m.location):
        if mapping.table in first:
            where = first[mapping.table].location
            yield Problem(
                mapping.location, f"{mapping.table} has two mappings", f"first at {where}"
            )
        first.setdefault(mapping.table, mapping)


@dataclass(frozen=True)
class _Known:
    """Tables by name, and what feeds what."""

    project: Project
    checked: Checked

    @cached_property
    def tables(self) -> dict[Name, Table]:
        return {table.name: table for table in self.project.tables}

    @cached_property
    def legacy(self) -> dict[Name, Table]:
        return {table.name: table for table in self.project.legacy.tables}

    @cached_property
    def fed(self) -> dict[Name, list[Mapping]]:
        """Legacy table -> the mappings that it feeds."""
        fed: dict[Name, list[Mapping]] = defaultdict(list)
        for mapping in self.project.mappings:
            for source in mapping.sources:
                fed[source.table].append(mapping)
        return dict(fed)


def _sources(mapping: Mapping, known: _Known) -> Iterator[Problem]:
    seen: set[Name] = set()
    for source in mapping.sources:
        yield from known.checked.unknown_table(
            source.table, known.legacy, "legacy", source.location, "source"
        )
        if source.table in seen and source.table.name:
            message = f"{source.table} is a source of {mapping.table} already"
            yield Problem(source.location, message, "use arms to make several rows of one")
        seen.add(source.table)
    writers = [source for source in mapping.sources if source.write_back]
    for source in writers[1:]:
        message = f"{mapping.table} has a write_back source already: {writers[0].table}"
        yield Problem(source.location, message, "keep write_back: true on one of them")


def _move(mapping: Mapping, table: Table | None, known: _Known) -> Iterator[Problem]:
    """A move takes the whole table: each column has exactly one counterpart."""
    source = mapping.sources[0]
    legacy = known.legacy.get(source.table)
    others = [m for m in known.fed.get(source.table, ()) if m is not mapping]
    if others:
        message = f"{source.table} is moved, so it cannot feed {others[0].table} too"
        yield Problem(source.location, message)
    if table is None or legacy is None:
        return
    names = [column.name for column in table.columns]
    message = f"{table.name} has no column"
    yield from known.checked.unknown_words(
        source.columns, names, message, source.location, "columns"
    )
    values = Values(known.tables, known.legacy, known.fed, known.checked)
    yield from values.problems(source.columns.values(), legacy)
    yield from _counterparts(mapping, table, legacy)


def _counterparts(mapping: Mapping, table: Table, legacy: Table) -> Iterator[Problem]:
    from integrity.config.expressions import reads

    source = mapping.sources[0]
    moved = Counter(
        name
        for value in source.columns.values()
        for name in reads(value)  # type: ignore[arg-type]
    )
    for column in legacy.columns:
        if moved[column.name] != 1:
            count = "no" if not moved[column.name] else "more than one"
            message = f"{legacy.name} is moved, but {column.name!r} has {count} column there"
            hint = f"write columns: {{new_name: {column.name}}}, or load instead of moving"
            yield Problem(source.location, message, hint)
    for column in table.columns:
        if column.name not in source.columns:
            message = f"column {column.name!r} of {table.name} is not in {legacy.name}"
            yield Problem(source.location, message, "a move adds no columns: load instead")


@dataclass(frozen=True)
class _Merging:
    """The checks of one mapping that loads rows."""

    mapping: Mapping
    table: Table | None
    known: _Known
    macros: tuple[Macro, ...]

    def problems(self) -> Iterator[Problem]:
        """All of them."""
        if self.table is not None:
            yield from self._one_key(self.table)
            yield from self._names(self.table)
        yield from self._preferred()
        for source in self.mapping.sources:
            legacy = self.known.legacy.get(source.table)
            if legacy is not None:
                yield from self._key(source, legacy)
                yield from self._legacy_expressions(source, legacy)
            yield from self._columns(source)
            yield from self._rest(source)

    def _one_key(self, table: Table) -> Iterator[Problem]:
        key = table.primary_key
        if key is None or len(key.columns) != 1:
            found = f"({', '.join(key.columns)})" if key else "none"
            message = f"{table.name} needs a primary key of one column, found {found}"
            hint = "add a column with key: assigned, and make the other key the natural_key"
            yield Problem(key.location if key else table.location, message, hint)
        if not self.mapping.match and table.natural_key is None:
            message = f"{table.name} has no natural_key, so its mapping must say how rows match"
            yield Problem(self.mapping.location, message, "add natural_key there, or match: here")

    def _names(self, table: Table) -> Iterator[Problem]:
        """Columns that order, match and survivorship name."""
        mapping, names = self.mapping, [column.name for column in table.columns]
        message = f"{table.name} has no column"
        listed = (
            ("order", mapping.order),
            ("match", [word for rung in mapping.match for word in rung]),
            ("survivorship", mapping.survivorship.columns),
        )
        for part, words in listed:
            yield from self.known.checked.unknown_words(
                dict.fromkeys(words), names, message, mapping.location, part
            )

    def _preferred(self) -> Iterator[Problem]:
        sources = [str(source.table) for source in self.mapping.sources]
        survivorship = self.mapping.survivorship
        named = [*survivorship.prefer, *(n for ns in survivorship.columns.values() for n in ns)]
        yield from self.known.checked.unknown_words(
            dict.fromkeys(map(str, named)),
            sources,
            f"{self.mapping.table} has no source",
            self.mapping.location,
            "prefer",
        )

    def _key(self, source: Source, legacy: Table) -> Iterator[Problem]:
        names = [column.name for column in legacy.columns]
        message = f"{legacy.name} has no column"
        checked = self.known.checked
        yield from checked.unknown_words(source.key, names, message, source.location, "key")
        yield from checked.unknown_words(source.ignore, names, message, source.location, "ignore")
        if not source.key and not source.keyless:
            message = f"{legacy.name} has no primary key, so the source needs a key"
            hint = "write key: [...] with columns that are unique, or key: row if none are"
            yield Problem(source.location, message, hint)
        if source.keyless and source.write_back:
            message = f"{legacy.name} has no key, so nothing can be written back to one of its rows"
            yield Problem(source.location, message, "write_back: another source, or none")

    def _legacy_expressions(self, source: Source, legacy: Table) -> Iterator[Problem]:
        known = self.known
        values = Values(known.tables, known.legacy, known.fed, known.checked, self.macros)
        names = frozenset(column.name for column in legacy.columns)
        for rule in source.drops:
            yield from problems(rule.when, names, str(legacy.name), self.macros)
        for columns in (source.columns, *(arm.columns for arm in source.arms)):
            given = (value for name, value in columns.items() if name != source.rest)
            yield from values.problems(given, legacy)

    def _columns(self, source: Source) -> Iterator[Problem]:
        """Columns of the table that a source fills, must not fill, or leaves empty."""
        table, checked = self.table, self.known.checked
        for arm in source.arms:
            for name in source.columns.keys() & arm.columns.keys():
                place = checked.places.of(arm.location, "columns", name)
                message = f"column {name!r} is filled by arm {arm.label!r} and by columns"
                yield Problem(place, message, "fill it in one of the two")
        if table is None:
            return
        parts: tuple[Source | Arm, ...] = (source, *source.arms)
        for part in parts:
            names, message = [c.name for c in table.columns], f"{table.name} has no column"
            yield from checked.unknown_words(part.columns, names, message, part.location, "columns")
            yield from self._made_elsewhere(part.columns, part.location, table)
        yield from self._unfilled(source, table)

    def _rest(self, source: Source) -> Iterator[Problem]:
        """The column that takes the rest: it is there, it is jsonb, and nothing else fills it."""
        table, checked = self.table, self.known.checked
        if source.rest is None or table is None:
            return
        place = checked.places.of(source.location, "rest", "")
        column = table.column(source.rest)
        if column is None:
            names = [one.name for one in table.columns if one.type == "jsonb"]
            message = f"{table.name} has no column {source.rest!r}"
            yield Problem(place, message, nearest(source.rest, names) or "add it, of type jsonb")
        elif column.type != "jsonb":
            message = f"column {column.name!r} is {column.type}, and the rest of a source is jsonb"
            yield Problem(place, message, "write type: jsonb")
        elif maker(column):
            message = f"column {column.name!r} is {maker(column)}: no source fills it"
            yield Problem(place, message, "name another column")
        parts: tuple[Source | Arm, ...] = (source, *source.arms)
        for part in parts:
            written = checked.places.written(part.location, "columns", source.rest)
            if written is not None:
                message = f"column {source.rest!r} is filled by rest and by columns"
                yield Problem(written, message, "fill it in one of the two")

    def _made_elsewhere(
        self, names: Iterable[str], owner: Location, table: Table
    ) -> Iterator[Problem]:
        for name in names:
            column = table.column(name)
            made = maker(column) if column else ""
            if made:
                place = self.known.checked.places.of(owner, "columns", name)
                yield Problem(
                    place, f"column {name!r} is {made}: no source fills it", "leave it out"
                )

    def _unfilled(self, source: Source, table: Table) -> Iterator[Problem]:
        """Columns that must not be NULL and that nothing fills."""
        arms = source.arms or (None,)
        for column in table.columns:
            if column.nullable or maker(column) or column.name in source.columns:
                continue
            hint = f"add {column.name}: ..., or give the column a default"
            if column.default is not None:
                if column.name not in self._filled:
                    continue  # every row takes the default
                hint = f"other sources fill it: add {column.name}: {column.default}"
            for arm in arms:
                if arm is None or column.name not in arm.columns:
                    who = f"arm {arm.label!r} of {source.table}" if arm else str(source.table)
                    message = f"{who} does not fill {column.name!r}, which must not be null"
                    yield Problem((arm or source).location, message, hint)

    @cached_property
    def _filled(self) -> frozenset[str]:
        """Columns that a source or an arm fills."""
        parts: list[Source | Arm] = [*self.mapping.sources]
        parts += [arm for source in self.mapping.sources for arm in source.arms]
        return frozenset(name for part in parts for name in part.columns)


def maker(column: Column) -> str:
    """What fills the column in place of a source; empty when nothing does."""
    if column.assigned:
        return "numbered by the toolkit"
    if column.generated is not None:
        return "generated"
    if column.provenance is not None:
        return "written by the toolkit"
    return "an identity" if column.identity else ""

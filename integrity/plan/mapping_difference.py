"""What a change of the mappings does to rows that are loaded already.

A value whose expression changed is computed anew in every row that nobody changed since. The old
mapping is carried over to the present names first, so that both say what they expect of the same
table. What would make other rows than before (sources, arms, drop rules, match) is refused, by
name, instead of ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from integrity.errors import ConfigFailure, Problem
from integrity.mapping.layout import Layout
from integrity.mapping.needs import defer, in_load_order, references
from integrity.mapping.oracle import Oracle
from integrity.mapping.resolve import resolve_project
from integrity.mapping.resolved import Given, ResolvedMapping, Value, Way
from integrity.model import Location, Mapping, Name, Project
from integrity.operations.context import Context
from integrity.operations.finish_rows import FinishRows
from integrity.operations.freeze_source import FreezeSource
from integrity.operations.load_mapping import LoadMapping
from integrity.operations.operation import Operation
from integrity.operations.recompute_column import RecomputeColumn
from integrity.operations.verify_mapping import VerifyMapping
from integrity.plan.carried import carried
from integrity.plan.compile import layout_of
from integrity.plan.pairs import Pairs
from integrity.plan.reached import Reached
from integrity.plan.scratch import scratch_database, typed_scratch

_LATER = "replace the last migration while nobody has applied it (compile --replace-last)"


@dataclass(slots=True)
class Resolutions:
    """Resolves the mappings of a project, each state once: the server judges every expression."""

    scratch_url: str
    known: list[tuple[Reached, tuple[ResolvedMapping, ...]]] = field(default_factory=list)

    def remember(self, project: Project, mappings: tuple[ResolvedMapping, ...]) -> None:
        """What a compile found out."""
        self.known.append((Reached.of(project), mappings))

    def of(self, project: Project) -> tuple[ResolvedMapping, ...]:
        """The mappings in load order; raises ConfigFailure."""
        state = Reached.of(project)
        for known, mappings in self.known:
            if known == state:
                return mappings
        layout = layout_of(project)
        with (
            scratch_database(self.scratch_url) as url,
            typed_scratch(project, layout, url) as connection,
        ):
            resolved = resolve_project(project, Oracle(connection), layout)
        self.remember(project, in_load_order(defer(resolved)))
        return self.known[-1][1]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A table whose values change: columns that change, and columns that are new."""

    mapping: ResolvedMapping
    changed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass
class MappingDifference:
    """``layout``: after the switch, with the present unified names."""

    old: Reached
    new: Reached
    present: Project
    pairs: Pairs
    layout: Layout
    resolutions: Resolutions

    @property
    def filled(self) -> frozenset[tuple[Name, str]]:
        """Columns that get values from a mapping in this migration."""
        return frozenset(
            (one.mapping.name, column)
            for one in self._recomputed
            for column in (*one.changed, *one.added)
        )

    @property
    def works(self) -> bool:
        """Whether rows are written by way of work tables."""
        return bool(self._recomputed or self._loaded)

    @property
    def written(self) -> tuple[Name, ...]:
        """Tables whose rows are written."""
        changed = [one.mapping.name for one in self._recomputed]
        return (*changed, *(mapping.name for mapping in self._loaded))

    def operations(self, context: Context) -> Iterator[Operation]:
        """Recomputes columns of tables that stay, and loads tables that are new."""
        frozen = {source.table for mapping in self.old.mappings for source in mapping.sources}
        read = {source.table for mapping in self.new.mappings for source in mapping.sources}
        if self._loaded:
            yield from (FreezeSource(context, name) for name in sorted(read - frozen))
        for one in self._recomputed:
            before = self._closure(self._was, one.mapping.name) if one.changed else ()
            yield RecomputeColumn(
                context,
                before=before,
                after=self._closure(self._now, one.mapping.name),
                changed=one.changed,
                added=one.added,
            )
        yield from self._loads(context)
        if self.works:
            yield FinishRows(context, self._used())

    def _loads(self, context: Context) -> Iterator[Operation]:
        names = {mapping.name for mapping in self._loaded}
        for mapping in self._loaded:
            looked_up = tuple(sorted({to for _, _, to in references(mapping)} & names))
            yield LoadMapping(context, mapping, tuple(n for n in looked_up if n != mapping.name))
        expected: dict[Name, ResolvedMapping] = {}
        for mapping in self._loaded:
            expected |= {one.name: one for one in self._closure(self._now, mapping.name)}
        for mapping in expected.values():
            yield VerifyMapping(context, mapping, (), compares=mapping.name in names)

    def _used(self) -> tuple[ResolvedMapping, ...]:
        found: dict[Name, ResolvedMapping] = {}
        for name in self.written:
            for side in (self._was, self._now):
                found |= {one.name: one for one in self._closure(side, name)}
        return tuple(found.values())

    # --- what changed ------------------------------------------------------------------------

    @cached_property
    def _carried(self) -> tuple[Mapping, ...]:
        return carried(self.old.mappings, self.pairs)

    @cached_property
    def _same(self) -> bool:
        return self._carried == self.new.mappings and self.old.macros == self.new.macros

    @cached_property
    def _now(self) -> dict[Name, ResolvedMapping]:
        return {} if self._same else self._resolved(self.new.project(self.present))

    @cached_property
    def _was(self) -> dict[Name, ResolvedMapping]:
        if self._same:
            return {}
        before = Reached(
            tables=self.new.tables, mappings=self._carried, macros=self.old.macros
        ).project(self.present)
        try:
            return self._resolved(before)
        except ConfigFailure as failure:
            first = failure.problems[0]
            raise ConfigFailure(
                [
                    Problem(
                        self._first_changed,
                        "mappings changed together with tables they need, so that what they"
                        f" made before cannot be told: {first.message}",
                        "change the mappings in one compile, and the tables in another",
                    )
                ]
            ) from None

    @property
    def _first_changed(self) -> Location:
        was = {mapping.table: mapping for mapping in self._carried}
        changed = [m.location for m in self.new.mappings if was.get(m.table) != m]
        return changed[0] if changed else Location("", 0, 0)

    def _resolved(self, project: Project) -> dict[Name, ResolvedMapping]:
        return {mapping.name: mapping for mapping in self.resolutions.of(project)}

    @cached_property
    def _recomputed(self) -> tuple[Recomputed, ...]:
        problems: list[Problem] = []
        found = []
        for name, mapping in self._now.items():
            was = self._was.get(name)
            if was is None:
                problems += self._unexpected(mapping)
                continue
            problems += _refusals(was, mapping)
            changed, added = _changed(was, mapping, self._new_columns(name))
            if changed or added:
                found.append(Recomputed(mapping, changed, added))
        problems += self._moves()
        if problems:
            raise ConfigFailure(problems)
        return tuple(found)

    def _new_columns(self, name: Name) -> frozenset[str]:
        """Columns of a kept table that it did not have."""
        for pair in self.pairs.kept:
            if pair.new.name == name:
                was = {pair.new_name(column.name) for column in pair.old.columns}
                return frozenset(c.name for c in pair.new.columns if c.name not in was)
        return frozenset()

    @property
    def _loaded(self) -> tuple[ResolvedMapping, ...]:
        names = {table.name for table in self.pairs.added}
        return tuple(mapping for name, mapping in self._now.items() if name in names)

    def _unexpected(self, mapping: ResolvedMapping) -> Iterator[Problem]:
        place = mapping.mapping.location
        if mapping.name not in {table.name for table in self.pairs.added}:
            yield Problem(
                place,
                f"table {mapping.name} is in use and gets a mapping: its rows are not known to it",
                _LATER,
            )
        elif self.present.legacy.table(mapping.name) and (
            mapping.name not in self.layout.parked_names
        ):
            yield Problem(place, f"a legacy table stands under the name {mapping.name}", _LATER)

    def _moves(self) -> Iterator[Problem]:
        was = {m.table for m in self._carried if m.moves}
        for mapping in self.new.mappings:
            if mapping.moves and mapping.table not in was:
                message = f"table {mapping.table} is to be moved, after the consolidation"
                yield Problem(mapping.location, message, "write its sources instead of move")

    def _closure(
        self, side: dict[Name, ResolvedMapping], name: Name
    ) -> tuple[ResolvedMapping, ...]:
        """A mapping and all whose rows its expectation refers to, in load order."""
        wanted, waiting = set[Name](), [name]
        while waiting:
            one = waiting.pop()
            if one in side and one not in wanted:
                wanted.add(one)
                waiting += [to for _, _, to in references(side[one])]
        return tuple(mapping for mapping in side.values() if mapping.name in wanted)


# --- comparison ------------------------------------------------------------------------------


def _refusals(was: ResolvedMapping, now: ResolvedMapping) -> Iterator[Problem]:
    place = now.mapping.location
    parts: tuple[tuple[str, object, object], ...] = (
        ("sources", sorted(s.label for s in was.sources), sorted(s.label for s in now.sources)),
        ("keys of sources", _keys(was), _keys(now)),
        ("arms", _arms(was), _arms(now)),
        ("drop rules", _drops(was), _drops(now)),
        ("match", [r.columns for r in was.ladder], [r.columns for r in now.ladder]),
    )
    for what, before, after in parts:
        if before != after:
            yield Problem(
                place,
                f"mapping of {now.name}: its {what} changed, which would make other rows than"
                " those that are loaded",
                f"{_LATER}; rows that were rejected come in with integrity quarantine replay",
            )
            return
    changed, _ = _changed(was, now, frozenset())
    fixed = sorted(set(changed) & {name for rung in now.ladder for name in rung.columns})
    fixed += sorted(set(changed) & {one.column.name for one in now.deferred})
    if fixed:
        yield Problem(
            place,
            f"mapping of {now.name}: {', '.join(fixed)} tells its rows apart, so other"
            " expressions would make other rows than those that are loaded",
            _LATER,
        )


def _keys(mapping: ResolvedMapping) -> list[tuple[str, tuple[str, ...], bool]]:
    return sorted((s.label, s.source.key, s.source.keyless) for s in mapping.sources)


def _arms(mapping: ResolvedMapping) -> list[tuple[str, list[str]]]:
    return sorted((s.label, [arm.label for arm in s.arms]) for s in mapping.sources)


def _drops(mapping: ResolvedMapping) -> list[tuple[str, list[str]]]:
    return sorted((s.label, [rule.when.text for rule in s.drops]) for s in mapping.sources)


def _changed(
    was: ResolvedMapping, now: ResolvedMapping, new_columns: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mapped columns whose values come about otherwise, and those the table did not have."""
    mapped = {column.name for column in was.columns}
    same_rows = _survival(was) == _survival(now)
    changed, added = [], []
    for column in now.columns:
        if column.name in new_columns:
            added.append(column.name)
        elif (
            column.name not in mapped
            or not same_rows
            or _made(was, column.name) != _made(now, column.name)
        ):
            changed.append(column.name)
    return tuple(changed), tuple(added)


def _survival(mapping: ResolvedMapping) -> tuple[object, ...]:
    return mapping.by_row, [source.table for source in mapping.sources]


def _made(mapping: ResolvedMapping, column: str) -> object:
    """How a column is made, in every source and arm, without places and spelling."""
    values = [
        (source.table, arm.label, _bare(arm.value(column)))
        for source in mapping.sources
        for arm in source.arms
    ]
    return values, mapping.mapping.survivorship.columns.get(column)


def _bare(value: Value | None) -> object:
    if value is None:
        return None
    return _text(value.given), [_way(way) for way in value.ways]


def _text(given: Given | None) -> str | None:
    return given.text if given else None


def _way(way: Way) -> tuple[object, ...]:
    given = [one.text for one in way.given]
    return way.table, way.crosswalk_of, way.by, given, way.take, way.optional

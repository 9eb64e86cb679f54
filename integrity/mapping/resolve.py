"""From a mapping as written to one with every name and type known.

Everything that can be wrong is collected as problems, so that the user sees all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from integrity.errors import ConfigFailure, Problem
from integrity.mapping.candidates import holds
from integrity.mapping.layout import Layout
from integrity.mapping.oracle import Oracle, Refused
from integrity.mapping.resolved import (
    Given,
    Guard,
    ResolvedArm,
    ResolvedMapping,
    ResolvedSource,
    Rung,
    Value,
    Way,
)
from integrity.model import (
    NOWHERE,
    Arm,
    Column,
    CrosswalkLookup,
    DropRule,
    Expression,
    FirstOf,
    Key,
    Location,
    Lookup,
    Mapping,
    Name,
    Project,
    Source,
    Table,
)
from integrity.model import Value as Written
from integrity.sql.expression import SqlProblem, expand, names_volatile, parse
from integrity.sql.types import CastKind, cast_kind, same_text

_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_WHOLE = Arm(label="", columns={})  # a source without arms yields one candidate per row


def resolve_project(
    project: Project, oracle: Oracle, layout: Layout
) -> tuple[ResolvedMapping, ...]:
    """Every mapping that loads rows, resolved, in the order of ``project.mappings``.

    Raises ConfigFailure with all problems of all mappings.
    """
    problems: list[Problem] = []
    resolved = [
        _Resolver(project, mapping, oracle, layout, problems).resolve()
        for mapping in project.mappings
        if not mapping.moves
    ]
    if problems:
        raise ConfigFailure(dict.fromkeys(problems))
    return tuple(resolved)


def resolve_mapping(
    project: Project, mapping: Mapping, oracle: Oracle, layout: Layout
) -> ResolvedMapping:
    """One mapping, resolved. Raises ConfigFailure with all its problems."""
    problems: list[Problem] = []
    resolved = _Resolver(project, mapping, oracle, layout, problems).resolve()
    if problems:
        raise ConfigFailure(dict.fromkeys(problems))
    return resolved


@dataclass
class _Resolver:
    """Resolves one mapping; what is wrong goes to ``problems``."""

    project: Project
    mapping: Mapping
    oracle: Oracle
    layout: Layout
    problems: list[Problem]
    _types: dict[tuple[Name, str], str | Refused] = field(default_factory=dict)

    def resolve(self) -> ResolvedMapping:
        table = self._table(self.mapping.table)
        assert table.primary_key is not None
        primary = table.column(table.primary_key.columns[0])
        assert primary is not None
        sources = tuple(self._source(rank, s, table) for rank, s in enumerate(self._ranked(), 1))
        filled = {v.column.name for s in sources for arm in s.arms for v in arm.values}
        return ResolvedMapping(
            mapping=self.mapping,
            table=table,
            sources=sources,
            key_type=_key_type(sources),
            primary=primary,
            columns=tuple(c for c in table.columns if c.name in filled),
            ladder=tuple(_ladder(self.mapping, table)),
            order=_order(self.mapping, table),
            referenced=self._is_referenced(),
            looked_up=self._is_looked_up(),
        )

    def _table(self, name: Name) -> Table:
        table = self.project.table(name)
        assert table is not None, f"{name} was checked by config"
        return table

    def _ranked(self) -> list[Source]:
        """Sources by preference; those not named in ``prefer`` follow as written."""
        prefer = list(self.mapping.survivorship.prefer)
        last = len(prefer)
        return sorted(
            self.mapping.sources,
            key=lambda s: prefer.index(s.table) if s.table in prefer else last,
        )

    def _is_referenced(self) -> bool:
        own = {source.table for source in self.mapping.sources}
        return any(
            isinstance(way, CrosswalkLookup)
            and way.into == self.mapping.table
            and way.source in own
            for mapping in self.project.mappings
            for way in _ways_of(mapping)
        )

    def _is_looked_up(self) -> bool:
        return any(
            isinstance(way, Lookup) and way.table == self.mapping.table
            for mapping in self.project.mappings
            for way in _ways_of(mapping)
        )

    def _source(self, rank: int, source: Source, table: Table) -> ResolvedSource:
        contract = self.project.legacy.table(source.table)
        assert contract is not None
        key = tuple(column for name in source.key if (column := contract.column(name)))
        self._learn(source, table)
        arms = tuple(
            self._arm(number, arm, source, table)
            for number, arm in enumerate(source.arms or (_WHOLE,), 1)
        )
        return ResolvedSource(
            rank=rank,
            source=source,
            table=source.table,
            key=key,
            drops=tuple(self._drop_rules(source)),
            arms=arms,
            contract=contract.columns,
            key_is_unique=source.keyless or any(_identifies(one, key) for one in contract.keys()),  # noqa: SIM118
        )

    def _drop_rules(self, source: Source) -> Iterator[DropRule]:
        for rule in source.drops:
            given = self._given(rule.when, source)
            if given and given.type != "boolean":
                self._problem(rule.when.location, f"a drop rule must be boolean, not {given.type}")
            if given:
                text = holds(given, self.layout)
                yield replace(rule, when=Expression(text, rule.when.location))

    def _arm(self, number: int, arm: Arm, source: Source, table: Table) -> ResolvedArm:
        written = {**source.columns, **arm.columns}
        values = tuple(
            value
            for column in table.columns
            if column.name in written
            and (value := self._value(column, written[column.name], source))
        )
        fills = tuple(
            value.given
            for value in values
            if value.column.name in arm.columns and value.given and not value.given.constant
        )
        return ResolvedArm(number=number, label=arm.label, values=values, fills=fills)

    # --- values ------------------------------------------------------------------------------

    def _value(self, column: Column, written: Written, source: Source) -> Value | None:
        if isinstance(written, Expression):
            given = self._given(written, source)
            return self._expression_value(column, given) if given else None
        ways = written.ways if isinstance(written, FirstOf) else (written,)
        found = tuple(way for w in ways if (way := self._way(w, source)))
        return Value(column=column, ways=found) if len(found) == len(ways) else None

    def _expression_value(self, column: Column, given: Given) -> Value | None:
        if given.constant:
            cast = f"({given.text})::{column.type}"
            refused = self.oracle.evaluates(cast)
            if refused:
                self._problem(given.location, f"{refused.message} (for column {column.name})")
            return Value(column=column, given=given)
        kind = cast_kind(given.type, column.type)
        if kind is CastKind.AMBIGUOUS:
            self._problem(
                given.location,
                f"{given.type} does not become {column.type} without a time zone",
                hint="say which: AT TIME ZONE 'UTC', or the zone of the wall clock",
            )
        if kind is CastKind.IMPOSSIBLE:
            self._problem(given.location, f"{given.type} cannot be cast to {column.type}")
        return Value(column=column, given=given, guarded=kind is CastKind.GUARDED)

    def _way(self, way: Lookup | CrosswalkLookup, source: Source) -> Way | None:
        if isinstance(way, CrosswalkLookup):
            return self._crosswalk_way(way, source)
        table = self._table(way.table)
        given = [self._given(expression, source) for _, expression in way.by]
        by = tuple(expand(expression.text, self.project.macros) for expression, _ in way.by)
        self._check_by(way, table)
        if None in given:
            return None
        return Way(
            table=way.table,
            crosswalk_of=None,
            by=by,
            given=tuple(g for g in given if g),
            take=way.take or _single_key(table),
            unique=any(set(key.columns) <= set(by) for key in table.keys()),  # noqa: SIM118
            optional=way.optional,
            provable=self._provable(table, by, way.take or _single_key(table)),
        )

    def _provable(self, table: Table, by: tuple[str, ...], take: str) -> bool:
        """Whether what the mapping of ``table`` is expected to hold can be looked up."""
        mapping = self.project.mapping(table.name)
        if mapping is None or mapping.moves:
            return False
        filled = {name for s in mapping.sources for name in s.columns}
        filled |= {name for s in mapping.sources for arm in s.arms for name in arm.columns}
        filled.add(_single_key(table))
        return {take}.union(*(parse(text).columns for text in by)) <= filled

    def _check_by(self, way: Lookup, table: Table) -> None:
        for expression, _ in way.by:
            answer = self.oracle.accepts(
                self.layout.unified(table.name), expand(expression.text, self.project.macros)
            )
            if answer:
                self._problem(expression.location, answer.message, hint=answer.hint)

    def _crosswalk_way(self, way: CrosswalkLookup, source: Source) -> Way | None:
        assert way.into is not None, "config decides which crosswalk is meant"
        fed = self.project.mapping(way.into)
        assert fed is not None
        referenced = next(s for s in fed.sources if s.table == way.source)
        if len(referenced.arms) > 1:
            self._problem(
                way.location,
                f"{way.source} has {len(referenced.arms)} arms in the mapping of {fed.table}:"
                " one of its rows has several unified keys",
                hint=f"look the row up in {fed.table} instead",
            )
        given = [g for expression in way.key if (g := self._given(expression, source))]
        if len(given) < len(way.key):
            return None
        key_type = self._key_type_of(fed)
        if key_type == "bigint" and given[0].type not in _INTEGERS:
            self._problem(
                way.key[0].location,
                f"the key of {way.source} is an integer, this is {given[0].type}",
                hint=f"cast it: ({given[0].written})::bigint; what does not cast is quarantined",
            )
        else:
            self._check_key_types(way, given, referenced)
        return Way(
            table=fed.table,
            crosswalk_of=way.source,
            by=(),
            given=tuple(given),
            take=_single_key(self._table(fed.table)),
            unique=True,
            optional=way.optional,
            crosswalk_key_type=key_type,
        )

    def _check_key_types(self, way: CrosswalkLookup, given: list[Given], source: Source) -> None:
        """A crosswalk holds keys as text, in which 1 and 1.00 differ, and 'N' and 'N   '."""
        contract = self.project.legacy.table(source.table)
        key = [contract.column(name) for name in source.key] if contract else []
        for one, column in zip(given, key, strict=False):
            if column and not same_text(one.type, column.type, alone=len(key) == 1):
                self._problem(
                    one.location,
                    f"{column.name} of {source.table} is {column.type}, this is {one.type}:"
                    " their texts may differ where the values are equal",
                    hint=f"cast it: ({one.written})::{column.type}",
                )

    def _key_type_of(self, mapping: Mapping) -> str:
        """The type of source keys in the crosswalk of a mapping."""
        for source in mapping.sources:
            contract = self.project.legacy.table(source.table)
            kinds = [contract.column(name) for name in source.key] if contract else []
            if len(kinds) != 1 or kinds[0] is None or kinds[0].type not in _INTEGERS:
                return "text"
        return "bigint"

    def _given(self, expression: Expression, source: Source) -> Given | None:
        """The expression with macros expanded, its type and what must be guarded."""
        try:
            text = expand(expression.text, self.project.macros)
            parsed = parse(text)
        except SqlProblem as problem:
            self._problem(expression.location, problem.message, hint=problem.hint)
            return None
        for name in names_volatile(parsed):
            self._problem(
                expression.location,
                f"{name} gives another result on every run",
                hint="use a column of the source",
            )
        kind = self._type(source.table, text)
        if isinstance(kind, Refused):
            self._problem(expression.location, kind.message, hint=kind.hint)
            return None
        return Given(
            text=text,
            written=" ".join(expression.text.split()),
            type=kind,
            guards=tuple(self._guards(text, source, expression.location)),
            reads=tuple(sorted(parsed.columns)),
            location=expression.location,
        )

    def _guards(self, text: str, source: Source, location: Location) -> Iterator[Guard]:
        for cast in parse(text).casts:
            operand = self._type(source.table, cast.operand)
            if isinstance(operand, Refused) or not parse(cast.operand).columns:
                continue  # the whole was accepted, so a constant operand was cast already
            match cast_kind(operand, cast.type):
                case CastKind.AMBIGUOUS:
                    self._problem(
                        location,
                        f"the cast of {cast.operand} from {operand} to {cast.type}"
                        " depends on the session's time zone",
                        hint="use AT TIME ZONE",
                    )
                case CastKind.GUARDED:
                    yield Guard(operand=cast.operand, type=cast.type, when=cast.when)
                case _:
                    pass

    # --- types -------------------------------------------------------------------------------

    def _type(self, table: Name, text: str) -> str | Refused:
        if (table, text) not in self._types:
            self._types[table, text] = self.oracle.types(table, [text])[0]
        return self._types[table, text]

    def _learn(self, source: Source, table: Table) -> None:
        """Asks for the types of all expressions of a source in one question."""
        texts = dict.fromkeys(self._texts(source))
        known = self.oracle.types(source.table, list(texts))
        self._types.update({(source.table, t): k for t, k in zip(texts, known, strict=True)})

    def _texts(self, source: Source) -> Iterator[str]:
        for expression in expressions_of(source):
            try:
                text = expand(expression.text, self.project.macros)
                yield text
                yield from (cast.operand for cast in parse(text).casts)
            except SqlProblem:
                continue  # reported where the value is resolved

    def _problem(self, location: Location, message: str, *, hint: str = "") -> None:
        place = location if location is not NOWHERE else self.mapping.location
        self.problems.append(Problem(place, message, hint))


def expressions_of(source: Source) -> Iterator[Expression]:
    """Every expression over the columns of ``source``."""
    yield from (rule.when for rule in source.drops)
    for value in _values_of(source):
        match value:
            case Expression():
                yield value
            case Lookup():
                yield from (expression for _, expression in value.by)
            case CrosswalkLookup():
                yield from value.key
            case FirstOf():
                for way in value.ways:
                    given = way.key if isinstance(way, CrosswalkLookup) else (e for _, e in way.by)
                    yield from given


def _values_of(source: Source) -> Iterator[Written]:
    yield from source.columns.values()
    for arm in source.arms:
        yield from arm.columns.values()


def _ways_of(mapping: Mapping) -> Iterator[Lookup | CrosswalkLookup]:
    for source in mapping.sources:
        for value in _values_of(source):
            if isinstance(value, FirstOf):
                yield from value.ways
            elif not isinstance(value, Expression):
                yield value


def _single_key(table: Table) -> str:
    assert table.primary_key is not None
    return table.primary_key.columns[0]


def _key_type(sources: Iterable[ResolvedSource]) -> str:
    whole = all(len(s.key) == 1 and s.key[0].type in _INTEGERS for s in sources)
    return "bigint" if whole else "text"


def _identifies(constraint: Key, key: tuple[Column, ...]) -> bool:
    """Whether the constraint makes rows unique by ``key``: it says nothing of NULLs."""
    sure = {column.name for column in key if not column.nullable}
    return set(constraint.columns) <= sure


def _ladder(mapping: Mapping, table: Table) -> Iterator[Rung]:
    natural = table.natural_key or table.primary_key
    assert natural is not None
    for columns in mapping.match or (natural.columns,):
        equal = (key for key in table.keys() if set(key.columns) == set(columns))  # noqa: SIM118
        same = next(equal, None)
        yield Rung(columns=columns, null_safe=bool(same and same.nulls_not_distinct))


def _order(mapping: Mapping, table: Table) -> tuple[str, ...]:
    if mapping.order:
        return mapping.order
    natural = table.natural_key or table.primary_key
    assert natural is not None
    return natural.columns

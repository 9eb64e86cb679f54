"""Who else reads a legacy column, and whether writing it changes what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import checks, is_valid
from integrity.mapping.comparable import same
from integrity.mapping.resolved import ResolvedArm, ResolvedMapping, ResolvedSource, Value
from integrity.mapping.writeback import WriteBack
from integrity.model import Column, Name
from integrity.sql.expression import parse, substitute
from integrity.sql.quote import ident, literal
from integrity.sql.template import render

_LAST = 32767  # behind every listed source


@dataclass(frozen=True, slots=True)
class Reader:
    """A value of a mapping that reads the column; ``value`` is None for a drop rule."""

    mapping: ResolvedMapping
    source: ResolvedSource
    arm: ResolvedArm
    value: Value | None

    def can_be_asked(self, home: WriteBack, source: ResolvedSource) -> bool:
        """Whether the unified row tells if it would change: a plain value of another table.

        Not one that decides which row it is, or by which other tables find it.
        """
        value, mapping = self.value, self.mapping
        if value is None or value.given is None or mapping.name == home.mapping.name:
            return False
        name = value.column.name
        deciding = {column for rung in mapping.ladder for column in rung.columns}
        deciding |= {mapping.primary.name, *mapping.order}
        deciding |= {c for key in mapping.later_keys for c in key.columns}
        return (
            len(value.reads) == 1
            and self.source.key == source.key
            and not mapping.inline
            and len(self.source.arms) == 1
            and name not in deciding
            and name not in _asked_for(home, mapping.name)
        )

    def undisturbed(self, home: WriteBack, column: str, legacy: Column, updates: Name) -> str:
        """Takes updates of ``column`` back that would change this value; a NULL may be filled."""
        value, mapping = self.value, self.mapping
        assert value is not None
        read, tests = self._again(home, "u.legacy", legacy)
        mine = f"t.{ident(value.column.name)}"
        again = same(mine, f"{read}::{value.column.type}", value.column.type)
        return render(
            "write_back.undisturbed.sql",
            updates=updates,
            crosswalk=home.layout.crosswalk(mapping.name),
            table=home.layout.unified(mapping.name),
            primary=mapping.primary.name,
            column=column,
            read=value.column.name,
            source=self.source.label,
            arm=self.arm.label,
            key_type=mapping.key_type,
            tests=tests,
            differs=f"not ({again})",
            matched=None if mapping.by_row else home.layout.work(mapping.name, "expected_matched"),
            rank=self.source.rank,
            arm_number=self.arm.number,
            m_place=_place(mapping, value.column, "m"),
            own_place=_place(mapping, value.column, "own"),
        )

    def filled(self, home: WriteBack, legacy: Column) -> str:
        """The value of the unified row ``t``, or, where it has none, that of the new legacy row."""
        assert self.value is not None
        kind, mine = self.value.column.type, f"t.{ident(self.value.column.name)}"
        read, tests = self._again(home, "sent.legacy", legacy)
        whens = "".join(f" when not {test} then null" for test in tests)
        return f"coalesce({mine}, case{whens} else {read}::{kind} end)"

    def _again(self, home: WriteBack, row: str, legacy: Column) -> tuple[str, list[str]]:
        """The value computed from what is written, and tests that its casts do not fail."""
        assert self.value is not None and self.value.given is not None
        given = self.value.given
        over = {legacy.name: f"({row} ->> {literal(legacy.name)})::{legacy.type}"}
        tests = []
        for guard in given.guards:
            test = is_valid(substitute(guard.operand, over), guard.type, home.layout)
            when = substitute(guard.when, over) if guard.when else ""
            tests.append(f"(case when {when} then {test} else true end)" if when else test)
        read = f"({substitute(given.text, over)})"
        return read, [*tests, is_valid(read, self.value.column.type, home.layout)]


def stays_valid(
    home: WriteBack, source: ResolvedSource, written: Iterable[Column], updates: Name
) -> Iterator[str]:
    """Takes updates back by which a NULL of another table is filled against one of its checks."""
    found: dict[Name, dict[str, tuple[Reader, Column]]] = {}
    for column in written:
        for reader in readers(home, source, column.name):
            if reader.value and reader.mapping.name != home.mapping.name:
                known = found.setdefault(reader.mapping.name, {})
                known[reader.value.column.name] = (reader, column)
    for known in found.values():
        reader = next(iter(known.values()))[0]
        asked = [c for c in checks(reader.mapping) if parse(c.expression).columns & known.keys()]
        names = sorted({name for check in asked for name in parse(check.expression).columns})
        if asked:
            yield render(
                "write_back.stays_valid.sql",
                updates=updates,
                crosswalk=home.layout.crosswalk(reader.mapping.name),
                table=home.layout.unified(reader.mapping.name),
                primary=reader.mapping.primary.name,
                source=reader.source.label,
                arm=reader.arm.label,
                key_type=reader.mapping.key_type,
                columns=[
                    {
                        "name": name,
                        "sql": known[name][0].filled(home, known[name][1])
                        if name in known
                        else f"t.{ident(name)}",
                    }
                    for name in names
                ],
                checks=[f"{check.expression}" for check in asked],
            )


def readers(home: WriteBack, source: ResolvedSource, column: str) -> Iterator[Reader]:
    """Everything that reads a column of the legacy table of ``source``."""
    for mapping in home.others:
        for other in mapping.sources:
            if other.table != source.table:
                continue
            for arm in other.arms:
                if any(column in parse(rule.when.text).columns for rule in other.drops):
                    yield Reader(mapping, other, arm, None)
                for value in arm.values:
                    if column in value.reads:
                        yield Reader(mapping, other, arm, value)


def _asked_for(home: WriteBack, table: Name) -> set[str]:
    """Columns by which rows of a unified table are looked up, or that lookups take."""
    ways = (
        way
        for mapping in home.others
        for source in mapping.sources
        for arm in source.arms
        for value in arm.values
        for way in value.ways
        if way.table == table and not way.crosswalk_of
    )
    return {name for way in ways for name in {way.take}.union(*(parse(b).columns for b in way.by))}


def _place(mapping: ResolvedMapping, column: Column, alias: str) -> str:
    """Where a candidate stands among those that are asked for the value of a column."""
    prefer = mapping.mapping.survivorship.columns.get(column.name)
    if not prefer:
        return "0"
    ranks = {source.table: source.rank for source in mapping.sources}
    listed = ", ".join(str(ranks[name]) for name in prefer)
    return f"coalesce(array_position(array[{listed}], {alias}.integrity_source::integer), {_LAST})"

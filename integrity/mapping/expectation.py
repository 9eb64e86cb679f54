"""What a mapping should have produced, from the sources alone: the second compiler.

It reads no work table, crosswalk or ledger of the load, and writes its SQL in another shape: one
query per arm, joins instead of reject codes, window functions instead of updates. A filter, join,
arm, column or time zone that the load got wrong shows as a difference, by key and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import Item, Slot, checks, is_valid, key_sql, slots
from integrity.mapping.layout import Layout
from integrity.mapping.load import preference, sortable
from integrity.mapping.resolved import (
    Deferred,
    Given,
    ResolvedArm,
    ResolvedMapping,
    ResolvedSource,
    Value,
    Way,
)
from integrity.model import Column, Name
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render

BUCKETS = 1024
# Types that have no hash function; their text has one.
_UNHASHABLE = ("json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Writes the query of what should be there, and the comparison with what is."""

    mapping: ResolvedMapping
    layout: Layout

    def drop_work_tables(self) -> Iterator[str]:
        """Drops the work tables of the verification."""
        for part in ("differences", "expected", "expected_matched", "expected_members"):
            yield f"drop table if exists {qualified(self._work(part))}"

    def prepare(self) -> Iterator[str]:
        """Work tables that the expectation needs: none when one query says it all."""
        yield from self.drop_work_tables()
        if not self.mapping.direct:
            yield self._matched()
            yield f"analyze {qualified(self._work('expected_matched'))}"
            yield self._rows()
        elif self.mapping.looked_up:
            expected = qualified(self._work("expected"))
            yield f"create {self.layout.work_storage} table {expected} as\n{self._direct()}"
        if self.mapping.referenced:
            yield self._members()
            yield f"analyze {qualified(self._work('expected_members'))}"

    def query(self) -> str:
        """A query of the expected rows: the key, the mapped columns, the provenance columns."""
        rows = self._direct() if self.mapping.direct else self._merged()
        return self._with_references(rows) if self.mapping.deferred else rows

    def _with_references(self, rows: str) -> str:
        """The expected rows with the references that are filled when both tables stand."""
        later = {one.column.name: n for n, one in enumerate(self.mapping.deferred, 1)}
        columns = [
            f"found_{later[c.name]}.integrity_found::{c.type} as {ident(c.name)}"
            if c.name in later
            else f"w.{ident(c.name)}"
            for c in self.columns()
        ]
        return render(
            "verify_mapping.references.sql",
            columns=columns,
            rows=rows,
            joins=[self._reference(one, n) for n, one in enumerate(self.mapping.deferred, 1)],
        )

    def _reference(self, deferred: Deferred, number: int) -> dict[str, object]:
        keys = [f"w.{ident(column.name)}" for column in deferred.carried]
        way = deferred.way
        if way.crosswalk_of:
            relation, keys = self._crosswalk_relation(way, keys)
        else:
            relation = self._lookup_relation(way, deferred.column, only_single=True)
        on = [(f"integrity_by_{n}", key) for n, key in enumerate(keys, 1)]
        return {"alias": f"found_{number}", "relation": relation, "on": on}

    def _merged(self) -> str:
        key = [self.mapping.primary] if self.mapping.assigned else []
        columns = ",\n    ".join(f"e.{ident(c.name)}" for c in (*key, *self.mapping.work_columns))
        return f"select\n    {columns}\nfrom {qualified(self._work('expected'))} as e"

    def columns(self) -> tuple[Column, ...]:
        """The columns that are compared, the key first."""
        inline = [self.mapping.provenance(kind) for kind in ("source", "key", "arm")]
        provenance = [c for c in inline if c] if self.mapping.inline else []
        mapped = [c for c in self.mapping.columns if c.name != self.mapping.primary.name]
        return (self.mapping.primary, *mapped, *provenance)

    def compare(self) -> Iterator[str]:
        """Writes the buckets that differ to a work table and stops the run if there are any."""
        yield "set local work_mem = '256MB'"
        differences = qualified(self._work("differences"))
        yield f"create {self.layout.work_storage} table {differences} as\n{self.differing_buckets()}"
        yield render(
            "verify_mapping.assert.sql",
            differences=self._work("differences"),
            mapping=str(self.mapping.name),
            buckets=BUCKETS,
        )

    def differing_buckets(self) -> str:
        """A query of the buckets whose rows differ between expectation and table."""
        return render(
            "verify_mapping.differing_buckets.sql",
            bucket=self.bucket(),
            hash=self.hash(),
            expected=self.query(),
            table=self.layout.unified(self.mapping.name),
        )

    def bucket(self) -> str:
        """The bucket of row ``t``."""
        key = f"t.{ident(self.mapping.primary.name)}"
        return f"hash_record_extended(row({key}), 0) & {BUCKETS - 1}"

    def hash(self) -> str:
        """The hash of all compared columns of row ``t``."""
        values = ", ".join(hashable(column) for column in self.columns())
        return f"hash_record_extended(row({values}), 0)"

    # --- candidates --------------------------------------------------------------------------

    def _candidates(self) -> str:
        arms = [self._arm(source, arm) for source in self.mapping.sources for arm in source.arms]
        conditions = [f"({check.expression}) is not false" for check in checks(self.mapping)]
        if self.mapping.direct:
            required = self.mapping.required()
            conditions += [f"{ident(column.name)} is not null" for column in required]
        return render("verify_mapping.candidates.sql", arms=arms, conditions=conditions)

    def _arm(self, source: ResolvedSource, arm: ResolvedArm) -> str:
        return render(
            "verify_mapping.arm.sql",
            source=source,
            arm=arm,
            key=key_sql(source, self.mapping.key_type, alias="s"),
            items=[
                *(Item(c.name, self._value(source, arm, c)) for c in self.mapping.columns),
                *self._carried(arm),
            ],
            joins=[self._join(slot, arm) for slot in slots(self.mapping, source)],
            conditions=list(self._conditions(source, arm)),
            **{"from": self.layout.legacy(source.table)},
        )

    def _carried(self, arm: ResolvedArm) -> Iterator[Item]:
        for deferred in self.mapping.deferred:
            value = arm.value(deferred.column.name)
            for position, column in enumerate(deferred.carried):
                text = value.ways[0].given[position].text if value else "null"
                yield Item(column.name, f"({text})::{column.type}")

    def _value(self, source: ResolvedSource, arm: ResolvedArm, column: Column) -> str:
        value = arm.value(column.name)
        later = {one.column.name for one in self.mapping.deferred}
        if value is None or column.name in later:
            return f"null::{column.type}"
        if value.given:
            return f"({value.given.text})::{column.type}"
        found = [s.alias for s in slots(self.mapping, source) if s.column.name == column.name]
        if len(found) == 1:
            return f"{found[0]}.integrity_found::{column.type}"
        whens = " ".join(
            f"when {alias}.integrity_times = 1 then {alias}.integrity_found" for alias in found
        )
        return f"(case {whens} end)::{column.type}"

    def _join(self, slot: Slot, arm: ResolvedArm) -> dict[str, object]:
        way, value = slot.way, arm.value(slot.column.name)
        assert value is not None
        given = [g.text for g in value.ways[slot.number - 1].given]
        alone = len(value.ways) == 1
        if way.crosswalk_of:
            relation, given = self._crosswalk_relation(way, given)
        else:
            relation = self._lookup_relation(way, slot.column, only_single=alone)
        return {
            "alias": slot.alias,
            "relation": relation,
            "optional": not alone or way.optional,
            "on": [(f"integrity_by_{n}", text) for n, text in enumerate(given, 1)],
        }

    def _lookup_relation(self, way: Way, column: Column, *, only_single: bool) -> str:
        return render(
            "verify_mapping.lookup.sql",
            table=(
                self.layout.work(way.table, "expected")
                if way.provable
                else self.layout.unified(way.table)
            ),
            by=way.by,
            take=way.take,
            cast_take="uuid" if column.type == "uuid" else None,
            only_single=only_single,
        )

    def _crosswalk_relation(self, way: Way, given: list[str]) -> tuple[str, list[str]]:
        members = self.layout.work(way.table, "expected_members")
        relation = (
            "select integrity_key as integrity_by_1, integrity_unified as integrity_found,"
            " 1 as integrity_times\n"
            f"from {qualified(members)}\n"
            f"where integrity_label = {literal(str(way.crosswalk_of))}"
        )
        if len(given) > 1:
            return relation, [f"jsonb_build_array({', '.join(given)})::text"]
        return relation, [f"({given[0]})::{way.crosswalk_key_type}"]

    def _conditions(self, source: ResolvedSource, arm: ResolvedArm) -> Iterator[str]:
        """What a source row must be for its candidate to be accepted on this arm."""
        yield from (f"not coalesce(({rule.when.text}), false)" for rule in source.drops)
        if len(source.arms) > 1 and arm.fills:
            yield f"num_nonnulls({', '.join(arm.fills)}) > 0"
        for value in arm.values:
            yield from self._castable(value)
        for name in dict.fromkeys(slot.column.name for slot in slots(self.mapping, source)):
            yield from self._found([s for s in slots(self.mapping, source) if s.column.name == name], arm)

    def _castable(self, value: Value) -> Iterator[str]:
        parts = [value.given] if value.given else [g for way in value.ways for g in way.given]
        for given in parts:
            tests = list(self._tests(given))
            if value.guarded:
                tests.append(is_valid(given.text, value.column.type, self.layout))
            if tests:
                whens = " ".join(f"when not ({test}) then false" for test in tests)
                yield f"(case {whens} else true end)"

    def _tests(self, given: Given) -> Iterator[str]:
        for guard in given.guards:
            test = is_valid(guard.operand, guard.type, self.layout)
            yield f"(case when {guard.when} then {test} else true end)" if guard.when else test

    def _found(self, ways: list[Slot], arm: ResolvedArm) -> Iterator[str]:
        """Conditions that an inner join does not express: alternatives and optional keys."""
        value = arm.value(ways[0].column.name)
        assert value is not None
        keys = [g.text for way in value.ways for g in way.given]
        unasked = " and ".join(f"({key}) is null" for key in keys)
        optional = any(slot.way.optional for slot in ways)
        if len(ways) == 1:
            if optional:
                yield f"({ways[0].alias}.integrity_times = 1 or {unasked})"
            return
        first = "coalesce(" + ", ".join(f"{s.alias}.integrity_times" for s in ways) + ")"
        yield f"({first} = 1 or {unasked})" if optional else f"{first} = 1"

    # --- rows --------------------------------------------------------------------------------

    def _direct(self) -> str:
        shown = [(f"w.{ident(c.name)}", c.name) for c in self.mapping.work_columns]
        shown.insert(0, ("w.integrity_row", self.mapping.primary.name))
        if self.mapping.inline:
            origin = {"source": "o.source_label", "key": "w.integrity_key", "arm": "o.arm_label"}
            for kind, value in origin.items():
                column = self.mapping.provenance(kind)
                assert column is not None
                shown.append((f"{value}::{column.type}", column.name))
        return render(
            "verify_mapping.direct.sql",
            columns=[f"{sql} as {ident(name)}" for sql, name in shown],
            candidates=self._candidates(),
            order=self._rung_order(),
            key_type=self.mapping.key_type,
            inline=self.mapping.inline,
            sources=self.mapping.sources,
        )

    def _rung_order(self) -> list[str]:
        rung = self.mapping.ladder[0].columns
        names = [*self.mapping.order, *(c for c in rung if c not in self.mapping.order)]
        return [self._sortable(name) for name in names]

    def _matched(self) -> str:
        return render(
            "verify_mapping.matched.sql",
            storage=self.layout.work_storage,
            members=self._work("expected_matched"),
            candidates=self._candidates(),
            ladder=self.mapping.ladder,
            key_type=self.mapping.key_type,
        )

    def _rows(self) -> str:
        conditions = [f"({check.expression}) is not false" for check in checks(self.mapping)]
        conditions += [f"{ident(c.name)} is not null" for c in self.mapping.required()]
        return render(
            "verify_mapping.rows.sql",
            storage=self.layout.work_storage,
            expected=self._work("expected"),
            members=self._work("expected_matched"),
            primary=self.mapping.primary.name if self.mapping.assigned else "integrity_row",
            order=[self._sortable(name) for name in self.mapping.order],
            later_keys=self.mapping.later_keys,
            by_row=self.mapping.by_row,
            columns=[
                {"name": c.name, "order": preference(self.mapping, c, "m", number="n")}
                for c in self.mapping.work_columns
            ],
            conditions=conditions,
        )

    def _members(self) -> str:
        """Source rows and the keys of the unified rows they should have become part of."""
        return render(
            "verify_mapping.members.sql",
            storage=self.layout.work_storage,
            members=self._work("expected_members"),
            direct=self.mapping.direct,
            candidates=self._candidates() if self.mapping.direct else "",
            order=self._rung_order() if self.mapping.direct else [],
            matched=self._work("expected_matched"),
            expected=self._work("expected"),
            unified=self.mapping.primary.name,
            sources=self.mapping.sources,
        )

    def membership(self, *, only_merged: bool = False) -> str:
        """A query of the crosswalk as it should be; ``only_merged``: without the survivors."""
        direct = self.mapping.direct
        return render(
            "verify_mapping.membership.sql",
            direct=direct,
            candidates=self._candidates() if direct else "",
            order=self._rung_order() if direct else [],
            key_type=self.mapping.key_type,
            matched=self._work("expected_matched"),
            expected=self._work("expected"),
            unified=self.mapping.primary.name,
            unified_type=self.mapping.primary.type,
            sources=self.mapping.sources,
            only_merged=only_merged,
        )

    def _work(self, part: str) -> Name:
        return self.layout.work(self.mapping.name, part)

    def _sortable(self, name: str) -> str:
        column = self.mapping.table.column(name)
        assert column is not None
        return sortable(column)


def hashable(column: Column, *, of: str = "t") -> str:
    """The column of row ``of`` in a form that has a hash and an equality."""
    name = f"{of}.{ident(column.name)}"
    return f"{name}::text" if column.type.split("(")[0].rstrip("[]") in _UNHASHABLE else name

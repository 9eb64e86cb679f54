"""What a mapping should have produced, from the sources alone: the second compiler.

It reads no work table, crosswalk or ledger of the load, and writes its SQL in another shape: one
query per arm, joins instead of reject codes, window functions instead of updates. A filter, join,
arm, column or time zone that the load got wrong shows as a difference, by key and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import Item, Slot, checks, is_valid, key_sql, slots, source_rows
from integrity.mapping.comparable import hashable
from integrity.mapping.layout import Layout
from integrity.mapping.ranking import sortable, surviving
from integrity.mapping.replayed import Replayed
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
# Every join is of whole tables on equal keys. The planner cannot see how many rows pass conditions
# this long, expects one, and would compare each row with each (20 times slower, measured).
PLANS = ("set local work_mem = '256MB'", "set local enable_nestloop = off")
# Nor how many buckets there are: it would sort all rows to group them.
WITHOUT_SORT = "set local enable_sort = off"
# Types that have no hash function; their text has one.


@dataclass(frozen=True, slots=True)
class Expectation:
    """Writes the query of what should be there, and the comparison with what is.

    ``replayed``: candidates may have come in by a replay of the quarantine since the load.
    """

    mapping: ResolvedMapping
    layout: Layout
    replayed: bool = False

    def drop_work_tables(self) -> Iterator[str]:
        """Drops the work tables of the verification."""
        for part in ("differences", "expected", "expected_matched", "expected_members"):
            yield f"drop table if exists {qualified(self._work(part))}"

    def prepare(self) -> Iterator[str]:
        """Work tables that the expectation needs: none when one query says it all."""
        yield from self.drop_work_tables()
        yield from PLANS
        if not self.mapping.direct:
            yield self._matched()
            yield f"analyze {qualified(self._work('expected_matched'))}"
            yield self._rows()
        elif self.mapping.looked_up or self.stored:
            expected = qualified(self._work("expected"))
            yield f"create {self.layout.work_storage} table {expected} as\n{self._direct()}"
        if self.replayed:
            yield self._replays.add_rows(self._made_members())
        if self.mapping.looked_up or self.stored:
            yield f"analyze {qualified(self._work('expected'))}"
        if self.mapping.referenced:
            yield self._members()
            yield f"analyze {qualified(self._work('expected_members'))}"

    def query(self) -> str:
        """A query of the expected rows: the key, the mapped columns, the provenance columns."""
        rows = self._merged() if self.stored else self._direct()
        return self._with_references(rows) if self.mapping.deferred else rows

    @property
    def stored(self) -> bool:
        """Whether the query reads a work table, not the sources."""
        return self.replayed or not self.mapping.direct

    def _with_references(self, rows: str) -> str:
        """The expected rows with the references that are filled when both tables stand."""
        later = {one.column.name: n for n, one in enumerate(self.mapping.deferred, 1)}
        columns = [
            self._found_later(self.mapping.deferred[later[c.name] - 1], later[c.name])
            if c.name in later
            else f"w.{ident(c.name)}"
            for c in self.columns()
        ]
        return render(
            "verify_mapping.references.sql",
            columns=columns,
            rows=rows,
            joins=[j for n, one in enumerate(self.mapping.deferred, 1) for j in self._ways(one, n)],
        )

    def _found_later(self, deferred: Deferred, number: int) -> str:
        """The one row that the first way finds; nothing when a way finds several."""
        whens = " ".join(
            f"when {alias}.integrity_times is not null"
            f" then case {alias}.integrity_times when 1 then {alias}.integrity_found end"
            for alias in (f"found_{number}_{f}_{n}" for f, n, _, _ in deferred.keyed())
        )
        found = f"(case {whens} end)::{deferred.column.type}"
        name = ident(deferred.column.name)
        if self.replayed:  # what a replay made has it already
            found = f"coalesce({found}, w.{name})"
        return f"{found} as {name}"

    def _ways(self, deferred: Deferred, number: int) -> Iterator[dict[str, object]]:
        carried = f"w.{ident(deferred.carried.name)}"
        for form, nth, way, places in deferred.keyed():
            keys = [  # the keys of another form are of other types
                f"case {carried}[1] when '{form}' then {carried}[{place}]::{kind} end"
                for place, kind in zip(places, way.key_types, strict=True)
            ]
            if way.crosswalk_of:
                relation = self._crosswalk_relation(way)
            else:
                relation = self._lookup_relation(way, deferred.column, only_single=False)
            yield {
                "alias": f"found_{number}_{form}_{nth}",
                "relation": relation,
                "on": [(f"integrity_by_{n}", key) for n, key in enumerate(keys, 1)],
            }

    def _merged(self) -> str:
        key = [self.mapping.primary] if self.mapping.assigned else []
        shown = (*key, *self.mapping.work_columns, *self.mapping.provenances)
        columns = ",\n    ".join(f"e.{ident(c.name)}" for c in shown)
        return f"select\n    {columns}\nfrom {qualified(self._work('expected'))} as e"

    def columns(self) -> tuple[Column, ...]:
        """The columns that are compared, the key first."""
        mapped = [c for c in self.mapping.columns if c.name != self.mapping.primary.name]
        return (self.mapping.primary, *mapped, *self.mapping.provenances)

    def compare(self) -> Iterator[str]:
        """Writes the buckets that differ to a work table and stops the run if there are any."""
        yield from PLANS
        yield WITHOUT_SORT
        differences = qualified(self._work("differences"))
        yield (
            f"create {self.layout.work_storage} table {differences} as\n"
            "select bucket, rows_differ, members_differ\n"
            f"from (\n{self.buckets()}\n) as compared\nwhere rows_differ or members_differ"
        )
        yield render(
            "verify_mapping.assert.sql",
            differences=self._work("differences"),
            mapping=str(self.mapping.name),
            buckets=BUCKETS,
        )

    def buckets(self) -> str:
        """A query of every bucket: rows and members, expected and actual, and whether they differ.

        Members are the rows of the crosswalk: which candidate became part of which row.
        """
        single_pass = not (self.stored or self.mapping.deferred)
        merged = self.mapping.inline
        return render(
            "verify_mapping.buckets.sql",
            buckets=BUCKETS,
            direct=single_pass,
            bucket=self.bucket(),
            hash=self._hash(),
            counted="t.integrity_place > 1" if merged else "true",
            member_bucket=_bucket("t.unified_key"),
            member_hash=_member_hash(self.mapping.primary.name if single_pass else None),
            crosswalk_hash=_member_hash(None),
            expected=self._direct(accounts=True) if single_pass else self.query(),
            membership="" if single_pass else self.membership(only_merged=merged),
            table=self.layout.unified(self.mapping.name),
            crosswalk=self.layout.crosswalk(self.mapping.name),
        )

    def bucket(self) -> str:
        """The bucket of row ``t``."""
        return _bucket(f"t.{ident(self.mapping.primary.name)}")

    def _hash(self) -> str:
        values = ", ".join(hashable(column) for column in self.columns())
        return f"hash_record_extended(row({values}), 0)"

    # --- candidates --------------------------------------------------------------------------

    def _candidates(self) -> str:
        arms = [self._arm(source, arm) for source in self.mapping.sources for arm in source.arms]
        conditions = [f"({check.expression}) is not false" for check in checks(self.mapping)]
        if self.mapping.direct:
            required = self.mapping.required()
            conditions += [f"{ident(column.name)} is not null" for column in required]
        values = [v for source in self.mapping.sources for arm in source.arms for v in arm.values]
        return render(
            "verify_mapping.candidates.sql",
            arms=arms,
            conditions=conditions,
            fenced=bool(conditions) and any(v.guarded or v.has_guards for v in values),
        )

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
            **{"from": source_rows(source, self.layout)},
        )

    def _carried(self, arm: ResolvedArm) -> Iterator[Item]:
        for deferred in self.mapping.deferred:
            value = arm.value(deferred.column.name)
            if value is None:
                yield Item(deferred.carried.name, "null::text[]")
                continue
            keys = [
                f"({text})::text"
                for way in value.ways
                for text in self._joined(way, [given.text for given in way.given])
            ]
            given = ", ".join(f"({g.text})" for way in value.ways for g in way.given)
            array = f"array['{deferred.number(value.ways)}', {', '.join(keys)}]"
            yield Item(
                deferred.carried.name, f"case when num_nonnulls({given}) > 0 then {array} end"
            )

    def _joined(self, way: Way, given: list[str]) -> list[str]:
        """The keys as the relation of the way holds them."""
        if not way.crosswalk_of:
            return given
        if len(given) > 1:
            return [f"jsonb_build_array({', '.join(given)})::text"]
        return [f"({given[0]})::{way.crosswalk_key_type}"]

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
            relation, given = self._crosswalk_relation(way), self._joined(way, given)
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

    def _crosswalk_relation(self, way: Way) -> str:
        members = self.layout.work(way.table, "expected_members")
        return (
            "select integrity_key as integrity_by_1, integrity_unified as integrity_found,"
            " 1 as integrity_times\n"
            f"from {qualified(members)}\n"
            f"where integrity_label = {literal(str(way.crosswalk_of))}"
        )

    def _conditions(self, source: ResolvedSource, arm: ResolvedArm) -> Iterator[str]:
        """What a source row must be for its candidate to be accepted on this arm."""
        yield from (f"not coalesce(({rule.when.text}), false)" for rule in source.drops)
        if len(source.arms) > 1 and arm.fills:
            yield f"({' or '.join(self._present(given) for given in arm.fills)})"
        for value in arm.values:
            yield from self._castable(value)
        for name in dict.fromkeys(slot.column.name for slot in slots(self.mapping, source)):
            yield from self._found(
                [s for s in slots(self.mapping, source) if s.column.name == name], arm
            )

    def _present(self, given: Given) -> str:
        """Not NULL; what does not cast is no NULL either."""
        tests = [f"when not ({test}) then true" for test in self._tests(given)]
        there = f"num_nonnulls({given.text}) > 0"
        return f"(case {' '.join(tests)} else {there} end)" if tests else f"({there})"

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

    def _traced(self) -> str:
        """The candidates, and when each was replayed if replays count."""
        found = self._candidates()
        return self._replays.candidates(found) if self.replayed else found

    @property
    def _replays(self) -> Replayed:
        return Replayed(self.mapping, self.layout)

    # --- rows --------------------------------------------------------------------------------

    def _direct(self, *, accounts: bool = False) -> str:
        """The rows when one sort decides; ``accounts``: all candidates, and where each went."""
        shown = [(f"w.{ident(c.name)}", c.name) for c in self.mapping.work_columns]
        shown.insert(0, ("w.integrity_row", self.mapping.primary.name))
        shown += [(sql, column.name) for column, sql in self._origins("w.integrity_key")]
        if accounts:
            shown += [(f"w.{name}", name) for name in ("integrity_key", "integrity_place")]
            shown += [(f"o.{name}", f"integrity_{name}") for name in ("source_label", "arm_label")]
        return self._decided(
            [f"{sql} as {ident(name)}" for sql, name in shown],
            origins=accounts or bool(self.mapping.provenances),
            where="" if accounts else "w.integrity_place = 1",
        )

    def _decided(self, columns: list[str], *, origins: bool, where: str) -> str:
        return render(
            "verify_mapping.direct.sql",
            replayed=self.replayed,
            columns=columns,
            candidates=self._traced(),
            order=self._rung_order(),
            key_type=self.mapping.key_type,
            origins=origins,
            sources=self.mapping.sources,
            where=where,
        )

    def _origins(self, key: str) -> Iterator[tuple[Column, str]]:
        """The provenance columns and what they hold; ``o`` names the source and the arm."""
        origin = {"source": "o.source_label", "key": key, "arm": "o.arm_label"}
        for column in self.mapping.provenances:
            yield column, f"{origin[column.provenance or '']}::{column.type}"

    def _rung_order(self) -> list[str]:
        rung = self.mapping.ladder[0].columns
        names = [*self.mapping.order, *(c for c in rung if c not in self.mapping.order)]
        return [self._sortable(name) for name in names]

    def _matched(self) -> str:
        return render(
            "verify_mapping.matched.sql",
            replayed=self.replayed,
            storage=self.layout.work_storage,
            members=self._work("expected_matched"),
            candidates=self._traced(),
            ladder=self.mapping.ladder,
            key_type=self.mapping.key_type,
        )

    def _rows(self) -> str:
        conditions = [f"({check.expression}) is not false" for check in checks(self.mapping)]
        conditions += [f"{ident(c.name)} is not null" for c in self.mapping.required()]
        return render(
            "verify_mapping.rows.sql",
            replayed=self.replayed,
            assigned=self.mapping.assigned,
            storage=self.layout.work_storage,
            expected=self._work("expected"),
            members=self._work("expected_matched"),
            primary=self.mapping.primary.name if self.mapping.assigned else "integrity_row",
            order=[self._sortable(name) for name in self.mapping.order],
            later_keys=self.mapping.later_keys,
            by_row=self.mapping.by_row,
            columns=[
                surviving(self.mapping, c, number="integrity_n") for c in self.mapping.work_columns
            ],
            origins=[{"name": c.name, "sql": sql} for c, sql in self._origins("m.integrity_key")],
            sources=self.mapping.sources,
            conditions=conditions,
        )

    def _members(self) -> str:
        """Source rows and the keys of the unified rows they should have become part of."""
        if self.replayed:
            table = qualified(self._work("expected_members"))
            return (
                f"create {self.layout.work_storage} table {table} as\n"
                "select source as integrity_label, source_key as integrity_key,"
                f" unified_key as integrity_unified\nfrom (\n{self.membership()}\n) as m"
            )
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

    def candidates(self) -> str:
        """A query of the candidates that are accepted, with the values each brings."""
        if self.mapping.direct:
            return self._candidates()
        return f"select *\nfrom {qualified(self._work('expected_matched'))}"

    def membership(self, *, only_merged: bool = False) -> str:
        """A query of the crosswalk as it should be; ``only_merged``: without the survivors."""
        if self.replayed:
            return self._replays.membership(self._made_members(), only_merged=only_merged)
        return self._made_members(only_merged=only_merged)

    def _made_members(self, *, only_merged: bool = False) -> str:
        """The crosswalk as far as the mapping says it."""
        kind = self.mapping.primary.type
        if self.mapping.direct:
            columns = ["o.source_label as source", "w.integrity_key as source_key"]
            columns += ["o.arm_label as arm", f"w.integrity_row::{kind} as unified_key"]
            columns += ["w.integrity_place = 1 as survived"]
            where = "w.integrity_place > 1" if only_merged else ""
            return self._decided(columns, origins=True, where=where)
        return render(
            "verify_mapping.membership.sql",
            matched=self._work("expected_matched"),
            expected=self._work("expected"),
            unified=self.mapping.primary.name,
            unified_type=kind,
            sources=self.mapping.sources,
            only_merged=only_merged,
        )

    def _work(self, part: str) -> Name:
        return self.layout.work(self.mapping.name, part)

    def _sortable(self, name: str) -> str:
        column = self.mapping.table.column(name)
        assert column is not None
        return sortable(column)


def _bucket(key: str) -> str:
    return f"hash_record_extended(row({key}), 0) & {BUCKETS - 1}"


def _member_hash(primary: str | None) -> str:
    """The hash of a row of the crosswalk, or of the same facts beside an expected row."""
    names = ["source", "source_key", "arm", "unified_key", "survived"]
    if primary is not None:
        names = ["integrity_source_label", "integrity_key", "integrity_arm_label", primary]
    values = [f"t.{ident(name)}" for name in names]
    values += ["t.integrity_place = 1"] if primary is not None else []
    return f"hash_record_extended(row({', '.join(values)}), 0)"

"""Later updates go home: each value to the legacy row and column that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.back import Back
from integrity.mapping.candidates import key_sql
from integrity.mapping.ranking import preference
from integrity.mapping.resolved import ResolvedArm, ResolvedSource, Value
from integrity.mapping.write_back_readers import readers, stays_valid
from integrity.mapping.writeback import WriteBack
from integrity.model import Name
from integrity.sql.expression import parse
from integrity.sql.inverse import invert
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Updates:
    """Writes the SQL that returns updated values to ``source``."""

    home: WriteBack
    source: ResolvedSource

    def statements(self) -> Iterator[str]:
        """Collects what can go back, leaves out what would change other rows, and writes it."""
        backs = {
            (arm.number, value.column.name): found
            for arm in self.source.arms
            for value in arm.values
            if (found := self._writable(arm, value))
        }
        if not backs:
            return
        yield f"drop table if exists {qualified(self._work)}"
        yield render(
            "write_back.updates.sql",
            storage=self.home.layout.work_storage,
            updates=self._work,
            key_type=self.home.mapping.key_type,
            unified_type=self.home.mapping.primary.type,
        )
        for arm in self.source.arms:
            for value in arm.values:
                if (arm.number, value.column.name) in backs:
                    yield self._collect(arm, value, backs[arm.number, value.column.name])
        for arm in self.source.arms:
            for value in arm.values:
                for back in backs.get((arm.number, value.column.name), ()):
                    yield from self._undisturbed(value, back)
        written = {back.column.name: back.column for found in backs.values() for back in found}
        yield from stays_valid(self.home, self.source, written.values(), self._work)
        yield from self._same_rows({name for _, name in backs})
        body = render(
            "write_back.update.sql",
            work=self._work,
            changes=self.home.work("changes"),
            legacy=self.home.layout.legacy(self.source.table),
            key=key_sql(self.source, self.home.mapping.key_type, alias="s"),
            columns=list(written.values()),
        )
        yield render("write_back.do.sql", body=body)

    def never(self) -> dict[str, str]:
        """Unified columns that cannot go back, with the reason."""
        reasons: dict[str, str] = {}
        for column in self.home.mapping.table.columns:
            whys = [
                self._why_not(arm, value)
                for arm in self.source.arms
                if (value := arm.value(column.name))
            ]
            if not whys:
                reasons[column.name] = f"{self.source.table} does not fill it"
            elif all(whys):
                reasons[column.name] = whys[0]
        for column, _ in self.home.unfilled():
            reasons[column.name] = "no source fills it"
        for kind in ("source", "key", "arm"):
            if origin := self.home.mapping.provenance(kind):
                reasons[origin.name] = "it says where the row came from"
        return reasons

    # --- what may be written -----------------------------------------------------------------

    def _writable(self, arm: ResolvedArm, value: Value) -> tuple[Back, ...]:
        return () if self._why_not(arm, value) else self._backs(value)

    def _backs(self, value: Value) -> tuple[Back, ...]:
        deferred = self.home.is_deferred(value.column.name)
        return self.home.way_back(self.source).of(value, deferred=deferred)

    def _why_not(self, arm: ResolvedArm, value: Value) -> str:
        """Why a value of that column never goes back; '' when it may."""
        if value.column.name == self.home.mapping.primary.name:
            return "a row with another key is another row"
        backs = self._backs(value)
        if not backs:
            return self._no_inverse(value)
        for back in backs:
            if reader := self._other_reader(arm, value, back.column.name):
                return f"{self.source.table}.{back.column.name} also decides {reader}"
            if back.column.identity == "always":
                return f"the server numbers {self.source.table}.{back.column.name}"
        return ""

    def _no_inverse(self, value: Value) -> str:
        if value.given is None:
            return "the key that was looked up does not tell what it was asked by"
        if value.given.constant:
            return "it is the same for every row of the source"
        types = {c.name: c.type for c in self.home.contract(self.source).columns}
        return invert(value.given.text, types).reason

    def _other_reader(self, arm: ResolvedArm, value: Value, column: str) -> str:
        """What else would change with that legacy column; '' for nothing, or nothing for sure."""
        if any(key.name == column for key in self.source.key):
            return "which row it is"
        for reader in readers(self.home, self.source, column):
            if reader.value is None:
                return f"whether rows are left out of {reader.mapping.name}"
            own = (reader.mapping.name, reader.value.column.name, reader.arm.number)
            mine = own == (self.home.mapping.name, value.column.name, arm.number)
            if not mine and not reader.can_be_asked(self.home, self.source):
                return f"{reader.mapping.name}.{reader.value.column.name}"
        return self._cascade(column)

    def _cascade(self, column: str) -> str:
        for table in self.home.legacy.tables:
            for key in table.foreign_keys:
                quiet = key.on_update in ("NO ACTION", "RESTRICT")
                if key.references == self.source.table and column in key.to and not quiet:
                    return f"rows of {table.name}"
        return ""

    # --- one column --------------------------------------------------------------------------

    def _collect(self, arm: ResolvedArm, value: Value, backs: tuple[Back, ...]) -> str:
        over = [back.over(f"c.{ident(value.column.name)}") for back in backs]
        homes = [f"{self.source.table}.{back.column.name}" for back in backs]
        what = f"value of {homes[0]}" if len(homes) == 1 else f"row of {self.source.table}"
        wrong = f"no {what} gives it again"
        tests = [(test, wrong) for _, listed in over for test in listed]
        tests += [
            (f"({sql}) is not null", f"{home} must not be NULL")
            for home, (sql, _), back in zip(homes, over, backs, strict=True)
            if not back.column.nullable
        ]
        return render(
            "write_back.collect.sql",
            updates=self._work,
            changes=self.home.work("changes"),
            origin=self._origin(arm, value),
            column=value.column.name,
            backs=[
                {"name": back.column.name, "type": back.column.type, "sql": sql}
                for (sql, _), back in zip(over, backs, strict=True)
            ],
            tests=[*tests, *self._stays_filled(arm, value), *self._not_named(value)],
            disturbs="other rows would change with it",
        )

    def _stays_filled(self, arm: ResolvedArm, value: Value) -> Iterator[tuple[str, str]]:
        """An arm whose values are all NULL makes no row."""
        if len(self.source.arms) > 1 and value.given in arm.fills:
            filling = [v.column.name for v in arm.values if v.given in arm.fills]
            there = f"num_nonnulls({', '.join(f'c.{ident(name)}' for name in filling)}) > 0"
            yield there, f"the arm {arm.label} would be empty, and make no row"
        asked = [{name for given in way.given for name in given.reads} for way in value.ways]
        if any(names - asked[0] for names in asked):
            there = f"c.{ident(value.column.name)} is not null"
            yield there, "another way would find a row"

    def _not_named(self, value: Value) -> Iterator[tuple[str, str]]:
        """Rows of other tables that are found by the column would not be found again."""
        for other, column, way in self.home.referring():
            asked = {name for by in way.by for name in parse(by).columns} | {way.take}
            if way.crosswalk_of or value.column.name not in asked:
                continue
            take = self.home.mapping.table.column(way.take)
            assert take is not None
            numbered = self.home.mapping.assigned and way.take == self.home.mapping.primary.name
            unnamed = render(
                "write_back.not_named.sql",
                table=self.home.layout.unified(other.name),
                changes=self.home.layout.work(other.name, "changes"),
                column=column,
                take="integrity_unified" if numbered else way.take,
                take_type=take.type,
                old_take=way.take,
            )
            yield unnamed, f"rows of {other.name} are found by it"

    def _origin(self, arm: ResolvedArm, value: Value) -> str:
        column = value.column
        if self.home.mapping.by_row:
            return render(
                "write_back.origin_row.sql",
                members=self.home.work("changed_members"),
                source=self.source.label,
                arm=arm.label,
            )
        later = (d.carried for d in self.home.mapping.deferred if d.column.name == column.name)
        return render(
            "write_back.origin_column.sql",
            primary=self.home.mapping.primary.name,
            matched=self.home.work("expected_matched"),
            expected=self.home.work("expected"),
            changes=self.home.work("changes"),
            column=column.name,
            held=next(later, column).name,
            rank=self.source.rank,
            arm_number=arm.number,
            order=preference(self.home.mapping, column, "m", number="integrity_n"),
        )

    def _undisturbed(self, value: Value, back: Back) -> Iterator[str]:
        """Leaves out what would change a value of another table that reads the same column."""
        for reader in readers(self.home, self.source, back.column.name):
            if reader.value and reader.mapping.name != self.home.mapping.name:
                yield reader.undisturbed(self.home, value.column.name, back.column, self._work)

    def _same_rows(self, written: set[str]) -> Iterator[str]:
        """A row must not become a part of another, nor be told from its own other parts."""
        matched_by = self.home.matched_by()
        if written.intersection(matched_by):
            yield from self.home.crowded()
            yield render(
                "write_back.same_row.sql",
                updates=self._work,
                changes=self.home.work("changes"),
                members=self.home.work("changed_members"),
                columns=matched_by,
                conditions=self.home.findable(),
            )
        for _, _, way in self.home.referring():
            asked = sorted({name for by in way.by for name in parse(by).columns})
            if not way.crosswalk_of and not way.unique and written.intersection(asked):
                yield render(
                    "write_back.told_apart.sql",
                    updates=self._work,
                    changes=self.home.work("changes"),
                    columns=asked,
                    conditions=list(self.home.told_apart()),
                )

    @property
    def _work(self) -> Name:
        return self.home.work("updates")

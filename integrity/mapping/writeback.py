"""What a rollback does with changes made since the switch: back to legacy, or kept aside.

Later changes are the differences between the unified rows and what legacy says they should be.
Updates write the columns whose value came from the write-back source; inserts go to that source
through the inverse; deletes remove every legacy row behind the unified one. What cannot go back,
or would not come back the same, is retained and listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.back import Back, back, exclusive
from integrity.mapping.candidates import is_valid, key_sql
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.ranking import preference
from integrity.mapping.resolved import ResolvedArm, ResolvedMapping, ResolvedSource, Value
from integrity.model import Catalog, Column, Name, Table
from integrity.sql.expression import parse
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render

_WORK = ("changes", "changed_members", "inserts", "deletes")


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Writes the SQL that carries later changes of one table home.

    ``layout`` is the one after the switch; ``others`` are all mappings of the project.
    """

    mapping: ResolvedMapping
    layout: Layout
    migration: str
    legacy: Catalog
    others: tuple[ResolvedMapping, ...]

    # --- changes -----------------------------------------------------------------------------

    def drop_work_tables(self) -> Iterator[str]:
        """Drops the work tables of the write-back."""
        for part in _WORK:
            yield f"drop table if exists {qualified(self._work(part))}"

    def changes(self) -> Iterator[str]:
        """Finds the rows that differ from what legacy says, and the legacy rows behind them."""
        yield from self.drop_work_tables()
        yield "set local work_mem = '256MB'"
        columns = [c for c in self._expectation.columns() if c is not self.mapping.primary]
        yield render(
            "write_back.changes.sql",
            storage=self.layout.work_storage,
            changes=self._work("changes"),
            primary=self.mapping.primary.name,
            mapped_primary=not self.mapping.assigned,
            columns=[
                *({"name": c.name, "differs": _differs(c)} for c in columns),
                *self._unmapped(),
            ],
            expected=self._expectation.query(),
            table=self.layout.unified(self.mapping.name),
            quarantine=self.layout.toolkit("quarantine"),
            mapping=str(self.mapping.name),
        )
        yield self._members()
        yield f"analyze {qualified(self._work('changes'))}"
        yield f"analyze {qualified(self._work('changed_members'))}"

    def _unmapped(self) -> Iterator[dict[str, str]]:
        """Columns that no source fills: what users wrote there since cannot go back."""
        known = {column.name for column in self._expectation.columns()}
        for column in self.mapping.table.columns:
            if column.name in known or column.generated or column.identity:
                continue
            default = column.default or "null"
            if parse(default).constant and "(" not in default:
                differs = f"t.{ident(column.name)} is distinct from ({default})::{column.type}"
                yield {"name": column.name, "differs": differs}

    def _members(self) -> str:
        names = [self.mapping.provenance(kind) for kind in ("source", "key", "arm")]
        source, key, arm = [column.name if column else "" for column in names]
        return render(
            "write_back.members.sql",
            storage=self.layout.work_storage,
            members=self._work("changed_members"),
            crosswalk=self.layout.crosswalk(self.mapping.name),
            changes=self._work("changes"),
            inline=self.mapping.inline,
            source=source,
            key=key,
            arm=arm,
            key_type=self.mapping.key_type,
        )

    # --- updates and inserts -----------------------------------------------------------------

    def forward(self) -> Iterator[str]:
        """Writes updates, then inserts, to the write-back source."""
        source = self.source
        if source is None:
            return
        for arm in source.arms:
            for value in arm.values:
                yield from self._update(source, arm, value)
        for arm in source.arms:
            yield from self._insert(source, arm)

    @property
    def source(self) -> ResolvedSource | None:
        """The write-back source, if the mapping names one."""
        return next((s for s in self.mapping.sources if s.source.write_back), None)

    def _update(self, source: ResolvedSource, arm: ResolvedArm, value: Value) -> Iterator[str]:
        if value.column.name == self.mapping.primary.name:
            return  # a row with another key is another row
        way = back(value, self._contract(source), self.layout)
        if way is None or not exclusive(source, arm, value.column.name, way.column.name):
            return
        sql, tests = way.over(f"c.{ident(value.column.name)}")
        if not way.column.nullable:
            tests = (*tests, f"({sql}) is not null")
        yield render(
            "write_back.update.sql",
            origin=self._origin(source, arm, value.column),
            legacy=self.layout.legacy(source.table),
            legacy_column=way.column.name,
            legacy_type=way.column.type,
            back=sql,
            changes=self._work("changes"),
            column=value.column.name,
            key=key_sql(source, self.mapping.key_type, alias="s"),
            tests=tests,
        )

    def _origin(self, source: ResolvedSource, arm: ResolvedArm, column: Column) -> str:
        if self.mapping.by_row:
            return render(
                "write_back.origin_row.sql",
                members=self._work("changed_members"),
                source=source.label,
                arm=arm.label,
            )
        return render(
            "write_back.origin_column.sql",
            primary=self.mapping.primary.name,
            matched=self._work("expected_matched"),
            expected=self._work("expected"),
            changes=self._work("changes"),
            column=column.name,
            rank=source.rank,
            arm_number=arm.number,
            order=preference(self.mapping, column, "m", number="integrity_n"),
        )

    def _insert(self, source: ResolvedSource, arm: ResolvedArm) -> Iterator[str]:
        contract = self._contract(source)
        backs = self._backs(arm, contract)
        keys = self._new_keys(source, contract, backs)
        if keys is None or not self._fillable(contract, {*backs, *keys}):
            return
        items = [*self._legacy_items(backs), *({"name": n, "sql": s} for n, s in keys.items())]
        yield f"drop table if exists {qualified(self._work('inserts'))}"
        yield render(
            "write_back.inserts.sql",
            storage=self.layout.work_storage,
            inserts=self._work("inserts"),
            changes=self._work("changes"),
            items=[*items, *self._unified_items()],
            conditions=list(self._sendable(arm, contract, backs)),
        )
        columns = [*backs, *keys]
        yield render(
            "write_back.insert.sql",
            inserts=self._work("inserts"),
            tests=list(self._row_tests(source, arm, contract, columns)),
            legacy=self.layout.legacy(source.table),
            columns=columns,
            keys=[column.name for column in source.key],
            key=key_sql(source, self.mapping.key_type, alias="s"),
            crosswalk=self.layout.crosswalk(self.mapping.name),
            source=source.label,
            arm=arm.label,
            changes=self._work("changes"),
        )

    def _backs(self, arm: ResolvedArm, contract: Table) -> dict[str, tuple[Value, Back]]:
        """Legacy columns that a new row can fill, each from the value that leads there best."""
        ways = [(v, way) for v in arm.values if (way := back(v, contract, self.layout))]
        found: dict[str, tuple[Value, Back]] = {}
        for value, way in sorted(ways, key=lambda pair: not pair[1].exact):
            found.setdefault(way.column.name, (value, way))
        return found

    def _new_keys(
        self, source: ResolvedSource, contract: Table, backs: dict[str, tuple[Value, Back]]
    ) -> dict[str, str] | None:
        """SQL for the key columns that no value leads to; None when a new row has no key."""
        keys: dict[str, str] = {}
        for column in source.key:
            default = column.default or ""
            if column.name in backs:
                continue
            if column.identity or default.startswith("nextval("):
                table = literal(qualified(self.layout.legacy(contract.name)))
                serial = f"pg_get_serial_sequence({table}, {literal(column.name)})"
                keys[column.name] = f"nextval({serial})::{column.type}"
            elif default:
                keys[column.name] = default
            else:
                return None
        return keys

    def _fillable(self, contract: Table, filled: set[str]) -> bool:
        """Whether every column that must have a value gets one."""
        return all(
            c.nullable or c.default is not None or c.identity or c.generated or c.name in filled
            for c in contract.columns
        )

    def _legacy_items(self, backs: dict[str, tuple[Value, Back]]) -> Iterator[dict[str, str]]:
        for name, (value, way) in backs.items():
            sql, tests = way.over(f"c.{ident(value.column.name)}")
            whens = "".join(f"    when not coalesce(({test}), false) then null\n" for test in tests)
            yield {"name": name, "sql": f"case\n{whens}    else ({sql})::{way.column.type}\nend"}

    def _unified_items(self) -> Iterator[dict[str, str]]:
        for number, column in enumerate(self.mapping.columns, 1):
            yield {"name": f"integrity_value_{number}", "sql": f"c.{ident(column.name)}"}

    def _sendable(
        self, arm: ResolvedArm, contract: Table, backs: dict[str, tuple[Value, Back]]
    ) -> Iterator[str]:
        """What a new row must be so that nothing of it is lost on the way to this arm."""
        leading = {value.column.name for value, _ in backs.values()}
        crosswalk = qualified(self.layout.crosswalk(self.mapping.name))
        yield (  # a replayed row that was changed since is retained: legacy holds its source row
            f"not exists (select from {crosswalk} as x"
            " where x.unified_key = c.integrity_unified and x.survived)"
        )
        origin = self.mapping.provenance("source")
        if self.mapping.inline and origin:
            yield f"c.{ident(origin.name)} is null"
        for column in self.mapping.columns:
            value, name = arm.value(column.name), f"c.{ident(column.name)}"
            if value and value.given and value.given.constant:
                yield f"{name} is not distinct from ({value.given.text})::{column.type}"
            elif value and value.given and set(value.given.reads) <= backs.keys():
                continue  # the row test computes it from the new legacy row and compares
            elif column.name not in leading and not (
                value and back(value, contract, self.layout)
            ):
                yield f"{name} is null"

    def _row_tests(
        self, source: ResolvedSource, arm: ResolvedArm, contract: Table, columns: list[str]
    ) -> Iterator[str]:
        """Tests over the new legacy row: its constraints, and that it would come back the same."""
        for column in contract.columns:
            if column.name in columns and not column.nullable:
                yield f"{ident(column.name)} is not null"
        for check in contract.checks:
            if parse(check.expression).columns <= set(columns):
                yield f"({check.expression}) is not false"
        for key in contract.foreign_keys:
            if set(key.columns) <= set(columns):
                yield self._referenced_exists(key.columns, key.references, key.to)
        for rule in source.drops:
            if parse(rule.when.text).columns <= set(columns):
                yield f"({rule.when.text}) is not true"
        yield from self._round_trips(arm, columns)

    def _referenced_exists(
        self, columns: tuple[str, ...], references: Name, to: tuple[str, ...]
    ) -> str:
        pairs = " and ".join(
            f"f.{ident(b)} = p.{ident(a)}" for a, b in zip(columns, to, strict=True)
        )
        nulls = " or ".join(f"p.{ident(a)} is null" for a in columns)
        table = qualified(self.layout.legacy(references))
        return f"{nulls} or exists (select from {table} as f where {pairs})"

    def _round_trips(self, arm: ResolvedArm, columns: list[str]) -> Iterator[str]:
        for number, column in enumerate(self.mapping.columns, 1):
            value = arm.value(column.name)
            given = value.given if value else None
            if given is None or given.constant or not set(given.reads) <= set(columns):
                continue
            for guard in given.guards:
                test = is_valid(guard.operand, guard.type, self.layout)
                yield f"case when {guard.when} then {test} else true end" if guard.when else test
            yield is_valid(given.text, column.type, self.layout)
            yield f"({given.text})::{column.type} is not distinct from integrity_value_{number}"

    # --- deletes -----------------------------------------------------------------------------

    def backward(self) -> Iterator[str]:
        """Removes the legacy rows behind deleted unified rows, all of them or none."""
        if self.source is None:
            return
        yield render(
            "write_back.deletes.sql",
            storage=self.layout.work_storage,
            deletes=self._work("deletes"),
            members=self._work("changed_members"),
            changes=self._work("changes"),
        )
        conditions = [c for source in self.mapping.sources for c in self._kept(source)]
        if conditions:
            yield render(
                "write_back.keep.sql", deletes=self._work("deletes"), conditions=conditions
            )
        for source in self.mapping.sources:
            yield from self._delete(source)

    def _delete(self, source: ResolvedSource) -> Iterator[str]:
        values = {
            "legacy": self.layout.legacy(source.table),
            "deletes": self._work("deletes"),
            "changes": self._work("changes"),
            "source": source.label,
            "key": key_sql(source, self.mapping.key_type, alias="s"),
        }
        if len(source.arms) == 1:
            yield render("write_back.delete_rows.sql", **values)
            return
        for arm in source.arms:
            columns = self._emptied(source, arm)
            if columns:
                yield render("write_back.empty_arm.sql", arm=arm.label, columns=columns, **values)

    def _emptied(self, source: ResolvedSource, arm: ResolvedArm) -> list[str]:
        """The columns that belong to this arm alone and may be NULL; [] when it has others."""
        contract = self._contract(source)
        columns = sorted({name for given in arm.fills for name in given.reads})
        elsewhere = {
            name
            for other in source.arms
            if other is not arm
            for value in other.values
            for name in value.reads
        }
        nullable = {column.name for column in contract.columns if column.nullable}
        return columns if set(columns) <= nullable - elsewhere else []

    def _kept(self, source: ResolvedSource) -> Iterator[str]:
        """Conditions over a row of the deletes, ``kept``, under which it must stay."""
        ours = f"kept.source = {literal(source.label)}"
        if len(source.arms) > 1:
            for arm in source.arms:
                if not self._emptied(source, arm):
                    yield f"{ours} and kept.arm = {literal(arm.label)}"
            return
        yield from (f"{ours} and {used}" for used in self._used_by_others(source))
        for table in self.legacy.tables:
            for key in table.foreign_keys:
                if key.references == source.table:
                    pairs = " and ".join(
                        f"child.{ident(a)} = s.{ident(b)}"
                        for a, b in zip(key.columns, key.to, strict=True)
                    )
                    yield (
                        f"{ours} and exists (select"
                        f" from {qualified(self.layout.legacy(source.table))} as s"
                        f" join {qualified(self.layout.legacy(table.name))} as child on {pairs}"
                        f" where {key_sql(source, self.mapping.key_type, alias='s')}"
                        " = kept.source_key)"
                    )

    def _used_by_others(self, source: ResolvedSource) -> Iterator[str]:
        """The legacy row also feeds a row of another unified table, or waits in quarantine."""
        quarantine = qualified(self.layout.toolkit("quarantine"))
        yield (
            f"exists (select from {quarantine} as q where q.source = {literal(source.label)}"
            f" and q.mapping <> {literal(str(self.mapping.name))}"
            " and q.source_key = kept.source_key::text)"
        )
        for other in self.others:
            shares = any(s.table == source.table for s in other.sources)
            if other.name == self.mapping.name or not shares:
                continue
            if other.inline:
                yield "true"
            crosswalk = qualified(self.layout.crosswalk(other.name))
            changes = qualified(self.layout.work(other.name, "changes"))
            yield (
                f"exists (select from {crosswalk} as x where x.source = {literal(source.label)}"
                " and x.source_key::text = kept.source_key::text and not exists (select"
                f" from {changes} as o where o.integrity_unified = x.unified_key"
                " and o.integrity_change = 'deleted'))"
            )

    # --- accounts ----------------------------------------------------------------------------

    def close(self) -> Iterator[str]:
        """Keeps what did not go back, and counts what did."""
        back_again = (
            "case c.integrity_change when 'updated'"
            " then c.integrity_changed <@ c.integrity_returned"
            " else c.integrity_returned <> '{}' end"
        )
        names = {"migration": self.migration, "table": str(self.mapping.name)}
        no_insert = "no source takes new rows of this kind, or the row would not come back the same"
        yield render(
            "write_back.retain.sql",
            retained=self.layout.toolkit("retained"),
            changes=self._work("changes"),
            no_insert=no_insert,
            **names,
        )
        yield render(
            "write_back.count.sql",
            returned=self.layout.toolkit("returned"),
            changes=self._work("changes"),
            back=back_again,
            **names,
        )

    def _contract(self, source: ResolvedSource) -> Table:
        table = self.legacy.table(source.table)
        assert table is not None
        return table

    @property
    def _expectation(self) -> Expectation:
        return Expectation(self.mapping, self.layout)

    def _work(self, part: str) -> Name:
        return self.layout.work(self.mapping.name, part)


def _differs(column: Column) -> str:
    """A comparison of ``t`` and ``e`` that every type has."""
    name = ident(column.name)
    if column.type.split("(")[0].rstrip("[]") in ("json", "xml", "point", "polygon"):
        return f"t.{name}::text is distinct from e.{name}::text"
    return f"t.{name} is distinct from e.{name}"

"""New unified rows go home: each becomes one row of the write-back source, by way of one arm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from re import compile as pattern

from integrity.mapping.back import Back
from integrity.mapping.candidates import filled, is_valid, key_sql
from integrity.mapping.comparable import same
from integrity.mapping.resolved import ResolvedArm, ResolvedSource, Value
from integrity.mapping.writeback import WriteBack
from integrity.model import Column, Table
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render

_SEQUENCE = pattern(r"nextval\(('(?:[^']|'')*')::regclass\)")
_Found = dict[str, tuple[Value, Back]]  # legacy column -> the value that leads there


@dataclass(frozen=True, slots=True)
class Inserts:
    """Writes the SQL that sends new rows to ``source``."""

    home: WriteBack
    source: ResolvedSource

    def statements(self) -> Iterator[str]:
        """One attempt per arm; a row goes by the first arm that gives it back the same."""
        if self._shared_with_another():
            return
        for arm in self.source.arms:
            found = self._backs(arm)
            keys = self._new_keys(found)
            if keys is not None and self._fillable({*found, *keys}):
                yield from self.home.crowded()
                yield render("write_back.do.sql", body=self._body(arm, found, keys))

    def _body(self, arm: ResolvedArm, found: _Found, keys: dict[str, str]) -> str:
        contract = self._contract
        types = {column.name: column.type for column in contract.columns}
        empty = ({"name": n, "sql": f"null::{types[n]}"} for n in keys)
        return render(
            "write_back.insert.sql",
            storage=self.home.layout.work_storage,
            work=self.home.work("inserts"),
            changes=self.home.work("changes"),
            items=[*self._legacy_items(found), *empty, *self._unified_items()],
            conditions=[
                *self._sendable(arm, found),
                *self.home.findable(),
                *self.home.told_apart(),
            ],
            tests=list(self._row_tests(arm, found)),
            keys=[{"name": name, "sql": sql} for name, sql in keys.items()],
            legacy=self.home.layout.legacy(self.source.table),
            columns=[*found, *keys],
            key_columns=[column.name for column in self.source.key],
            values=len(self.home.mapping.columns),
            proofs=list(self._proofs(arm)),
            crosswalk=self.home.layout.crosswalk(self.home.mapping.name),
            source=self.source.label,
            key=key_sql(self.source, self.home.mapping.key_type, alias="s"),
            arm=arm.label,
            repeats=any(self.home.mapping.name in d.tables for d in self.home.mapping.deferred),
        )

    # --- which columns -----------------------------------------------------------------------

    def _shared_with_another(self) -> bool:
        """Whether rows of two unified tables would each want a legacy row of their own."""
        return any(
            other.name != self.home.mapping.name
            and any(s.table == self.source.table and s.source.write_back for s in other.sources)
            for other in self.home.others
        )

    def _backs(self, arm: ResolvedArm) -> _Found:
        """Legacy columns that a new row can fill, each from the value that leads there best."""
        ways = [(value, back) for value in arm.values for back in self._way_back(value)]
        found: _Found = {}
        for value, back in sorted(ways, key=lambda pair: not pair[1].exact):
            found.setdefault(back.column.name, (value, back))
        return found

    def _way_back(self, value: Value) -> tuple[Back, ...]:
        deferred = self.home.is_deferred(value.column.name)
        return self.home.way_back(self.source).of(value, deferred=deferred)

    def _new_keys(self, found: _Found) -> dict[str, str] | None:
        """SQL for the key columns that no value leads to; None when a new row has no key."""
        keys: dict[str, str] = {}
        for column in self.source.key:
            if column.name not in found:
                sql = self._new_key(column)
                if sql is None:
                    return None
                keys[column.name] = sql
        return keys

    def _new_key(self, column: Column) -> str | None:
        default = column.default or ""
        if not column.identity and "nextval(" not in default:
            return f"({default})::{column.type}" if default else None
        numbered = _SEQUENCE.fullmatch(default)
        if not column.identity and not numbered:
            return None
        at = literal(qualified(self.home.layout.legacy(self.source.table)))
        owned = f"pg_get_serial_sequence({at}, {literal(column.name)})::regclass"
        # A sequence of its own moves with its table, another one stays where the default says.
        either = f"coalesce({owned}, to_regclass({numbered[1]}))" if numbered else owned
        return f"nextval({either})::{column.type}"

    def _fillable(self, columns: set[str]) -> bool:
        """Whether every column that must have a value gets one."""
        return all(
            c.nullable or c.default is not None or c.identity or c.generated or c.name in columns
            for c in self._contract.columns
        )

    def _legacy_items(self, found: _Found) -> Iterator[dict[str, str]]:
        for name, (value, back) in found.items():
            sql, tests = back.over(f"c.{ident(value.column.name)}")
            whens = "".join(f"    when not coalesce(({test}), false) then null\n" for test in tests)
            yield {"name": name, "sql": f"case\n{whens}    else ({sql})::{back.column.type}\nend"}

    def _unified_items(self) -> Iterator[dict[str, str]]:
        for number, column in enumerate(self.home.mapping.columns, 1):
            yield {"name": f"integrity_value_{number}", "sql": f"c.{ident(column.name)}"}

    # --- which rows --------------------------------------------------------------------------

    def _sendable(self, arm: ResolvedArm, found: _Found) -> Iterator[str]:
        """What a new row must be so that nothing of it is lost on the way to this arm."""
        for origin in self.home.mapping.provenances:  # the toolkit writes these
            yield f"c.{ident(origin.name)} is null"
        for column, default in self.home.unfilled():
            yield same(f"c.{ident(column.name)}", default, column.type)
        for column in self.home.mapping.columns:
            yield from self._kept_whole(arm, column, found)

    def _kept_whole(self, arm: ResolvedArm, column: Column, found: _Found) -> Iterator[str]:
        value, name = arm.value(column.name), f"c.{ident(column.name)}"
        if column.name == self.home.mapping.primary.name and self.home.mapping.assigned:
            return
        if value is None:
            yield f"{name} is null"
        elif value.given and value.given.constant:
            yield same(name, f"({value.given.text})::{column.type}", column.type)
        elif value.given is None:
            yield from self._key_kept(value, name, found)

    def _key_kept(self, value: Value, name: str, found: _Found) -> Iterator[str]:
        backs = self._way_back(value)
        if not backs:
            yield f"{name} is null"
        for back in backs:
            sql, tests = back.over(name)
            yield from tests
            leading, other = found[back.column.name]
            if leading is not value:  # both must lead to the same legacy value
                theirs, _ = other.over(f"c.{ident(leading.column.name)}")
                kind = back.column.type
                yield same(f"({sql})::{kind}", f"({theirs})::{kind}", kind)
        others = {n for way in value.ways[1:] for given in way.given for n in given.reads}
        if others & found.keys():
            yield f"{name} is not null"  # another way would find one

    def _row_tests(self, arm: ResolvedArm, found: _Found) -> Iterator[str]:
        """Tests over the row to be written, as far as its values are known before."""
        for column in self._contract.columns:
            if column.name in found and not column.nullable:
                yield f"{ident(column.name)} is not null"
        yield from self._came_back(arm, set(found))

    def _proofs(self, arm: ResolvedArm) -> Iterator[str]:
        """Tests over ``s``, the row as the server has written it, defaults included."""
        for rule in self.source.drops:
            yield f"({rule.when.text}) is not true"
        for other in self.source.arms:
            fills = [f"({filled(one, self.home.layout)})" for one in other.fills]
            if len(self.source.arms) > 1 and fills:
                there = " or ".join(fills)
                yield f"({there})" if other is arm else f"not ({there})"
            elif other is not arm:
                yield "false"  # an arm that is never empty makes a row of every legacy row
        yield from self._came_back(arm, {c.name for c in self._contract.columns})

    def _came_back(self, arm: ResolvedArm, known: set[str]) -> Iterator[str]:
        """Each value, computed from the legacy row again, is the unified one."""
        for number, column in enumerate(self.home.mapping.columns, 1):
            value = arm.value(column.name)
            given = value.given if value else None
            if given is None or given.constant or not known.issuperset(given.reads):
                continue
            for guard in given.guards:
                test = is_valid(guard.operand, guard.type, self.home.layout)
                yield f"case when {guard.when} then {test} else true end" if guard.when else test
            yield is_valid(given.text, column.type, self.home.layout)
            sent = f"p.integrity_value_{number}"
            yield same(f"({given.text})::{column.type}", sent, column.type)

    @property
    def _contract(self) -> Table:
        return self.home.contract(self.source)

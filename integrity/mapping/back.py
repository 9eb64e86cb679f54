"""The way back of one value: which legacy columns take it, by which SQL, and when it is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from integrity.mapping.candidates import is_valid
from integrity.mapping.comparable import same
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import Given, Value, Way
from integrity.model import Column, Name, Table
from integrity.sql.expression import parse, substitute
from integrity.sql.inverse import Label, filled, invert
from integrity.sql.rest import from_rest, rest_columns
from integrity.sql.template import render

_MARK = "integrity_value_to_send"  # stands for the unified value while the inverse is looked at


@dataclass(frozen=True, slots=True)
class Back:
    """``sql`` gives the value of the legacy ``column``; all ``tests`` must hold, in their order.

    Both are SQL over the unified value, which is called ``integrity_value_to_send`` there.
    """

    column: Column
    sql: str
    tests: tuple[str, ...]
    exact: bool  # legacy values that differ stay different, so nothing else could lead here

    def over(self, value: str) -> tuple[str, tuple[str, ...]]:
        """SQL and tests with ``value``, an operand, in place of the mark."""
        return self.sql.replace(_MARK, value), tuple(t.replace(_MARK, value) for t in self.tests)


@dataclass(frozen=True, slots=True)
class WayBack:
    """Leads unified values back to one legacy table.

    ``contract``: that table; ``layout``: after the switch; ``tracked``: unified tables whose later
    changes are written back in the same rollback, so that a row of theirs may not have gone back;
    with the name of their key where the toolkit numbers it.
    """

    contract: Table
    layout: Layout
    tracked: Mapping[Name, str]

    def of(self, value: Value, *, deferred: bool = False) -> tuple[Back, ...]:
        """The legacy columns that take a unified value; () when nothing leads back.

        ``deferred``: a reference that is filled later, where finding nothing rejects no row.
        """
        if value.given:
            return self._expression(value.given, value.column)
        way = value.ways[0]
        found = tuple(self._crosswalk(way) if way.crosswalk_of else self._lookup(way))
        if len(found) < len(way.given):
            return ()
        if deferred or any(one.optional for one in value.ways):
            return found
        # A key that is not optional and not given rejects the candidate.
        needed = f"{_MARK} is not null"
        return tuple(replace(one, tests=(needed, *one.tests)) for one in found)

    def _expression(self, given: Given, column: Column) -> tuple[Back, ...]:
        if rest := rest_columns(given.text, given.reads, self.contract):
            return tuple(self._rest(given, column, rest))
        found = None if given.constant else self._inverse(given)
        if found is None:
            return ()
        there = substitute(given.text, {found.column.name: f"({found.sql})::{found.column.type}"})
        again = same(f"({there})::{column.type}", _MARK, column.type)
        return (replace(found, tests=(*found.tests, again)),)

    def _rest(self, given: Given, column: Column, rest: tuple[Column, ...]) -> Iterator[Back]:
        """Each column out of the JSON object that holds the rest of a row."""
        values = {one.name: from_rest(one, _MARK) for one in rest}
        typed = {one.name: f"({values[one.name]})::{one.type}" for one in rest}
        fits = (
            is_valid(values[one.name], one.type, self.layout)
            for one in rest
            if one.type not in ("text", "jsonb")  # which take any text and any document
        )
        again = same(f"({substitute(given.text, typed)})::{column.type}", _MARK, column.type)
        tests = (*fits, again)
        for one in rest:
            if not one.generated:
                yield Back(one, values[one.name], tests, exact=True)

    def _crosswalk(self, way: Way) -> Iterator[Back]:
        """The key that the referenced row has in the legacy table that is referenced."""
        key = render(
            "write_back.legacy_key.sql",
            crosswalk=self.layout.crosswalk(way.table),
            source=str(way.crosswalk_of),
            value=_MARK,
        )
        known = f"{_MARK} is null or {key} is not null"
        for place, given in enumerate(way.given):
            part = f"({key}::jsonb ->> {place})" if len(way.given) > 1 else key
            yield from self._through(given, part, (known,))

    def _lookup(self, way: Way) -> Iterator[Back]:
        """What the looked-up row is asked by, where that finds this row and no other."""
        table = self.layout.unified(way.table)
        facts = {"table": table, "take": way.take, "by": way.by, "value": _MARK}
        single = render("write_back.asked_once.sql", **facts)
        tests = [f"{_MARK} is null or {single}"]
        if way.table in self.tracked:
            columns = sorted({way.take}.union(*(parse(by).columns for by in way.by)))
            changes = self.layout.work(way.table, "changes")
            settled = render(
                "write_back.settled.sql",
                changes=changes,
                take="integrity_unified" if way.take == self.tracked[way.table] else way.take,
                columns=columns,
                value=_MARK,
            )
            tests.append(settled)
        for place, given in enumerate(way.given):
            asked = render("write_back.asked.sql", expression=way.by[place], **facts)
            yield from self._through(given, asked, tuple(tests))

    def _through(self, given: Given, value: str, tests: tuple[str, ...]) -> Iterator[Back]:
        """The inverse of what asked for a key, over ``value``, the key that must be asked."""
        kind = "text" if given.type == "unknown" else given.type
        fits = is_valid(value, kind, self.layout)
        back = self._inverse(given)
        if back is not None:
            sql, inner = back.over(f"({value})::{kind}")
            yield replace(back, sql=sql, tests=(*tests, fits, *inner))

    def _inverse(self, given: Given) -> Back | None:
        inverse = invert(given.text, {column.name: column.type for column in self.contract.columns})
        column = self.contract.column(inverse.column) if inverse.column else None
        if column is None or inverse.expression is None or column.generated:
            return None
        sql = filled(inverse.expression, _MARK)
        tests = [*self._cast_tests(sql), is_valid(sql, column.type, self.layout)]
        if inverse.guard:
            guard = filled(inverse.guard, _MARK)
            tests += [*self._cast_tests(guard), guard]
        return Back(column, sql, tuple(tests), inverse.label is Label.EXACT)

    def _cast_tests(self, sql: str) -> Iterator[str]:
        for cast in parse(sql).casts:
            test = is_valid(cast.operand, cast.type, self.layout)
            yield f"case when {cast.when} then {test} else true end" if cast.when else test

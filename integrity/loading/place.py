"""A staged chunk into the table, set by set.

A chunk without faults is one INSERT. If the server refuses it, the chunk is looked at more closely:
values that do not cast, missing ones, references that name nothing and checks that are false are
found by one query each; so are rows whose unique key another row has. What is refused for another
reason, such as an exclusion constraint or a trigger, is found by the server row by row. The result
is that of inserting row by row in the order of the file, but that rows of one chunk may refer to
each other.

A row whose unique key stands in the table already is a repeat when the row there says the same in
every column that the file gives; otherwise it goes to quarantine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrity.database.connect import Connection, Error
from integrity.loading.model import Fault, Row
from integrity.loading.target import NUMBER, Check, Foreign, Target, TargetColumn, Unique
from integrity.sql.quote import ident
from integrity.sql.template import render

ROW_CLASSES = (
    "22",
    "23",
    "44",
    "54",
    "P0",
)  # SQLSTATE classes of which a row may be the cause
PIECE = 500  # rows that are tried at once before each is tried alone
_REASONS = {
    "23502": "null",
    "23503": "reference",
    "23505": "unique",
    "23514": "check",
    "23P01": "exclusion",
}
_LONGEST = 200  # characters of a value that a fault repeats


@dataclass(slots=True)
class Placed:
    """What became of a chunk. ``faults``: number of the row in the chunk -> why."""

    loaded: int = 0
    repeated: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A column of the chunk: its position among the staged ones, and whether only some rows
    have it while the table gives a default to the others."""

    column: TargetColumn
    place: int
    mixed: bool

    def fact(self) -> dict[str, Any]:
        """For the templates."""
        column = self.column
        return {
            "name": column.name,
            "type": column.type,
            "place": self.place,
            "mixed": self.mixed,
            "required": column.required,
            "default": column.default,
            "comparable": column.comparable,
            "value": self.cast(),
        }

    def cast(self) -> str:
        """The staged text as the type, without cutting it."""
        text = f"s.v{self.place}"
        return text if self.column.text else f"{text}::{self.column.cast}"

    def or_default(self, value: str) -> str:
        """The value, or the column's default in rows that do not have the column."""
        if not self.mixed:
            return value
        absent = f"s.integrity_absent @> array[{self.place}::smallint]"
        return f"case when {absent} then {self.column.default} else {value} end"


class Placing:
    """One chunk on its way. Runs in the caller's transaction."""

    def __init__(
        self,
        conn: Connection[Any],
        schema: str,
        target: Target,
        columns: Sequence[TargetColumn],
        rows: Sequence[Row],
    ) -> None:
        self._conn, self._schema, self._target = conn, schema, target
        self._given = list(_given(columns, rows))
        self._faulty = [number for number, row in enumerate(rows) if row.fault]
        self._good = len(rows) - len(self._faulty)
        self._rows = rows

    def place(self) -> Placed:
        """Insert what can be. A savepoint guards each attempt."""
        if self._good and self._plain() and self._at_once():
            return Placed(loaded=self._good)
        return self._closely() if self._good else Placed()

    # --- all at once ---------------------------------------------------------------------------

    def _plain(self) -> bool:
        """Whether a plain cast says what an assignment from outside would say."""
        if any(one.column.cuts for one in self._given):
            return False
        places = [one.place for one in self._given if one.column.moment]
        return not places or not self._one("loading.moments.sql", places=places)

    def _at_once(self) -> bool:
        values = [one.or_default(one.cast()) for one in self._given]
        return self._attempt("integrity_load_rows", values, None)

    def _insert(self, values: Sequence[str], numbers: Sequence[int] | None) -> dict[str, Any]:
        return {
            "table": self._target.name,
            "names": [one.column.name for one in self._given],
            "values": values,
            "number": NUMBER,
            "numbers": None if numbers is None else _array(numbers),
        }

    def _attempt(self, source: str, values: Sequence[str], numbers: Sequence[int] | None) -> bool:
        """Insert all the rows, or those of the numbers. False: one was refused, and none is in."""
        facts = self._insert(values, numbers)
        try:
            with self._conn.transaction():
                done = self._conn.execute(render("loading.insert.sql", source=source, **facts))
                if done.rowcount != (self._good if numbers is None else len(numbers)):
                    raise _Silent
        except _Silent:
            return False
        except Error as error:
            if (error.sqlstate or "")[:2] not in ROW_CLASSES:
                raise
            return False
        return True

    # --- row by row, in sets -------------------------------------------------------------------

    def _closely(self) -> Placed:
        placed = Placed(faults=dict(self._misfits()))
        self._type(placed.faults)
        placed.faults |= dict(self._orphans()) | dict(self._false(placed.faults))
        out = {*self._faulty, *placed.faults}
        pending = [number for number in range(len(self._rows)) if number not in out]
        while pending:
            doubles = self._doubles(pending)
            fresh = [number for number in pending if number not in doubles]
            self._pieces(fresh, placed)
            settled = self._settle(doubles, placed)
            if doubles and not fresh and not settled:  # the index sees it another way than we do
                self._pieces(sorted(doubles), placed)
                break
            pending = sorted(doubles - settled)
        return placed

    def _misfits(self) -> Iterator[tuple[int, Fault]]:
        """Values that do not cast, and missing ones: the first of each row."""
        given = [one.fact() for one in self._given]
        if not given:
            return
        names = {one.place: one.column for one in self._given}
        seen: set[int] = set()
        rows = self._all(
            "loading.faults.sql", schema=self._schema, given=given, faulty=_array(self._faulty)
        )
        for number, reason, place, value in rows:
            if number in seen:
                continue
            seen.add(number)
            detail = (
                "no value" if reason == "null" else f"{_short(value)} is no {names[place].type}"
            )
            yield number, Fault(reason, names[place].name, detail)

    def _type(self, faults: Mapping[int, Fault]) -> None:
        given = [one.fact() for one in self._given]
        faulty = _array([*self._faulty, *faults])
        text = render("loading.typed.sql", number=NUMBER, given=given, faulty=faulty)
        self._conn.execute(text)

    def _orphans(self) -> Iterator[tuple[int, Fault]]:
        for one in self._target.foreigns:
            if not self._has(one.columns):
                continue
            pairs = list(zip(one.columns, one.parent_columns, strict=True))
            facts = {"columns": one.columns, "pairs": pairs, "parent": one.parent}
            for (number,) in self._found("loading.orphans.sql", **facts):
                yield number, _orphan(one)

    def _false(self, faults: Mapping[int, Fault]) -> Iterator[tuple[int, Fault]]:
        """Checks that read nothing but what the rows give."""
        for one in self._target.checks:
            if self._has(one.columns):
                found = self._found("loading.checked.sql", expression=one.expression)
                yield from ((n, _false_check(one)) for (n,) in found if n not in faults)

    def _has(self, columns: Iterable[str]) -> bool:
        given = {one.column.name for one in self._given if not one.mixed}
        return given.issuperset(columns)

    def _doubles(self, numbers: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for one in self._uniques():
            rest = [number for number in numbers if number not in found]
            rows = self._found("loading.duplicates.sql", numbers=_array(rest), **self._key(one))
            found |= {number for (number,) in rows}
        return found

    def _settle(self, numbers: set[int], placed: Placed) -> set[int]:
        """Decide on rows whose key stands in the table: a repeat, or a fault."""
        settled: set[int] = set()
        given = [one.fact() for one in self._given]
        for one in self._uniques():
            rest = _array(sorted(numbers - settled))
            facts = self._key(one) | {"given": given, "numbers": rest}
            for number, same, key in self._found("loading.standing.sql", **facts):
                settled.add(number)
                if same:
                    placed.repeated += 1
                else:
                    columns = ", ".join(one.columns)
                    detail = f"another row has {columns} = {_short(key)} and differs"
                    placed.faults[number] = Fault("unique", one.name, detail)
        return settled

    def _uniques(self) -> Iterator[Unique]:
        return (one for one in self._target.uniques if self._has(one.columns))

    def _key(self, one: Unique) -> dict[str, Any]:
        return {
            "table": self._target.name,
            "columns": one.columns,
            "nulls_distinct": one.nulls_distinct,
        }

    def _pieces(self, numbers: Sequence[int], placed: Placed) -> None:
        """Insert these rows: all at once, else piece by piece, and row by row where the server
        refuses a piece."""
        values = [one.or_default(f"s.{ident(one.column.name)}") for one in self._given]
        if not numbers or self._attempt("integrity_load_typed", values, numbers):
            placed.loaded += len(numbers)
            return
        for start in range(0, len(numbers), PIECE):
            piece = numbers[start : start + PIECE]
            if self._attempt("integrity_load_typed", values, piece):
                placed.loaded += len(piece)
            else:
                self._one_by_one(piece, values, placed)

    def _one_by_one(self, numbers: Sequence[int], values: Sequence[str], placed: Placed) -> None:
        self._conn.execute("truncate pg_temp.integrity_load_refused")
        facts = self._insert(values, numbers)
        self._conn.execute(render("loading.one_by_one.sql", **facts))
        rows = self._conn.execute("select * from pg_temp.integrity_load_refused").fetchall()
        for number, state, message, detail, name in rows:
            if number < 0:
                placed.loaded += int(state)
            else:
                placed.faults[number] = _refused(state, message, detail, name)

    # --- statements ----------------------------------------------------------------------------

    def _all(self, template: str, **facts: Any) -> list[tuple[Any, ...]]:
        # Numbers of rows are part of the text: with parameters a % in a name would be one too.
        return self._conn.execute(render(template, number=NUMBER, **facts)).fetchall()

    def _found(self, template: str, **facts: Any) -> list[tuple[Any, ...]]:
        """Rows that a query finds; none where it does not run, as a check that divides by zero or
        a type whose operators are not the server's own. The server judges each row then."""
        try:
            with self._conn.transaction():
                return self._all(template, **facts)
        except Error as error:
            if (error.sqlstate or "")[:2] not in (*ROW_CLASSES, "42", "0A"):
                raise
            return []

    def _one(self, template: str, **facts: Any) -> Any:
        ((value,),) = self._all(template, **facts)
        return value


class _Silent(Exception):
    """The server inserted other than the asked number of rows."""


def _given(columns: Sequence[TargetColumn], rows: Sequence[Row]) -> Iterator[Given]:
    """The columns that a chunk names: those that any of its rows has, and those it must have."""
    missing = [0] * len(columns)
    good = 0
    for row in rows:
        good += row.fault is None
        for place in row.absent:
            missing[place] += row.fault is None
    for place, column in enumerate(columns):
        if missing[place] < good or (column.required and column.default is None):
            yield Given(column, place, bool(missing[place]) and column.default is not None)


def _orphan(one: Foreign) -> Fault:
    return Fault("reference", one.name, f"{', '.join(one.columns)} names no row of {one.parent}")


def _false_check(one: Check) -> Fault:
    return Fault("check", one.name, f"not true: {_short(one.expression)}")


def _refused(state: str | None, message: str, detail: str, name: str | None) -> Fault:
    """A fault from what the server said of a single row; no state: it said nothing."""
    if state is None:
        return Fault("refused", "", "a trigger or rule of the table left it out in silence")
    reason = _REASONS.get(state) or ("cast" if state.startswith("22") else "refused")
    text = ": ".join(filter(None, [message, detail]))
    return Fault(reason, name or "", " ".join(text.split()))


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 3] + "..."

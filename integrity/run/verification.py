"""What a verification found, as values: counts for everything, examples by key and column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from integrity.errors import Exit

_SHOWN = 120  # characters of a value in a text


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A candidate: the key of a legacy row, and the arm when its source has arms."""

    source: str
    key: str
    arm: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.key}" + (f" arm {self.arm}" if self.arm else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value, or one row, that is not what the sources say.

    ``kind``: missing and extra are about a whole row, its values as JSON in ``expected`` or
    ``actual``; different is about ``column``. ``key`` is the natural key, ``unified_key`` the
    primary key as the table has it. ``sources``: the rows it is made from; for an extra row those
    that the load says it is made from, and ``expected`` is then what the first of them says, or
    None when it should have been left out.
    """

    table: str
    kind: str
    key: Mapping[str, str | None]
    unified_key: str | None
    column: str | None
    expected: str | None
    actual: str | None
    sources: tuple[SourceRow, ...] = ()

    def __str__(self) -> str:
        key = ", ".join(f"{name} = {_quoted(value)}" for name, value in self.key.items())
        origin = f"; from {', '.join(map(str, self.sources[:3]))}" if self.sources else ""
        if self.kind == "different":
            values = f"expected {_quoted(self.expected)}, is {_quoted(self.actual)}"
            return f"({key}): {self.column}: {values}{origin}"
        told = ", ".join(
            f"{name} {_quoted(said)}, not {_quoted(found)}" for name, said, found in self.claims()
        )
        says = f", which says {told}" if told else ""
        if self.kind == "extra" and self.sources and self.expected is None:
            says = ", which should have been left out"
        return f"({key}): row is {self.kind}{origin}{says}"

    def claims(self) -> Iterator[tuple[str, str | None, str | None]]:
        """For an extra row: the columns in which its source row says something else, and what."""
        if self.kind != "extra" or self.expected is None or self.actual is None:
            return
        said, found = json.loads(self.expected), json.loads(self.actual)
        for name, value in found.items():
            if said.get(name) is not None and said[name] != value:
                yield name, str(said[name]), None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows differ in one way; ``column`` is None for missing and extra rows."""

    kind: str
    column: str | None
    rows: int

    def __str__(self) -> str:
        where = f" in {self.column}" if self.column else ""
        return f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} {self.kind}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableVerification:
    """One unified table. ``expected`` and ``actual`` count its rows.

    ``renumbered``: rows that are right but for their number, because others are wrong;
    ``ledger``: what is wrong with the accounts, in words.
    """

    table: str
    expected: int
    actual: int
    counts: tuple[Count, ...] = ()
    differences: tuple[Difference, ...] = ()
    renumbered: int = 0
    crosswalk_rows: int = 0
    crosswalk_counts: tuple[Count, ...] = ()
    crosswalk: tuple[Difference, ...] = ()
    ledger: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the table, its crosswalk and its ledger are as the sources say."""
        return not (self.counts or self.renumbered or self.crosswalk_counts or self.ledger)

    def lines(self) -> Iterator[str]:
        """The result in words, first the counts, then the examples."""
        if self.ok:
            yield f"{self.table}: {self.actual:,} rows are what the sources say"
            return
        yield f"{self.table}: does not hold what its sources say"
        yield from (f"  {count}" for count in self.counts)
        if self.renumbered:
            yield f"  {self.renumbered:,} rows have another number because of other differences"
        yield from (f"  crosswalk: {count}" for count in self.crosswalk_counts)
        yield from (f"  ledger: {problem}" for problem in self.ledger)
        yield from (f"    {difference}" for difference in self.differences)
        yield from (f"    crosswalk {difference}" for difference in self.crosswalk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All tables of a project against their sources, in one snapshot of the database.

    ``switched``: the unified tables are in place. ``frozen``: every source has refused writes
    since before the first count.
    """

    tables: tuple[TableVerification, ...]
    switched: bool
    frozen: bool
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(table.ok for table in self.tables)

    @property
    def changed_since_apply(self) -> bool:
        """Whether all differences are later changes of unified rows: they were equal before the
        switch, and legacy cannot have changed since."""
        accounts = all(not t.ledger and not t.crosswalk_counts for t in self.tables)
        return not self.ok and accounts and self.switched and self.frozen

    @property
    def exit_code(self) -> Exit:
        """OK, or UNPROVEN when something differs."""
        return Exit.OK if self.ok else Exit.UNPROVEN

    def lines(self) -> Iterator[str]:
        """The result in words."""
        if self.changed_since_apply:
            yield "rows were changed since apply: they were equal then, and legacy is read-only"
        for table in self.tables:
            yield from table.lines()

    def as_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        facts = {"ok": self.ok, "changed_since_apply": self.changed_since_apply}
        tables = [{"ok": table.ok, **asdict(table)} for table in self.tables]
        return {**facts, **asdict(self), "tables": tables}


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    cut = value if len(value) <= _SHOWN else value[: _SHOWN - 3] + "..."
    return "'" + " ".join(cut.split()) + "'"

"""Whether two states of a database are equal: schema, rows and sequences.

The schema is compared by facts: (kind, name) -> definition as the server spells it, including
what the model does not manage. Rows are compared by an order-independent hash per table, in which
duplicates count. The toolkit's own ``<toolkit_schema>.integrity_*`` are left out, and nothing
else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrity.catalog.facts import ACCOUNTS_OF, FACTS, ROWS_OF, SEQUENCES_OF
from integrity.catalog.read import quiet_search_path
from integrity.database.connect import Connection, translated

Fact = tuple[str, str]  # kind and name


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table: how many, and a hash that does not depend on their order."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of a database. Comparable between servers of one major version."""

    facts: Mapping[Fact, str]
    rows: Mapping[str, Rows]
    sequences: Mapping[str, str]

    def differences(self, other: Snapshot) -> list[str]:
        """How ``other`` differs from this state, one line each; empty when they are equal."""
        return [
            *_facts(self.facts, other.facts),
            *_rows(self.rows, other.rows),
            *_sequences(self.sequences, other.sequences),
        ]


def snapshot(conn: Connection[Any], *, toolkit_schema: str, accounts: bool = False) -> Snapshot:
    """The state of the connected database, in one transaction; reads every row once.

    ``accounts``: with the rows of ledger, conflicts, quarantine, retained rows and crosswalks,
    but for their own numbers and moments, which differ from run to run.
    """
    own = {"toolkit": toolkit_schema}
    with translated("take a snapshot"), quiet_search_path(conn):
        facts: dict[Fact, str] = {}
        for query in FACTS:
            facts |= {(k, n): value for k, n, value in conn.execute(query, own)}
        tables = conn.execute(ROWS_OF, own).fetchall()
        sequences = conn.execute(SEQUENCES_OF, own).fetchall()
        return Snapshot(
            facts=facts,
            rows={name: hash_of(conn, name, only=only) for name, only in tables}
            | (dict(_accounts(conn, own)) if accounts else {}),
            sequences={name: position_of(conn, name) for (name,) in sequences},
        )


def hash_of(conn: Connection[Any], name: str, *, only: bool = False) -> Rows:
    """The rows of a table, by the name that the server quoted; ``only``: not of its children.

    Sums of two halves: 128 bits, any order. Texts of values are those of the session's settings.
    """
    row = conn.execute(
        f"""
        select count(*),
            coalesce(sum(('x' || left(h, 16))::bit(64)::bigint), 0)::text,
            coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint), 0)::text
        from (
            select encode(sha256(convert_to((t.*)::text, 'UTF8')), 'hex') as h
            from {"only " if only else ""}{name} as t
        ) as hashed
        """  # noqa: S608
    ).fetchone()
    assert row is not None
    return Rows(row[0], f"{row[1]}:{row[2]}")


def _accounts(conn: Connection[Any], own: Mapping[str, str]) -> Iterator[tuple[str, Rows]]:
    for name, columns in conn.execute(ACCOUNTS_OF, own).fetchall():
        yield name, hash_of(conn, f"(select {columns} from {name})")  # noqa: S608


def position_of(conn: Connection[Any], name: str) -> str:
    """Where a sequence stands; ``name`` is quoted by the server."""
    row = conn.execute(f"select last_value, is_called from {name}").fetchone()  # noqa: S608
    assert row is not None
    return f"{row[0]}{' (used)' if row[1] else ' (not used)'}"


def _facts(expected: Mapping[Fact, str], actual: Mapping[Fact, str]) -> Iterator[str]:
    for kind, name in sorted(expected.keys() | actual.keys()):
        was, now = expected.get((kind, name)), actual.get((kind, name))
        if now is None:
            yield f"{kind} {name} is missing"
        elif was is None:
            yield f"{kind} {name} was not there"
        elif was != now:
            yield f"{kind} {name} is {now}, was {was}"


def _rows(expected: Mapping[str, Rows], actual: Mapping[str, Rows]) -> Iterator[str]:
    for name in sorted(expected.keys() & actual.keys()):
        was, now = expected[name], actual[name]
        if was.count != now.count:
            yield f"table {name} has {now.count} rows, had {was.count}"
        elif was != now:
            yield f"table {name} has {now.count} rows as before, but other ones"


def _sequences(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(expected.keys() & actual.keys()):
        if expected[name] != actual[name]:
            yield f"sequence {name} is at {actual[name]}, was at {expected[name]}"

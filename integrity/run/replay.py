"""Replay: candidates in quarantine are tried again with the YAML as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection, connect, translated
from integrity.errors import DriftFailure
from integrity.mapping.replay import Replay
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name
from integrity.operations.context import Context
from integrity.plan.compile import Compiled
from integrity.run.journal import Journal
from integrity.run.locks import database_lock
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one mapping's quarantine."""

    mapping: str
    inserted: int
    merged: int
    still_rejected: tuple[tuple[str, str, int], ...]  # source, reason, candidates

    @property
    def waiting(self) -> int:
        """Candidates that stay in quarantine."""
        return sum(count for _, _, count in self.still_rejected)


def replay(
    compiled: Compiled, url: str, *, mapping: Name | None = None, dry_run: bool = False
) -> tuple[Replayed, ...]:
    """Try quarantined candidates again; those that pass become rows or merge into rows.

    One transaction per mapping, in load order, so that a rescued parent is found by its children.
    ``dry_run`` counts and rolls back. Raises DriftFailure before the switch, LockedFailure beside
    another run.
    """
    with connect(url, application_name="integrity replay") as conn, database_lock(conn, patience=2):
        if not _is_switched(conn, compiled):
            raise DriftFailure(
                "nothing to replay into: the unified tables are not in place",
                hint="run integrity apply first",
            )
        chosen = [m for m in compiled.mappings if mapping in (None, m.name)]
        with translated("replay the quarantine"):
            return tuple(_replays(conn, compiled, chosen, dry_run=dry_run))


def _replays(
    conn: Connection[Any], compiled: Compiled, mappings: list[ResolvedMapping], *, dry_run: bool
) -> Iterator[Replayed]:
    layout = compiled.layout.after_switch().temporary()
    stem = compiled.migrations[0].stem
    for mapping in mappings:
        writer = Replay(mapping, layout, stem)
        if not _value(conn, writer.waits()):
            continue
        with conn.transaction(force_rollback=dry_run):
            yield _replayed(conn, writer, dry_run=dry_run)


def _replayed(conn: Connection[Any], writer: Replay, *, dry_run: bool) -> Replayed:
    first, *statements = writer.statements()
    conn.execute(first.encode())  # the lock: nobody else takes numbers from here on
    before = conn.execute(writer.position().encode()).fetchone()
    for sql in statements:
        conn.execute(sql.encode())
    rescued = conn.execute(writer.close().encode()).fetchall()
    still = conn.execute(writer.still_rejected().encode()).fetchall()
    if dry_run and before:  # a sequence does not roll back
        conn.execute("select setval(%s::oid::regclass, %s, %s)", before)
    return Replayed(
        mapping=str(writer.mapping.name),
        inserted=sum(row[2] for row in rescued),
        merged=sum(row[3] for row in rescued),
        still_rejected=tuple((str(r[0]), str(r[1]), int(r[2])) for r in still),
    )


def _is_switched(conn: Connection[Any], compiled: Compiled) -> bool:
    stem = compiled.migrations[0].stem
    schema = compiled.layout.toolkit_schema
    if not Journal(schema=schema, migration=stem, direction="apply").exists(conn):
        return False
    condition = Context(stem, compiled.layout).switched()
    return bool(_value(conn, render("replay.switched.sql", condition=condition)))


def _value(conn: Connection[Any], sql: str) -> object:
    row = conn.execute(sql.encode()).fetchone()
    return row and row[0]

"""Which migrations a database has seen, read from the toolkit's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrity.database.connect import Connection, translated
from integrity.model import Migration
from integrity.operations.context import SWITCH_STEP
from integrity.operations.journal_sql import step_hash
from integrity.sql.quote import ident
from integrity.sql.template import render

Steps = Mapping[str, str]  # step -> hash of its statements


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the journal says; empty for a database the toolkit never changed.

    ``there`` and ``back`` hold the steps, by migration, that were begun and not undone since; those
    of a finished rollback stay in ``back`` until the migration begins anew.
    """

    applied: frozenset[str] = frozenset()
    there: Mapping[str, Steps] = field(default_factory=dict)
    back: Mapping[str, Steps] = field(default_factory=dict)
    switched: frozenset[str] = frozenset()
    runs: frozenset[tuple[str, str]] = frozenset()  # migration and hash of the plan that ran it
    finalized: bool = False  # legacy is in an archive, not in the database

    def begun(self, migration: Migration) -> bool:
        """Whether steps of it are done, or on the way, but it is not applied as a whole."""
        return migration.stem not in self.applied and bool(self.there.get(migration.stem))

    def rolling_back(self, migration: Migration) -> bool:
        """Whether a rollback of it has begun and not ended."""
        return bool(self.there.get(migration.stem) and self.back.get(migration.stem))

    def ran(self, plan_hash: str) -> bool:
        """Whether a run of that plan is in the database, applied or on its way."""
        present = self.applied | self.there.keys()
        return any(stem in present and ran == plan_hash for stem, ran in self.runs)

    def changed_steps(self, migration: Migration) -> tuple[str, ...]:
        """Steps that ran with other statements than the migration has now, and lost ones."""
        hashes = {step.id: step_hash(step) for step in migration.steps()}
        journal = self.there.get(migration.stem, {})
        return tuple(sorted(step for step, was in journal.items() if hashes.get(step) != was))


def read_state(conn: Connection[Any], toolkit_schema: str) -> State:
    """The state of the connected database, as one snapshot shows it."""
    with translated("read the journal"), conn.transaction():
        if not _exists(conn, toolkit_schema):
            return State()
        steps = conn.execute(render("plan.state.sql", schema=toolkit_schema)).fetchall()
        applied = conn.execute(render("plan.applied.sql", schema=toolkit_schema)).fetchall()
        runs = conn.execute(render("plan.runs.sql", schema=toolkit_schema)).fetchall()
        finalized = _finalized(conn, toolkit_schema)
    ways: dict[str, dict[str, dict[str, str]]] = {"apply": {}, "rollback": {}}
    for migration, direction, step, digest, _ in steps:
        ways[direction].setdefault(migration, {})[step] = digest
    return State(
        applied=frozenset(stem for stem, _ in applied),
        there=ways["apply"],
        back=ways["rollback"],
        switched=frozenset(
            migration
            for migration, direction, step, _, outcome in steps
            if (direction, step, outcome) == ("apply", SWITCH_STEP, "done")
        ),
        runs=frozenset((stem, digest) for stem, digest in runs),
        finalized=finalized,
    )


def _finalized(conn: Connection[Any], toolkit_schema: str) -> bool:
    if not _exists(conn, toolkit_schema, "integrity_archives"):
        return False
    row = conn.execute(render("plan.finalized.sql", schema=toolkit_schema)).fetchone()
    return bool(row and row[0])


def _exists(conn: Connection[Any], toolkit_schema: str, name: str = "integrity_state") -> bool:
    table = f"{ident(toolkit_schema)}.{name}"  # integrity_state is the last one to be created
    row = conn.execute("select pg_catalog.to_regclass(%s) is not null", [table]).fetchone()
    return bool(row and row[0])

"""SQL of the journal, shared by the files for psql and the runner: each reads what the other did.

A step commits together with its row. The directions are ``apply`` and ``rollback``; a finished
rollback turns the rows of the way there to ``undone``, and a new start those of the way back.
"""

from __future__ import annotations

from hashlib import sha256

from integrity.model import Migration, Step
from integrity.sql.template import render

# pg_advisory_lock(bigint), held by the session that migrates. Advisory locks are per database.
# The first eight bytes of SHA-256 of "integrity", as a signed number.
ADVISORY_LOCK_KEY = int.from_bytes(sha256(b"integrity").digest()[:8], "big", signed=True)


def step_hash(step: Step) -> str:
    """SHA-256 over the statements of a step, in hexadecimal."""
    return sha256("\0".join(one.sql for one in step.statements).encode()).hexdigest()


def journal_sql(
    migration: Migration, step: Step, *, direction: str, outcome: str, schema: str
) -> str:
    """Writes the row of a step that psql runs; ``outcome`` is ``started`` or ``done``.

    ``direction``: ``apply`` or ``rollback``; ``schema``: the toolkit schema. No semicolon.
    """
    return render(
        "journal.step.sql",
        schema=schema,
        migration=migration.stem,
        direction=direction,
        step=step.id,
        statement_hash=step_hash(step),
        outcome=outcome,
    )


def finished_sql(migration: Migration, step: Step, *, direction: str, schema: str) -> str:
    """Turns the row of a step that was ``started`` to ``done``. No semicolon."""
    return render(
        "journal.finished.sql",
        schema=schema,
        migration=migration.stem,
        direction=direction,
        step=step.id,
    )


def sentinel_sql(migration: Migration, *, direction: str, schema: str) -> str:
    """Records that work tables are filled, until the server crashes. No semicolon."""
    return render(
        "journal.sentinel.sql", schema=schema, migration=migration.stem, direction=direction
    )


def begun_sql(migration: Migration, *, schema: str) -> str:
    """Forgets an earlier rollback when a migration starts anew. No semicolon."""
    return render("journal.begun.sql", schema=schema, migration=migration.stem)


def applied_sql(migration: Migration, *, schema: str) -> str:
    """Records that the migration is applied, unless a step did so. No semicolon."""
    return render(
        "journal.applied.sql", schema=schema, migration=migration.stem, number=migration.number
    )


def undone_statements(migration: Migration, *, schema: str) -> tuple[str, ...]:
    """Record that the migration is rolled back. No semicolons."""
    templates = ("journal.undone.sql", "journal.unsliced.sql", "journal.unapplied.sql")
    return tuple(render(name, schema=schema, migration=migration.stem) for name in templates)


def is_begun_sql(migration: Migration, *, schema: str) -> str:
    """Whether a step of the way there is done, or on the way, and not undone since."""
    return render("journal.is_begun.sql", schema=schema, migration=migration.stem)


def is_applied_sql(migration: Migration, *, schema: str) -> str:
    """Whether the migration is applied as a whole."""
    return render("journal.is_applied.sql", schema=schema, migration=migration.stem)


def is_followed_sql(migration: Migration, *, schema: str) -> str:
    """Whether a later migration is applied, or begun, on top of it."""
    return render("journal.is_followed.sql", schema=schema, number=migration.number)

"""What finalize would do to a database: tried in a transaction that is rolled back.

The server itself says whether everything can be dropped without CASCADE, which facts vanish with
it, and whether anything that stays would change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from integrity import __version__
from integrity.catalog.equality import Fact
from integrity.database.connect import Connection, Error
from integrity.database.identity import identify
from integrity.errors import DriftFailure, RefusedFailure
from integrity.finalize.facts import patience, read_facts
from integrity.finalize.leaving import Leaving, leaving
from integrity.model import Project
from integrity.plan.compile import Compiled, layout_of

SHOWN = 5
# A dump of schemas and tables leaves these out.
_STRAY = """
select s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname)
    || ' of ' || s.stxrelid::regclass
from pg_statistic_ext as s
join pg_class as c on c.oid = s.stxrelid
where s.stxrelid = any (%s) and s.stxnamespace <> c.relnamespace
order by 1
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """What goes. ``gone``: the facts that vanish. ``digest``: hash that an approval names."""

    going: Leaving
    gone: dict[Fact, str]
    digest: str


def survey(conn: Connection[Any], compiled: Compiled) -> Survey:
    """What goes from the connected database.

    Raises DriftFailure when a legacy table is missing, RefusedFailure for something that stays
    and depends on legacy, or would change.
    """
    project = compiled.project
    going = leaving(conn, project, layout_of(project).after_switch())
    if going.missing:
        raise DriftFailure(
            f"a legacy table is not where it should be: {_some(list(map(str, going.missing)))}",
            hint="see `integrity status`",
        )
    if not going.things:
        raise RefusedFailure("there is nothing to finalize: every legacy table has moved, or stays")
    _refuse_dependents(going.in_the_way)
    _refuse_strays(conn, going)
    gone, changed = _tried(conn, project, going)
    if changed:
        raise RefusedFailure(
            f"dropping legacy would change what stays: {_some(changed)}",
            hint="change it yourself first, then finalize again",
        )
    return Survey(going, gone, _digest(conn, going, gone))


def dropped(
    conn: Connection[Any], going: Leaving, *, toolkit_schema: str
) -> tuple[dict[Fact, str], list[str]]:
    """Drop all of it inside the caller's transaction.

    Returns the facts that vanished, and in words what changed beyond that.
    """
    before = read_facts(conn, toolkit_schema=toolkit_schema)
    for statement in going.statements():
        conn.execute(statement.encode())
    after = read_facts(conn, toolkit_schema=toolkit_schema)
    gone = {key: value for key, value in before.items() if key not in after}
    changed = [
        f"{kind} {name}" for (kind, name), v in after.items() if before.get((kind, name)) != v
    ]
    return gone, sorted(changed)


def _tried(
    conn: Connection[Any], project: Project, going: Leaving
) -> tuple[dict[Fact, str], list[str]]:
    settings = project.settings
    try:
        with conn.transaction(force_rollback=True):
            patience(conn, settings.lock_timeout_ms)
            return dropped(conn, going, toolkit_schema=settings.toolkit_schema)
    except Error as error:
        if error.sqlstate != "2BP01":  # dependent_objects_still_exist
            raise
        detail = " ".join((error.diag.message_detail or "").split())
        raise RefusedFailure(
            f"{error.diag.message_primary}: {detail}",
            hint="drop or change what depends on it, then finalize again",
        ) from error


def _refuse_dependents(found: Sequence[str]) -> None:
    if found:
        raise RefusedFailure(
            f"something that stays still needs legacy: {_some(found)}",
            hint="drop it, point it to the unified tables, or write a rule: docs/dependents.md",
        )


def _refuse_strays(conn: Connection[Any], going: Leaving) -> None:
    """Extended statistics of a table that goes, in another schema than the table."""
    oids = [thing.number[1] for thing in going.things if thing.holds_rows]
    found = [str(text) for (text,) in conn.execute(_STRAY, [oids]).fetchall()]
    if found:
        raise RefusedFailure(
            f"statistics stand in another schema than their table, where no archive holds them:"
            f" {_some(found)}",
            hint="alter statistics ... set schema, or drop them, then finalize again",
        )


def _digest(conn: Connection[Any], going: Leaving, gone: dict[Fact, str]) -> str:
    identity = identify(conn)
    parts = [
        __version__,
        identity.system_identifier,
        identity.oid,
        list(going.statements()),
        sorted([*key, value] for key, value in gone.items()),
    ]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _some(found: Sequence[str]) -> str:
    more = f"; {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more

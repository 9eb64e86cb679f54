"""What must hold before legacy goes: applied, balanced, verified, not drifted, left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection, connect, translated
from integrity.errors import DriftFailure, LockedFailure, RefusedFailure, UnprovenFailure
from integrity.finalize.quiet import in_use, own_reading
from integrity.finalize.survey import Survey, survey
from integrity.model import Hazard, Settings
from integrity.operations.freeze_source import TRIGGER
from integrity.plan.compile import Compiled
from integrity.plan.hazards import kind_of, refused
from integrity.plan.model import Plan, StepHazard
from integrity.plan.state import State
from integrity.run.locks import lock_holder
from integrity.run.progress import Progress
from integrity.run.status import status
from integrity.run.verification import Verification
from integrity.run.verify import verify

STEP = "finalize"
APPLICATION = "integrity finalize"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Ready:
    """What finalize would do, with what a person must accept. ``later``: tables changed since."""

    survey: Survey
    hazards: tuple[Hazard, ...]
    later: tuple[str, ...]


def ready(
    compiled: Compiled,
    url: str,
    plan: Plan,
    state: State,
    *,
    progress: Progress | None = None,
) -> Ready:
    """Look whether the database is ready. ``plan`` is the present one, without data.

    Raises LockedFailure, RefusedFailure, DriftFailure or UnprovenFailure for what stands in the
    way whatever a person allows.
    """
    settings = compiled.project.settings
    _refuse_state(compiled, state)
    _refuse_drift(plan)
    with translated("look at what goes"), connect(url, application_name=APPLICATION) as conn:
        _refuse_running(conn)
        _refuse_ledger(conn, settings)
        found = survey(conn, compiled)
        tables = [thing.identity for _, thing in found.going.tables]
        _refuse_thawed(conn, tables)
        used = in_use(
            conn,
            tables,
            schema=settings.toolkit_schema,
            quiet_seconds=settings.quiet_seconds,
        )
    with own_reading(url, schema=settings.toolkit_schema, quiet_seconds=settings.quiet_seconds):
        later = _verified(verify(compiled, url, progress=progress))
    hazards = [Hazard("legacy-dropped", f"{len(tables)} tables and what belongs to them")]
    hazards += [Hazard("legacy-in-use", one) for one in used]
    return Ready(found, tuple(hazards), later)


def refuse_hazards(found: Ready, allowed: Iterable[str]) -> None:
    """Raise RefusedFailure for hazards that were not allowed by their code."""
    hazards = [StepHazard(step=STEP, hazard=hazard) for hazard in found.hazards]
    left = [one.hazard for one in refused(hazards, allowed)]
    if left:
        codes = list(dict.fromkeys(hazard.code for hazard in left))
        details = [f"{hazard.code}: {hazard.detail}" for hazard in left]
        raise RefusedFailure(
            f"finalize has hazards that were not allowed: {_some(details)}",
            hint=f"{'; '.join(kind_of(code).meaning for code in codes)}; read docs/hazards.md,"
            f" then add {' '.join(f'--allow {code}' for code in codes)}",
        )


def _refuse_state(compiled: Compiled, state: State) -> None:
    first = compiled.migrations[0]
    for migration in compiled.migrations:
        if state.begun(migration) or state.rolling_back(migration):
            raise RefusedFailure(
                f"{migration.stem} was begun and has not ended",
                hint="go on with `integrity apply`, or undo it with `integrity rollback`",
            )
    if first.stem not in state.applied:
        raise RefusedFailure(
            f"there is nothing to finalize: {first.stem} is not applied",
            hint="run `integrity apply` first",
        )


def _refuse_drift(plan: Plan) -> None:
    if plan.drift:
        raise DriftFailure(
            f"the database is not what was expected: {_some(plan.drift)}",
            hint="see `integrity plan`",
        )


def _refuse_running(conn: Connection[Any]) -> None:
    if holder := lock_holder(conn):
        raise LockedFailure(
            f"another run is in progress on this database: {holder}", hint="wait until it ends"
        )


def _refuse_ledger(conn: Connection[Any], settings: Settings) -> None:
    found = status(conn, settings.toolkit_schema).ledger
    if not_closed := [f"{one.mapping} ({one.open:,} candidates)" for one in found if one.open]:
        raise UnprovenFailure(
            f"the ledger is open: {_some(not_closed)}",
            hint="see `integrity status`; as long as rows are unaccounted for, legacy stays",
        )


def _refuse_thawed(conn: Connection[Any], tables: list[str]) -> None:
    """Rows that were written to legacy since the switch are nowhere else."""
    rows = conn.execute(
        "select t.name from pg_catalog.unnest(%s::text[]) as t (name) where not exists ("
        " select from pg_catalog.pg_trigger as g where g.tgname = %s and g.tgenabled = 'A'"
        " and g.tgrelid = pg_catalog.to_regclass(t.name)) order by 1",
        [tables, TRIGGER],
    ).fetchall()
    if rows:
        raise UnprovenFailure(
            f"legacy was not read-only all the time: trigger {TRIGGER} is missing or off on"
            f" {_some([name for (name,) in rows])}",
            hint="rows written since are in no unified table: roll back and apply again",
        )


def _verified(found: Verification) -> tuple[str, ...]:
    """Tables that were changed since apply. Raises UnprovenFailure for any other difference."""
    if not found.ok and not found.changed_since_apply:
        wrong = [line for table in found.tables if not table.ok for line in table.lines()]
        raise UnprovenFailure(
            f"verification found a difference: {' '.join(wrong[:SHOWN])}",
            hint="see `integrity verify`",
        )
    return tuple(table.table for table in found.tables if not table.ok)


def _some(found: Iterable[str]) -> str:
    every = list(found)
    more = f"; {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return "; ".join(every[:SHOWN]) + more

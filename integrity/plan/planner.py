"""From a compiled project and a database to a plan.

Reads the catalog, never a row, unless ``data`` asks for counts. What is applied already is left
out, so after ``apply`` the plan is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity import __version__
from integrity.catalog.drift import differences
from integrity.database.connect import connect
from integrity.database.identity import Identity, identify
from integrity.errors import RefusedFailure
from integrity.model import Catalog, Migration
from integrity.operations.context import SWITCH_STEP
from integrity.plan.changes import schema_changes, without_indexes
from integrity.plan.compile import Compiled
from integrity.plan.fingerprint import hash_of, parts_of
from integrity.plan.hazards import collect, of_redirected, of_unmanaged
from integrity.plan.live import Live, read_live
from integrity.plan.model import MappingProfile, Plan, Redirected, StepHazard, Target
from integrity.plan.profile import Watch, profile
from integrity.plan.redirected import find_redirected
from integrity.plan.shown import plural
from integrity.plan.state import State, read_state
from integrity.plan.summaries import one_way_hazards, summaries


class _Unwatched:
    """Tells nobody."""

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """Say nothing."""

    def step_started(self, step: str) -> None:
        """Say nothing."""

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read from the database."""

    identity: Identity
    state: State
    live: Live


def make_plan(compiled: Compiled, url: str, *, data: bool, watch: Watch | None = None) -> Plan:
    """The plan for the database at ``url``.

    ``data``: run the load in a transaction that is rolled back, and report its exact figures.
    Raises DatabaseFailure, and RefusedFailure for ``data`` while a migration is half done.
    """
    found = _look(compiled, url)
    pending = tuple(m for m in compiled.migrations if m.stem not in found.state.applied)
    redirected = _redirected(compiled, found.live, pending)
    parts = parts_of(compiled.project, pending, found.live, found.identity, redirected)
    mappings = summaries(compiled) if compiled.migrations[0] in pending else ()
    unmanaged = found.live.legacy.unmanaged if compiled.migrations[0] in pending else ()
    hazards = collect(pending)
    if compiled.migrations[0] in pending:
        hazards += tuple(_of_the_whole(compiled, redirected, unmanaged))
        hazards += tuple(one_way_hazards(compiled, mappings))
    plan = Plan(
        project=compiled.project.settings.name,
        tool_version=__version__,
        target=_target(found.identity),
        migrations=pending,
        changes=tuple(schema_changes(compiled, frozenset(m.number for m in pending))),
        mappings=mappings,
        hazards=hazards,
        redirected=redirected,
        drift=tuple(_drift(compiled, found)),
        unmanaged=unmanaged,
        parts=parts,
        hash=hash_of(parts),
        profiles=_profiles(compiled, url, found.state, watch or _Unwatched()) if data else None,
    )
    return plan


def _look(compiled: Compiled, url: str) -> _Found:
    project = compiled.project
    with connect(url, application_name="integrity plan") as conn:
        state = read_state(conn, project.settings.toolkit_schema)
        switched = compiled.migrations[0].stem in state.switched
        layout = compiled.layout.after_switch() if switched else compiled.layout
        return _Found(identify(conn), state, read_live(conn, project, layout))


def _target(identity: Identity) -> Target:
    return Target(
        system_identifier=str(identity.system_identifier),
        database=identity.database,
        server_version=identity.server_version_num,
    )


def _redirected(
    compiled: Compiled, live: Live, pending: tuple[Migration, ...]
) -> tuple[Redirected, ...]:
    """Only the switch redirects; once it has happened there is nothing left to warn of."""
    if compiled.migrations[0] not in pending or live.layout.switched:
        return ()
    return find_redirected(
        live.everything,
        parked=compiled.layout.parked_names,
        unified=compiled.layout.unified_names,
        sources={s.table for m in compiled.project.mappings for s in m.sources},
    )


def _of_the_whole(
    compiled: Compiled, redirected: tuple[Redirected, ...], unmanaged: tuple[str, ...]
) -> Iterator[StepHazard]:
    step = f"{compiled.migrations[0].number:03d}/{SWITCH_STEP}"
    yield from of_redirected(redirected, step=step)
    yield from of_unmanaged(unmanaged, step=step)


# --- drift -----------------------------------------------------------------------------------


def _drift(compiled: Compiled, found: _Found) -> Iterator[str]:
    """Contracts against the database, and unified tables in place against the YAML."""
    yield from map(str, differences(compiled.project.legacy, found.live.legacy))
    if found.live.layout.switched:
        desired = _desired(compiled, found.state)
        yield from map(str, differences(desired, found.live.unified))
    for migration in compiled.migrations:
        changed = found.state.changed_steps(migration)
        if changed and migration.stem in found.state.applied:
            steps = f"{plural(len(changed), 'step')} differ, {changed[0]} first"
            yield f"the YAML has changed since {migration.stem} was applied: {steps}"


def _desired(compiled: Compiled, state: State) -> Catalog:
    has_indexes = compiled.migrations[1].stem in state.applied
    return compiled.desired if has_indexes else without_indexes(compiled.desired)


# --- data ------------------------------------------------------------------------------------


def _profiles(
    compiled: Compiled, url: str, state: State, watch: Watch
) -> tuple[MappingProfile, ...]:
    migration = compiled.migrations[0]
    if migration.stem in state.applied:
        return ()
    if state.begun(migration):
        raise RefusedFailure(
            f"{migration.stem} was begun and has not ended: its rows are on their way",
            hint="go on with `integrity apply`, or undo it with `integrity rollback`; then plan",
        )
    loads = [one for one in summaries(compiled) if one.labels]
    return profile(url, migration, loads, compiled.project.settings, watch=watch)

"""From a compiled project and a database to a plan.

Reads the catalog, never a row, unless ``data`` asks for counts. What is applied already is left
out, so after ``apply`` the plan is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from integrity import __version__
from integrity.catalog.drift import differences
from integrity.database.connect import Connection, connect
from integrity.database.identity import Identity, identify
from integrity.errors import RefusedFailure
from integrity.model import Migration, Name, Project
from integrity.operations.context import SWITCH_STEP
from integrity.plan.changes import later_changes, schema_changes, without_indexes
from integrity.plan.compile import Compiled, layout_of
from integrity.plan.compile_all import AsOf, Generated
from integrity.plan.dependents import find_dependents
from integrity.plan.fingerprint import hash_of, parts_of
from integrity.plan.followed import with_triggers
from integrity.plan.grants_lost import (
    callers_changed,
    grants_lost,
    read_callers,
    read_granted,
    unknown_roles,
)
from integrity.plan.hazards import collect, of_dependents, of_redirected, of_unmanaged
from integrity.plan.live import (
    Live,
    foreign,
    read_live,
    routine_names,
    unified_names,
    without_tables,
)
from integrity.plan.model import (
    Dependent,
    MappingProfile,
    Plan,
    Redirected,
    SchemaChange,
    StepHazard,
    Target,
)
from integrity.plan.pairs import paired
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
    """What was read from the database.

    ``reached``: the project as it was last applied; ``states``: as each migration leaves it.
    """

    identity: Identity
    state: State
    live: Live
    reached: AsOf | None
    states: Mapping[str, AsOf]
    grants_lost: tuple[str, ...] = ()
    unknown_roles: tuple[str, ...] = ()


def make_plan(
    generated: Generated | Compiled, url: str, *, data: bool, watch: Watch | None = None
) -> Plan:
    """The plan for the database at ``url``.

    ``data``: run the load in a transaction that is rolled back, and report its exact figures.
    Raises DatabaseFailure, and RefusedFailure for ``data`` while a migration is half done.
    """
    compiled = generated.compiled if isinstance(generated, Generated) else generated
    found = _look(generated, url)
    pending = tuple(m for m in compiled.migrations if m.stem not in found.state.applied)
    first = compiled.migrations[0] in pending
    redirected = _redirected(compiled, found.live) if first else ()
    dependents = _dependents(compiled, found.live) if first else ()
    unmanaged = found.live.legacy.unmanaged if first else ()
    mappings = summaries(compiled) if first else ()
    hazards = collect(pending)
    if first:
        hazards += tuple(_of_the_whole(compiled, redirected, dependents, unmanaged))
        hazards += tuple(one_way_hazards(compiled, mappings))
    parts = parts_of(compiled.project, pending, found.live, found.identity, redirected, dependents)
    return Plan(
        project=compiled.project.settings.name,
        tool_version=__version__,
        target=_target(found.identity),
        migrations=pending,
        changes=tuple(_changes(compiled, found, pending)),
        mappings=mappings,
        hazards=hazards,
        redirected=redirected,
        dependents=dependents,
        grants_lost=found.grants_lost if first else (),
        drift=tuple(_drift(compiled, found)),
        unmanaged=unmanaged,
        parts=parts,
        hash=hash_of(parts),
        profiles=_profiles(compiled, url, found.state, watch or _Unwatched()) if data else None,
    )


def _changes(
    compiled: Compiled, found: _Found, pending: tuple[Migration, ...]
) -> Iterator[SchemaChange]:
    yield from schema_changes(compiled, frozenset(m.number for m in pending))
    last = found.reached
    if last is None:  # all of it is new
        return
    for migration in pending:
        state = found.states.get(migration.stem)
        if state is not None:
            if migration.number > compiled.migrations[1].number:
                pairs = paired(last.project.tables, state.project.tables)
                yield from later_changes(last.catalog, state.catalog, pairs)
            last = state


def live_of(
    conn: Connection[Any], project: Project, state: State, unified: Set[Name] = frozenset()
) -> Live:
    """The live catalog of a project, before or after its switch.

    ``unified``: names of unified tables besides those of the project, from before a change.
    """
    settings = project.settings
    first = f"{settings.first_migration:03d}_{settings.consolidation}"
    layout = layout_of(project)
    switched = layout.after_switch() if first in state.switched else layout
    names = unified | unified_names(project)
    return read_live(conn, project, switched, names, routine_names(project))


def _look(generated: Generated | Compiled, url: str) -> _Found:
    compiled = generated.compiled if isinstance(generated, Generated) else generated
    with connect(url, application_name="integrity plan") as conn:
        state = read_state(conn, compiled.project.settings.toolkit_schema)
        reached = _reached(generated, state)
        switched = compiled.migrations[0].stem in state.switched
        layout = compiled.layout.after_switch() if switched else compiled.layout
        project = reached.project if reached else compiled.project
        names = (unified_names(project), routine_names(project))
        live = read_live(conn, compiled.project, layout, *names)
        lost = () if switched else _lost(conn, compiled.project)
        roles = unknown_roles(conn, compiled.project)
        states = generated.states if isinstance(generated, Generated) else {}
        return _Found(identify(conn), state, live, reached, states, lost, roles)


def _lost(conn: Connection[Any], project: Project) -> tuple[str, ...]:
    tables = grants_lost(project, read_granted(conn))
    return (*tables, *callers_changed(project, read_callers(conn)))


def _reached(generated: Generated | Compiled, state: State) -> AsOf | None:
    """The project as the last applied migration left it; None before the first."""
    if isinstance(generated, Generated):
        return generated.as_of(state.applied)
    first, second, *_ = generated.migrations
    if second.stem in state.applied:
        return AsOf(generated.project, generated.desired)
    if first.stem in state.applied:
        return AsOf(generated.project, without_indexes(generated.desired))
    return None


def _target(identity: Identity) -> Target:
    return Target(
        system_identifier=str(identity.system_identifier),
        database=identity.database,
        server_version=identity.server_version_num,
    )


def _redirected(compiled: Compiled, live: Live) -> tuple[Redirected, ...]:
    """Only the switch redirects; once it has happened there is nothing left to warn of."""
    if live.layout.switched:
        return ()
    return find_redirected(
        live.everything,
        parked=compiled.layout.parked_names,
        unified=compiled.layout.unified_names,
        sources={s.table for m in compiled.project.mappings if not m.moves for s in m.sources},
        moved={old: new for new, old in compiled.layout.moved if old != new},
    )


def _dependents(compiled: Compiled, live: Live) -> tuple[Dependent, ...]:
    """What hangs on legacy; once the switch has happened, finalize asks again."""
    if live.layout.switched:
        return ()
    return find_dependents(live.everything, compiled.project, compiled.layout)


def _of_the_whole(
    compiled: Compiled,
    redirected: tuple[Redirected, ...],
    dependents: tuple[Dependent, ...],
    unmanaged: tuple[str, ...],
) -> Iterator[StepHazard]:
    step = f"{compiled.migrations[0].number:03d}/{SWITCH_STEP}"
    yield from of_redirected(redirected, step=step)
    yield from of_dependents(dependents, step=step)
    yield from of_unmanaged(unmanaged, step=step)


# --- drift -----------------------------------------------------------------------------------


def _drift(compiled: Compiled, found: _Found) -> Iterator[str]:
    """Contracts against the database, and unified tables in place against the YAML."""
    live, project = found.live, compiled.project
    expected = without_tables(project.legacy, foreign(project))
    if live.layout.switched:
        expected = without_tables(expected, {legacy for _, legacy in live.layout.moved})
    if not found.state.finalized:  # else there is no legacy that could differ from the contracts
        yield from map(str, differences(expected, live.legacy))
    if found.reached is not None:
        unified = with_triggers(found.reached.catalog, live.unified, project)
        yield from map(str, differences(unified, live.unified))
    for role in found.unknown_roles:
        yield f"the YAML grants privileges to role {role}, which the server does not have"
    for migration in compiled.migrations:
        pending = migration.stem not in found.state.applied
        if pending and migration.reads_legacy and found.state.finalized:
            yield f"{migration.stem} reads legacy, which stands in its archive only"
        if found.state.rolling_back(migration):
            yield f"a rollback of {migration.stem} has begun and not ended: roll back again"
        changed = found.state.changed_steps(migration)
        if changed and migration.stem in found.state.applied:
            verb = "differs" if len(changed) == 1 else "differ"
            steps = f"{plural(len(changed), 'step')} {verb}, {changed[0]} first"
            yield (
                f"the YAML does not compile to the {migration.stem} that was applied: {steps};"
                " generated_sql/ must be that of the applied revision"
            )


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
    settings = compiled.project.settings
    return profile(url, migration, summaries(compiled), settings, watch=watch)

"""The catalogue of hazards: dangers that a reviewer accepts by code before a run.

A code is stable and kebab-case; docs/hazards.md has one section for each. Operations raise hazards
on their statements; ``collect`` gathers them, and adds those that only a whole plan can know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integrity.errors import RefusedFailure, nearest
from integrity.model import Hazard, Migration, Step
from integrity.plan.model import Dependent, Redirected, StepHazard


@dataclass(frozen=True, slots=True)
class HazardKind:
    """What a code means, in one line."""

    code: str
    meaning: str

    @property
    def page(self) -> str:
        """The section of the documentation, as a path with an anchor."""
        return f"docs/hazards.md#{self.code}"


_KINDS = (
    HazardKind("writes-blocked", "writes to the sources are refused from the first count on"),
    HazardKind("legacy-read-only", "legacy tables stay read-only after the switch"),
    HazardKind("redirected-view", "a view goes on reading legacy, not the unified table"),
    HazardKind("redirected-function", "a function will mean another table, or none, by a name"),
    HazardKind("unexplained-dependent", "no rule says what becomes of what hangs on a table"),
    HazardKind("redirected-foreign-key", "a foreign key goes on referring to legacy rows"),
    HazardKind("one-way-column", "a value cannot go back to legacy; a rollback keeps it aside"),
    HazardKind("table-parked", "a legacy table leaves its name to a unified table"),
    HazardKind("drops-column", "a column and its values are dropped"),
    HazardKind("drops-table", "a table and its rows are dropped"),
    HazardKind("renames-object", "a table or column in use gets another name"),
    HazardKind("rewrites-values", "values of live rows are computed anew"),
    HazardKind("drops-constraint", "a rule that the server enforced is dropped"),
    HazardKind("narrows-type", "a column's new type does not hold every value of the old one"),
    HazardKind("rewrites-table", "the server writes a whole live table anew, under a lock"),
    HazardKind("lossy-rollback", "undoing a step loses something"),
    HazardKind(
        "unmanaged-object", "objects that this version does not manage are left as they are"
    ),
    HazardKind("legacy-dropped", "legacy is dropped; it stands in an archive from then on"),
    HazardKind("legacy-in-use", "somebody read or wrote legacy within the declared window"),
    HazardKind("trigger-disabled", "user triggers do not fire for some statements"),
)

CATALOGUE: dict[str, HazardKind] = {kind.code: kind for kind in _KINDS}


def kind_of(code: str) -> HazardKind:
    """The catalogue's entry; raises LookupError for a code that has none."""
    if code not in CATALOGUE:
        raise LookupError(f"hazard {code!r} is not in the catalogue; {nearest(code, CATALOGUE)}")
    return CATALOGUE[code]


def step_reference(migration: Migration, step: Step) -> str:
    """The name of a step in a plan of several migrations: ``013/load-games``."""
    return f"{migration.number:03d}/{step.id}"


def _of_step(step: Step) -> list[Hazard]:
    hazards = [hazard for statement in step.statements for hazard in statement.hazards]
    told = any(hazard.code == "lossy-rollback" for hazard in hazards)
    if step.loses and not told:
        hazards.append(Hazard("lossy-rollback", step.loses))
    return hazards


def collect(migrations: Iterable[Migration]) -> tuple[StepHazard, ...]:
    """Hazards of the way there in the order of the steps, each once per step.

    A step that says what undoing it loses counts as ``lossy-rollback``. Raises LookupError when a
    step uses a code that the catalogue does not know.
    """
    found: dict[StepHazard, None] = {}
    for migration in migrations:
        for step in migration.steps():
            for hazard in _of_step(step):
                kind_of(hazard.code)
                found[StepHazard(step=step_reference(migration, step), hazard=hazard)] = None
    return tuple(found)


def of_redirected(redirected: Iterable[Redirected], *, step: str) -> tuple[StepHazard, ...]:
    """A hazard for each redirected view or function; ``step`` is the one that switches."""
    return tuple(
        StepHazard(step=step, hazard=Hazard(_redirected_code(one), f"{one.name}: {one.effect}"))
        for one in redirected
    )


def _redirected_code(one: Redirected) -> str:
    codes = {"function": "redirected-function", "foreign key": "redirected-foreign-key"}
    return codes.get(one.kind, "redirected-view")


def of_dependents(found: Iterable[Dependent], *, step: str) -> tuple[StepHazard, ...]:
    """A hazard for each dependent that no rule explains."""
    return tuple(
        StepHazard(
            step=step,
            hazard=Hazard("unexplained-dependent", f"{one.kind} {one.name}: {one.detail}"),
        )
        for one in found
        if one.rule == "unexplained"
    )


def of_unmanaged(unmanaged: Iterable[str], *, step: str) -> tuple[StepHazard, ...]:
    """A hazard for each object of a kind that is not managed."""
    return tuple(
        StepHazard(step=step, hazard=Hazard("unmanaged-object", name)) for name in unmanaged
    )


def refused(hazards: Iterable[StepHazard], allowed: Iterable[str]) -> list[StepHazard]:
    """The hazards whose code was not allowed, in their order.

    Raises RefusedFailure when ``allowed`` holds a code that the catalogue does not know: a
    misspelt code must not pass for an accepted one.
    """
    known = frozenset(allowed)
    for code in sorted(known - CATALOGUE.keys()):
        hint = nearest(code, CATALOGUE)
        raise RefusedFailure(f"unknown hazard code {code!r} in --allow", hint=hint)
    return [one for one in hazards if one.hazard.code not in known]

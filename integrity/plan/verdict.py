"""What a plan comes to: totals, what stands in its way, and one paragraph that says it all."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass, fields

from integrity.plan.model import LedgerLine, MappingProfile, MappingSummary, Plan, StepHazard
from integrity.plan.shown import number, plural, shown

OUTCOMES = ("inserted", "merged", "moved", "archived", "quarantined", "dropped", "empty")
_COUNTED = tuple(field.name for field in fields(LedgerLine) if field.name not in {"source", "arm"})


def total(lines: Iterable[LedgerLine], *, source: str = "", arm: str = "") -> LedgerLine:
    """The lines added up, under the given labels."""
    counts = dict.fromkeys(_COUNTED, 0)
    for line in lines:
        for name in _COUNTED:
            counts[name] += getattr(line, name)
    return LedgerLine(source=source, arm=arm, **counts)


def by_source(lines: Iterable[LedgerLine]) -> tuple[LedgerLine, ...]:
    """One line per source, its arms added up, in order of first appearance."""
    found: dict[str, list[LedgerLine]] = {}
    for line in lines:
        found.setdefault(line.source, []).append(line)
    return tuple(total(ones, source=source) for source, ones in found.items())


@dataclass(frozen=True, slots=True)
class HazardGroup:
    """All hazards of one code."""

    code: str
    hazards: tuple[StepHazard, ...]


def hazard_groups(hazards: Iterable[StepHazard]) -> tuple[HazardGroup, ...]:
    """Hazards by code, in order of the codes."""
    found: dict[str, list[StepHazard]] = {}
    for one in hazards:
        found.setdefault(one.hazard.code, []).append(one)
    return tuple(HazardGroup(code, tuple(found[code])) for code in sorted(found))


def reject_share(profile: MappingProfile) -> float:
    """Quarantined candidates as a share of all candidates, 0 to 1."""
    sums = total(profile.ledger)
    return sums.quarantined / sums.candidates if sums.candidates else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "may this run?": ``state`` is blocked, hazardous, clear or nothing."""

    state: str
    title: str
    paragraph: str
    obstacles: tuple[str, ...]  # each one stops apply


def judge(plan: Plan) -> Verdict:
    """The verdict on a plan, computed from nothing but the plan."""
    obstacles = tuple(_obstacles(plan))
    codes = {one.hazard.code for one in plan.hazards}
    if obstacles:
        state, title = "blocked", f"Blocked by {plural(len(obstacles), 'finding')}"
    elif not plan.migrations:
        state, title = "nothing", "Nothing to do"
    elif codes:
        state, title = "hazardous", f"Runs once {plural(len(codes), 'kind')} of hazard are allowed"
        title = title.replace("hazard are", "hazard is") if len(codes) == 1 else title
    else:
        state, title = "clear", "Ready to run"
    return Verdict(state, title, " ".join(_sentences(plan)), obstacles)


def _obstacles(plan: Plan) -> Iterable[str]:
    for line in plan.drift:
        yield f"drift: {line}"
    limits = {mapping.table: mapping for mapping in plan.mappings}
    for profile in plan.profiles or ():
        if (sums := total(profile.ledger)).open:
            yield f"{profile.table}: {plural(abs(sums.open), 'candidate')} not accounted for"
        if excess := _over_budget(profile, limits.get(profile.table)):
            yield f"{profile.table}: {excess}"


def _over_budget(profile: MappingProfile, mapping: MappingSummary | None) -> str:
    share = reject_share(profile)
    if mapping is None or share <= mapping.max_reject_share:
        return ""
    return f"{share:.2%} of its candidates are rejected, {mapping.max_reject_share:.2%} are allowed"


def _sentences(plan: Plan) -> Iterable[str]:
    if not plan.migrations:
        drifted = "No migration is pending, but the database is not as the last one left it."
        yield drifted if plan.drift else "The database is in the state that the YAML describes."
        return
    stems = " and ".join(shown(migration.stem) for migration in plan.migrations)
    steps = sum(len(stage.steps) for one in plan.migrations for stage in one.stages)
    verb = "run" if len(plan.migrations) > 1 else "runs"
    yield f"{stems} {verb} {plural(steps, 'step')} against database {shown(plan.target.database)}."
    yield from _about_mappings(plan)
    if plan.redirected:
        views = plural(len(plan.redirected), "view or function", "views and functions")
        yield f"{views} will read other tables than before, or old ones."


def _about_mappings(plan: Plan) -> Iterable[str]:
    if not plan.mappings:
        return
    sources = {source for mapping in plan.mappings for source in mapping.sources}
    tables = plural(len(plan.mappings), "unified table")
    yield f"{plural(len(sources), 'legacy table')} {_verb(sources, 'feed')} {tables}."
    if plan.profiles is None:
        yield "Rows were not counted: plan with --data to count them."
        return
    sums = total(line for profile in plan.profiles for line in profile.ledger)
    placed = [(name, getattr(sums, name)) for name in OUTCOMES if getattr(sums, name)]
    parts = [f"{number(count)} {_WORDS[name]}" for name, count in placed]
    if parts:
        yield f"Of {plural(sums.candidates, 'candidate')}, {_listed(parts)}."


_WORDS = {
    "inserted": "become rows",
    "merged": "merge into them",
    "moved": "move as they are",
    "archived": "are kept in the archive",
    "quarantined": "go to quarantine",
    "dropped": "are dropped by rule",
    "empty": "are empty arms",
}


def _verb(things: Sized, verb: str) -> str:
    return verb + "s" if len(things) == 1 else verb


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

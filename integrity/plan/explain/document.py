"""The plan as headings, paragraphs and grids: what the text and the Markdown forms lay out.

Cells hold text as it is; each form escapes it in its own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.model import Name, Step
from integrity.plan.hazards import kind_of, step_reference
from integrity.plan.model import (
    ConflictGroup,
    Dependent,
    LedgerLine,
    MappingProfile,
    MappingSummary,
    Plan,
    RejectGroup,
    StepHazard,
)
from integrity.plan.shown import number, plural
from integrity.plan.verdict import OUTCOMES, hazard_groups, judge, total


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Columns named in ``numbers`` are set flush right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; ``level`` counts from 1."""

    title: str
    level: int = 2
    paragraphs: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()


def sections(plan: Plan) -> tuple[Section, ...]:
    """Everything a reviewer must know, the answer first. A section that is empty is left out."""
    return (
        _verdict(plan),
        *_hazards(plan),
        *_mappings(plan),
        *_lists(plan),
        *_steps(plan),
        _identity(plan),
    )


def _verdict(plan: Plan) -> Section:
    verdict = judge(plan)
    stops = tuple(f"Stops apply: {one}" for one in verdict.obstacles)
    return Section(
        f"Plan of {plan.project}: {verdict.title}",
        1,
        (verdict.paragraph, f"Hash: {plan.hash}", *stops),
    )


def _hazards(plan: Plan) -> Iterator[Section]:
    groups = hazard_groups(plan.hazards)
    if not groups:
        return
    rows = tuple(
        (group.code, number(len(group.hazards)), kind_of(group.code).meaning, _few(group.hazards))
        for group in groups
    )
    grid = Grid(
        "Hazards by code", ("code", "count", "meaning", "where"), rows, frozenset({"count"})
    )
    yield Section("Hazards", paragraphs=("Each code must be named in --allow.",), grids=(grid,))


def _few(hazards: Iterable[StepHazard]) -> str:
    return shortened([one.hazard.detail for one in hazards])


def shortened(texts: list[str], most: int = 3) -> str:
    """The first few texts, and how many there are besides."""
    more = f"; {len(texts) - most} more" if len(texts) > most else ""
    return "; ".join(texts[:most]) + more


# --- mappings --------------------------------------------------------------------------------


def _mappings(plan: Plan) -> Iterator[Section]:
    profiles = {profile.table: profile for profile in plan.profiles or ()}
    if plan.mappings:
        yield Section("Mappings")
    for mapping in plan.mappings:
        yield _mapping(mapping, profiles.get(mapping.table))


def _mapping(mapping: MappingSummary, profile: MappingProfile | None) -> Section:
    grids = [*_profile(profile), *_labels(mapping)]
    return Section(str(mapping.table), 3, tuple(facts(mapping)), tuple(grids))


def facts(mapping: MappingSummary) -> Iterator[str]:
    """What the YAML says about a mapping, a line each."""
    yield f"From {listed(mapping.sources)} ({mapping.place})."
    if mapping.match:
        ladder = ", else on ".join(" + ".join(rung) for rung in mapping.match)
        yield f"Candidates are one row when they agree on {ladder}."
    if mapping.survivorship:
        yield f"Survivorship: {mapping.survivorship}."
    yield f"At most {mapping.max_reject_share:.2%} of the candidates may be rejected."
    to = mapping.write_back
    yield f"A rollback writes later changes back to {to}." if to else "Nothing is written back."


def listed(names: Iterable[Name | str]) -> str:
    """Names with commas between."""
    return ", ".join(map(str, names))


def _profile(profile: MappingProfile | None) -> Iterator[Grid]:
    if profile is None:
        return
    yield _ledger(profile.ledger)
    if profile.rejects:
        yield _rejects(profile.rejects)
    if profile.conflicts:
        yield _conflicts(profile.conflicts)


def _ledger(lines: tuple[LedgerLine, ...]) -> Grid:
    used = [name for name in OUTCOMES if any(getattr(line, name) for line in lines)]
    counted = ("candidates", *used, "open")
    every = [*lines, total(lines, source="all")] if len(lines) > 1 else lines
    rows = tuple(
        (line.source, line.arm, *(number(getattr(line, name)) for name in counted))
        for line in every
    )
    return Grid("Ledger", ("source", "arm", *counted), rows, frozenset(counted))


def _rejects(groups: tuple[RejectGroup, ...]) -> Grid:
    rows = tuple(
        (one.source, one.reason, one.column, number(one.count), one.expression, _values(one))
        for one in groups
    )
    columns = ("source", "reason", "column", "count", "expression", "examples")
    return Grid("Rejects, kept in quarantine", columns, rows, frozenset({"count"}))


def _values(group: RejectGroup) -> str:
    return "; ".join(f"{one.value} (key {one.source_key})" for one in group.examples)


def _conflicts(groups: tuple[ConflictGroup, ...]) -> Grid:
    rows = tuple(
        (
            group.column,
            number(group.count),
            f"{one.value} ({one.source} {one.source_key})",
            f"{one.survived} ({one.survived_from})",
        )
        for group in groups
        for one in group.examples
    )
    columns = ("column", "count", "did not survive", "survived")
    return Grid("Conflicts, by column, with examples", columns, rows, frozenset({"count"}))


def _labels(mapping: MappingSummary) -> Iterator[Grid]:
    counts = Counter(one.label for one in mapping.labels)
    inexact = tuple(
        (one.column, str(one.source), one.arm, one.label, one.expression, one.reason)
        for one in mapping.labels
        if one.label != "exact"
    )
    if inexact:
        caption = f"Columns that do not go back exactly ({plural(counts['exact'], 'other')} exact)"
        yield Grid(caption, ("column", "source", "arm", "label", "made by", "because"), inexact)


# --- the rest --------------------------------------------------------------------------------


def _lists(plan: Plan) -> Iterator[Section]:
    if plan.redirected:
        rows = tuple((one.kind, one.name, listed(one.names), one.effect) for one in plan.redirected)
        grid = Grid("Views and functions", ("kind", "name", "tables", "effect"), rows)
        yield Section("Silently redirected", grids=(grid,))
    yield from _dependents(plan)
    if plan.changes:
        changes = tuple((one.verb, one.kind, one.name, one.detail) for one in plan.changes)
        grid = Grid("Changes of the catalog", ("verb", "kind", "name", "detail"), changes)
        yield Section("Schema changes", grids=(grid,))
    if plan.drift:
        drift = Grid("Contract against database", ("difference",), tuple((x,) for x in plan.drift))
        yield Section("Drift", grids=(drift,))
    if plan.unmanaged:
        left = Grid("Left as they are", ("object",), tuple((x,) for x in plan.unmanaged))
        yield Section("Unmanaged objects", grids=(left,))


_FATES = {
    "unexplained": "unexplained", "recreate": "recreated", "keep": "kept",
    "archive": "archived", "follow": "follows", "move": "moves", "go": "goes",
}  # fmt: skip


def dependents_by_rule(plan: Plan) -> tuple[tuple[str, tuple[Dependent, ...]], ...]:
    """What hangs on legacy tables, by what becomes of it: what nobody explained first."""
    found = ((word, tuple(one for one in plan.dependents if one.rule == rule))
             for rule, word in _FATES.items())  # fmt: skip
    return tuple((word, ones) for word, ones in found if ones)


def _dependents(plan: Plan) -> Iterator[Section]:
    if plan.dependents:
        rows = tuple(
            (word, one.kind, one.name, one.detail, listed(one.on))
            for word, ones in dependents_by_rule(plan)
            for one in ones
        )
        columns = ("what becomes of it", "kind", "name", "because", "hangs on")
        grid = Grid("Dependents of legacy tables", columns, rows)
        yield Section("Dependents of legacy tables", grids=(grid,))
    if plan.grants_lost:
        lost = tuple((line,) for line in plan.grants_lost)
        grid = Grid("Grants that are not carried over", ("grant",), lost)
        yield Section("Grants that are not carried over", grids=(grid,))


def _steps(plan: Plan) -> Iterator[Section]:
    for migration in plan.migrations:
        rows = tuple(
            (
                stage.kind.value,
                step_reference(migration, step),
                step.title,
                _locks(step),
                step.undo,
                step.loses,
            )
            for stage in migration.stages
            for step in stage.steps
        )
        columns = ("stage", "step", "title", "locks", "undone by", "undoing loses")
        grid = Grid(f"Steps of {migration.stem}", columns, rows)
        yield Section(f"Steps of {migration.stem}", grids=(grid,))


def _locks(step: Step) -> str:
    return shortened(list(dict.fromkeys(one.lock for one in step.statements if one.lock)))


def _identity(plan: Plan) -> Section:
    target = plan.target
    rows = (
        ("database", target.database),
        ("cluster", target.system_identifier),
        ("PostgreSQL", version(target.server_version)),
        ("integrity", plan.tool_version),
        *((f"hash of {part}", digest) for part, digest in plan.parts),
        ("hash of the plan", plan.hash),
    )
    grid = Grid("Target and hash", ("what", "value"), rows)
    return Section("Made for", grids=(grid,))


def version(number_: int) -> str:
    """``180003`` as ``18.3``."""
    return f"{number_ // 10_000}.{number_ % 10_000}"

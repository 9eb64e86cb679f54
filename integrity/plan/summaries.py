"""What each mapping does, from the YAML alone: sources, match, survivorship, labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from integrity.mapping.labels import Labels
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Hazard, Mapping, Project, StageKind
from integrity.plan.compile import Compiled
from integrity.plan.hazards import step_reference
from integrity.plan.model import ColumnLabel, MappingSummary, StepHazard
from integrity.sql.inverse import Label


def summaries(compiled: Compiled) -> tuple[MappingSummary, ...]:
    """One per mapping that loads rows, in load order, then one per move."""
    labels = Labels(compiled.project.legacy, {m.name: m for m in compiled.mappings})
    loads = [_of_load(mapping, labels) for mapping in compiled.mappings]
    return (*loads, *_of_moves(compiled.project))


def _of_load(mapping: ResolvedMapping, labels: Labels) -> MappingSummary:
    return _summary(
        mapping.mapping,
        match=tuple(rung.columns for rung in mapping.ladder),
        labels=tuple(
            ColumnLabel(
                column=one.column,
                source=one.source,
                arm=one.arm,
                expression=one.expression,
                reads=one.reads,
                label=one.label.value,
                reason=one.reason,
            )
            for one in labels.of(mapping)
        ),
    )


def _of_moves(project: Project) -> Iterator[MappingSummary]:
    for mapping in project.mappings:
        if mapping.moves:
            yield _summary(mapping, match=(), labels=())


def _summary(
    mapping: Mapping, *, match: tuple[tuple[str, ...], ...], labels: tuple[ColumnLabel, ...]
) -> MappingSummary:
    return MappingSummary(
        table=mapping.table,
        sources=tuple(source.table for source in mapping.sources),
        write_back=next((source.table for source in mapping.sources if source.write_back), None),
        match=match,
        survivorship="" if mapping.moves else _survivorship(mapping),
        max_reject_share=float(mapping.max_reject_share),
        labels=labels,
        place=str(mapping.location),
    )


def _survivorship(mapping: Mapping) -> str:
    rule = mapping.survivorship
    what = "the preferred row whole" if rule.by == "row" else "per column the preferred value"
    order = [*rule.prefer, *(s.table for s in mapping.sources if s.table not in rule.prefer)]
    return f"{what}, in the order {', '.join(map(str, order))}" if len(order) > 1 else what


def one_way_hazards(compiled: Compiled, mappings: Iterable[MappingSummary]) -> Iterator[StepHazard]:
    """Unified columns that cannot go back to the source that later changes are written to."""
    migration = compiled.migrations[0]
    switch = next(
        step for stage in migration.stages if stage.kind is StageKind.SWITCH for step in stage.steps
    )
    step = step_reference(migration, switch)
    for mapping in mappings:
        for detail in _one_way(mapping):
            yield StepHazard(step=step, hazard=Hazard("one-way-column", detail))


def _one_way(mapping: MappingSummary) -> Iterator[str]:
    if not mapping.labels:
        return
    if mapping.write_back is None:
        yield f"{mapping.table}: no write-back source, a rollback keeps later changes aside"
        return
    found = dict.fromkeys(
        one.column
        for one in mapping.labels
        if one.source == mapping.write_back and one.label == Label.ONE_WAY.value
    )
    for column in found:
        yield f"{mapping.table}.{column} does not go back to {mapping.write_back}"

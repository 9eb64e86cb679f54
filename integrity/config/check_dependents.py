"""Rules for dependents against the contracts: each names something, and no two name the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from integrity.config.check import Checked
from integrity.config.dependent_rules import (
    Object,
    Rules,
    behind,
    covers,
    objects_of,
    tables_that_go,
)
from integrity.errors import Problem, nearest
from integrity.model import DependentRule, Name, Project


def dependent_problems(project: Project, checked: Checked) -> Iterator[Problem]:
    """Everything that is wrong with configs/dependents/."""
    yield from _recreated(project)
    if "mappings" not in checked.broken:
        yield from _as_sources(project)
    if "legacy" in checked.broken:
        return
    known = sorted(objects_of(project.legacy))
    yield from _nothing(project, known)
    yield from _twice(project, known)
    yield from _kept(project, known)


def _recreated(project: Project) -> Iterator[Problem]:
    tables = {table.name for table in project.tables}
    foreign = {one.table for one in project.retired if not one.goes}
    seen = Counter[str]()
    for one in project.recreated:
        key = str(one)
        seen[key] += 1
        if seen[key] == 2:
            yield Problem(one.location, f"{key} is recreated twice", "keep one of the two")
        if one.is_routine:
            continue
        if one.name in tables:
            message = f"{one.kind} {one.name}: a unified table has that name"
            yield Problem(one.location, message, "choose another name")
        if one.name in foreign:
            message = f"{one.kind} {one.name}: a foreign table has that name"
            yield Problem(one.location, message, "choose another name")


def _as_sources(project: Project) -> Iterator[Problem]:
    """Tables that are to get the grants of sources which they do not have."""
    fed = {mapping.table for mapping in project.mappings if not mapping.moves}
    for table in project.tables:
        if table.grants_as_sources and table.name not in fed:
            message = f"table {table.name}: grants as_sources, but no mapping fills it"
            yield Problem(table.location, message, "write the grants out")


def _nothing(project: Project, known: list[Object]) -> Iterator[Problem]:
    """Rules that name nothing."""
    by_schema: dict[str, list[Object]] = {}
    for one in known:
        by_schema.setdefault(one.name.schema, []).append(one)
    for rule in project.dependents:
        inside = by_schema.get(rule.name.schema, [])
        if any(covers(rule, one) for one in inside):
            continue
        kind = rule.kind or "view or function"
        what = "the pattern " if rule.is_pattern else ""
        message = f"{what}{rule} names nothing: no contract has such a {kind}"
        names = [str(one) for one in inside or known]
        yield Problem(rule.location, message, nearest(str(rule), names))


def _twice(project: Project, known: list[Object]) -> Iterator[Problem]:
    rules = Rules(project)
    told: set[tuple[DependentRule, DependentRule]] = set()
    for one in known:
        found = rules.all(one)
        for other in found[1:]:
            if (found[0].rule, found[0].by) == (other.rule, other.by) == ("recreate", other.by):
                continue  # it is named like the legacy object that it replaces
            if (found[0], other) not in told:
                told.add((found[0], other))
                message = f"{one} is under two rules: {found[0].rule} and {other.rule}"
                place = max(found[0].location, other.location)
                first = min(found[0].location, other.location)
                yield Problem(place, message, f"the other is at {first}; keep one of the two")


def _kept(project: Project, known: list[Object]) -> Iterator[Problem]:
    """Views that are kept must not read what goes."""
    rules = Rules(project)
    reads = {view.name: view.reads for view in project.legacy.views}
    going: set[Name] = set(tables_that_go(project))
    going |= {
        one.name
        for one in known
        if one.arguments is None and (rule := rules.of(one)) and rule.rule != "keep"
    }
    for one in known:
        rule = rules.of(one)
        if rule is None or rule.rule != "keep" or one.arguments is not None:
            continue
        if found := sorted(behind(one.name, reads) & going):
            listed = ", ".join(map(str, found[:3]))
            message = f"{one.kind} {one} cannot be kept: it reads {listed}, which goes"
            yield Problem(
                rule.location, message, "recreate it on the unified tables, or archive it"
            )

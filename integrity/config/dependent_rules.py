"""Which declared rule an object of legacy falls under: its own name first, then patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from integrity.model import Catalog, DependentRule, Function, Name, Project, Recreated

RELATION = "relation"  # a view of either kind


@dataclass(frozen=True, slots=True, order=True)
class Object:
    """A view or function. ``arguments``: of a function, as the server identifies them."""

    kind: str
    name: Name
    arguments: str | None = None

    def __str__(self) -> str:
        return str(self.name) if self.arguments is None else f"{self.name}({self.arguments})"


def objects_of(catalog: Catalog) -> Iterator[Object]:
    """The views and functions of a catalog."""
    for view in catalog.views:
        yield Object("materialized view" if view.materialized else "view", view.name)
    for function in catalog.functions:
        yield Object(routine_kind(function), function.name, function.arguments)


def routine_kind(function: Function) -> str:
    """Function or procedure."""
    head = function.definition[:40].upper()
    return "procedure" if head.startswith("CREATE OR REPLACE PROCEDURE") else "function"


def covers(rule: DependentRule, one: Object) -> bool:
    """Whether the rule means that object."""
    if rule.kind == RELATION and one.arguments is not None:
        return False
    if rule.kind not in ("", RELATION, one.kind):
        return False
    if rule.is_pattern:
        return one.name.schema == rule.name.schema and one.name.name.startswith(rule.name.name)
    same = rule.arguments is None or _squeezed(rule.arguments) == _squeezed(one.arguments or "")
    return one.name == rule.name and same


def _squeezed(arguments: str) -> str:
    return ", ".join(" ".join(part.split()) for part in arguments.split(","))


class Rules:
    """The declared rules of a project, looked up by object.

    A recreated object stands for what legacy has under the same name, without being told so.
    """

    def __init__(self, project: Project) -> None:
        self.named: dict[Name, list[DependentRule]] = {}
        self.patterns: dict[str, list[DependentRule]] = {}
        for rule in (*project.dependents, *map(_own, project.recreated)):
            if rule.is_pattern:
                self.patterns.setdefault(rule.name.schema, []).append(rule)
            else:
                self.named.setdefault(rule.name, []).append(rule)

    def of(self, one: Object) -> DependentRule | None:
        """The rule for an object, or None."""
        found = self.all(one)
        return found[0] if found else None

    def all(self, one: Object) -> list[DependentRule]:
        """Every rule of the first rank that names the object; more than one is a mistake."""
        named = [rule for rule in self.named.get(one.name, ()) if covers(rule, one)]
        return named or [r for r in self.patterns.get(one.name.schema, ()) if covers(r, one)]


def _own(made: Recreated) -> DependentRule:
    return DependentRule(
        rule="recreate",
        name=made.name,
        arguments=made.identity if made.is_routine else None,
        kind="" if made.is_routine else RELATION,
        by=str(made),
        location=made.location,
    )


def tables_that_go(project: Project) -> frozenset[Name]:
    """Legacy tables that finalize takes: those that are loaded, archived or dropped."""
    loaded = {s.table for m in project.mappings if not m.moves for s in m.sources}
    return frozenset(loaded | {one.table for one in project.retired if one.goes})


def behind(name: Name, reads: Mapping[Name, Iterable[Name]]) -> Set[Name]:
    """Everything a view reads, through other views too."""
    seen: set[Name] = set()
    open_names = [name]
    while open_names:
        for read in set(reads.get(open_names.pop(), ())) - seen:
            seen.add(read)
            open_names.append(read)
    return seen

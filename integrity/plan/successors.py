"""Which recreated function takes the place of a legacy function that triggers call."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.config.dependent_rules import Object, Rules, routine_kind
from integrity.mapping.layout import parking_schema
from integrity.model import Name, Project
from integrity.operations.rehang_triggers import Rehung, rehung
from integrity.sql.quote import qualified


def rehung_triggers(project: Project) -> Iterator[Rehung]:
    """The triggers of moved tables that the switch hangs on recreated functions."""
    successors = _successors(project)
    if not successors:
        return
    own = {(one.name, one.identity) for one in project.recreated}
    places = {
        qualified(f.name): Name(parking_schema(f.name.schema), f.name.name)
        for f in project.legacy.functions
        if not f.arguments and (f.name, "") in own
    }
    tables = {table.name: table for table in project.legacy.tables}
    for mapping in project.mappings:
        table = tables.get(mapping.sources[0].table) if mapping.moves else None
        if table is not None:
            yield from rehung(table, mapping.table, successors, places)


def _successors(project: Project) -> dict[str, Name]:
    """By legacy function without arguments, as the server spells it: what stands for it."""
    rules = Rules(project)
    made = {str(one): one for one in project.recreated if one.is_routine and not one.identity}
    found = {}
    for function in project.legacy.functions:
        if function.arguments:
            continue
        rule = rules.of(Object(routine_kind(function), function.name, ""))
        if rule is not None and rule.by in made:
            found[qualified(function.name)] = made[rule.by].name
    return found

"""Names that legacy holds where a unified table or one of its parts goes.

A legacy table whose own name is wanted is parked by the switch, with its indexes; one that is moved
leaves. Any other stays where it is until finalize, and so do the names of its keys and indexes.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.errors import Problem
from integrity.model import Index, Key, Name, Project, Table


def name_problems(project: Project) -> Iterator[Problem]:
    """Relations that would meet at the switch; foreign tables whose names are wanted."""
    unified = {table.name for table in project.tables}
    for one in project.retired:
        if not one.goes and one.table in unified:
            message = f"{one.table} is foreign, and a unified table takes its name"
            yield Problem(one.location, message, "give the unified table another name")
    standing = _standing(project, unified)
    derived = {mapping.table for mapping in project.mappings if mapping.derived}
    for table in project.tables:
        if table.name not in derived:  # whose parts were given names that are free
            yield from _taken(table, standing)


def _standing(project: Project, unified: set[Name]) -> dict[Name, Table]:
    """Names of keys and indexes of legacy tables that stay under their own names."""
    moved = {mapping.sources[0].table for mapping in project.mappings if mapping.moves}
    found: dict[Name, Table] = {}
    for table in project.legacy.tables:
        if table.name not in unified and table.name not in moved:
            found |= {Name(table.name.schema, name): table for name in table.relations()}
    return found


def _taken(table: Table, standing: dict[Name, Table]) -> Iterator[Problem]:
    parts: tuple[Key | Index, ...] = (*dict.fromkeys(table.keys()), *table.indexes)
    for part in parts:
        other = standing.get(Name(table.name.schema, part.name))
        if other is not None:
            message = (
                f"{part.name!r} of {table.name} has the name of a relation of {other.name},"
                " which stays there until finalize"
            )
            yield Problem(part.location, message, "give it a name: ...")

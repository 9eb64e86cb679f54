"""``integrity validate``: is the YAML right, and is every legacy column accounted for?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.config.coverage import TableCover
    from integrity.errors import Problem
    from integrity.model import Project


@click.command()
@click.option("--tables", is_flag=True, help="Also print the coverage of each legacy table.")
@click.pass_obj
def validate(session: Session, *, tables: bool) -> None:
    """Check the YAML; print what becomes of each legacy column.

    Needs no server. Fails on any problem, and on a legacy column that no mapping reads and nobody
    gave a reason for; all problems are shown at once.
    """
    from integrity.config.coverage import Cover, coverage
    from integrity.errors import ConfigFailure
    from integrity.plan.shown import plural

    project = session.project()
    covers = coverage(project)
    if problems := list(_unexplained(project, covers)):
        raise ConfigFailure(problems)
    counts = {kind: sum(c.cover is kind for t in covers for c in t.columns) for kind in Cover}
    if session.as_json:
        session.emit(_as_json(project, covers))
        return
    sizes = (
        plural(len(project.tables), "unified table"),
        plural(len(project.mappings), "mapping"),
        plural(len(project.legacy.tables), "legacy table"),
    )
    print(f"{session.config}: {', '.join(sizes)}: no problems")
    print("legacy columns: " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items() if n))
    if tables:
        print()
        print(_table(covers))


def _unexplained(project: Project, covers: tuple[TableCover, ...]) -> Iterator[Problem]:
    from integrity.errors import Problem

    places = {s.table: s.location for m in reversed(project.mappings) for s in m.sources}
    for cover in covers:
        for column in cover.unexplained:
            yield Problem(
                places[cover.table],
                f"legacy column {cover.table}.{column} is neither mapped nor ignored",
                f"map it, or write `ignore: {{{column}: the reason}}`",
            )


def _table(covers: tuple[TableCover, ...]) -> str:
    from integrity.cli.grid import grid
    from integrity.config.coverage import Cover

    kinds = (Cover.MAPPED, Cover.IGNORED, Cover.NOT_MAPPED)
    rows = [
        (
            str(cover.table),
            *(sum(c.cover is kind for c in cover.columns) for kind in kinds),
            ", ".join(map(str, cover.feeds)),
        )
        for cover in covers
    ]
    return grid(("legacy table", *map(str, kinds), "feeds"), rows)


def _as_json(project: Project, covers: tuple[TableCover, ...]) -> dict[str, object]:
    return {
        "project": project.settings.name,
        "digest": project.digest,
        "unified_tables": [str(table.name) for table in project.tables],
        "mappings": len(project.mappings),
        "coverage": [
            {
                "table": str(cover.table),
                "feeds": [str(name) for name in cover.feeds],
                "columns": [
                    {"column": c.column, "cover": str(c.cover), "reason": c.reason}
                    for c in cover.columns
                ],
            }
            for cover in covers
        ],
    }

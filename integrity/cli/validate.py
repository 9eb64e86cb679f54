"""``integrity validate``: is the YAML right, and is every legacy column accounted for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from collections import Counter

    from integrity.config.coverage import Cover, TableCover
    from integrity.model import Project


@click.command()
@click.option("--tables", is_flag=True, help="Also print the coverage of each legacy table.")
@click.pass_obj
def validate(session: Session, *, tables: bool) -> None:
    """Check the YAML; print what becomes of each legacy column.

    Needs no server. Fails on any problem, on a legacy table that is in no mapping, move, archive,
    drop or foreign, and on a legacy column that no mapping reads and nobody gave a reason for; all
    problems are shown at once.
    """
    from integrity.config.coverage import coverage, unexplained
    from integrity.config.pipelines import load_pipelines
    from integrity.errors import ConfigFailure

    project = session.project()
    pipelines = load_pipelines(session.config, project)  # raises with every problem of theirs
    if any(one.schedule for one in pipelines):
        from integrity.pipelines.agenda import planned  # the scheduler's library takes its time

        planned(pipelines)
    covers = coverage(project)
    if problems := list(unexplained(covers, project)):
        raise ConfigFailure(problems)
    if session.as_json:
        session.emit(_as_json(project, covers))
        return
    for line in _summary(session, project, covers):
        print(line)
    print()
    print(_schemas(covers))
    if tables:
        print()
        print(_tables(covers))


def _summary(session: Session, project: Project, covers: tuple[TableCover, ...]) -> list[str]:
    from collections import Counter

    from integrity.plan.shown import plural

    sizes = (
        plural(len(project.tables), "unified table"),
        plural(len(project.mappings), "mapping"),
        plural(len(project.legacy.tables), "legacy table"),
    )
    return [
        f"{session.config}: {', '.join(sizes)}: no problems",
        "legacy tables: " + _counted(Counter(cover.cover for cover in covers)),
        "legacy columns: " + _counted(Counter(c.cover for cover in covers for c in cover.columns)),
    ]


def _counted(counts: Counter[Cover]) -> str:
    from integrity.config.coverage import Cover

    found = ", ".join(f"{counts[kind]:,} {kind}" for kind in Cover if counts[kind])
    return found or "none"


def _schemas(covers: tuple[TableCover, ...]) -> str:
    """One line per legacy schema: its tables, then its columns, by what becomes of them."""
    from integrity.cli.grid import grid
    from integrity.config.coverage import Cover, by_schema

    found = by_schema(covers)
    tables = [kind for kind in Cover if any(one.tables[kind] for one in found)]
    columns = [kind for kind in Cover if any(one.columns[kind] for one in found)]
    rows = [
        (
            one.schema,
            one.tables.total(),
            *(one.tables[kind] for kind in tables),
            one.columns.total(),
            *(one.columns[kind] for kind in columns),
        )
        for one in found
    ]
    headings = ("legacy schema", "tables", *map(str, tables), "columns", *map(str, columns))
    return grid(headings, rows)


def _tables(covers: tuple[TableCover, ...]) -> str:
    from collections import Counter

    from integrity.cli.grid import grid
    from integrity.config.coverage import Cover

    counts = [Counter(column.cover for column in cover.columns) for cover in covers]
    kinds = [kind for kind in Cover if any(count[kind] for count in counts)]
    rows = [
        (
            str(cover.table),
            *(count[kind] for kind in kinds),
            ", ".join(map(str, cover.feeds)) or cover.reason,
            str(cover.location),
        )
        for cover, count in zip(covers, counts, strict=True)
    ]
    return grid(("legacy table", *map(str, kinds), "feeds, or why not", "where"), rows)


def _as_json(project: Project, covers: tuple[TableCover, ...]) -> dict[str, object]:
    from integrity.config.coverage import by_schema

    return {
        "project": project.settings.name,
        "digest": project.digest,
        "unified_tables": [str(table.name) for table in project.tables],
        "mappings": len(project.mappings),
        "schemas": [
            {"schema": one.schema, "tables": _plain(one.tables), "columns": _plain(one.columns)}
            for one in by_schema(covers)
        ],
        "coverage": [_table_as_json(cover) for cover in covers],
    }


def _plain(counts: Counter[Cover]) -> dict[str, int]:
    return {str(kind): count for kind, count in counts.items()}


def _table_as_json(cover: TableCover) -> dict[str, object]:
    return {
        "table": str(cover.table),
        "cover": str(cover.cover),
        "feeds": [str(name) for name in cover.feeds],
        "reason": cover.reason,
        "place": str(cover.location),
        "columns": [
            {"column": c.column, "cover": str(c.cover), "reason": c.reason} for c in cover.columns
        ],
    }

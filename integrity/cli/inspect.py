"""``integrity inspect``: the contracts of a live database, written or checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.model import Catalog, Project


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the database differs.")
@click.option("--schema", "schemas", multiple=True, metavar="NAME", help="Only this schema.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the contracts.  [default: legacy/ in the configuration]",
)
@click.option(
    "--propose",
    is_flag=True,
    help="Find tables that hold the same thing; write a report and a draft project to --out.",
)
@click.option("--database", metavar="URL", help="As before the command.")
@click.pass_obj
def inspect(
    session: Session,
    *,
    check: bool,
    schemas: tuple[str, ...],
    out: Path | None,
    propose: bool,
    database: str | None,
) -> None:
    """Write the contracts of a live database, or check them.

    One YAML file per schema says what its tables, views and functions look like. Without --schema:
    the schemas of the contracts that are there, else all. The toolkit's own tables are left out,
    and a legacy table that a migration parked stands under its own name. With --propose the
    database needs no description (docs/propose.md).
    """
    session.database = database or session.database
    if propose:
        _propose(session, out, others=check or bool(schemas))
        return
    project = _project(session)
    with session.target() as url:
        catalog = _catalog(session, url, project)
    wanted = _wanted(schemas, project, catalog)
    directory = out or session.config / "legacy"
    if check:
        _check(session, project, catalog, wanted)
        return
    written = _write(catalog, wanted, directory)
    if session.as_json:
        session.emit({"files": [str(path) for path in written]})
        return
    for path in written:
        print(f"written: {path}")


def _propose(session: Session, out: Path | None, *, others: bool) -> None:
    from integrity.cli.inspect_propose import propose_into

    if out is None or others:
        raise click.UsageError("--propose needs --out DIRECTORY, and neither --check nor --schema")
    propose_into(session, out)


def _project(session: Session) -> Project | None:
    """None when there is no project yet, or its contracts are what must be mended."""
    from integrity.errors import ConfigFailure

    try:
        return session.project()
    except ConfigFailure as failure:
        session.tell(f"{failure.message.splitlines()[-1]}: taking the database as it is")
        return None


def _catalog(session: Session, url: str, project: Project | None) -> Catalog:
    from integrity.catalog.read import read_catalog
    from integrity.database.connect import connect
    from integrity.plan.live import described, without_toolkit
    from integrity.plan.planner import live_of
    from integrity.plan.reached import read_milestones
    from integrity.plan.state import read_state

    with connect(url, application_name="integrity inspect") as conn:
        if project is None or not project.legacy.schemas:
            return without_toolkit(read_catalog(conn))
        state = read_state(conn, project.settings.toolkit_schema)
        # A table that a later migration renamed or dropped was unified too.
        reached = [one.reached.tables for one in read_milestones(session.directory)]
        unified = frozenset(table.name for tables in reached for table in tables)
        return described(live_of(conn, project, state, unified), project)


def _wanted(schemas: tuple[str, ...], project: Project | None, catalog: Catalog) -> list[str]:
    from integrity.errors import DriftFailure, nearest

    known = project.legacy.schemas if project and project.legacy.schemas else catalog.schemas
    for schema in schemas:
        if schema not in catalog.schemas:
            raise DriftFailure(
                f"the database has no schema {schema!r}", hint=nearest(schema, catalog.schemas)
            )
    return sorted(schemas or known)


def _write(catalog: Catalog, schemas: list[str], directory: Path) -> list[Path]:
    from integrity.catalog.contracts import contract_yaml, file_stem
    from integrity.cli.plan import write

    paths = []
    for schema in schemas:
        paths.append(directory / f"{file_stem(schema)}.yaml")
        write(paths[-1], contract_yaml(catalog, schema))
    return paths


def _check(session: Session, project: Project | None, catalog: Catalog, schemas: list[str]) -> None:
    from integrity.catalog.drift import differences
    from integrity.errors import ConfigFailure, DriftFailure
    from integrity.plan.live import foreign, within, without_tables

    if project is None:
        session.project()  # says what is wrong
        raise ConfigFailure([])
    expected, actual = (
        without_tables(within(side, schemas), foreign(project))
        for side in (project.legacy, catalog)
    )
    found = differences(expected, actual)
    if session.as_json:
        session.emit({"differences": [str(one) for one in found]})
    else:
        for one in found:
            print(one)
    if found:
        noun = "difference" if len(found) == 1 else "differences"
        raise DriftFailure(
            f"{len(found)} {noun} between the contracts and the database",
            hint="run `integrity inspect` to take the database as it is, and review the change",
        )
    if not session.as_json:
        print(f"{len(schemas)} schemas: the database is as the contracts say")

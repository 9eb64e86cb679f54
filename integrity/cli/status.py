"""``integrity status``: where each migration stands, the ledger, and what was kept aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session
from integrity.cli.status_sections import sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from integrity.finalize.state import Recorded
    from integrity.run.returned import Share
    from integrity.run.status import MigrationStatus, Status


@click.command()
@click.pass_obj
def status(session: Session) -> None:
    """Show migrations, ledger, pipelines, breakers and loads.

    And how many rows were kept aside, and why.
    """
    project = session.project()
    settings = project.settings
    with session.target() as url:
        found = read(url, settings.toolkit_schema)
        archive = last_archive_of(url, settings.toolkit_schema)
        ran = sections(session.config, project, url)
    if session.as_json:
        json = found.as_json() | {"archive": archive.as_json() if archive else None}
        session.emit(json | {name: section.as_json() for name, section in ran.items()})
        return
    if not found.migrations:
        print("no migration was ever begun on this database")
    for migration in found.migrations:
        print(_line(migration))
    if archive is not None:
        print(archive.line())
    if found.holder:
        print(f"in progress: {found.holder}")
    if found.ledger:
        print(f"\n{ledger_grid(found)}")
    if found.kept:
        print(f"\n{kept_grid(found)}")
    if found.shares:
        print(f"\n{shares_grid(found.shares)}")
        print(where_kept(settings.toolkit_schema))
    for line in undone_lines(found):
        print(line)
    for section in ran.values():
        if text := section.text():
            print(f"\n{text}")


def read(url: str, toolkit_schema: str) -> Status:
    """The status of a database."""
    from integrity.database.connect import connect
    from integrity.run import status as statuses

    with connect(url, application_name="integrity status") as conn:
        return statuses.status(conn, toolkit_schema)


def last_archive_of(url: str, toolkit_schema: str) -> Recorded | None:
    """The archive that finalize wrote last."""
    from integrity.database.connect import connect
    from integrity.finalize.state import last_archive

    with connect(url, application_name="integrity status") as conn:
        return last_archive(conn, toolkit_schema)


def _line(one: MigrationStatus) -> str:
    parts = [f"{one.migration}: {one.state}"]
    if one.applied_at:
        parts.append(f"since {one.applied_at:%Y-%m-%d %H:%M:%S} UTC")
    if one.plan_hash:
        parts.append(f"plan {one.plan_hash[:12]}")
    if one.state in ("applying", "rolling back"):
        how = "running" if one.running else "interrupted"
        parts.append(f"{how}, {one.steps_done} steps done, last {one.last_step}")
    if one.outcome == "failed" and one.detail:
        parts.append(one.detail.splitlines()[0])
    return ", ".join(parts)


def ledger_grid(found: Status) -> str:
    """One line per mapping."""
    from integrity.cli.grid import grid

    terms = [
        "candidates",
        "inserted",
        "merged",
        "quarantined",
        "dropped",
        "empty",
        "moved",
        "archived",
        "open",
    ]
    used = [
        t for t in terms if t in ("candidates", "open") or any(getattr(o, t) for o in found.ledger)
    ]
    rows = [(one.mapping, *(getattr(one, term) for term in used)) for one in found.ledger]
    return grid(("ledger", *used), rows)


def kept_grid(found: Status) -> str:
    """One line per kind, table and reason."""
    from integrity.cli.grid import grid

    rows = [(one.kind, one.name, one.what, one.count) for one in found.kept]
    return grid(("kept aside", "table", "reason or column", "rows"), rows)


def shares_grid(shares: Iterable[Share]) -> str:
    """One line per table and kind of change: how many later changes there were, where they went."""
    from integrity.cli.grid import grid

    rows = [
        (
            f"{one.table}: {one.change}",
            one.changes,
            one.returned,
            f"{one.returned_percent:g} %",
            one.retained,
            f"{one.retained_percent:g} %",
        )
        for one in shares
    ]
    return grid(("later changes", "rows", "returned", "share", "retained", "share"), rows)


def where_kept(schema: str) -> str:
    """Where the shares and the retained rows are."""
    return (
        f"retained rows and why: {schema}.integrity_retained;"
        f" these counts: {schema}.integrity_returned"
    )


def undone_lines(found: Status) -> Iterator[str]:
    """Where rollbacks kept the values of what they dropped."""
    for one in found.undone:
        noun = "row" if one.rows == 1 else "rows"
        yield f"kept of what a rollback dropped: {one.rows:,} {noun} in {one.table}"

"""``integrity inspect --propose``: which tables hold the same thing, and a draft of a project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.propose.proposal import Proposal


def propose_into(session: Session, directory: Path) -> None:
    """Survey the database and write report and drafts into ``directory``.

    Raises RefusedFailure when a configuration is there already, DatabaseFailure.
    """
    from integrity.cli.plan import write
    from integrity.errors import RefusedFailure

    if (directory / "configs").exists():
        raise RefusedFailure(
            f"{directory / 'configs'} exists, and a draft never overwrites what a person edited",
            hint="name another folder with --out, or move that one away",
        )
    proposal = _proposal(session)
    files = proposal.files()
    for path, text in files.items():
        write(directory / path, text)
    if session.as_json:
        from integrity.propose.report import document

        session.emit(document(proposal) | {"files": sorted(files)})
        return
    for line in _lines(proposal, directory):
        print(line)


def _proposal(session: Session) -> Proposal:
    from integrity.catalog.read import read_catalog
    from integrity.database.connect import connect
    from integrity.plan.live import without_own
    from integrity.propose.proposal import propose

    with session.target() as url, connect(url, application_name="integrity inspect") as conn:
        catalog = without_own(read_catalog(conn), "operational")
        return propose(conn, database=_project_name(conn.info.dbname), catalog=catalog)


def _project_name(database: str) -> str:
    """The name of the database, as the name of a project may be."""
    name = re.sub(r"[^a-z0-9_]+", "_", database.lower()).strip("_")
    return name if name[:1].isalpha() else f"project_{name}".rstrip("_")


def _lines(proposal: Proposal, directory: Path) -> Iterator[str]:
    from integrity.cli.grid import grid
    from integrity.plan.shown import plural

    rows: list[tuple[Any, ...]] = [
        (
            group.name,
            f"{group.confidence:.2f}",
            len(group.members),
            sum(member.rows for member in group.members),
            proposal.verdict(group),
        )
        for group in proposal.groups
    ]
    if rows:
        yield grid(["group", "confidence", "tables", "rows", "draft"], rows)
        yield ""
    tables, groups = len(proposal.survey.facts), len(proposal.groups)
    yield f"{plural(tables, 'table')}, {plural(groups, 'group')}, {proposal.seconds:.1f} s"
    if unmanaged := proposal.survey.catalog.unmanaged:
        yield f"not compared and in no draft: {plural(len(unmanaged), 'object')} (report.json)"
    yield f"map and evidence: {directory / 'report.html'}"
    yield f"draft: {directory / 'configs'}; check it with"
    yield f"  integrity --config {directory / 'configs'} validate"

"""``integrity finalize``: archive legacy, restore the archive to try it, drop legacy."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.approval import approve
from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.finalize.refusal import Ready
    from integrity.finalize.run import Finalized
    from integrity.finalize.state import Recorded
    from integrity.plan.compile import Compiled
    from integrity.plan.compile_all import Generated

ARCHIVES = "archive"  # beside the configuration


@click.command()
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory for archives.  [default: archive/ beside the configuration]",
)
@click.option("--dry-run", is_flag=True, help="Show what would be dropped, and its hash.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", "approved", metavar="HASH", help="Approve what goes by its hash.")
@click.option("--allow", metavar="CODE", multiple=True, help="Allow a hazard; may be repeated.")
@click.pass_obj
def finalize(
    session: Session,
    *,
    archive: Path | None,
    dry_run: bool,
    yes: bool,
    approved: str | None,
    allow: tuple[str, ...],
) -> None:
    """Archive legacy, try the archive, and drop legacy.

    Legacy is written to an archive, the archive is restored into a scratch database and compared,
    and only then legacy is dropped, in one transaction. Refuses while a ledger is open,
    verification fails, the database drifted, something else depends on legacy, or legacy was used
    within the window that project.yaml asks for. A run that was stopped is gone on with by the
    same command; `integrity rollback` brings legacy back.
    """
    from integrity.cli.plan import generated_for
    from integrity.cli.verify import applied_of
    from integrity.finalize.refusal import refuse_hazards

    with session.target() as url:
        generated = generated_for(session, url)
        compiled = applied_of(session, generated, url)
        if (recorded := recorded_archive(compiled, url)) is not None:
            _already(session, recorded)
            return
        found = _ready(session, generated, compiled, url)
        if dry_run:
            _show(session, found)
            return
        _tell(session, found)
        refuse_hazards(found, allow)
        digest = found.survey.digest
        question = f"{_summary(found)}\nhash {digest}\nArchive and drop it?"
        approve(session, digest, yes=yes, approved=approved, question=question)
        root = (archive or session.config.absolute().parent / ARCHIVES).absolute()
        done = run(session, compiled, url, root=root, approved=digest)
        if done is None:  # somebody else was faster
            recorded = recorded_archive(compiled, url)
            assert recorded is not None
            _already(session, recorded)
            return
        report(session, done)


def recorded_archive(compiled: Compiled, url: str) -> Recorded | None:
    """The archive that holds legacy, when the database at ``url`` was finalized."""
    from integrity.database.connect import connect
    from integrity.finalize.state import finalized_archive

    with connect(url) as conn:
        return finalized_archive(conn, compiled.project.settings.toolkit_schema)


def run(
    session: Session, compiled: Compiled, url: str, *, root: Path, approved: str | None = None
) -> Finalized | None:
    """Archive below ``root``, try the archive, drop."""
    from integrity.finalize.run import finalize as finalized

    return finalized(
        compiled,
        url,
        root=root,
        approved=approved,
        scratch=session.scratch,
        progress=session.progress(),
    )


def _ready(session: Session, generated: Generated, compiled: Compiled, url: str) -> Ready:
    from integrity.cli.plan import state_of
    from integrity.finalize.refusal import ready
    from integrity.plan.planner import make_plan

    plan = make_plan(generated, url, data=False)
    state = state_of(url, compiled.project.settings.toolkit_schema)
    return ready(compiled, url, plan, state, progress=session.progress())


def _show(session: Session, found: Ready) -> None:
    statements = list(found.survey.going.statements())
    if session.as_json:
        hazards = [{"code": one.code, "detail": one.detail} for one in found.hazards]
        session.emit({"hash": found.survey.digest, "hazards": hazards, "statements": statements})
        return
    for statement in statements:
        print(f"{statement};")
    for hazard in found.hazards:
        print(f"-- hazard {hazard.code}: {hazard.detail}")
    print(f"-- hash {found.survey.digest}")


def _tell(session: Session, found: Ready) -> None:
    if found.later:
        session.tell(f"changed since apply, and so kept by a rollback: {', '.join(found.later)}")
    for schema, why in found.survey.going.kept:
        session.tell(f"schema {schema} stays: it holds {why}")


def _summary(found: Ready) -> str:
    kinds = Counter(thing.kind for thing in found.survey.going.things)
    listed = ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))
    return f"goes: {listed}"


def _already(session: Session, recorded: Recorded) -> None:
    text = f"nothing to do: finalized at {recorded.finalized_at:%Y-%m-%d %H:%M:%S} UTC"
    if session.as_json:
        session.emit({"finalized": True, "directory": str(recorded.directory), "tables": []})
    else:
        print(f"{text}, legacy is in {recorded.directory}")


def report(session: Session, done: Finalized) -> None:
    """What went, and where it is."""
    rows = sum(one.rows for one in done.manifest.tables)
    if session.as_json:
        tables = [{"table": one.name, "rows": one.rows} for one in done.manifest.tables]
        facts = {"finalized": True, "directory": str(done.directory), "rows": rows}
        more = {"manifest_hash": done.manifest_hash, "unmet": list(done.unmet)}
        kept = [{"schema": schema, "holds": why} for schema, why in done.kept]
        session.emit({**facts, **more, "tables": tables, "kept": kept, "seconds": done.seconds})
        return
    print(
        f"archived, tried and dropped: {len(done.manifest.tables)} tables, {rows:,} rows,"
        f" {done.seconds:.1f} s"
    )
    print(f"archive: {done.directory}, manifest {done.manifest_hash[:12]}")
    if done.unmet:
        listed = ", ".join(done.unmet)
        print(f"old rows do not meet these checks today, and come back all the same: {listed}")
    print("keep the archive safe: `integrity rollback --all` needs it to bring legacy back")

"""``integrity rollback``: undo the last migration, or all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.approval import approve
from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.finalize.run import Restored
    from integrity.model import Migration, Settings
    from integrity.plan.state import State
    from integrity.run.executor import RunResult
    from integrity.run.returned import Share
    from integrity.run.status import Status


@click.command()
@click.option("--all", "every", is_flag=True, help="Undo every migration, the last one first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", "approved", metavar="HASH", help="Approve the rollback with this hash.")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the archive of finalize lies now.  [default: where it was written]",
)
@click.pass_obj
def rollback(
    session: Session, *, every: bool, yes: bool, approved: str | None, archive: Path | None
) -> None:
    """Undo the last migration, or all.

    Works from whatever point a run had reached. Later changes of unified rows are written back to
    legacy where a mapping names a write-back source; what cannot go back is kept in
    integrity_retained and listed. A rollback that was interrupted is resumed by the same command.
    After finalize legacy is restored from its archive first.
    """
    from integrity.cli.plan import generated_for, state_of
    from integrity.cli.status import read, shares_grid, undone_lines, where_kept
    from integrity.plan.fingerprint import sql_digest

    with session.target() as url:
        compiled = generated_for(session, url).compiled
        settings = compiled.project.settings
        state = state_of(url, settings.toolkit_schema)
        present = [m for m in reversed(compiled.migrations) if _is_present(m, state)]
        chosen = present if every else present[:1]
        if not chosen:
            _nothing(session)
            return
        _refuse_changes(chosen, state)
        digest = sql_digest(chosen)
        names = " and ".join(one.stem for one in chosen)
        question = f"Roll back {names}?"
        approve(session, digest, yes=yes, approved=approved, question=question)
        restored = None
        if any(one.reads_legacy for one in chosen):
            restored = restore(session, url, settings, directory=archive)
        before = _told(read(url, settings.toolkit_schema), chosen, state)
        results = undo(session, chosen, url, digest, settings=settings)
        found = read(url, settings.toolkit_schema)
    shares = [one for one in found.shares if one not in before]
    if session.as_json:
        from integrity.cli.apply import as_json

        facts: dict[str, object] = {
            "migrations": [as_json(one) for one in results],
            "retained": found.count("retained"),
            "shares": [one.as_json() for one in shares],
            "undone": [{"table": one.table, "rows": one.rows} for one in found.undone],
        }
        session.emit(facts | _restored_json(restored))
        return
    for one in results:
        print(f"{one.migration}: rolled back in {len(one.steps)} steps, {one.seconds:.1f} s")
    if shares:
        print(f"\n{shares_grid(shares)}")
        print(where_kept(settings.toolkit_schema))
    for line in undone_lines(found):
        print(line)
    if kept := [one for one in found.kept if one.kind == "retained"]:
        listed = ", ".join(f"{one.count:,} {one.what} in {one.name}" for one in kept)
        print(f"kept in integrity_retained, because they cannot go back: {listed}")


def restore(
    session: Session, url: str, settings: Settings, *, directory: Path | None = None
) -> Restored | None:
    """Bring legacy back out of its archive, when it is only there."""
    from integrity.finalize.run import restore_legacy

    found = restore_legacy(settings, url, directory=directory, progress=session.progress())
    if found is not None:
        session.tell(f"{found.tables} tables, {found.rows:,} rows are back from {found.directory}")
        for one in found.unmet:
            session.tell(f"constraint {one}: its rows do not meet it today, and are all there")
    return found


def _restored_json(found: Restored | None) -> dict[str, object]:
    if found is None:
        return {}
    facts = {"directory": str(found.directory), "tables": found.tables, "rows": found.rows}
    return {"restored": {**facts, "unmet": list(found.unmet)}}


def _told(found: Status, chosen: list[Migration], state: State) -> tuple[Share, ...]:
    """Shares of earlier rollbacks: one that is resumed may have counted already."""
    resumed = {one.stem for one in chosen if state.rolling_back(one)}
    return tuple(one for one in found.shares if one.migration not in resumed)


def _nothing(session: Session) -> None:
    if session.as_json:
        session.emit({"migrations": [], "retained": 0, "shares": [], "undone": []})
    else:
        print("nothing to roll back: no migration is applied or begun")


def _is_present(migration: Migration, state: State) -> bool:
    return migration.stem in state.applied or state.begun(migration)


def _refuse_changes(chosen: list[Migration], state: State) -> None:
    """The way back must belong to the way there that was gone.

    A mended mapping does no harm: it only says which later changes a rollback finds.
    """
    from integrity.errors import DriftFailure

    for migration in chosen:
        changed = [one for one in state.changed_steps(migration) if not _is_load(one)]
        if changed:
            raise DriftFailure(
                f"the YAML has changed since {migration.stem} was run: step {changed[0]} differs",
                hint="roll back with the YAML, or the rollback file, of the applied revision",
            )


def _is_load(step: str) -> bool:
    return step.startswith(("load ", "verify "))


def undo(
    session: Session, chosen: list[Migration], url: str, digest: str, *, settings: Settings
) -> list[RunResult]:
    """Roll back the chosen migrations, in the order given."""
    from integrity.run.executor import execute

    return [
        execute(
            migration,
            direction="rollback",
            url=url,
            settings=settings,
            plan_hash=digest,
            progress=session.progress(),
        )
        for migration in chosen
    ]

"""``integrity verify``: do the unified tables hold what the sources say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.finalize.proof import Proof
    from integrity.plan.compile import Compiled
    from integrity.plan.compile_all import Generated
    from integrity.run.verification import Verification


@click.command()
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Examples for each kind of difference and column.",
)
@click.pass_context
def verify(ctx: click.Context, *, limit: int) -> None:
    """Prove that the unified tables hold what the sources say.

    A second compiler writes what each mapping should have produced, reading neither crosswalk nor
    ledger; a difference is named down to key and column. Nothing is written. After finalize there
    are no sources to compare with: the archive is checked, and what has changed since is shown.
    """
    from integrity.cli.finalize import recorded_archive
    from integrity.finalize.proof import prove
    from integrity.finalize.quiet import own_reading
    from integrity.run.verify import verify as verified

    session: Session = ctx.obj
    found: Verification | Proof
    with session.target() as url:
        compiled = applied(session, url)
        if (recorded := recorded_archive(compiled, url)) is not None:
            found = prove(url, recorded)
        else:
            settings = compiled.project.settings
            schema, quiet = settings.toolkit_schema, settings.quiet_seconds
            with own_reading(url, schema=schema, quiet_seconds=quiet):
                found = verified(compiled, url, progress=session.progress(), limit=limit)
    if session.as_json:
        session.emit(found.as_json())
    else:
        print("\n".join(found.lines()))
    ctx.exit(int(found.exit_code))


def applied(session: Session, url: str) -> Compiled:
    """The project as the database has it, compiled: changes that are not applied are left out."""
    from integrity.cli.plan import generated_for

    return applied_of(session, generated_for(session, url), url)


def applied_of(session: Session, generated: Generated, url: str) -> Compiled:
    """``applied``, of what is compiled already."""
    from integrity.cli.plan import state_of
    from integrity.plan.reached import Reached

    present = generated.compiled
    state = state_of(url, present.project.settings.toolkit_schema)
    reached = generated.as_of(state.applied)
    if reached is None or Reached.of(reached.project) == Reached.of(present.project):
        return present
    return session.compiled(reached.project)

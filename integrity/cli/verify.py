"""``integrity verify``: do the unified tables hold what the sources say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.plan.compile import Compiled


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
    ledger; a difference is named down to key and column. Nothing is written.
    """
    from integrity.run.verify import verify as verified

    session: Session = ctx.obj
    with session.target() as url:
        compiled = applied(session, url)
        found = verified(compiled, url, progress=session.progress(), limit=limit)
    if session.as_json:
        session.emit(found.as_json())
    else:
        print("\n".join(found.lines()))
    ctx.exit(int(found.exit_code))


def applied(session: Session, url: str) -> Compiled:
    """The project as the database has it, compiled: changes that are not applied are left out."""
    from integrity.cli.plan import generated_for, state_of
    from integrity.plan.reached import Reached

    generated = generated_for(session, url)
    present = generated.compiled
    state = state_of(url, present.project.settings.toolkit_schema)
    reached = generated.as_of(state.applied)
    if reached is None or Reached.of(reached.project) == Reached.of(present.project):
        return present
    return session.compiled(reached.project)

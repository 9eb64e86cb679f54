"""``integrity verify``: do the unified tables hold what the sources say?"""

from __future__ import annotations

import click

from integrity.cli.session import Session


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
    from integrity.cli.plan import compiled_for
    from integrity.run.verify import verify as verified

    session: Session = ctx.obj
    with session.target() as url:
        found = verified(compiled_for(session, url), url, progress=session.progress(), limit=limit)
    if session.as_json:
        session.emit(found.as_json())
    else:
        print("\n".join(found.lines()))
    ctx.exit(int(found.exit_code))

"""``integrity curated``: pipelines under the names by which their user calls them."""

from __future__ import annotations

import click

from integrity.cli.follow import follow_options, require_alone
from integrity.cli.session import Session
from integrity.cli.sync import MODES, Asked, options_of


@click.group()
def curated() -> None:
    """Keep the tables that models read in step."""


@curated.command("sync-outcomes")
@click.option(
    "--sync-type",
    type=click.Choice(MODES),
    default="missing",
    show_default=True,
    help="Which outcomes: all; those whose game has no row or no score; those of the last days;"
    " those that changed after they were synced.",
)
@click.option("--days-back", type=click.IntRange(0), metavar="N", help="With --sync-type recent.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many outcomes.")
@click.option("--dry-run", is_flag=True, help="The same pass, rolled back: its exact figures.")
@follow_options
@click.pass_context
def sync_outcomes(
    context: click.Context,
    *,
    sync_type: str,
    days_back: int | None,
    limit: int | None,
    dry_run: bool,
    follow: bool,
    unfollow: bool,
    catch_up: int,
) -> None:
    """Write the scores of finished games into enhanced_games.

    Into the unified table where the consolidation was applied, else into that of legacy.
    """
    from integrity.mlb.outcomes import outcome_pipeline

    require_alone(context, follow=follow, unfollow=unfollow)
    options = options_of(mode=sync_type, days_back=days_back, limit=limit, dry_run=dry_run)
    session: Session = context.obj
    asked = Asked(options, follow=follow, unfollow=unfollow, catch_up=catch_up)
    with session.target() as url:
        asked.done(session, url, *outcome_pipeline(session.config, url))

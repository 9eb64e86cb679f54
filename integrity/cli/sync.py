"""``integrity sync``: one pass of a pipeline of kind sync, and what became of its rows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from integrity.cli.follow import follow_options, followed, require_alone, unfollowed
from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.model import Project
    from integrity.pipeline_model import Pipeline
    from integrity.pipelines.figures import Figures, Result
    from integrity.pipelines.options import Options

MODES = ("all", "missing", "recent", "corrected")


@click.command()
@click.argument("name", help="A file of configs/pipelines/, without its ending.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="all",
    show_default=True,
    help="Which rows: all; those without a counterpart, or an incomplete one; those of the last"
    " days; those that changed after they were synced.",
)
@click.option("--days-back", type=click.IntRange(0), metavar="N", help="With --mode recent.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many rows.")
@click.option("--dry-run", is_flag=True, help="The same pass, rolled back: its exact figures.")
@follow_options
@click.pass_context
def sync(
    context: click.Context,
    *,
    name: str,
    mode: str,
    days_back: int | None,
    limit: int | None,
    dry_run: bool,
    follow: bool,
    unfollow: bool,
    catch_up: int,
) -> None:
    """Keep the rows of a table in step with their source."""
    from integrity.config.pipelines import load_pipelines
    from integrity.pipelines.chosen import pipeline_named

    require_alone(context, follow=follow, unfollow=unfollow)
    options = options_of(mode=mode, days_back=days_back, limit=limit, dry_run=dry_run)
    session: Session = context.obj
    project = session.project()
    pipeline = pipeline_named(load_pipelines(session.config, project), name, "sync")
    asked = Asked(options, follow=follow, unfollow=unfollow, catch_up=catch_up)
    with session.target() as url:
        asked.done(session, url, project, pipeline)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command is to do with a pipeline: follow it, no longer, or one pass."""

    options: Options
    follow: bool
    unfollow: bool
    catch_up: int

    def done(self, session: Session, url: str, project: Project, pipeline: Pipeline) -> None:
        """Do it, and show what came of it."""
        from integrity.pipelines.run import run_pipeline

        if self.follow:
            followed(session, url, project, pipeline, catch_up=self.catch_up)
        elif self.unfollow:
            unfollowed(session, url, project, pipeline)
        else:
            tell = progress(session)
            show(session, run_pipeline(url, project, pipeline, self.options, progress=tell))


def options_of(*, mode: str, days_back: int | None, limit: int | None, dry_run: bool) -> Options:
    """The options of a run. Raises UsageError for those that do not go together."""
    from integrity.pipelines.options import Options

    if days_back is not None and mode != "recent":
        raise click.UsageError("--days-back goes with recent only")
    return Options(mode=mode, days_back=days_back, limit=limit, dry_run=dry_run)


def progress(session: Session) -> Callable[[Figures], None] | None:
    """Tells on stderr how many rows are done, where that is wanted."""
    if session.quiet or not sys.stderr.isatty():
        return None

    def tell(figures: Figures) -> None:
        print(f"\r{figures.found:,} rows", end="", file=sys.stderr, flush=True)

    return tell


def show(session: Session, result: Result) -> None:
    """Print what became of the rows; raises UnprovenFailure above ``rejects: max``."""
    if session.as_json:
        session.emit(result.as_json())
    else:
        print("\n".join(lines(result)))
    if result.breaker:
        name = result.pipeline
        session.tell(f"the validation breaker of {name} is open from now on: {result.breaker}")
    result.require_budget()


def lines(result: Result) -> list[str]:
    """The figures of a run for a reader: one a line, rejected rows by reason."""
    figures = result.figures
    title = f"{result.pipeline}, {result.mode}" + (" (dry run)" if result.dry_run else "")
    rows = [("found", figures.found), ("matched", figures.matched)]
    rows += [("  updated", figures.updated), ("  unchanged", figures.unchanged)]
    rows += [("created", figures.created)]
    optional = [("repeated", figures.repeated), ("dropped", figures.dropped)]
    optional += [(f"  {because}", number) for because, number in sorted(figures.drops.items())]
    rows += [one for one in (*optional, ("empty", figures.empty)) if one[1]]
    rows += [("quarantined", figures.quarantined)]
    rows += [(f"  {reason}", number) for reason, number in sorted(figures.reasons.items())]
    width = max(len(name) for name, _ in rows)
    numbers = max(len(f"{number:,}") for _, number in rows)
    listed = [f"{name:<{width}}  {number:>{numbers},}" for name, number in rows]
    speed = f"{result.seconds:.2f} s, {result.rows_a_second:,.0f} rows a second"
    return [title, *listed, speed]

"""``integrity load``: rows of files into a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.loading.model import Outcome

FORMATS = ("csv", "tsv", "json", "jsonl")


def _pair(_context: click.Context, _option: click.Parameter, given: Any) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        column, equals, path = text.partition("=")
        if not (column and equals and path):
            raise click.BadParameter(f"{text!r}: write COLUMN=PATH")
        if column in pairs:
            raise click.BadParameter(f"column {column!r} stands twice")
        pairs[column] = path
    return pairs


def _one(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    if given is not None and len(given) != 1:
        raise click.BadParameter("write one character")
    return given


class _Paths(click.Argument):
    """The files, with a line in the reference; click shows none for an argument before 8.4."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """What the argument is."""
        return "FILE|DIR...", "CSV and JSON files, and folders of them; .gz too."


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE|DIR...", cls=_Paths,
    type=click.Path(path_type=Path),
)  # fmt: skip
@click.option("--into", required=True, metavar="TABLE", help="The table, as schema.table.")
@click.option(
    "--map", "mapped", multiple=True, callback=_pair, metavar="COLUMN=PATH",
    help="Fill a column from another name, a path such as game.home, the whole row ($), the name"
    " of the file ($file) or the line ($line).",
)  # fmt: skip
@click.option("--rest", metavar="COLUMN", help="This jsonb column takes what no other does.")
@click.option(
    "--skip", "skipped", multiple=True, metavar="NAME", help="Leave this name of the file out."
)
@click.option("--rows", metavar="PATH", help="Where the list of rows is in a JSON document.")
@click.option("--format", type=click.Choice(FORMATS), help="Instead of what the name says.")
@click.option("--delimiter", callback=_one, metavar="CHARACTER", help="Between CSV fields.")
@click.option(
    "--null", default="", metavar="TEXT", help="The CSV text for NULL.  [default: nothing]"
)
@click.option(
    "--copies", type=click.Choice(("refuse", "load", "skip")), default="refuse", show_default=True,
    help="What to do with a file that has the content of another.",
)  # fmt: skip
@click.option("--changed", is_flag=True, help="Load a file again that changed since.")
@click.option(
    "--chunk", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True, metavar="ROWS",
    help="Rows in one transaction.",
)  # fmt: skip
@click.option(
    "--max-rejects", type=click.FloatRange(0, 100), default=10.0, show_default=True,
    metavar="PERCENT", help="Exit with 9 when more rows are in quarantine.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Do everything, and roll it back.")
@click.pass_obj
def load(session: Session, /, *, paths: tuple[Path, ...], into: str, **given: Any) -> None:
    """Load CSV and JSON files into a table, resumably.

    A row that cannot be loaded goes to quarantine with its reason; the others load. Stopped on the
    way, the same command goes on. See docs/load.md.
    """
    from integrity.loading.model import Options
    from integrity.loading.run import load as run
    from integrity.loading.run import refuse_rejects

    schema = session.project().settings.toolkit_schema
    options = Options(**given)
    with session.target() as url:
        outcome = run(url, schema, paths, into=into, options=options, progress=session.progress())
    if session.as_json:
        session.emit(outcome.as_json())
    else:
        print(described(outcome))
    refuse_rejects(outcome, options)


def described(outcome: Outcome) -> str:
    """The outcome for people: figures, then the reasons of what is in quarantine."""
    from integrity.cli.grid import grid
    from integrity.plan.shown import shown

    figures, verb = outcome.figures, "would be loaded" if outcome.dry_run else "loaded"
    rate = f", {figures.read / outcome.seconds:,.0f} rows a second" if outcome.seconds > 0.5 else ""
    files = f"{outcome.files + outcome.finished:,} file" + "s" * (
        outcome.files + outcome.finished != 1
    )
    notes = [f"{outcome.finished:,} finished before"] if outcome.finished else []
    notes += [f"{outcome.copies:,} left out as copies"] if outcome.copies else []
    lines = [
        f"{outcome.target}: {', '.join([files, *notes])}: {figures.read:,} rows read,"
        f" {figures.loaded:,} {verb}, {figures.quarantined:,} quarantined,"
        f" {figures.repeated:,} repeated, {outcome.seconds:.1f} s{rate}"
    ]
    if outcome.reasons:
        rows = [(r.reason, r.column, r.rows, shown(r.example)) for r in outcome.reasons]
        lines += ["", grid(("reason", "column", "rows", "first"), rows)]
    return "\n".join(lines)

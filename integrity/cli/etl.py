"""``integrity etl``: run pipelines of kind etl, test them, and see how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session
from integrity.cli.sync import progress, show

if TYPE_CHECKING:
    from integrity.pipeline_model import Pipeline


@click.group()
def etl() -> None:
    """Load rows of several sources into a table; test it; see how far it is."""


@etl.command()
@click.argument("name")
@click.option("--since", metavar="MOMENT", help="Rows that changed since then (ISO 8601).")
@click.option("--full", is_flag=True, help="Every row, not only those since the watermark.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many rows.")
@click.option("--dry-run", is_flag=True, help="The same pass, rolled back: its exact figures.")
@click.pass_obj
def run(
    session: Session, *, name: str, since: str | None, full: bool, limit: int | None, dry_run: bool
) -> None:
    """Load what changed since the last run.

    NAME is a file of configs/pipelines/, without its ending.
    """
    from integrity.config.pipelines import load_pipelines
    from integrity.pipelines.chosen import pipeline_named
    from integrity.pipelines.options import Options
    from integrity.pipelines.run import run_pipeline

    if since and full:
        raise click.UsageError("--since and --full exclude each other")
    mode = "all" if full else "increment"
    options = Options(mode=mode, since=_moment(since), limit=limit, dry_run=dry_run)
    project = session.project()
    pipeline = pipeline_named(load_pipelines(session.config, project), name, "etl")
    with session.target() as url:
        result = run_pipeline(url, project, pipeline, options, progress=progress(session))
    show(session, result)


@etl.command("test")
@click.argument("name", required=False)
@click.pass_obj
def run_declared_tests(session: Session, name: str | None) -> None:
    """Run the tests that pipelines declare, in a scratch database."""
    from integrity.database.embedded import majors
    from integrity.errors import UnprovenFailure
    from integrity.pipelines.etl_tests import failed, run_tests

    project = session.project()
    with session.embedded(majors()[-1]) as server:
        outcomes = [o for one in _etls(session, name) for o in run_tests(server, project, one)]
    if session.as_json:
        session.emit({"tests": [one.as_json() for one in outcomes]})
    else:
        for one in outcomes:
            print(f"{'passed' if one.passed else 'FAILED'}  {one.pipeline}: {one.test}")
            for difference in one.differences:
                print(f"        {difference}")
    if wrong := failed(outcomes):
        raise UnprovenFailure(f"{len(wrong)} of {len(outcomes)} tests failed")
    if not outcomes:
        session.tell("no tests are declared")


@etl.command()
@click.pass_obj
def status(session: Session) -> None:
    """Show the last run, the watermarks and the open rejects of each pipeline."""
    from integrity.pipelines.etl_status import etl_status

    schema = session.project().settings.toolkit_schema
    with session.target() as url:
        found = etl_status(url, schema, [one.name for one in _etls(session, None)])
    if session.as_json:
        session.emit({"pipelines": [one.as_json() for one in found]})
        return
    for one in found:
        print("\n".join(one.lines()))


def _etls(session: Session, name: str | None) -> list[Pipeline]:
    from integrity.config.pipelines import load_pipelines
    from integrity.pipelines.chosen import pipeline_named

    pipelines = load_pipelines(session.config, session.project())
    if name:
        return [pipeline_named(pipelines, name, "etl")]
    return [one for one in pipelines if one.kind == "etl"]


def _moment(text: str | None) -> str:
    """The moment as it was given; raises BadParameter for anything but ISO 8601."""
    if text is None:
        return ""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        hint = "a date or a moment such as 2024-05-01 or 2024-05-01T12:00:00+00:00"
        raise click.BadParameter(f"{text!r} is not {hint}", param_hint="--since") from None
    return text

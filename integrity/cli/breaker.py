"""``integrity breaker``: the circuit breakers of pipelines, and how to close one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integrity.pipelines.breaker_table import BreakerState


@click.group()
def breaker() -> None:
    """Show the circuit breakers of pipelines; close one by hand."""


@breaker.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """Show each breaker: its state, since when, why, and when it tries again."""
    from integrity.database.connect import connect, translated
    from integrity.pipelines.breaker_table import breaker_states

    schema = session.project().settings.toolkit_schema
    with (
        session.target() as url,
        connect(url, application_name="integrity breaker list") as conn,
        translated("read the breakers"),
    ):
        found = breaker_states(conn, schema)
    if session.as_json:
        session.emit({"breakers": [one.as_json() for one in found]})
    elif found:
        print(breaker_grid(found))
    else:
        print("no breaker ever counted a failure")


@breaker.command()
@click.argument("name", help="A file of configs/pipelines/, without its ending.")
@click.pass_obj
def close(session: Session, *, name: str) -> None:
    """Let a pipeline run again, whatever its breakers say."""
    from integrity.config.pipelines import load_pipelines
    from integrity.database.connect import connect
    from integrity.pipelines.breaker_table import close_breakers
    from integrity.pipelines.chosen import pipeline_named

    project = session.project()
    pipeline = pipeline_named(load_pipelines(session.config, project), name)
    with (
        session.target() as url,
        connect(url, application_name=f"integrity breaker close {name}") as conn,
    ):
        closed = close_breakers(conn, project.settings.toolkit_schema, pipeline.name)
    if session.as_json:
        session.emit({"pipeline": name, "closed": list(closed)})
    else:
        print(f"{name}: closed {' and '.join(closed)}" if closed else f"{name}: none was open")


def breaker_grid(states: Iterable[BreakerState]) -> str:
    """One line per breaker."""
    from integrity.cli.grid import grid

    rows = [
        (
            one.pipeline,
            one.what,
            one.state,
            f"{one.since:%Y-%m-%d %H:%M:%S}",
            f"{one.retry_at:%Y-%m-%d %H:%M:%S}" if one.retry_at else "",
            one.failures,
            one.reason or "",
        )
        for one in states
    ]
    headings = ("pipeline", "breaker", "state", "since (UTC)", "tries again (UTC)", "failures")
    return grid((*headings, "reason"), rows)

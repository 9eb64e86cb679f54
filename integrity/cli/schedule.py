"""``integrity schedule``: pipelines that run when their time has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.model import Project
    from integrity.operate.scheduled import Scheduled
    from integrity.pipelines.agenda import Agenda, Event, Planned

HEADINGS = ("pipeline", "cron", "zone", "mode", "last run (UTC)", "outcome", "next", "next (UTC)",
            "missed since (UTC)")  # fmt: skip


@click.group()
def schedule() -> None:
    """Run pipelines when their time has come."""


@schedule.command()
@click.option("--once", is_flag=True, help="Run what is due now, and end.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="Serve /metrics on this port of 127.0.0.1; the bearer token is INTEGRITY_METRICS_TOKEN.",
)
@click.pass_obj
def run(session: Session, *, once: bool, metrics_port: int | None) -> None:
    """Run every pipeline that has a schedule, until Ctrl-C or SIGTERM.

    One line on stderr for each run; with --json also one object a line on stdout. What was missed
    is caught up once.
    """
    from integrity.run.signals import stop_requests

    if once and metrics_port is not None:
        raise click.UsageError("--once and --metrics-port exclude each other")
    with _agenda(session) as agenda, stop_requests() as request:
        agenda.require()
        agenda.stopping = lambda: request.name
        if once:
            _once(agenda)
        else:
            _until_stopped(session, agenda, metrics_port)


@schedule.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """Show each schedule: its last run, its next moment, and what was missed."""
    from integrity.cli.grid import grid
    from integrity.database.connect import connect
    from integrity.operate.scheduled import scheduled

    project, plans = _planned(session)
    with session.target() as url, connect(url, application_name="integrity schedule list") as conn:
        found = scheduled(conn, project.settings.toolkit_schema, plans.values())
    if session.as_json:
        session.emit({"schedules": [one.as_json() for one in found]})
    elif found:
        print(grid(HEADINGS, [_row(one) for one in found]))
    else:
        print("no pipeline has a schedule")


def _row(one: Scheduled) -> tuple[str, ...]:
    last = (_utc(one.last_started), one.last_outcome)
    here = f"{one.next:%Y-%m-%d %H:%M}" if one.next else ""
    missed = "not in this database" if one.absent else _utc(one.missed_since)
    return (one.pipeline, one.cron, one.zone, one.mode, *last, here, _utc(one.next), missed)


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def _planned(session: Session) -> tuple[Project, dict[str, Planned]]:
    from integrity.config.pipelines import load_pipelines
    from integrity.pipelines.agenda import planned

    project = session.project()
    return project, planned(load_pipelines(session.config, project))


@contextmanager
def _agenda(session: Session) -> Iterator[Agenda]:
    from integrity.database.pool import Pools
    from integrity.pipelines.agenda import Agenda

    project, plans = _planned(session)
    with session.target() as url, Pools(url, project.settings.pools) as pools:
        yield Agenda(pools, project, plans, _teller(session))


def _teller(session: Session) -> Callable[[Event], None]:
    import json

    def tell(event: Event) -> None:
        if session.as_json:
            print(json.dumps(event.as_json(), ensure_ascii=False), flush=True)
        session.tell(event.line())

    return tell


def _once(agenda: Agenda) -> None:
    """Every pipeline that is due, one after the other; the first failure is the exit code."""
    events = [agenda.attempt(name) for name in agenda.plans]
    codes = [event.exit_code for event in events if event and event.exit_code]
    if codes:
        raise click.exceptions.Exit(int(codes[0]))


def _until_stopped(session: Session, agenda: Agenda, port: int | None) -> None:
    import time
    from contextlib import ExitStack
    from functools import partial

    from integrity.operate.metrics import process_metrics
    from integrity.operate.serve import serving
    from integrity.pipelines.schedule import Clockwork
    from integrity.pipelines.service import READS, RUNS

    def attempt(name: str) -> float | None:
        try:
            event = agenda.attempt(name)
        except Exception as error:  # a defect costs this moment, and is seen
            session.tell(f"{name}: unexpected {type(error).__name__}: {error}")
            return None
        return event.again if event else None

    with ExitStack() as stack:
        if port is not None:
            schema = agenda.project.settings.toolkit_schema
            figures = partial(process_metrics, agenda.pools, READS, schema, memory=agenda.memory)
            where = stack.enter_context(serving(port, figures))
            session.tell(f"metrics: {where}")
        clockwork = Clockwork(attempt, agenda.skipped, workers=agenda.pools.most(RUNS))
        for name, plan in agenda.plans.items():
            clockwork.add(name, plan.moments)
        clockwork.start()
        stack.callback(clockwork.stop)
        while not agenda.stopping():
            time.sleep(0.1)
        session.tell(f"{agenda.stopping()}: ending after the batch")

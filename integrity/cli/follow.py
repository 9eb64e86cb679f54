"""``--follow`` and ``--unfollow`` of a sync: who is told what, and how it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from threading import Event

    from integrity.model import Project
    from integrity.pipeline_model import Pipeline
    from integrity.pipelines.follow import Applied, Pause

_ALONE = ("days_back", "limit", "dry_run", "mode", "sync_type")

Command = Callable[..., Any]


def follow_options(command: Command) -> Command:
    """The options of a command that can follow."""
    for option in reversed(
        [
            click.option(
                "--follow",
                is_flag=True,
                help="Apply changes within moments of their commit, until Ctrl-C or SIGTERM.",
            ),
            click.option(
                "--unfollow", is_flag=True, help="Take the triggers of --follow away again."
            ),
            click.option(
                "--catch-up",
                type=click.IntRange(0),
                default=3600,
                show_default=True,
                metavar="SECONDS",
                help="With --follow: how often to pass over the source itself; 0: at the start.",
            ),
        ]
    ):
        command = option(command)
    return command


def require_alone(context: click.Context, *, follow: bool, unfollow: bool) -> None:
    """Raises UsageError for options of a single run beside those of a follower."""
    if follow and unfollow:
        raise click.UsageError("--follow and --unfollow exclude each other")
    given = click.core.ParameterSource.COMMANDLINE
    what = "--follow" if follow else "--unfollow"
    for name in _ALONE if follow or unfollow else ():
        if context.get_parameter_source(name) is given:
            raise click.UsageError(f"{what} goes without --{name.replace('_', '-')}")
    if not follow and context.get_parameter_source("catch_up") is given:
        raise click.UsageError("--catch-up goes with --follow only")


def followed(
    session: Session, url: str, project: Project, pipeline: Pipeline, *, catch_up: int
) -> None:
    """Follow until a signal says stop, then print the figures."""
    from integrity.cli.sync import lines
    from integrity.pipelines.follow import FollowOptions, follow

    options = FollowOptions(catch_up=catch_up)
    with _stopping() as stop:
        tell = _teller(session)
        result = follow(url, project, pipeline, stop=stop, tell=tell, options=options)
    if session.as_json:
        _line(result.as_json())
    else:
        print("\n".join(lines(result)))


def unfollowed(session: Session, url: str, project: Project, pipeline: Pipeline) -> None:
    """Take the triggers away, and say so."""
    from integrity.pipelines.follow import unfollow

    tables = unfollow(url, project, pipeline)
    if session.as_json:
        session.emit({"pipeline": pipeline.name, "tables": tables})
    else:
        print(f"{pipeline.name}: triggers taken from {tables} tables")


@contextmanager
def _stopping() -> Iterator[Event]:
    """Set by Ctrl-C and SIGTERM; a second signal ends at once."""
    from threading import Event

    stop, signals = Event(), (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stopped(*_: object) -> None:
        stop.set()
        restore()

    for number in signals:
        signal.signal(number, stopped)
    try:
        yield stop
    finally:
        restore()


def _teller(session: Session) -> Callable[[Applied | Pause], None]:
    from integrity.pipelines.follow import Pause

    live = not session.quiet and not session.as_json and sys.stderr.isatty()

    def tell(event: Applied | Pause) -> None:
        if isinstance(event, Pause):
            start = "\n" if live else ""
            message = f"{start}{event.message}; again in {event.seconds:.1f} s"
            print(message, file=sys.stderr, flush=True)
        elif session.as_json:
            _line(event.as_json())
        elif live:
            total = event.total
            text = (
                f"\r{total.found:,} rows, {total.quarantined:,} quarantined, lag {event.lag:.2f} s"
            )
            print(f"{text:<60}", end="", file=sys.stderr, flush=True)

    return tell


def _line(data: dict[str, Any]) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, default=str), flush=True)

"""``integrity metrics``: figures of the database for Prometheus."""

from __future__ import annotations

import click

from integrity.cli.session import Session


@click.command()
@click.pass_obj
def metrics(session: Session) -> None:
    """Print figures of the database for Prometheus.

    In its text format, as for the textfile collector. Long-running commands serve the same with
    --metrics-port, and beside it the figures of their pools and caches.
    """
    from integrity.database.connect import connect
    from integrity.operate.metrics import exposition, read_facts

    schema = session.project().settings.toolkit_schema
    with session.target() as url, connect(url, application_name="integrity metrics") as conn:
        print(exposition(read_facts(conn, schema)).decode(), end="")

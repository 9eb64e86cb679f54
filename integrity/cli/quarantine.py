"""``integrity quarantine``: the rejected candidates, and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.model import Name
    from integrity.plan.compile import Compiled


@click.group()
def quarantine() -> None:
    """List, show and replay rejected candidates."""


@quarantine.command("list")
@click.option("--mapping", metavar="TABLE", help="Only those of this unified table.")
@click.option("--source", metavar="TABLE", help="Only those from this legacy table.")
@click.option("--reason", metavar="CODE", help="Only those rejected for this reason.")
@click.option("--replayed", is_flag=True, help="Also those that were replayed since.")
@click.option("--groups", is_flag=True, help="Count them by table, source, reason and column.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N")
@click.pass_obj
def list_(session: Session, /, *, limit: int, groups: bool, **given: Any) -> None:
    """List rejected candidates: number, source row, reason, and the values at fault."""
    from integrity.run.quarantine import entries

    if groups:
        _groups(session, replayed=given["replayed"])
        return
    with _opened(session) as (conn, schema):
        found = entries(conn, schema, limit=limit, **given)
    if session.as_json:
        session.emit({"total": found.total, "entries": [asdict(one) for one in found.entries]})
        return
    if not found.total:
        print("nothing is in quarantine")
        return
    from integrity.cli.grid import grid

    rows = [
        (str(e.quarantine_id), e.mapping, e.source, e.source_key, e.arm, e.reason, e.column_name,
         e.detail)
        for e in found.entries
    ]  # fmt: skip
    print(grid(("id", "table", "source", "key", "arm", "reason", "column", "values"), rows))
    if found.total > len(rows):
        print(f"{len(rows):,} of {found.total:,}; more with --limit")


def _groups(session: Session, *, replayed: bool) -> None:
    from integrity.cli.grid import grid
    from integrity.run.quarantine import listed

    with _opened(session) as (conn, schema):
        found = listed(conn, schema, replayed=replayed)
    if session.as_json:
        session.emit({"groups": [asdict(one) for one in found]})
        return
    if not found:
        print("nothing is in quarantine")
        return
    rows = [
        (g.mapping, g.source, g.reason, g.column_name, g.count, "; ".join(g.examples))
        for g in found
    ]
    print(grid(("table", "source", "reason", "column", "rows", "examples"), rows))


@quarantine.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show(session: Session, *, number: int) -> None:
    """Show one rejected candidate whole: expression, candidate and source row."""
    import json

    from integrity.errors import DriftFailure
    from integrity.plan.shown import shown
    from integrity.run.quarantine import entry

    with _opened(session) as (conn, schema):
        found = entry(conn, schema, number)
    if found is None:
        raise DriftFailure(
            f"there is no entry {number} in quarantine", hint="see `integrity quarantine list`"
        )
    if session.as_json:
        session.emit(found.as_json())
        return
    for name, value in found.as_json().items():
        if isinstance(value, dict):
            value = json.dumps(value, ensure_ascii=False)
        if value not in (None, ""):
            print(f"{name.replace('_', ' ')}: {shown(str(value))}")


@contextmanager
def _opened(session: Session) -> Iterator[tuple[Any, str]]:
    from integrity.database.connect import connect

    schema = session.project().settings.toolkit_schema
    with session.target() as url, connect(url, application_name="integrity quarantine") as conn:
        yield conn, schema


@quarantine.command("replay")
@click.option("--mapping", metavar="TABLE", help="Only those of this unified table.")
@click.option("--dry-run", is_flag=True, help="Count what would pass, and change nothing.")
@click.pass_obj
def replay(session: Session, *, mapping: str | None, dry_run: bool) -> None:
    """Try quarantined candidates again with the YAML as it is now.

    Those that pass become rows, or merge into rows; the others stay, with their new reasons.
    """
    from integrity.cli.plan import generated_for
    from integrity.run.replay import replay as replayed

    with session.target() as url:
        compiled = generated_for(session, url).compiled
        results = replayed(compiled, url, mapping=_table(mapping, compiled), dry_run=dry_run)
    if session.as_json:
        session.emit({"dry_run": dry_run, "mappings": [asdict(one) for one in results]})
        return
    verb = "would become" if dry_run else "became"
    for one in results:
        print(
            f"{one.mapping}: {one.inserted:,} {verb} rows, {one.merged:,} merged,"
            f" {one.waiting:,} stay in quarantine"
        )
    if not results:
        print("nothing is in quarantine")


def _table(name: str | None, compiled: Compiled) -> Name | None:
    if name is None:
        return None
    from integrity.errors import nearest

    tables = {str(one.name): one.name for one in compiled.mappings}
    if name not in tables:
        raise click.UsageError(f"no mapping fills {name!r}; {nearest(name, tables)}")
    return tables[name]

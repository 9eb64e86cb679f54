"""``integrity plan``: what would run, where, and what a reviewer must know first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session, coloured, width

if TYPE_CHECKING:
    from integrity.plan.compile_all import Generated
    from integrity.plan.model import Plan
    from integrity.plan.state import State

FORMATS = ("text", "md", "html", "json")
SUFFIXES = {".md": "md", ".html": "html", ".htm": "html", ".json": "json"}


@click.command()
@click.option(
    "--data", is_flag=True, help="Run the load and roll it back: exact figures, examples."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the plan.  [default: by the name of the file, else text]",
)
@click.pass_obj
def plan(session: Session, *, data: bool, out: Path | None, form: str | None) -> int:
    """Show what would run against the database, and every hazard.

    Reads the catalog only. With --data the load runs as `apply` will run it, in one transaction
    that is rolled back. A plan saved as JSON can be given to `apply --plan`. What apply would
    refuse ends with the code of that refusal: 5 for drift, 9 for rows that cannot be proven.
    """
    made = planned(session, data=data)
    chosen = form or _form(session, out)
    if out is None:
        print(rendered(made, chosen), end="")
    else:
        write(out, rendered(made, chosen))
        _summary(session, made, out)
    return _code(made)


def _code(made: Plan) -> int:
    """How apply would end before it begins, hazards aside: those can be allowed."""
    from integrity.errors import Exit
    from integrity.plan.verdict import judge

    if made.drift:
        return Exit.DRIFT
    return Exit.UNPROVEN if judge(made).obstacles else Exit.OK


def planned(session: Session, *, data: bool) -> Plan:
    """The plan for the session's database."""
    from integrity.plan.planner import make_plan

    with session.target() as url:
        generated = generated_for(session, url) if data else _kept(session, url)
        return make_plan(generated, url, data=data, watch=session.progress())


def generated_for(session: Session, url: str) -> Generated:
    """The project compiled for the server at ``url``."""
    from integrity.database.connect import connect, server_major

    project = session.project()
    with connect(url) as conn:
        major = server_major(conn)
    return session.generated(project, major=major)


def _kept(session: Session, url: str) -> Generated:
    """As ``generated_for``, its files left out: compiled only when anything changed since."""
    from integrity.database.connect import connect, server_major
    from integrity.plan.kept import Kept

    if session.scratch:  # a server whose types are not known by its version
        return generated_for(session, url)
    with connect(url) as conn:
        kept = Kept(session.config, session.directory, server_major(conn))
    return kept.generated_by(lambda: generated_for(session, url))


def state_of(url: str, toolkit_schema: str) -> State:
    """Which migrations a database has seen."""
    from integrity.database.connect import connect
    from integrity.plan.state import read_state

    with connect(url) as conn:
        return read_state(conn, toolkit_schema)


def _form(session: Session, out: Path | None) -> str:
    if session.as_json and out is None:
        return "json"
    return SUFFIXES.get(out.suffix.lower(), "text") if out else "text"


def rendered(made: Plan, form: str) -> str:
    """The plan in one of ``FORMATS``; text is coloured on a terminal."""
    match form:
        case "md":
            from integrity.plan.explain.markdown import render_markdown

            return render_markdown(made)
        case "html":
            from integrity.plan.explain.html import render_html

            return render_html(made)
        case "json":
            from integrity.plan.serialize import plan_to_json

            return plan_to_json(made)
        case _:
            from integrity.plan.explain.text import render_text

            return render_text(made, terminal=coloured(), width=width())


def write(path: Path, text: str) -> None:
    """Write a result to a file; raises click.UsageError when that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.UsageError(f"cannot write {path}: {reason}") from None


def _summary(session: Session, made: Plan, out: Path) -> None:
    from integrity.plan.verdict import judge

    verdict = judge(made)
    if session.as_json:
        session.emit({"file": str(out), "hash": made.hash, "state": verdict.state})
        return
    print(f"{verdict.title}. {verdict.paragraph}")
    print(f"hash {made.hash}")
    print(f"written to {out}")

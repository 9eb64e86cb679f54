"""``integrity compile``: YAML into the files that are committed, reviewed and run by psql."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.plan.compile_all import Generated
    from integrity.plan.generated import Difference


@click.command("compile")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail when a file is not as it should be."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the files.  [default: generated_sql beside the configuration]",
)
@click.option("--name", metavar="WORDS", help="Name of the new migration.  [default: what it does]")
@click.option(
    "--replace-last",
    is_flag=True,
    help="Compile the newest migration anew; only while no database has it.",
)
@click.pass_obj
def compile_(
    session: Session, *, check: bool, out: Path | None, name: str | None, replace_last: bool
) -> None:
    """Write generated_sql/ from the YAML, or check it.

    Each migration becomes two files for psql, there and back, and a file with the state that it
    reaches; CHECKSUMS lists their digests. Migrations that are there stay as they are: what the
    YAML changed since becomes the next one. The same YAML gives the same bytes. Types and
    expressions are judged by a scratch database.
    """
    from integrity.plan.generated import check_generated, write_generated

    directory = out or session.directory
    project = session.project()
    stem = _stem(name) if name else None
    made = session.generated(project, directory=directory, replace_last=replace_last, name=stem)
    if check:
        _check(session, directory, check_generated(directory, made.files))
        _check_own(directory, made)
        differences = []
    else:
        session.judge(made)
        differences = write_generated(directory, made.files)
        for file in made.removed:
            (directory / file).unlink(missing_ok=True)
    _report(session, directory, made, differences)


def _stem(name: str) -> str:
    """The words of a name as part of a file name."""
    import re

    stem = re.sub(r"[ _-]+", "_", name.strip().lower())
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,59}", stem):
        raise click.UsageError(f"--name {name!r}: letters, digits and underscores only")
    return stem


def _check(session: Session, directory: Path, differences: list[Difference]) -> None:
    from integrity.errors import StaleFailure

    if differences:
        raise StaleFailure(
            f"{directory} is not what {session.config} compiles to: "
            + ", ".join(map(str, differences)),
            hint="run `integrity compile` and commit the result",
        )


def _check_own(directory: Path, made: Generated) -> None:
    """Files of an older version may differ. Those of this one would be refused by apply."""
    from integrity.errors import StaleFailure
    from integrity.plan.compile_all import compile_anew
    from integrity.plan.sql_file import is_by_this_version

    own = [
        file
        for file in made.foreign
        if is_by_this_version((directory / file).read_text(encoding="utf-8"))
    ]
    if own:
        raise StaleFailure(
            f"this version of the toolkit says that it wrote {own[0]},"
            " and would write it otherwise",
            hint=compile_anew(made, own[0]),
        )


def _report(
    session: Session, directory: Path, made: Generated, differences: list[Difference]
) -> None:
    changes = [one for one in differences if one.file not in made.removed]
    if session.as_json:
        changed = [{"file": one.file, "kind": one.kind} for one in changes]
        session.emit(
            {
                "directory": str(directory),
                "files": sorted(made.files),
                "changes": changed,
                "removed": list(made.removed),
                "foreign": list(made.foreign),
            }
        )
        return
    for difference in changes:
        print(f"{_VERBS[difference.kind]}: {directory / difference.file}")
    for file in made.removed:
        print(f"removed: {directory / file}")
    for file in made.foreign:
        print(f"kept as it was committed, this version would write it otherwise: {file}")
    lines = sum(text.count("\n") for text in made.files.values())
    same = "" if differences else ", as before"
    print(f"{directory}: {len(made.files)} files, {lines:,} lines{same}")


_VERBS = {"missing": "written", "changed": "rewritten", "extra": "not ours, left alone"}

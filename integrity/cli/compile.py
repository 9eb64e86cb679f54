"""``integrity compile``: YAML into the files that are committed, reviewed and run by psql."""

from __future__ import annotations

from pathlib import Path

import click

from integrity.cli.session import Session


@click.command("compile")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail when a file is not as it should be."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the files.  [default: generated_sql beside the configuration]",
)
@click.pass_obj
def compile_(session: Session, *, check: bool, out: Path | None) -> None:
    """Write generated_sql/ from the YAML, or check it.

    Each migration becomes two files for psql, there and back; CHECKSUMS lists their digests. The
    same YAML gives the same bytes. Types and expressions are judged by a scratch database.
    """
    from integrity.errors import StaleFailure
    from integrity.plan.generated import check_generated, write_generated
    from integrity.plan.sql_file import migration_files

    directory = out or session.config.parent / "generated_sql"
    project = session.project()
    files = migration_files(session.compiled(project).migrations, project.settings)
    differences = (check_generated if check else write_generated)(directory, files)
    if check and differences:
        raise StaleFailure(
            f"{directory} is not what {session.config} compiles to: "
            + ", ".join(map(str, differences)),
            hint="run `integrity compile` and commit the result",
        )
    if session.as_json:
        changed = [{"file": one.file, "kind": one.kind} for one in differences]
        session.emit({"directory": str(directory), "files": sorted(files), "changes": changed})
        return
    for difference in differences:
        print(f"{_VERBS[difference.kind]}: {directory / difference.file}")
    lines = sum(text.count("\n") for text in files.values())
    print(
        f"{directory}: {len(files)} files, {lines:,} lines" + ("" if differences else ", as before")
    )


_VERBS = {"missing": "written", "changed": "rewritten", "extra": "not ours, left alone"}

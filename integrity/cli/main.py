"""The command ``integrity``: which commands there are, and what holds for all of them.

A command's module is imported when it is called, so that ``--help`` answers as fast as Python
starts.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from integrity import __version__
from integrity.cli.session import Session

# name -> where it is, and what the list of commands says about it
COMMANDS = {
    "validate": ("validate:validate", "Check the YAML; print what becomes of each legacy column."),
    "explain": (
        "explain:explain",
        "Show where a table or column goes to or comes from, or where its rows went.",
    ),
    "inspect": ("inspect:inspect", "Write the contracts of a live database, or check them."),
    "compile": ("compile:compile_", "Write generated_sql/ from the YAML, or check it."),
    "plan": ("plan:plan", "Show what would run against the database, and every hazard."),
    "apply": ("apply:apply", "Run what the plan shows, after approval."),
    "verify": ("verify:verify", "Prove that the unified tables hold what the sources say."),
    "status": ("status:status", "Show migrations, ledger, pipelines, breakers and loads."),
    "rollback": ("rollback:rollback", "Undo the last migration, or all."),
    "finalize": ("finalize:finalize", "Archive legacy, try the archive, and drop legacy."),
    "quarantine": ("quarantine:quarantine", "List, show and replay rejected candidates."),
    "load": ("load:load", "Load CSV and JSON files into a table, resumably."),
    "sync": ("sync:sync", "Keep the rows of a table in step with their source."),
    "etl": ("etl:etl", "Load rows of several sources into a table; test it; see how far it is."),
    "schedule": ("schedule:schedule", "Run pipelines when their time has come."),
    "breaker": ("breaker:breaker", "Show the circuit breakers of pipelines; close one by hand."),
    "metrics": ("metrics:metrics", "Print figures of the database for Prometheus."),
    "curated": ("curated:curated", "Keep the tables that models read in step."),
    "demo": ("demo:demo", "Run the whole way on a demo database: there, back, and there again."),
    "docs": ("docs:docs", ""),
}
HIDDEN = frozenset({"docs"})


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a person needs them."""
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(f"integrity.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command for one that does not exist."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from integrity.errors import nearest

            hint = nearest(args[0], self.list_commands(ctx))
            raise click.UsageError(f"no such command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("configs"),
    show_default=True,
    help="Directory that holds project.yaml.",
)
@click.option(
    "--database",
    metavar="URL",
    help="The database: a URL, or the name of a database of the embedded server."
    "  [env: INTEGRITY_DATABASE_URL, DATABASE_URL; default: the embedded server]",
)
@click.option(
    "--scratch",
    metavar="URL",
    envvar="INTEGRITY_SCRATCH_URL",
    help="Server on which scratch databases may be created, to judge SQL at compile time."
    "  [env: INTEGRITY_SCRATCH_URL; default: the embedded server]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
@click.version_option(__version__, message="integrity %(version)s")
@click.pass_context
def cli(
    ctx: click.Context,
    *,
    config: Path,
    database: str | None,
    scratch: str | None,
    as_json: bool,
    quiet: bool,
    traceback: bool,
) -> None:
    """Migrations and checks for PostgreSQL, driven by YAML: no row lost, and proof of it.

    Results go to stdout, progress to stderr. Exit codes: docs/exit-codes.md.
    """
    ctx.obj = Session(
        config=config,
        database=database,
        scratch=scratch,
        as_json=as_json,
        quiet=quiet,
    )


def main() -> None:
    """The entry point: runs a command and turns what went wrong into a message and a code."""
    from integrity.cli.ending import run

    run(cli)


if __name__ == "__main__":
    main()

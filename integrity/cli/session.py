"""What every command shares: the configuration, the database, and how results are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrity.cli.steps import Steps
    from integrity.model import Project
    from integrity.plan.compile import Compiled
    from integrity.plan.compile_all import Generated

EMBEDDED_DATABASE = "integrity"  # on the embedded server, when no database is named
EMBEDDED_MAJOR = 18


@dataclass(slots=True)
class Session:
    """The options that stand before the command."""

    config: Path
    database: str | None = None
    scratch: str | None = None
    as_json: bool = False
    quiet: bool = False
    _servers: dict[int, str] = field(default_factory=dict)  # embedded ones that run: major -> URL

    # --- configuration -----------------------------------------------------------------------

    def project(self) -> Project:
        """The project; raises ConfigFailure with every problem."""
        from integrity.config import load_project

        return load_project(self.config)

    @property
    def directory(self) -> Path:
        """Where the generated files lie: beside the configuration."""
        return self.config.parent / "generated_sql"

    def generated(
        self,
        project: Project,
        *,
        directory: Path | None = None,
        major: int = EMBEDDED_MAJOR,
        replace_last: bool = False,
        name: str | None = None,
    ) -> Generated:
        """The project compiled on top of the committed files of ``directory``.

        ``major``: the version of the server it is meant for; ``replace_last`` and ``name`` as in
        ``compile_all``.
        """
        from integrity.plan.compile_all import compile_all

        with self._scratch_server(major) as server:
            return compile_all(
                project, server, directory or self.directory, replace_last=replace_last, name=name
            )

    def judge(self, made: Generated) -> None:
        """Run the first migrations there and back over empty tables: the server has the last word.

        Raises ConfigFailure for a statement that it refuses.
        """
        from integrity.plan.judge import judge_migrations

        migrations = made.compiled.migrations
        if made.added == migrations[-1].stem and len(migrations) == 2:
            with self._scratch_server(EMBEDDED_MAJOR) as server:
                judge_migrations(made.compiled.project, migrations, server)

    def compiled(self, project: Project) -> Compiled:
        """A project compiled for itself, without regard to what was committed."""
        from integrity.plan.compile import compile_project
        from integrity.plan.scratch import scratch_database

        with self._scratch_server(EMBEDDED_MAJOR) as server, scratch_database(server) as url:
            return compile_project(project, url)

    @contextmanager
    def _scratch_server(self, major: int) -> Iterator[str]:
        if self.scratch:
            yield self.scratch
            return
        with self.embedded(major) as url:
            yield url

    # --- database ----------------------------------------------------------------------------

    @contextmanager
    def target(self) -> Iterator[str]:
        """The URL of the database that the command is about."""
        from integrity.database.connect import resolve_url

        given = resolve_url(self.database)
        if given and _is_url(given):
            yield given
            return
        if given and set(given) & set(":@/"):
            # Not repeated: it may hold a password.
            from click import UsageError

            raise UsageError(
                "the database is neither a name nor a URL: a URL begins with postgresql://"
            )
        with self.embedded(EMBEDDED_MAJOR) as server:
            yield _ensure_database(server, given or EMBEDDED_DATABASE)

    @contextmanager
    def embedded(self, major: int) -> Iterator[str]:
        """The URL of the embedded server, or of the one nearest to that major version."""
        from integrity.database import embedded

        major = next((one for one in embedded.majors() if one >= major), embedded.majors()[-1])
        if major in self._servers:
            yield self._servers[major]
            return
        with ExitStack() as stack:
            server = stack.enter_context(embedded.start(major=major))
            self._servers[major] = server.url
            stack.callback(self._servers.pop, major)
            yield server.url

    # --- output ------------------------------------------------------------------------------

    def emit(self, data: Mapping[str, Any]) -> None:
        """Print a result as JSON."""
        import json

        print(json.dumps(data, indent=2, ensure_ascii=False, default=str))

    def tell(self, text: str = "") -> None:
        """Print a line of progress."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def progress(self) -> Steps:
        """Who is told about the steps of a run."""
        from integrity.cli.steps import steps_on

        return steps_on(sys.stderr, quiet=self.quiet)


def _is_url(text: str) -> bool:
    """A URL, or a connection string of keywords; anything else is a name."""
    return "://" in text or "=" in text


def _ensure_database(server: str, name: str) -> str:
    from integrity.database.connect import connect, create_database, with_database

    with connect(server) as conn:
        found = conn.execute("select from pg_database where datname = %s", [name]).fetchone()
    return with_database(server, name) if found is not None else create_database(server, name)


def coloured() -> bool:
    """Whether stdout is a terminal that wants colour (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def width() -> int:
    """Columns of the terminal, between 80 and 160; 100 where there is none."""
    import shutil

    return max(80, min(160, shutil.get_terminal_size((100, 24)).columns))

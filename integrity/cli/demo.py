"""``integrity demo``: the whole way on a database of its own: there, back, and there again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.catalog.equality import Snapshot
    from integrity.plan.compile import Compiled
    from integrity.plan.compile_all import Generated
    from integrity.plan.model import Plan

DATABASE = "demo"
PLAN = Path(".integrity", "plan.html")
ARCHIVE = Path(".integrity", "archive")
_SCHEMAS = """
select n.nspname, count(*)
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'
group by 1 order by 1
"""
# pg_advisory_lock(bigint) on the server: two demos would drop each other's database.
DEMO_LOCK = 0x696E74_64656D6F


@click.group(invoke_without_command=True)
@click.option(
    "--data/--no-data", default=None, help="Real games of ../shared/data; default: if there."
)
@click.option("--scale", type=float, default=1.0, show_default=True, help="Multiplies the sizes.")
@click.option("--finalize", is_flag=True, help="Go on: archive and drop legacy, and bring it back.")
@click.pass_context
def demo(ctx: click.Context, *, data: bool | None, scale: float, finalize: bool) -> None:
    """Run the whole way on a demo database: there, back, and there again.

    Builds a legacy database with planted defects on the embedded server, then validates, compiles,
    plans, applies, verifies, rolls back, proves that legacy is as it was, and applies again.
    """
    if ctx.invoked_subcommand is None:
        session: Session = ctx.obj
        with _database(session) as url:
            chapters = _Demo(session, url)
            chapters.run(_folder(session, wanted=data), scale, finalize=finalize)


@demo.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with real games.  [default: ../shared/data if there]",
)
@click.option("--no-data", is_flag=True, help="Generated games, even if the folder is there.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Multiplies the sizes.")
@click.option("--seed", type=int, default=13, show_default=True, help="For generated games.")
@click.option("--rows", is_flag=True, help="With --json: also list each planted row.")
@click.pass_obj
def legacy(
    session: Session, *, data: Path | None, no_data: bool, scale: float, seed: int, rows: bool
) -> None:
    """Build only the legacy database, in an empty database; print what was planted.

    Uses the database of --database, which must not hold those tables yet.
    """
    from integrity.cli.planting import print_planting
    from integrity.mlb.legacy import demo_legacy

    folder = data or _folder(session, wanted=not no_data)
    with session.target() as url:
        report = demo_legacy(
            session.config, url, data=folder, scale=scale, seed=seed, progress=session.tell
        )
    print_planting(report, as_json=session.as_json, rows=rows)


def _folder(session: Session, *, wanted: bool | None) -> Path | None:
    """The folder with real games, unless nobody wants it; an error when it must be there."""
    from integrity.mlb.legacy import data_folder

    if wanted is False:
        return None
    found = data_folder(session.config.absolute().parent)
    if found is None and wanted:
        raise click.UsageError("there is no folder ../shared/data with real games")
    return found


@contextmanager
def _database(session: Session) -> Iterator[str]:
    """An empty database for the demo: new each time, kept until the next."""
    from integrity.database.connect import connect, create_database, drop_database
    from integrity.errors import LockedFailure

    with session.embedded(18) as server, connect(server) as conn:
        row = conn.execute("select pg_try_advisory_lock(%s)", [DEMO_LOCK]).fetchone()
        if not row or not row[0]:
            raise LockedFailure("another demo is running", hint="wait until it ends")
        drop_database(server, DATABASE)
        yield create_database(server, DATABASE)


@dataclass(slots=True)
class _Demo:
    """One run of the demo, chapter by chapter."""

    session: Session
    url: str
    chapter: int = 0
    begun: float = 0.0

    def run(self, folder: Path | None, scale: float, *, finalize: bool) -> None:
        """All chapters; with ``finalize`` three more."""
        self.begun = time.monotonic()
        self._legacy(folder, scale)
        generated = self._compile()
        compiled = generated.compiled
        before = self._snapshot(compiled)
        made = self._plan(generated)
        self._apply(compiled, made)
        self._verify(generated)
        self._rollback(compiled)
        self._prove(compiled, before)
        self._again(generated)
        if finalize:
            self._finalize(compiled)
            self._restore(compiled)
            self._prove(compiled, before)
        self._end()

    def _head(self, title: str) -> None:
        self.chapter += 1
        spent = time.monotonic() - self.begun
        print(f"\n{self.chapter}. {title}  ({spent:.0f} s)", flush=True)

    def _legacy(self, folder: Path | None, scale: float) -> None:
        from integrity.mlb.legacy import demo_legacy

        games = "real games of 2021 to 2024" if folder else "generated games"
        self._head(f"Legacy: a database as the project found it, with {games}")
        report = demo_legacy(
            self.session.config, self.url, data=folder, scale=scale, progress=lambda _: None
        )
        rows = sum(report.tables.values())
        planted = sum(one.rows for one in report.planted)
        print(f"{len(report.tables)} tables, {rows:,} rows, {planted:,} of them planted cases:")
        for shows in dict.fromkeys(one.shows for one in report.planted):
            some = [one for one in report.planted if one.shows is shows]
            codes = dict.fromkeys(one.code for one in some)
            print(f"  {sum(p.rows for p in some):>7,} to show as {shows}: {', '.join(codes)}")

    def _compile(self) -> Generated:
        from integrity.config.coverage import Cover, coverage

        self._head("Validate and compile the YAML")
        project = self.session.project()
        columns = [c.cover for cover in coverage(project) for c in cover.columns]
        counts = ", ".join(f"{columns.count(kind):,} {kind}" for kind in Cover if kind in columns)
        print(f"{len(project.tables)} unified tables; of {len(columns):,} legacy columns {counts}")
        generated = self.session.generated(project)
        for name, text in generated.files.items():
            if name.endswith(".sql"):
                print(f"  {name}: {text.count(chr(10)):,} lines")
        return generated

    def _snapshot(self, compiled: Compiled) -> Snapshot:
        from integrity.catalog.equality import snapshot
        from integrity.database.connect import connect

        with connect(self.url) as conn:
            return snapshot(conn, toolkit_schema=compiled.project.settings.toolkit_schema)

    def _plan(self, generated: Generated) -> Plan:
        from integrity.cli.plan import rendered, write
        from integrity.plan.planner import make_plan
        from integrity.plan.verdict import judge

        self._head("Plan: run the load and roll it back, to know what it would do")
        made = make_plan(generated, self.url, data=True, watch=self.session.progress())
        write(PLAN, rendered(made, "html"))
        print(judge(made).paragraph)
        print(f"hash {made.hash}")
        codes = dict.fromkeys(one.hazard.code for one in made.hazards)
        print(f"hazards, all allowed for the demo: {', '.join(codes)}")
        print(f"page: {PLAN}")
        return made

    def _apply(self, compiled: Compiled, made: Plan) -> None:
        from integrity.cli.apply import kept_line, refuse, run
        from integrity.cli.status import ledger_grid, read

        self._head("Apply")
        refuse(made, tuple({one.hazard.code for one in made.hazards}))
        for one in run(self.session, compiled, made, self.url):
            rows = f", {one.rows:,} rows written" if one.rows else ""
            print(f"{one.migration}: {len(one.steps)} steps{rows}, {one.seconds:.1f} s")
        found = read(self.url, compiled.project.settings.toolkit_schema)
        print(f"\n{ledger_grid(found)}\n\n{kept_line(found)}")

    def _verify(self, generated: Generated) -> None:
        from integrity.errors import UnprovenFailure
        from integrity.plan.planner import make_plan
        from integrity.run.verify import verify

        self._head("Verify: a second compiler says what should be there")
        found = verify(generated.compiled, self.url, progress=self.session.progress())
        print("\n".join(found.lines()))
        if not found.ok:
            raise UnprovenFailure("the unified tables do not hold what the sources say")
        left = make_plan(generated, self.url, data=False)
        if left.migrations or left.drift:
            raise UnprovenFailure("a plan made after apply is not empty")
        print("a plan made now is empty")

    def _rollback(self, compiled: Compiled) -> None:
        self._head("Roll back")
        self._undo(compiled)

    def _undo(self, compiled: Compiled) -> None:
        from integrity.cli.rollback import undo
        from integrity.plan.fingerprint import sql_digest

        chosen = list(reversed(compiled.migrations))
        settings = compiled.project.settings
        results = undo(self.session, chosen, self.url, sql_digest(chosen), settings=settings)
        for one in results:
            print(f"{one.migration}: {len(one.steps)} steps back, {one.seconds:.1f} s")

    def _prove(self, compiled: Compiled, before: Snapshot) -> None:
        from integrity.errors import UnprovenFailure

        self._head("Proof: legacy is as it was")
        after = self._snapshot(compiled)
        if found := before.differences(after):
            print("\n".join(found))
            raise UnprovenFailure(f"the rollback left {len(found)} differences")
        rows = sum(one.count for one in after.rows.values())
        print(
            f"equal: {len(after.facts):,} facts of the catalog, {rows:,} rows in"
            f" {len(after.rows)} tables and views, {len(after.sequences)} sequences"
        )

    def _again(self, generated: Generated) -> None:
        from integrity.cli.apply import run
        from integrity.plan.planner import make_plan

        self._head("Apply again")
        made = make_plan(generated, self.url, data=False)
        for one in run(self.session, generated.compiled, made, self.url):
            print(f"{one.migration}: {len(one.steps)} steps, {one.seconds:.1f} s")

    def _finalize(self, compiled: Compiled) -> None:
        from integrity.cli.finalize import run
        from integrity.database.connect import connect

        self._head("Finalize: legacy into an archive, out of the database")
        done = run(self.session, compiled, self.url, root=ARCHIVE.absolute())
        assert done is not None
        tables = done.manifest.tables
        rows = sum(one.rows for one in tables)
        print(f"archived, tried and dropped: {len(tables)} tables, {rows:,} rows")
        with connect(self.url) as conn:
            left = conn.execute(_SCHEMAS).fetchall()
        print("schemas that hold tables now: " + ", ".join(f"{s} ({n})" for s, n in left))

    def _restore(self, compiled: Compiled) -> None:
        from integrity.finalize.run import restore_legacy

        self._head("Bring legacy back out of the archive, and roll back")
        settings = compiled.project.settings
        restored = restore_legacy(settings, self.url, progress=self.session.progress())
        assert restored is not None
        self._undo(compiled)

    def _end(self) -> None:
        print(f"\nDone in {time.monotonic() - self.begun:.0f} s. To look around:")
        print(f"  open {PLAN.absolute()}")
        for command in ("status", "verify", "quarantine list", "rollback --all"):
            print(f"  integrity --database {DATABASE} {command}")

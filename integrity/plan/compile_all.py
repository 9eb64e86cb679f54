"""All of generated_sql/: what is committed there, and what the YAML adds to it.

Without a committed state the YAML compiles to the consolidation and the performance migration.
With one, files that are there stay byte for byte, and whatever the YAML changed since becomes the
next numbered pair. Every migration is compiled again from the states, so that the runner has it as
a value; where that would write another file than the committed one, ``foreign`` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from integrity.catalog.drift import Difference, differences
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, connect
from integrity.errors import StaleFailure
from integrity.mapping.layout import Layout
from integrity.model import Catalog, Migration, Project
from integrity.plan.change_migration import Reaching, catalog_of, reaching
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.mapping_difference import Resolutions
from integrity.plan.reached import Milestone, Reached, digest, milestone_text, read_milestones
from integrity.plan.scratch import scratch_database
from integrity.plan.sql_file import migration_files


@dataclass(frozen=True, slots=True)
class AsOf:
    """A project as one of its migrations leaves it."""

    project: Project
    catalog: Catalog  # the unified tables, as a server spells them


@dataclass(frozen=True, slots=True)
class Generated:
    """What generated_sql/ should hold.

    ``compiled``: the present project with all migrations, in the order of their numbers;
    ``files``: by name, the checksum file left out; ``removed``: files of a migration that is
    replaced under another name; ``added``: the stem of a migration that is new, or empty;
    ``foreign``: committed files that this version of the toolkit would write otherwise.
    """

    compiled: Compiled
    files: Mapping[str, str]
    removed: tuple[str, ...] = ()
    added: str = ""
    foreign: tuple[str, ...] = ()
    states: Mapping[str, AsOf] = field(default_factory=dict)  # by stem of the migration

    def as_of(self, applied: Iterable[str]) -> AsOf | None:
        """The project as the last of the ``applied`` migrations, given by stem, left it.

        None before the consolidation.
        """
        done = frozenset(applied)
        reached = [s for m, s in self._in_order() if m.stem in done and s is not None]
        return reached[-1] if reached else None

    def _in_order(self) -> Iterator[tuple[Migration, AsOf | None]]:
        return ((m, self.states.get(m.stem)) for m in self.compiled.migrations)


def compile_anew(generated: Generated, file: str) -> str:
    """What to do about a committed file that this version would write otherwise."""
    newest = generated.compiled.migrations[-1].stem
    if len(generated.compiled.migrations) > 2 and file.startswith(f"{newest}."):
        return "compile it anew with `integrity compile --replace-last`, and review the change"
    return "while no database has it, remove generated_sql, run `integrity compile`, and review"


def compile_all(
    project: Project,
    scratch_url: str,
    directory: Path,
    *,
    replace_last: bool = False,
    name: str | None = None,
) -> Generated:
    """Compile the project on top of what ``directory`` holds. Writes nothing.

    ``scratch_url``: a server, or a database on one, that may create databases;
    ``replace_last``: compile the newest migration anew, as long as nobody has applied it;
    ``name``: of a new migration, default: what it does.
    Raises ConfigFailure for what the YAML cannot mean, StaleFailure for files that were edited.
    """
    milestones = read_milestones(directory)
    replaced = milestones[-1:] if replace_last else ()
    kept = milestones[: len(milestones) - len(replaced)]
    with scratch_database(scratch_url) as url, connect(url) as conn:
        generated = _Compiling(
            project, scratch_url, conn, directory, Resolutions(scratch_url)
        ).generated(kept, name)
    old = {file for one in replaced for file in (one.file, *one.digests)}
    return replace(generated, removed=tuple(sorted(old - generated.files.keys())))


def pending(conn: Connection[Any], generated: Generated) -> tuple[Difference, ...]:
    """How the unified tables of the database differ from the YAML; empty after the last migration.

    Views and functions on them count too; whatever else stands in their schemas does not.
    """
    wanted = generated.compiled.desired
    names = {table.name for table in wanted.tables} | {view.name for view in wanted.views}
    called = {(one.name, one.arguments) for one in wanted.functions}
    schemas = {name.schema for name in names} | {name.schema for name, _ in called}
    live = read_catalog(conn, sorted(schemas))
    return differences(
        Catalog(tables=wanted.tables, views=wanted.views, functions=wanted.functions),
        Catalog(
            tables=tuple(table for table in live.tables if table.name in names),
            views=tuple(view for view in live.views if view.name in names),
            functions=tuple(f for f in live.functions if (f.name, f.arguments) in called),
        ),
    )


@dataclass
class _Compiling:
    project: Project
    scratch_url: str
    conn: Connection[Any]  # to a scratch database that stays empty
    directory: Path
    resolutions: Resolutions
    files: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    migrations: list[Migration] = field(default_factory=list)
    states: dict[str, AsOf] = field(default_factory=dict)

    def generated(self, milestones: tuple[Milestone, ...], name: str | None) -> Generated:
        """The files of the milestones, and of what the YAML adds."""
        present = self._compile(self.project)
        if not milestones:
            return self._first(present)
        base, *others = milestones
        then = base.reached.project(self.project)
        same = base.reached == Reached.of(self.project)
        first = present if same else self._compile(then)
        layout = first.layout.after_switch()
        self._base(first, base.reached)
        self._committed(first.migrations, base)
        last = base
        for one in others:
            found = self._reaching(last, one.reached, one.number, one.name, layout)
            if found.migration is None:
                raise StaleFailure(f"{one.file} reaches nothing that {last.file} does not")
            self._take(found)
            self._committed((found.migration,), one)
            last = one
        found = self._present(last, name, layout)
        if found.migration is not None:
            self._take(found)
            self._new((found.migration,), found.reached)
        return self._result(present, found, layout)

    def _present(self, last: Milestone, name: str | None, layout: Layout) -> Reaching:
        """From the last milestone to the YAML as it is; mostly they are the same."""
        reached = Reached.of(self.project)
        if last.reached == reached:
            return Reaching(None, reached, self.states[last.stem].catalog)
        return self._reaching(last, reached, last.number + 1, name, layout)

    def _result(self, present: Compiled, found: Reaching, layout: Layout) -> Generated:
        compiled = replace(
            present,
            layout=_before(layout, present.layout),
            migrations=tuple(self.migrations),
            desired=found.catalog,
        )
        added = found.migration.stem if found.migration else ""
        return Generated(
            compiled, self.files, added=added, foreign=tuple(self.foreign), states=self.states
        )

    def _first(self, present: Compiled) -> Generated:
        reached = Reached.of(self.project)
        self._base(present, reached)
        self._new(present.migrations, reached)
        stem = present.migrations[-1].stem
        return Generated(present, self.files, added=stem, states=self.states)

    def _base(self, compiled: Compiled, reached: Reached) -> None:
        catalog = catalog_of(reached, self.project, self.conn)
        bare = replace(catalog, tables=tuple(replace(t, indexes=()) for t in catalog.tables))
        first, second = compiled.migrations
        self.migrations += [first, second]
        self.states[first.stem] = AsOf(compiled.project, bare)
        self.states[second.stem] = AsOf(compiled.project, catalog)

    def _take(self, found: Reaching) -> None:
        assert found.migration is not None
        self.migrations.append(found.migration)
        project = found.reached.project(self.project)
        self.states[found.migration.stem] = AsOf(project, found.catalog)

    def _compile(self, project: Project) -> Compiled:
        with scratch_database(self.scratch_url) as url:
            compiled = compile_project(project, url)
        self.resolutions.remember(project, compiled.mappings)
        return compiled

    def _reaching(
        self, old: Milestone, new: Reached, number: int, name: str | None, layout: Layout
    ) -> Reaching:
        layout = replace(layout, unified_names=frozenset(table.name for table in new.tables))
        return reaching(
            old.reached,
            new,
            self.project,
            previous=old.stem,
            number=number,
            name=name,
            layout=layout,
            conn=self.conn,
            resolutions=self.resolutions,
        )

    # --- files -------------------------------------------------------------------------------

    def _new(self, migrations: tuple[Migration, ...], reached: Reached) -> None:
        files = migration_files(migrations, self.project.settings)
        last = migrations[-1]
        digests = {name: digest(text) for name, text in files.items()}
        milestone = Milestone(last.number, last.name, reached, digests)
        self.files.update({**files, milestone.file: milestone_text(milestone)})

    def _committed(self, migrations: tuple[Migration, ...], milestone: Milestone) -> None:
        """The files as they were committed: from the folder, or written again as they were."""
        fresh = migration_files(migrations, self.project.settings)
        for name, wanted in milestone.digests.items():
            text = self._read(name)
            again = fresh.get(name)
            if again is None or digest(again) != wanted:
                self.foreign.append(name)
            if text is not None and digest(text) == wanted:
                self.files[name] = text
            elif again is not None and digest(again) == wanted:
                self.files[name] = again
            else:
                raise _edited(name, text is None)
        self.files[milestone.file] = self._read(milestone.file) or milestone_text(milestone)

    def _read(self, name: str) -> str | None:
        path = self.directory / name
        return path.read_bytes().decode(errors="replace") if path.is_file() else None


def _before(after: Layout, present: Layout) -> Layout:
    """The layout of the present project, with what the consolidation parked and moved."""
    return replace(after, unified_names=present.unified_names, switched=False)


def _edited(name: str, missing: bool) -> StaleFailure:
    how = "is missing" if missing else "is not as it was written"
    return StaleFailure(
        f"{name} {how}, and this version of the toolkit does not write it again",
        hint="take it from version control; a committed migration stays as it is",
    )

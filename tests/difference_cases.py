"""Small projects that change: compile, apply, compare with the target, roll back, apply again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import Any

from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import Connection, connect, create_database, with_database
from integrity.model import Migration, Project
from integrity.plan.compile_all import Generated, compile_all, pending
from integrity.plan.generated import check_generated, write_generated
from integrity.run.executor import RunResult, execute

PROJECT = """\
project: library
toolkit_schema: tools
migrations: {first: 1}
"""
LEGACY = """\
schema: old
tables:
  members:
    columns:
      id:    {type: integer, null: false}
      email: {type: text}
      name:  {type: text}
      score: {type: text}
      town:  {type: text}
    primary_key: {name: members_pkey, columns: [id]}
  loans:
    columns:
      id:        {type: integer, null: false}
      member_id: {type: integer}
      title:     {type: text}
      days:      {type: text}
    primary_key: {name: loans_pkey, columns: [id]}
"""
LEGACY_SQL = """
create schema old;
create table old.members (
    id integer not null, email text, name text, score text, town text,
    constraint members_pkey primary key (id));
create table old.loans (
    id integer not null, member_id integer, title text, days text,
    constraint loans_pkey primary key (id));
insert into old.members
select n, 'm' || n || '@example.org', 'Member ' || n, (n * 1.5)::text,
    case when n % 3 = 0 then null else 'Town ' || n % 4 end
from generate_series(1, 40) as n;
insert into old.loans
select n, 1 + n % 40, 'Book ' || n % 23, (n % 30)::text from generate_series(1, 90) as n;
"""
MEMBERS = """\
  members:
    description: People who borrow.
    columns:
      member_id: {type: bigint, key: assigned}
      email:     {type: text, null: false}
      name:      {type: text}
      score:     {type: "numeric(8,2)"}
      town:      {type: text}
    primary_key: [member_id]
    natural_key: [email]
"""
LOANS = """\
  loans:
    columns:
      loan_id:   {type: bigint, key: assigned}
      number:    {type: integer, null: false}
      member_id: {type: bigint, null: false}
      title:     {type: text}
      days:      {type: integer, check: "days >= 0"}
    primary_key: [loan_id]
    natural_key: [number]
    foreign_keys:
      member_id: lib.members
    indexes:
      - {columns: [member_id, number desc]}
"""
MEMBERS_MAPPING = """\
table: lib.members
sources:
  - from: old.members
    columns:
      email: lower(email)
      name: name
      score: score::numeric
      town: town
"""
LOANS_MAPPING = """\
table: lib.loans
sources:
  - from: old.loans
    columns:
      number: id
      member_id: {crosswalk: old.members, key: member_id}
      title: title
      days: days::integer
"""
FILES: Mapping[str, str] = {
    "project.yaml": PROJECT,
    "legacy/old.yaml": LEGACY,
    "unified/lib.yaml": f"schema: lib\ntables:\n{MEMBERS}{LOANS}",
    "mappings/members.yaml": MEMBERS_MAPPING,
    "mappings/loans.yaml": LOANS_MAPPING,
}


def edited(*edits: tuple[str, str, str], files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with texts replaced, each of which stands exactly once: (file, old, new)."""
    changed = dict(files)
    for file, old, new in edits:
        assert changed[file].count(old) == 1, f"{old!r} does not stand exactly once in {file}"
        changed[file] = changed[file].replace(old, new)
    return changed


@dataclass
class Case:
    """A project in a directory of its own, its generated files, and a database it is applied to."""

    directory: Path
    server: str
    url: str
    generated: Generated = field(init=False)

    @property
    def out(self) -> Path:
        return self.directory / "generated_sql"

    def project(self, files: Mapping[str, str]) -> Project:
        root = self.directory / "configs"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in root.rglob("*.yaml"):
            if path.relative_to(root).as_posix() not in files:
                path.unlink()
        return load_project(root)

    def compile(self, files: Mapping[str, str], **options: Any) -> Generated:
        self.generated = compile_all(self.project(files), self.server, self.out, **options)
        for name in self.generated.removed:
            (self.out / name).unlink()
        write_generated(self.out, self.generated.files)
        assert check_generated(self.out, self.generated.files) == []
        return self.generated

    def run(self, migration: Migration, direction: str = "apply") -> RunResult:
        return execute(
            migration,
            direction=direction,
            url=self.url,
            settings=self.generated.compiled.project.settings,
            plan_hash="0" * 64,
            workers=2,
        )

    def copy(self, directory: Path, url: str) -> Case:
        """The same project and database in other places."""
        made = Case(directory, self.server, url)
        copytree(self.directory, directory, dirs_exist_ok=True)
        made.generated = self.generated
        return made

    def start(self, files: Mapping[str, str] = FILES, *, legacy: str = LEGACY_SQL) -> None:
        """Build legacy, and apply what the first files compile to."""
        with connect(self.url) as conn:
            conn.execute(legacy.encode())
        for migration in self.compile(files).compiled.migrations:
            self.run(migration)
        assert self.pending() == ()

    def pending(self) -> tuple[Any, ...]:
        with connect(self.url) as conn:
            return pending(conn, self.generated)

    def snapshot(self) -> Snapshot:
        with connect(self.url) as conn:
            return snapshot(conn, toolkit_schema="tools")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as conn:
            return conn.execute(query.encode()).fetchall()

    def execute(self, sql: str) -> None:
        with connect(self.url) as conn:
            conn.execute(sql.encode())


def whole_way(
    case: Case,
    files: Mapping[str, str],
    *,
    between: Callable[[Connection[Any]], None] | None = None,
    repeatable: bool = True,
) -> Migration:
    """Compile the changed files, apply, compare, roll back, compare, apply again.

    ``between`` looks at the database while the migration is applied; ``repeatable``: applying it
    twice gives the same rows.
    """
    before = dict_of(case.out)
    generated = case.compile(files)
    assert generated.added, "the change compiles to nothing"
    after = dict_of(case.out)
    assert {name: after[name] for name in before if name != "CHECKSUMS"} == {
        name: text for name, text in before.items() if name != "CHECKSUMS"
    }
    assert case.compile(files).added == ""  # compiling again adds nothing
    assert dict_of(case.out) == after
    migration = case.generated.compiled.migrations[-1]
    start = case.snapshot()
    case.run(migration)
    assert case.pending() == ()
    assert not case.rows("select from pg_namespace where nspname = 'integrity_work'")
    if between:
        with connect(case.url) as conn:
            between(conn)
    applied = case.snapshot()
    case.run(migration, "rollback")
    assert start.differences(case.snapshot()) == []
    case.run(migration)
    assert case.pending() == ()
    assert not repeatable or applied.differences(case.snapshot()) == []
    return migration


def dict_of(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def started(server: str, directory: Path, name: str, files: Mapping[str, str] = FILES) -> Case:
    """A project, applied to a database that others are copied from."""
    case = Case(directory, server, create_database(server, name))
    case.start(files)
    return case


def clone(case: Case, directory: Path, name: str) -> Case:
    """A copy of a started case; nobody may be connected to its database."""
    with connect(case.server) as conn:
        template = case.url.partition("?")[0].rpartition("/")[2]
        conn.execute(f"create database {name} template {template}".encode())
    return case.copy(directory, with_database(case.server, name))

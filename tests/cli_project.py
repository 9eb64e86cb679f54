"""A small library in YAML and SQL, and the command line called as a shell would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from integrity.cli.ending import run
from integrity.cli.main import cli
from integrity.database.connect import connect

PROJECT = """\
project: library
toolkit_schema: operational
migrations: {first: 1, consolidation: consolidation, performance: performance}
timeouts: {lock: 2s, statement: 5min}
"""
UNIFIED = """\
schema: lending
tables:
  readers:
    description: People who may borrow.
    columns:
      reader_id: {type: bigint, key: assigned}
      card:      {type: text, null: false, check: "card ~ '^[A-Z][0-9]+$'"}
      name:      {type: text, null: false}
      joined_on: {type: date}
    primary_key: [reader_id]
    natural_key: [card]
    indexes:
      - {columns: [name]}
"""
MAPPING = """\
table: lending.readers
survivorship: {prefer: [lending.readers, web.accounts]}
rejects: {max: 40%}
sources:
  - from: lending.readers
    write_back: true
    columns:
      card: upper(card)
      name: name
      joined_on: joined::date
  - from: web.accounts
    drop:
      - {when: "email like '%@example.com'", because: testers}
    columns:
      card: card
      name: display_name
    ignore: {note: nobody reads it}
"""
LEGACY = """
create schema lending;
create schema web;
create table lending.readers (id integer primary key, card text, name text, joined text);
create table web.accounts (
    id integer primary key, card text, display_name text, email text, note text
);
create view web.names as select display_name from web.accounts;
insert into lending.readers values
    (1, 'a1', 'Ada', '2020-01-05'), (2, 'A2', 'Ben', null), (3, 'A3', 'Cy', 'last spring');
insert into web.accounts values
    (7, 'A1', 'Ada L.', 'ada@home'), (8, 'A4', 'Dee', null), (9, 'A5', 'Test', 'x@example.com');
"""
HAZARDS = (
    "writes-blocked",
    "legacy-read-only",
    "table-parked",
    "redirected-view",
    "unexplained-dependent",
    "one-way-column",
    "lossy-rollback",
)
FILES = {
    "project.yaml": PROJECT,
    "unified/lending.yaml": UNIFIED,
    "mappings/readers.yaml": MAPPING,
}


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def call(*args: str) -> Result:
    """Run the command line in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            run(cli, list(args))
        except SystemExit as stop:
            code = stop.code
    assert isinstance(code, int)
    return Result(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Library:
    """The project in a directory, and its legacy database."""

    directory: Path
    url: str
    scratch: str

    @property
    def configs(self) -> Path:
        return self.directory / "configs"

    @property
    def options(self) -> list[str]:
        return ["--config", str(self.configs), "--database", self.url, "--scratch", self.scratch]

    def call(self, *args: str, **replaced: str) -> Result:
        return call(*self.options, *args)

    def apply(self, *args: str) -> Result:
        allowed = [word for code in HAZARDS for word in ("--allow", code)]
        return self.call("apply", "--yes", *allowed, *args)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.configs / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def execute(self, sql: str) -> None:
        with connect(self.url) as conn:
            conn.execute(sql.encode())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as conn:
            return conn.execute(sql.encode()).fetchall()


def library(directory: Path, url: str, scratch: str) -> Library:
    """Write the project, build its legacy database, and inspect it."""
    for name, text in FILES.items():
        path = directory / "configs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    made = Library(directory, url, scratch)
    with connect(url) as conn:
        conn.execute(LEGACY.encode())
    result = made.call("--quiet", "inspect", "--schema", "lending", "--schema", "web")
    assert result.code == 0, result.err
    return made


@contextmanager
def at(directory: Path) -> Iterator[None]:
    """Messages name files as seen from the current directory."""
    import os

    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)

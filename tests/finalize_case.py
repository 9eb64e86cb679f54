"""A museum whose legacy uses every kind of object that finalize has to bring back.

``old`` holds legacy only, ``desk`` legacy and unified tables, ``public`` a table of somebody else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli_project import Result, call
from retailer_case import run as run_migration

from integrity.catalog.equality import Snapshot, snapshot
from integrity.config import load_project
from integrity.database.connect import connect
from integrity.errors import Failure
from integrity.finalize.run import Finalized, Restored, finalize, restore_legacy
from integrity.plan.compile import Compiled, compile_project
from integrity.plan.scratch import scratch_database

KIT = "desk"
FILES = {
    "project.yaml": """\
project: museum
toolkit_schema: desk
migrations: {first: 1, consolidation: one_desk, performance: quick}
timeouts: {lock: 2s, statement: 5min}
""",
    "unified/desk.yaml": """\
schema: desk
tables:
  items:
    description: One thing on show or in store.
    columns:
      item_id:  {type: bigint, key: assigned}
      code:     {type: text, null: false}
      mood:     {type: old.mood}
      grade:    {type: integer}
      place_id: {type: integer}
    primary_key: [item_id]
    natural_key: [code]
    foreign_keys: {place_id: desk.places}
""",
    "mappings/items.yaml": """\
table: desk.items
sources:
  - from: old.items
    write_back: true
    columns: {code: code, mood: mood, grade: grade, place_id: place_id}
    ignore:
      ticket: a copy of the number on the wall
      shout: derived from code
      parent: derived from code
""",
    "dependents/rest.yaml": """\
recreate:
  - view: desk.worn_items
    replaces: [old.worn]
    definition: select item_id, code from desk.items where mood = 'it''s worn'
  - view: desk.summary
    definition: select count(*) as n from desk.items
archive:
  - {name: old.*, because: the desk does without}
  - {name: [desk.worn_notes, public.stamp], because: the desk does without}
""",
    "mappings/rest.yaml": """\
moves:
  - {from: old.places, to: desk}
archive:
  - {from: [old.notes, old.cache, desk.pad], because: nobody asks for them}
foreign:
  - {from: public.tracker, because: somebody else owns it}
""",
}
LEGACY = Path(__file__).resolve().parent / "samples" / "museum.sql"
AGE = """
alter table old.notes disable trigger user;
alter table old.notes drop constraint recent;
update old.notes set on_day = on_day - 800;
alter table old.notes add constraint recent check (on_day > current_date - 365) not valid;
comment on constraint recent on old.notes is 'no old stories';
update pg_constraint set convalidated = true where conname = 'recent';
alter table old.notes enable always trigger integrity_freeze;
"""


@dataclass(frozen=True)
class Museum:
    """The museum after apply. ``before``: the state that a rollback has to reach."""

    directory: Path
    url: str
    compiled: Compiled
    before: Snapshot

    @property
    def root(self) -> Path:
        return self.directory / "archive"

    @property
    def configs(self) -> Path:
        return self.directory / "configs"

    def state(self) -> Snapshot:
        return state(self.url)

    def execute(self, sql: str) -> None:
        with connect(self.url) as conn:
            conn.execute(sql.encode())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as conn:
            return conn.execute(sql.encode()).fetchall()

    def finalize(self, **options: Any) -> Finalized:
        done = finalize(self.compiled, self.url, root=self.root, **options)
        assert done is not None
        return done

    def restore(self, directory: Path | None = None) -> Restored:
        settings = self.compiled.project.settings
        restored = restore_legacy(settings, self.url, directory=directory)
        assert restored is not None
        return restored

    def undo(self) -> None:
        settings = self.compiled.project.settings
        for migration in reversed(self.compiled.migrations):
            run_migration(self.url, migration, "rollback", settings=settings)

    def call(self, *args: str) -> Result:
        place = ["--config", str(self.configs), "--database", self.url]
        return call("--quiet", *place, "--scratch", self.url, *args)

    def age_notes(self) -> None:
        """Time passes: rows that a check relative to today accepted would be refused now."""
        self.execute(AGE)


def state(url: str) -> Snapshot:
    with connect(url) as conn:
        return snapshot(conn, toolkit_schema=KIT)


def museum(
    directory: Path, url: str, *, prepare: Callable[[str], None] = lambda url: None
) -> Museum:
    """Build legacy, write the project with contracts, and apply it.

    ``prepare``: done to legacy first.
    """
    build(url)
    prepare(url)
    for name, text in FILES.items():
        path = directory / "configs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    place = ["--config", str(directory / "configs"), "--database", url]
    schemas = [word for schema in ("old", "desk", "public") for word in ("--schema", schema)]
    inspected = call("--quiet", *place, "inspect", *schemas)
    assert inspected.code == 0, inspected.err
    before = state(url)
    with scratch_database(url) as scratch:
        made = compile_project(load_project(directory / "configs"), scratch)
    for migration in made.migrations:
        run_migration(url, migration, settings=made.project.settings)
    return Museum(directory, url, made, before)


def build(url: str) -> None:
    with connect(url) as conn:
        conn.execute(LEGACY.read_bytes())


if __name__ == "__main__":  # to be killed: finalize_case.py CONFIGS URL ROOT finalize|restore
    configs, url, root, way = sys.argv[1:5]
    try:
        project = load_project(Path(configs))
        if way == "restore":
            print("begun", flush=True)
            restore_legacy(project.settings, url)
        else:
            with scratch_database(url) as scratch:
                made = compile_project(project, scratch)
            print("begun", flush=True)
            finalize(made, url, root=Path(root))
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)

"""finalize and back: what goes, what comes back, and that both are the same to the last comment."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import retailer_case as case
from clinic_project import copy_of
from finalize_case import Museum, museum

from integrity.database import embedded
from integrity.database.connect import connect, create_database, drop_database, errors
from integrity.database.programs import environment, programs
from integrity.errors import DatabaseFailure, DriftFailure, RefusedFailure, UnprovenFailure
from integrity.finalize.manifest import read_manifest
from integrity.finalize.run import finalize, restore_legacy

both_servers = pytest.mark.both_servers
TOUCH = "alter table old.notes disable trigger user; update old.notes set body = ''"
LEFT = {"desk.items", "desk.places", "public.tracker", "desk.worn_items", "desk.summary"}


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Museum]:
    name = f"museum_{uuid4().hex[:12]}"
    yield museum(tmp_path_factory.mktemp("museum"), create_database(server, name))
    drop_database(server, name)


@pytest.fixture
def applied(template: Museum, server: str, tmp_path: Path) -> Iterator[Museum]:
    """A copy of the museum after apply, with a place of its own for archives."""
    name = f"museum_{uuid4().hex[:12]}"
    shutil.copytree(template.configs, tmp_path / "configs")
    yield replace(template, directory=tmp_path, url=copy_of(template.url, server, name))
    drop_database(server, name)


def relations(url: str, kinds: str) -> set[str]:
    with connect(url) as conn:
        found = conn.execute(
            "select n.nspname || '.' || c.relname from pg_class as c"
            " join pg_namespace as n on n.oid = c.relnamespace"
            " where c.relkind = any (%s) and n.nspname !~ '^(pg_|information_schema)'"
            " and not starts_with(c.relname, 'integrity_')",
            [list(kinds)],
        ).fetchall()
    return {name for (name,) in found}


# --- there and back -----------------------------------------------------------------------------


@both_servers
def test_every_kind_of_object_comes_back(applied: Museum) -> None:
    there = applied.state()
    done = applied.finalize()
    assert relations(applied.url, "rpvmf") == LEFT
    assert [(one.name, one.rows) for one in done.manifest.tables] == [
        ("desk.pad", 9),
        ("old.cache", 1),
        ("old.items", 3),
        ("old.notes", 3),
    ]
    # The enum is a type of desk.items now, so it stays, and its schema with it.
    assert done.kept == (("old", "type old.mood"),)
    assert applied.restore().unmet == ()
    assert there.differences(applied.state()) == []
    applied.undo()
    assert applied.before.differences(applied.state()) == []


def test_finalize_again_after_a_rollback(applied: Museum) -> None:
    first = applied.finalize()
    assert finalize(applied.compiled, applied.url, root=applied.root) is None
    applied.restore()
    again = applied.finalize()
    assert again.directory == first.directory  # the same content is the same archive
    applied.restore()
    applied.undo()
    assert applied.before.differences(applied.state()) == []


def test_newer_default_privileges_are_not_given_to_what_comes_back(applied: Museum) -> None:
    applied.execute(
        "alter default privileges in schema desk grant insert on tables to pg_monitor;"
        "alter default privileges grant select on sequences to pg_monitor;"
        "alter default privileges revoke execute on functions from public"
    )
    there = applied.state()
    applied.finalize()
    applied.restore()
    assert there.differences(applied.state()) == []


@both_servers
def test_a_check_relative_to_today_loses_no_row(applied: Museum) -> None:
    applied.age_notes()
    there = applied.state()
    with pytest.raises(errors.CheckViolation):
        applied.execute(TOUCH)
    assert applied.finalize().unmet == ("old.notes.recent",)
    assert applied.restore().unmet == ("old.notes.recent",)
    assert there.differences(applied.state()) == []  # as it stood in the catalog, the flag as well
    with pytest.raises(errors.CheckViolation):
        applied.execute(TOUCH)


def test_an_ordinary_owner_of_the_database(server: str, tmp_path: Path) -> None:
    """Without superuser: a check that old rows do not meet stays NOT VALID."""
    keeper, name = "museum_keeper", f"museum_{uuid4().hex[:12]}"
    with connect(server) as conn:
        conn.execute(f"create role {keeper} login createdb".encode())
    try:
        url = create_database(server, name)
        with connect(server) as conn:
            conn.execute(f"alter database {name} owner to {keeper}".encode())
        own = museum(tmp_path, url.replace("postgres@", f"{keeper}@"))
        replace(own, url=url).age_notes()
        there = own.state()
        own.finalize()
        assert own.restore().unmet == ("old.notes.recent",)
        (line,) = there.differences(own.state())
        assert line.startswith("constraint old.notes.recent is CHECK ")
        assert " NOT VALID, was CHECK " in line
    finally:
        drop_database(server, name)
        with connect(server) as conn:
            conn.execute(f"drop role {keeper}".encode())


@both_servers
def test_a_key_to_a_row_that_is_gone_since_loses_no_row(applied: Museum) -> None:
    there = applied.state()
    applied.finalize()
    applied.execute("update desk.items set place_id = null; delete from desk.places")
    restored = applied.restore()
    assert restored.unmet == ("old.items.items_place_id_fkey", 'old.notes."at a place"')
    now = applied.state()
    assert now.rows["old.notes"] == there.rows["old.notes"]
    assert now.rows["old.items"] == there.rows["old.items"]


@both_servers
def test_edits_before_and_after_end_as_without_finalize(
    server: str, make_database: Callable[[], str], tmp_path: Path
) -> None:
    made, results = case.compiled(server), []
    early = "update retail.categories set title = title || ' (early)' where code = 'root'"
    late = (
        "update hr.departments set title = 'late'; delete from retail.stock_levels;"
        " insert into retail_stock.levels (place, label) values (77, 'late');"
        " update retail.customers set credit = 1"
    )
    for finalizes in (False, True):
        url = make_database()
        case.build(url)
        case.apply(url, made)
        with connect(url) as conn:
            conn.execute(early.encode())
        if finalizes:
            finalize(made, url, root=tmp_path)
        with connect(url) as conn:
            conn.execute(late.encode())
        restored = restore_legacy(made.project.settings, url)
        assert (restored is not None) is finalizes
        case.roll_back(url, made)
        results.append((case.state(url), case.accounts(url)))
    (expected, told), (found, found_told) = results
    assert expected.differences(found) == []
    assert told == found_told


# --- the archive ---------------------------------------------------------------------------------


def test_the_archive_is_private_and_says_what_it_holds(applied: Museum) -> None:
    done = applied.finalize()
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [done.directory, *done.directory.rglob("*")]
    }
    assert modes == {(True, 0o700), (False, 0o600)}
    manifest = read_manifest(done.directory, expected=done.manifest_hash)
    assert manifest == done.manifest
    assert manifest.files.keys() == {
        path.relative_to(done.directory).as_posix()
        for path in done.directory.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    text = json.loads((done.directory / "manifest.json").read_text())
    assert text["database"]["name"] in applied.url
    assert sorted(path.name for path in applied.root.iterdir()) == [done.directory.name]


def test_a_changed_or_missing_file_is_named(applied: Museum) -> None:
    done = applied.finalize()
    there = applied.state()
    listing = done.directory / "restore.list"
    text = listing.read_bytes()
    listing.write_bytes(text + b";\n")
    with pytest.raises(UnprovenFailure, match=r"restore\.list: it is not the file that was writ"):
        applied.restore()
    listing.unlink()
    with pytest.raises(UnprovenFailure, match=r"restore\.list: no such file or directory"):
        applied.restore()
    listing.write_bytes(text)
    manifest = done.directory / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows": 9', '"rows": 8'))
    with pytest.raises(UnprovenFailure, match=r"manifest\.json: it is not the one that was writ"):
        applied.restore()
    assert there.differences(applied.state()) == []


def test_an_archive_that_was_moved(applied: Museum, tmp_path: Path) -> None:
    done = applied.finalize()
    elsewhere = done.directory.rename(tmp_path / "elsewhere")
    with pytest.raises(UnprovenFailure, match=r"manifest\.json: no such file or directory"):
        applied.restore()
    assert applied.restore(elsewhere).tables == 4


def test_what_stands_in_the_way_is_named(applied: Museum) -> None:
    applied.finalize()
    applied.execute("create table desk.pad (mine text)")
    there = applied.state()
    with pytest.raises(DriftFailure, match=r"desk\.pad.* stands where legacy has to come back"):
        applied.restore()
    assert there.differences(applied.state()) == []


def test_passwords_travel_in_the_environment_only() -> None:
    given = environment("postgresql://me:s%40crt@host.example:5433/db?sslmode=require")
    assert {
        key: given[key] for key in ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE")
    } == {
        "PGUSER": "me",
        "PGPASSWORD": "s@crt",
        "PGHOST": "host.example",
        "PGPORT": "5433",
        "PGDATABASE": "db",
    }
    assert given["PGSSLMODE"] == "require"


def test_programs_are_of_the_major_version_of_the_server() -> None:
    assert programs(18).major == 18
    with pytest.raises(DatabaseFailure, match=r"there is no pg_dump, pg_restore and psql of Post"):
        programs(9)


def test_the_archive_is_tried_on_another_server(applied: Museum) -> None:
    with embedded.start(major=18, ephemeral=True) as other:
        done = applied.finalize(scratch=other.url)
        with connect(other.url) as conn:
            left = conn.execute("select from pg_database where datname ~ 'integrity'").fetchall()
    assert (len(done.manifest.tables), left) == (4, [])
    applied.restore()
    applied.undo()
    assert applied.before.differences(applied.state()) == []


def test_a_scratch_server_of_another_version(applied: Museum) -> None:
    said = "the scratch server is PostgreSQL 16, the database 18: the archive cannot be tried there"
    with (
        embedded.start(major=16, ephemeral=True) as other,
        pytest.raises(DatabaseFailure, match=said),
    ):
        applied.finalize(scratch=other.url)
    assert "old.items" in relations(applied.url, "r")


# --- dependents -----------------------------------------------------------------------------------


def test_a_circle_is_named(applied: Museum) -> None:
    applied.execute(
        "create function old.first(old.notes) returns text immutable language sql"
        " as $$select $1.body$$; alter table old.notes add constraint c"
        " check (old.first(notes) is not null) not valid"
    )
    with pytest.raises(RefusedFailure, match="objects of legacy need each other: funct"):
        applied.finalize()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "create schema reports; create view reports.worn as select code from old.items",
            "view reports.worn: no rule says what becomes of it, which hangs on old.items",
        ),
        (
            "create materialized view public.m as select * from desk.worn_notes",
            "materialized view public.m: no rule says what becomes of it",
        ),
        (
            "alter table public.tracker add constraint t foreign key (id) references old.items",
            "constraint t on table public.tracker depends on table old.items",
        ),
        (
            "create function public.f(old.items) returns text language sql as 'select $1.code'",
            "function public.f(old.items) depends on table old.items",
        ),
        (
            "create table public.heir () inherits (desk.pad)",
            "table public.heir depends on table desk.pad",
        ),
    ],
    ids=["view", "materialized view", "foreign key", "function", "heir"],
)
def test_a_dependent_is_named(applied: Museum, sql: str, message: str) -> None:
    applied.execute(sql)
    there = applied.state()
    with pytest.raises(RefusedFailure) as refused:
        applied.finalize()
    assert message in refused.value.message
    assert there.differences(applied.state()) == []
    assert not applied.root.exists()


def test_what_others_use_stays(applied: Museum) -> None:
    """A function, a type and a sequence of legacy that a new table needs keep their schema."""
    applied.execute(
        "create table public.mine (n bigint default nextval('old.ticket'), s old.side,"
        " l text generated always as (old.label('a')) stored)"
    )
    done = applied.finalize()
    assert dict(done.kept)["old"] == "function old.label(pg_catalog.text) and 3 more"
    applied.execute("insert into public.mine default values")
    applied.restore()
    applied.execute("drop table public.mine")
    applied.undo()
    assert applied.before.differences(applied.state())[0].startswith("sequence old.ticket is at")


def test_a_change_that_dropping_makes_elsewhere_is_refused(applied: Museum) -> None:
    applied.execute("create publication p for table old.items")
    with pytest.raises(RefusedFailure, match="publication p"):
        applied.finalize()

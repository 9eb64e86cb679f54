"""What keeps finalize from beginning, by the command line; nothing is changed then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from clinic_project import copy_of
from finalize_case import Museum, museum

from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import Exit
from integrity.operations.journal_sql import ADVISORY_LOCK_KEY


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Museum]:
    name = f"museum_{uuid4().hex[:12]}"
    yield museum(tmp_path_factory.mktemp("museum"), create_database(server, name))
    drop_database(server, name)


@pytest.fixture
def applied(template: Museum, server: str, tmp_path: Path) -> Iterator[Museum]:
    name = f"museum_{uuid4().hex[:12]}"
    shutil.copytree(template.configs, tmp_path / "configs")
    yield replace(template, directory=tmp_path, url=copy_of(template.url, server, name))
    drop_database(server, name)


YES = ("--yes", "--allow", "legacy-dropped")


def test_the_whole_way_by_the_command_line(applied: Museum) -> None:
    refused = applied.call("finalize", "--yes")
    assert refused.code == Exit.REFUSED
    assert refused.err.splitlines() == [
        "error: finalize has hazards that were not allowed:"
        " legacy-dropped: 4 tables and what belongs to them",
        "hint: legacy is dropped; it stands in an archive from then on; read docs/hazards.md,"
        " then add --allow legacy-dropped",
    ]
    shown = applied.call("finalize", "--dry-run")
    assert shown.code == Exit.OK, shown.err
    assert "drop table desk.pad restrict;" in shown.out.splitlines()
    assert "cascade" not in shown.out
    assert applied.call("--json", "finalize", "--dry-run").json["hash"] in shown.out
    asked = applied.call("finalize", "--allow", "legacy-dropped")
    assert asked.code == Exit.REFUSED
    approved = asked.err.split("--approve ")[1].split(",")[0]
    assert f"-- hash {approved}" in shown.out
    done = applied.call("--json", "finalize", "--allow", "legacy-dropped", "--approve", approved)
    assert done.code == Exit.OK, done.err
    assert (done.json["finalized"], done.json["rows"], done.json["unmet"]) == (True, 16, [])
    assert Path(done.json["directory"]).parent == applied.directory / "archive"

    again = applied.call("finalize", "--yes")
    assert (again.code, again.out[:16]) == (Exit.OK, "nothing to do: f")
    status = applied.call("status")
    assert "finalized: 4 legacy tables with 16 rows are in archive" in status.out
    assert applied.call("--json", "status").json["archive"]["state"] == "finalized"
    assert applied.call("plan").code == Exit.OK
    assert applied.call("apply", "--yes").out.startswith("nothing to do")

    applied.execute("insert into desk.items (item_id, code) values (77, 'new')")
    proof = applied.call("verify")
    assert proof.code == Exit.OK
    assert proof.out.splitlines()[1].endswith("every file is as it was written")
    assert proof.out.splitlines()[2:] == [
        "desk.items: changed since finalize: 3 rows then, 4 now",
        "desk.places: 2 rows, the same as at finalize",
    ]
    back = applied.call("--json", "rollback", "--all", "--yes")
    assert back.code == Exit.OK, back.err
    assert back.json["restored"]["tables"] == 4
    assert "not finalized: 4 legacy tables" in applied.call("status").out
    assert applied.before.differences(applied.state()) == [
        "table old.items has 4 rows, had 3",
        "sequence old.items_id_seq is at 4 (used), was at 3 (used)",
        "sequence old.ticket is at 115 (used), was at 110 (used)",
    ]


def test_verify_names_a_broken_archive(applied: Museum) -> None:
    done = applied.finalize()
    (done.directory / "dump" / "toc.dat").unlink()
    found = applied.call("verify")
    assert found.code == Exit.UNPROVEN
    assert "toc.dat: no such file or directory" in found.out


def refused(applied: Museum, code: Exit, *words: str) -> None:
    """finalize ends with that code and these words, and nothing has changed."""
    there = applied.state()
    result = applied.call("finalize", *YES)
    assert result.code == code, result.err
    for word in words:
        assert word in result.err
    assert "\nhint: " in result.err
    assert there.differences(applied.state()) == []
    assert not applied.root.exists()


def test_an_open_ledger(applied: Museum) -> None:
    applied.execute("update desk.integrity_ledger set candidates = 5 where mapping = 'desk.items'")
    refused(applied, Exit.UNPROVEN, "the ledger is open: desk.items (2 candidates)")


def test_an_archived_table_whose_rows_the_ledger_does_not_know(applied: Museum) -> None:
    applied.execute(
        "update desk.integrity_ledger set candidates = 8, archived = 8 where source = 'desk.pad'"
    )
    there = applied.state()
    result = applied.call("finalize", *YES)
    assert result.code == Exit.UNPROVEN
    assert "desk.pad has 9 rows, the ledger accounts for 8" in result.err
    assert there.differences(applied.state()) == []


def test_a_reader_that_does_not_let_go(applied: Museum) -> None:
    with connect(applied.url, application_name="somebody") as other, other.transaction():
        other.execute("select from old.items")
        refused(applied, Exit.LOCKED, "cannot look at what goes: ", "wait for the other session")


def test_a_crosswalk_that_lies(applied: Museum) -> None:
    applied.execute("delete from desk.integrity_crosswalk_desk_items where unified_key = 1")
    refused(
        applied, Exit.UNPROVEN, "verification found a difference: desk.items: ", "integrity ver"
    )


def test_later_changes_do_not_stand_in_the_way(applied: Museum) -> None:
    applied.execute("update desk.items set grade = 9 where code = 'A1'")
    assert applied.call("finalize", *YES).code == Exit.OK
    applied.restore()
    applied.undo()
    assert applied.rows("select code, grade from old.items order by 1") == [
        ("A1", 9), ("A2", 2), ("A3", None),
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["old.items", "desk.pad"])
def test_legacy_that_was_writable(applied: Museum, table: str) -> None:
    applied.execute(f"drop trigger integrity_freeze on {table}")
    refused(
        applied,
        Exit.UNPROVEN,
        f"legacy was not read-only all the time: trigger integrity_freeze is missing or off on"
        f" {table}",
    )


def test_drift(applied: Museum) -> None:
    applied.execute("alter table desk.items add column mine text")
    refused(applied, Exit.DRIFT, "the database is not what was expected: ", "desk.items")


def test_another_run(applied: Museum) -> None:
    with connect(applied.url, application_name="somebody") as other:
        other.execute("select pg_advisory_lock(%s)", [ADVISORY_LOCK_KEY])
        refused(applied, Exit.LOCKED, "another run is in progress", "somebody")


def test_nothing_is_applied(applied: Museum) -> None:
    applied.undo()
    refused(applied, Exit.REFUSED, "there is nothing to finalize: 001_one_desk is not applied")


def test_a_half_rolled_back_database(applied: Museum) -> None:
    applied.execute(
        "update desk.integrity_journal set outcome = 'started' where direction = 'rollback';"
        " insert into desk.integrity_journal (migration, direction, step, statement_hash, outcome,"
        " started_at) values ('001_one_desk', 'rollback', 'x', '', 'started', now())"
    )
    refused(applied, Exit.REFUSED, "001_one_desk was begun and has not ended")


def test_statistics_that_no_archive_holds(applied: Museum) -> None:
    applied.execute(
        "create schema apart;"
        ' create statistics apart."two %" (ndistinct) on on_day, item_id from old.notes'
    )
    words = "statistics stand in another schema than their table"
    refused(applied, Exit.REFUSED, words, 'apart."two %" of old.notes')


def test_an_unknown_hazard(applied: Museum) -> None:
    result = applied.call("finalize", "--yes", "--allow", "legacy-droped")
    assert result.code == Exit.REFUSED
    assert "did you mean 'legacy-dropped'?" in result.err


def test_a_place_that_cannot_be_written(applied: Museum) -> None:
    (applied.directory / "file").write_text("")
    there = applied.state()
    result = applied.call("finalize", *YES, "--archive", str(applied.directory / "file" / "below"))
    assert result.code != Exit.OK
    assert "cannot write the archive below" in result.err
    assert there.differences(applied.state()) == []


# --- left alone ----------------------------------------------------------------------------------


@pytest.fixture
def watched(applied: Museum) -> Museum:
    """Wants to be left alone for a while."""
    path = applied.configs / "project.yaml"
    path.write_text(path.read_text() + "finalize: {quiet: 7d}\n")
    return applied


def since(applied: Museum, days: int) -> None:
    """The window began that many days ago."""
    applied.execute(f"update desk.integrity_watch set since = since - interval '{days} days'")


def test_verify_before_apply_says_so(watched: Museum) -> None:
    watched.undo()
    result = watched.call("verify")
    assert (result.code, "apply the migration first" in result.err) == (Exit.DRIFT, True)


@pytest.mark.both_servers
def test_a_window_has_to_pass(watched: Museum) -> None:
    begun = watched.call("finalize", *YES)
    assert begun.code == Exit.REFUSED
    assert "legacy-in-use: old.items is watched from now on: it is left alone long" in begun.err
    since(watched, 6)
    assert watched.call("verify").code == Exit.OK  # the toolkit's own reading does not count
    waiting = watched.call("finalize", *YES)
    assert waiting.code == Exit.REFUSED
    assert "old.items was last used before" in waiting.err
    since(watched, 2)
    done = watched.call("finalize", *YES)
    assert done.code == Exit.OK, done.err


@pytest.mark.both_servers
def test_whoever_reads_legacy_begins_the_window_anew(watched: Museum) -> None:
    assert watched.call("finalize", *YES).code == Exit.REFUSED
    since(watched, 8)
    watched.rows("select * from desk.pad")
    used = watched.call("finalize", *YES)
    assert used.code == Exit.REFUSED
    assert "legacy-in-use: desk.pad was used since" in used.err
    assert "(scanned 1 times" in used.err
    assert "old.items" not in used.err
    allowed = watched.call("finalize", *YES, "--allow", "legacy-in-use")
    assert allowed.code == Exit.OK, allowed.err


@pytest.mark.parametrize("text", ["7", "-1d", "7 weeks", "9999d"])
def test_a_window_that_cannot_be_read(watched: Museum, text: str) -> None:
    path = watched.configs / "project.yaml"
    path.write_text(path.read_text().replace("7d", text))
    result = watched.call("validate")
    assert result.code == Exit.CONFIG
    assert f"expected a duration such as 0s, 12h or 7d, found '{text}'" in result.err

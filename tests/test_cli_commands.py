"""Each command on a small database: what it prints, what it changes, how it ends."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import cli_project
import pytest
from cli_project import Library, call

from integrity.catalog.equality import Snapshot, snapshot
from integrity.database.connect import connect
from integrity.errors import Exit
from integrity.plan.reached import digest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def library(tmp_path: Path, server: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Library:
    cli_project.library(tmp_path, database, server)
    monkeypatch.chdir(tmp_path)
    return Library(Path(), database, server)


def taken(library: Library) -> Snapshot:
    with connect(library.url) as conn:
        return snapshot(conn, toolkit_schema="operational")


# --- validate, inspect, compile ---------------------------------------------------------------


def test_validate(library: Library) -> None:
    result = library.call("validate")
    assert result.code == 0
    assert result.out == (
        "configs: 1 unified table, 1 mapping, 2 legacy tables: no problems\n"
        "legacy tables: 2 mapped\n"
        "legacy columns: 8 mapped, 1 ignored\n"
        "\n"
        "legacy schema  tables  mapped  columns  mapped  ignored\n"
        "-------------  ------  ------  -------  ------  -------\n"
        "lending             1       1        4       4        0\n"
        "web                 1       1        5       4        1\n"
    )
    assert result.err == ""


def test_validate_as_json(library: Library) -> None:
    found = library.call("--json", "validate").json
    assert found["unified_tables"] == ["lending.readers"]
    assert {c["column"]: (c["cover"], c["reason"]) for c in found["coverage"][1]["columns"]} == {
        "id": ("mapped", ""),
        "card": ("mapped", ""),
        "display_name": ("mapped", ""),
        "email": ("mapped", ""),
        "note": ("ignored", "nobody reads it"),
    }


def test_a_column_nobody_explains(library: Library) -> None:
    library.edit("mappings/readers.yaml", "    ignore: {note: nobody reads it}\n", "")
    result = library.call("validate")
    assert result.code == Exit.CONFIG
    assert result.out == ""
    assert result.err == (
        "configs/mappings/readers.yaml:11:11: legacy column web.accounts.note is neither mapped"
        " nor ignored\n"
        "  hint: map it, or write `ignore: {note: the reason}`, or `rest:`\n"
        "error: 1 problem in the configuration\n"
    )


def test_inspect_check(library: Library) -> None:
    result = library.call("inspect", "--check")
    assert (result.code, result.out) == (
        0,
        "2 schemas: the database is as the contracts say\n",
    )
    library.execute("alter table web.accounts add phone text")
    result = library.call("inspect", "--check")
    assert result.code == Exit.DRIFT
    assert result.out == "column web.accounts.phone was not expected\n"
    assert result.err == (
        "error: 1 difference between the contracts and the database\n"
        "hint: run `integrity inspect` to take the database as it is, and review the change\n"
    )


def test_inspect_without_a_project(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "out"
    result = library.call("--config", "nowhere", "--quiet", "inspect", "--out", str(target))
    assert result.code == 0, result.err
    assert (target / "web.yaml").read_text() == Path("configs/legacy/web.yaml").read_text()


def test_inspect_where_the_toolkit_has_been(library: Library, tmp_path: Path) -> None:
    """Its tables are no part of legacy, whatever their schema is called and with no contract."""
    written = {p.name: p.read_bytes() for p in Path("configs/legacy").iterdir()}
    library.edit("project.yaml", "toolkit_schema: operational", "toolkit_schema: kit")
    assert library.apply().code == 0
    assert library.call("rollback", "--all", "--yes").code == 0
    assert library.rows("select to_regclass('kit.integrity_journal') is not null") == [(True,)]
    rmtree("configs/legacy")
    result = library.call("--quiet", "inspect")
    assert result.code == 0, result.err
    found = {p.name: p.read_bytes() for p in Path("configs/legacy").iterdir()}
    assert found.pop("public.yaml") == b"schema: public\n"
    assert found == written
    assert library.call("inspect", "--check").code == 0
    assert library.call("plan").code == 0


def test_inspect_of_a_schema_that_is_not_there(library: Library) -> None:
    result = library.call("inspect", "--schema", "wep")
    assert result.code == Exit.DRIFT
    assert result.err == "error: the database has no schema 'wep'\nhint: did you mean 'web'?\n"


def test_compile_and_check(library: Library) -> None:
    first = library.call("compile")
    assert first.code == 0, first.err
    assert first.out.startswith("written: generated_sql/001_consolidation.migrate.sql\n")
    files = {p.name: p.read_bytes() for p in Path("generated_sql").iterdir()}
    again = library.call("compile")
    assert again.out.startswith("generated_sql: 5 files, ")
    assert again.out.endswith(" lines, as before\n")
    assert files == {p.name: p.read_bytes() for p in Path("generated_sql").iterdir()}
    assert library.call("compile", "--check").code == 0
    Path("generated_sql/001_consolidation.migrate.sql").write_text("select 1;\n")
    stale = library.call("compile", "--check")
    assert stale.code == Exit.STALE
    assert stale.out == ""
    assert stale.err == (
        "error: generated_sql is not what configs compiles to:"
        " changed: 001_consolidation.migrate.sql\n"
        "hint: run `integrity compile` and commit the result\n"
    )


def test_a_file_that_this_version_would_write_otherwise(library: Library) -> None:
    assert library.call("compile").code == 0
    name = "001_consolidation.rollback.sql"
    _committed_otherwise(name, "   run  ", "   call ")
    refused = library.call("compile", "--check")
    assert (refused.code, refused.out) == (Exit.STALE, "")
    assert f"says that it wrote {name}, and would write it otherwise" in refused.err
    assert "remove generated_sql" in refused.err
    _committed_otherwise(name, "Made by integrity ", "Made by integrity 0.0.1 once, not ")
    kept = library.call("compile", "--check")
    assert kept.code == 0, kept.err
    assert f"this version would write it otherwise: {name}" in kept.out


def _committed_otherwise(name: str, old: str, new: str) -> None:
    """As another version would have written a file, digests and all."""
    file, state, sums = (
        Path("generated_sql", one) for one in (name, "002_performance.state.json", "CHECKSUMS")
    )
    was = digest(file.read_text())
    file.write_text(file.read_text().replace(old, new, 1))
    for path in (state, sums):
        before = path.read_text()
        path.write_text(before.replace(was, digest(file.read_text())))
        if path == state:
            sums.write_text(sums.read_text().replace(digest(before), digest(path.read_text())))


# --- plan -------------------------------------------------------------------------------------


def test_plan_with_data_leaves_nothing_behind(library: Library) -> None:
    before = taken(library)
    result = library.call("--json", "plan", "--data")
    assert result.code == 0, result.err
    assert before.differences(taken(library)) == []
    assert library.rows("select to_regnamespace('operational')::text") == [(None,)]
    (profile,) = result.json["plan"]["profiles"]
    assert [
        (x["source"], x["candidates"], x["inserted"], x["merged"], x["quarantined"], x["dropped"])
        for x in profile["ledger"]
    ] == [("lending.readers", 3, 2, 0, 1, 0), ("web.accounts", 3, 1, 1, 0, 1)]
    (reject,) = profile["rejects"]
    assert (reject["reason"], reject["column"], reject["count"]) == ("cast", "joined_on", 1)
    assert reject["examples"][0]["value"] == "joined = last spring"
    (conflict,) = profile["conflicts"]
    assert (conflict["column"], conflict["count"]) == ("name", 1)
    assert conflict["examples"][0]["survived"] == "Ada"


def test_figures_are_outside_the_hash(library: Library) -> None:
    with_data = library.call("--json", "plan", "--data").json["plan"]
    without = library.call("--json", "plan").json["plan"]
    assert with_data["hash"] == without["hash"]
    assert without["profiles"] is None
    library.execute("insert into web.accounts values (10, 'A9', 'Eve', null)")
    assert library.call("--json", "plan").json["plan"]["hash"] == without["hash"]
    library.execute("create index on web.accounts (email)")
    assert library.call("--json", "plan").json["plan"]["hash"] != without["hash"]


def test_labels(library: Library) -> None:
    (mapping,) = library.call("--json", "plan").json["plan"]["mappings"]
    labels = {(x["source"]["schema"], x["column"]): x["label"] for x in mapping["labels"]}
    assert labels == {
        ("lending", "card"): "lossy",
        ("lending", "name"): "exact",
        ("lending", "joined_on"): "lossy",
        ("web", "card"): "exact",
        ("web", "name"): "exact",
    }


@pytest.mark.parametrize(
    ("name", "start"),
    [("p.html", "<!doctype html>"), ("p.md", "# Plan of library"), ("p.txt", "Plan of library")],
)
def test_the_file_name_says_the_form(library: Library, name: str, start: str) -> None:
    result = library.call("plan", "--out", name)
    assert result.code == 0
    assert Path(name).read_text().lower().startswith(start.lower())
    assert result.out.endswith(f"written to {name}\n")


def test_drift_is_planned_and_stops_apply(library: Library) -> None:
    library.execute("alter table web.accounts alter email type varchar(40)")
    planned = library.call("plan")
    assert planned.code == Exit.DRIFT  # and the whole plan is printed
    assert "Blocked by 1 finding" in planned.out
    result = library.apply()
    assert result.code == Exit.DRIFT
    assert result.err == (
        "error: the database is not what was expected: column web.accounts.email: type is"
        " character varying(40), expected text\n"
        "hint: see `integrity plan`; `integrity inspect` writes the contracts anew\n"
    )


# --- apply, verify, status, quarantine, rollback ----------------------------------------------


def test_there_and_back(library: Library) -> None:
    before = taken(library)
    applied = library.apply()
    assert applied.code == 0, applied.err
    ledger = next(line for line in applied.out.splitlines() if line.startswith("lending.readers"))
    assert ledger.split() == ["lending.readers", "6", "3", "1", "1", "1", "0"]
    assert library.rows("select card, name from lending.readers order by 1") == [
        ("A1", "Ada"),
        ("A2", "Ben"),
        ("A4", "Dee"),
    ]
    plan = library.call("--json", "plan").json["plan"]
    assert (plan["migrations"], plan["drift"], plan["changes"]) == ([], [], [])
    nothing = library.apply()
    assert nothing.code == 0
    assert nothing.out == "nothing to do: the database is in the state that the YAML describes\n"
    assert library.call("inspect", "--check").code == 0
    verified = library.call("verify")
    assert (verified.code, verified.out) == (
        0,
        "lending.readers: 3 rows are what the sources say\n",
    )
    back = library.call("rollback", "--all", "--yes")
    assert back.code == 0, back.err
    assert back.out.startswith("002_performance: rolled back in ")
    assert before.differences(taken(library)) == []
    again = library.call("rollback", "--yes")
    assert (again.code, again.out) == (
        0,
        "nothing to roll back: no migration is applied or begun\n",
    )


def test_a_rollback_prints_what_returned_and_what_did_not(library: Library) -> None:
    assert library.apply().code == 0
    library.execute("update lending.readers set name = 'Bob' where card = 'A2'")
    library.execute("update lending.readers set name = 'Ida' where card = 'A1'")
    library.execute("update lending.readers set name = 'Deb' where card = 'A4'")
    library.execute("insert into lending.readers (card, name) values ('A7', 'Eve')")
    back = library.call("rollback", "--all", "--yes")
    assert back.code == 0, back.err
    table = (
        "later changes              rows  returned  share   retained  share\n"
        "-------------------------  ----  --------  ------  --------  ------\n"
        "lending.readers: inserted     1         0  0 %            1  100 %\n"
        "lending.readers: updated      3         2  66.6 %         1  33.4 %\n"
        "retained rows and why: operational.integrity_retained;"
        " these counts: operational.integrity_returned\n"
    )
    assert table in back.out
    assert table in library.call("status").out
    found = library.call("--json", "status").json["shares"]
    assert [(one["change"], one["returned_percent"]) for one in found] == [
        ("inserted", 0.0), ("updated", 66.6)
    ]  # fmt: skip
    assert library.apply().code == 0
    again = library.call("--json", "rollback", "--all", "--yes").json
    assert again["shares"] == []  # of this one, which found no change


def test_values_of_what_a_rollback_drops_are_named(library: Library) -> None:
    assert library.call("compile").code == 0
    assert library.apply().code == 0
    added = "joined_on: {type: date}\n      note: {type: text}"
    library.edit("unified/lending.yaml", "joined_on: {type: date}", added)
    assert library.call("compile").code == 0
    assert library.apply().code == 0
    library.execute("update lending.readers set note = 'mine' where card = 'A2'")
    back = library.call("rollback", "--yes")
    assert back.code == 0, back.err
    kept = "operational.integrity_saved_003_lending_readers_note_undone"
    assert f"kept of what a rollback dropped: 1 row in {kept}\n" in back.out
    assert f"kept of what a rollback dropped: 1 row in {kept}\n" in library.call("status").out
    assert library.call("--json", "status").json["undone"] == [{"table": kept, "rows": 1}]


def test_verify_names_key_and_column(library: Library) -> None:
    assert library.apply().code == 0
    library.execute("update lending.readers set name = 'Bob' where card = 'A2'")
    result = library.call("verify")
    assert result.code == Exit.UNPROVEN
    assert "(card = 'A2'): name: expected 'Ben', is 'Bob'" in result.out
    assert library.call("--json", "verify").json["ok"] is False


def test_status_and_quarantine(library: Library) -> None:
    empty = library.call("status")
    assert (empty.code, empty.out) == (0, "no migration was ever begun on this database\n")
    assert library.call("quarantine", "list").out == "nothing is in quarantine\n"
    assert library.apply().code == 0
    status = library.call("status").out
    assert status.startswith("001_consolidation: applied, since ")
    found = library.call("--json", "status").json
    assert [m["state"] for m in found["migrations"]] == ["applied", "applied"]
    (entry,) = library.call("--json", "quarantine", "list").json["entries"]
    assert (entry["source_key"], entry["reason"], entry["column_name"]) == (
        "3",
        "cast",
        "joined_on",
    )
    groups = library.call("quarantine", "list", "--groups").out.splitlines()
    assert groups[2].split()[:5] == ["lending.readers", "lending.readers", "cast", "joined_on", "1"]
    shown = library.call("quarantine", "show", str(entry["quarantine_id"]))
    assert "detail: joined = last spring\n" in shown.out
    missing = library.call("quarantine", "show", "999")
    assert missing.code == Exit.DRIFT
    assert missing.err == (
        "error: there is no entry 999 in quarantine\nhint: see `integrity quarantine list`\n"
    )


def test_replay_with_the_mended_mapping(library: Library) -> None:
    assert library.apply().code == 0
    library.edit("mappings/readers.yaml", "joined::date", "nullif(joined, 'last spring')::date")
    trial = library.call("quarantine", "replay", "--dry-run")
    assert trial.code == 0, trial.err
    assert trial.out == ("lending.readers: 1 would become rows, 0 merged, 0 stay in quarantine\n")
    assert library.call("quarantine", "replay").code == 0
    assert library.rows("select name, joined_on from lending.readers where card = 'A3'") == [
        ("Cy", None)
    ]
    assert library.call("quarantine", "list").out == "nothing is in quarantine\n"
    wrong = library.call("quarantine", "replay", "--mapping", "lending.reader")
    assert wrong.code == Exit.USAGE
    assert wrong.err.startswith(
        "error: no mapping fills 'lending.reader'; did you mean 'lending.readers'?\n"
    )


def test_replay_then_compile_is_proven_on_both_sides(library: Library) -> None:
    """A replayed row has a later number, and one that a candidate joined keeps its values."""
    library.execute("insert into lending.readers values (4, 'A4', 'Dora', 'soon')")
    before = taken(library)
    assert library.call("compile").code == 0
    assert library.apply().code == 0
    mended = "nullif(nullif(joined, 'last spring'), 'soon')::date"
    library.edit("mappings/readers.yaml", "joined::date", mended)
    assert library.call("quarantine", "replay").code == 0
    rows = [(1, "A1", "Ada"), (2, "A2", "Ben"), (3, "A4", "Dee"), (4, "A3", "Cy")]
    proven = (0, "lending.readers: 4 rows are what the sources say\n")
    for _ in range(2):
        verified = library.call("verify")
        assert (verified.code, verified.out) == proven
        found = library.rows("select reader_id, card, name from lending.readers order by 1")
        assert found == rows
        assert library.call("compile").code == 0
        assert library.apply("--allow", "rewrites-values").code == 0
    library.execute("update lending.readers set name = 'Cyd' where reader_id = 4")
    wrong = library.call("verify")
    assert wrong.code == Exit.UNPROVEN
    assert "(card = 'A3'): name: expected 'Cy', is 'Cyd'" in wrong.out
    assert library.call("rollback", "--all", "--yes").code == 0
    assert before.differences(taken(library)) == []


def test_hazards_must_be_allowed(library: Library) -> None:
    before = taken(library)
    result = library.call("apply", "--yes", "--allow", "writes-blocked")
    assert result.code == Exit.REFUSED
    assert result.err.startswith(
        "error: the plan has hazards that were not allowed: legacy-read-only (legacy tables stay"
        " read-only after the switch); "
    )
    assert "--allow legacy-read-only" in result.err.splitlines()[1]
    assert before.differences(taken(library)) == []
    misspelt = library.apply("--allow", "writes-blokced")
    assert misspelt.code == Exit.REFUSED
    assert misspelt.err == (
        "error: unknown hazard code 'writes-blokced' in --allow\n"
        "hint: did you mean 'writes-blocked'?\n"
    )


def test_approval_where_nobody_can_be_asked(library: Library) -> None:
    digest = library.call("--json", "plan").json["plan"]["hash"]
    allowed = [word for code in cli_project.HAZARDS for word in ("--allow", code)]
    refused = library.call("apply", *allowed)
    assert refused.code == Exit.REFUSED
    assert refused.err == (
        "error: nobody can be asked: this is not a terminal\n"
        f"hint: approve it with --approve {digest}, or with --yes\n"
    )
    other = library.call("apply", *allowed, "--approve", "0" * 64)
    assert other.code == Exit.REFUSED
    assert other.err.startswith(
        f"error: --approve {'0' * 64} is not the hash of this plan, {digest}"
    )
    assert library.call("apply", *allowed, "--approve", digest[:16]).code == 0


@pytest.mark.parametrize(("answer", "code"), [("n\n", Exit.REFUSED), ("y\n", Exit.OK)])
def test_on_a_terminal_it_asks(library: Library, answer: str, code: Exit) -> None:
    allowed = [word for one in cli_project.HAZARDS for word in ("--allow", one)]
    parent, child = pty.openpty()
    os.write(parent, answer.encode())
    command = [sys.executable, "-m", "integrity.cli.main", *library.options, "apply", *allowed]
    ended = subprocess.run(
        command,
        stdin=child,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(parent)
    os.close(child)
    assert "Apply it? [y/N]" in ended.stderr
    assert ended.returncode == code, ended.stderr
    if code is Exit.REFUSED:
        assert ended.stderr.endswith("error: not approved: nothing was changed\n")


def test_a_later_change_of_the_yaml(library: Library) -> None:
    assert library.call("compile").code == 0
    assert library.apply().code == 0
    after_first = taken(library)
    library.edit(
        "unified/lending.yaml",
        "joined_on: {type: date}",
        "joined_on: {type: date}\n      note: {type: text}",
    )
    plan = library.call("--json", "plan").json["plan"]
    assert [m["number"] for m in plan["migrations"]] == [3]
    assert plan["drift"] == []
    assert [(c["verb"], c["kind"], c["name"]) for c in plan["changes"]] == [
        ("create", "column", "lending.readers.note")
    ]
    assert library.call("verify").code == 0
    assert library.call("compile", "--check").code == Exit.STALE
    compiled = library.call("compile", "--name", "add note")
    assert "written: generated_sql/003_add_note.migrate.sql\n" in compiled.out, compiled.err
    assert library.apply().code == 0
    assert library.rows("select note from lending.readers limit 1") == [(None,)]
    assert library.call("--json", "plan").json["plan"]["migrations"] == []
    back = library.call("rollback", "--yes")
    assert back.out.startswith("003_add_note: rolled back in "), back.err
    assert after_first.differences(taken(library)) == []
    assert library.call("rollback", "--all", "--yes").code == 0


def test_ctrl_c_and_on_again(library: Library) -> None:
    allowed = [word for one in cli_project.HAZARDS for word in ("--allow", one)]
    assert library.call("plan", "--out", "plan.json").code == 0
    command = [sys.executable, "-m", "integrity.cli.main", *library.options, "apply", "--yes"]
    command += ["--plan", "plan.json"]
    with connect(library.url) as holder, holder.transaction():
        holder.execute("lock table web.accounts in access share mode")
        holder.execute("lock table web.accounts in row exclusive mode")  # the freeze waits
        process = subprocess.Popen(
            [*command, *allowed],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("waiting for a lock"):
                process.send_signal(signal.SIGINT)
                break
        _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED, err
    assert "error: apply 001_consolidation was stopped by Ctrl-C: " in err
    assert "hint: run the same command again to go on, or roll back\n" in err
    assert "Traceback" not in err
    assert "interrupted" in library.call("status").out
    assert library.apply("--plan", "plan.json").code == 0


# --- saved plans ------------------------------------------------------------------------------


def _saved(library: Library) -> None:
    assert library.call("plan", "--out", "plan.json").code == 0


def _change_catalog(library: Library) -> None:
    library.execute("create index on web.accounts (email)")
    assert library.call("inspect").code == 0


def _change_yaml(library: Library) -> None:
    library.edit("mappings/readers.yaml", "upper(card)", "upper(btrim(card))")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (_change_catalog, "the YAML differs; the catalog of the database differs"),
        (_change_yaml, "the YAML differs; the SQL that the YAML compiles to differs"),
    ],
)
def test_a_saved_plan_is_refused_when_something_changed(
    library: Library, change: Callable[[Library], None], part: str
) -> None:
    _saved(library)
    change(library)
    result = library.apply("--plan", "plan.json")
    assert result.code == Exit.DRIFT
    assert result.err == (
        f"error: the saved plan was made for something else: {part}\n"
        "hint: plan again, review it, and apply the new plan\n"
    )


def test_a_saved_plan_is_refused_by_another_database(
    library: Library, make_database: Callable[[], str]
) -> None:
    _saved(library)
    other = make_database()
    with connect(other) as conn:
        conn.execute(cli_project.LEGACY.encode())
    result = Library(library.directory, other, library.scratch).apply("--plan", "plan.json")
    assert result.code == Exit.DRIFT
    assert "the target database differs, integrity_test_" in result.err


def test_a_saved_plan_that_was_edited(library: Library) -> None:
    _saved(library)
    text = Path("plan.json").read_text()
    Path("plan.json").write_text(text.replace("create schema if not exists", "create schema", 1))
    result = library.apply("--plan", "plan.json")
    assert result.code == Exit.DRIFT
    assert result.err == (
        "error: the plan file was changed after it was saved\n"
        "hint: run `integrity plan --out` again\n"
    )
    Path("plan.json").write_text("{}")
    result = library.apply("--plan", "plan.json")
    assert result.code == Exit.USAGE
    assert result.err.startswith("error: not a usable plan: ")


def test_a_saved_plan_is_applied(library: Library) -> None:
    _saved(library)
    result = library.apply("--plan", "plan.json")
    assert result.code == 0, result.err


# --- what bad input gets ----------------------------------------------------------------------


def test_bad_yaml(library: Library) -> None:
    library.edit("unified/lending.yaml", "natural_key", "naturel_key")
    library.edit("mappings/readers.yaml", "display_name", "displayname")
    result = library.call("plan")
    assert result.code == Exit.CONFIG
    assert "Traceback" not in result.err
    assert result.out == ""
    assert "configs/unified/lending.yaml:" in result.err
    assert "did you mean 'natural_key'?" in result.err
    assert "configs/mappings/readers.yaml:" in result.err
    assert result.err.splitlines()[-1].endswith("in the configuration")
    assert result.err.splitlines()[-1].startswith("error: ")


def test_bad_yaml_as_json(library: Library) -> None:
    library.edit("unified/lending.yaml", "natural_key", "naturel_key")
    result = library.call("--json", "validate")
    assert result.json["exit_code"] == Exit.CONFIG
    assert result.json["problems"][0]["place"].startswith("configs/unified/lending.yaml:")


def test_a_check_the_server_does_not_know(library: Library) -> None:
    library.edit("unified/lending.yaml", "card ~ '^[A-Z][0-9]+$'", "card ~~~ 'x'")
    result = library.call("compile")
    assert result.code == Exit.CONFIG
    assert "configs/unified/lending.yaml:" in result.err
    assert "operator does not exist: text ~~~ unknown" in result.err


def test_a_default_the_server_does_not_take(library: Library) -> None:
    library.edit("unified/lending.yaml", "{type: date}", "{type: date, default: \"'soon'\"}")
    result = library.call("compile")
    assert result.code == Exit.CONFIG
    assert result.err == (
        "configs/unified/lending.yaml:9:7: lending.readers.joined_on: the server refuses it:"
        ' invalid input syntax for type date: "soon"\n'
        "error: 1 problem in the configuration\n"
    )


def test_no_configuration() -> None:
    result = call("--config", "nowhere", "validate")
    assert result.code == Exit.CONFIG
    assert result.err == (
        "nowhere/project.yaml:1:1: cannot be read: no such file or directory\n"
        "  hint: choose the directory that holds project.yaml\n"
        "error: 1 problem in the configuration\n"
    )


def test_a_url_without_a_scheme_is_not_taken_for_a_name(library: Library) -> None:
    result = library.call("--database", "nobody:secret@127.0.0.1:1/x", "status")
    assert result.code == Exit.USAGE
    assert "secret" not in result.err
    assert "a URL begins with postgresql://" in result.err


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "postgresql://nobody:secret@127.0.0.1:1/x",
            "cannot connect to postgresql://nobody@127.0.0.1:1/x",
        ),
        ("postgresql://a:p@ss@host/x", "the database URL cannot be read"),
        ("nonsense://", "the database URL cannot be read"),
    ],
)
def test_a_server_that_cannot_be_reached(library: Library, url: str, message: str) -> None:
    result = library.call("--database", url, "status")
    assert result.code == Exit.DATABASE
    assert result.err.startswith(f"error: {message}")
    assert "secret" not in result.err
    assert "Traceback" not in result.err


def test_usage() -> None:
    result = call("plann")
    assert result.code == Exit.USAGE
    assert result.err == (
        "error: no such command 'plann'; did you mean 'plan'?\nhint: see `integrity --help`\n"
    )
    result = call("plan", "--format", "pdf")
    assert result.code == Exit.USAGE
    assert result.err.splitlines()[1] == "hint: see `integrity plan --help`"


def test_a_defect_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("integrity.config.load_project", broken)
    result = call("validate")
    assert result.code == Exit.DEFECT
    assert result.err == (
        "error: unexpected ValueError: two lines\n"
        "hint: this is a defect of integrity: report it with the output of the same command and"
        " --traceback\n"
    )
    assert "Traceback" in call("--traceback", "validate").err


def test_help_imports_little() -> None:
    heavy = "{'yaml', 'psycopg', 'sqlglot', 'jinja2', 'rich', 'networkx', 'pydantic'}"
    code = (
        "import sys; sys.argv = ['integrity', '--help']\n"
        "from integrity.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({heavy} & sys.modules.keys()), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ended.stderr == "[]\n"
    assert "rollback" in ended.stdout

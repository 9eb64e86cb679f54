"""Loads broken on purpose: the ledger or the verification stops each, and names key and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import clinic_project as clinic
import pytest

from integrity.catalog.equality import snapshot
from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import Exit, UnprovenFailure
from integrity.model import Migration
from integrity.plan.compile import Compiled
from integrity.run.executor import execute
from integrity.run.verification import TableVerification, Verification
from integrity.run.verify import explain_difference, verify

READINGS, PATIENTS = "care.readings", "care.patients"
WARD = f"load {READINGS}: candidates of ward.readings"
ARCHIVE = f"load {READINGS}: candidates of archive.measurements"
PERSONS = f"load {PATIENTS}: candidates of archive.persons"
RESOLVE = f"load {READINGS}: resolve"
ROWS = f"load {READINGS}: rows"
ACCOUNTS = f"load {READINGS}: accounts"


@dataclass(frozen=True)
class Clinic:
    """The compiled project, and how to get a fresh legacy database."""

    compiled: Compiled
    legacy: Callable[[], str]

    @property
    def migration(self) -> Migration:
        return self.compiled.migrations[0]

    def apply(self, migration: Migration, url: str) -> None:
        self.run(migration, url, "apply")

    def run(self, migration: Migration, url: str, direction: str) -> None:
        settings = self.compiled.project.settings
        execute(migration, direction=direction, url=url, settings=settings, plan_hash="test")


@pytest.fixture(scope="module")
def project(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Compiled, str, list[str]]]:
    names = [f"integrity_test_{uuid4().hex[:12]}" for _ in range(2)]
    template, scratch = (create_database(server, name) for name in names)
    clinic.build(template)
    yield clinic.compiled(tmp_path_factory.mktemp("clinic"), template, scratch), template, names
    for name in names:
        drop_database(server, name)


@pytest.fixture
def ward(project: tuple[Compiled, str, list[str]], server: str) -> Iterator[Clinic]:
    compiled, template, _ = project
    names: list[str] = []

    def legacy() -> str:
        names.append(f"integrity_test_{uuid4().hex[:12]}")
        return clinic.copy_of(template, server, names[-1])

    yield Clinic(compiled, legacy)
    for name in names:
        drop_database(server, name)


def counts(found: Verification, table: str) -> dict[tuple[str, str | None], int]:
    return {(c.kind, c.column): c.rows for c in of(found, table).counts}


def of(found: Verification, table: str) -> TableVerification:
    return next(one for one in found.tables if one.table == table)


# --- nothing is wrong ------------------------------------------------------------------------


def test_a_right_load_is_proven_before_and_after_the_switch(ward: Clinic) -> None:
    url = ward.legacy()
    ward.apply(ward.migration, url)
    found = verify(ward.compiled, url)
    assert [(t.table, t.expected, t.actual) for t in found.tables] == [
        ("care.devices", 5, 5),
        (PATIENTS, 80, 80),
        (READINGS, 607, 607),
    ]
    assert (found.ok, found.switched, found.frozen) == (True, True, True)
    assert found.exit_code is Exit.OK
    assert not found.changed_since_apply
    assert list(found.lines())[1] == "care.patients: 80 rows are what the sources say"
    assert explain_difference(ward.compiled, url) == ""


def test_verification_leaves_nothing_behind(ward: Clinic) -> None:
    url = ward.legacy()
    ward.apply(ward.migration, url)
    with connect(url) as conn:
        before = snapshot(conn, toolkit_schema="nowhere")
    verify(ward.compiled, url)
    with connect(url) as conn:
        assert before.differences(snapshot(conn, toolkit_schema="nowhere")) == []


def test_there_is_nothing_to_verify_before_apply(ward: Clinic) -> None:
    with pytest.raises(Exception, match=r"there is no care\.integrity_ledger") as caught:
        verify(ward.compiled, ward.legacy())
    assert caught.value.exit_code is Exit.DRIFT  # type: ignore[attr-defined]


# --- the verification stops it ---------------------------------------------------------------

VERIFIED = {
    # name: step, text, replacement, table, what must be found
    "time zone off by an hour": (
        WARD, "America/Chicago", "America/New_York", READINGS,
        {
            ("different", "taken_at"): 479,
            # The other 40 do not merge with their copies any more, so these look like the rows.
            ("different", "value"): 4,
            ("different", "note"): 40,
            ("different", "origin"): 40,
            ("different", "origin_key"): 40,
            ("different", "origin_arm"): 40,
            ("extra", None): 40,
        },
    ),
    "lookup by the wrong column": (
        WARD, "(code) as by_1", "(label) as by_1", READINGS, {("different", "device_id"): 519},
    ),
    "swapped columns": (
        f"load {PATIENTS}: rows", "r.phone,\n    r.city", "r.city,\n    r.phone", PATIENTS,
        {("different", "phone"): 78, ("different", "city"): 78},
    ),
    "another column's value": (
        ARCHIVE, "remark as note", "value as note", READINGS, {("different", "note"): 88},
    ),
    "rounded values": (
        ARCHIVE, "(value::numeric)::numeric(6,1)", "round(value::numeric)::numeric(6,1)", READINGS,
        {("different", "value"): 88},
    ),
    "wrong order of survivorship, by column": (
        f"load {PATIENTS}: resolve",
        "(array_agg(m.city order by m.integrity_candidate)",
        "(array_agg(m.city order by m.integrity_candidate desc)",
        PATIENTS,
        {("different", "city"): 23},
    ),
    "wrong order of survivorship, by row": (
        RESOLVE, "order by integrity_source, integrity_key",
        "order by integrity_source desc, integrity_key", READINGS,
        {
            ("different", "value"): 4,
            ("different", "note"): 40,
            ("different", "origin"): 40,
            ("different", "origin_key"): 40,
            ("different", "origin_arm"): 40,
        },
    ),
    "wrong numbers": (
        f"load {PATIENTS}: resolve",
        'row_number() over (order by name collate "C", born, integrity_entity) as integrity_row',
        'row_number() over (order by name collate "C" desc) as integrity_row',
        PATIENTS,
        {("different", "patient_id"): 80},
    ),
    "a good row is rejected": (
        WARD, "when candidate.kind is null", "when candidate.integrity_key = 20", READINGS,
        {("missing", None): 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VERIFIED)
def test_a_wrong_load_is_named_down_to_key_and_column(ward: Clinic, name: str) -> None:
    step, old, new, table, expected = VERIFIED[name]
    url = ward.legacy()
    with pytest.raises(UnprovenFailure, match=f"{table} does not hold what its sources say"):
        ward.apply(clinic.mutated(ward.migration, step, old, new), url)
    found = verify(ward.compiled, url)
    assert (found.switched, found.exit_code) == (False, Exit.UNPROVEN)
    assert counts(found, table) == expected
    kinds = {(d.kind, d.column) for d in of(found, table).differences}
    assert kinds == set(expected)
    assert all(d.key for d in of(found, table).differences)
    assert [t.table for t in found.tables if t.counts] == [table]


def test_a_difference_says_key_values_and_source_rows(ward: Clinic) -> None:
    url = ward.legacy()
    step, old, new, table, _ = VERIFIED["time zone off by an hour"]
    with pytest.raises(UnprovenFailure):
        ward.apply(clinic.mutated(ward.migration, step, old, new), url)
    found = of(verify(ward.compiled, url, limit=3), table)
    shown = [d for d in found.differences if d.column == "taken_at"]
    assert len(shown) == 3
    first = shown[0]
    origin = first.sources[0]
    assert origin.source == "ward.readings"
    with connect(url) as conn:
        row = conn.execute(
            "select (taken_at at time zone 'America/Chicago')::text,"
            " (taken_at at time zone 'America/New_York')::text from ward.readings where id = %s",
            [int(origin.key)],
        ).fetchone()
    assert row == (first.expected, first.actual)
    assert first.key["kind"] == origin.arm
    assert list(first.key) == ["patient_id", "kind", "taken_at"]
    text = explain_difference(ward.compiled, url, limit=1)
    assert "479 rows different in taken_at" in text
    assert f"taken_at: expected '{first.expected}', is '{first.actual}'" in text
    extra = next(d for d in found.differences if d.kind == "extra")
    assert [column for column, _, _ in extra.claims()] == ["taken_at"]
    assert "; from ward.readings" in str(extra) and ", which says taken_at '" in str(extra)


def test_rows_of_another_source_are_named(ward: Clinic) -> None:
    """The crosswalk of the wrong source: readings stand on other people."""
    url = ward.legacy()
    broken = clinic.mutated(
        ward.migration, ARCHIVE, "source = 'archive.persons'", "source = 'ward.patients'"
    )
    with pytest.raises(UnprovenFailure, match=r"care\.readings does not hold"):
        ward.apply(broken, url)
    found = counts(verify(ward.compiled, url), READINGS)
    assert found.pop(("different", "patient_id")) == 88
    assert set(found) <= {("extra", None), ("missing", None)}


def test_a_wrong_crosswalk_is_named(ward: Clinic) -> None:
    url = ward.legacy()
    edit = "select o.source_label, m.integrity_key, o.arm_label, r.integrity_row"
    broken = clinic.mutated(ward.migration, f"load {PATIENTS}: accounts", edit, f"{edit} % 80 + 1")
    with pytest.raises(UnprovenFailure, match=r"crosswalk of care\.patients does not hold"):
        ward.apply(broken, url)
    found = verify(ward.compiled, url)
    patients = of(found, PATIENTS)
    assert patients.counts == ()
    assert [(c.kind, c.rows) for c in patients.crosswalk_counts] == [("different", 110)]
    first = patients.crosswalk[0]
    assert (first.column, list(first.key)) == ("unified_key", ["source", "source_key", "arm"])
    assert ("different", "patient_id") in counts(found, READINGS)


def test_renumbered_rows_are_not_blamed_for_the_row_before_them(ward: Clinic) -> None:
    """One patient too few: all later ones have another number, and so do their readings."""
    url = ward.legacy()
    broken = clinic.mutated(
        ward.migration,
        PERSONS,
        "when (born > '1900-01-01') is false",
        "when candidate.integrity_key = 31",
    )
    with pytest.raises(UnprovenFailure):
        ward.apply(broken, url)
    found = verify(ward.compiled, url)
    patients = of(found, PATIENTS)
    assert counts(found, PATIENTS) == {("missing", None): 1}
    assert patients.differences[0].key == {"name": "Person 031", "born": "1960-02-01"}
    assert [str(s) for s in patients.differences[0].sources] == ["archive.persons 31"]
    assert patients.renumbered > 0
    assert counts(found, READINGS) == {}


# --- after the switch ------------------------------------------------------------------------


def test_later_changes_are_reported_as_such(ward: Clinic) -> None:
    url = ward.legacy()
    ward.apply(ward.migration, url)
    with connect(url) as conn:
        conn.execute("update care.patients set city = 'Moved' where name = 'Patient 001'")
        conn.execute("delete from care.readings where reading_id = 9")
        conn.execute("insert into care.devices (device_id, code) values (77, 'D77')")
    found = verify(ward.compiled, url)
    assert found.changed_since_apply
    assert counts(found, PATIENTS) == {("different", "city"): 1}
    assert counts(found, READINGS) == {("missing", None): 1}
    assert counts(found, "care.devices") == {("extra", None): 1}
    assert of(found, READINGS).differences[0].unified_key == "9"
    assert next(found.lines()).startswith("rows were changed since apply")


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        (
            "update care.integrity_ledger set merged = merged + 1 where arm = 'pulse'",
            "ward.readings arm pulse: -1 of 200 candidates are unaccounted for",
        ),
        ("delete from care.integrity_ledger where arm = 'pulse'", "arm pulse has no account"),
        (
            "delete from care.integrity_quarantine where source_key = '17'",
            "ward.readings arm pulse: 1 quarantined, but 0 in the quarantine",
        ),
        (
            "update care.integrity_ledger set candidates = 9, inserted = 9, merged = 0,"
            " quarantined = 0, dropped = 0, empty = 0 where arm = 'pulse'",
            "ward.readings arm pulse: 9 candidates, but 200 source rows",
        ),
    ],
)
def test_the_accounts_are_checked(ward: Clinic, tampering: str, problem: str) -> None:
    url = ward.legacy()
    ward.apply(ward.migration, url)
    with connect(url) as conn:
        conn.execute(tampering)
    found = verify(ward.compiled, url)
    assert not found.ok
    assert not found.changed_since_apply
    assert problem in of(found, READINGS).ledger[0]


# --- the ledger stops it ---------------------------------------------------------------------


def without_an_arm(sql: str) -> str:
    return re.sub(r"\n\s*union all\s+select\s+3::smallint.*?(?=\s*\) as arm)", "", sql, flags=re.S)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda sql: sql.replace(old, new)


TERMS = {
    # name: step, edit, source and arm, how many are unaccounted for
    "candidates: a source row is lost": (
        WARD, replaced("where (note = 'calibration') is not true",
                       "where (note = 'calibration') is not true and id <> 100 and id <> 99"),
        "ward.readings arm diastolic", 1,
    ),
    "candidates: counted wrongly": (
        f"load {READINGS}: ledger of ward.readings",
        replaced("from ward.readings\n", "from (select * from ward.readings limit 150) as few\n"),
        "ward.readings arm diastolic", -41,
    ),
    "candidates: a lost arm": (WARD, without_an_arm, "ward.readings arm pulse", 160),
    "inserted: a lost row": (
        ROWS, replaced("where r.integrity_place = 1",
                       "where r.integrity_place = 1 and r.integrity_key <> 2"),
        "ward.readings arm diastolic", 1,
    ),
    "inserted: a row twice": (
        ROWS, replaced("where r.integrity_place = 1",
                       "cross join generate_series(1, case r.integrity_key when 2 then 2 else 1"
                       " end) where r.integrity_place = 1"),
        "ward.readings arm diastolic", -1,
    ),
    "merged: a member is lost": (
        ACCOUNTS, replaced("where m.integrity_place > 1",
                           "where m.integrity_place > 1 and m.integrity_key <> 7"),
        "archive.measurements", 1,
    ),
    "quarantined: not kept": (
        f"load {READINGS}: ", replaced("where j.integrity_source = 2",
                           "where j.integrity_source = 2 and j.integrity_reject like 'cast%'"),
        "archive.measurements", 1,
    ),
    "dropped: the filter is gone": (
        WARD, replaced("where (note = 'calibration') is not true", ""),
        "ward.readings arm diastolic", -3,
    ),
    "dropped: the filter takes more": (
        WARD, replaced("where (note = 'calibration') is not true", "where note is null and id > 5"),
        "ward.readings arm diastolic", 5,
    ),
    "empty: an arm takes less": (
        WARD, replaced("where (pulse) is not null", "where (pulse) > 61"),
        "ward.readings arm pulse", None,
    ),
    "empty: an arm takes all": (
        WARD, replaced("where (diastolic) is not null", ""), "ward.readings arm diastolic", -32,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TERMS)
def test_every_term_of_the_ledger_can_stop_a_run(ward: Clinic, name: str) -> None:
    step, edit, account, unaccounted = TERMS[name]
    url = ward.legacy()
    with connect(url) as conn:
        before = snapshot(conn, toolkit_schema="care")
    broken = clinic.changed(ward.migration, step, edit)
    with pytest.raises(UnprovenFailure) as caught:
        ward.apply(broken, url)
    message = caught.value.message
    assert "(SQLSTATE IG001)" in message
    assert "the ledger of care.readings does not balance" in message
    assert account in message
    if unaccounted is not None:
        assert f"candidates of {account}, {unaccounted} are unaccounted for" in message
    with connect(url) as conn:
        switched = conn.execute("select to_regclass('care.readings')").fetchone()
        assert switched == (None,)
    ward.run(broken, url, "rollback")
    with connect(url) as conn:
        assert before.differences(snapshot(conn, toolkit_schema="care")) == []


def test_the_verification_names_the_rows_that_a_broken_ledger_misses(ward: Clinic) -> None:
    step, edit, _, _ = TERMS["inserted: a lost row"]
    url = ward.legacy()
    with pytest.raises(UnprovenFailure):
        ward.apply(clinic.changed(ward.migration, step, edit), url)
    found = of(verify(ward.compiled, url), READINGS)
    missing = [d for d in found.differences if d.kind == "missing"]
    assert {(s.source, s.key) for d in missing for s in d.sources} >= {("ward.readings", "2")}
    assert any("unaccounted" in line for line in found.ledger)


def test_too_many_rejects_stop_a_run(ward: Clinic) -> None:
    url = ward.legacy()
    with connect(url) as conn:
        conn.execute("update ward.readings set device = 'D9' where id <= 20")
    with pytest.raises(UnprovenFailure) as caught:
        ward.apply(ward.migration, url)
    assert "(SQLSTATE IG002)" in caught.value.message
    assert "of the candidates of care.readings were rejected, at most 5 %" in caught.value.message
    assert "lookup-none of ward.readings" in caught.value.message

"""What is wrong with configs/dependents/, each with its place and the nearest right thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dependents_case import FILES, LEGACY, READER
from small_project import compiled

from integrity.database.connect import connect
from integrity.errors import ConfigFailure


@pytest.fixture(scope="module")
def role(server: str) -> Iterator[str]:
    with connect(server) as conn:
        conn.execute(f"drop role if exists {READER}".encode())
        conn.execute(f"create role {READER}".encode())
    yield READER
    with connect(server) as conn:
        conn.execute(f"drop role {READER}".encode())


def refused(folder: Path, make_database: Callable[[], str], *edits: tuple[str, str]) -> list[str]:
    """The problems, without the directory that their files stand in."""
    text = FILES["dependents/all.yaml"]
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with pytest.raises(ConfigFailure) as caught:
        compiled(folder, LEGACY, {**FILES, "dependents/all.yaml": text}, make_database)
    root = f"{folder}/configs/dependents/"
    shown = (str(problem).replace(root, "") for problem in caught.value.problems)
    return [" ".join(line.split()) for line in shown]


PATIENTS = "select distinct patient from care.visits  -- no order"
WRONG: dict[str, tuple[tuple[tuple[str, str], ...], list[str]]] = {
    "a column that is not there": (
        ((PATIENTS, "select distinct patient,\n        pattient from care.visits"),),
        [
            'all.yaml:14:9: view care.v_patients: the server refuses it: column "pattient" does not'
            ' exist hint: Perhaps you meant to reference the column "visits.patient".'
        ],
    ),
    "a legacy table": (
        ((PATIENTS, "select distinct patient from ward.visits"),),
        [
            "all.yaml:13:36: view care.v_patients reads ward.visits, which is a legacy table"
            " hint: it feeds care.visits"
        ],
    ),
    "the old name of a table": (
        (("from care.visits where patient", "from login.users where name"), ("sum(price)", "1.0")),
        [
            "all.yaml:22:25: function care.total(which text) reads login.users, which is a legacy"
            " table hint: it becomes care.login_users"
        ],
    ),
    "two statements": (
        ((PATIENTS, "select 1 as one; drop table care.visits"),),
        [
            "all.yaml:12:17: view care.v_patients: the server refuses it: cannot insert multiple"
            " commands into a prepared statement"
        ],
    ),
    "arguments in other words": (
        (("which text default 'p, q'", "which varchar"),),
        [
            "all.yaml:19:15: function care.total(which varchar): the server spells its arguments"
            " otherwise hint: write (which character varying)"
        ],
    ),
    "arguments with other names": (
        (("care.total(which text default 'p, q')", "care.total(who text)"),
         ("patient = which", "patient = who")),
        [
            "all.yaml:19:15: function care.total(who text): legacy has it with other names of its"
            " arguments hint: write (which text)"
        ],
    ),
    "the name of a unified table": (
        (("materialized_view: report.monthly", "materialized_view: care.visits"),),
        [
            "all.yaml:15:24: materialized view care.visits: a unified table has that name"
            " hint: choose another name"
        ],
    ),
    "nothing of that name": (
        (("replaces: [ward.v_visits, ward.v_dear]", "replaces: [ward.v_visit]"),),
        [
            "all.yaml:4:16: ward.v_visit names nothing: no contract has such a view or function"
            " hint: did you mean 'ward.v_visits'?"
        ],
    ),
    "a pattern of nothing": (
        (("{name: guests.*", "{name: [guests.*, guest.v_*]"),),
        [
            "all.yaml:38:23: the pattern guest.v_* names nothing: no contract has such a view or"
            " function hint: did you mean 'guests.v_theirs'?"
        ],
    ),
    "two rules": (
        (("{name: login.count_users", "{name: [login.count_users, report.clean]"),),
        [
            "all.yaml:36:32: report.clean() is under two rules: archive and archive"
            " hint: the other is at all.yaml:35:27; keep one of the two"
        ],
    ),
    "kept on what goes": (
        (("  - {name: ward.*, because: nobody reads them any more}\n", ""),
         ("{name: guests.*", "{name: [guests.*, ward.v_visits]"),
         ("replaces: [ward.v_visits, ward.v_dear]", "replaces: [ward.v_dear]")),
        [
            "all.yaml:37:23: view ward.v_visits cannot be kept: it reads ward.visits, which goes"
            " hint: recreate it on the unified tables, or archive it"
        ],
    ),
    "no reason": (
        ((", because: they belong to the guests", ""),),
        ["all.yaml:38:5: entry of keep has no because hint: add because: ..."],
    ),
    "a privilege that views have not": (
        ((f"{READER}: [select]", f"{READER}: [execute]"),),
        [
            f"all.yaml:14:38: {READER} in grants of entry of recreate: expected select or insert or"
            " update or delete or truncate or references or trigger, found 'execute' hint: did you"
            " mean 'select'?"
        ],
    ),
    "two kinds": (
        (("  - view: care.v_dear\n", "  - view: care.v_dear\n    function: care.v_dear()\n"),),
        [
            "all.yaml:3:5: entry of recreate: expected one of view or materialized_view or function"
            " or procedure"
        ],
    ),
    "a circle": (
        ((PATIENTS, "select distinct patient from care.v_dear"),),
        [
            "all.yaml:3:11: what is recreated waits for itself: care.v_dear -> care.v_patients ->"
            " care.v_dear hint: each arrow needs what stands before it: remove one of them"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong(
    what: str, tmp_path: Path, make_database: Callable[[], str], role: str
) -> None:
    edits, expected = WRONG[what]
    assert refused(tmp_path, make_database, *edits) == expected

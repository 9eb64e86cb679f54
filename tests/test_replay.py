"""Replay of the quarantine with mended YAML: rows, conflicts, the ledger, and a rollback after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_project import Case, compiled

from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import DriftFailure, LockedFailure
from integrity.model import Name
from integrity.plan.compile import Compiled
from integrity.run.locks import database_lock
from integrity.run.quarantine import entries, entry
from integrity.run.replay import Replayed, replay

LEGACY = """
create schema old;
create table old.firms (id integer primary key, code text, name text, staff text);
create table old.partners (id integer primary key, code text, name text);
create table old.deals (id integer primary key, firm_id integer, amount text, tax text, day date);
"""

ROWS = """
insert into old.firms values
    (1, 'F1', 'One', '10'), (2, 'F2', 'Two', 'n/a'), (3, 'F3', 'Three', '30 %'), (4, null, 'Four', '4');
insert into old.partners values (1, 'F1', 'First'), (2, 'F9', 'Nine');
insert into old.deals values
    (1, 1, '5', '1', '2024-01-01'), (2, 2, '6', null, '2024-01-02'), (3, 7, '7', '2', '2024-01-03'),
    (4, 1, 'x', null, '2024-01-04');
"""

UNIFIED = """
schema: new
tables:
  firms:
    columns:
      firm_id: {type: bigint, key: assigned}
      code:    {type: text, null: false}
      name:    {type: text}
      staff:   {type: integer}
    primary_key: [firm_id]
    natural_key: [code]
    unique: [[name]]
  deals:
    columns:
      deal_id: {type: bigint, key: assigned}
      firm_id: {type: bigint, null: false}
      day:     {type: date, null: false}
      kind:    {type: text, null: false}
      amount:  {type: numeric, null: false}
      source:  {type: text, provenance: source}
      key:     {type: text, provenance: key}
      arm:     {type: text, provenance: arm}
    primary_key: [deal_id]
    natural_key: [firm_id, day, kind]
    foreign_keys: {firm_id: new.firms}
"""

FIRMS = """
table: new.firms
rejects: {max: 90%}
match: [[code], [name]]
survivorship: {prefer: [old.firms, old.partners]}
sources:
  - from: old.firms
    write_back: true
    columns:
      code: code
      name: name
      staff: STAFF::integer
  - from: old.partners
    columns:
      code: code
      name: PARTNER
"""

DEALS = """
table: new.deals
survivorship: {by: row}
rejects: {max: 90%}
sources:
  - from: old.deals
    write_back: true
    arms:
      - {arm: net, kind: "'net'", amount: amount::numeric}
      - {arm: tax, kind: "'tax'", amount: tax::numeric}
    columns: {firm_id: {crosswalk: old.firms, key: firm_id}, day: day}
"""

MENDED = "nullif(rtrim(staff, ' %'), 'n/a')"


def files(staff: str, partner: str = "name") -> dict[str, str]:
    firms = FIRMS.replace("STAFF", staff).replace("PARTNER", partner)
    return {
        "unified/new.yaml": UNIFIED, "mappings/firms.yaml": firms, "mappings/deals.yaml": DEALS,
    }  # fmt: skip


@pytest.fixture(scope="module")
def projects(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Compiled, Compiled]]:
    """The project as it was applied, and with its YAML mended."""
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_replay_{len(names)}")
        return create_database(server, names[-1])

    folder: Callable[[str], Path] = tmp_path_factory.mktemp
    # Fewer candidates are rejected at first by what is mended later.
    yield (
        compiled(folder("first"), LEGACY, files("staff", "case when code = 'F1' then name end"), make),
        compiled(folder("mended"), LEGACY, files(f"({MENDED})"), make),
    )
    for name in names:
        drop_database(server, name)


@pytest.fixture
def case(projects: tuple[Compiled, Compiled], database: str) -> Case:
    found = Case(projects[0], database)
    found.execute(LEGACY, ROWS)
    found.apply()
    return found


def ledger(case: Case) -> list[tuple[object, ...]]:
    return case.rows(
        "select source, arm, candidates, inserted, merged, quarantined, open"
        " from kit.integrity_ledger order by 1, 2"
    )


def test_mended_yaml_rescues_a_parent_and_its_child(
    case: Case, projects: tuple[Compiled, Compiled]
) -> None:
    mended = projects[1]
    before = case.state(), ledger(case), case.rows("select * from kit.integrity_quarantine order by 1")
    rehearsed = replay(mended, case.url, dry_run=True)
    after = case.state(), ledger(case), case.rows("select * from kit.integrity_quarantine order by 1")
    assert before[0].differences(after[0]) == []
    assert before[1:] == after[1:]
    done = replay(mended, case.url)
    assert rehearsed[0] == done[0]
    assert done == (
        Replayed("new.firms", 2, 0, (("old.firms", "null", 1),)),
        Replayed("new.deals", 1, 0, (("old.deals", "cast", 1), ("old.deals", "lookup-none", 2))),
    )
    assert case.rows("select code, name, staff from new.firms order by firm_id") == [
        ("F1", "One", 10), ("F9", None, None), ("F2", "Two", None), ("F3", "Three", 30),
    ]  # fmt: skip
    assert case.rows(
        "select f.code, d.kind, d.amount::int, d.source, d.key, d.arm from new.deals as d"
        " join new.firms as f using (firm_id) order by d.deal_id"
    ) == [
        ("F1", "net", 5, "old.deals", "1", "net"), ("F1", "tax", 1, "old.deals", "1", "tax"),
        ("F2", "net", 6, "old.deals", "2", "net"),
    ]  # fmt: skip
    assert ledger(case) == [
        ("old.deals", "net", 4, 2, 0, 2, 0), ("old.deals", "tax", 4, 1, 0, 1, 0),
        ("old.firms", "", 4, 3, 0, 1, 0), ("old.partners", "", 2, 1, 1, 0, 0),
    ]  # fmt: skip
    again = replay(mended, case.url)
    assert [(one.inserted, one.merged, one.waiting) for one in again] == [(0, 0, 1), (0, 0, 3)]
    assert len(case.rows("select * from new.firms")) == 4

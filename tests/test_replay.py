"""Replay of the quarantine with mended YAML: rows, conflicts, ledger, and a rollback after it."""

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
from integrity.run.quarantine import entries, entry, listed
from integrity.run.replay import Replayed, replay
from integrity.run.verify import verify

LEGACY = """
create schema old;
create table old.firms (id integer primary key, code text, name text, staff text);
create table old.partners (id integer primary key, code text, name text);
create table old.deals (id integer primary key, firm_id integer, amount text, tax text, day date);
"""

ROWS = """
insert into old.firms values
    (1, 'F1', 'One', '10'), (2, 'F2', 'Two', 'n/a'), (3, 'F3', 'Three', '30 %'),
    (4, null, 'Four', '4');
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


QUARANTINE = "select * from kit.integrity_quarantine order by 1"


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
        compiled(
            folder("first"), LEGACY, files("staff", "case when code = 'F1' then name end"), make
        ),
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
    before = case.state(), ledger(case), case.rows(QUARANTINE)
    rehearsed = replay(mended, case.url, dry_run=True)
    after = case.state(), ledger(case), case.rows(QUARANTINE)
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


def test_a_candidate_that_merges_keeps_the_row_and_records_a_conflict(
    case: Case, projects: tuple[Compiled, Compiled]
) -> None:
    case.execute("insert into new.firms (code, name, staff) values ('F2', 'Two of us', 5)")
    replay(projects[1], case.url, mapping=Name("new", "firms"))
    assert case.rows("select name, staff from new.firms where code = 'F2'") == [("Two of us", 5)]
    conflicts = case.rows(
        "select column_name, source, source_key, value, survived, survived_from"
        " from kit.integrity_conflicts where unified_key = '3'"
    )
    assert conflicts == [("name", "old.firms", "2", "Two", "Two of us", None)]
    assert ledger(case)[2] == ("old.firms", "", 4, 2, 1, 1, 0)
    assert case.rows("select kind from new.deals") == [("net",), ("tax",)]  # not asked for


def test_a_key_that_is_taken_stays_in_quarantine(
    case: Case, projects: tuple[Compiled, Compiled]
) -> None:
    case.execute("insert into new.firms (code, name) values ('F8', 'Three')")
    done = replay(projects[1], case.url, mapping=Name("new", "firms"))
    # By name alone F3 is not F8: both codes are known, and they differ.
    assert done[0].still_rejected == (("old.firms", "null", 1), ("old.firms", "unique", 1))


@pytest.mark.parametrize("yaml", ["as applied", "mended"])
def test_verification_after_a_replay(
    case: Case, projects: tuple[Compiled, Compiled], yaml: str
) -> None:
    """Rows that replays made are proven with the YAML as it was, and as it is once compiled."""
    replay(projects[1], case.url)
    made = projects[yaml == "mended"]
    if yaml == "mended":  # as the migration that follows does
        case.execute("update new.firms set name = 'Nine' where code = 'F9'")
    found = verify(made, case.url)
    assert found.ok, list(found.lines())
    case.execute(
        "update new.firms set staff = 31 where code = 'F3'",
        "update new.firms set name = 'Uno' where code = 'F1'",
        "update new.deals set amount = 9 where key = '2'",
    )
    wrong = [d for table in verify(made, case.url).tables for d in table.differences]
    assert [(d.table, d.column, d.actual) for d in wrong] == [
        ("new.firms", "name", "Uno"), ("new.firms", "staff", "31"), ("new.deals", "amount", "9")
    ]  # fmt: skip
    case.execute("delete from new.deals where key = '2'")
    (missing,) = (t.counts for t in verify(made, case.url).tables if t.table == "new.deals")
    assert [str(count) for count in missing] == ["1 row missing"]


def test_rollback_after_a_replay(case: Case, projects: tuple[Compiled, Compiled]) -> None:
    replay(projects[1], case.url)
    case.execute(
        "update new.firms set staff = 31 where code = 'F3'",
        "delete from new.deals where key = '2'",
        "update new.firms set staff = 11 where code = 'F1'",
    )
    case.roll_back()
    assert case.rows("select * from old.firms order by id") == [
        (1, "F1", "One", "11"), (2, "F2", "Two", "n/a"), (3, "F3", "Three", "30 %"),
        (4, None, "Four", "4"),
    ]  # fmt: skip
    assert case.rows("select id, amount, tax from old.deals order by id") == [
        (1, "5", "1"), (2, None, None), (3, "7", "2"), (4, "x", None)
    ]  # fmt: skip
    assert case.retained() == [
        ("new.firms", "updated", "staff: the row came in by a replay of the quarantine")
    ]
    assert case.returned() == {
        ("new.firms", "updated"): (2, 1, 1), ("new.deals", "deleted"): (1, 1, 0),
    }  # fmt: skip
    case.made = projects[1]
    case.apply()
    assert case.rows("select code, staff from new.firms order by code") == [
        ("F1", 11), ("F2", None), ("F3", 30), ("F9", None)
    ]  # fmt: skip


def test_before_the_switch_and_beside_another_run(
    projects: tuple[Compiled, Compiled], database: str
) -> None:
    case = Case(projects[0], database)
    case.execute(LEGACY, ROWS)
    with pytest.raises(DriftFailure, match="nothing to replay into"):
        replay(projects[0], case.url)
    case.apply()
    with (
        connect(case.url) as other,
        database_lock(other, patience=1),
        pytest.raises(LockedFailure),
    ):
        replay(projects[0], case.url)


def test_quarantine_is_listed_in_groups_and_shown_whole(case: Case) -> None:
    with connect(case.url) as conn:
        found = entries(conn, "kit")
        firms = [
            (e.source, e.reason, e.column_name, e.detail)
            for e in found.entries
            if e.mapping == "new.firms"
        ]
        assert firms == [
            ("old.firms", "cast", "staff", "staff = n/a"),
            ("old.firms", "cast", "staff", "staff = 30 %"),
            ("old.firms", "null", "code", "code = null"),
        ]  # fmt: skip
        assert found.total == 7
        groups = [(g.source, g.reason, g.column_name, g.count) for g in listed(conn, "kit")]
        assert groups == [
            ("old.deals", "lookup-none", "firm_id", 3), ("old.firms", "cast", "staff", 2),
            ("old.deals", "cast", "amount", 1), ("old.firms", "null", "code", 1),
        ]  # fmt: skip
        assert listed(conn, "kit", examples=1)[1].examples == ("key 2: staff = n/a",)
        whole = entry(conn, "kit", found.entries[-1].quarantine_id)
        assert whole is not None and whole.source_row is not None
        assert entry(conn, "kit", 0) is None


TREE = {
    "unified/new.yaml": """
schema: new
tables:
  nodes:
    columns:
      node_id: {type: bigint, key: assigned}
      code:    {type: text, null: false}
      parent:  {type: bigint}
      a:       {type: text}
      b:       {type: text}
    primary_key: [node_id]
    natural_key: [code]
    unique: [{columns: [a, b], nulls_not_distinct: true}]
    foreign_keys: {parent: new.nodes}
""",
    "mappings/nodes.yaml": """
table: new.nodes
rejects: {max: 90%}
sources:
  - from: old.nodes
    columns:
      code: CODE
      a: a
      b: b
      parent: {crosswalk: old.nodes, key: parent, optional: true}
""",
}
TREE_LEGACY = """
create schema old;
create table old.nodes (id integer primary key, code text, parent integer, a text, b text);
"""


def test_references_within_a_replay_and_rivals_for_a_key(
    tmp_path: Path, make_database: Callable[[], str]
) -> None:
    mapping = TREE["mappings/nodes.yaml"]
    first, mended = (
        compiled(
            tmp_path / name,
            TREE_LEGACY,
            TREE | {"mappings/nodes.yaml": mapping.replace("CODE", code)},
            make_database,
        )
        for name, code in (("first", "code"), ("mended", "coalesce(code, 'new ' || id)"))
    )
    case = Case(first, make_database())
    case.execute(
        TREE_LEGACY,
        "insert into old.nodes values (1, 'one', null, '1', null), (2, null, 1, '2', null),"
        " (3, null, 2, '3', null), (4, null, null, '1', null), (5, null, null, '3', null)",
    )
    case.apply()
    assert replay(mended, case.url) == (Replayed("new.nodes", 2, 0, (("old.nodes", "unique", 2),)),)
    assert case.rows(
        "select n.code, p.code from new.nodes as n left join new.nodes as p"
        " on p.node_id = n.parent order by n.node_id"
    ) == [("one", None), ("new 2", "one"), ("new 3", "new 2")]
    for made in (first, mended):
        found = verify(made, case.url)
        assert found.ok, list(found.lines())

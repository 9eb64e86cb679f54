"""Rows of which no arm is filled are kept apart where they hold something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_project import KIT, Case, compiled

from integrity.config import load_project
from integrity.errors import ConfigFailure
from integrity.run.verify import verify

LEGACY = """
create schema old;
create table old.slips (id integer primary key, reader text, taken date, returned date, "%" text);
insert into old.slips values
    (1, 'ann', '2024-01-01', '2024-01-09', null),
    (2, 'ben', '2024-01-02', null, 'torn'),
    (3, 'cid', null, null, 'lost'),
    (4, null, null, null, 'a %'),
    (5, null, null, null, null);
"""
UNIFIED = """\
schema: new
tables:
  events:
    columns:
      event_id: {type: bigint, key: assigned}
      slip:     {type: integer, null: false}
      event:    {type: text, null: false}
      day:      {type: date, null: false}
      reader:   {type: text}
      note:     {type: text}
    primary_key: [event_id]
    natural_key: [slip, event]
"""
MAPPING = """\
table: new.events
rejects: {max: 100%}
sources:
  - from: old.slips
    write_back: true
    arms:
      - {arm: taken,    event: "'taken'",    day: taken}
      - {arm: returned, event: "'returned'", day: returned}
    columns: {slip: id, reader: reader, note: '"%"'}
"""


def files(mapping: str = MAPPING) -> dict[str, str]:
    return {"unified/new.yaml": UNIFIED, "mappings/events.yaml": mapping}


@pytest.fixture
def make(tmp_path: Path, make_database: Callable[[], Any]) -> Callable[[str], Case]:
    def made(mapping: str) -> Case:
        case = Case(compiled(tmp_path, LEGACY, files(mapping), make_database), make_database())
        case.execute(LEGACY)
        return case

    return made


def ledger(case: Case) -> list[tuple[Any, ...]]:
    return case.rows(
        "select arm, candidates, inserted, quarantined, empty, open"
        f" from {KIT}.integrity_ledger order by arm"
    )


@pytest.mark.both_servers
def test_what_such_a_row_holds_is_kept_in_quarantine(make: Callable[[str], Case]) -> None:
    case = make(MAPPING)
    before = case.state()
    case.apply()
    assert ledger(case) == [("returned", 5, 1, 0, 4, 0), ("taken", 5, 2, 2, 1, 0)]
    kept = case.rows(
        "select source_key, arm, reason, expression, detail, source_row ->> '%'"
        f" from {KIT}.integrity_quarantine order by 1"
    )
    assert kept == [
        ("3", "taken", "no-arm", "no arm is filled", "reader = cid, % = lost", "lost"),
        ("4", "taken", "no-arm", "no arm is filled", "reader = null, % = a %", "a %"),
    ]
    assert verify(case.made, case.url).ok
    case.roll_back()
    assert before.differences(case.state()) == []


def test_a_reason_says_that_such_rows_may_be_left_out(make: Callable[[str], Case]) -> None:
    reason = "    empty: a slip that nobody used\n    arms:"
    case = make(MAPPING.replace("    arms:", reason))
    case.apply()
    assert ledger(case) == [("returned", 5, 1, 0, 4, 0), ("taken", 5, 2, 0, 3, 0)]


def test_where_arms_share_the_key_alone_nothing_is_lost(make: Callable[[str], Case]) -> None:
    ignored = "columns: {slip: id}\n    ignore: {reader: a copy, '%': a copy}"
    case = make(MAPPING.replace("columns: {slip: id, reader: reader, note: '\"%\"'}", ignored))
    case.apply()
    assert ledger(case) == [("returned", 5, 1, 0, 4, 0), ("taken", 5, 2, 0, 3, 0)]


def test_the_reason_needs_arms(tmp_path: Path) -> None:
    start = MAPPING.index("    arms:")
    end = MAPPING.index("    columns:")
    mapping = MAPPING[:start] + "    empty: nothing\n" + MAPPING[end:]
    for name, text in files(mapping).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "project.yaml").write_text("project: slips\n", encoding="utf-8")
    with pytest.raises(ConfigFailure) as caught:
        load_project(tmp_path)
    assert f"{tmp_path}/mappings/events.yaml:6:12: empty of source old.slips" in str(caught.value)

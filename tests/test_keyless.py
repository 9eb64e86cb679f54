"""A source whose rows nothing identifies: NULL keys, repeats, a column that is json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_project import KIT, Case, compiled

from integrity.config import load_project
from integrity.errors import ConfigFailure
from integrity.run.verify import verify

LEGACY = """
create schema old;
create table old.readings (sensor text, at timestamp, value text, raw json);
insert into old.readings values
    ('a', '2025-07-01 10:00', '1.5', '{"x": 1}'), ('a', '2025-07-01 10:00', '1.5', '{"x": 1}'),
    ('a', '2025-07-01 10:00', '1.5', '{"x": 1}'), ('a', '2025-07-01 10:00', '1.7', null),
    (null, '2025-07-01 11:00', '2', null), (null, '2025-07-01 11:00', '2', null),
    ('b', null, null, null), ('b', '2025-07-01 12:00', 'bad', '{"x": 2}');
"""
UNIFIED = """\
schema: new
tables:
  readings:
    columns:
      reading_id: {type: bigint, key: assigned}
      sensor:     {type: text, null: false}
      at:         {type: timestamptz}
      value:      {type: numeric}
    primary_key: [reading_id]
    natural_key: [sensor, at, value]
"""
MAPPING = """\
table: new.readings
rejects: {max: 50%}
sources:
  - from: old.readings
    key: row
    columns:
      sensor: sensor
      at:     at at time zone 'UTC'
      value:  value::numeric
    ignore: {raw: what the sensor sent}
"""
FILES = {"unified/new.yaml": UNIFIED, "mappings/readings.yaml": MAPPING}


@pytest.fixture
def case(tmp_path: Path, make_database: Any) -> Case:
    url = make_database()
    made = Case(compiled(tmp_path, LEGACY, FILES, make_database), url)
    made.execute(LEGACY)
    return made


def test_every_repeat_is_accounted_for(case: Case) -> None:
    before = case.state()
    case.apply()
    assert case.rows("select sensor, value::float from new.readings order by 1, 2") == [
        ("a", 1.5),
        ("a", 1.7),
        ("b", None),
    ]
    ledger = f"select candidates, inserted, merged, quarantined, open from {KIT}.integrity_ledger"
    assert case.rows(ledger) == [(8, 3, 2, 3, 0)]
    quarantined = case.rows(
        f"select reason, source_key, source_row from {KIT}.integrity_quarantine order by 1, 2"
    )
    assert [reason for reason, _, _ in quarantined] == ["cast", "null", "null"]
    keys = [key for _, key, _ in quarantined]
    assert len({*keys}) == 3
    assert keys[1].removesuffix("-1") == keys[2].removesuffix("-2")  # equal rows, numbered
    assert quarantined[0][2] == {
        "sensor": "b",
        "at": "2025-07-01T12:00:00",
        "value": "bad",
        "raw": {"x": 2},
    }
    assert verify(case.made, case.url).ok
    case.roll_back()
    assert before.differences(case.state()) == []


def test_files_reach_the_same_end(case: Case, tmp_path: Path) -> None:
    before = case.state()
    case.apply()
    there = case.state()
    case.roll_back()
    case.by_psql(tmp_path, "migrate")
    assert there.differences(case.state()) == []
    case.by_psql(tmp_path, "rollback")
    assert before.differences(case.state()) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "key: row",
            "key: rows",
            "key of source old.readings: expected a list, found the text 'rows'",
        ),
        ("key: row", "key: row\n    write_back: true", "so nothing can be written back to one"),
        ("key: row", "key: [row]", "old.readings has no column 'row'"),
    ],
)
def test_wrong_words(old: str, new: str, message: str, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "configs" / "mappings" / "readings.yaml"
    path.write_text(MAPPING.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigFailure, match=message):
        load_project(tmp_path / "configs")

"""Loads of columns that are special: generated ones in checks, types without equality."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_project import KIT, Case, compiled

from integrity.run.verify import verify

LEGACY = """
create schema old;
create table old.orders (id integer primary key, net text, paid text, sent json, at point,
    every interval, words tsvector, bits bit varying);
create table old.copies (id integer primary key, no integer, paid text, sent json, at point,
    every interval);
insert into old.orders values
    (1, '10', 'yes', '{"a": 1}', '(1,2)', '1 mon', 'x:1', '101'),
    (2, '-5', 'no', null, null, null, null, null), (3, '7', 'no', '[1]', null, null, null, '1');
insert into old.copies values
    (1, 1, 'yes', '{"a":1}', '(1,2)', '30 days'), (2, 3, 'no', '[2]', '(3,4)', '1 day'),
    (3, 9, 'yes', null, null, '24:00');
"""
UNIFIED = """\
schema: new
tables:
  orders:
    columns:
      order_id: {type: bigint, key: assigned}
      number:   {type: integer, null: false}
      net:      {type: numeric}
      gross:    {type: numeric, generated: "net * 1.2"}
      bonus:    {type: integer, default: 3}
      paid:     {type: boolean}
      sent:     {type: json}
      at:       {type: point}
      every:    {type: interval}
      words:    {type: tsvector}
      bits:     {type: bit varying}
    primary_key: [order_id]
    natural_key: [number]
    checks:
      gross_is_not_negative: "gross >= 0"
      bonus_is_for_payers: "paid or number < bonus * 2"
"""
MAPPING = """\
table: new.orders
rejects: {max: 100%}
sources:
  - from: old.orders
    write_back: true
    columns:
      {number: id, net: "net::numeric", paid: "paid = 'yes'", sent: sent, at: at, every: every,
       words: words, bits: bits}
  - from: old.copies
    columns: {number: "no", paid: "paid = 'yes'", sent: sent, at: at, every: every}
    ignore: {id: a number of the copy}
"""
FILES = {"unified/new.yaml": UNIFIED, "mappings/orders.yaml": MAPPING}


@pytest.fixture
def case(tmp_path: Path, make_database: Callable[[], Any]) -> Case:
    made = Case(compiled(tmp_path, LEGACY, FILES, make_database), make_database())
    made.execute(LEGACY)
    return made


def test_there_and_back(case: Case) -> None:
    before = case.state()
    case.apply()
    assert case.rows("select number, gross::float, sent::text from new.orders order by 1") == [
        (1, 12.0, '{"a": 1}'),
        (3, 8.4, "[1]"),
        (9, None, None),
    ]
    rejected = f"select source, source_key, reason, column_name from {KIT}.integrity_quarantine"
    assert case.rows(rejected) == [("old.orders", "2", "check", "gross_is_not_negative")]
    conflicts = f"select column_name, value, survived from {KIT}.integrity_conflicts order by 2, 1"
    assert case.rows(conflicts) == [
        ("every", "30 days", "1 mon"),  # equal, and not the same
        ("sent", "[2]", "[1]"),
        ("sent", '{"a":1}', '{"a": 1}'),
    ]
    assert verify(case.made, case.url).ok
    case.roll_back()
    assert before.differences(case.state()) == []


def test_an_edit_to_an_equal_value_returns(case: Case) -> None:
    case.apply()
    case.execute(
        "update new.orders set every = '30 days', bits = '1010' where number = 1",
        "update new.orders set at = point(5, 6) where number = 9",
    )
    case.roll_back()
    assert case.rows("select every::text, bits::text from old.orders where id = 1") == [
        ("30 days", "1010")
    ]
    ((table, change, reason),) = case.retained()
    assert (table, change) == ("new.orders", "updated")
    assert reason.startswith("at: ")

"""Shuffling the keys of YAML mappings changes nothing, but for columns, whose order has meaning."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import yaml
from config_files import CUSTOMERS, LEGACY, ORDERS, PROJECT, UNIFIED, write
from hypothesis import given
from hypothesis import strategies as st

from integrity.config import load_project
from integrity.model import Project

UNIFIED_MORE = """\
  invoices:
    description: What was asked for.
    columns:
      id: {type: bigint, key: assigned, description: Our number.}
      number: {type: text, null: false}
      side: {type: text, null: false, check: "side in ('a', 'b')"}
      amount: {type: numeric}
      customer_id: {type: bigint}
      total: {type: numeric}
    primary_key: [id]
    natural_key: [number, side]
    unique: [[amount, total], {columns: [customer_id, side], name: by_customer}]
    checks: {z: amount > 0, a: total > 0, m: side <> number}
    foreign_keys:
      customer_id: shop.customers
      again: {columns: [customer_id], references: shop.customers, to: [customer_id]}
"""
INVOICES = """\
table: shop.invoices
order: [side, number]
match: [[number, side], [customer_id, side]]
survivorship:
  prefer: [old.log, old.orders]
  columns: {total: [old.log], amount: [old.orders]}
sources:
  - from: old.orders
    ignore: {note: for nobody, id: a number}
    columns:
      number: note
      customer_id:
        first_of:
          - {lookup: shop.customers, by: {email: note, name: note}, take: customer_id}
          - {crosswalk: old.clients, key: client_id, optional: true}
    arms:
      - {arm: one, side: "'a'", amount: total, total: total}
      - {arm: two, side: "'b'", total: id, amount: id}
  - from: old.log
    key: [line]
    columns: {side: "'a'", number: line}
"""
MORE_SETTINGS = """\
  later: {arguments: [x, y], sql: "coalesce(x, y)"}
  early: {arguments: [x], sql: "later(x, '')"}
migrations: {first: 3, performance: quick}
timeouts: {lock: 1s, statement: 2min}
"""
MORE_LEGACY = """\
enums: {mood: [sad, glad], air: [thin]}
sequences: {b: {type: bigint}, a: {owned_by: orders.id, type: integer}}
views: {w: {definition: SELECT 2}, v: {definition: SELECT 1, reads: [old.log, old.clients]}}
functions: {"f(b text)": two, "f(a text)": one, "a()": none}
"""
FILES = {
    "project.yaml": PROJECT + MORE_SETTINGS,
    "unified/shop.yaml": UNIFIED + UNIFIED_MORE,
    "legacy/old.yaml": LEGACY + MORE_LEGACY,
    "mappings/customers.yaml": CUSTOMERS,
    "mappings/orders.yaml": ORDERS,
    "mappings/invoices.yaml": INVOICES,
}


def shuffled(value: object, random: Random, ordered: bool = False) -> object:
    """The value with the keys of its mappings in another order, except the columns of a table."""
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if not ordered:
        random.shuffle(keys)
    is_table = "columns" in value and not {"from", "prefer"} & value.keys()
    return {
        key: shuffled(value[key], random, ordered=is_table and key == "columns") for key in keys
    }


def project_of(files: dict[str, str]) -> Project:
    with TemporaryDirectory() as directory:
        project = load_project(write(Path(directory), files))
    return replace(project, digest="")


@cache
def original() -> tuple[Project, dict[str, object]]:
    return project_of(FILES), {name: yaml.safe_load(text) for name, text in FILES.items()}


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_has_no_meaning(random: Random) -> None:
    project, parsed = original()
    files = {name: json.dumps(shuffled(value, random)) for name, value in parsed.items()}
    again = project_of(files)
    assert again == project
    assert repr_without_places(again) == repr_without_places(project)


def repr_without_places(project: Project) -> str:
    """Shows the order of dicts too, which equality does not see."""
    return re.sub(r"Location\([^)]*\)", "", repr(project))


def test_the_order_of_columns_has_meaning() -> None:
    columns = ["      mail:      {type: text}\n", "      full_name: {type: text}\n"]
    swapped = LEGACY.replace("".join(columns), "".join(reversed(columns)))
    project = project_of({**FILES, "legacy/old.yaml": swapped + MORE_LEGACY})
    assert [c.name for c in project.legacy.tables[0].columns] == ["id", "full_name", "mail"]
    assert project != original()[0]

# ruff: noqa: E501 - whole messages
"""Expressions, lookups and crosswalks with something wrong in them: the whole messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import FILES, edited, problems

# what is wrong: file, text, its replacement, the message
EDITS: dict[str, tuple[str, str, str, str]] = {
    "unknown source column, plain": (
        "mappings/orders.yaml",
        "total::numeric",
        "totl::numeric",
        """\
configs/mappings/orders.yaml:11:15: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "unknown source column, double quotes": (
        "mappings/orders.yaml",
        "total::numeric",
        '"coalesce(nullif(total, \'\\\\\\"\'), totl)::numeric"',
        """\
configs/mappings/orders.yaml:11:48: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "unknown source column, single quotes": (
        "mappings/orders.yaml",
        "total::numeric",
        "'nullif(total, '''')::numeric + totl'",
        """\
configs/mappings/orders.yaml:11:47: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "unknown source column, literal block": (
        "mappings/orders.yaml",
        "total::numeric",
        """\
|
        total::numeric
          + totl""",
        """\
configs/mappings/orders.yaml:13:13: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "unknown source column, folded block": (
        "mappings/orders.yaml",
        "total::numeric",
        """\
>
        total::numeric
          + totl""",
        """\
configs/mappings/orders.yaml:11:15: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "unknown source column, two lines": (
        "mappings/orders.yaml",
        "total::numeric",
        """\
total::numeric
        + totl""",
        """\
configs/mappings/orders.yaml:11:15: old.orders has no column 'totl'
  hint: did you mean 'total'?""",
    ),
    "bare word for a text": (
        "mappings/orders.yaml",
        "amount: total::numeric",
        "amount: zero",
        "configs/mappings/orders.yaml:11:15: old.orders has no column 'zero'\n  hint: known: client_id, id, no, note, total; a text is written in quotes: \"'zero'\"",
    ),
    "syntax error": (
        "mappings/orders.yaml",
        "total::numeric",
        "total::numeric +",
        "configs/mappings/orders.yaml:11:31: the expression ends too early",
    ),
    "subquery": (
        "mappings/orders.yaml",
        "total::numeric",
        "(select 1)",
        """\
configs/mappings/orders.yaml:11:15: a subquery is not allowed
  hint: use a lookup""",
    ),
    "volatile expression": (
        "mappings/orders.yaml",
        "total::numeric",
        "random()",
        """\
configs/mappings/orders.yaml:11:15: random gives something else on each run
  hint: use a column, or a constant""",
    ),
    "function called with two arguments": (
        "mappings/orders.yaml",
        'code(\\"no\\")',
        'code(\\"no\\", note)',
        "configs/mappings/orders.yaml:9:16: code(label) takes 1 arguments, not 2",
    ),
    "crosswalk to an unknown table": (
        "mappings/orders.yaml",
        "crosswalk: old.clients",
        "crosswalk: old.client",
        """\
configs/mappings/orders.yaml:10:32: crosswalk: there is no contract old.client
  hint: did you mean 'old.clients'?""",
    ),
    "crosswalk to a table that feeds nothing": (
        "mappings/orders.yaml",
        "crosswalk: old.clients",
        "crosswalk: old.log",
        """\
configs/mappings/orders.yaml:10:32: crosswalk: old.log feeds no mapping
  hint: known: old.clients, old.orders""",
    ),
    "crosswalk with too many keys": (
        "mappings/orders.yaml",
        "key: client_id",
        "key: [client_id, id]",
        """\
configs/mappings/orders.yaml:10:51: crosswalk: old.clients is known by (id), 2 given
  hint: give one expression for each of them""",
    ),
    "crosswalk without key": (
        "mappings/orders.yaml",
        ", key: client_id",
        "",
        """\
configs/mappings/orders.yaml:10:20: crosswalk of column 'customer_id' has no key
  hint: add key: ...""",
    ),
    "crosswalk by an unknown column": (
        "mappings/orders.yaml",
        "key: client_id",
        "key: client",
        """\
configs/mappings/orders.yaml:10:50: old.orders has no column 'client'
  hint: did you mean 'client_id'?""",
    ),
    "lookup in an unknown table": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{lookup: shop.customer, by: {email: note}}",
        """\
configs/mappings/orders.yaml:10:29: lookup: there is no unified table shop.customer
  hint: did you mean 'shop.customers'?""",
    ),
    "lookup by unknown columns": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{lookup: shop.customers, by: {lower(emal): nte}}",
        """\
configs/mappings/orders.yaml:10:56: shop.customers has no column 'emal'
  hint: did you mean 'email'?
configs/mappings/orders.yaml:10:63: old.orders has no column 'nte'
  hint: did you mean 'note'?""",
    ),
    "lookup that takes an unknown column": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{lookup: shop.customers, by: {email: note}, take: id}",
        """\
configs/mappings/orders.yaml:10:70: shop.customers has no column 'id'
  hint: known: customer_id, email, name""",
    ),
    "lookup by nothing": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{lookup: shop.customers, by: {}}",
        "configs/mappings/orders.yaml:10:49: by of lookup of column 'customer_id': expected at least one column",
    ),
    "no way to find a key": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{look: shop.customers, by: {email: note}}",
        """\
configs/mappings/orders.yaml:10:20: column 'customer_id': expected a way to find a key
  hint: write {lookup: ...}, {crosswalk: ...} or {first_of: [...]}""",
    ),
    "first_of with an expression": (
        "mappings/orders.yaml",
        "{crosswalk: old.clients, key: client_id}",
        "{first_of: [{crosswalk: old.clients, key: client_id}, client_id]}",
        """\
configs/mappings/orders.yaml:10:74: column 'customer_id': expected a way to find a key
  hint: write {lookup: ...}, {crosswalk: ...} or {first_of: [...]}""",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), EDITS.values(), ids=EDITS.keys())
def test_an_edit(
    file: str, old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems(edited(file, old, new)) == message


# what is wrong: the files that differ, the message
OTHERS: dict[str, tuple[dict[str, str], str]] = {
    "crosswalk to a table that feeds several": (
        {
            "unified/shop.yaml": """\
schema: shop
tables:
  customers:
    columns:
      customer_id: {type: bigint, key: assigned}
      email:       {type: text, null: false, check: "email like '%@%'"}
      name:        {type: text}
    primary_key: [customer_id]
    natural_key: [email]
  orders:
    columns:
      order_id:    {type: bigint, key: assigned}
      number:      {type: text, null: false}
      customer_id: {type: bigint, null: false}
      amount:      {type: "numeric(10,2)", default: 0}
      doubled:     {type: numeric, generated: "amount * 2"}
      origin:      {type: text, provenance: source}
    primary_key: [order_id]
    natural_key: [number]
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
  names:
    columns: {id: {type: bigint, key: assigned}, name: {type: text}}
    primary_key: [id]
    natural_key: [name]
""",
            "mappings/names.yaml": """\
table: shop.names
sources:
  - {from: old.clients, columns: {name: full_name}}
""",
        },
        """\
configs/mappings/orders.yaml:10:32: crosswalk: old.clients feeds several tables: shop.customers, shop.names
  hint: say which by a foreign key of the column, or use a lookup""",
    ),
    "crosswalk to a table that moves": (
        {
            "unified/shop.yaml": """\
schema: shop
tables:
  customers:
    columns:
      customer_id: {type: bigint, key: assigned}
      email:       {type: text, null: false, check: "email like '%@%'"}
      name:        {type: text}
    primary_key: [customer_id]
    natural_key: [email]
  orders:
    columns:
      order_id:    {type: bigint, key: assigned}
      number:      {type: text, null: false}
      customer_id: {type: bigint, null: false}
      amount:      {type: "numeric(10,2)", default: 0}
      doubled:     {type: numeric, generated: "amount * 2"}
      origin:      {type: text, provenance: source}
    primary_key: [order_id]
    natural_key: [number]
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
""",
            "mappings/customers.yaml": """\
table: old.kept
move: old.clients
""",
            "unified/old.yaml": """\
schema: old
tables:
  kept:
    columns: {id: {type: integer}, mail: {type: text}, full_name: {type: text}}
""",
        },
        """\
configs/mappings/orders.yaml:10:32: crosswalk: old.clients is moved, so its keys stay as they are
  hint: use the column itself""",
    ),
}


@pytest.mark.parametrize(("files", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_other_files(
    files: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**FILES, **files}) == message

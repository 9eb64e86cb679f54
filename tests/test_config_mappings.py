# ruff: noqa: E501 - whole messages
"""Mappings with something wrong in them: the whole message for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import FILES, UNIFIED, edited, problems

# what is wrong: file, text, its replacement, the message
EDITS: dict[str, tuple[str, str, str, str]] = {
    "mapping of an unknown table": (
        "mappings/orders.yaml",
        "table: shop.orders",
        "table: shop.order",
        """\
configs/mappings/orders.yaml:1:8: mapping: there is no unified table shop.order
  hint: did you mean 'shop.orders'?""",
    ),
    "source without contract": (
        "mappings/orders.yaml",
        "- from: old.orders",
        "- from: old.order",
        """\
configs/mappings/orders.yaml:4:11: source: there is no contract old.order
  hint: did you mean 'old.orders'?""",
    ),
    "no sources": (
        "mappings/orders.yaml",
        'table: shop.orders\nrejects: {max: 0.5%}\nsources:\n  - from: old.orders\n    write_back: true\n    drop:\n      - {when: "note = \'test\'", because: rows of a trial}\n    columns:\n      number: "code(\\"no\\")"\n      customer_id: {crosswalk: old.clients, key: client_id}\n      amount: total::numeric\n',
        """\
table: shop.orders
sources: []
""",
        "configs/mappings/orders.yaml:2:10: sources of mapping of shop.orders: expected at least one source",
    ),
    "no table": (
        "mappings/orders.yaml",
        """\
table: shop.orders
""",
        "",
        """\
configs/mappings/orders.yaml:1:1: mapping has no table
  hint: add table: ...""",
    ),
    "source twice": (
        "mappings/customers.yaml",
        """\
sources:
""",
        """\
sources:
  - {from: old.clients, columns: {email: mail}}
""",
        """\
configs/mappings/customers.yaml:4:11: old.clients is a source of shop.customers already
  hint: use arms to make several rows of one""",
    ),
    "unknown key column": (
        "mappings/orders.yaml",
        """\
    write_back: true
""",
        """\
    write_back: true
    key: [idd]
""",
        """\
configs/mappings/orders.yaml:6:11: old.orders has no column 'idd'
  hint: did you mean 'id'?""",
    ),
    "unknown target column": (
        "mappings/orders.yaml",
        "amount: total",
        "amunt: total",
        """\
configs/mappings/orders.yaml:11:7: shop.orders has no column 'amunt'
  hint: did you mean 'amount'?""",
    ),
    "drop rule on an unknown column": (
        "mappings/orders.yaml",
        "note = 'test'",
        "nte = 'test'",
        """\
configs/mappings/orders.yaml:7:17: old.orders has no column 'nte'
  hint: did you mean 'note'?""",
    ),
    "drop rule without reason": (
        "mappings/orders.yaml",
        "because: rows of a trial",
        "because: ''",
        "configs/mappings/orders.yaml:7:42: because of drop rule: expected a reason, found nothing",
    ),
    "drop rule without because": (
        "mappings/orders.yaml",
        ", because: rows of a trial",
        "",
        """\
configs/mappings/orders.yaml:7:9: drop rule has no because
  hint: add because: ...""",
    ),
    "ignored column that is unknown": (
        "mappings/orders.yaml",
        """\
    write_back: true
""",
        """\
    write_back: true
    ignore: {nte: nobody reads it}
""",
        """\
configs/mappings/orders.yaml:6:14: old.orders has no column 'nte'
  hint: did you mean 'note'?""",
    ),
    "ignored without reason": (
        "mappings/orders.yaml",
        """\
    write_back: true
""",
        """\
    write_back: true
    ignore: {note: }
""",
        "configs/mappings/orders.yaml:6:20: reason to ignore 'note': expected text, found nothing",
    ),
    "not null column that is not filled": (
        "mappings/orders.yaml",
        """\
      customer_id: {crosswalk: old.clients, key: client_id}
""",
        "",
        """\
configs/mappings/orders.yaml:4:11: old.orders does not fill 'customer_id', which must not be null
  hint: add customer_id: ..., or give the column a default""",
    ),
    "generated, assigned and provenance columns": (
        "mappings/orders.yaml",
        """\
      amount: total::numeric
""",
        """\
      doubled: total
      order_id: id
      origin: note
""",
        """\
configs/mappings/orders.yaml:11:7: column 'doubled' is generated: no source fills it
  hint: leave it out
configs/mappings/orders.yaml:12:7: column 'order_id' is numbered by the toolkit: no source fills it
  hint: leave it out
configs/mappings/orders.yaml:13:7: column 'origin' is written by the toolkit: no source fills it
  hint: leave it out""",
    ),
    "arm fills what columns fill": (
        "mappings/orders.yaml",
        """\
    columns:
""",
        """\
    arms:
      - {arm: one, amount: total}
    columns:
""",
        """\
configs/mappings/orders.yaml:9:20: column 'amount' is filled by arm 'one' and by columns
  hint: fill it in one of the two""",
    ),
    "two arms of one label": (
        "mappings/orders.yaml",
        """\
    columns:
""",
        """\
    arms:
      - {arm: one}
      - {arm: one}
    columns:
""",
        "configs/mappings/orders.yaml:10:15: arm 'one' stands twice in source old.orders",
    ),
    "arm without label, with an unknown column": (
        "mappings/orders.yaml",
        """\
    columns:
""",
        """\
    arms:
      - {amunt: total}
    columns:
""",
        """\
configs/mappings/orders.yaml:9:9: entry of arms has no arm
  hint: add arm: ...
configs/mappings/orders.yaml:9:10: shop.orders has no column 'amunt'
  hint: did you mean 'amount'?""",
    ),
    "order of an unknown column": (
        "mappings/orders.yaml",
        "rejects",
        """\
order: [number, amont]
rejects""",
        """\
configs/mappings/orders.yaml:2:17: shop.orders has no column 'amont'
  hint: did you mean 'amount'?""",
    ),
    "match of an unknown column": (
        "mappings/orders.yaml",
        "rejects",
        """\
match: [[number], [numbr]]
rejects""",
        """\
configs/mappings/orders.yaml:2:20: shop.orders has no column 'numbr'
  hint: did you mean 'number'?""",
    ),
    "survivorship of unknown names": (
        "mappings/orders.yaml",
        "rejects",
        """\
survivorship: {by: colum, prefer: [old.order], columns: {amunt: [old.oders]}}
rejects""",
        """\
configs/mappings/orders.yaml:2:20: by of survivorship of mapping of shop.orders: expected column or row, found 'colum'
  hint: did you mean 'column'?
configs/mappings/orders.yaml:2:36: shop.orders has no source 'old.order'
  hint: did you mean 'old.orders'?
configs/mappings/orders.yaml:2:58: shop.orders has no column 'amunt'
  hint: did you mean 'amount'?
configs/mappings/orders.yaml:2:66: shop.orders has no source 'old.oders'
  hint: did you mean 'old.orders'?""",
    ),
    "columns of a survivorship by row": (
        "mappings/orders.yaml",
        "rejects",
        """\
survivorship: {by: row, columns: {amount: [old.orders]}}
rejects""",
        "configs/mappings/orders.yaml:2:34: columns of survivorship have no meaning with by: row",
    ),
    "share that is none": (
        "mappings/orders.yaml",
        "0.5%",
        "half",
        """\
configs/mappings/orders.yaml:2:16: max of rejects: expected a share, found 'half'
  hint: write max: 0.5% or max: 0.005""",
    ),
    "share above all": (
        "mappings/orders.yaml",
        "0.5%",
        "101%",
        """\
configs/mappings/orders.yaml:2:16: max of rejects: expected a share, found '101%'
  hint: write max: 0.5% or max: 0.005""",
    ),
    "no natural key and no match": (
        "unified/shop.yaml",
        """\
    natural_key: [number]
""",
        "",
        """\
configs/mappings/orders.yaml:1:8: shop.orders has no natural_key, so its mapping must say how rows match
  hint: add natural_key there, or match: here""",
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
    "two mappings of one table": (
        {
            "mappings/again.yaml": """\
table: shop.customers
sources:
  - {from: old.log, key: [line], columns: {email: line}}
""",
        },
        """\
configs/mappings/customers.yaml:1:8: shop.customers has two mappings
  hint: first at configs/mappings/again.yaml:1:8""",
    ),
    "two write_back sources": (
        {
            "mappings/orders.yaml": 'table: shop.orders\nrejects: {max: 0.5%}\nsources:\n  - from: old.orders\n    write_back: true\n    drop:\n      - {when: "note = \'test\'", because: rows of a trial}\n    columns:\n      number: "code(\\"no\\")"\n      customer_id: {crosswalk: old.clients, key: client_id}\n      amount: total::numeric\n  - {from: old.log, key: [line], write_back: true, columns: {number: line, customer_id: 1}}\n',
        },
        """\
configs/mappings/orders.yaml:12:12: shop.orders has a write_back source already: old.orders
  hint: keep write_back: true on one of them""",
    ),
    "source without key": (
        {
            "mappings/customers.yaml": """\
table: shop.customers
sources:
  - {from: old.log, columns: {email: line}}
""",
            "mappings/orders.yaml": 'table: shop.orders\nrejects: {max: 0.5%}\nsources:\n  - from: old.orders\n    write_back: true\n    drop:\n      - {when: "note = \'test\'", because: rows of a trial}\n    columns:\n      number: "code(\\"no\\")"\n      customer_id: id\n      amount: total::numeric\n',
        },
        """\
configs/mappings/customers.yaml:3:12: old.log has no primary key, so the source needs a key
  hint: write key: [...] with columns that are unique, or key: row if none are""",
    ),
    "not null column that an arm does not fill": (
        {
            "mappings/orders.yaml": """\
table: shop.orders
sources:
  - from: old.orders
    columns: {customer_id: 1}
    arms:
      - {arm: one, number: note}
      - {arm: two, amount: total}
""",
        },
        """\
configs/mappings/orders.yaml:7:15: arm 'two' of old.orders does not fill 'number', which must not be null
  hint: add number: ..., or give the column a default""",
    ),
    "default that another source overrides": (
        {
            "unified/shop.yaml": UNIFIED.replace(
                "name:        {type: text}",
                "name:        {type: text, null: false, default: \"'nobody'\"}",
            ),
            "mappings/customers.yaml": """\
table: shop.customers
sources:
  - {from: old.clients, columns: {email: mail, name: full_name}}
  - {from: old.log, key: [line], columns: {email: line}}
""",
        },
        """\
configs/mappings/customers.yaml:4:12: old.log does not fill 'name', which must not be null
  hint: other sources fill it: add name: 'nobody'""",
    ),
    "composite primary key": (
        {
            "unified/shop.yaml": """\
schema: shop
tables:
  customers:
    columns:
      customer_id: {type: bigint}
      email:       {type: text, null: false, check: "email like '%@%'"}
      name:        {type: text}
    primary_key: [customer_id, email]
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
    foreign_keys:
      fk: {columns: [customer_id, number], references: shop.customers}
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
""",
            "mappings/customers.yaml": """\
table: shop.customers
sources:
  - from: old.clients
    columns:
      email: lower(mail)
      name: full_name
      customer_id: id
""",
        },
        """\
configs/unified/shop.yaml:8:18: shop.customers needs a primary key of one column, found (customer_id, email)
  hint: add a column with key: assigned, and make the other key the natural_key""",
    ),
    "no primary key": (
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
      order_id:    {type: bigint}
      number:      {type: text, null: false}
      customer_id: {type: bigint, null: false}
      amount:      {type: "numeric(10,2)", default: 0}
      doubled:     {type: numeric, generated: "amount * 2"}
      origin:      {type: text, provenance: source}
    natural_key: [number]
    foreign_keys:
      customer_id: shop.customers
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
""",
        },
        """\
configs/unified/shop.yaml:10:3: shop.orders needs a primary key of one column, found none
  hint: add a column with key: assigned, and make the other key the natural_key""",
    ),
    "move that does not cover all": (
        {
            "mappings/orders.yaml": """\
table: shop.orders
move: old.clients
columns: {order_id: id, number: mail, customer_id: mail, amont: id}
""",
            "mappings/customers.yaml": """\
table: shop.customers
sources:
  - {from: old.log, key: [line], columns: {email: line}}
""",
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
    primary_key: [order_id]
    natural_key: [number]
    foreign_keys:
      customer_id: shop.customers
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
""",
        },
        """\
configs/mappings/orders.yaml:2:7: column 'amount' of shop.orders is not in old.clients
  hint: a move adds no columns: load instead
configs/mappings/orders.yaml:2:7: old.clients is moved, but 'full_name' has no column there
  hint: write columns: {new_name: full_name}, or load instead of moving
configs/mappings/orders.yaml:2:7: old.clients is moved, but 'id' has more than one column there
  hint: write columns: {new_name: id}, or load instead of moving
configs/mappings/orders.yaml:2:7: old.clients is moved, but 'mail' has more than one column there
  hint: write columns: {new_name: mail}, or load instead of moving
configs/mappings/orders.yaml:3:58: shop.orders has no column 'amont'
  hint: did you mean 'amount'?""",
    ),
    "move of a table that feeds another": (
        {
            "unified/old.yaml": """\
schema: old
tables:
  kept:
    columns: {id: {type: integer}, mail: {type: text}, full_name: {type: text}}
""",
            "mappings/kept.yaml": """\
table: old.kept
move: old.clients
""",
        },
        "configs/mappings/kept.yaml:2:7: old.clients is moved, so it cannot feed shop.customers too",
    ),
}


@pytest.mark.parametrize(("files", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_other_files(
    files: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**FILES, **files}) == message

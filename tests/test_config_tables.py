# ruff: noqa: E501 - whole messages
"""Tables with something wrong in them: the whole message for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import FILES, edited, problems

# what is wrong: file, text, its replacement, the message
EDITS: dict[str, tuple[str, str, str, str]] = {
    "primary key of an unknown column": (
        "unified/shop.yaml",
        "primary_key: [order_id]",
        "primary_key: [order]",
        """\
configs/unified/shop.yaml:12:7: column 'order_id' is numbered, so it must be the primary key
  hint: write primary_key: [order_id]
configs/unified/shop.yaml:18:19: shop.orders has no column 'order'
  hint: did you mean 'order_id'?""",
    ),
    "natural key of an unknown column": (
        "unified/shop.yaml",
        "natural_key: [number]",
        "natural_key: [numbr]",
        """\
configs/unified/shop.yaml:19:19: shop.orders has no column 'numbr'
  hint: did you mean 'number'?""",
    ),
    "unique of an unknown column": (
        "unified/shop.yaml",
        "natural_key: [number]",
        """\
natural_key: [number]
    unique: [[amount, orign]]""",
        """\
configs/unified/shop.yaml:20:23: shop.orders has no column 'orign'
  hint: did you mean 'origin'?""",
    ),
    "index on an unknown column": (
        "unified/shop.yaml",
        "number desc]",
        "numbr desc]",
        """\
configs/unified/shop.yaml:23:33: shop.orders has no column 'numbr'
  hint: did you mean 'number'?""",
    ),
    "index that includes an unknown column": (
        "unified/shop.yaml",
        "number desc],",
        "number desc], include: [orign],",
        """\
configs/unified/shop.yaml:23:57: shop.orders has no column 'orign'
  hint: did you mean 'origin'?""",
    ),
    "index on an expression of an unknown column": (
        "unified/shop.yaml",
        "number desc]",
        "lower(numbr) desc nulls last]",
        """\
configs/unified/shop.yaml:23:39: shop.orders has no column 'numbr'
  hint: did you mean 'number'?""",
    ),
    "index where an unknown column": (
        "unified/shop.yaml",
        "amount > 0",
        "amont > 0",
        """\
configs/unified/shop.yaml:23:55: shop.orders has no column 'amont'
  hint: did you mean 'amount'?""",
    ),
    "check on an unknown column": (
        "unified/shop.yaml",
        "email like '%@%'",
        "emal like '%@%'",
        """\
configs/unified/shop.yaml:6:54: shop.customers has no column 'emal'
  hint: did you mean 'email'?""",
    ),
    "check with a syntax error": (
        "unified/shop.yaml",
        "email like '%@%'",
        "email like",
        "configs/unified/shop.yaml:6:64: the expression ends too early",
    ),
    "generated from an unknown column": (
        "unified/shop.yaml",
        "amount * 2",
        "amont * 2",
        """\
configs/unified/shop.yaml:16:48: shop.orders has no column 'amont'
  hint: did you mean 'amount'?""",
    ),
    "generated from itself": (
        "unified/shop.yaml",
        "amount * 2",
        "doubled * 2",
        "configs/unified/shop.yaml:16:48: shop.orders has no column 'doubled'\n  hint: known: amount, customer_id, number, order_id, origin; a text is written in quotes: \"'doubled'\"",
    ),
    "default that is a bare word": (
        "unified/shop.yaml",
        "default: 0",
        "default: zero",
        "configs/unified/shop.yaml:15:53: default of column 'amount' cannot read a column: 'zero'\n  hint: a text is written in quotes: \"'zero'\"",
    ),
    "reference to an unknown table": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "customer_id: shop.customer",
        """\
configs/unified/shop.yaml:21:20: foreign key 'orders_customer_id_fkey': there is no unified table shop.customer
  hint: did you mean 'shop.customers'?""",
    ),
    "reference from an unknown column": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "custmer_id: shop.customers",
        """\
configs/unified/shop.yaml:21:7: shop.orders has no column 'custmer_id'
  hint: did you mean 'customer_id'?""",
    ),
    "reference to an unknown column": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "fk: {columns: [customer_id], references: shop.customers, to: [nam]}",
        """\
configs/unified/shop.yaml:21:69: shop.customers has no column 'nam'
  hint: did you mean 'name'?""",
    ),
    "reference to what is no key": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "fk: {columns: [customer_id], references: shop.customers, to: [name]}",
        """\
configs/unified/shop.yaml:21:48: foreign key 'fk': (name) is no key of shop.customers
  hint: keys: (customer_id); (email)""",
    ),
    "reference of two columns to one": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "fk: {columns: [customer_id, number], references: shop.customers}",
        "configs/unified/shop.yaml:21:56: foreign key 'fk': 2 columns reference 1 of shop.customers",
    ),
    "reference without columns": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "fk: {references: shop.customers}",
        """\
configs/unified/shop.yaml:21:7: foreign key 'fk' has no columns
  hint: add columns: ...""",
    ),
    "reference of a contract to an unknown table": (
        "legacy/old.yaml",
        "references: old.clients",
        "references: old.client",
        """\
configs/legacy/old.yaml:18:65: foreign key 'orders_client_id_fkey': there is no contract old.client
  hint: did you mean 'old.clients'?""",
    ),
    "assigned key that is not the primary key": (
        "unified/shop.yaml",
        "primary_key: [order_id]",
        "primary_key: [number]",
        """\
configs/unified/shop.yaml:12:7: column 'order_id' is numbered, so it must be the primary key
  hint: write primary_key: [order_id]
configs/unified/shop.yaml:19:18: natural_key of shop.orders repeats the primary key
  hint: leave out natural_key""",
    ),
    "assigned key of a wrong type": (
        "unified/shop.yaml",
        "order_id:    {type: bigint",
        "order_id:    {type: text",
        """\
configs/unified/shop.yaml:12:7: column 'order_id' is numbered, so its type cannot be 'text'
  hint: write type: bigint""",
    ),
    "column of two origins": (
        "unified/shop.yaml",
        "default: 0",
        "default: 0, provenance: key",
        """\
configs/mappings/orders.yaml:11:7: column 'amount' is written by the toolkit: no source fills it
  hint: leave it out
configs/unified/shop.yaml:15:7: column 'amount' cannot have default and provenance
  hint: keep one of them""",
    ),
    "two columns of one provenance": (
        "unified/shop.yaml",
        'amount:      {type: "numeric(10,2)", default: 0}',
        """\
amount:      {type: numeric}
      from_where:  {type: text, provenance: source}""",
        "configs/unified/shop.yaml:18:7: 'from_where' takes the source already",
    ),
    "renamed from a column that is there": (
        "unified/shop.yaml",
        "default: 0",
        "default: 0, renamed_from: number",
        """\
configs/unified/shop.yaml:15:7: 'amount' is renamed from 'number', still declared
  hint: remove one of the two""",
    ),
    "renamed from a table that is there": (
        "unified/shop.yaml",
        """\
  orders:
""",
        """\
  orders:
    renamed_from: customers
""",
        """\
configs/unified/shop.yaml:10:3: shop.orders is renamed from shop.customers, which is still declared
  hint: remove one of the two""",
    ),
    "natural key that repeats the primary key": (
        "unified/shop.yaml",
        "natural_key: [number]",
        "natural_key: [order_id]",
        """\
configs/unified/shop.yaml:19:18: natural_key of shop.orders repeats the primary key
  hint: leave out natural_key""",
    ),
    "unique that repeats the natural key": (
        "unified/shop.yaml",
        "natural_key: [number]",
        """\
natural_key: [number]
    unique: [{name: again, columns: [number]}]""",
        """\
configs/unified/shop.yaml:20:14: unique 'again' repeats 'orders_number_key'
  hint: leave it out""",
    ),
    "two indexes of one name": (
        "unified/shop.yaml",
        """\
    indexes:
""",
        """\
    indexes:
      - {columns: [amount]}
      - {columns: [amount], where: amount > 9}
""",
        """\
configs/unified/shop.yaml:24:9: two relations are named shop.orders_amount_idx
  hint: first at configs/unified/shop.yaml:23:9; give it a name: ...""",
    ),
    "two constraints of one name": (
        "unified/shop.yaml",
        """\
    indexes:
""",
        """\
    checks: {orders_customer_id_fkey: amount < 9}
    indexes:
""",
        """\
configs/unified/shop.yaml:21:7: two constraints of shop.orders are named 'orders_customer_id_fkey'
  hint: first at configs/unified/shop.yaml:22:39""",
    ),
    "reserved table name": (
        "unified/shop.yaml",
        """\
schema: shop
tables:
""",
        """\
schema: shop
tables:
  integrity_x: {columns: {a: {type: text}}}
""",
        """\
configs/unified/shop.yaml:3:3: shop.integrity_x is a name of the toolkit's own tables
  hint: choose a name that does not begin with integrity_""",
    ),
    "type that is more than a type": (
        "unified/shop.yaml",
        """\
schema: shop
tables:
""",
        """\
schema: shop
tables:
  x: {columns: {a: {type: "date); drop table x; --"}, b: {type: "numeric(10, 2)[]"}}}
""",
        """\
configs/unified/shop.yaml:3:27: type of column 'a': 'date); drop table x; --' is not the name of a type""",
    ),
    "column of the toolkit": (
        "unified/shop.yaml",
        """\
schema: shop
tables:
""",
        """\
schema: shop
tables:
  x: {columns: {integrity_row: {type: text}}}
""",
        """\
configs/unified/shop.yaml:3:17: 'integrity_row' is a name of the toolkit's columns
  hint: choose a name that does not begin with integrity_""",
    ),
    "key of a contract": (
        "legacy/old.yaml",
        "{name: clients_pkey, columns: [id]}",
        "{name: clients_pkey, columns: [mial]}",
        """\
configs/legacy/old.yaml:8:49: old.clients has no column 'mial'
  hint: did you mean 'mail'?
configs/legacy/old.yaml:18:65: foreign key 'orders_client_id_fkey': (id) is no key of old.clients
  hint: keys: (mial)""",
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
    "reserved schema": (
        {
            "unified/next.yaml": """\
schema: shop__next
tables:
  t: {columns: {a: {type: text}}}
""",
        },
        """\
configs/unified/next.yaml:3:3: schema 'shop__next' is reserved
  hint: choose another schema""",
    ),
    "two tables of one name": (
        {
            "unified/again.yaml": """\
schema: shop
tables:
  orders: {columns: {a: {type: text}}}
""",
        },
        """\
configs/unified/shop.yaml:10:3: two tables are named shop.orders
  hint: first at configs/unified/again.yaml:3:3""",
    ),
    "two contracts of one schema": (
        {
            "legacy/again.yaml": """\
schema: old
tables: {}
""",
        },
        "configs/legacy/old.yaml:1:9: schema 'old' has two contracts",
    ),
}


@pytest.mark.parametrize(("files", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_other_files(
    files: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**FILES, **files}) == message

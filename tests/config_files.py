"""A small project in YAML for the tests of config, and edits that break it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from integrity.config import load_project
from integrity.errors import ConfigFailure

PROJECT = """\
project: shop
functions:
  code:
    arguments: [label]
    sql: upper(trim(label))
"""
UNIFIED = """\
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
    foreign_keys:
      customer_id: shop.customers
    indexes:
      - {columns: [customer_id, number desc], where: "amount > 0"}
"""
LEGACY = """\
schema: old
tables:
  clients:
    columns:
      id:        {type: integer, null: false}
      mail:      {type: text}
      full_name: {type: text}
    primary_key: {name: clients_pkey, columns: [id]}
  orders:
    columns:
      id:        {type: integer, null: false}
      client_id: {type: integer}
      no:        {type: text}
      total:     {type: text}
      note:      {type: text}
    primary_key: {name: orders_pkey, columns: [id]}
    foreign_keys:
      orders_client_id_fkey: {columns: [client_id], references: old.clients, to: [id]}
  log:
    columns:
      line: {type: text}
""".replace("      no:  ", "      'no':")
CUSTOMERS = """\
table: shop.customers
sources:
  - from: old.clients
    columns:
      email: lower(mail)
      name: full_name
"""
ORDERS = """\
table: shop.orders
rejects: {max: 0.5%}
sources:
  - from: old.orders
    write_back: true
    drop:
      - {when: "note = 'test'", because: rows of a trial}
    columns:
      number: "code(\\"no\\")"
      customer_id: {crosswalk: old.clients, key: client_id}
      amount: total::numeric
"""

FILES: Mapping[str, str] = {
    "project.yaml": PROJECT,
    "unified/shop.yaml": UNIFIED,
    "legacy/old.yaml": LEGACY,
    "mappings/customers.yaml": CUSTOMERS,
    "mappings/orders.yaml": ORDERS,
}


def write(directory: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files under ``directory``/configs, which is returned."""
    root = directory / "configs"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def edited(file: str, old: str, new: str) -> dict[str, str]:
    """The files of the small project with one text replaced, once."""
    assert FILES[file].count(old) == 1, f"{old!r} does not stand exactly once in {file}"
    return {**FILES, file: FILES[file].replace(old, new)}


def problems(files: Mapping[str, str | bytes]) -> str:
    """The problems of the files in the current directory, without the line that counts them."""
    try:
        load_project(write(Path(), files))
    except ConfigFailure as failure:
        return "\n".join(map(str, failure.problems))
    return ""

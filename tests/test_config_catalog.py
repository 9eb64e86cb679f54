"""What the YAML of unified tables and of contracts becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import FILES, write

from integrity.config import load_project
from integrity.model import (
    Check,
    Column,
    EnumType,
    ForeignKey,
    Function,
    Index,
    Key,
    Location,
    Name,
    Project,
    Sequence,
    Table,
    Trigger,
    View,
)

CLIENTS, OLD_ORDERS = Name("old", "clients"), Name("old", "orders")
CUSTOMER, ORDER = Name("shop", "customers"), Name("shop", "orders")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(files: dict[str, str] | dict[str, str | bytes]) -> Project:
    write(Path(), files)
    return load_project(Path("configs"))


def test_unified_tables() -> None:
    customers, orders = load(dict(FILES)).tables
    assert customers == Table(
        name=CUSTOMER,
        columns=(
            Column(
                name="customer_id",
                type="bigint",
                nullable=False,
                identity="by default",
                assigned=True,
            ),
            Column(name="email", type="text", nullable=False),
            Column(name="name", type="text"),
        ),
        primary_key=Key(name="customers_pkey", columns=("customer_id",)),
        natural_key=Key(name="customers_email_key", columns=("email",)),
        checks=(Check(name="customers_email_check", expression="email like '%@%'"),),
    )
    assert orders.columns[3:] == (
        Column(name="amount", type="numeric(10,2)", default="0"),
        Column(name="doubled", type="numeric", generated="amount * 2"),
        Column(name="origin", type="text", provenance="source"),
    )
    assert orders.foreign_keys == (
        ForeignKey(
            name="orders_customer_id_fkey",
            columns=("customer_id",),
            references=CUSTOMER,
            to=("customer_id",),
        ),
    )
    assert orders.indexes == (
        Index(
            name="orders_customer_id_number_idx",
            columns=("customer_id", "number desc"),
            where="amount > 0",
        ),
    )
    assert orders.location == Location("configs/unified/shop.yaml", 10, 3)
    assert orders.columns[3].location == Location("configs/unified/shop.yaml", 15, 7)


def test_every_key_of_a_unified_table() -> None:
    text = """\
schema: shop
tables:
  parts:
    description: Things.
    renamed_from: pieces
    columns:
      a: {type: integer, null: false}
      b: {type: text, collation: C, description: Second., renamed_from: bee}
      c: {type: bigint, identity: always}
      k: {type: text, provenance: key}
      m: {type: text, provenance: arm}
    primary_key: {name: parts_key, columns: [a]}
    natural_key: [b, c]
    unique:
      - [c, k]
      - {columns: [m], name: only_m, nulls_not_distinct: true}
    checks: {b_is_short: length(b) < 9, a_positive: a > 0}
    foreign_keys:
      up: {columns: [b, c], references: shop.parts, to: [c, b], on_delete: set null,
           on_update: cascade, deferrable: true}
      a: shop.customers
    indexes:
      - {columns: [lower(b), "(a + 1) desc", b], include: [c], unique: true, method: btree}
      - {columns: [k], name: k_first, nulls_not_distinct: true, where: k is not null}
"""
    parts = load({**FILES, "unified/parts.yaml": text}).table(Name("shop", "parts"))
    assert parts == Table(
        name=Name("shop", "parts"),
        description="Things.",
        renamed_from=Name("shop", "pieces"),
        columns=(
            Column(name="a", type="integer", nullable=False),
            Column(name="b", type="text", collation="C", description="Second.", renamed_from="bee"),
            Column(name="c", type="bigint", identity="always"),
            Column(name="k", type="text", provenance="key"),
            Column(name="m", type="text", provenance="arm"),
        ),
        primary_key=Key(name="parts_key", columns=("a",)),
        natural_key=Key(name="parts_b_c_key", columns=("b", "c"), nulls_not_distinct=True),
        uniques=(
            Key(name="only_m", columns=("m",), nulls_not_distinct=True),
            Key(name="parts_c_k_key", columns=("c", "k")),
        ),
        checks=(
            Check(name="a_positive", expression="a > 0"),
            Check(name="b_is_short", expression="length(b) < 9"),
        ),
        foreign_keys=(
            ForeignKey(
                name="parts_a_fkey", columns=("a",), references=CUSTOMER, to=("customer_id",)
            ),
            ForeignKey(
                name="up",
                columns=("b", "c"),
                references=Name("shop", "parts"),
                to=("c", "b"),
                on_delete="SET NULL",
                on_update="CASCADE",
                deferrable=True,
            ),
        ),
        indexes=(
            Index(name="k_first", columns=("k",), where="k is not null", nulls_not_distinct=True),
            Index(
                name="parts_lower_expr_b_c_idx",
                columns=("lower(b)", "(a + 1) desc", "b"),
                include=("c",),
                unique=True,
            ),
        ),
    )


def test_a_contract() -> None:
    text = """\
schema: other
enums: {mood: [sad, 'no', '1e3']}
sequences:
  numbers: {type: integer, owned_by: things.id}
  plain: {}
tables:
  things:
    columns:
      id: {type: integer, default: "nextval('other.numbers'::regclass)"}
      "on": {type: "timestamp(3) without time zone"}
    primary_key: [id]
    triggers:
      b: CREATE TRIGGER b BEFORE INSERT ON other.things EXECUTE FUNCTION other.f()
      a: {definition: CREATE TRIGGER a, enabled: disabled}
views:
  v: {definition: SELECT 1, materialized: true, reads: [other.things, '"we.ird"."na""me"']}
functions:
  "f(integer, text)": |
    CREATE FUNCTION f
  "f()": CREATE FUNCTION g
unmanaged: [domain other.d]
"""
    legacy = load({**FILES, "legacy/other.yaml": text}).legacy
    assert legacy.schemas == ("old", "other")
    assert legacy.enums == (EnumType(name=Name("other", "mood"), labels=("sad", "no", "1e3")),)
    assert legacy.sequences == (
        Sequence(name=Name("other", "numbers"), type="integer", owned_by="things.id"),
        Sequence(name=Name("other", "plain")),
    )
    assert legacy.tables[-1] == Table(
        name=Name("other", "things"),
        columns=(
            Column(
                name="id",
                type="integer",
                nullable=False,
                default="nextval('other.numbers'::regclass)",
            ),
            Column(name="on", type="timestamp(3) without time zone"),
        ),
        primary_key=Key(name="things_pkey", columns=("id",)),
        triggers=(
            Trigger(name="a", definition="CREATE TRIGGER a", enabled="disabled"),
            Trigger(
                name="b",
                definition="CREATE TRIGGER b BEFORE INSERT ON other.things"
                " EXECUTE FUNCTION other.f()",
            ),
        ),
    )
    assert legacy.views == (
        View(
            name=Name("other", "v"),
            definition="SELECT 1",
            materialized=True,
            reads=(Name("other", "things"), Name("we.ird", 'na"me')),
        ),
    )
    assert legacy.functions == (
        Function(name=Name("other", "f"), arguments="", definition="CREATE FUNCTION g"),
        Function(
            name=Name("other", "f"),
            arguments="integer, text",
            definition="CREATE FUNCTION f\n",
        ),
    )
    assert legacy.unmanaged == ("domain other.d",)

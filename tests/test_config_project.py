"""What a whole project becomes: settings, mappings, digest, problems."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from config_files import CUSTOMERS, FILES, LEGACY, ORDERS, UNIFIED, edited, write

from integrity.config import load_project
from integrity.errors import ConfigFailure, Exit
from integrity.model import (
    Arm,
    CrosswalkLookup,
    DropRule,
    Expression,
    FirstOf,
    Location,
    Lookup,
    Macro,
    Mapping,
    Name,
    Project,
    Settings,
    Source,
    Survivorship,
)

CLIENTS, OLD_ORDERS = Name("old", "clients"), Name("old", "orders")
CUSTOMER, ORDER = Name("shop", "customers"), Name("shop", "orders")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(files: dict[str, str] | dict[str, str | bytes]) -> Project:
    write(Path(), files)
    return load_project(Path("configs"))


def test_mappings_with_their_defaults() -> None:
    customers, orders = load(dict(FILES)).mappings
    assert customers == Mapping(
        table=CUSTOMER,
        sources=(
            Source(
                table=CLIENTS,
                key=("id",),
                columns={"email": Expression("lower(mail)"), "name": Expression("full_name")},
            ),
        ),
        order=("email",),
        match=(("email",),),
        survivorship=Survivorship(prefer=(CLIENTS,)),
    )
    assert orders.max_reject_share == Decimal("0.005")
    assert orders.sources == (
        Source(
            table=OLD_ORDERS,
            key=("id",),
            columns={
                "number": Expression('code("no")'),
                "customer_id": CrosswalkLookup(
                    source=CLIENTS, key=(Expression("client_id"),), into=CUSTOMER
                ),
                "amount": Expression("total::numeric"),
            },
            drops=(DropRule(when=Expression("note = 'test'"), because="rows of a trial"),),
            write_back=True,
        ),
    )
    assert orders.sources[0].columns["amount"].location == Location(
        "configs/mappings/orders.yaml", 11, 15
    )


def test_settings_and_macros() -> None:
    text = """\
project: shop
toolkit_schema: tools
migrations: {first: 13, consolidation: together, performance: faster}
timeouts: {lock: 250ms, statement: 1h}
workers: 4
slice_rows: 1000
functions:
  b: {arguments: [x], sql: "a(x, '?')"}
  a: {arguments: [x, y], sql: "coalesce(x, y)"}
"""
    files = {**FILES, "project.yaml": text}
    project = load({**files, "mappings/orders.yaml": ORDERS.replace("code(", "upper(")})
    assert project.settings == Settings(
        name="shop",
        toolkit_schema="tools",
        first_migration=13,
        consolidation="together",
        performance="faster",
        lock_timeout_ms=250,
        statement_timeout_ms=3_600_000,
        workers=4,
        slice_rows=1000,
    )
    assert project.macros == (
        Macro(name="a", arguments=("x", "y"), text="coalesce(x, y)"),
        Macro(name="b", arguments=("x",), text="a(x, '?')"),
    )


def test_values_arms_and_survivorship() -> None:
    text = """\
table: shop.orders
order: [customer_id, number]
match: [[number], [customer_id, amount]]
survivorship: {by: column, prefer: [old.log], columns: {amount: [old.orders]}}
rejects: {max: 0.25}
sources:
  - from: old.orders
    key: ["no", client_id]
    ignore: {note: nobody reads it}
    arms:
      - {arm: second, number: "'2'", amount: 1.5}
      - {arm: first, amount: total, number: "'1'"}
    columns:
      customer_id:
        first_of:
          - {crosswalk: old.clients, key: [client_id], optional: true}
          - {lookup: shop.customers, by: {name: note, lower(email): lower(note)}, take: email}
  - from: old.log
    key: [line]
    columns: {customer_id: 1, number: line}
"""
    mapping = load({**FILES, "mappings/orders.yaml": text}).mapping(ORDER)
    assert mapping is not None
    log = Name("old", "log")
    assert mapping.order == ("customer_id", "number")
    assert mapping.match == (("number",), ("customer_id", "amount"))
    assert mapping.survivorship == Survivorship(
        prefer=(log, OLD_ORDERS), columns={"amount": (OLD_ORDERS, log)}
    )
    assert mapping.max_reject_share == Decimal("0.25")
    orders = mapping.sources[0]
    assert orders.key == ("no", "client_id")
    assert orders.ignore == {"note": "nobody reads it"}
    assert orders.arms == (
        Arm(label="second", columns={"number": Expression("'2'"), "amount": Expression("1.5")}),
        Arm(label="first", columns={"number": Expression("'1'"), "amount": Expression("total")}),
    )
    assert list(orders.arms[1].columns) == ["number", "amount"], "columns stand in table order"
    assert orders.columns == {
        "customer_id": FirstOf(
            ways=(
                CrosswalkLookup(
                    source=CLIENTS, key=(Expression("client_id"),), optional=True, into=CUSTOMER
                ),
                Lookup(
                    table=CUSTOMER,
                    by=(
                        (Expression("lower(email)"), Expression("lower(note)")),
                        (Expression("name"), Expression("note")),
                    ),
                    take="email",
                ),
            )
        )
    }


def test_a_move_covers_every_column() -> None:
    unified = """\
schema: archive
tables:
  lines:
    columns: {text: {type: text}}
"""
    move = "table: archive.lines\nmove: old.log\ncolumns: {text: line}\n"
    project = load({**FILES, "unified/archive.yaml": unified, "mappings/lines.yaml": move})
    assert project.mappings[0] == Mapping(
        table=Name("archive", "lines"),
        sources=(Source(table=Name("old", "log"), key=(), columns={"text": Expression("line")}),),
        moves=True,
    )


def test_a_natural_primary_key_is_the_default_match() -> None:
    unified = UNIFIED.replace(
        "customer_id: {type: bigint, key: assigned}", "customer_id: {type: bigint}"
    )
    unified = unified.replace("    natural_key: [email]\n", "")
    customers = CUSTOMERS + "      customer_id: id\n"
    project = load({**FILES, "unified/shop.yaml": unified, "mappings/customers.yaml": customers})
    mapping = project.mapping(CUSTOMER)
    assert mapping is not None
    assert mapping.match == (("customer_id",),)
    assert mapping.order == ("customer_id",)


def test_a_crosswalk_leads_to_the_table_that_its_column_references() -> None:
    unified = (
        UNIFIED + "  names:\n    columns: {id: {type: bigint, key: assigned}, name: {type: text}}\n"
    )
    unified += "    primary_key: [id]\n    natural_key: [name]\n"
    names = "table: shop.names\nsources:\n  - {from: old.clients, columns: {name: full_name}}\n"
    project = load({**FILES, "unified/shop.yaml": unified, "mappings/names.yaml": names})
    mapping = project.mapping(ORDER)
    assert mapping is not None
    crosswalk = mapping.sources[0].columns["customer_id"]
    assert isinstance(crosswalk, CrosswalkLookup)
    assert crosswalk.into == CUSTOMER


def test_anchors_and_merge_keys_share_what_is_alike() -> None:
    text = """\
table: shop.orders
sources:
  - from: old.orders
    columns: &all
      number: note
      customer_id: {lookup: shop.customers, by: {email: note}}
  - from: old.log
    key: [line]
    columns:
      <<: *all
      number: line
      customer_id: {lookup: shop.customers, by: {email: line}}
"""
    mapping = load({**FILES, "mappings/orders.yaml": text}).mapping(ORDER)
    assert mapping is not None
    assert mapping.sources[1].columns["number"] == Expression("line")


def test_the_digest_changes_with_every_byte_and_every_name() -> None:
    before = load(dict(FILES)).digest
    assert len(before) == 64
    assert load(dict(FILES)).digest == before
    assert load(edited("legacy/old.yaml", "clients_pkey", "clients_pk")).digest != before
    write(Path(), {"legacy/old.yaml": LEGACY})
    assert load_project(Path("configs")).digest == before
    Path("configs/legacy/old.yaml").rename("configs/legacy/older.yaml")
    assert load_project(Path("configs")).digest != before


def test_paths_are_shown_as_the_user_would_type_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {**FILES, "project.yaml": "projet: x\n"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for here, typed, shown in (
        (tmp_path, Path("configs"), "configs/project.yaml"),
        (tmp_path, tmp_path / "configs", "configs/project.yaml"),
        (elsewhere, Path("../configs"), "../configs/project.yaml"),
        (elsewhere, tmp_path / "configs", str(tmp_path / "configs/project.yaml")),
    ):
        monkeypatch.chdir(here)
        with pytest.raises(ConfigFailure) as caught:
            load_project(typed)
        assert caught.value.exit_code is Exit.CONFIG
        assert [p.location for p in caught.value.problems] == [Location(shown, 1, 1)]


def test_all_problems_of_all_files_are_shown_at_once() -> None:
    files = {
        **FILES,
        "project.yaml": "project: shop\nworkers: no\n",
        "unified/shop.yaml": UNIFIED.replace("amount > 0", "amont > 0"),
        "legacy/old.yaml": LEGACY.replace("{type: text}\n      note", "{type: 1}\n      note"),
        "mappings/orders.yaml": ORDERS.replace("code(", "upper(").replace("0.5%", "lots"),
        "mappings/customers.yaml": "\n",
    }
    with pytest.raises(ConfigFailure) as caught:
        load(files)
    assert str(caught.value) == (
        """\
configs/legacy/old.yaml:14:25: type of column 'total': expected text, found the number 1
  hint: a text is written in quotes: '1'
configs/mappings/customers.yaml:1:1: the file is empty
  hint: write its keys, or delete the file
configs/mappings/orders.yaml:2:16: max of rejects: expected a share, found 'lots'
  hint: write max: 0.5% or max: 0.005
configs/project.yaml:2:10: workers of project.yaml: expected a whole number from 1 to 64, found 'no'
configs/unified/shop.yaml:23:55: shop.orders has no column 'amont'
  hint: did you mean 'amount'?
5 problems in the configuration"""
    )


def test_a_reason_begins_with_a_word_that_the_project_allows() -> None:
    ignoring = ORDERS.replace(
        "  - from: old.orders\n", "  - from: old.orders\n    ignore: {blob: old}\n"
    )
    assert ignoring != ORDERS
    legacy = LEGACY.replace("note", "blob: {type: text}\n      note", 1)
    files = {**FILES, "mappings/orders.yaml": ignoring, "legacy/old.yaml": legacy}
    assert load(files).settings.ignore_reasons == ()
    files["project.yaml"] = FILES["project.yaml"] + "ignore_reasons: [copy, derived]\n"
    with pytest.raises(ConfigFailure) as caught:
        load(files)
    (problem,) = caught.value.problems
    assert problem.message == "old.orders.blob is ignored because 'old'"
    assert problem.hint == "begin the reason with copy or derived, or map the column"

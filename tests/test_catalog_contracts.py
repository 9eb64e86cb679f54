"""Contracts are readable, and say all that the catalog says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.catalog.contracts import (
    contract_yaml,
    file_stem,
    read_contracts,
    write_contracts,
)
from integrity.catalog.read import read_catalog
from integrity.catalog.yaml_text import document, scalar
from integrity.config.nodes import Places, Reader
from integrity.database.connect import Connection
from integrity.errors import ConfigFailure, DriftFailure, Problem
from integrity.model import Catalog, Column, Function, Name, Table

SAMPLES = Path(__file__).parent / "samples"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_a_contract_reads_well(connection: Connection[Any]) -> None:
    connection.execute("""
        create schema shop;
        create type shop.kind as enum ('a', 'B c');
        create table shop.makers (maker_id serial primary key, name text not null unique);
        create table shop.things (
            thing_id bigint generated always as identity,
            maker_id integer not null references shop.makers,
            kind shop.kind default 'a',
            price numeric(10,2) check (price > 0),
            constraint things_pk primary key (thing_id)
        );
        create index things_price on shop.things (price desc) where kind = 'a';
        comment on table shop.things is 'Things: for sale.';
    """)
    assert (
        contract_yaml(read_catalog(connection), "shop")
        == """\
schema: shop

enums:
  kind: [a, B c]

sequences:
  makers_maker_id_seq: {type: integer, owned_by: makers.maker_id}

tables:
  makers:
    columns:
      maker_id: {type: integer, default: "nextval('shop.makers_maker_id_seq'::regclass)"}
      name:     {type: text, null: false}
    primary_key: [maker_id]
    unique: [[name]]

  things:
    description: "Things: for sale."
    columns:
      thing_id: {type: bigint, identity: always}
      maker_id: {type: integer, null: false}
      kind:     {type: shop.kind, default: "'a'::shop.kind"}
      price:    {type: "numeric(10,2)"}
    primary_key: {name: things_pk, columns: [thing_id]}
    foreign_keys:
      maker_id: shop.makers
    checks:
      things_price_check: "price > (0)::numeric"
    indexes: [{name: things_price, columns: [price desc], where: "kind = 'a'::shop.kind"}]
"""
    )


@pytest.mark.both_servers
@pytest.mark.parametrize("sample", ["every_kind", "unmanaged"])
def test_written_contracts_give_the_catalog_back(
    connection: Connection[Any], tmp_path: Path, sample: str
) -> None:
    connection.execute((SAMPLES / f"{sample}.sql").read_text())
    catalog = read_catalog(connection, read_catalog(connection).schemas)
    paths = write_contracts(connection, tmp_path, catalog.schemas)
    assert read_contracts(paths) == catalog
    before = [path.read_bytes() for path in paths]
    assert write_contracts(connection, tmp_path, catalog.schemas) == paths
    assert [path.read_bytes() for path in paths] == before


def test_a_schema_that_does_not_exist(connection: Connection[Any], tmp_path: Path) -> None:
    with pytest.raises(DriftFailure) as caught:
        write_contracts(connection, tmp_path / "new", ["public", "pubic"])
    assert str(caught.value) == ("the database has no schema 'pubic'\nhint: did you mean 'public'?")
    assert not (tmp_path / "new").exists()


def test_problems_of_a_file_have_places(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("schema: s\ntables:\n  t: {colums: {}}\n")
    with pytest.raises(ConfigFailure, match=r"s\.yaml:3:"):
        read_contracts([path])


@pytest.mark.parametrize(
    "body",
    [
        "one line",
        "one line\n",
        "two\nlines",
        "two\nlines\n",
        "three\n\n\n",
        "  leading\nspaces",
        "\n\nleading lines\n",
        "\ttab\n\ttab",
        "trailing  \n   \nspaces  ",
        "carriage\r\nreturn",
        "# no comment\n--- no document\n",
        " \n ",
        "x" * 300,
    ],
)
def test_function_bodies_stay_as_they_are(tmp_path: Path, body: str) -> None:
    function = Function(name=Name("s", "f"), arguments="a integer, b text", definition=body)
    after = Function(name=Name("s", "g"), arguments="a " * 600, definition="x")
    catalog = Catalog(schemas=("s",), functions=(function, after))
    path = tmp_path / "s.yaml"
    path.write_text(contract_yaml(catalog, "s"), encoding="utf-8", newline="\n")
    assert read_contracts([path]) == catalog


def test_words_that_yaml_takes_for_something_else(tmp_path: Path) -> None:
    words = ["null", "yes", "No", "~", "1e3", "12:30", "2024-01-01", "<<", "- a", "a: b", "a #b"]
    columns = tuple(Column(name=word, type="text", default="'x'") for word in words)
    catalog = Catalog(schemas=("on",), tables=(Table(name=Name("on", "off"), columns=columns),))
    path = tmp_path / "s.yaml"
    path.write_text(contract_yaml(catalog, "on"), encoding="utf-8", newline="\n")
    assert read_contracts([path]) == catalog


@given(TEXTS.filter(lambda t: "\0" not in t))
def test_any_text_is_a_scalar(text: str) -> None:
    problems: list[Problem] = []
    reader = Reader("x", problems, Places())
    entries = document({"k": [text], "b": text, scalar("z"): {"v": text}})
    lines = "".join(f"{line}\n" for line in entries)
    root = reader.compose(lines.encode())
    assert root is not None and not problems
    (first, second, third) = reader.fields(root, "x")
    assert reader.text(first[2].value[0], "x") == text
    assert reader.text(second[2], "x") == text
    assert reader.text(third[2].value[0][1], "x") == text
    assert not problems


def test_file_names_are_safe() -> None:
    assert file_stem("core_betting") == "core_betting"
    assert file_stem("../Ä") == "%2E%2E%2F%C3%84"

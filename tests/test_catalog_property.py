"""Any catalog that is built, read, written as contracts and read again is still the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from random_catalogs import catalogs

from integrity.catalog.build import create_statements
from integrity.catalog.contracts import contract_yaml, file_stem, read_contracts
from integrity.catalog.drift import differences, fingerprint
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, connect
from integrity.database.connect import create_database as create
from integrity.database.connect import drop_database as drop
from integrity.model import Catalog


@pytest.fixture(scope="module")
def shared(server: str) -> Iterator[Connection[Any]]:
    """One database for all examples: each of them is rolled back."""
    name = "integrity_test_property"
    drop(server, name)
    with connect(create(server, name)) as conn:
        yield conn
    drop(server, name)


def built(conn: Connection[Any], catalog: Catalog) -> Catalog:
    with conn.transaction(force_rollback=True):
        for statement in create_statements(catalog):
            conn.execute(statement)
        return read_catalog(conn, catalog.schemas)


@pytest.mark.both_servers
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(catalog=catalogs())
def test_build_and_read_give_the_catalog_back(shared: Connection[Any], catalog: Catalog) -> None:
    again = built(shared, catalog)
    assert differences(catalog, again) == ()
    assert again == catalog
    assert fingerprint(again) == fingerprint(catalog)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(catalog=catalogs())
def test_contracts_give_the_catalog_back(catalog: Catalog) -> None:
    with TemporaryDirectory() as directory:
        paths = [Path(directory) / f"{file_stem(schema)}.yaml" for schema in catalog.schemas]
        for path, schema in zip(paths, catalog.schemas, strict=True):
            path.write_text(contract_yaml(catalog, schema), encoding="utf-8", newline="\n")
        assert read_contracts(paths) == catalog


def test_samples_give_themselves_back(make_database: Callable[[], str], tmp_path: Path) -> None:
    sample = Path(__file__).parent / "samples" / "every_kind.sql"
    with connect(make_database()) as conn:
        conn.execute(sample.read_text())
        catalog = read_catalog(conn)
    with connect(make_database()) as conn:
        assert built(conn, catalog) == catalog

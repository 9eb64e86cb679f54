"""Whatever a database looks like, its draft is a project that explains every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from random_catalogs import catalogs

from integrity.catalog.build import create_statements
from integrity.config import load_project
from integrity.config.coverage import coverage, unexplained
from integrity.database.connect import Connection, connect, create_database, drop_database
from integrity.model import Catalog
from integrity.propose.proposal import Proposal, propose
from integrity.sql.quote import ident


@pytest.fixture(scope="module")
def shared(server: str) -> Iterator[Connection[Any]]:
    """One database for all examples: what an example made is dropped after it."""
    name = "integrity_test_propose_property"
    drop_database(server, name)
    with connect(create_database(server, name)) as conn:
        yield conn
    drop_database(server, name)


def proposed(conn: Connection[Any], catalog: Catalog) -> Proposal:
    try:
        for statement in create_statements(catalog):
            conn.execute(statement)
        return replace(propose(conn, database="any"), seconds=0.0)
    finally:
        for schema in catalog.schemas:
            conn.execute(f"drop schema if exists {ident(schema)} cascade".encode())


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(catalog=catalogs())
def test_the_draft_of_any_catalog_is_a_project(shared: Connection[Any], catalog: Catalog) -> None:
    proposal = proposed(shared, catalog)
    files = proposal.files()
    assert proposed(shared, catalog).files() == files
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        project = load_project(Path(folder) / "configs")
    assert list(unexplained(coverage(project), project)) == []

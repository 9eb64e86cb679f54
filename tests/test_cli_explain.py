"""``integrity explain``: lineage with places, and the rows of a ledger."""

from __future__ import annotations

from pathlib import Path

import cli_project
import pytest
from cli_project import Library, call
from config_files import FILES, write

from integrity.errors import Exit

FAMILY = """\
drop:
  - {from: old.log, because: nobody reads it}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**FILES, "mappings/rest.yaml": FAMILY})
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("shop")
def test_a_legacy_table() -> None:
    result = call("explain", "old.orders")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:2] == [
        "legacy old.orders feeds shop.orders",
        "  at configs/mappings/orders.yaml:4:11",
    ]
    found = {line.split()[0]: line.split()[1:] for line in lines[5:8]}
    assert found["no"] == ["shop.orders.number", 'code("no")', "lossy",
                           "configs/mappings/orders.yaml:9:15"]  # fmt: skip
    assert found["client_id"] == [
        "shop.orders.customer_id", "crosswalk", "old.clients", "key", "client_id",
        "configs/mappings/orders.yaml:10:20",
    ]  # fmt: skip
    assert found["total"][0] == "shop.orders.amount"
    assert "note    drops rows of shop.orders: rows of a trial" in result.out


@pytest.mark.usefixtures("shop")
def test_a_unified_column_as_json() -> None:
    (found,) = call("--json", "explain", "shop.customers.email").json["explained"]
    assert (found["kind"], found["what"]) == ("unified", "is filled from old.clients")
    assert found["edges"] == [
        {
            "legacy": "old.clients",
            "reads": ["mail"],
            "unified": "shop.customers",
            "column": "email",
            "arm": "",
            "expression": "lower(mail)",
            "label": "lossy",
            "reason": found["edges"][0]["reason"],
            "place": "configs/mappings/customers.yaml:5:14",
            "rest": False,
        }
    ]


@pytest.mark.usefixtures("shop")
def test_other_answers() -> None:
    assert call("explain", "log").out == (
        "legacy old.log is dropped: nobody reads it\n  at configs/mappings/rest.yaml:2:12\n"
    )
    made = call("explain", "shop.orders.doubled").out
    assert "doubled  generated: amount * 2  configs/unified/shop.yaml:16:7" in made
    key = call("explain", "old.clients.id").out
    assert "id      key of the crosswalk of shop.customers" in key


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("old.client", "there is no table 'old.client'; did you mean 'old.clients'?"),
        ("old.clients.mial", "old.clients has no column 'mial'; did you mean 'mail'?"),
        ("orders", "several tables are named 'orders'; old.orders, shop.orders"),
        ("cusomers", "there is no table 'cusomers'; did you mean 'customers'?"),
    ],
)
def test_a_name_that_nobody_has(name: str, message: str) -> None:
    result = call("explain", name)
    assert result.code == Exit.USAGE
    assert message in result.err


@pytest.mark.usefixtures("shop")
def test_what_it_needs() -> None:
    for arguments in (["explain"], ["explain", "--count", "old.log"]):
        assert call(*arguments).code == Exit.USAGE
    assert "leave out the column" in call("explain", "--rows", "old.clients.mail").err


@pytest.fixture
def library(tmp_path: Path, server: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Library:
    cli_project.library(tmp_path, database, server)
    monkeypatch.chdir(tmp_path)
    return Library(Path(), database, server)


def test_rows(library: Library) -> None:
    before = library.call("explain", "--rows")
    assert before.code == Exit.UNPROVEN
    assert "hint: apply the migrations first" in before.err
    library.call("compile")
    assert library.apply("--allow", "unexplained-dependent").code == 0
    result = library.call("explain", "--rows", "--count")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "legacy table     rows  into             inserted  merged  quarantined  dropped\n"
        "---------------  ----  ---------------  --------  ------  -----------  -------\n"
        "lending.readers     3  lending.readers         2       0            1        0\n"
        "web.accounts        3  lending.readers         1       1            0        1\n"
        "2 legacy tables, 6 rows\n"
    )
    library.execute(
        "update operational.integrity_ledger set merged = 0 where source = 'web.accounts'"
    )
    broken = library.call("--json", "explain", "--rows", "web.accounts")
    assert broken.code == Exit.UNPROVEN
    assert broken.json["tables"][0]["problems"] == [
        "web.accounts: lending.readers: 2 of 3 rows are accounted for"
    ]
    assert library.call("explain", "--rows", "lending.readers").code == 0

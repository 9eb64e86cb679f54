"""A sync and an ETL of a configuration about something else: YAML, and no line of Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import retailer_case as case
from click.testing import CliRunner

from integrity.cli.main import cli
from integrity.database.connect import connect

pytestmark = pytest.mark.both_servers
EVENTS = '"Q""1 100% Ünïted"."Click → ""Event"" %s"'
MORE = """
    insert into "select"."user" ("group", "no", mail, full_name, loyalty, credit) values
        ('x', 1, ' BOB@x.example', 'Bob', null, 7),
        ('x', 2, null, 'Nobody', 999, 5),
        ('x', 3, null, 'Cid', 300, -501),
        ('x', 4, null, 'Émile', 500, 1000),
        ('x', 5, null, 'Ada', 100, 21)
"""


def command(url: str, *words: str) -> dict[str, Any]:
    given = ["--config", str(case.PLACE / "configs"), "--database", url, "--scratch", url]
    done = CliRunner().invoke(cli, [*given, "--json", "-q", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return {name: value for name, value in found.items() if value}


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with connect(url) as conn:
        return conn.execute(sql.encode()).fetchall()


def test_a_sync_keeps_a_table_in_step(make_database: Callable[[], str]) -> None:
    url = make_database()
    case.build(url)
    with connect(url) as conn:
        conn.execute(MORE.encode())
    dry = command(url, "sync", "credit", "--dry-run")
    done = command(url, "sync", "credit")
    assert done["reasons"] == {"check": 1, "match-none": 1, "match-shared": 2, "rule": 1}
    assert done["drops"] == {"it's granted none, 100 %": 3}
    ends = {n: done.get(n, 0) for n in ("found", "updated", "created", "quarantined", "dropped")}
    assert ends == {"found": 9, "updated": 1, "created": 0, "quarantined": 5, "dropped": 3}
    assert {name: dry.get(name, 0) for name in ends} == ends
    credit = 'select "Kredit%"::float from "Øst & Vest Markt"."Kunden 100%" order by "Kund#"'
    assert rows(url, credit) == [(10.5,), (7,), (1,), (2,), (3,)]
    with connect(url) as conn:
        conn.execute(b"""delete from "select"."user" where "group" = 'x' and "no" = 5""")
    assert command(url, "sync", "credit")["updated"] == 1
    assert rows(url, credit)[0] == (20.12,)


def test_an_etl_loads_into_the_consolidated_table(
    make_database: Callable[[], str], server: str
) -> None:
    url = make_database()
    case.build(url)
    case.apply(url, case.compiled(server))
    with connect(url) as conn:
        conn.execute(f'delete from {EVENTS} where "order" = 4'.encode())
    stood = rows(url, f"select * from {EVENTS} order by 1")
    done = command(url, "etl", "run", "clicks")
    # Of those that stand one had its customer by a way that is not told here, one another meta.
    assert done["reasons"] == {"cast": 5, "lookup-none": 1, "repeat-differs": 2}
    assert done["drops"] == {"not an object: says nothing": 1}
    assert (done["found"], done["created"], done["unchanged"]) == (12, 1, 2)
    assert rows(url, f"select * from {EVENTS} order by 1")[: len(stood)] == stood
    again = command(url, "etl", "run", "clicks", "--full")
    assert (again["unchanged"], again.get("created", 0)) == (3, 0)
    assert "clicks" in str(command(url, "etl", "status"))


def test_the_declared_test_passes(server: str) -> None:
    (told,) = command(server, "etl", "test", "clicks")["tests"]
    assert told == {
        "pipeline": "clicks",
        "test": 'a "click", 100 % of it',
        "passed": True,
        "differences": [],
    }


def test_files_load_beside_a_name_with_a_percent_sign(
    make_database: Callable[[], str], tmp_path: Path
) -> None:
    url = make_database()
    case.build(url)
    (tmp_path / "bins.csv").write_text("place,label\n8,100 %s\n1,taken\nx,y\n", encoding="utf-8")
    words = ("load", str(tmp_path / "bins.csv"), "--into", "shop.bins", "--max-rejects", "90")
    figures = command(url, *words)["figures"]
    assert figures == {"read": 3, "loaded": 1, "quarantined": 2, "repeated": 0}
    assert command(url, *words)["finished"] == 1

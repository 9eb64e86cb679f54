"""Status and metrics of pipelines, breakers, loads, pools and caches, on a real server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from pipeline_project import ORDERS, Shop, shop
from prometheus_client.parser import text_string_to_metric_families
from test_breaker import pg_ctl

from integrity.cli.main import cli
from integrity.database import embedded
from integrity.database.cached import Cache
from integrity.database.connect import connect, create_database
from integrity.database.pool import Pools
from integrity.database.versions import watch
from integrity.errors import DatabaseFailure, DriftFailure, OpenFailure
from integrity.model import Name, PoolSettings
from integrity.operate.metrics import exposition, process_metrics, read_facts
from integrity.pipelines.agenda import Agenda, planned
from integrity.pipelines.options import Options
from integrity.pipelines.service import READS, RUNS, PipelineService

GUARDED = ORDERS + (
    "breaker: {failures: 2, rejects: 20%, reset: 1h, successes: 1}\n"
    'schedule: {cron: "15 6 * * *", zone: America/New_York}\n'
)


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    return shop(tmp_path, make_database, GUARDED)


def said(made: Shop, *words: str) -> str:
    given = ["--config", str(made.configs), "--database", made.url, *words]
    ran = CliRunner().invoke(cli, given)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, values of the labels in order of their names) -> value."""
    return {
        (one.name, tuple(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_where_nothing_ever_ran(made: Shop) -> None:
    status = json.loads(said(made, "--json", "status"))
    (pipeline,) = status["pipelines"]
    assert (pipeline["pipeline"], pipeline["last"], pipeline["quarantined"]) == ("orders", None, 0)
    assert (status["breakers"], status["loads"]) == ([], [])
    assert "orders    never" in said(made, "status")
    assert samples(said(made, "metrics")) == {("integrity_database_up", ()): 1}
    assert made.value("select to_regclass('kit.integrity_pipeline_runs')") is None


def test_status_and_metrics_of_runs(made: Shop, tmp_path: Path) -> None:
    for number in range(1, 31):
        made.order(number, amount="x" if number <= 7 else "10")
    made.run()
    with pytest.raises(OpenFailure):
        made.run()
    made.execute(
        "insert into kit.integrity_pipeline_outbox (pipeline, source_key)"
        " values ('orders', '1'), ('orders', '2')"
    )
    rows = tmp_path / "rows.csv"
    rows.write_text("account_id,code\n30,EVE\n31,EVE\n", encoding="utf-8")
    CliRunner().invoke(
        cli, ["--config", str(made.configs), "--database", made.url, "load", str(rows), "--into",
              "books.accounts", "--max-rejects", "100"],
    )  # fmt: skip
    status = json.loads(said(made, "--json", "status"))
    (pipeline,) = status["pipelines"]
    last = pipeline["last"]
    assert (last["outcome"], last["found"], last["created"], last["quarantined"]) == (
        "done", 30, 23, 7
    )  # fmt: skip
    assert (pipeline["quarantined"], pipeline["refused_since"]) == (7, 1)
    assert pipeline["schedule"]["zone"] == "America/New_York"
    states = {one["what"]: one["state"] for one in status["breakers"]}
    assert states == {"database": "closed", "validation": "open"}
    (load,) = status["loads"]
    assert (load["target"], load["files"], load["read"], load["loaded"]) == (
        "books.accounts", 1, 2, 1
    )  # fmt: skip
    text = said(made, "status")
    assert "orders    validation  open" in text
    assert "7 of 30 rows were rejected, 23.33 %; at most 20 % are expected" in text
    assert "books.accounts" in text
    figures = samples(said(made, "metrics"))
    now = time.time()
    assert 0 <= now - figures.pop(
        ("integrity_pipeline_last_success_timestamp_seconds", ("orders",))
    ) < 60  # fmt: skip
    expected = {
        ("integrity_pipeline_runs_total", ("done", "orders")): 1,
        ("integrity_pipeline_runs_total", ("refused", "orders")): 1,
        ("integrity_pipeline_rows_total", ("created", "orders")): 23,
        ("integrity_pipeline_rows_total", ("quarantined", "orders")): 7,
        ("integrity_pipeline_quarantined_rows", ("orders", "cast")): 7,
        ("integrity_outbox_rows", ("orders",)): 2,
        ("integrity_breaker_state", ("validation", "orders", "open")): 1,
        ("integrity_breaker_state", ("validation", "orders", "closed")): 0,
        ("integrity_breaker_state", ("database", "orders", "closed")): 1,
        ("integrity_breaker_failures", ("validation", "orders")): 1,
    }
    assert {key: figures.get(key) for key in expected} == expected
    retry = figures["integrity_breaker_retry_timestamp_seconds", ("validation", "orders")]
    assert 3_500 < retry - now < 3_700


def test_labels_are_escaped(made: Shop) -> None:
    made.run()
    hostile = 'a"b\\c\nd'
    with connect(made.url) as conn:
        conn.execute(b"update kit.integrity_pipeline_runs set pipeline = %s", [hostile])
        text = exposition(read_facts(conn, "kit")).decode()
    assert ("integrity_pipeline_runs_total", ("done", hostile)) in samples(text)


def test_pools_and_caches(made: Shop) -> None:
    with Pools(made.url) as pools, connect(made.url) as conn:
        table = Name("books", "accounts")
        watch(conn, "kit", [table])
        cache = Cache(lambda: pools.connection(READS), "kit")
        for _ in range(4):
            assert len(cache.rows("select code from books.accounts", [table])) == 2
        text = process_metrics(pools, READS, "kit", caches={"accounts": cache})
        figures = samples(text.decode())
    assert figures["integrity_cache_hits_total", ("accounts",)] == 3
    assert figures["integrity_cache_misses_total", ("accounts",)] == 1
    assert figures["integrity_cache_hit_rate", ("accounts",)] == 0.75
    assert figures["integrity_pool_requests_total", (READS,)] >= 4
    assert figures["integrity_pool_max", (READS,)] == 4


# --- programs that run pipelines ----------------------------------------------------------------


def test_a_service_keeps_its_connections_and_reads_the_yaml_when_it_changes(made: Shop) -> None:
    async def three() -> None:
        async with PipelineService(made.url, made.configs) as service:
            for number in range(1, 4):
                made.order(number)
                result = await asyncio.to_thread(service.run, ["orders"], Options())
                assert result.figures.created == 1
            found = service.statistics()[RUNS]
            assert (found.requests, found.lost) == (3, 0)
            assert found.made < 3
            assert service.pipeline("orders").batch == 100
            made.write(GUARDED.replace("batch: 100", "batch: 7"))
            assert service.pipeline("orders").batch == 7

    asyncio.run(three())


def test_a_service_keeps_reference_tables_while_they_say_the_same(made: Shop) -> None:
    accounts = Name("books", "accounts")
    with PipelineService(made.url, made.configs) as service:
        with pytest.raises(DriftFailure):
            service.reference(accounts)
        service.watch([accounts])
        for _ in range(3):
            assert {row["code"] for row in service.reference(accounts)} == {"ANN", "BOB"}
        made.execute("insert into books.accounts values (30, 'EVE')")
        assert {row["code"] for row in service.reference(accounts)} == {"ANN", "BOB", "EVE"}
        found = service.cache().statistics()
        assert (found.hits, found.misses, found.stale) == (2, 2, 1)


def test_a_service_shows_no_password() -> None:
    service = PipelineService("postgresql://me:hunter2@localhost/x")
    assert repr(service) == "PipelineService('postgresql://me@localhost/x', 'configs')"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[embedded.Server, Shop]]:
    with embedded.start(ephemeral=True) as server:
        name = f"integrity_test_{uuid4().hex[:12]}"
        yield server, shop(tmp_path, lambda: create_database(server.url, name), GUARDED)


def test_an_outage_is_caught_up_once_on_the_same_pools(own: tuple[embedded.Server, Shop]) -> None:
    server, made = own
    made.order(1)
    clock = datetime(2024, 5, 1, 12, tzinfo=UTC)
    settings = [PoolSettings(name=name, timeout=3) for name in (READS, RUNS)]
    with Pools(made.url, settings) as pools:
        plans = planned([made.pipeline()])
        agenda = Agenda(pools, made.project, plans, lambda _: None, now=lambda: clock)
        assert agenda.attempt("orders") is not None
        pg_ctl(server, "-m", "fast", "stop")
        clock = datetime(2024, 5, 4, 12, tzinfo=UTC)
        failed = agenda.attempt("orders")
        assert failed is not None
        assert (failed.outcome, failed.again) == ("failed", 5)
        figures = samples(process_metrics(pools, READS, "kit", memory=agenda.memory).decode())
        assert figures["integrity_breaker_failures", ("database", "orders")] == 1
        assert figures["integrity_database_up", ()] == 0
        with pytest.raises(DatabaseFailure):
            made.run()
        pg_ctl(server, "start")
        made.order(2)
        done = agenda.attempt("orders")
        assert done is not None and done.result is not None
        assert (done.outcome, done.result.figures.created) == ("done", 1)
        assert agenda.attempt("orders") is None
    assert made.rows("select what, state, failures from kit.integrity_breakers order by 1") == [
        ("database", "closed", 0), ("validation", "closed", 0)
    ]  # fmt: skip

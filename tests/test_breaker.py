"""Circuit breakers of pipelines on real servers: what opens and what closes them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from pipeline_project import ORDERS, Shop, shop

from integrity.cli.main import cli
from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import connect, create_database
from integrity.errors import (
    ConfigFailure,
    DatabaseFailure,
    DriftFailure,
    Exit,
    LockedFailure,
    OpenFailure,
    UnreachableFailure,
)
from integrity.pipelines.breaker_table import breaker_states, close_breakers
from integrity.pipelines.figures import Result
from integrity.pipelines.guard import Memory, is_outage
from integrity.pipelines.options import Options
from integrity.pipelines.run import lock_key, run_pipeline
from integrity.run.locks import session_lock

QUICK = ORDERS + "breaker: {failures: 3, rejects: 20%, reset: 1s, successes: 2}\n"
SLOW = ORDERS + "breaker: {failures: 2, rejects: 20%, reset: 1h, successes: 2}\n"
SECRET = "hunter2"


def run(made: Shop, memory: Memory | None = None, **options: Any) -> Result:
    given = Options(**{"patience": 0.0, **options})
    return run_pipeline(made.url, made.project, made.pipeline(), given, memory=memory)


def states(made: Shop) -> dict[str, tuple[str, int, int]]:
    with connect(made.url) as conn:
        found = breaker_states(conn, "kit")
    return {one.what: (one.state, one.failures, one.successes) for one in found}


def ledger(made: Shop) -> list[str]:
    return [o for (o,) in made.rows("select outcome from kit.integrity_pipeline_runs order by run")]


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    return shop(tmp_path, make_database, QUICK)


# --- the database -------------------------------------------------------------------------------


def pg_ctl(server: embedded.Server, *words: str) -> None:
    cluster = server.data_dir / "cluster"
    program = [server.bin_dir / "pg_ctl", "-w", "-D", cluster, "-l", cluster / "server.log"]
    assert server_account().run([*program, *words]) == 0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[embedded.Server, Shop]]:
    """A shop on a server of its own, which may be stopped."""
    with embedded.start(ephemeral=True) as server:
        name = f"integrity_test_{uuid4().hex[:12]}"
        made = shop(tmp_path, lambda: create_database(server.url, name), QUICK)
        made.order(1)
        yield server, made


def test_a_server_that_is_down_opens_it_and_trials_close_it(
    own: tuple[embedded.Server, Shop],
) -> None:
    server, made = own
    memory = Memory()
    run(made, memory)
    pg_ctl(server, "-m", "fast", "stop")
    for _ in range(3):
        with pytest.raises(UnreachableFailure, match="cannot connect"):
            run(made, memory)
    with pytest.raises(
        OpenFailure,
        match=r"^pipeline orders is not run: its database breaker is open since .* UTC \(3 failures"
        r" in a row, the last: cannot connect to postgresql://.*\); it tries again at ..:..:.. UTC",
    ) as refused:
        run(made, memory)
    assert refused.value.hint == "wait until then, or close it: integrity breaker close orders"
    assert refused.value.exit_code == Exit.OPEN
    time.sleep(1.05)
    with pytest.raises(UnreachableFailure):  # the trial
        run(made, memory)
    with pytest.raises(OpenFailure):  # open again after one failure
        run(made, memory)
    pg_ctl(server, "start")
    with pytest.raises(OpenFailure):  # nobody asks the server before its time
        run(made, memory)
    time.sleep(1.05)
    made.order(2)
    assert run(made, memory).figures.created == 1
    assert states(made)["database"] == ("half-open", 0, 1)
    assert memory.cell("orders") is None
    run(made, memory)
    assert states(made)["database"] == ("closed", 0, 0)


def test_what_was_counted_here_is_told_to_others_when_the_server_is_back(
    own: tuple[embedded.Server, Shop],
) -> None:
    server, made = own
    made.write(SLOW)
    memory = Memory()
    run(made, memory)
    pg_ctl(server, "-m", "fast", "stop")
    for _ in range(2):
        with pytest.raises(UnreachableFailure):
            run(made, memory)
    pg_ctl(server, "start")
    cell = memory.cell("orders")
    assert cell is not None
    cell.retry_at = time.monotonic()  # an hour later
    run(made, memory)
    assert states(made)["database"] == ("half-open", 0, 1)
    run(made)  # another process, which knows nothing of it
    assert states(made)["database"] == ("closed", 0, 0)


def test_failures_count_in_a_row_and_across_processes(made: Shop) -> None:
    made.order(1)
    made.execute(
        "create function shop.wait() returns trigger language plpgsql as $$ begin"
        " raise sqlstate '53100' using message = 'no space left'; end $$",
        "create trigger wait before insert on books.invoices"
        " for each row execute function shop.wait()",
    )
    for failures in (1, 2):
        with pytest.raises(DatabaseFailure, match="no space left"):
            run(made)
        assert states(made)["database"] == ("closed", failures, 0)
    made.execute("drop trigger wait on books.invoices")
    run(made)
    assert states(made)["database"] == ("closed", 0, 0)
    made.order(2)
    made.execute(
        "create trigger wait before insert on books.invoices"
        " for each row execute function shop.wait()"
    )
    for _ in range(3):
        with pytest.raises(DatabaseFailure, match="no space left"):
            run(made)
    assert states(made)["database"][0] == "open"
    with pytest.raises(OpenFailure, match=r"3 failures in a row, the last: .*no space left"):
        run(made)
    assert ledger(made) == ["failed", "failed", "done", "failed", "failed", "failed", "refused"]
    assert "breaker is open" in made.value(
        "select error from kit.integrity_pipeline_runs where outcome = 'refused'"
    )


def test_mistakes_and_overlaps_do_not_count(made: Shop) -> None:
    made.order(1)
    run(made)
    made.execute("alter table books.invoices rename to bills")
    for _ in range(4):
        with pytest.raises((DriftFailure, ConfigFailure)):
            run(made)
    made.execute("alter table books.bills rename to invoices")
    with (
        connect(made.url) as conn,
        session_lock(conn, lock_key("orders"), "it", patience=0),
    ):
        for _ in range(4):
            with pytest.raises(LockedFailure):
                run(made)
    assert states(made) == {}
    assert ledger(made)[-4:] == ["refused"] * 4
    assert run(made).figures.balances


def test_which_failures_are_outages(made: Shop) -> None:
    with pytest.raises(DatabaseFailure) as unreadable:
        run_pipeline(f"postgresql://me:{SECRET}@one@two/x", made.project, made.pipeline())
    assert not is_outage(unreadable.value)
    assert SECRET not in str(unreadable.value)
    with pytest.raises(DatabaseFailure) as refused:
        run_pipeline(f"postgresql://me:{SECRET}@127.0.0.1:1/x", made.project, made.pipeline())
    assert is_outage(refused.value)
    assert not is_outage(KeyboardInterrupt())


# --- validation ---------------------------------------------------------------------------------


def test_too_many_rejects_open_it(made: Shop) -> None:
    for number in range(1, 31):
        made.order(number, amount="x" if number <= 7 else "10")
    result = run(made)
    assert result.breaker == ("7 of 30 rows were rejected, 23.33 %; at most 20 % are expected")
    assert states(made)["validation"] == ("open", 1, 0)
    with pytest.raises(OpenFailure, match=r"its validation breaker is open .*7 of 30 rows were"):
        run(made)
    made.execute("update shop.orders set amount = '10'")
    time.sleep(1.05)
    assert run(made).breaker == ""
    assert states(made)["validation"] == ("half-open", 0, 1)
    run(made)
    assert states(made)["validation"] == ("closed", 0, 0)
    assert ledger(made) == ["done", "refused", "done", "done"]


def test_few_rows_open_nothing_and_a_failed_trial_opens_again(made: Shop) -> None:
    for number in range(1, 11):
        made.order(number, amount="x")
    assert run(made).breaker == ""
    for number in range(11, 31):
        made.order(number)
    assert run(made).breaker
    time.sleep(1.05)
    assert run(made).breaker
    assert states(made)["validation"][0] == "open"


def test_standing_rejects_do_not_open_it_run_after_run(made: Shop) -> None:
    for number in range(1, 26):
        made.order(number, amount="x")
    close = "update kit.integrity_breakers set state = 'closed', retry_at = null, failures = 0"
    assert run(made, mode="missing").breaker.startswith("25 of 25 rows")
    made.execute(close)
    made.order(26)
    assert run(made, mode="missing").breaker == ""
    for number in range(27, 60):
        made.order(number, amount="x" if number < 37 else "1")
    assert run(made, mode="missing").breaker.startswith("10 of 33 rows were rejected")
    made.execute(close)
    assert run(made, mode="all").breaker.startswith("35 of 59 rows")


def test_dry_runs_are_not_refused_and_do_not_count(made: Shop) -> None:
    made.write(SLOW)
    for number in range(1, 31):
        made.order(number, amount="x")
    assert run(made, dry_run=True).breaker == ""
    assert run(made).breaker
    assert run(made, dry_run=True).figures.quarantined == 30
    with pytest.raises(OpenFailure):
        run(made)


# --- the command line ---------------------------------------------------------------------------


def test_another_process_is_refused_until_it_is_closed_by_hand(made: Shop) -> None:
    made.write(SLOW)
    for number in range(1, 31):
        made.order(number, amount="x")
    base = ["--config", str(made.configs), "--database", made.url]
    empty = CliRunner().invoke(cli, [*base, "breaker", "list"])
    assert empty.output == "no breaker ever counted a failure\n"
    opened = CliRunner().invoke(cli, [*base, "sync", "orders"])
    assert "the validation breaker of orders is open from now on: 30 of 30 rows" in opened.stderr
    command = [sys.executable, "-m", "integrity.cli.main", *base, "sync", "orders"]
    other = subprocess.run(command, capture_output=True, text=True)
    assert other.returncode == Exit.OPEN
    assert other.stderr.startswith("error: pipeline orders is not run: its validation breaker is")
    listed = CliRunner().invoke(cli, ["--json", *base, "breaker", "list"])
    shown = {one["what"]: one for one in json.loads(listed.output)["breakers"]}
    assert shown["validation"]["state"] == "open"
    assert shown["validation"]["retry_at"] > shown["validation"]["since"]
    table = CliRunner().invoke(cli, [*base, "breaker", "list"]).output
    assert "orders    validation  open" in table
    closed = CliRunner().invoke(cli, [*base, "breaker", "close", "orders"])
    assert closed.output == "orders: closed validation\n"
    with connect(made.url) as conn:
        assert close_breakers(conn, "kit", "orders") == ()
    assert CliRunner().invoke(cli, [*base, "sync", "orders"]).exit_code == 0

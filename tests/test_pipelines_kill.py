"""A sync that is killed goes on and ends like an undisturbed one; two runners never overlap."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline_disturbances import BATCHES, KEPT, STATE, start
from pipeline_project import Shop, shop

from integrity.database.connect import connect
from integrity.errors import Exit, LockedFailure
from integrity.pipelines.run import lock_key
from integrity.run.locks import session_lock

ORDERS_COUNT = 3_000
CHANGED = """
    select i.number, h.old, h.new from kit.integrity_pipeline_history as h
    join books.invoices as i on i.invoice_id::text = h.target_key order by 1
"""


def fill(made: Shop) -> None:
    made.execute(
        "insert into shop.orders (id, number, customer_id, ordered_on, amount, discount)"
        " select n, 'n' || n, 1 + n % 2, '2024-05-01',"
        " case n % 97 when 0 then 'x' else n::text end, 0"
        f" from generate_series(1, {ORDERS_COUNT}) as n",
        "insert into books.invoices (number, amount, discount)"
        " select 'N' || n, 1, 1 from generate_series(10, 3000, 10) as n",
    )


def progress(made: Shop) -> tuple[int, int]:
    """The number of the last run, and how many batches it has committed."""
    if made.value("select to_regclass('kit.integrity_pipeline_runs')") is None:
        return 0, 0
    found = made.rows(
        "select run, batches from kit.integrity_pipeline_runs order by run desc limit 1"
    )
    return found[0] if found else (0, 0)


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    one = shop(tmp_path, make_database, BATCHES)
    fill(one)
    return one


@pytest.mark.slow
def test_killed_at_random_it_ends_like_an_undisturbed_run(
    made: Shop, tmp_path: Path, make_database: Callable[[], str]
) -> None:
    other = shop(tmp_path / "other", make_database)
    fill(other)
    other.run()
    chance = random.Random()
    kills = 0
    for number in range(1, 6):
        wanted = chance.choice([0, chance.randrange(1, 60)])  # 0: while the source is surveyed
        process = start(made)
        while process.poll() is None and progress(made) < (number, wanted):
            time.sleep(0.002)
        time.sleep(chance.random() * (0.02 if wanted else 0.5))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        process.communicate()
    assert kills
    process = start(made)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "found" in out
    for query in (STATE, KEPT, CHANGED):
        assert made.rows(query) == other.rows(query)
    outcomes = made.rows("select outcome, error from kit.integrity_pipeline_runs order by run")
    assert outcomes[-1] == ("done", None)
    assert outcomes.count(("failed", "the runner was killed")) == kills, outcomes
    balance = """
        select count(*) from kit.integrity_pipeline_runs
        where found <> created + updated + unchanged + repeated + dropped + empty + quarantined
    """
    assert made.value(balance) == 0


def test_two_runners_at_once(made: Shop) -> None:
    runners = [start(made), start(made)]
    ended = [(one.communicate(), one.returncode) for one in runners]
    codes = sorted(code for _, code in ended)
    assert codes in ([Exit.OK, Exit.OK], [Exit.OK, Exit.LOCKED]), ended
    assert made.value("select count(*) from books.invoices") == made.value(
        "select count(distinct number) from books.invoices"
    )


def test_an_overlapping_run_is_refused(made: Shop) -> None:
    with (
        connect(made.url, application_name="somebody") as conn,
        session_lock(conn, lock_key("orders"), "it", patience=0),
        pytest.raises(LockedFailure, match=r"in progress on pipeline orders: pid .*'somebody'"),
    ):
        made.run(patience=0)
    assert made.run().figures.balances

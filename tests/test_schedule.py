"""Schedules: the moments of cron, what is due, what is caught up once, and the scheduler itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pipeline_project import ORDERS, Shop, shop

from integrity.cli.main import cli
from integrity.database.connect import SESSION, connect
from integrity.database.pool import Pools
from integrity.errors import ConfigFailure, Exit
from integrity.model import Location, PoolSettings
from integrity.pipeline_model import Schedule
from integrity.pipelines.agenda import Agenda, Event, planned
from integrity.pipelines.cron import fields
from integrity.pipelines.run import lock_key
from integrity.pipelines.schedule import Clockwork, Moments
from integrity.pipelines.service import RUNS
from integrity.run.locks import session_lock

DAILY = ORDERS + 'schedule: {cron: "15 6 * * *", zone: America/New_York, mode: all}\n'
TOKEN = "a-token-of-many-characters"


# --- cron ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("*", "*"), ("0", "sun"), ("7", "sun"), ("1", "mon"), ("1-5", "mon,tue,wed,thu,fri"),
        ("5-7", "sun,fri,sat"), ("0-7", "*"), ("*/2", "sun,tue,thu,sat"), ("1,3,7", "sun,mon,wed"),
        ("fri-mon", "sun,mon,fri,sat"), ("Sat", "sat"), ("1-5/2", "mon,wed,fri"),
        ("4/2", "thu,sat"),
    ],
)  # fmt: skip
def test_weekdays_are_those_of_cron(field: str, days: str) -> None:
    assert fields(f"0 0 * * {field}").weekday == days


@pytest.mark.parametrize(
    "cron", ["* * * *", "61 * * * *", "0 24 * * *", "0 0 * * 8", "0 0 * * mon-fry", "0 0 * * 1/0",
             "0 0 32 * *", "0 0 * 13 *", "0 0 L * ?", "a * * * *"],
)  # fmt: skip
def test_a_wrong_cron_is_named_with_its_place(cron: str) -> None:
    wrong = Schedule(cron=cron, location=Location("configs/pipelines/a.yaml", 7, 3))
    with pytest.raises(ConfigFailure) as failure:
        Moments(wrong)
    (problem,) = failure.value.problems
    assert str(problem).startswith(f"configs/pipelines/a.yaml:7:3: cron {cron!r} of schedule: ")


def moments(cron: str, start: str, count: int, zone: str = "America/New_York") -> list[str]:
    made = Moments(Schedule(cron=cron, zone=zone))
    moment, found = datetime.fromisoformat(start), []
    for _ in range(count):
        moment = made.after(moment)
        assert moment is not None
        found.append(f"{moment:%a %d %H:%M%z}")
    return found


def test_weekdays_on_the_calendar() -> None:
    assert moments("0 9 * * 0", "2024-05-01T00:00+00:00", 2, "UTC") == [
        "Sun 05 09:00+0000", "Sun 12 09:00+0000"
    ]  # fmt: skip
    both = moments("0 9 13 * fri", "2024-05-01T00:00+00:00", 4, "UTC")
    assert both == [
        "Fri 03 09:00+0000", "Fri 10 09:00+0000", "Mon 13 09:00+0000", "Fri 17 09:00+0000"
    ]  # fmt: skip


def test_a_moment_that_does_not_exist_comes_an_hour_later() -> None:
    assert moments("30 2 * * *", "2024-03-09T00:00-05:00", 3) == [
        "Sat 09 02:30-0500", "Sun 10 03:30-0400", "Mon 11 02:30-0400"
    ]  # fmt: skip
    assert moments("0,30 2,3 * * *", "2024-03-10T00:00-05:00", 3) == [
        "Sun 10 03:00-0400", "Sun 10 03:30-0400", "Mon 11 02:00-0400"
    ]  # fmt: skip


def test_a_moment_that_exists_twice_comes_once_unless_it_goes_by_the_hour() -> None:
    assert moments("30 1 * * *", "2024-11-02T12:00-04:00", 2) == [
        "Sun 03 01:30-0400", "Mon 04 01:30-0500"
    ]  # fmt: skip
    assert moments("30 * * * *", "2024-11-03T00:00-04:00", 4) == [
        "Sun 03 00:30-0400", "Sun 03 01:30-0400", "Sun 03 01:30-0500", "Sun 03 02:30-0500"
    ]  # fmt: skip


def test_the_last_moment() -> None:
    now = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for cron, last in {
        "* * * * *": datetime(2024, 5, 1, 12, tzinfo=UTC),
        "1 12 * * *": datetime(2024, 4, 30, 12, 1, tzinfo=UTC),
        "0 0 1 1 *": datetime(2024, 1, 1, tzinfo=UTC),
        "0 0 29 2 *": datetime(2024, 2, 29, tzinfo=UTC),
    }.items():
        made = Moments(Schedule(cron=cron))
        assert made.last(now) == last
        after = made.after(last)
        assert after is not None and after > now
    never = Moments(Schedule(cron="0 0 31 2 *"))
    assert never.last(now) is None


# --- what is due --------------------------------------------------------------------------------


class Clock:
    """A clock that is set."""

    def __init__(self, text: str) -> None:
        self.now = datetime.fromisoformat(text)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    one = shop(tmp_path, make_database, DAILY)
    one.order(1)
    return one


@pytest.fixture
def clock() -> Clock:
    return Clock("2024-05-01T12:00+00:00")


@pytest.fixture
def agenda(made: Shop, clock: Clock) -> Iterator[Agenda]:
    with Pools(made.url, [PoolSettings(name=RUNS, min=0, max=2)]) as pools:
        plans = planned([made.pipeline()])
        yield Agenda(pools, made.project, plans, lambda _: None, now=clock, patience=0)


def outcomes(made: Shop) -> list[tuple[Any, ...]]:
    return made.rows(
        "select outcome, to_char(scheduled, 'MM-DD HH24:MI') from kit.integrity_pipeline_runs"
        " order by run"
    )


def attempt(agenda: Agenda) -> str:
    event = agenda.attempt("orders")
    return event.outcome if event else ""


def test_missed_moments_are_caught_up_once(made: Shop, agenda: Agenda, clock: Clock) -> None:
    assert attempt(agenda) == "done"  # never served: the last moment is due
    assert attempt(agenda) == ""
    clock.pass_(days=5)
    assert attempt(agenda) == "done"
    assert attempt(agenda) == ""
    clock.pass_(hours=22.2)
    assert attempt(agenda) == ""
    clock.pass_(hours=0.1)
    assert attempt(agenda) == "done"
    assert outcomes(made) == [
        ("done", "05-01 10:15"), ("done", "05-06 10:15"), ("done", "05-07 10:15")
    ]  # fmt: skip


def test_a_run_by_hand_is_not_one_of_the_schedule(made: Shop, agenda: Agenda) -> None:
    made.run(limit=1)
    assert attempt(agenda) == "done"


def test_an_overlap_is_refused_and_its_moment_served(
    made: Shop, agenda: Agenda, clock: Clock
) -> None:
    attempt(agenda)
    clock.pass_(days=1)
    with connect(made.url) as conn, session_lock(conn, lock_key("orders"), "it", patience=0):
        event = agenda.attempt("orders")
        assert event is not None
        assert (event.outcome, event.exit_code, event.again) == ("refused", Exit.OK, None)
        assert "another run is in progress on pipeline orders" in event.line()
    assert attempt(agenda) == ""
    clock.pass_(days=1)
    assert attempt(agenda) == "done"
    assert [one for one, _ in outcomes(made)] == ["done", "refused", "done"]


def test_of_two_schedulers_one_serves_a_moment(made: Shop, agenda: Agenda, clock: Clock) -> None:
    other = replace(agenda, patience=10)
    with connect(made.url) as conn:
        attempt(agenda)
        clock.pass_(days=1)
        with session_lock(conn, lock_key("orders"), "it", patience=0):
            found: list[Event | None] = []
            waiting = threading.Thread(target=lambda: found.append(other.attempt("orders")))
            waiting.start()
            time.sleep(0.5)  # it has seen that the moment is due
            made.execute(
                "insert into kit.integrity_pipeline_runs (run, pipeline, mode, scheduled, seconds,"
                " outcome) values (7, 'orders', 'all', '2024-05-02 10:15+00', 1, 'done')"
            )
        waiting.join()
    assert found[0] is not None and found[0].outcome == "refused"
    assert found[0].error == "another run has served 2024-05-02 06:15 EDT meanwhile"
    assert len(outcomes(made)) == 2


def test_a_run_that_was_cut_off_is_due_again(made: Shop, agenda: Agenda) -> None:
    attempt(agenda)
    made.execute(
        "update kit.integrity_pipeline_runs set outcome = 'running', seconds = null, ended = null"
    )
    assert attempt(agenda) == "done"
    assert [one for one, _ in outcomes(made)] == ["failed", "done"]


def test_stopped_after_a_batch_it_is_due_again(made: Shop, agenda: Agenda) -> None:
    for number in range(2, 251):
        made.order(number)
    agenda.stopping = iter(["", "SIGTERM", ""] + [""] * 9).__next__
    assert attempt(agenda) == "stopped"
    assert made.value("select count(*) from books.invoices") == 100
    assert outcomes(made) == [("failed", None)]
    assert made.rows("select * from kit.integrity_breakers") == []
    assert attempt(agenda) == "done"
    assert made.value("select count(*) from books.invoices") == 250


def test_a_failure_is_noted_and_not_tried_before_its_next_moment(
    made: Shop, agenda: Agenda, clock: Clock
) -> None:
    made.execute("alter table shop.orders rename to order_s")
    event = agenda.attempt("orders")
    assert event is not None
    assert (event.outcome, event.exit_code, event.again) == ("failed", Exit.CONFIG, None)
    assert attempt(agenda) == ""
    made.execute("alter table shop.order_s rename to orders")
    clock.pass_(days=1)
    assert attempt(agenda) == "done"
    assert [one for one, _ in outcomes(made)] == ["failed", "done"]


def test_a_table_that_is_not_there_is_told_once(made: Shop, agenda: Agenda) -> None:
    made.execute("alter table books.invoices rename to bills")
    event = agenda.attempt("orders")
    assert event is not None
    assert "there is no table books.invoices that may be written" in event.line()
    assert attempt(agenda) == ""
    made.execute("alter table books.bills rename to invoices")
    assert attempt(agenda) == "done"


def test_the_breaker_guards_and_its_moment_stays_open(
    made: Shop, agenda: Agenda, clock: Clock
) -> None:
    made.execute("delete from shop.orders")
    for number in range(1, 31):
        made.order(number, amount="x")
    rule = replace(made.pipeline().breaker, reject_share=0, reset_seconds=1)
    agenda.plans = planned([made.pipeline(breaker=rule)])
    event = agenda.attempt("orders")
    assert event is not None
    assert "breaker opened: 30 of 30 rows were rejected" in event.line()
    clock.pass_(days=1)
    event = agenda.attempt("orders")
    assert event is not None
    assert (event.outcome, event.exit_code) == ("open", Exit.OK)
    assert event.again is not None and 0 < event.again <= 1
    time.sleep(event.again + 0.05)
    made.execute("update shop.orders set amount = '1'")
    assert attempt(agenda) == "done"


def test_while_the_server_is_away_nothing_is_lost(made: Shop, clock: Clock) -> None:
    nowhere = "postgresql://me:hunter2@127.0.0.1:1/none"
    settings = [PoolSettings(name=name, min=0, timeout=0.1) for name in ("reads", RUNS)]
    rule = replace(made.pipeline().breaker, failures=2)
    plans = planned([made.pipeline(breaker=rule)])
    events: list[Event] = []
    with Pools(nowhere, settings) as pools:
        agenda = Agenda(pools, made.project, plans, events.append, now=clock, patience=0)
        found = [agenda.attempt("orders") for _ in range(3)]
    assert [one.outcome for one in found if one] == ["failed", "failed", "open"]
    assert [round(one.again or 0) for one in found if one] == [5, 60, 60]
    assert events == found
    assert not any("hunter2" in one.line() + str(one.as_json()) for one in events)
    ((state),) = agenda.memory.states()
    assert (state.what, state.state, state.failures) == ("database", "open", 2)
    with Pools(made.url, settings) as pools:
        agenda.pools = pools
        cell = agenda.memory.cell("orders")
        assert cell is not None
        cell.retry_at = time.monotonic()
        assert attempt(agenda) == "done"
    assert made.rows("select what, state from kit.integrity_breakers order by 1") == [
        ("database", "half-open"), ("validation", "closed")
    ]  # fmt: skip


def test_a_pooled_connection_comes_back_clean(made: Shop, agenda: Agenda) -> None:
    pools = Pools(made.url, [PoolSettings(name=RUNS, min=1, max=1)])
    agenda.pools = pools
    with pools:
        for number in range(2, 30):
            made.order(number, amount="x" if number % 2 else "5")
        attempt(agenda)
        with pools.connection(RUNS) as conn:
            for name, value in {**SESSION, "lock_timeout": "0", "statement_timeout": "0"}.items():
                row = conn.execute("select current_setting(%s)", [name]).fetchone()
                assert row == (value,), name
            held = "select count(*) from pg_locks where locktype = 'advisory'"
            assert conn.execute(held).fetchone() == (0,)
            temporary = "select count(*) from pg_class where relpersistence = 't'"
            assert conn.execute(temporary).fetchone() == (0,)
            name = conn.execute("select current_setting('application_name')").fetchone()
            assert name == (f"integrity {RUNS}",)
        assert pools.statistics()[RUNS].made == 1


# --- the scheduler ------------------------------------------------------------------------------


def test_the_clockwork_calls_again_and_tells_of_overlaps() -> None:
    called: list[str] = []
    skipped: list[str] = []
    release, twice = threading.Event(), threading.Event()

    def attempt(name: str) -> float | None:
        called.append(name)
        if len(called) == 1:
            return 0.1
        twice.set()
        release.wait(10)
        return None

    clockwork = Clockwork(attempt, lambda name, _: skipped.append(name), workers=1)
    clockwork.add("a", Moments(Schedule(cron="0 0 1 1 *")))
    clockwork.start()
    try:
        assert twice.wait(10)
        clockwork.again("a", datetime.now(UTC))
        for _ in range(100):
            if skipped:
                break
            time.sleep(0.05)
        coming = clockwork.next("a")
        assert coming is not None and (coming.month, coming.day) == (1, 1)
    finally:
        release.set()
        clockwork.stop()
    assert (called, skipped) == (["a", "a"], ["a"])


def base(made: Shop, *words: str) -> list[str]:
    return ["--config", str(made.configs), "--database", made.url, *words]


def test_once_from_the_command_line(made: Shop) -> None:
    ran = CliRunner().invoke(cli, base(made, "schedule", "run", "--once"))
    assert ran.exit_code == 0, ran.output
    assert "UTC  orders, all: done, 1 found, 1 created, " in ran.stderr
    again = CliRunner().invoke(cli, ["--json", *base(made, "schedule", "run", "--once")])
    assert (again.exit_code, again.output) == (0, "")
    made.execute("update kit.integrity_pipeline_runs set scheduled = scheduled - interval '3 days'")
    missed = CliRunner().invoke(cli, ["--json", *base(made, "schedule", "list")])
    (one,) = json.loads(missed.output)["schedules"]
    assert (one["last_outcome"], one["mode"], one["absent"]) == ("done", "all", False)
    assert one["missed_since"] is not None
    assert datetime.fromisoformat(one["next"]) == datetime.fromisoformat(one["next_utc"])
    third = CliRunner().invoke(cli, ["--json", *base(made, "-q", "schedule", "run", "--once")])
    said = json.loads(third.stdout)
    assert (said["outcome"], said["result"]["unchanged"]) == ("done", 1)
    listed = CliRunner().invoke(cli, base(made, "schedule", "list")).output
    assert "orders    15 6 * * *  America/New_York  all   20" in listed


def test_a_failure_is_the_exit_code_of_once(made: Shop) -> None:
    made.write(DAILY + "rejects: {max: 1%}\n")
    made.order(2, amount="x")
    ran = CliRunner().invoke(cli, base(made, "schedule", "run", "--once"))
    assert ran.exit_code == Exit.UNPROVEN
    made.write(ORDERS)
    none = CliRunner().invoke(cli, base(made, "schedule", "run", "--once"))
    assert "no pipeline has a schedule" in str(none.exception)


def test_validate_names_a_wrong_cron(made: Shop) -> None:
    made.write(DAILY.replace("15 6 * * *", "15 26 * * *"))
    ran = CliRunner().invoke(cli, ["--config", str(made.configs), "validate"])
    assert "orders.yaml:" in str(ran.exception)
    assert "cron '15 26 * * *' of schedule: " in str(ran.exception)


def fetched(address: str, token: str) -> tuple[int, str]:
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_scheduler_runs_serves_metrics_and_ends_cleanly(made: Shop) -> None:
    words = base(made, "--json", "schedule", "run", "--metrics-port", "0")
    process = subprocess.Popen(
        [sys.executable, "-m", "integrity.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "INTEGRITY_METRICS_TOKEN": TOKEN},
    )
    try:
        assert process.stdout and process.stderr
        assert json.loads(process.stdout.readline())["outcome"] == "done"
        address = process.stderr.readline().removeprefix("metrics: ").strip()
        assert address.startswith("http://127.0.0.1:")
        assert fetched(address, "guess")[0] == 401
        assert fetched(address.replace("/metrics", "/other"), TOKEN)[0] == 404
        code, text = fetched(address, TOKEN)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert code == 200
    assert 'integrity_pipeline_runs_total{outcome="done",pipeline="orders"} 1.0' in text
    assert 'integrity_pool_requests_total{role="pipelines"} 1.0' in text
    assert "integrity_database_up 1.0" in text
    assert errors.endswith("SIGTERM: ending after the batch\n")
    assert process.returncode == 0


def test_a_scheduler_that_is_killed_is_caught_up_by_the_next(made: Shop) -> None:
    made.write(DAILY.replace("batch: 100", "batch: 5"))
    made.execute(
        "insert into shop.orders (id, number, customer_id, ordered_on, amount, discount)"
        " select n, 'n' || n, 1, '2024-05-01', '5', 0 from generate_series(2, 200) as n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "integrity.cli.main", *base(made, "schedule", "run")],
        stderr=subprocess.DEVNULL,
    )
    there = "select to_regclass('kit.integrity_pipeline_runs') is not null"
    batches = "select max(batches) > 2 from kit.integrity_pipeline_runs"
    while process.poll() is None and not (made.value(there) and made.value(batches)):
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert 0 < made.value("select count(*) from books.invoices") < 200
    ran = CliRunner().invoke(cli, base(made, "schedule", "run", "--once"))
    assert ran.exit_code == 0, ran.output
    assert made.value("select count(*) from books.invoices") == 200
    (killed, moment), (done, again) = outcomes(made)
    assert (killed, done, moment) == ("failed", "done", again)


def test_metrics_are_not_served_without_a_token(made: Shop) -> None:
    ran = CliRunner(env={"INTEGRITY_METRICS_TOKEN": ""}).invoke(
        cli, base(made, "schedule", "run", "--metrics-port", "0")
    )
    assert "only with a token of at least 16 characters" in str(ran.exception)

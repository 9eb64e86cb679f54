"""A follower applies what was committed, and loses nothing while nobody follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pipeline_project import ORDERS, Shop, shop

from integrity.database.connect import connect
from integrity.errors import ConfigFailure, DatabaseFailure, DriftFailure, LockedFailure
from integrity.pipelines.figures import Figures, Result
from integrity.pipelines.follow import Applied, FollowOptions, Held, Pause, follow, unfollow
from integrity.pipelines.follow_status import follow_status
from integrity.pipelines.run import lock_key
from integrity.run.locks import Retry, session_lock

OPTIONS = FollowOptions(retry=Retry(first=0.05, longest=0.2))
LINKED = "select source_key from kit.integrity_pipeline_links order by source_key::bigint"
OUTBOX = "select source_key from kit.integrity_pipeline_outbox order by outbox_id"


@dataclass
class Running:
    """A follower in a thread."""

    made: Shop
    events: list[Applied | Pause] = field(default_factory=list)
    result: Result | None = None
    error: BaseException | None = None

    def applied(self, mode: str = "follow") -> list[Applied]:
        return [one for one in self.events if isinstance(one, Applied) and one.mode == mode]

    def pauses(self) -> list[str]:
        return [one.message for one in self.events if isinstance(one, Pause)]


def until(condition: Callable[[], Any], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


@contextmanager
def followed(made: Shop, **given: Any) -> Iterator[Running]:
    """A follower that has caught up; it is stopped at the end, and must then have ended well."""
    stop, running = threading.Event(), Running(made)
    changes = given.pop("changes", {})

    def work() -> None:
        try:
            running.result = follow(
                made.url,
                made.project,
                made.pipeline(**changes),
                stop=stop,
                tell=running.events.append,
                **({"options": OPTIONS} | given),
            )
        except BaseException as error:
            running.error = error

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: running.applied("catch-up") or running.error)
        yield running
        assert thread.is_alive() or running.error, "it ended by itself"
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    return shop(tmp_path, make_database)


def amount(made: Shop, number: str) -> Any:
    found = made.rows(f"select amount from books.invoices where number = '{number}'")
    return found[0][0] if found else None


def test_an_order_is_an_invoice_within_a_second(made: Shop) -> None:
    made.order(1)
    with followed(made) as running:
        assert amount(made, "N1") == 10
        for number in range(2, 12):
            made.order(number)
            begun = time.monotonic()
            until(lambda n=number: amount(made, f"N{n}"), 1)
            assert time.monotonic() - begun < 1
        made.execute("update shop.orders set amount = '11' where id = 5")
        until(lambda: amount(made, "N5") == 11, 1)
        assert made.rows(OUTBOX) == []
    assert running.error is None
    assert running.result is not None
    assert (running.result.figures.created, running.result.figures.updated) == (10, 1)
    assert running.result.figures.balances
    runs = "select mode, outcome, found, created from kit.integrity_pipeline_runs order by run"
    assert made.rows(runs) == [
        ("follow", "done", 11, 10),
        ("missing", "done", 1, 1),
        ("corrected", "done", 0, 0),
    ]


def test_nothing_is_lost_while_nobody_follows(made: Shop) -> None:
    with followed(made):
        pass
    made.order(1)
    made.execute(
        "insert into shop.orders (id, number, customer_id, ordered_on, amount)"
        " select n, 'n' || n, 1, '2024-05-01', '3' from generate_series(2, 400) as n",
        "update shop.orders set amount = 'x' where id = 7",
        "delete from shop.orders where id = 8",
    )
    assert made.value("select count(*) from kit.integrity_pipeline_outbox") == 402
    (before,) = statuses(made)
    assert (before.pipeline, before.running, before.waiting) == ("orders", False, 402)
    assert before.tables == ("shop.orders",)
    assert before.oldest is not None
    # What catches up is told from what the outbox brings: without the first, the second is enough.
    with followed(made, guard=only_follow, changes={"batch": 1000}) as running:
        until(lambda: made.rows(OUTBOX) == [])
        (now,) = statuses(made)
        assert (now.running, now.waiting, now.oldest) == (True, 0, None)
    assert running.result is not None
    assert running.result.figures.created == 398
    assert running.result.figures.reasons == {"cast": 1}
    assert made.value("select count(*) from books.invoices") == 398


def only_follow(action: Callable[[], Figures]) -> Figures:
    """A guard that makes no catch-up."""
    return Figures() if action.__name__ == "catch_up" else action()


def statuses(made: Shop) -> list[Any]:
    with connect(made.url) as conn:
        return follow_status(conn, "kit")


def test_a_bulk_load_of_several_batches(made: Shop) -> None:
    with followed(made, changes={"batch": 100}) as running, connect(made.url) as conn:
        with conn.cursor().copy(
            "copy shop.orders (id, number, customer_id, ordered_on, amount) from stdin"
        ) as copy:
            for n in range(1, 1001):
                copy.write_row((n, f"n{n}", 1 + n % 2, "2024-05-01", "x" if n % 100 == 0 else "5"))
        until(lambda: made.rows(OUTBOX) == [])
    assert running.result is not None
    assert running.result.figures.created == 990
    assert running.result.figures.batches >= 10
    assert len(made.quarantine()) == 10


def test_a_transaction_that_commits_late_is_not_skipped(made: Shop) -> None:
    """Its entry has the smaller number, and is there between the reading and the deleting."""
    with connect(made.url) as slow:

        def guard(action: Callable[[], Figures]) -> Figures:
            if action.__name__ == "apply" and slow.info.transaction_status.name == "INTRANS":
                slow.execute("commit")
            return action()

        with followed(made, guard=guard) as running:
            slow.execute("begin")
            slow.execute(
                "insert into shop.orders (id, number, customer_id, ordered_on) values"
                " (1, 'n1', 1, '2024-05-01')"
            )
            made.order(2)
            until(lambda: len(made.rows(LINKED)) == 2, 3)
            with connect(made.url) as undecided:
                undecided.execute("begin")
                undecided.execute("update shop.orders set amount = '3' where id = 1")
                undecided.execute("rollback")
    assert running.result is not None
    assert (running.result.figures.found, running.result.figures.batches) == (2, 2)


@pytest.mark.both_servers
def test_a_writer_without_rights_and_with_other_settings(made: Shop) -> None:
    role = f"clerk_{uuid4().hex}"
    made.execute(
        f"create role {role}",
        f"grant usage on schema shop to {role}",
        f"grant select, insert, update on shop.orders to {role}",
    )
    try:
        with followed(made) as running, connect(made.url) as conn:
            conn.execute(f"set role {role}")
            conn.execute("set search_path = shop")
            conn.execute("set DateStyle = 'German'")
            conn.execute(
                "insert into orders (id, number, customer_id, ordered_on) values"
                " (1, 'n1', 1, date '2024-05-01')"
            )
            until(lambda: made.rows(LINKED) == [("1",)])
            assert conn.execute(
                "select has_schema_privilege('kit', 'usage'),"
                " has_function_privilege((select oid from pg_proc"
                " where proname = 'integrity_outbox_orders'), 'execute')"
            ).fetchone() == (False, False)
        assert running.error is None
    finally:
        made.execute(f"drop owned by {role}", f"drop role {role}")


def test_rows_that_claim_one_row_are_looked_at_again_when_one_goes(made: Shop) -> None:
    made.order(1, number="n1")
    with followed(made):
        made.order(2, number="N1 ", amount="20")
        until(lambda: len(made.quarantine()) == 2)
        made.execute("delete from shop.orders where id = 1")
        until(lambda: amount(made, "N1") == 20)
        made.execute(  # two that are new, and claim the same
            "insert into shop.orders (id, number, customer_id, ordered_on) values"
            " (3, 'n3', 1, '2024-05-01'), (4, 'n3', 1, '2024-05-01')"
        )
        until(lambda: len(made.quarantine()) == 3)
        made.execute("update shop.orders set number = 'n4' where id = 4")
        until(lambda: [row[0] for row in made.quarantine()] == ["1"])
        numbers = "select number from books.invoices order by number"
        assert made.rows(numbers) == [("N1",), ("N3",), ("N4",)]


def test_a_second_follower_is_refused_and_a_run_beside_it_is_not(made: Shop) -> None:
    with followed(made) as running:
        with pytest.raises(LockedFailure, match="in progress on follower orders: pid"):
            follow(made.url, made.project, made.pipeline())
        with pytest.raises(LockedFailure, match="follower orders"):
            unfollow(made.url, made.project, made.pipeline())
        made.order(1)
        assert made.run("all").figures.found == 1
        state = "select outcome from kit.integrity_pipeline_runs where mode = 'follow' order by run"
        assert made.rows(state) == [("running",)]
        until(lambda: made.rows(OUTBOX) == [])
    assert running.error is None


def test_a_run_in_progress_is_waited_for(made: Shop) -> None:
    with followed(made) as running:
        with (
            connect(made.url, application_name="somebody") as conn,
            session_lock(conn, lock_key("orders"), "it", patience=1),
        ):
            made.order(1)
            until(lambda: running.pauses())
            assert "pipeline orders: pid" in running.pauses()[0]
            assert amount(made, "N1") is None
        until(lambda: amount(made, "N1"))
    assert running.error is None


def test_a_guard_holds_passes_back(made: Shop) -> None:
    held = threading.Event()

    def guard(action: Callable[[], Figures]) -> Figures:
        if held.is_set():
            raise Held("the breaker of orders is open", 0.05)
        return action()

    with followed(made, guard=guard) as running:
        held.set()
        made.order(1)
        until(lambda: len(running.pauses()) > 2)
        assert running.pauses()[0] == "the breaker of orders is open"
        assert made.rows(OUTBOX) == [("1",)]
        held.clear()
        until(lambda: amount(made, "N1"))
    assert running.error is None


# --- tables that change -----------------------------------------------------------------------


def test_tables_that_change_while_it_follows(made: Shop) -> None:
    with followed(made) as running:
        made.execute("alter table books.invoices add check (amount < 100)")
        made.execute("alter table shop.orders add column more text")
        made.order(1, amount="200")
        until(lambda: made.quarantine())
        assert made.quarantine()[0][1] == "check"  # known, not refused by the server
        made.execute("alter table books.invoices drop column discount cascade")
        made.order(2)
        until(lambda: running.error)
    assert isinstance(running.error, DriftFailure)
    assert "books.invoices has no column 'discount'" in running.error.message
    assert made.rows(OUTBOX) == [("2",)]
    runs = "select outcome, error from kit.integrity_pipeline_runs where mode = 'follow'"
    ((outcome, said),) = made.rows(runs)
    assert (outcome, said) == ("failed", running.error.message)


def test_what_the_server_refuses_twice_ends_it(made: Shop) -> None:
    with followed(made) as running:
        made.execute("alter table kit.integrity_pipeline_links rename to elsewhere")
        made.order(1)
        until(lambda: running.error)
    assert isinstance(running.error, DatabaseFailure)
    assert "integrity_pipeline_links" in running.error.message
    assert len(running.pauses()) == 1
    assert made.rows(OUTBOX) == [("1",)]


@pytest.mark.both_servers
def test_partitions_are_watched_and_new_ones_too(
    tmp_path: Path, make_database: Callable[[], str]
) -> None:
    made = shop(tmp_path, make_database)
    made.execute(
        "alter table shop.orders rename to old_orders",
        "create table shop.orders (like shop.old_orders including defaults,"
        " primary key (id, ordered_on)) partition by range (ordered_on)",
        "create table shop.orders_1 partition of shop.orders"
        " for values from ('2024-01-01') to ('2025-01-01')",
    )
    insert = "insert into shop.{} (id, number, customer_id, ordered_on) values ({}, 'n{}', 1, '{}')"
    with followed(made):
        made.execute(insert.format("orders", 1, 1, "2024-05-01"))
        made.execute(insert.format("orders_1", 2, 2, "2024-05-01"))
        until(lambda: len(made.rows(LINKED)) == 2)
        made.execute(
            "create table shop.orders_2 partition of shop.orders"
            " for values from ('2025-01-01') to ('2026-01-01')",
            insert.format("orders", 3, 3, "2025-05-01"),
        )
        until(lambda: len(made.rows(LINKED)) == 3)
        made.execute(insert.format("orders_2", 4, 4, "2025-05-01"))
        until(lambda: len(made.rows(LINKED)) == 4, 2)
    assert statuses(made)[0].tables == ("shop.orders", "shop.orders_1", "shop.orders_2")


def test_keys_of_several_columns(tmp_path: Path, make_database: Callable[[], str]) -> None:
    made = shop(tmp_path, make_database)
    made.write(ORDERS.replace("key: [id]", "key: [ordered_on, number]"))
    with followed(made) as running:
        made.order(1, number='a"b\\c,{d}')
        made.order(2, number="n2'")
        until(lambda: made.value("select count(*) from books.invoices") == 2)
        until(lambda: made.rows(OUTBOX) == [])
    assert running.result is not None
    assert running.result.figures.created == 2


def test_unfollow_takes_everything_away(made: Shop) -> None:
    with followed(made):
        pass
    made.order(1)
    assert unfollow(made.url, made.project, made.pipeline()) == 1
    assert unfollow(made.url, made.project, made.pipeline()) == 0
    left = (
        "select (select count(*) from pg_trigger where tgname like 'integrity%'),"
        " (select count(*) from pg_proc where proname like 'integrity_outbox%'),"
        " (select count(*) from kit.integrity_pipeline_outbox)"
    )
    assert made.rows(left) == [(0, 0, 0)]
    (now,) = statuses(made)
    assert (now.installed, now.waiting) == (False, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  watch: shop.orders\n", "", "does not say which table wakes its follower"),
        ("watch: shop.orders", "watch: shop.customers", "has no column 'number', which is the key"),
        ("select o.id", "select o.id::bigint as id", "'id' of integer, the extract of bigint"),
    ],
)
def test_a_pipeline_that_cannot_be_followed(made: Shop, old: str, new: str, said: str) -> None:
    text = ORDERS.replace("key: [id]", "key: [number]") if "customers" in new else ORDERS
    assert old in text
    made.write(text.replace(old, new))
    with pytest.raises(ConfigFailure, match=said) as caught:
        follow(made.url, made.project, made.pipeline())
    assert "orders.yaml:4:3: pipeline orders cannot be followed" in caught.value.message
    made.execute("drop schema if exists kit cascade")  # no trigger was made on any table

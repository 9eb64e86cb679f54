"""A sync of an unrelated project: every row has one end, and the figures say which."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from pipeline_project import ORDERS, Shop, shop

from integrity.cli.main import cli
from integrity.database.connect import connect
from integrity.errors import (
    ConfigFailure,
    DriftFailure,
    InterruptedFailure,
    RefusedFailure,
    UnprovenFailure,
)
from integrity.pipelines.figures import Figures


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    return shop(tmp_path, make_database)


def figures(result) -> dict[str, object]:
    """The figures that are not 0."""
    listed = result.as_json()
    names = ("found", "matched", "created", "updated", "unchanged", "dropped", "quarantined")
    return {n: listed[n] for n in names if listed[n]} | listed["reasons"]


def test_new_rows_are_created_and_the_second_run_changes_nothing(made: Shop) -> None:
    for number in range(1, 251):
        made.order(number, customer_id=1 + number % 2, discount="1.5")
    first = made.run()
    assert figures(first) == {"found": 250, "created": 250}
    assert first.figures.batches == 3
    before = made.rows("select xmin::text, * from books.invoices order by invoice_id")
    assert made.rows(
        "select number, account_id, amount, total, quality, booked_at is not null"
        " from books.invoices order by invoice_id limit 2"
    ) == [("N1", 20, 10, 8.5, 1, True), ("N2", 10, 10, 8.5, 1, True)]
    second = made.run()
    assert figures(second) == {"found": 250, "matched": 250, "unchanged": 250}
    assert made.rows("select xmin::text, * from books.invoices order by invoice_id") == before
    assert made.value("select count(*) from kit.integrity_pipeline_history") == 0


@pytest.mark.both_servers
def test_a_bad_row_costs_itself(made: Shop) -> None:
    made.order(1)
    made.order(2, amount="ten")
    made.order(3, customer_id=3)
    made.order(4, discount="11")
    made.order(5, amount="-1", discount="-2")
    made.order(6, note="test")
    made.order(7, amount="123456789012")
    made.order(8, discount=None)
    result = made.run()
    assert figures(result) == {
        "found": 8, "created": 2, "dropped": 1, "quarantined": 5,
        "cast": 2, "lookup-none": 1, "rule": 1, "check": 1,
    }  # fmt: skip
    assert made.quarantine() == [
        ("2", "cast", "amount", "amount = ten", 1),
        ("3", "lookup-none", "account_id", "name = nobody", 1),
        ("4", "rule", "discounted", "amount = 10, discount = 11", 1),
        ("5", "check", "invoices_amount_check", "amount = -1", 1),
        ("7", "cast", "amount", "amount = 123456789012", 1),
    ]
    assert made.rows("select number from books.invoices order by 1") == [("N1",), ("N8",)]
    made.execute(
        "update shop.orders set amount = '10' where id = 2", "delete from shop.orders where id = 5"
    )
    again = made.run()
    assert figures(again) == {
        "found": 7, "matched": 2, "created": 1, "unchanged": 2, "dropped": 1, "quarantined": 3,
        "cast": 1, "lookup-none": 1, "rule": 1,
    }  # fmt: skip
    assert [(row[0], row[4]) for row in made.quarantine()] == [
        ("3", 2), ("4", 2), ("5", 1), ("7", 2)
    ]  # fmt: skip


@pytest.mark.both_servers
def test_an_update_keeps_what_stood_there(made: Shop) -> None:
    made.order(1)
    made.order(2)
    made.run()
    made.execute("update shop.orders set amount = '12.50', discount = 2 where id = 2")
    assert figures(made.run()) == {"found": 2, "matched": 2, "updated": 1, "unchanged": 1}
    assert made.rows("select target, old, new from kit.integrity_pipeline_history") == [
        ("books.invoices", {"amount": 10.0, "discount": 0.0}, {"amount": 12.5, "discount": 2.0})
    ]


def test_what_only_the_server_judges_costs_one_row(made: Shop) -> None:
    made.execute(
        "create unique index on books.invoices (discount) where discount = 7",
        "create function shop.refuse() returns trigger language plpgsql as $$ begin"
        " if new.number = 'N30' then raise exception 'not this one'; end if; return new; end $$",
        "create trigger refuse before insert on books.invoices"
        " for each row execute function shop.refuse()",
    )
    for number in range(1, 61):
        made.order(number, discount="7" if number in (10, 50) else "0")
    result = made.run()
    assert figures(result) == {"found": 60, "created": 58, "quarantined": 2, "refused": 2}
    assert made.quarantine() == [
        ("30", "refused", None, "not this one", 1),
        (
            "50",
            "refused",
            None,
            'duplicate key value violates unique constraint "invoices_discount_idx"'
            " - Key (discount)=(7.00) already exists.",
            1,
        ),
    ]


def test_the_dry_run_gives_the_numbers_of_the_run_and_changes_nothing(made: Shop) -> None:
    for number in range(1, 231):
        made.order(number, amount="x" if number % 7 == 0 else "10")
    dry = made.run(dry_run=True)
    assert made.value("select count(*) from books.invoices") == 0
    assert made.value("select to_regclass('kit.integrity_pipeline_runs')") is None
    real = made.run()
    assert figures(dry) == figures(real)
    assert figures(real)["cast"] == 32
    made.execute("update shop.orders set amount = '11' where id % 5 = 0")
    made.order(300)
    state = (
        "select (select count(*) from books.invoices),"
        " (select count(*) from kit.integrity_pipeline_links),"
        " (select count(*) from kit.integrity_pipeline_runs),"
        " (select last_value from books.invoices_invoice_id_seq),"
        " (select last_value from kit.integrity_pipeline_history_history_id_seq)"
    )
    before = made.rows(state)
    dry = made.run(dry_run=True)
    assert made.rows(state) == before
    real = made.run()
    assert figures(dry) == figures(real)
    assert (
        made.value("select max(invoice_id) from books.invoices")
        == figures(real)["matched"] + (figures(real)["created"])
    )


def test_missing_looks_only_at_what_is_missing(made: Shop) -> None:
    for number in range(1, 6):
        made.order(number)
    made.execute(
        "insert into books.invoices (number, amount) values ('N1', 99), ('N2', null)",
    )
    first = made.run("missing")
    assert figures(first) == {"found": 4, "matched": 1, "created": 3, "updated": 1}
    assert made.value("select amount from books.invoices where number = 'N1'") == 99
    assert figures(made.run("missing")) == {}
    made.execute("delete from books.invoices where number = 'N4'")
    made.order(6)
    assert figures(made.run("missing")) == {"found": 2, "created": 2}


def test_recent_looks_back_some_days(made: Shop) -> None:
    from datetime import UTC, datetime

    for number, day in enumerate(("2024-05-01", "2024-05-05", "2024-05-08"), 1):
        made.order(number, ordered_on=day)
    now = datetime(2024, 5, 10, 12, tzinfo=UTC)
    assert figures(made.run("recent", now=now, dry_run=True))["found"] == 2
    assert figures(made.run("recent", now=now, days_back=2))["found"] == 1
    assert figures(made.run("recent", now=now, days_back=9)) == {
        "found": 3, "matched": 1, "created": 2, "unchanged": 1,
    }  # fmt: skip


def test_corrected_finds_what_changed_after_it_was_synced(made: Shop) -> None:
    for number in range(1, 6):
        made.order(number)
    made.run()
    assert figures(made.run("corrected")) == {}
    made.execute("update shop.orders set amount = '11' where id = 3")
    made.order(6)
    assert figures(made.run("corrected")) == {"found": 1, "matched": 1, "updated": 1}
    assert made.value("select amount from books.invoices where number = 'N3'") == 11
    assert figures(made.run("corrected")) == {}


def test_a_way_that_finds_two_rows_takes_none(made: Shop) -> None:
    made.execute("insert into books.invoices (number, amount) values ('N1', 1), ('N1', 2)")
    made.order(1)
    made.order(2)
    assert figures(made.run()) == {
        "found": 2, "created": 1, "quarantined": 1, "match-many": 1,
    }  # fmt: skip
    assert made.quarantine() == [("1", "match-many", "number", "number = n1", 1)]
    assert made.rows("select amount from books.invoices where number = 'N1' order by 1") == [
        (1,), (2,)
    ]  # fmt: skip


def test_a_less_trusted_way_does_not_contradict_a_more_trusted_one(made: Shop) -> None:
    made.execute(
        "insert into books.invoices (number, web_number, amount)"
        " values ('OTHER', 'w1', 1), (null, 'w2', 1)"
    )
    made.order(1, web_number="w1")
    made.order(2, web_number="w2")
    assert figures(made.run()) == {"found": 2, "matched": 1, "created": 1, "updated": 1}
    assert made.rows(
        "select number, web_number, amount from books.invoices order by invoice_id"
    ) == [("OTHER", "w1", 1), (None, "w2", 10), ("N1", "w1", 10)]


@pytest.mark.parametrize("batch", [100, 1])
def test_two_rows_that_claim_one_are_both_kept_aside(made: Shop, batch: int) -> None:
    made.execute("insert into books.invoices (number, amount) values ('N1', 1)")
    made.order(1, number="n1")
    made.order(2, number=" N1")
    made.order(3)
    made.run(batch=batch)
    assert [(row[0], row[1]) for row in made.quarantine()] == [
        ("1", "match-shared"), ("2", "match-shared")
    ]  # fmt: skip
    assert made.value("select amount from books.invoices where number = 'N1'") == 1
    assert figures(made.run(batch=batch)) == {
        "found": 3, "matched": 1, "unchanged": 1, "quarantined": 2, "match-shared": 2,
    }  # fmt: skip
    made.execute("delete from shop.orders where id = 2")
    figured = figures(made.run(batch=batch))
    assert figured["found"] == figured["matched"] == 2
    assert [row[0] for row in made.quarantine()] == ["2"]


@pytest.mark.parametrize("batch", [100, 1])
def test_two_new_rows_that_are_one_are_both_kept_aside(made: Shop, batch: int) -> None:
    made.order(1, number="n1")
    made.order(2, number="N1 ")
    made.run(batch=batch)
    assert [(row[0], row[1]) for row in made.quarantine()] == [
        ("1", "match-shared"), ("2", "match-shared")
    ]  # fmt: skip
    assert made.rows("select * from books.invoices") == []


def test_a_row_that_matches_another_one_than_before_is_not_moved(made: Shop) -> None:
    made.order(1)
    made.run()
    made.execute(
        "insert into books.invoices (number, amount) values ('N5', 5)",
        "update shop.orders set number = 'n5', amount = '6' where id = 1",
    )
    assert figures(made.run()) == {
        "found": 1, "quarantined": 1, "match-moved": 1,
    }  # fmt: skip
    made.execute("update shop.orders set number = 'n7' where id = 1")
    assert figures(made.run()) == {"found": 1, "matched": 1, "updated": 1}  # by its link
    assert made.rows("select number, amount from books.invoices order by 1") == [
        ("N1", 6), ("N5", 5)
    ]  # fmt: skip


def test_too_many_rejects_fail_the_run_and_keep_the_rows(made: Shop) -> None:
    from decimal import Decimal

    made.write(ORDERS + "rejects: {max: 10%}\n")
    for number in range(1, 9):
        made.order(number, amount="x" if number < 3 else "10")
    result = made.run()
    assert result.figures.created == 6
    with pytest.raises(UnprovenFailure) as failed:
        result.require_budget()
    assert failed.value.message == (
        "orders: 25 % of the rows were rejected, at most 10 % are allowed: 2 cast"
    )
    assert result.max_reject_share == Decimal("0.1")
    assert made.rows("select outcome, error from kit.integrity_pipeline_runs") == [
        ("failed", failed.value.message)
    ]
    assert len(made.quarantine()) == 2


def test_a_limit_takes_the_first_rows(made: Shop) -> None:
    for number in range(1, 31):
        made.order(number)
    assert figures(made.run("missing", batch=8, limit=20)) == {"found": 20, "created": 20}
    assert figures(made.run("missing", batch=8, limit=20)) == {"found": 10, "created": 10}


def test_without_create_a_row_without_counterpart_is_kept_aside(made: Shop) -> None:
    made.write(ORDERS.replace("create: true", "create: false"))
    made.execute("insert into books.invoices (number) values ('N1')")
    made.order(1)
    made.order(2)
    assert figures(made.run()) == {
        "found": 2, "matched": 1, "updated": 1, "quarantined": 1, "match-none": 1,
    }  # fmt: skip


def test_a_key_must_tell_rows_apart(made: Shop) -> None:
    made.write(ORDERS.replace("key: [id]", "key: [ordered_on]"))
    made.order(1)
    made.order(2)
    with pytest.raises(UnprovenFailure, match=r"the key \(2024-05-01\) stands twice"):
        made.run()
    made.write(ORDERS.replace("key: [id]", "key: [web_number, id]"))
    with pytest.raises(UnprovenFailure, match="a row has no key"):
        made.run()
    assert made.rows("select * from books.invoices") == []


def test_a_key_of_two_columns(made: Shop) -> None:
    made.write(ORDERS.replace("key: [id]", "key: [ordered_on, id]"))
    for number in range(1, 8):
        made.order(number, ordered_on=f"2024-05-0{1 + number % 2}", amount="1" * number)
    assert figures(made.run(batch=2)) == {"found": 7, "created": 7}
    assert figures(made.run(batch=3)) == {"found": 7, "matched": 7, "unchanged": 7}


def test_a_frozen_or_missing_table_is_refused(made: Shop) -> None:
    made.execute(
        "create function books.integrity_freeze() returns trigger language plpgsql as"
        " $$ begin raise 'no'; end $$",
        "create trigger integrity_freeze before insert on books.invoices"
        " execute function books.integrity_freeze()",
    )
    with pytest.raises(DriftFailure, match="frozen by a migration"):
        made.run()
    made.execute("drop table books.invoices")
    with pytest.raises(DriftFailure, match=r"there is no table books\.invoices"):
        made.run()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("amount: amount\n", "amount: ordered_on\n", "date cannot be cast to numeric(10,2)"),
        ('check: "discount <= amount::numeric"', "check: discount", "must be boolean, not numeric"),
        ("number: {number: code(number)}", "number: {number: id}", "operator does not exist"),
        ("by: ordered_on", "by: id", "must be a date or a timestamp, not integer"),
        ('missing: "target.amount is null"', "missing: target.amount", "expected a boolean"),
    ],
)
def test_what_the_server_does_not_accept_has_a_place(
    made: Shop, old: str, new: str, said: str
) -> None:
    assert ORDERS.count(old) == 1
    made.write(ORDERS.replace(old, new))
    with pytest.raises(ConfigFailure) as failed:
        made.run()
    (problem,) = failed.value.problems
    assert said in problem.message
    line = ORDERS[: ORDERS.index(old)].count("\n") + 1
    assert (problem.location.file[-11:], problem.location.line) == ("orders.yaml", line)


def test_the_tables_of_pipelines_are_no_drift(made: Shop) -> None:
    from integrity.catalog.equality import snapshot

    def state():
        with connect(made.url) as conn:
            return snapshot(conn, toolkit_schema="kit")

    before = state()
    made.run()
    assert state() == before


def test_the_command(made: Shop) -> None:
    made.order(1)
    made.order(2, amount="x")
    base = ["--config", str(made.configs), "--database", made.url]
    out = CliRunner().invoke(cli, [*base, "sync", "orders", "--dry-run"]).output
    assert out.splitlines()[:-1] == [
        "orders, all (dry run)",
        "found        2",
        "matched      0",
        "  updated    0",
        "  unchanged  0",
        "created      1",
        "quarantined  1",
        "  cast       1",
    ]
    told = json.loads(CliRunner().invoke(cli, [*base, "--json", "sync", "orders"]).output)
    assert (told["found"], told["created"], told["reasons"]) == (2, 1, {"cast": 1})
    wrong = CliRunner().invoke(cli, [*base, "sync", "oders"])
    assert isinstance(wrong.exception, RefusedFailure)
    assert "did you mean 'orders'?" in str(wrong.exception)


def test_a_later_run_brings_a_second_claim(made: Shop) -> None:
    """The row that stood first keeps what it wrote, and both are listed until one gives way."""
    made.order(1)
    made.order(3)
    made.run("missing")
    made.order(2, number="N1", amount="20")
    assert figures(made.run("missing")) == {
        "found": 1, "quarantined": 1, "match-shared": 1,
    }  # fmt: skip
    assert [(row[0], row[1]) for row in made.quarantine()] == [
        ("1", "match-shared"),
        ("2", "match-shared"),
    ]
    assert made.value("select amount from books.invoices where number = 'N1'") == 10
    made.execute("update shop.orders set amount = '11' where id = 1")
    assert figures(made.run("corrected")) == {
        "found": 1, "quarantined": 1, "match-shared": 1,
    }  # fmt: skip
    made.execute("update shop.orders set number = 'n2' where id = 2")
    assert figures(made.run()) == {
        "found": 3, "matched": 2, "created": 1, "updated": 1, "unchanged": 1,
    }  # fmt: skip
    assert made.quarantine() == []


def test_a_lost_connection_is_told_apart_and_the_next_run_goes_on(made: Shop) -> None:
    made.execute(
        "create function shop.cut() returns trigger language plpgsql as $$ begin"
        " if new.number = 'N30' then perform pg_terminate_backend(pg_backend_pid()); end if;"
        " return new; end $$",
        "create trigger cut before insert on books.invoices"
        " for each row execute function shop.cut()",
    )
    for number in range(1, 61):
        made.order(number)
    with pytest.raises(InterruptedFailure, match="the connection to the server was lost"):
        made.run(batch=20)
    assert made.value("select count(*) from books.invoices") == 20
    made.execute("drop trigger cut on books.invoices")
    assert figures(made.run("missing", batch=20)) == {"found": 40, "created": 40}
    assert made.rows("select outcome from kit.integrity_pipeline_runs order by run") == [
        ("failed",),
        ("done",),
    ]


def test_a_row_that_others_hold_is_waited_for(made: Shop) -> None:
    """A lock that is not granted in time is tried again."""
    from threading import Timer

    made.project = replace(
        made.project, settings=replace(made.project.settings, lock_timeout_ms=50)
    )
    made.order(1)
    made.run()
    made.execute("update shop.orders set amount = '11'")
    with connect(made.url) as other:
        other.execute("begin")
        other.execute("select from books.invoices for update")
        timer = Timer(0.5, other.rollback)
        timer.start()
        assert figures(made.run()) == {"found": 1, "matched": 1, "updated": 1}
        timer.join()


def test_the_example_of_the_docs_runs(made: Shop) -> None:
    text = (Path(__file__).parents[1] / "docs" / "sync.md").read_text(encoding="utf-8")
    made.write(text.split("```yaml\n")[1].split("```")[0])
    made.execute("update shop.customers set name = 'Ann ' where id = 1")
    made.order(1)
    made.order(2, customer_id=2)
    assert figures(made.run("missing")) == {
        "found": 2, "created": 1, "quarantined": 1, "lookup-none": 1,
    }  # fmt: skip


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_three_that_claim_one_thing_are_told_however_they_are_cut(made: Shop, batch: int) -> None:
    for key in (1, 2, 3):
        made.order(key, number="A", web_number=f"w{key}")
    for _ in range(2):
        figures = made.run(batch=batch).figures
        assert (figures.created, figures.reasons) == (0, {"match-shared": 3})
    assert made.value("select count(*) from books.invoices") == 0


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_found_row_and_a_new_one_of_its_number_are_told(made: Shop, batch: int) -> None:
    made.execute("insert into books.invoices (web_number) values ('w4')")
    made.order(14, number="C", web_number="w2")
    made.order(39, number="C", web_number="w4")
    for _ in range(2):
        figures = made.run(batch=batch).figures
        assert (figures.created, figures.updated) == (0, 0)
        assert figures.reasons == {"match-shared": 2}
    assert made.rows("select web_number, amount from books.invoices") == [("w4", None)]


@pytest.mark.parametrize("batch", [1, 100])
def test_found_rows_of_one_number_go_by_what_finds_them(made: Shop, batch: int) -> None:
    """The target itself tells them apart."""
    made.execute("insert into books.invoices (web_number) values ('w1'), ('w2')")
    made.order(1, number="C", web_number="w1")
    made.order(2, number="C", web_number="w2")
    assert made.run(batch=batch).figures.updated == 2
    assert made.run(batch=batch).figures.unchanged == 2


def test_days_back_beyond_the_first_year_are_all_days(made: Shop) -> None:
    made.order(1)
    assert made.run("recent", days_back=99_999_999).figures.created == 1


def test_a_query_that_fails_names_its_place_and_what_to_do(made: Shop) -> None:
    made.write(ORDERS.replace("o.amount, o.discount", "o.amount::numeric as amount, o.discount"))
    for key, amount in ((7, "10"), (8, "x"), (9, "10")):
        made.order(key, amount=amount)
    with pytest.raises(ConfigFailure) as caught:
        made.run()
    (problem,) = caught.value.problems
    assert str(problem.location).endswith("orders.yaml:4:10")
    assert 'the query of the extract fails: invalid input syntax for type numeric: "x"' in str(
        problem.message
    )
    assert "cast in columns" in problem.hint
    assert made.value("select count(*) from books.invoices") == 0


def test_an_update_names_the_columns_that_differ_and_no_others(made: Shop) -> None:
    """Triggers on other columns stay out of it, and the history holds what changed."""
    made.execute(
        "create table books.fired (number text, what text)",
        "create function books.fire() returns trigger language plpgsql as $$ begin"
        " insert into books.fired values (new.number, tg_argv[0]); return null; end $$",
        "create trigger amounts after update of amount on books.invoices"
        " for each row execute function books.fire('amount')",
        "create trigger discounts after update of discount on books.invoices"
        " for each row execute function books.fire('discount')",
    )
    for key in range(1, 7):
        made.order(key, amount="10", discount="1")
    made.run()
    made.execute(
        "update shop.orders set amount = '20' where id in (1, 2)",
        "update shop.orders set discount = 2 where id in (2, 3)",
    )
    figures = made.run(batch=4).figures
    assert (figures.updated, figures.unchanged) == (3, 3)
    assert made.rows("select * from books.fired order by 1, 2") == [
        ("N1", "amount"), ("N2", "amount"), ("N2", "discount"), ("N3", "discount"),
    ]  # fmt: skip
    history = "select old, new from kit.integrity_pipeline_history order by target_key::int"
    assert made.rows(history) == [
        ({"amount": 10}, {"amount": 20}),
        ({"amount": 10, "discount": 1}, {"amount": 20, "discount": 2}),
        ({"discount": 1}, {"discount": 2}),
    ]


def test_rows_that_differ_in_many_ways_are_updated_at_once(
    made: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrity.pipelines.batch._WAYS", 1)
    for key in range(1, 4):
        made.order(key, amount="10", discount="1")
    made.run()
    made.execute(
        "update shop.orders set amount = '20' where id = 1",
        "update shop.orders set discount = 2 where id = 2",
    )
    assert (made.run().figures.updated, made.run().figures.unchanged) == (2, 3)
    history = "select old from kit.integrity_pipeline_history order by target_key::int"
    assert made.rows(history) == [({"amount": 10},), ({"discount": 1},)]


def test_figures_take_away_what_they_added() -> None:
    one = Figures(found=5, dropped=2, quarantined=3, reasons={"cast": 3}, drops={"a test": 2})
    other = Figures(found=4, dropped=1, quarantined=3, reasons={"rule": 3}, drops={"a test": 1})
    assert (one + other) - other == one
    assert (one + other) - one == other

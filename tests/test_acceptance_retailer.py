"""A second, unrelated configuration goes the whole way: by the runner and by psql, there and back.

Its rows are planted in ``retailer/rows.sql``; where each must end is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import retailer_case as case

from integrity.catalog.build import create_statements
from integrity.catalog.contracts import contract_yaml
from integrity.catalog.equality import Snapshot
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection, connect
from integrity.finalize.run import finalize, restore_legacy
from integrity.model import Catalog
from integrity.sql.quote import ident, qualified

pytestmark = pytest.mark.both_servers

EVENTS = 'Q"1 100% Ünïted.Click → "Event" %s'
PRICES = 'Q"1 100% Ünïted.prices'
KUNDEN = "Øst & Vest Markt.Kunden 100%"
WAREN = "Øst & Vest Markt.Waren"


@dataclass(frozen=True)
class Applied:
    """A database after apply, with the state before it."""

    url: str
    before: Snapshot


@pytest.fixture(scope="module")
def applied(server: str) -> Iterator[Applied]:
    with case.Database(server, f"retailer_{uuid4().hex[:12]}") as url:
        case.build(url)
        before = case.state(url)
        case.apply(url, case.compiled(server))
        yield Applied(url, before)


@pytest.fixture
def conn(applied: Applied) -> Iterator[Connection]:
    with connect(applied.url) as conn:
        yield conn


def rows(conn: Connection, sql: str) -> list[tuple[object, ...]]:
    return conn.execute(sql.encode()).fetchall()


def test_contracts_are_what_inspect_writes(server: str, make_database: Callable[[], str]) -> None:
    url = make_database()
    case.build(url)
    with connect(url) as conn:
        catalog = read_catalog(conn, case.SCHEMAS)
    folder = case.PLACE / "configs" / "legacy"
    written = {path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}
    assert written == {contract_yaml(catalog, schema) for schema in case.SCHEMAS}


# --- where the planted rows end ----------------------------------------------------------------


def test_every_ledger_balances(conn: Connection) -> None:
    found = rows(
        conn,
        "select mapping, source, arm, candidates, inserted, merged, quarantined, dropped, empty"
        ' from "kit ""100%""".integrity_ledger where open = 0',
    )
    assert set(found) == {
        ("archive", "hr.badge_log", "", 1, 0, 0, 0, 0, 0),
        (EVENTS, "shop.click_log", "", 12, 4, 1, 7, 0, 0),
        (PRICES, "shop.price_archive", "clearance", 3, 0, 1, 0, 0, 2),
        (PRICES, "shop.price_archive", "promo", 3, 1, 1, 0, 0, 1),
        (PRICES, "shop.price_archive", "regular", 3, 1, 2, 0, 0, 0),
        (PRICES, "shop.price_list", 'clear % "out"', 8, 1, 0, 1, 1, 5),
        (PRICES, "shop.price_list", "it's regular", 8, 3, 0, 3, 1, 1),
        (PRICES, "shop.price_list", "promo", 8, 2, 0, 1, 1, 4),
        ("hr.departments", "hr.departments", "", 3, 3, 0, 0, 0, 0),
        ("hr.departments", "select.depts", "", 2, 1, 1, 0, 0, 0),
        ("hr.employees", "hr.employees", "", 5, 4, 0, 1, 0, 0),
        ("hr.employees", "select.staff", "", 5, 1, 2, 2, 0, 0),
        ("retail.categories", "shop.categories", "", 7, 7, 0, 0, 0, 0),
        ("retail.customers", "select.user", "", 4, 1, 2, 1, 0, 0),
        ("retail.customers", "shop.clients", "", 10, 1, 2, 6, 1, 0),
        ("retail.customers", KUNDEN, "", 5, 5, 0, 0, 0, 0),
        ("retail.products", "shop.items", "", 0, 0, 0, 0, 0, 0),
        ("retail.products", WAREN, "", 8, 5, 0, 3, 0, 0),
        ("retail.stock_levels", "shop.stock", "", 3, 2, 0, 1, 0, 0),
        ("retail_stock.levels", "shop.bins", "", 2, 2, 0, 0, 0, 0),
    }
    assert len(found) == 20


def test_every_rejected_row_has_its_reason(conn: Connection) -> None:
    found = rows(
        conn,
        "select source, source_key, arm, reason, column_name"
        ' from "kit ""100%""".integrity_quarantine',
    )
    regular, clearance = "it's regular", 'clear % "out"'
    assert set(found) == {
        ("shop.click_log", "5", "", "cast", "Session"),
        ("shop.click_log", "6", "", "cast", "kind"),
        ("shop.click_log", "7", "", "cast", "amount €"),
        ("shop.click_log", "8", "", "cast", "At: %(when)s"),
        ("shop.click_log", "9", "", "lookup-none", "customer_id"),
        ("shop.click_log", "10", "", "cast", "customer_id"),
        ("shop.click_log", "12", "", "null", "Session"),
        ("shop.price_list", '["A-1", "2024-01-01"]', "promo", "cast", "price"),
        ("shop.price_list", '["A-4", "2024-01-01"]', regular, "lookup-none", "product_id"),
        ("shop.price_list", '["A-5", "2024-01-01"]', regular, "check", "prices_price_check"),
        ("shop.price_list", '["X-9 ", "2024-01-01"]', clearance, "lookup-many", "product_id"),
        ("shop.price_list", '["X-9 ", "2024-01-01"]', regular, "lookup-many", "product_id"),
        ("hr.employees", "14", "", "null", "department_id"),
        ("select.staff", '["n", 4]', "", "lookup-none", "department_id"),
        ("select.staff", '["n", 5]', "", "check", "employees_salary_check"),
        ("select.user", '["s", 3]', "", "unique", "email"),
        ("shop.clients", "c3", "", "cast", "loyalty_no"),
        ("shop.clients", "c4", "", "match-many", "full_name, born"),
        ("shop.clients", "c5", "", "no-key", None),
        ("shop.clients", "c6", "", "cast", "born"),
        ("shop.clients", "c7", "", "check", "customers_credit_check"),
        ("shop.clients", "c8", "", "null", "full_name"),
        (WAREN, "A-2", "", "cast", "weight"),
        (WAREN, "A-4", "", "cast", "weight"),
        (WAREN, "A-6", "", "lookup-none", "category_id"),
        ("shop.stock", '["A-4", 1]', "", "lookup-none", "product_id"),
    }
    assert len(found) == 26


def test_every_value_that_lost_is_a_conflict(conn: Connection) -> None:
    found = rows(
        conn,
        "select mapping, unified_key, column_name, source, source_key, value, survived,"
        ' survived_from from "kit ""100%""".integrity_conflicts',
    )
    b1, b5 = (f"00000000-0000-0000-0000-00000000b00{n}" for n in (1, 5))
    a1 = "00000000-0000-0000-0000-0000000000a1"
    clicks, since = ("shop.click_log", "11"), "2020-03-29 01:30:00+00"
    customers, user = "retail.customers", "select.user"
    assert set(found) == {
        (EVENTS, "1", "meta", *clicks, '"later"', '{"x": [1, null]}', "shop.click_log"),
        (
            *(EVENTS, "1", "received", *clicks),
            *("2024-07-01 10:00:02+00", "2024-07-01 10:00:01+00", "shop.click_log"),
        ),
        (PRICES, "5", "price", "shop.price_archive", "2", "11.00", "10.00", "shop.price_list"),
        (customers, "1", "born", KUNDEN, a1, "1815-12-10", "1815-12-11", "shop.clients"),
        (customers, "1", "credit", KUNDEN, a1, "10.50", "20.12", user),
        (customers, "1", "credit", "shop.clients", "c1", "7.00", "20.12", user),
        (customers, "1", "full_name", user, '["n", 1]', "A. Lovelace", "Ada Lovelace", KUNDEN),
        (customers, "1", "since", user, '["n", 1]', "2019-01-01 00:00:00+00", since, KUNDEN),
        (customers, "2", "credit", "shop.clients", "c2", "100.00", "0.00", KUNDEN),
        # a boss and a head that lost to another one
        ("hr.employees", "1", "salary", "hr.employees", "11", "50.50", "55.56", "select.staff"),
        ("hr.employees", "1", "manager_id", "select.staff", '["n", 1]', "2", "5", "hr.employees"),
        ("hr.departments", "2", "head_id", "select.depts", "IT", "5", "4", "hr.departments"),
        # references to rows that are not there
        ("hr.employees", "2", "manager_id", "hr.employees", "13", "B9", None, None),
        ("hr.departments", "4", "head_id", "hr.departments", "3", "14", None, None),
        ("retail.categories", "4", "parent_id", "shop.categories", "lost", "nowhere", None, None),
        ("retail.products", b1, "replaced_by", WAREN, "A-1", "A-2", None, None),
        ("retail.products", b5, "replaced_by", WAREN, "A-5", "A-4", None, None),
    }
    assert len(found) == 17


def test_customers_of_three_companies(conn: Connection) -> None:
    found = rows(
        conn,
        "select loyalty_no, email, full_name, born::text, credit, since::text, tier::text, vip,"
        " n, entity, integrity from retail.customers order by customer_id",
    )
    tag, new_year = "%s 100%", "2020-12-31 22:59:59.999999+00"
    assert found == [
        (
            *(100, "ada@x.example", "Ada Lovelace", "1815-12-11", Decimal("20.12")),
            *("2020-03-29 01:30:00+00", "it's gold", True, 1, "c1", tag),
        ),
        (
            *(None, "bob@x.example", "Bob", "1900-01-01", Decimal("0.00")),
            *("2021-07-01 10:00:00+00", "none", False, 2, "c2", tag),
        ),
        (300, "cid@x.example", "Cid", "1970-01-01", 1, None, None, None, None, None, tag),
        (400, None, "Dup", "1950-05-05", 2, None, None, None, None, None, tag),
        (401, None, "Dup", "1950-05-05", None, None, None, None, 4, None, None),
        (
            *(900, "hal@x.example", "Hal", "1990-02-28", Decimal("12.35")),
            *(None, None, True, None, "c9", None),
        ),
        (500, None, 'Émile "O\'Neil" %s', None, 3, new_year, None, None, None, None, tag),
    ]


def test_references_of_a_table_to_itself(conn: Connection) -> None:
    categories = rows(
        conn,
        "select c.code, p.code from retail.categories c left join retail.categories p"
        " on p.category_id = c.parent_id",
    )
    assert dict(categories) == {
        "root": None, "food": "root", "tea": "food", "egg": "hen", "hen": "egg", "own": "own",
        "lost": None,
    }  # fmt: skip
    products = rows(
        conn,
        "select p.sku, r.sku, p.label, p.tags from retail.products p"
        " left join retail.products r on r.product_id = p.replaced_by",
    )
    assert set(map(str, products)) == {
        str(("A-1", None, 'A-1: Tea "Earl"', ["a b", None, "c,d"])),
        str(("A-3", "A-1", "A-3: Egg", [])),
        str(("A-5", None, "A-5: Cup", None)),
        str(("x-9", "X-9", "x-9: Small x", None)),
        str(("X-9", "x-9", "X-9: Large X", None)),
    }


def test_a_cycle_of_tables(conn: Connection) -> None:
    employees = rows(
        conn,
        "select e.full_name, m.full_name, d.code, e.salary from hr.employees e"
        " join hr.departments d on d.department_id = e.department_id"
        " left join hr.employees m on m.employee_id = e.manager_id",
    )
    assert set(employees) == {
        ("Una", None, "BOARD", Decimal("100.00")),
        ("Duo", "Una", "IT", Decimal("55.56")),
        ("Tre", "Duo", "IT", Decimal("40.00")),
        ("Quattro", None, "IT", Decimal("40.00")),
        ("Sette", "Una", "BOARD", Decimal("70.00")),
    }
    heads = rows(
        conn,
        "select d.code, e.full_name from hr.departments d"
        " left join hr.employees e on e.employee_id = d.head_id",
    )
    assert dict(heads) == {"BOARD": "Una", "IT": "Tre", "NEW": "Sette", "OLD": None}


def test_a_payload_and_its_wall_clock(conn: Connection) -> None:
    found = rows(
        conn,
        'select "At: %(when)s"::text, kind::text, "amount €", customer_id, "bot?", "Tags""", meta'
        ' from "Q""1 100% Ünïted"."Click → ""Event"" %s" order by "order"',
    )
    assert found == [
        (
            "2024-07-01 10:00:00+00",
            "none",
            Decimal("12.35"),
            1,
            False,
            ["a", "b"],
            {"x": [1, None]},
        ),
        ("2024-01-01 11:00:00+00", "it's gold", Decimal(5), 3, None, None, None),
        ("2023-12-31 23:00:00+00", "none", None, 6, True, None, None),
        (None, "none", None, None, None, None, None),
    ]


def test_prices_say_where_they_came_from(conn: Connection) -> None:
    found = rows(
        conn,
        'select p.sku, kind, valid_from::text, price, "Origin", key, "select"'
        ' from "Q""1 100% Ünïted".prices join retail.products p using (product_id)'
        " order by price_id",
    )
    listed, archived = "shop.price_list", "shop.price_archive"
    keys = {m: f'["A-1", "2024-0{m}-01"]' for m in (1, 2)}
    assert found == [
        ("A-1", "clearance", "2024-02-01", Decimal("5.01"), listed, keys[2], 'clear % "out"'),
        ("A-1", "promo", "2024-01-01", 7, archived, "1", "promo"),
        ("A-1", "promo", "2024-02-01", 9, listed, keys[2], "promo"),
        ("A-1", "regular", "2024-01-01", Decimal("9.99"), listed, keys[1], "it's regular"),
        ("A-1", "regular", "2024-02-01", 10, listed, keys[2], "it's regular"),
        ("A-3", "regular", "2023-01-01", 2, archived, "3", "regular"),
        ("A-3", "regular", "2024-01-01", 1, listed, '["a-3", "2024-01-01"]', "it's regular"),
        ("A-5", "promo", "2024-01-01", 2, listed, '["A-5", "2024-01-01"]', "promo"),
    ]


# --- the catalog --------------------------------------------------------------------------------


def unified(conn: Connection, schemas: list[str]) -> tuple[object, ...]:
    """The unified tables as the server spells them, without what only a migration makes."""
    named = {table.name for table in case.project().tables}
    catalog = read_catalog(conn, schemas)
    assert not catalog.unmanaged
    return tuple(table for table in catalog.tables if table.name in named)


def test_catalog_is_what_the_yaml_builds(
    applied: Applied, conn: Connection, make_database: Callable[[], str]
) -> None:
    project = case.project()
    schemas = sorted({table.name.schema for table in project.tables})
    wanted = Catalog(
        schemas=("select", *schemas), enums=project.legacy.enums, tables=project.tables
    )
    with connect(make_database()) as other:
        for statement in create_statements(wanted):
            other.execute(statement.encode())
        built = unified(other, schemas)
    assert len(built) == len(project.tables)
    assert unified(conn, schemas) == built


def test_legacy_is_untouched_and_read_only(applied: Applied, conn: Connection) -> None:
    after = case.state(applied.url)
    for table, counted in applied.before.rows.items():
        parked = table.replace("hr.", "hr__legacy.") if table != "hr.badge_log" else table
        assert after.rows[parked] == counted, table
    with pytest.raises(Exception, match=r"shop\.stock is read-only: migration 001_one_company"):
        conn.execute("delete from shop.stock")
    with pytest.raises(Exception, match=r"hr\.badge_log is read-only"):  # it is archived
        conn.execute("insert into hr.badge_log values ('2024-01-01', 10)")
    left = rows(conn, "select nspname from pg_namespace where nspname ~ '__next$|^integrity_work$'")
    assert left == []


# --- the same twice, there and back, by runner and by psql --------------------------------------


def test_compiling_twice_gives_the_same_bytes(server: str) -> None:
    first = case.files(case.compiled(server))
    del case._compiled[server]
    assert case.files(case.compiled(server)) == first


def test_there_and_back_and_there_by_the_runner(
    applied: Applied, server: str, make_database: Callable[[], str]
) -> None:
    made, url = case.compiled(server), make_database()
    case.build(url)
    assert applied.before.differences(before := case.state(url)) == []
    case.apply(url, made)
    first, told = case.state(url), case.accounts(url)
    case.roll_back(url, made)
    assert before.differences(case.state(url)) == []
    case.apply(url, made)
    assert first.differences(case.state(url)) == []
    assert case.accounts(url) == told
    again = case.run(url, made.migrations[0])
    assert (again.steps, again.run_id) == ((), None)


def test_psql_reaches_what_the_runner_reaches(
    applied: Applied, server: str, make_database: Callable[[], str], tmp_path: Path
) -> None:
    made, url = case.compiled(server), make_database()
    case.build(url)
    before = case.state(url)
    case.by_psql(url, tmp_path, made, "migrate")
    there, told = case.state(url), case.accounts(url)
    case.by_psql(url, tmp_path, made, "rollback")
    assert before.differences(case.state(url)) == []
    case.apply(url, made)  # the runner over what psql left
    assert there.differences(case.state(url)) == []
    assert case.accounts(url) == told
    case.by_psql(url, tmp_path, made, "rollback")
    assert before.differences(case.state(url)) == []


def test_legacy_goes_into_an_archive_and_comes_back(
    applied: Applied, server: str, make_database: Callable[[], str], tmp_path: Path
) -> None:
    made, url = case.compiled(server), make_database()
    case.build(url)
    case.apply(url, made)
    wanted = {qualified(table.name) for table in made.project.tables}
    unified = {name: rows for name, rows in case.state(url).rows.items() if name in wanted}
    assert set(unified) == wanted
    done = finalize(made, url, root=tmp_path)
    assert done is not None
    left = case.state(url).rows
    assert {name for name in left if not name.startswith(ident(case.KIT))} == wanted
    assert {name: left[name] for name in unified} == unified
    assert restore_legacy(made.project.settings, url) is not None
    case.roll_back(url, made)
    assert applied.before.differences(case.state(url)) == []

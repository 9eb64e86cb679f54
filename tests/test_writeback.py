"""Rollback after later changes: they return to legacy, or are retained; none is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_project import Case, compiled

from integrity.database.connect import create_database, drop_database
from integrity.errors import Failure
from integrity.model import Migration, StageKind, Statement
from integrity.plan.compile import Compiled

LEGACY = """
create schema desk;
create schema web;
create schema shop;

create table desk.clients (
    id     serial primary key,
    card   text not null unique,
    name   text not null check (name <> 'nobody'),
    phone  varchar(8),
    joined timestamp,                       -- UTC
    points integer default 0 check (points >= 0),
    sworn  smallint
);
create table web.accounts (
    id    integer primary key,
    card  text not null,
    name  text,
    phone text,
    mail  text
);
create table shop.orders (                  -- stands where the unified table will
    no        integer generated always as identity primary key,
    client_id integer references desk.clients,
    total     numeric(6,2),
    item      text,
    note      text,
    unique (client_id, item)
);
create table desk.items (code text primary key, title text not null, color text);
create table desk.prices (
    item    text not null,
    "Day %" date not null,
    regular numeric(6,2),
    promo   numeric(6,2),
    memo    text,
    primary key (item, "Day %")
);
create table desk.groups (
    code   text primary key,
    parent text references desk.groups on delete cascade,
    title  text
);
create table desk.badges (client_id integer not null references desk.clients on delete cascade);

create function desk.shout() returns trigger language plpgsql as
$$begin raise exception 'a trigger of legacy fired'; end$$;
create trigger t_origin before insert or update or delete on desk.clients
    for each row execute function desk.shout();
create trigger t_always after update on desk.clients
    for each row execute function desk.shout();
create trigger t_replica before update on desk.clients
    for each row execute function desk.shout();
create trigger "t off" before update on desk.clients
    for each row execute function desk.shout();
alter table desk.clients enable always trigger t_always;
alter table desk.clients enable replica trigger t_replica;
alter table desk.clients disable trigger "t off";
"""

ROWS = """
alter table desk.clients disable trigger user;
insert into desk.clients (card, name, phone, joined, points, sworn) values
    ('A1', 'Ann', '555-1', '2024-01-01 10:00', 5, 1),
    ('A2', 'Bea', null, '2024-01-02 10:00', 7, 2),
    ('A3', 'Cas', '555-3', null, null, null),
    ('A4', 'Dov', '555-4', null, 1, 4);
insert into web.accounts values
    (1, 'A1', 'Anna', '777-1', 'ann@x.org'), (2, 'A2', 'Bea', '777-2', null),
    (9, 'W9', 'Web only', '777-9', 'w9@x.org');
insert into desk.items values ('saw', 'Saw', 'grey'), ('axe', 'Axe', null), ('nut', 'Nut', null);
insert into shop.orders (client_id, total, item, note) values
    (1, 10.50, 'saw', 'first'), (1, 3, 'axe', null), (2, 7, 'saw', '100% "it''s" \\ {value}'),
    (3, 1, 'nut', null);
insert into desk.prices values
    ('saw', '2024-01-01', 9.99, 7.50, 'x'), ('axe', '2024-01-01', 20, null, null);
insert into desk.groups values ('a', null, 'All'), ('b', 'a', 'Part'), ('c', 'b', null);
insert into desk.badges values (3);
alter table desk.clients enable trigger t_origin, enable always trigger t_always,
    enable replica trigger t_replica;
"""

FILES = {
    "unified/shop.yaml": """
schema: shop
tables:
  clients:
    columns:
      client_id: {type: bigint, key: assigned}
      card:      {type: text, null: false}
      name:      {type: text}
      phone:     {type: text}
      joined:    {type: timestamptz}
      points:    {type: bigint}
      mail:      {type: text}
      upper:     {type: text, description: a lossy one}
      vow:       {type: integer, description: nothing leads back from it}
      remark:    {type: text, default: "'none'"}
    primary_key: [client_id]
    natural_key: [card]
  items:
    columns:
      item_id: {type: bigint, key: assigned}
      code:    {type: text, null: false}
      title:   {type: text, null: false}
      color:   {type: text}
    primary_key: [item_id]
    natural_key: [code]
  orders:
    columns:
      order_id:  {type: bigint, key: assigned}
      client_id: {type: bigint}
      item_id:   {type: bigint, null: false}
      total:     {type: numeric}
      note:      {type: text}
      channel:   {type: text, null: false}
    primary_key: [order_id]
    natural_key: [client_id, item_id]
    foreign_keys: {client_id: shop.clients, item_id: shop.items}
  prices:
    columns:
      price_id: {type: bigint, key: assigned}
      item:     {type: text, null: false}
      day:      {type: date, null: false}
      kind:     {type: text, null: false}
      price:    {type: "numeric(6,2)"}
      memo:     {type: text}
      source:   {type: text, provenance: source}
      key:      {type: text, provenance: key}
      arm:      {type: text, provenance: arm}
    primary_key: [price_id]
    natural_key: [item, day, kind]
  groups:
    columns:
      group_id: {type: bigint, key: assigned}
      code:     {type: text, null: false}
      parent:   {type: bigint}
      title:    {type: text}
    primary_key: [group_id]
    natural_key: [code]
    foreign_keys: {parent: shop.groups}
""",
    "mappings/clients.yaml": """
table: shop.clients
survivorship: {prefer: [desk.clients, web.accounts], columns: {phone: [web.accounts, desk.clients]}}
sources:
  - from: desk.clients
    write_back: true
    columns:
      card: card
      name: name
      phone: phone
      joined: joined at time zone 'UTC'
      points: points
      vow: sworn * sworn
  - from: web.accounts
    columns: {card: card, name: name, phone: phone, mail: mail, upper: upper(mail)}
""",
    "mappings/items.yaml": """
table: shop.items
sources:
  - {from: desk.items, write_back: true, columns: {code: code, title: title, color: color}}
""",
    "mappings/orders.yaml": """
table: shop.orders
sources:
  - from: shop.orders
    write_back: true
    columns:
      client_id: {crosswalk: desk.clients, key: client_id, optional: true}
      item_id:   {lookup: shop.items, by: {code: item}}
      total:     total
      note:      note
      channel:   "'desk'"
""",
    "mappings/prices.yaml": """
table: shop.prices
survivorship: {by: row}
sources:
  - from: desk.prices
    write_back: true
    arms:
      - {arm: regular, kind: "'regular'", price: regular}
      - {arm: 'promo "%"', kind: "'promo'", price: promo}
    columns: {item: item, day: '"Day %"', memo: memo}
""",
    "mappings/groups.yaml": """
table: shop.groups
sources:
  - from: desk.groups
    write_back: true
    columns:
      code: code
      title: title
      parent: {crosswalk: desk.groups, key: parent, optional: true}
""",
}

# Unified content without the numbers that the toolkit gave.
CONTENT = {
    "shop.clients": "select card, name, phone, joined, points, mail, upper, vow from shop.clients",
    "shop.items": "select code, title, color from shop.items",
    "shop.orders": "select c.card, i.code, o.total, o.note, o.channel from shop.orders as o"
    " left join shop.clients as c using (client_id) join shop.items as i using (item_id)",
    "shop.prices": "select item, day, kind, price, memo from shop.prices",
    "shop.groups": "select g.code, p.code, g.title from shop.groups as g"
    " left join shop.groups as p on p.group_id = g.parent",
}


@pytest.fixture(scope="module")
def made(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_writeback_{len(names)}")
        return create_database(server, names[-1])

    yield compiled(tmp_path_factory.mktemp("shop"), LEGACY, FILES, make)
    for name in names:
        drop_database(server, name)


@pytest.fixture
def case(made: Compiled, database: str) -> Case:
    """The project, applied."""
    found = Case(made, database)
    found.execute(LEGACY, ROWS)
    found.apply()
    return found


def content(case: Case) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(case.rows(query), key=str) for name, query in CONTENT.items()}


def client(case: Case, card: str) -> int:
    return int(case.value(f"select client_id from shop.clients where card = '{card}'"))


def test_nothing_changed_nothing_written(made: Compiled, database: str) -> None:
    case = Case(made, database)
    case.execute(LEGACY, ROWS)
    before = case.state()
    case.apply()
    case.roll_back()
    assert before.differences(case.state()) == []
    assert (case.retained(), case.returned()) == ([], {})


TRIGGERS = (
    "select tgname, tgenabled from pg_trigger"
    " where tgrelid = 'desk.clients'::regclass and not tgisinternal order by 1"
)


@pytest.mark.both_servers
def test_changes_return_and_come_again(case: Case) -> None:
    bea, dov = (client(case, card) for card in ("A2", "A4"))
    case.execute(
        # updates: a zone, an integer that was widened, NULL there and back
        "update shop.clients set joined = '2024-06-01 12:00+02', points = 6 where card = 'A1'",
        "update shop.clients set phone = null, name = 'Dova', joined = '2024-01-01Z'"
        f" where client_id = {dov}",
        f"update shop.orders set client_id = {dov}, note = E'50% \\\\ \\'q\\'' where total = 10.5",
        "update shop.orders set client_id = null, total = null where total = 1",
        "update shop.prices set price = 8.25 where price = 9.99",
        "update shop.items set color = 'red' where code = 'axe'",
        "update shop.groups set parent = (select group_id from shop.groups where code = 'a')"
        " where code = 'c'",
        "update shop.groups set parent = null where code = 'b'",
        # inserts: a parent and its child, a self-reference of two new rows, one arm
        "insert into shop.clients (card, name) values ('N1', 'New')",
        "insert into shop.items (code, title) values ('new', 'A new one')",
        "insert into shop.orders (client_id, item_id, total, channel)"
        " select client_id, item_id, 4.25, 'desk' from shop.clients, shop.items"
        " where card = 'N1' and code = 'new'",
        "insert into shop.groups (code) values ('y')",
        "insert into shop.groups (code, parent)"
        " select 'x', group_id from shop.groups where code = 'y'",
        "update shop.groups set parent = (select group_id from shop.groups where code = 'x')"
        " where code = 'a'",
        "insert into shop.prices (item, day, kind, price) values ('nut', '2024-02-01', 'promo', 1)",
        # deletes: a merged row, a child, a row that is replaced by one of the same key
        f"delete from shop.orders where client_id = {bea}",
        f"delete from shop.clients where client_id = {bea}",
        "delete from shop.prices where item = 'saw' and kind = 'promo'",
        "delete from shop.prices where item = 'axe'",
        "insert into shop.prices (item, day, kind, price) values ('axe', '2024-01-03', 'promo', 2)",
    )
    after = content(case)
    triggers = [("t off", "D"), ("t_always", "A"), ("t_origin", "O"), ("t_replica", "R")]
    assert case.rows(TRIGGERS) == [("integrity_freeze", "A"), *triggers]
    case.roll_back()
    assert case.retained() == []
    assert case.returned() == {
        ("shop.clients", "updated"): (2, 2, 0),
        ("shop.clients", "inserted"): (1, 1, 0),
        ("shop.clients", "deleted"): (1, 1, 0),
        ("shop.items", "updated"): (1, 1, 0),
        ("shop.items", "inserted"): (1, 1, 0),
        ("shop.orders", "updated"): (2, 2, 0),
        ("shop.orders", "inserted"): (1, 1, 0),
        ("shop.orders", "deleted"): (1, 1, 0),
        ("shop.prices", "updated"): (1, 1, 0),
        ("shop.prices", "inserted"): (2, 2, 0),
        ("shop.prices", "deleted"): (2, 2, 0),
        ("shop.groups", "updated"): (3, 3, 0),
        ("shop.groups", "inserted"): (2, 2, 0),
    }
    assert case.rows(TRIGGERS) == triggers
    assert case.rows(
        "select id, card, name, phone, joined::text, points, sworn from desk.clients order by 1"
    ) == [
        (1, "A1", "Ann", "555-1", "2024-06-01 10:00:00", 6, 1),
        (3, "A3", "Cas", "555-3", None, None, None),
        (4, "A4", "Dova", None, "2024-01-01 00:00:00", 1, 4),
        (5, "N1", "New", None, None, None, None),
    ]
    assert case.rows("select id, card, name, phone from web.accounts order by 1") == [
        (1, "A1", "Anna", "777-1"),
        (9, "W9", "Web only", "777-9"),
    ]
    case.apply()
    assert content(case) == after


ELSEWHERE = (
    "it came from another source, or the value of another row behind it would take its place"
)
NO_WAY = "no source takes new rows of this kind, or the row would not come back the same"


@pytest.mark.both_servers
def test_what_cannot_go_back_is_retained_with_the_reason(case: Case) -> None:
    legacy = {
        name: case.rows(f"select * from {name} as t order by t")
        for name in ("desk.clients", "web.accounts")
    }
    case.execute(
        "update shop.clients set mail = 'new', vow = 3, remark = 'x' where card = 'A2'",
        "update shop.clients set phone = '777-X', card = 'A11' where card = 'A1'",
        "update shop.clients set phone = '0123456789', points = 3000000000 where card = 'A3'",
        "update shop.clients set name = null, points = -1 where card = 'A4'",
        "insert into shop.clients (card, name, mail) values ('N1', 'New', 'n1@x.org')",
        "insert into shop.clients (card, name) values ('N2', 'nobody')",
        "insert into shop.clients (card, name, remark) values ('N3', 'New', 'mine')",
        "insert into shop.orders (client_id, item_id, channel)"
        " select client_id, item_id, 'desk' from shop.clients, shop.items"
        " where card = 'N1' and code = 'nut'",
        "insert into shop.orders (client_id, item_id, channel)"
        " select client_id, item_id, 'web' from shop.clients, shop.items"
        " where card = 'A4' and code = 'nut'",
        "update shop.orders set total = 1.005, note = 'goes' where total = 10.5",
        "update shop.items set code = 'saws' where code = 'saw'",
        "update shop.prices set price = null where price = 7.5",
        "update shop.prices set memo = 'y', kind = 'list', source = 'me' where price = 20",
        "insert into shop.prices (item, day, kind, price) values ('saw', '2024-01-01', 'x', 1)",
        "insert into shop.prices (item, day, kind, price) values ('axe', '2024-01-01', 'promo', 2)",
    )
    case.roll_back()
    why = {
        (table, change, line)
        for table, change, reason in case.retained()
        for line in reason.split("; ")
    }
    taken = (
        'duplicate key value violates unique constraint "prices_pkey":'
        ' Key (item, "Day %")=(axe, 2024-01-01) already exists.'
    )
    points = 'new row for relation "clients" violates check constraint "clients_points_check"'
    nobody = 'new row for relation "clients" violates check constraint "clients_name_check"'
    starts = sorted((table, change, line.split(": Failing")[0]) for table, change, line in why)
    assert starts == sorted([
        ("shop.clients", "updated", "mail: desk.clients does not fill it"),
        ("shop.clients", "updated", "vow: no inverse is known for sworn * sworn"),
        ("shop.clients", "updated", "remark: no source fills it"),
        ("shop.clients", "updated", f"phone: {ELSEWHERE}"),
        ("shop.clients", "updated", "phone: no value of desk.clients.phone gives it again"),
        ("shop.clients", "updated", "card: other rows would change with it"),
        ("shop.clients", "updated", "points: no value of desk.clients.points gives it again"),
        ("shop.clients", "updated", f"name: {points}"),
        ("shop.clients", "updated", f"points: {points}"),
        ("shop.clients", "inserted", NO_WAY),
        ("shop.clients", "inserted", nobody),
        ("shop.orders", "inserted", NO_WAY),
        ("shop.orders", "updated", "total: no value of shop.orders.total gives it again"),
        ("shop.items", "updated", "code: desk.items.code also decides which row it is"),
        ("shop.prices", "updated", 'price: the arm promo "%" would be empty, and make no row'),
        ("shop.prices", "updated", "memo: desk.prices.memo also decides shop.prices.memo"),
        ("shop.prices", "updated", "kind: it is the same for every row of the source"),
        ("shop.prices", "updated", "source: it says where the row came from"),
        ("shop.prices", "inserted", NO_WAY),
        ("shop.prices", "inserted", taken),
    ])  # fmt: skip
    assert len(case.retained()) == 15
    assert case.rows("select * from desk.clients as t order by t") == legacy["desk.clients"]
    assert case.rows("select * from web.accounts as t order by t") == legacy["web.accounts"]
    assert case.value("select note from shop.orders where no = 1") == "goes"
    assert case.value("select last_value from desk.clients_id_seq") == 4
    assert case.value("select last_value from shop.orders_no_seq") == 4
    whole = case.rows("select new_row from kit.integrity_retained where new_row ->> 'card' = 'N1'")
    assert [(row["mail"], row["name"]) for (row,) in whole] == [("n1@x.org", "New")]


@pytest.mark.both_servers
def test_rows_that_are_needed_elsewhere_are_not_deleted(case: Case) -> None:
    cas = client(case, "A3")
    case.execute(
        f"delete from shop.orders where client_id = {cas}",
        f"delete from shop.clients where client_id = {cas}",
        "update shop.groups set parent = null where code = 'c'",
        "delete from shop.groups where code = 'b'",
        "delete from shop.items where code = 'nut'",
    )
    case.roll_back()
    refer = "rows of desk.badges refer to it (constraint badges_client_id_fkey)"
    assert case.retained() == [("shop.clients", "deleted", refer)]
    assert case.rows("select * from desk.badges") == [(3,)]
    assert case.rows("select code, parent from desk.groups order by 1") == [
        ("a", None),
        ("c", None),
    ]
    assert case.rows("select item from shop.orders order by no") == [("saw",), ("axe",), ("saw",)]
    assert case.rows("select code from desk.items order by 1") == [("axe",), ("saw",)]
    assert case.value("select old_row ->> 'card' from kit.integrity_retained") == "A3"


CHANGES = (
    "update shop.clients set points = 42 where card = 'A1'",
    "insert into shop.items (code, title) values ('100% \"q\"', 'New')",
    "delete from shop.prices where kind <> 'regular'",
    "update shop.clients set remark = 'kept' where card = 'A2'",
)
KEPT = (
    "select table_name, unified_key, change, new_row, old_row, reason from kit.integrity_retained"
)


@pytest.mark.both_servers
def test_the_file_for_psql_does_the_same(
    case: Case, made: Compiled, make_database: Callable[[], str], tmp_path: Path
) -> None:
    other = Case(made, make_database())
    other.execute(LEGACY, ROWS)
    other.by_psql(tmp_path, "migrate")
    for one in (case, other):
        one.execute(*CHANGES)
    case.roll_back()
    other.by_psql(tmp_path, "rollback")
    assert case.state().differences(other.state()) == []
    assert other.rows(KEPT) == case.rows(KEPT) != []
    assert other.returned() == case.returned() != {}


def broken(migration: Migration, step: str) -> Migration:
    """The migration with a rollback that fails at the end of a step."""
    failing = Statement(sql="do $$begin raise exception 'the server was killed'; end$$")
    stages = [
        replace(
            stage,
            steps=tuple(
                replace(one, statements=(*one.statements, failing)) if one.id == step else one
                for one in stage.steps
            ),
        )
        for stage in migration.rollback
    ]
    return replace(migration, rollback=tuple(stages))


def test_a_rollback_that_was_stopped_goes_on(case: Case, made: Compiled) -> None:
    case.execute(*CHANGES)
    for step in ("expect again shop.orders", "changes shop.clients", "switch back"):
        stopped = (broken(made.migrations[0], step), *made.migrations[1:])
        with pytest.raises(Failure, match="the server was killed"):
            case.run("rollback", replace(made, migrations=stopped))
        assert case.value("select count(*) from shop.clients where points = 42") == 1

    def gate(kind: StageKind) -> None:
        if kind is StageKind.CREATE:
            raise Failure("stopped at the gate")

    with pytest.raises(Failure, match="stopped at the gate"):
        case.run("rollback", gate=gate)
    case.roll_back()
    assert len(case.retained()) == 1
    assert case.returned() == {
        ("shop.clients", "updated"): (2, 1, 1), ("shop.items", "inserted"): (1, 1, 0),
        ("shop.prices", "deleted"): (1, 1, 0),
    }  # fmt: skip
    assert case.value("select count(*) from desk.items") == 4


SHARED_LEGACY = """
create schema old;
create table old.masters (id integer primary key, code text not null, score integer);
create table old.copies (id integer primary key, code text not null, score integer, rival integer);
"""
SHARED_ROWS = """
insert into old.masters values (1, 'a', 5), (2, 'b', null), (3, 'c', 7), (4, 'd', null);
insert into old.copies values (1, 'a', null, null), (2, 'b', null, null), (4, 'd', null, 3),
    (5, 'e', 8, null);
"""
SHARED_FILES = {
    "unified/new.yaml": """
schema: new
tables:
  games:
    columns:
      game_id: {type: bigint, key: assigned}
      code:    {type: text, null: false}
      score:   {type: integer}
      rival:   {type: integer}
    primary_key: [game_id]
    natural_key: [code]
    checks: {not_tied: score <> rival}
  details:
    columns:
      detail_id: {type: bigint, key: assigned}
      game_id:   {type: bigint, null: false}
      score:     {type: integer}
    primary_key: [detail_id]
    natural_key: [game_id]
    foreign_keys: {game_id: new.games}
""",
    "mappings/games.yaml": """
table: new.games
survivorship: {prefer: [old.masters, old.copies]}
sources:
  - {from: old.masters, columns: {code: code, score: score}}
  - {from: old.copies, columns: {code: code, score: score, rival: rival}}
""",
    "mappings/details.yaml": """
table: new.details
sources:
  - from: old.copies
    write_back: true
    columns: {game_id: {crosswalk: old.copies, key: id}, score: score}
""",
}


def test_a_legacy_column_that_two_tables_read(
    tmp_path: Path, make_database: Callable[[], str]
) -> None:
    found = compiled(tmp_path, SHARED_LEGACY, SHARED_FILES, make_database)
    case = Case(found, make_database())
    case.execute(SHARED_LEGACY, SHARED_ROWS)
    case.apply()
    case.execute("update new.details set score = 3")  # a, b, d and e
    case.roll_back()
    # The game has a better source, has no score yet, would be tied by it, or would be changed.
    assert case.rows("select code, score from old.copies order by code") == [
        ("a", 3), ("b", 3), ("d", None), ("e", 8),
    ]  # fmt: skip
    assert case.returned() == {("new.details", "updated"): (4, 2, 2)}
    case.apply()
    assert case.rows("select code, score from new.games order by code") == [
        ("a", 5), ("b", 3), ("c", 7), ("d", None), ("e", 8),
    ]  # fmt: skip

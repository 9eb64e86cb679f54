"""Two states are equal when nothing but the toolkit's own tables differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrity.catalog.equality import Snapshot, snapshot
from integrity.database.connect import Connection, connect

SAMPLES = Path(__file__).parent / "samples"
CHANGES = [
    ("insert into shop.parent values (9, 'z', null)", ["table shop.parent has 3 rows, had 2"]),
    (
        "update shop.parent set code = 'z' where code = 'x'",
        ["table shop.parent has 2 rows as before, but other ones"],
    ),
    (
        "select setval('shop.free_seq', 5, false)",
        ["sequence shop.free_seq is at 5 (not used), was at 1 (not used)"],
    ),
    (
        "alter sequence shop.free_seq increment 2",
        [
            "options of sequence shop.free_seq is smallint, 1, 2, 1, 32767, 1, f,"
            " was smallint, 1, 1, 1, 32767, 1, f"
        ],
    ),
    ("comment on table shop.parent is null", ["comment on table shop.parent is missing"]),
    ("create index extra on shop.parent (code)", ["index shop.extra was not there"]),
    ("drop view shop.calls", ["column shop.calls.n is missing", "view shop.calls is missing"]),
    ("create schema empty", ["schema empty was not there"]),
]
SILENT = [
    "grant select on shop.parent to public",
    "grant select (code) on shop.parent to public",
    "grant usage on schema shop to public",
    "revoke execute on function shop.twice from public",
    "alter table shop.parent alter code set storage external",
    "alter table shop.parent alter code set statistics 7",
    "alter table shop.parent set (fillfactor = 70)",
    "alter table shop.parent replica identity full",
    "alter table shop.parent enable row level security",
    "alter index shop.parent_pkey rename to other",
    "alter table shop.parent alter mood set default 'it''s ok'",
    'alter table "Odd ""schema"""."Select" disable trigger user',
    "alter type shop.mood add value 'new'",
    "alter type shop.mood rename value 'sad' to 'glad'",
    "alter sequence shop.free_seq owned by shop.parent.id",
    "create or replace function shop.twice(n integer) returns integer language sql immutable"
    " as 'select n + n'",
    "comment on function shop.twice is 'doubles'",
    "create rule r as on delete to shop.empty do instead nothing",
    "create policy p on shop.parent using (true)",
    "create domain shop.d as integer",
    "alter table shop.parent alter mood set not null",
    "create statistics shop.st on id, code from shop.parent",
    "alter default privileges in schema shop grant select on tables to public",
]


def take(conn: Connection[Any]) -> Snapshot:
    return snapshot(conn, toolkit_schema="operational")


@pytest.fixture
def shop(connection: Connection[Any]) -> Connection[Any]:
    connection.execute((SAMPLES / "every_kind.sql").read_text())
    connection.execute(
        "insert into shop.parent (id, code, mood) values (1, 'x', 'sad'), (2, 'y', 'it''s ok')"
    )
    return connection


@pytest.mark.both_servers
def test_each_change_is_seen_and_its_undoing_too(shop: Connection[Any]) -> None:
    before = take(shop)
    for change, expected in CHANGES:
        with shop.transaction(force_rollback=True):
            shop.execute(change)
            assert before.differences(take(shop)) == expected, change
        if "setval" in change:  # sequences do not roll back
            shop.execute("select setval('shop.free_seq', 1, false)")
    for change in SILENT:
        with shop.transaction(force_rollback=True):
            shop.execute(change)
            assert before.differences(take(shop)), change
    assert before.differences(take(shop)) == []


@pytest.mark.both_servers
def test_the_toolkits_own_make_no_difference(shop: Connection[Any]) -> None:
    before = take(shop)
    shop.execute("""
        create schema operational;
        create table operational.integrity_journal (
            id bigint generated always as identity primary key, "a b" text unique
        );
        create function operational.integrity_f() returns trigger language plpgsql
            as 'begin return new; end';
        create trigger t before insert on operational.integrity_journal
            for each row execute function operational.integrity_f();
        create view operational.integrity_v as select * from operational.integrity_journal;
        create type operational.integrity_e as enum ('x');
        insert into operational.integrity_journal default values;
        comment on schema operational is 'x';
        comment on table operational.integrity_journal is 'x';
        comment on column operational.integrity_journal.id is 'x';
        comment on constraint integrity_journal_pkey on operational.integrity_journal is 'x';
        comment on trigger t on operational.integrity_journal is 'x';
        comment on function operational.integrity_f() is 'x';
        comment on index operational.integrity_journal_pkey is 'x';
    """)
    assert before.differences(take(shop)) == []
    shop.execute("create table operational.other ()")
    assert before.differences(take(shop)) == [
        "comment on schema operational was not there",
        "schema operational was not there",
        "table operational.other was not there",
    ]


@pytest.mark.both_servers
def test_rows_in_any_order_and_any_database_are_equal(make_database: Callable[[], str]) -> None:
    taken = []
    for order in ("asc", "desc"):
        with connect(make_database()) as conn:
            conn.execute(
                "create schema s;"
                ' create table s."T t" (t integer, n numeric, f float8, j json, d timestamptz)'
            )
            conn.execute(f"""
                insert into s."T t"
                select i, i / 7.0, i / 7.0, json_build_object('i', i), timestamptz '2024-01-01'
                from generate_series(1, 1000) as i order by i {order}
            """)
            conn.execute('insert into s."T t" (t) values (null), (null)')
            conn.execute("set timezone = 'America/New_York'" if order == "desc" else "select 1")
            conn.execute("set timezone = 'UTC'")
            taken.append(take(conn))
    assert taken[0].differences(taken[1]) == []
    assert taken[0].rows['s."T t"'].count == 1002


def test_duplicates_count(connection: Connection[Any]) -> None:
    connection.execute("create table public.t (a integer)")
    connection.execute("insert into public.t values (1), (1), (2), (2), (3), (4)")
    before = take(connection)
    connection.execute("truncate public.t")
    connection.execute("insert into public.t values (1), (2), (3), (3), (4), (4)")
    assert before.differences(take(connection)) == [
        "table public.t has 6 rows as before, but other ones"
    ]


def test_a_state_with_every_unmanaged_kind_can_be_taken(connection: Connection[Any]) -> None:
    connection.execute((SAMPLES / "unmanaged.sql").read_text())
    before = take(connection)
    connection.execute("insert into u.parted values (1, '2024-05-05')")
    connection.execute("insert into u.derived values (1)")
    assert before.differences(take(connection)) == [
        "table u.derived has 1 rows, had 0",
        "table u.parted_2024 has 1 rows, had 0",
    ]

"""The cache and the versions it goes by, with writers beside it: nothing stale is ever served."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrity.catalog.read import read_catalog
from integrity.database.cached import Cache, size_of
from integrity.database.connect import Connection, connect
from integrity.database.pool import Pools
from integrity.database.versions import add_up, unwatch, version_of, watch
from integrity.errors import DatabaseFailure, DriftFailure
from integrity.model import Name, PoolSettings
from integrity.plan.live import without_own

SCHEMA = "toolkit"
A, B = Name("s", "a"), Name("s", 'b%"s')
TABLES = [A, B]
QUERY = "select count(*), coalesce(sum(n), 0) from s.a"


@pytest.fixture
def conn(connection: Connection[Any]) -> Connection[Any]:
    connection.execute('create schema s; create table s.a (n integer); create table s."b%""s" ()')
    watch(connection, SCHEMA, TABLES)
    return connection


@pytest.fixture
def pools(database: str) -> Iterator[Pools]:
    with Pools(database, [PoolSettings(name="cache", max=8)]) as found:
        yield found


def cache_of(pools: Pools, **given: Any) -> Cache:
    return Cache(lambda: pools.connection("cache"), SCHEMA, **given)


CHANGES = {
    "insert": "insert into s.a values (1)",
    "update": "update s.a set n = n + 1",
    "delete": "delete from s.a",
    "truncate": "truncate s.a",
    "copy": "copy s.a from program 'echo 5'",
    "merge": "merge into s.a using (values (7)) as v (n) on false when not matched then"
    " insert values (v.n)",
    "other table": 'insert into s."b%""s" default values',
    "replica role": "set session_replication_role = replica; insert into s.a values (1);"
    " reset session_replication_role",
    "trigger off": "alter table s.a disable trigger user; insert into s.a values (2);"
    " alter table s.a enable always trigger integrity_version",
    "rewritten": "alter table s.a alter n type bigint using n + 1",
    "new column": "alter table s.a add m integer default 5",
    "renamed column": "alter table s.a rename n to k",
}


@pytest.mark.both_servers
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_another_version(conn: Connection[Any], change: str) -> None:
    conn.execute("insert into s.a values (0)")
    before = version_of(conn, SCHEMA, TABLES)
    assert version_of(conn, SCHEMA, TABLES) == before
    conn.execute(CHANGES[change])
    after = version_of(conn, SCHEMA, TABLES)
    assert after != before == before
    assert version_of(conn, SCHEMA, TABLES) == after


def test_a_table_made_anew(conn: Connection[Any]) -> None:
    before = version_of(conn, SCHEMA, TABLES)
    conn.execute("drop table s.a; create table s.a (n integer)")
    with pytest.raises(DriftFailure, match=r"changes of table s\.a are not counted"):
        version_of(conn, SCHEMA, TABLES)
    watch(conn, SCHEMA, TABLES)
    assert version_of(conn, SCHEMA, TABLES) != before


def test_what_is_rolled_back_changes_nothing(conn: Connection[Any]) -> None:
    before = version_of(conn, SCHEMA, TABLES)
    with conn.transaction(force_rollback=True):
        conn.execute("insert into s.a values (1)")
        assert version_of(conn, SCHEMA, TABLES) != before
        conn.execute("truncate s.a")
    assert version_of(conn, SCHEMA, TABLES) == before
    conn.execute("analyze s.a")
    assert version_of(conn, SCHEMA, TABLES) == before


def test_commits_in_the_other_order(conn: Connection[Any], database: str) -> None:
    """The writer that began first commits last; each commit is seen, by no matter which."""
    with connect(database, autocommit=False) as one, connect(database, autocommit=False) as two:
        one.execute("insert into s.a values (1)")
        two.execute("insert into s.a values (2)")  # does not wait for the first one
        seen = [version_of(conn, SCHEMA, TABLES)]
        two.commit()
        seen.append(version_of(conn, SCHEMA, TABLES))
        add_up(conn, SCHEMA)
        seen.append(version_of(conn, SCHEMA, TABLES))
        one.commit()
        seen.append(version_of(conn, SCHEMA, TABLES))
    assert seen[1] == seen[2]
    assert len(set(seen)) == 3


def test_partitions_written_directly(connection: Connection[Any]) -> None:
    connection.execute(
        "create schema s; create table s.p (n integer) partition by range (n);"
        "create table s.p1 partition of s.p for values from (0) to (10)"
    )
    table = [Name("s", "p")]
    watch(connection, SCHEMA, table)
    before = version_of(connection, SCHEMA, table)
    connection.execute("insert into s.p1 values (1)")
    assert (after := version_of(connection, SCHEMA, table)) != before
    connection.execute("create table s.p2 partition of s.p for values from (10) to (20)")
    with pytest.raises(DriftFailure, match=r"s\.p2 are not counted"):
        version_of(connection, SCHEMA, table)
    watch(connection, SCHEMA, table)
    assert version_of(connection, SCHEMA, table) != after


def test_not_watched_and_not_there(connection: Connection[Any]) -> None:
    connection.execute("create schema s; create table s.a ()")
    with pytest.raises(DriftFailure, match="are not counted"):
        version_of(connection, SCHEMA, [A])
    with pytest.raises(DriftFailure, match=r"there is no table s\.c"):
        watch(connection, SCHEMA, [A, Name("s", "c")])


def test_writers_need_no_grant_and_contracts_do_not_change(conn: Connection[Any]) -> None:
    name = f"integrity_writer_{random.randrange(10**9)}"
    conn.execute(f"create role {name}; grant usage on schema s to {name}")
    conn.execute(f"grant insert on s.a to {name}")
    try:
        before = version_of(conn, SCHEMA, TABLES)
        conn.execute(f"set role {name}; insert into s.a values (1); reset role")
        assert version_of(conn, SCHEMA, TABLES) != before
    finally:
        conn.execute(f"drop owned by {name}; drop role {name}")
    assert all(not one.triggers for one in without_own(read_catalog(conn), SCHEMA).tables)
    unwatch(conn, TABLES)
    assert conn.execute("select count(*) from pg_trigger where not tgisinternal").fetchone() == (0,)


def test_rows_are_added_up(conn: Connection[Any]) -> None:
    for n in range(600):
        conn.execute("insert into s.a values (%s)", [n])
    before = version_of(conn, SCHEMA, TABLES)
    assert conn.execute("select count(*) from toolkit.integrity_versions").fetchone() == (1,)
    assert version_of(conn, SCHEMA, TABLES) == before


def test_hits_and_misses(conn: Connection[Any], pools: Pools) -> None:
    cache = cache_of(pools)
    assert cache.rows(QUERY, TABLES) == ((0, 0),)
    assert cache.rows(QUERY, TABLES) == ((0, 0),)
    conn.execute("insert into s.a values (5)")
    assert [cache.rows(QUERY, TABLES) for _ in range(7)] == [((1, 5),)] * 7
    found = cache.statistics()
    assert (found.hits, found.misses, found.stale, found.entries) == (7, 2, 1, 1)
    assert found.hit_rate == pytest.approx(7 / 9)
    assert cache.rows("select n from s.a where n = %s", TABLES, [5]) == ((5,),)
    cache.clear()
    assert cache.statistics().entries == cache.statistics().bytes == 0
    with pytest.raises(DatabaseFailure, match="read-only transaction"):
        cache.rows("insert into s.a values (6) returning n", TABLES)


def test_room_is_bounded(conn: Connection[Any], pools: Pools) -> None:
    cache = cache_of(pools, max_bytes=20_000)
    for key in range(10):
        cache.get(key, TABLES, lambda _: "x" * 4_000)
    cache.get("large", TABLES, lambda _: "x" * 40_000)
    found = cache.statistics()
    assert (found.entries, found.evicted, found.refused) == (4, 6, 1)
    assert found.bytes <= 20_000
    cache.get(9, TABLES, lambda _: pytest.fail("it is there"))
    assert size_of({"a": [b"x" * 100, (1, 2)]}) > 100


def test_one_load_for_all_who_wait(conn: Connection[Any], pools: Pools) -> None:
    cache, calls = cache_of(pools), []

    def load(_: Any) -> int:
        calls.append(1)
        time.sleep(0.3)
        return 7

    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(cache.get("k", TABLES, load)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, calls) == ([7] * 5, [1])


def test_truncate_waits_for_a_load(conn: Connection[Any], pools: Pools) -> None:
    """TRUNCATE is seen by older snapshots too: it must not slip between version and rows."""
    conn.execute("insert into s.a values (1)")
    cache = cache_of(pools)

    def load(inside: Connection[Any]) -> Any:
        thread.start()
        time.sleep(0.3)
        return inside.execute(QUERY).fetchone()

    thread = threading.Thread(target=lambda: conn.execute("truncate s.a"))
    assert cache.get("k", TABLES, load) == (1, 1)
    thread.join()
    assert cache.rows(QUERY, TABLES) == ((0, 0),)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_stale_with_writers_beside(
    conn: Connection[Any], pools: Pools, database: str, seed: int
) -> None:
    """What a writer committed before a request is in its answer, whatever else goes on."""
    conn.execute("insert into s.a values (0)")
    cache, stop, wrong = cache_of(pools), threading.Event(), []
    committed = 0  # s.a only grows in this test, by commits of one thread

    def noise(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        with connect(database) as own:
            while not stop.is_set():
                with own.transaction(force_rollback=chance.random() < 0.5):
                    if chance.random() < 0.1:
                        own.execute('truncate s."b%""s"')
                    else:
                        own.execute('insert into s."b%""s" default values')
                    time.sleep(chance.random() / 200)

    def read() -> None:
        while not stop.is_set():
            floor = committed
            ((_, found),) = cache.rows(QUERY, TABLES)
            ceiling = committed + 1
            if not floor <= found <= ceiling:
                wrong.append((floor, found, ceiling))

    threads = [threading.Thread(target=noise, args=[n]) for n in range(2)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        with conn.transaction():
            conn.execute("insert into s.a values (1)")
        committed += 1
        time.sleep(0.002)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert committed > 20


def test_a_hit_is_quick(conn: Connection[Any], pools: Pools) -> None:
    """A version costs one short query, however many rows there are."""
    conn.execute("insert into s.a select generate_series(1, 300000)")
    cache = cache_of(pools)
    slow = _seconds(lambda: cache.rows("select n from s.a order by n", TABLES))
    fast = min(
        _seconds(lambda: cache.rows("select n from s.a order by n", TABLES)) for _ in range(5)
    )
    assert fast < slow / 5


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun

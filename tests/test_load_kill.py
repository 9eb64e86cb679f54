"""Loads that are killed end as undisturbed ones; any file loads as row by row it would have."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import Connection, connect, create_database, errors
from integrity.errors import Failure, InterruptedFailure
from integrity.loading import Options, list_loads, load
from integrity.run.progress import Silent

SCHEMA = "toolkit"
TABLE = """
create schema shop;
create table shop.sales (
    id integer primary key, code text unique, amount numeric(8,2) not null check (amount > 0)
);
"""
LOAD = """
import sys
from pathlib import Path
from integrity.loading import Options, load
load(sys.argv[1], "toolkit", [Path(sys.argv[2])], into="shop.sales",
     options=Options(chunk=200, max_rejects=100))
"""


def sales(path: Path, rows: int) -> Path:
    """A folder of two files: some repeats, some duplicates that differ, some dirty values."""
    path.mkdir()
    rng = random.Random(7)
    with (path / "a.csv").open("w") as stream:
        stream.write("id,code,amount\n")
        for n in range(rows):
            amount = rng.choice(["1.5", "2", "x", "-1", ""]) if rng.random() < 0.05 else "3.25"
            number = rng.randrange(n + 1) if rng.random() < 0.05 else n
            stream.write(f"{number},c{number},{amount}\n")
    with (path / "b.jsonl").open("w") as stream:
        for n in range(rows // 2, rows + rows // 2):
            stream.write(json.dumps({"id": n, "code": f"c{n}", "amount": 3.25}) + "\n")
    return path


def state(url: str) -> tuple[Any, ...]:
    with connect(url) as conn:
        files = [
            (one.file, one.state, one.read, one.loaded, one.quarantined, one.repeated)
            for one in list_loads(conn, SCHEMA)
        ]
        rows = conn.execute("select * from shop.sales order by id").fetchall()
        kept = conn.execute(
            'select file, line, reason, "column", detail, row'
            " from toolkit.integrity_load_quarantine order by load, line"
        ).fetchall()
    return files, rows, kept


def test_killed_at_random(make_database: Callable[[], str], tmp_path: Path) -> None:
    folder = sales(tmp_path / "sales", 6_000)
    urls = [make_database(), make_database()]
    for url in urls:
        with connect(url) as conn:
            conn.execute(TABLE)
    options = Options(chunk=200, max_rejects=100)
    load(urls[0], SCHEMA, [folder], into="shop.sales", options=options)
    rng, kills = random.Random(3), 0
    for _ in range(60):
        process = subprocess.Popen([sys.executable, "-c", LOAD, urls[1], str(folder)])
        try:
            process.wait(0.35 + rng.random() * 0.5)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            _gone(urls[1])
        else:
            assert process.returncode == 0
            break
    assert kills >= 2
    load(urls[1], SCHEMA, [folder], into="shop.sales", options=options)
    assert state(urls[1]) == state(urls[0])


def _gone(url: str) -> None:
    """Wait until the server noticed that the killed process is gone."""
    with connect(url) as conn:
        for _ in range(100):
            found = conn.execute(
                "select count(*) from pg_stat_activity where application_name = 'integrity load'"
            ).fetchone()
            if found == (0,):
                return
            time.sleep(0.05)
    raise AssertionError("the session stays")


VALUES = st.one_of(
    st.integers(0, 6).map(str), st.sampled_from(["", "x", "-1", "1e1", " 2", "99999999999"])
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12), chunk=st.integers(1, 5))
def test_as_row_by_row(
    connection: Connection[Any], database: str, tmp_path: Path,
    records: list[tuple[str, str, str]], chunk: int,
) -> None:  # fmt: skip
    connection.execute("drop schema if exists shop, toolkit cascade")
    connection.execute(TABLE)
    path = tmp_path / "s.csv"
    path.write_text("id,code,amount\n" + "".join(",".join(one) + "\n" for one in records))
    read = [one for one in records if any(one)] if records else []
    outcome = load(
        database, SCHEMA, [path], into="shop.sales", options=Options(chunk=chunk, max_rejects=100)
    )
    loaded = connection.execute("select * from shop.sales order by id").fetchall()
    connection.execute("truncate shop.sales")
    repeated = sum(_row_by_row(connection, one) for one in records)
    assert loaded == connection.execute("select * from shop.sales order by id").fetchall()
    assert outcome.figures.loaded == len(loaded)
    assert outcome.figures.repeated == repeated
    assert outcome.figures.read == len(records) >= len(read)


def _row_by_row(conn: Connection[Any], record: tuple[str, str, str]) -> bool:
    """Insert one record as a person would; whether the very row stands already."""
    values = [value or None for value in record]
    try:
        conn.execute(
            "insert into shop.sales values (%s::text::integer, %s, %s::text::numeric)", values
        )
    except errors.UniqueViolation:
        found = conn.execute(
            "select from shop.sales where (id, code, amount) is not distinct from"
            " (%s::text::integer, %s::text, %s::text::numeric(8,2))",
            values,
        ).fetchone()
        return found is not None
    except (errors.DataError, errors.IntegrityError):
        pass
    return False


MEMORY = (
    LOAD.replace("chunk=200", "chunk=5000")
    + """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_memory_is_flat(make_database: Callable[[], str], tmp_path: Path, form: str) -> None:
    peaks = []
    for rows in (20_000, 160_000):
        url, path = make_database(), tmp_path / f"{rows}.{form}"
        with connect(url) as conn:
            conn.execute(TABLE)
        with path.open("w") as stream:
            if form == "csv":
                stream.write("id,code,amount\n")
                stream.writelines(f"{n},c{n}{'x' * 60},1\n" for n in range(rows))
            else:
                texts = (
                    json.dumps({"id": n, "code": f"c{n}{'x' * 60}", "amount": 1})
                    for n in range(rows)
                )
                for n, text in enumerate(texts):
                    stream.write(("[" if n == 0 else ",\n") + text)
                stream.write("]")
        command = [sys.executable, "-c", MEMORY, url, str(path)]
        found = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
        peaks.append(int(found.stdout.split()[-1]) // 1024)
    assert peaks[1] < peaks[0] + 25, f"MiB: {peaks}"


class Disturbing(Silent):
    """Does something once, after the first chunk."""

    def __init__(self, disturb: Callable[[], object]) -> None:
        self._disturb: Callable[[], object] | None = disturb

    def slice_done(self, step: str, *, rows: int, done: int, total: int) -> None:
        if self._disturb is not None:
            disturb, self._disturb = self._disturb, None
            disturb()


def test_a_lost_connection(connection: Connection[Any], database: str, tmp_path: Path) -> None:
    connection.execute(TABLE)
    folder, options = sales(tmp_path / "sales", 1_000), Options(chunk=100, max_rejects=100)

    def end_it() -> None:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'integrity load' and datname = current_database()"
        )
        _gone(database)

    with pytest.raises(InterruptedFailure, match="the connection was lost") as caught:
        load(
            database, SCHEMA, [folder], into="shop.sales", options=options,
            progress=Disturbing(end_it),
        )  # fmt: skip
    assert caught.value.hint == "run the same command again: it goes on where it was"
    assert list_loads(connection, SCHEMA)[0].read == 100
    load(database, SCHEMA, [folder], into="shop.sales", options=options)
    assert [one.state for one in list_loads(connection, SCHEMA)] == ["done", "done"]


def test_a_file_that_grows_while_it_is_read(
    connection: Connection[Any], database: str, tmp_path: Path
) -> None:
    connection.execute(TABLE)
    path = tmp_path / "s.csv"
    path.write_text("id,code,amount\n" + "".join(f"{n},c{n},1\n" for n in range(300)))
    options = Options(chunk=100)

    def grow() -> None:
        with path.open("a") as stream:
            stream.write("300,c300,1\n")

    with pytest.raises(Failure, match="changed while it was read"):
        load(
            database, SCHEMA, [path], into="shop.sales", options=options,
            progress=Disturbing(grow),
        )  # fmt: skip
    with pytest.raises(Failure, match="changed since it was loaded"):
        load(database, SCHEMA, [path], into="shop.sales", options=options)
    done = load(
        database, SCHEMA, [path], into="shop.sales", options=Options(chunk=100, changed=True)
    )
    assert (done.figures.read, done.figures.quarantined) == (301, 0)
    assert connection.execute("select count(*) from shop.sales").fetchone() == (301,)


def test_a_torn_archive(connection: Connection[Any], database: str, tmp_path: Path) -> None:
    connection.execute(TABLE)
    whole = gzip.compress(b"id,code,amount\n" + b"".join(b"%d,c%d,1\n" % (n, n) for n in range(9)))
    path = tmp_path / "s.csv.gz"
    for torn in (whole[:-12], b"id,code,amount\n1,c,1\n"):
        path.write_bytes(torn)
        with pytest.raises(Failure, match="not a whole gzip file"):
            load(database, SCHEMA, [path], into="shop.sales", options=Options(changed=True))


def test_many_refusals_and_partitions(
    connection: Connection[Any], database: str, tmp_path: Path
) -> None:
    connection.execute("""
        create schema shop;
        create table shop.events (id integer, primary key (id)) partition by range (id);
        create table shop.low partition of shop.events for values from (0) to (3000);
        create function shop.judge() returns trigger language plpgsql as $$
        begin
            if new.id % 3 = 0 then raise exception 'no thirds'; end if;
            return new;
        end $$;
        create trigger judge before insert on shop.events
            for each row execute function shop.judge();
    """)
    path = tmp_path / "e.jsonl"
    path.write_text("".join(f'{{"id": {n}}}\n' for n in range(4_000)))
    outcome = load(
        database, SCHEMA, [path], into="shop.events", options=Options(chunk=1_500, max_rejects=100)
    )
    assert outcome.figures.loaded == 2_000
    found = {(one.reason, one.column): one.rows for one in outcome.reasons}
    assert sum(found.values()) == 2_000
    assert found.keys() == {("refused", ""), ("check", "")}


def test_a_crash_of_the_server(tmp_path: Path) -> None:
    options = Options(chunk=100, max_rejects=100)
    with embedded.start(ephemeral=True) as server:
        url, calm = create_database(server.url, "crash"), create_database(server.url, "calm")
        for one in (url, calm):
            with connect(one) as conn:
                conn.execute(TABLE)
        with connect(url) as conn:
            conn.execute("checkpoint")
        folder = sales(tmp_path / "sales", 1_000)
        load(calm, SCHEMA, [folder], into="shop.sales", options=options)
        expected = state(calm)  # the crash may take back what was committed lazily
        pg_ctl = [server.bin_dir / "pg_ctl", "-D", server.data_dir / "cluster", "-w"]
        log = server.data_dir / "cluster" / "server.log"

        def crash() -> None:
            assert server_account().run([*pg_ctl, "-m", "immediate", "stop"]) == 0
            assert server_account().run([*pg_ctl, "-l", log, "start"]) == 0

        for _ in range(2):
            with pytest.raises(InterruptedFailure):
                load(
                    url, SCHEMA, [folder], into="shop.sales", options=options,
                    progress=Disturbing(crash),
                )  # fmt: skip
        load(url, SCHEMA, [folder], into="shop.sales", options=options)
        assert state(url) == expected

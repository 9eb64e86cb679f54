"""What happens to pipelines at the wrong moment, and how the end is compared with a calm run."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from pipeline_project import ORDERS, Shop, shop

from integrity.database import embedded
from integrity.database.account import server_account
from integrity.database.connect import Error, connect, create_database
from integrity.errors import Failure

STATE = """
    select i.number, i.web_number, i.account_id, i.amount, i.discount, i.quality,
      l.source_key, l.source_hash
    from books.invoices as i
    left join kit.integrity_pipeline_links as l on l.target_key = i.invoice_id::text
    order by i.number, l.source_key
"""
KEPT = """
    select source_key, reason, column_name, detail from kit.integrity_pipeline_quarantine
    where resolved_at is null order by source_key
"""
# Every write exactly once: rows as the ledger counts them, beside rows that are there.
COUNTED = """
    select coalesce(sum(created), 0), coalesce(sum(updated), 0) from kit.integrity_pipeline_runs
"""
STANDING = """
    select (select count(*) from books.invoices where web_number is distinct from 'before'),
      (select count(*) from kit.integrity_pipeline_history)
"""
UNBALANCED = """
    select count(*) from kit.integrity_pipeline_runs
    where found <> created + updated + unchanged + repeated + dropped + empty + quarantined
"""
BEFORE = (
    "insert into books.invoices (number, web_number, amount, discount)"
    " select 'N' || n, 'before', 1, 1 from generate_series(10, 3000, 10) as n"
)
INSERT = (
    "insert into shop.orders (id, number, customer_id, ordered_on, amount, discount)"
    " select n, 'n' || n, 1 + n % 2, '2024-05-01', case n % 97 when 0 then 'x' else n::text end, 0"
    " from generate_series({}, {}) as n on conflict do nothing"
)
UPDATE = "update shop.orders set amount = (id * 2)::text where id between {} and {} and id % 3 = 0"


class Target(Protocol):
    """A project on a database of its own."""

    url: str

    def execute(self, *statements: str) -> None: ...


def start(made: Shop, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(made.configs)]
    command += ["--database", made.url, "sync", "orders", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def calm(folder: Path, make_database: Callable[[], str], statements: list[str]) -> Shop:
    """The same rows, synced by one run that nobody disturbed."""
    other = shop(folder, make_database)
    other.execute(BEFORE, *statements)
    other.run()
    return other


def assert_same_end(made: Shop, other: Shop) -> None:
    for query in (STATE, KEPT):
        assert made.rows(query) == other.rows(query)
    assert made.rows(COUNTED) == made.rows(STANDING)
    assert made.value(UNBALANCED) == 0


def changes(count: int, step: int = 10) -> list[str]:
    """Orders that arrive ``step`` at a time, and change soon after."""
    listed = []
    for first in range(1, count, step):
        listed.append(INSERT.format(first, first + step - 1))
        listed.append(UPDATE.format(first - 5 * step, first - 4 * step - 1))
    listed.append(UPDATE.format(count - 5 * step, count))
    return listed


class Writer(threading.Thread):
    """An application that makes these changes one by one, each until the server has taken it."""

    def __init__(self, made: Shop, statements: list[str], pause: float = 0.0) -> None:
        super().__init__()
        self.made, self.statements, self.pause = made, statements, pause
        self.done = 0

    def run(self) -> None:
        while self.done < len(self.statements):
            try:
                with connect(self.made.url) as conn:
                    for one in self.statements[self.done :]:
                        conn.execute(one.encode())
                        self.done += 1
                        time.sleep(self.pause)
            except (Failure, Error):
                time.sleep(0.05)


def crash(server: embedded.Server) -> None:
    """End the server as if its processes had been killed, and start it again."""
    pg_ctl = [server.bin_dir / "pg_ctl", "-D", server.data_dir / "cluster", "-w"]
    log = server.data_dir / "cluster" / "server.log"
    assert server_account().run([*pg_ctl, "-m", "immediate", "stop"]) == 0
    assert server_account().run([*pg_ctl, "-l", log, "start"]) == 0


@contextmanager
def own_server() -> Iterator[tuple[embedded.Server, Callable[[], str]]]:
    """A server that may be crashed, and what makes databases that keep what was committed."""
    with embedded.start(ephemeral=True) as server:

        def make() -> str:
            name = f"own_{uuid4().hex[:8]}"
            url = create_database(server.url, name)
            with connect(server.url) as conn:
                conn.execute(f"alter database {name} set synchronous_commit = on".encode())
            return url

        yield server, make


def in_small_space(made: Target, disk: Path, table: str = "books.invoices") -> None:
    """Move a table to a disk of 8 MB that ``ballast`` in its schema nearly fills."""
    space, ballast = disk / "space", f"{table.partition('.')[0]}.ballast"
    space.mkdir(mode=0o700)
    server_account().own(space)
    made.execute(
        f"create tablespace small location '{space}'",
        f"alter table {table} set tablespace small",
        f"create table {ballast} (v text) tablespace small",
    )
    rows = f"insert into {ballast} select repeat(md5(i::text), 60) from generate_series(1, 20) as i"
    with connect(made.url) as conn:
        try:
            while True:
                conn.execute(rows.encode())
        except Error as error:
            assert error.sqlstate == "53100", error


def make_room(made: Shop) -> None:
    made.execute("drop table books.ballast", "checkpoint")


BATCHES = ORDERS.replace("batch: 100", "batch: 25")

"""One run per database, and patience with the locks of others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import run_cases as cases

from integrity.database.connect import Connection, connect, errors
from integrity.errors import LockedFailure
from integrity.model import StageKind
from integrity.run.locks import Clock, Retry, blockers_of, database_lock, with_retry


@dataclass
class Fake:
    """A clock whose sleeps are noted, and chance that always says the same."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep, random=lambda: 0.0)


def test_a_second_run_is_refused_and_names_the_first(database: str) -> None:
    with (
        connect(database, application_name="first run") as first,
        database_lock(first, patience=0),
    ):
        with pytest.raises(LockedFailure) as refused:
            cases.run(database, cases.full())
        pid = first.info.backend_pid
        assert refused.value.message.startswith(
            "another run is in progress on this database: "
            f"pid {pid}, application 'first run', user postgres, connected since 2"
        )
        assert f"select pg_terminate_backend({pid})" in refused.value.hint
    with connect(database) as conn, database_lock(conn, patience=0):
        pass  # free again


def test_the_lock_is_of_one_database(make_database: Any) -> None:
    with (
        connect(make_database()) as one,
        connect(make_database()) as other,
        database_lock(one, patience=0),
        database_lock(other, patience=0),
    ):
        pass


def test_the_lock_is_polled(database: str) -> None:
    fake = Fake()
    with (
        connect(database) as first,
        connect(database) as second,
        database_lock(first, patience=0),
        pytest.raises(LockedFailure),
        database_lock(second, patience=0.45, clock=fake.clock),
    ):
        pass
    assert fake.slept == [0.1] * 5


def failing(state: type[Exception], times: int) -> Any:
    left = [times]

    def action() -> str:
        if left[0]:
            left[0] -= 1
            raise state
        return "done"

    return action


def retried(action: Any, fake: Fake, budget: float = 100.0) -> Any:
    return with_retry(
        action,
        what="step x",
        policy=Retry(budget=budget),
        transient=frozenset({"55P03"}),
        clock=fake.clock,
    )


def test_delays_double_up_to_a_limit() -> None:
    fake = Fake()
    assert retried(failing(errors.LockNotAvailable, 8), fake) == "done"
    assert fake.slept == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_jitter_takes_up_to_half() -> None:
    assert Retry().delay(2, 0.0) == pytest.approx(0.4)
    assert Retry().delay(2, 1.0) == pytest.approx(0.2)


def test_patience_ends_with_the_budget() -> None:
    fake = Fake()
    with pytest.raises(LockedFailure) as failed:
        retried(failing(errors.LockNotAvailable, 99), fake, budget=1.0)
    assert failed.value.message == (
        "step x: a lock was not granted, 4 tries in 0.7 s; blocked by a session that is gone by now"
    )
    assert sum(fake.slept) <= 1.0


def test_other_errors_are_not_tried_again() -> None:
    fake = Fake()
    with pytest.raises(errors.UniqueViolation):
        retried(failing(errors.UniqueViolation, 1), fake)
    assert fake.slept == []


@contextmanager
def locked(url: str, table: str) -> Iterator[Connection[Any]]:
    with connect(url, application_name="reader", autocommit=False) as conn:
        conn.execute(f"select count(*) from {table} /* {'x' * 200} */")
        yield conn


def test_a_lock_not_granted_names_who_blocks(database: str) -> None:
    cases.prepare(database)
    case = cases.migration(
        cases.stage(StageKind.SWITCH, cases.step("take", "alter table legacy.rows rename to r"))
    )
    told: list[str] = []

    class Told(cases.Silent):
        def message(self, text: str) -> None:
            told.append(text)

    with locked(database, "legacy.rows") as reader, pytest.raises(LockedFailure) as failed:
        pid = reader.info.backend_pid
        cases.run(database, case, progress=Told())
    message = failed.value.message
    assert message.startswith("apply 007_case: step take: a lock was not granted, ")
    assert f"blocked by pid {pid} (application 'reader', user " in message
    assert "idle in transaction, query started 2" in message
    assert "select count(*) from legacy.rows /* xxx" in message
    assert "x..." in message
    assert message.endswith(": 1 of 2 steps are done")
    assert failed.value.hint.startswith("nothing of this step was changed: ")
    assert any(text.startswith("waiting for a lock: blocked by pid ") for text in told)
    assert [one.step for one in cases.run(database, case).steps] == ["take"]


def test_a_lock_granted_in_time_is_no_failure(database: str) -> None:
    cases.prepare(database)
    case = cases.migration(
        cases.stage(StageKind.SWITCH, cases.step("take", "alter table legacy.rows rename to r"))
    )
    with locked(database, "legacy.rows") as reader:
        timer = threading.Timer(1.0, reader.rollback)
        timer.start()
        cases.run(database, case, retry=Retry(budget=20.0))
        timer.join()


def test_deadlocks_between_steps_are_resolved(database: str) -> None:
    cases.prepare(database)
    one, other = "lock table legacy.rows", "lock table legacy.back"
    pair = [
        cases.step("a", one, "select pg_sleep(0.3)", other),
        cases.step("b", other, "select pg_sleep(0.3)", one),
    ]
    cases.run(
        database,
        cases.migration(cases.stage(StageKind.CONSTRAIN, *pair)),
        retry=Retry(budget=20.0),
    )


def test_nobody_blocks_an_idle_session(connection: Connection[Any], database: str) -> None:
    with connect(database) as idle:
        assert blockers_of(connection, [idle.info.backend_pid]) == {}

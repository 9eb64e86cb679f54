"""A circuit breaker: what it remembers, and how it goes from closed to open and back.

The door to pybreaker, which decides the transitions. A run is no call of a breaker: it is admitted
before it begins and judged after it ended, so that nothing is held meanwhile; what it remembers
lies in a table (``breaker_table.py``) or, while there is no server, in the process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerStorage,
)

from integrity.pipeline_model import Breaker

DATABASE = "database"  # opens after failures of the server in a row
VALIDATION = "validation"  # opens when a run rejects too large a share of its rows
KINDS = (DATABASE, VALIDATION)

CLOSED, OPEN, HALF_OPEN = STATE_CLOSED, STATE_OPEN, STATE_HALF_OPEN


@dataclass(kw_only=True)
class Cell:
    """One breaker of one pipeline. Times are those of the monotonic clock, in seconds.

    ``failures``: in a row; ``successes``: of trials since it is half-open; ``begun``: when it came
    into its state; ``retry_at``: when an open one admits a trial.
    """

    what: str
    state: str = CLOSED
    failures: int = 0
    successes: int = 0
    reason: str | None = None
    begun: float = field(default_factory=time.monotonic)
    retry_at: float | None = None

    @property
    def age(self) -> float:
        """Seconds since it came into its state."""
        return time.monotonic() - self.begun

    @property
    def retry_in(self) -> float | None:
        """Seconds until it admits a trial, negative when it does already; None: not open."""
        return None if self.retry_at is None else self.retry_at - time.monotonic()

    @property
    def refuses(self) -> bool:
        """Whether it is open and it is not yet time for a trial."""
        return self.state == OPEN and (self.retry_in or 0) > 0

    def values(self) -> tuple[Any, ...]:
        """What counts when two are compared."""
        return self.state, self.failures, self.successes, self.reason

    def admit(self, rule: Breaker) -> None:
        """Half-open it when it is open and its time has come."""
        if self.state == OPEN and not self.refuses:
            _breaker(self, rule).half_open()

    def succeed(self, rule: Breaker) -> None:
        """A run went well. One that is open stays so: the run was admitted before it opened."""
        if self.state != OPEN:
            _breaker(self, rule).call(lambda: None)

    def fail(self, rule: Breaker, reason: str) -> None:
        """A run failed, for this reason."""
        if self.state == OPEN:
            return
        self.reason = reason

        def failing() -> None:
            raise _Failed

        try:
            _breaker(self, rule).call(failing)
        except _Failed:
            return


class _Failed(Exception):
    """Tells pybreaker of a failure that was reported elsewhere."""


class _Storage(CircuitBreakerStorage):
    """A cell as pybreaker wants to see it."""

    def __init__(self, cell: Cell, reset_seconds: float) -> None:
        super().__init__(cell.what)
        self.cell, self.reset_seconds = cell, reset_seconds

    @property
    def state(self) -> str:
        return self.cell.state

    @state.setter
    def state(self, state: str) -> None:
        cell = self.cell
        if state != cell.state:
            cell.state, cell.begun = state, time.monotonic()
        cell.retry_at = time.monotonic() + self.reset_seconds if state == OPEN else None
        if state == CLOSED:
            cell.reason = None

    def increment_counter(self) -> None:
        self.cell.failures += 1

    def reset_counter(self) -> None:
        self.cell.failures = 0
        if self.cell.state == CLOSED:
            self.cell.reason = None

    def increment_success_counter(self) -> None:
        self.cell.successes += 1

    def reset_success_counter(self) -> None:
        self.cell.successes = 0

    @property
    def counter(self) -> int:
        return self.cell.failures

    @property
    def success_counter(self) -> int:
        return self.cell.successes

    @property
    def opened_at(self) -> datetime | None:
        return None if self.cell.state != OPEN else datetime.now(UTC) - timedelta(0, self.cell.age)

    @opened_at.setter
    def opened_at(self, moment: datetime) -> None:
        """The state is set next, and ``retry_at`` with it."""


def _breaker(cell: Cell, rule: Breaker) -> CircuitBreaker:
    return CircuitBreaker(
        fail_max=rule.failures if cell.what == DATABASE else 1,
        reset_timeout=rule.reset_seconds,
        success_threshold=rule.successes,
        state_storage=_Storage(cell, rule.reset_seconds),
        throw_new_error_on_trip=False,
    )

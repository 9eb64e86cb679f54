"""What can go wrong, as values that hold facts and compute one message.

Every error the toolkit raises on purpose is a ``Failure``: one lower-case line that names the
thing and the place, then a hint with the next step. Anything else that escapes is a defect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum

from integrity.model import Location


class Exit(IntEnum):
    """Exit codes of every command; docs/exit-codes.md explains them."""

    OK = 0
    DEFECT = 1  # a bug of the toolkit itself
    USAGE = 2  # the command line is wrong
    CONFIG = 3  # the YAML is wrong
    STALE = 4  # generated files do not match the YAML
    DRIFT = 5  # the database, or the plan's target, is not what was expected
    REFUSED = 6  # a hazard was not allowed, or no approval was given
    DATABASE = 7  # no connection, or the server reported an error
    LOCKED = 8  # another run is in progress, or a lock was not granted
    UNPROVEN = 9  # a ledger is open, a budget is exceeded, or verification found a difference
    INTERRUPTED = 10  # stopped on the way; the same command resumes
    OPEN = 11  # a circuit breaker refuses runs for a while


# Class of the SQLSTATEs that generated SQL raises when a ledger does not balance, a budget is
# exceeded or a difference is found, so that the runner tells them from errors of the server.
UNPROVEN_CLASS = "IG"


class Failure(Exception):
    """Root of the errors that users see. Not IntegrityError: psycopg owns that name."""

    exit_code: Exit = Exit.DEFECT

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration, where it is, and what to do about it."""

    location: Location
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location.file else ""
        return f"{place}{self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")


class ConfigFailure(Failure):
    """The YAML cannot be used. Holds every problem found, in file order."""

    exit_code = Exit.CONFIG

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.location, p.message)))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        listed = [*map(str, self.problems), f"{count} {noun} in the configuration"]
        super().__init__("\n".join(listed))


class StaleFailure(Failure):
    """Generated files differ from what the YAML compiles to."""

    exit_code = Exit.STALE


class DriftFailure(Failure):
    """The database is not the one, or not in the state, that the plan was made for."""

    exit_code = Exit.DRIFT


class RefusedFailure(Failure):
    """A hazard was not named in --allow, or the plan was not approved."""

    exit_code = Exit.REFUSED


class DatabaseFailure(Failure):
    """The server cannot be reached or refused a statement."""

    exit_code = Exit.DATABASE


class UnreachableFailure(DatabaseFailure):
    """There is no connection: the server is down, refuses, or a pool gave none in time."""


class OpenFailure(Failure):
    """A circuit breaker is open: nothing is run until it tries again, in ``retry_in`` seconds."""

    exit_code = Exit.OPEN

    def __init__(self, message: str, *, hint: str = "", retry_in: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.retry_in = retry_in


class LockedFailure(Failure):
    """Another run is in progress, or a lock was not granted in time."""

    exit_code = Exit.LOCKED


class OverlapFailure(LockedFailure):
    """Another run of the same pipeline is in progress."""


class UnprovenFailure(Failure):
    """A ledger is open, a reject budget is exceeded, or verification found a difference."""

    exit_code = Exit.UNPROVEN


class InterruptedFailure(Failure):
    """The run stopped on the way and can be resumed or rolled back."""

    exit_code = Exit.INTERRUPTED


class StoppedFailure(InterruptedFailure):
    """The run was asked to stop, and did after a batch."""


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint that names the valid word most like ``word``, else the first few valid ones."""
    known: Sequence[str] = sorted(set(valid))
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if not known:
        return ""
    shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    return f"known: {shown}"

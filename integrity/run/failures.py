"""What stopped a run, as one failure that says where it stands and how to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrity.database.connect import Error, errors
from integrity.errors import (
    UNPROVEN_CLASS,
    DatabaseFailure,
    Failure,
    InterruptedFailure,
    UnprovenFailure,
)

_SHUTDOWN = frozenset({"57P01", "57P02", "57P03", "57P05"})
_TIMEOUT_HINT = "raise timeouts: statement in project.yaml; then "


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error, and the step that met it; no step: the runner itself."""

    step: str
    error: Exception

    @property
    def lost(self) -> bool:
        """Whether the connection was lost, rather than a statement refused."""
        if not isinstance(self.error, (errors.OperationalError, errors.InterfaceError)):
            return False
        state = self.error.sqlstate
        return state is None or state.startswith("08") or state in _SHUTDOWN

    def __str__(self) -> str:
        if isinstance(self.error, Failure):
            return self.error.message
        where = f"step {self.step}: " if self.step else ""
        if self.lost:
            return f"{where}the connection to the server was lost ({_text(self.error)})"
        state = getattr(self.error, "sqlstate", None)
        return f"{where}{_text(self.error)}" + (f" (SQLSTATE {state})" if state else "")


def failure_of(
    troubles: Sequence[Trouble], *, title: str, signal: str, done: int, steps: int, resume: str
) -> Exception:
    """The failure to raise for a run that was stopped by a signal or by troubles, the first first.

    ``signal``: its name, else empty. ``done`` of ``steps`` steps are in the journal. ``resume``:
    how to go on. An error that is neither the server's nor a Failure is a defect: as it is.
    """
    state = f"{done} of {steps} steps are done" if done else "nothing was changed"
    if signal:
        return InterruptedFailure(f"{title} was stopped by {signal}: {state}", hint=resume)
    first, *others = troubles
    if not isinstance(first.error, (Error, Failure)):
        return first.error
    also = "".join(f"; also {other}" for other in others)
    kind, hint = _kind(first, resume)
    return kind(f"{title}: {first}{also}: {state}", hint=hint)


def _kind(trouble: Trouble, resume: str) -> tuple[type[Failure], str]:
    error = trouble.error
    if isinstance(error, Failure):
        return type(error), error.hint or resume
    if trouble.lost:
        return InterruptedFailure, resume
    assert isinstance(error, Error)
    if (error.sqlstate or "").startswith(UNPROVEN_CLASS):
        return UnprovenFailure, error.diag.message_hint or resume
    if isinstance(error, errors.QueryCanceled) and "timeout" in str(error):
        return DatabaseFailure, _TIMEOUT_HINT + resume
    return DatabaseFailure, _server_hint(error) + resume


def _server_hint(error: Error) -> str:
    hint = error.diag.message_hint or ""
    if "CASCADE" in hint:  # which takes more than anybody looked at
        hint = "move or drop what depends on it yourself"
    return f"{hint.rstrip('.')}; then " if hint else ""


def _text(error: Exception) -> str:
    diag = getattr(error, "diag", None)
    parts = [diag.message_primary, diag.message_detail] if diag is not None else []
    return " ".join(" - ".join(part for part in parts if part).split()) or " ".join(
        (str(error) or type(error).__name__).split()
    )

"""An error of a run in one line, as ledger and quarantine keep it."""

from __future__ import annotations

from integrity.errors import Failure


def one_line(error: BaseException) -> str:
    """What went wrong: the message and detail of a server, or of the failure."""
    text = error.message if isinstance(error, Failure) else str(error) or type(error).__name__
    diag = getattr(error, "diag", None)
    if diag is not None and diag.message_primary:
        parts = [diag.message_primary, diag.message_detail]
        text = " - ".join(part for part in parts if part)
    return " ".join(text.split())

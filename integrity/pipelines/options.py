"""How a pipeline is run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a pipeline is run. ``now``: the moment from which recent rows count; default: now.

    ``since``: for an increment, the moment from which rows count, in place of the watermark.
    ``scheduled``: the moment of the schedule that the run is for.
    """

    mode: str = "all"
    days_back: int | None = None
    limit: int | None = None
    dry_run: bool = False
    now: datetime | None = None
    since: str = ""
    scheduled: datetime | None = None
    patience: float = 2.0  # seconds to wait for another run: the server may still end a killed one


DEFAULT = Options()

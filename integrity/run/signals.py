"""Ctrl-C and SIGTERM as a request to stop, read by whoever coordinates."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_STOPS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Request:
    """Which signal asked to stop, if any."""

    name: str = ""


@contextmanager
def stop_requests() -> Iterator[Request]:
    """Note signals instead of dying of them. Only the main thread can; others note none."""
    request = Request()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def note(number: int, _frame: FrameType | None) -> None:
        request.name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name

    before = {number: signal.signal(number, note) for number in _STOPS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Progress of a run on stderr: bars on a terminal, a few lines elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from integrity.run.progress import Live, Silent

if TYPE_CHECKING:
    from integrity.run.progress import Progress as Steps

__all__ = ["Brief", "Steps", "steps_on"]

EVERY = 5.0  # seconds between lines


class Brief(Silent):
    """The beginning, a line now and then, and the end: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._steps = self._done = self._rows = 0
        self._title = ""
        self._begun = self._told = 0.0

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """Name the run."""
        self._title, self._steps, self._done, self._rows = title, steps, done, 0
        self._begun = self._told = time.monotonic()
        self.message(f"{title}: {steps} steps" + (f", {done} done before" if done else ""))

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """Say how far it is, unless that was said a moment ago."""
        self._done += 1
        self._rows += rows
        if time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            self.message(f"  {self._done} of {self._steps} steps, {step}{self._figures}")

    def slice_done(self, step: str, *, rows: int, done: int, total: int) -> None:
        """Say how far a long step is, unless something was said a moment ago."""
        if time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            share = f", {100 * done / total:.0f} %" if total else ""
            self.message(f"  {step}: {rows:,} rows{share}")

    def message(self, text: str) -> None:
        """Print the text."""
        print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Say what was done."""
        spent = time.monotonic() - self._begun
        done = f"{self._done} of {self._steps} steps{self._figures}"
        self.message(f"{self._title}: {done} in {spent:.1f} s")

    @property
    def _figures(self) -> str:
        return f", {self._rows:,} rows" if self._rows else ""


def steps_on(stream: TextIO, *, quiet: bool = False) -> Steps:
    """Who is told about the steps of a run."""
    if quiet:
        return Silent()
    return Live(stream) if stream.isatty() else Brief(stream)

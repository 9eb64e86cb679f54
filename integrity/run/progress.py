"""Progress of a run, for people, on stderr. Called from one thread only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress(Protocol):
    """What the executor tells while it runs. Steps are named by their titles."""

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """A run begins: ``steps`` in all, ``done`` of them by an earlier run."""

    def step_started(self, step: str) -> None:
        """A step begins."""

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """A step has committed."""

    def slice_done(self, step: str, *, rows: int, done: int, total: int) -> None:
        """``done`` of ``total`` slices have committed, with ``rows`` rows between them."""

    def message(self, text: str) -> None:
        """Something a person should know."""

    def end(self) -> None:
        """The run has ended, in whatever way."""


class Silent:
    """Says nothing."""

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """Say nothing."""

    def step_started(self, step: str) -> None:
        """Say nothing."""

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """Say nothing."""

    def slice_done(self, step: str, *, rows: int, done: int, total: int) -> None:
        """Say nothing."""

    def message(self, text: str) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


class Lines(Silent):
    """One plain line per finished step, for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._steps = self._done = 0

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """Name the run."""
        self._steps, self._done = steps, done
        resumed = f", {done} done before" if done else ""
        self.message(f"{title}: {steps} steps{resumed}")

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """Print the step with its rows and time."""
        self._done += 1
        self.message(f"[{self._done}/{self._steps}] {step}{_figures(rows, seconds)}")

    def message(self, text: str) -> None:
        """Print the text."""
        print(text, file=self._stream, flush=True)


class Live:
    """A bar over all steps and one for each step that runs in slices, drawn by rich."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        text = TextColumn("{task.description}", markup=False)
        figures = TextColumn("{task.fields[figures]}", markup=False)
        self._bars: Bars = Progress(
            text, BarColumn(), MofNCompleteColumn(), figures, TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(), console=Console(file=stream),
        )  # fmt: skip
        self._all: TaskID | None = None
        self._rows = 0
        self._sliced: dict[str, TaskID] = {}
        self._running: list[str] = []
        self._title = ""

    def begin(self, title: str, *, steps: int, done: int) -> None:
        """Draw the bar over all steps."""
        self._title = title
        self._all = self._bars.add_task(title, total=steps, completed=done, figures="")
        self._bars.start()

    def step_started(self, step: str) -> None:
        """Show the step beside the title."""
        self._running.append(step)
        self._describe()

    def step_done(self, step: str, *, rows: int, seconds: float) -> None:
        """Move the bar on."""
        self._rows += rows
        if step in self._running:
            self._running.remove(step)
        if step in self._sliced:
            self._bars.remove_task(self._sliced.pop(step))
        self._describe()
        if self._all is not None:
            self._bars.update(self._all, advance=1, figures=f"{self._rows:,} rows")

    def slice_done(self, step: str, *, rows: int, done: int, total: int) -> None:
        """Move the bar of the step on, with rows and rate."""
        if step not in self._sliced:
            self._sliced[step] = self._bars.add_task(f"  {step}", total=total, figures="")
        bar = self._sliced[step]
        elapsed = next(t.elapsed for t in self._bars.tasks if t.id == bar) or 0.0
        self._bars.update(bar, completed=done, figures=_figures(rows, elapsed).lstrip(": "))

    def message(self, text: str) -> None:
        """Print the text above the bars."""
        self._bars.console.print(text, markup=False, highlight=False)

    def end(self) -> None:
        """Leave the bars as they are."""
        self._bars.stop()

    def _describe(self) -> None:
        if self._all is not None:
            running = f" · {self._running[0]}" if self._running else ""
            self._bars.update(self._all, description=self._title + running)


def progress_on(stream: TextIO | None = None) -> Progress:
    """Bars when the stream (default: stderr) is a terminal, else plain lines."""
    chosen = sys.stderr if stream is None else stream
    return Live(chosen) if chosen.isatty() else Lines(chosen)


def _figures(rows: int, seconds: float) -> str:
    if not rows:
        return f": {seconds:.2f} s"
    rate = f" ({rows / seconds:,.0f}/s)" if seconds > 0.05 else ""
    return f": {rows:,} rows in {seconds:.2f} s{rate}"

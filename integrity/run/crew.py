"""Worker threads, each with its own connection, fed and heard by one coordinating thread."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from integrity.database.connect import Error
from integrity.run.work import Result, Stopped, Task, Worker


@dataclass(frozen=True, slots=True)
class Began:
    """A worker has taken up a task."""

    task: Task


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker is done with a task: either a result or an error, in ``seconds``."""

    task: Task
    result: Result | Exception
    seconds: float


class Crew:
    """Threads that perform tasks. All methods are called by the coordinating thread."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._events: SimpleQueue[Began | Ended] = SimpleQueue()
        self._threads = [Thread(target=self._work, args=(one,), daemon=True) for one in workers]
        self.busy = 0
        for thread in self._threads:
            thread.start()

    def submit(self, task: Task) -> None:
        """Have a task performed by the next free worker."""
        self.busy += 1
        self._tasks.put(task)

    def event(self, timeout: float) -> Began | Ended | None:
        """The next event, or None when nothing happens for ``timeout`` seconds."""
        try:
            event = self._events.get(timeout=timeout)
        except Empty:
            return None
        self.busy -= isinstance(event, Ended)
        return event

    def pids(self) -> list[int]:
        """The server's process of each worker's connection that is still open."""
        return [one.conn.info.backend_pid for one in self._workers if not one.conn.closed]

    def cancel(self) -> None:
        """Ask the server to cancel what the workers run at the moment."""
        for worker in self._workers:
            with contextlib.suppress(Error):
                worker.conn.cancel_safe(timeout=2)

    def dismiss(self) -> None:
        """End the threads and close their connections. Undone tasks are forgotten."""
        with contextlib.suppress(Empty):
            while True:
                self._tasks.get_nowait()
        for _ in self._threads:
            self._tasks.put(None)
        for thread, worker in zip(self._threads, self._workers, strict=True):
            thread.join()
            worker.conn.close()

    def _work(self, worker: Worker) -> None:
        while (task := self._tasks.get()) is not None:
            self._events.put(Began(task))
            begin = time.monotonic()
            result: Result | Exception
            try:
                if worker.run.stop.is_set():
                    raise Stopped
                result = worker.perform(task)
            except Exception as error:
                result = error
            self._events.put(Ended(task, result, time.monotonic() - begin))

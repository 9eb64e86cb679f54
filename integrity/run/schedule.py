"""Which task may run next: the steps of a stage as a graph, each step as a row of statements.

Pure: knows no connection and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integrity.errors import Failure
from integrity.model import Step
from integrity.run.work import Close, Open, Opened, Part, Result, Task


@dataclass(slots=True)
class _Cut:
    """The statement of a step that is being run in parts."""

    total: int
    done: int
    rows: int


@dataclass(slots=True)
class Schedule:
    """The steps of one stage. ``done`` and ``started`` name steps of the whole migration.

    A step waits for those before its predecessors too: after a crash of the server a predecessor
    can be done while what fills its work tables runs again.
    """

    steps: Iterable[Step]
    done: set[str]
    started: set[str]
    _waiting: dict[str, Step] = field(init=False)
    _cuts: dict[str, _Cut] = field(init=False, default_factory=dict)
    _before: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = tuple(self.steps)
        for step in _in_order(self.steps):
            earlier = (self._before.get(one, set()) for one in step.after)
            self._before[step.id] = set(step.after).union(*earlier)
        self._waiting = {step.id: step for step in self.steps if step.id not in self.done}

    @property
    def waiting(self) -> tuple[Step, ...]:
        """Steps that were not handed out yet."""
        return tuple(self._waiting.values())

    def ready(self) -> list[Task]:
        """A first task for each step whose predecessors are done; each step comes once."""
        free = [s for s in self.waiting if self.done.issuperset(self._before[s.id])]
        for step in free:
            del self._waiting[step.id]
        return [Open(step, 0, resumed=step.id in self.started) for step in free]

    def settle(self, task: Task, result: Result) -> list[Task]:
        """Take note of a finished task; the tasks that follow from it."""
        if isinstance(result, Opened):
            assert isinstance(task, Open)
            return self._opened(task, result)
        if result.step:
            self.done.add(task.step.id)
            return []
        assert isinstance(task, Part)
        cut = self._cuts[task.step.id]
        cut.done += 1
        cut.rows += result.rows
        return self._following(task.step, task.number) if cut.done == cut.total else []

    def part_of(self, step: Step) -> tuple[int, int, int]:
        """Rows, finished parts and all parts of the statement that is being run in parts."""
        cut = self._cuts[step.id]
        return cut.rows, cut.done, cut.total

    def refuse_leftovers(self) -> None:
        """Raises Failure when steps wait for each other, or for one that does not exist."""
        if self._waiting:
            step = self.waiting[0]
            missing = ", ".join(sorted(set(step.after) - self.done))
            raise Failure(f"step {step.id} waits for {missing}, which cannot run before it")

    def _opened(self, task: Open, result: Opened) -> list[Task]:
        finished = [part for part in result.parts if part.finished]
        rows = sum(part.rows for part in finished)
        self._cuts[task.step.id] = _Cut(len(result.parts), len(finished), rows)
        missing = [part for part in result.parts if not part.finished]
        if not missing:
            return self._following(task.step, task.number)
        return [Part(task.step, task.number, part, resumed=task.resumed) for part in missing]

    def _following(self, step: Step, number: int) -> list[Task]:
        if number + 1 == len(step.statements):
            return [Close(step)]
        return [Open(step, number + 1, resumed=step.id in self.started)]


def _in_order(steps: Iterable[Step]) -> Iterator[Step]:
    """Each step behind those it names; steps that wait for each other come last, as they stand."""
    waiting = {step.id: step for step in steps}
    while waiting:
        free = [one for one in waiting.values() if not waiting.keys() & set(one.after)]
        for step in free or list(waiting.values()):
            del waiting[step.id]
            yield step

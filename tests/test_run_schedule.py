"""Which task comes next, without a database."""

from __future__ import annotations

import pytest
import run_cases as cases

from integrity.errors import Failure
from integrity.run.journal import WHOLE, Slice
from integrity.run.schedule import Schedule
from integrity.run.work import Close, Done, Open, Opened, Part

A = cases.step("a", "select 1")
B = cases.step("b", "select 1", "select 2", after=["a"])
C = cases.step("c", "select 1", after=["a", "b"])


def test_steps_come_when_their_predecessors_are_done() -> None:
    schedule = Schedule([A, B, C], done=set(), started=set())
    (first,) = schedule.ready()
    assert first == Open(A, 0)
    assert schedule.ready() == []
    assert schedule.settle(first, Done(5, step=True)) == []
    (second,) = schedule.ready()
    assert second == Open(B, 0)
    schedule.settle(second, Done(0, step=True))
    assert schedule.ready() == [Open(C, 0)]
    schedule.refuse_leftovers()


def test_a_cut_statement_ends_before_the_next_begins() -> None:
    schedule = Schedule([B], done={"a"}, started=set())
    (begin,) = schedule.ready()
    one, two = schedule.settle(begin, Opened((Slice(0, 5), Slice(5, 9))))
    assert schedule.settle(one, Done(5, step=False)) == []
    assert schedule.part_of(B) == (5, 1, 2)
    assert schedule.settle(two, Done(4, step=False)) == [Open(B, 1)]
    (whole,) = schedule.settle(Open(B, 1), Opened((WHOLE,)))
    assert whole == Part(B, 1, WHOLE)
    assert schedule.settle(whole, Done(1, step=False)) == [Close(B)]
    assert schedule.settle(Close(B), Done(10, step=True)) == []
    assert "b" in schedule.done


def test_a_resumed_step_runs_its_missing_slices_only() -> None:
    schedule = Schedule([B], done={"a"}, started={"b"})
    (begin,) = schedule.ready()
    assert begin == Open(B, 0, resumed=True)
    parts = (Slice(0, 5, rows=5, finished=True), Slice(5, 9))
    assert schedule.settle(begin, Opened(parts)) == [Part(B, 0, Slice(5, 9), resumed=True)]
    assert schedule.part_of(B) == (5, 1, 2)


def test_done_steps_are_left_out() -> None:
    assert Schedule([A, B], done={"a", "b"}, started=set()).ready() == []


def test_steps_that_wait_for_ever_are_named() -> None:
    schedule = Schedule([cases.step("x", "select 1", after=["y", "a"])], done={"a"}, started=set())
    assert schedule.ready() == []
    with pytest.raises(Failure) as failed:
        schedule.refuse_leftovers()
    assert failed.value.message == "step x waits for y, which cannot run before it"


def test_a_step_waits_while_what_comes_before_its_predecessor_runs_again() -> None:
    """After a crash: the rows stand, the work tables that they came from are filled again."""
    steps = [
        cases.step("fill", "select 1", unlogged=True),
        cases.step("rows", "select 1", after=["fill"]),
        cases.step("accounts", "select 1", after=["rows"]),
    ]
    schedule = Schedule(steps, {"rows"}, set())
    (first,) = schedule.ready()
    assert first.step.id == "fill"
    schedule.settle(first, Done(0, step=True))
    assert [task.step.id for task in schedule.ready()] == ["accounts"]

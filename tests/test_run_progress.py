"""What people see while a run goes on."""

from __future__ import annotations

from io import StringIO

from integrity.run.progress import Lines, Live, progress_on


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_there_is_no_terminal() -> None:
    stream = StringIO()
    shown = progress_on(stream)
    assert isinstance(shown, Lines)
    shown.begin("apply 1", steps=3, done=1)
    shown.step_started("Load [all] rows")
    shown.step_done("Load [all] rows", rows=1_000_000, seconds=2.0)
    shown.step_done("Switch", rows=0, seconds=0.01)
    shown.end()
    assert stream.getvalue().splitlines() == [
        "apply 1: 3 steps, 1 done before",
        "[2/3] Load [all] rows: 1,000,000 rows in 2.00 s (500,000/s)",
        "[3/3] Switch: 0.01 s",
    ]


def test_bars_on_a_terminal() -> None:
    stream = Terminal()
    shown = progress_on(stream)
    assert isinstance(shown, Live)
    shown.begin("apply 1", steps=2, done=0)
    shown.step_started("Load [all] rows")
    shown.slice_done("Load [all] rows", rows=500, done=1, total=2)
    shown.message("waiting for [x]")
    shown.slice_done("Load [all] rows", rows=1000, done=2, total=2)
    shown.step_done("Load [all] rows", rows=1000, seconds=1.0)
    shown.step_started("Switch")
    shown.step_done("Switch", rows=0, seconds=0.1)
    shown.end()
    text = stream.getvalue()
    assert "2/2" in text
    assert "1,000 rows" in text
    assert "waiting for [x]" in text

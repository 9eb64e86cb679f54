"""How a unified value goes back to the legacy column that it came from.

The label describes the way there, from the legacy column to the unified value:

* **exact**: legacy values that differ stay different, so the inverse finds each one again;
* **lossy**: legacy values that differ may become equal (``upper``, ``nullif``, text cast to a
  number). An inverse, where there is one, finds *a* legacy value that maps to the unified value,
  not always the one that stood there;
* **one-way**: two columns or more make one value, nothing leads back.

A value goes back only where the guard is true. It says that the way there, over the inverse,
gives the same unified value again. ``nullif(x, c)`` is lossy because NULL may have been c.

Three limits. A wall clock that occurs twice goes back for the later instant only (the guard sees
it), and one that the zone skipped comes back as the hour it stands for: such a value is no time.
Arithmetic is exact for integers and numeric; over a float, told by ``types``, it is lossy.
Casts in an inverse and its guard may fail: guard them as the casts of a mapping are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from integrity.sql.expression import parse, substitute
from integrity.sql.layout import Layout, Run, layout
from integrity.sql.steps import VALUE, Step, step_inside

_MARK = "integrity_unified_value"


class Label(StrEnum):
    """What the way from legacy to unified keeps."""

    EXACT = "exact"
    LOSSY = "lossy"
    ONE_WAY = "one-way"


@dataclass(frozen=True, slots=True)
class Inverse:
    """The way back. ``{value}`` in ``expression`` and ``guard`` stands for the unified value.

    ``column`` is the legacy column to write, None for none. No guard means always right. Fill
    ``{value}`` with ``filled``, not with str.format: SQL has braces of its own.
    """

    label: Label
    column: str | None
    expression: str | None
    guard: str | None
    reason: str


def filled(sql: str, value: str) -> str:
    """``sql`` of an Inverse with ``value``, an operand such as a column, for ``{value}``."""
    return sql.replace(VALUE, value)


def invert(text: str, types: Mapping[str, str] | None = None) -> Inverse:
    """The inverse of an expression, macros expanded.

    ``types`` gives the legacy columns' types; without it columns under arithmetic count as exact
    numbers, under AT TIME ZONE as wall clocks, and a cast has no inverse.
    Raises SqlProblem when ``text`` is not an expression.
    """
    parsed = parse(text)
    columns = sorted(parsed.columns)
    if VALUE in text or _MARK in text:
        return _one_way(f"the text holds {VALUE}")
    if not columns:
        guard = f"{VALUE} is not distinct from ({text.strip()})"
        return Inverse(Label.EXACT, None, None, guard, "a constant")
    if len(columns) > 1:
        return _one_way(f"reads {len(columns)} columns: {', '.join(columns)}")
    return _of_one_column(text, columns[0], types or {})


def _of_one_column(text: str, column: str, types: Mapping[str, str]) -> Inverse:
    expression = layout(text)
    steps, rest = _steps(expression, types)
    label = Label.EXACT if all(step.exact for step in steps) else Label.LOSSY
    reason = ", ".join(step.reason for step in steps) or "the column itself"
    if rest is not None:
        reason = f"no inverse is known for {expression.cut(rest)}"
        return Inverse(Label.LOSSY, column, None, None, reason)
    back = reduce(_applied, (step.back for step in steps), VALUE)
    guard = _round_trip(text, column, back) if any(s.guarded for s in steps) else None
    return Inverse(label, column, back, guard, reason)


def _steps(expression: Layout, types: Mapping[str, str]) -> tuple[list[Step], Run | None]:
    """The steps from outside to the column; and what could not be undone, if anything."""
    steps: list[Step] = []
    run = Run(0, len(expression.tokens) - 1)
    while not (run.first == run.last and expression.is_name(run.first)):
        step = step_inside(expression, run, types)
        if step is None:
            return steps, run
        steps.append(step)
        run = step.inner
    return [step for step in steps if step.reason], None


def _applied(before: str, back: str) -> str:
    if back == VALUE:
        return before
    operand = before if before == VALUE else f"({before})"
    return back.replace(VALUE, operand)


def _round_trip(text: str, column: str, back: str) -> str:
    marked = substitute(text.strip(), {column: back.replace(VALUE, _MARK)})
    return f"({marked}) is not distinct from {VALUE}".replace(_MARK, VALUE)


def _one_way(reason: str) -> Inverse:
    return Inverse(Label.ONE_WAY, None, None, None, reason)

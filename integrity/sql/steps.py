"""One step from the outside of an expression towards its column, with the way back.

Each step knows the run of tokens it leaves and how to undo itself on ``{value}``. An expression
is undone by undoing its steps from outside to inside. What is not listed here has no inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from integrity.sql.expression import parse
from integrity.sql.layout import Call, Layout, Run, folded
from integrity.sql.scan import Kind
from integrity.sql.types import CastKind, cast_kind

VALUE = "{value}"

# Functions of one column that leave a value of the same type, so that a value which they do not
# change may stand in the column itself.
_NAMES = """
    abs btrim coalesce greatest initcap least left lower ltrim nullif regexp_replace replace right
    round rtrim substr substring translate trim trunc upper
"""
_SETTLING = frozenset(_NAMES.split())
_UTC = frozenset(["'utc'", "'gmt'", "'etc/utc'", "'etc/gmt'", "'z'", "'zulu'", "'uct'"])
_WALL_CLOCK, _INSTANT = "timestamp without time zone", "timestamp with time zone"
_FLOATS = ("real", "double precision")
_CALENDAR = ("mon", "year", "decade", "centur", "mill", "p")  # not the same length every time


@dataclass(frozen=True, slots=True)
class Step:
    """What one operation around ``inner`` does, and ``back``, SQL that undoes it."""

    inner: Run
    back: str
    exact: bool
    reason: str
    guarded: bool = True


def step_inside(expression: Layout, run: Run, types: Mapping[str, str]) -> Step | None:
    """The outermost operation of ``run``, or None when it cannot be undone."""
    first, last = run.first, run.last
    if expression.start_of_operand(last) == first:
        return _operand(expression, run, types)
    if expression.tokens[first].text == "-" and expression.start_of_operand(last) == first + 1:
        return Step(Run(first + 1, last), f"-{VALUE}", True, "a sign", guarded=False)
    if zoned := _at_time_zone(expression, run, types):
        return zoned
    return _arithmetic(expression, run, types)


def _operand(expression: Layout, run: Run, types: Mapping[str, str]) -> Step | None:
    for cast in expression.casts:
        if cast.whole == run:
            return _cast(expression, cast.operand, expression.cut(cast.type), types)
    if expression.word(run.first) == "(":
        return Step(Run(run.first + 1, run.last - 1), VALUE, True, "", guarded=False)
    if expression.word(run.first) == "case":
        return _case(expression, run)
    for call in expression.calls:
        if call.whole == run:
            return _call(expression, call)
    return None


def _call(expression: Layout, call: Call) -> Step | None:
    name = call.name.removeprefix("pg_catalog.")
    with_column = [run for run in call.arguments if _varies(expression, run)]
    if name not in _SETTLING or len(with_column) != 1:
        return None
    return Step(_spoken(expression, name, with_column[0]), VALUE, False, f"{name}() merges values")


def _spoken(expression: Layout, name: str, run: Run) -> Run:
    """The operand in ``trim(both 'x' from a)`` and ``substring(a from 1 for 2)``."""
    words = [expression.word(i) for i in range(run.first, run.last + 1)]
    if name == "trim" and "from" in words:
        return Run(run.first + words.index("from") + 1, run.last)
    if name == "trim" and words[0] in ("leading", "trailing", "both"):
        return Run(run.first + 1, run.last)
    ends = [words.index(word) for word in ("from", "for", "similar") if word in words]
    if name == "substring" and ends:
        return Run(run.first, run.first + min(ends) - 1)
    return run


def _case(expression: Layout, run: Run) -> Step | None:
    """A CASE whose ELSE keeps the column: a value that the CASE leaves as it is may stand there."""
    index, else_ = run.first + 1, 0
    while index < run.last:
        else_ = index if expression.word(index) == "else" else else_
        index = expression.partner.get(index, index) + 1
    inner = Run(else_ + 1, run.last - 1)
    if not else_ or not _varies(expression, inner):
        return None
    return Step(inner, VALUE, False, "case merges values")


def _cast(expression: Layout, inner: Run, to: str, types: Mapping[str, str]) -> Step | None:
    source = _type(expression, inner, types)
    if source is None:
        return None
    kind = cast_kind(source, to)
    if kind in (CastKind.AMBIGUOUS, CastKind.IMPOSSIBLE):
        return None
    exact = kind in (CastKind.IDENTICAL, CastKind.WIDENING)
    back = VALUE if kind is CastKind.IDENTICAL else f"{VALUE}::{source}"
    reason = f"cast from {source} to {to}"
    return Step(inner, back, exact, reason, guarded=kind is not CastKind.IDENTICAL)


def _type(expression: Layout, run: Run, types: Mapping[str, str]) -> str | None:
    """The type of ``run`` where the text alone tells it."""
    if run.first == run.last:
        return types.get(folded(expression.tokens[run.first]))
    for cast in expression.casts:
        if cast.whole == run:
            return expression.cut(cast.type)
    step = step_inside(expression, run, types)
    if step is None:
        return None
    inner = _type(expression, step.inner, types)
    if "at time zone" in step.back:
        return _WALL_CLOCK if inner == _INSTANT else _INSTANT
    return inner if step.back == VALUE else None


def _at_time_zone(expression: Layout, run: Run, types: Mapping[str, str]) -> Step | None:
    at = run.last - 3
    words = [expression.word(at + n) for n in range(3)]
    is_text = expression.tokens[run.last].kind is Kind.STRING
    if at <= run.first or words != ["at", "time", "zone"] or not is_text:
        return None
    if expression.start_of_operand(at - 1) != run.first:
        return None
    inner, zone = Run(run.first, at - 1), expression.tokens[run.last].text
    fixed = zone.lower() in _UTC
    from_instant = _type(expression, inner, types) == _INSTANT
    reason = f"at time zone {zone}"
    if from_instant and not fixed:
        return Step(
            inner, f"{VALUE} at time zone {zone}", False, reason + ", one clock reads twice"
        )
    return Step(inner, f"{VALUE} at time zone {zone}", True, reason, guarded=not fixed)


def _arithmetic(expression: Layout, run: Run, types: Mapping[str, str]) -> Step | None:
    """One of + - * / between a column's side and a constant number."""
    at = _only_operator(expression, run)
    if at is None:
        return None
    left, right = Run(run.first, at - 1), Run(at + 1, run.last)
    column_left = _varies(expression, left)
    inner, other = (left, right) if column_left else (right, left)
    if _varies(expression, other) or not _varies(expression, inner):
        return None
    sign = expression.tokens[at].text
    constant = expression.cut(other)
    back = _undone(sign, constant, column_left)
    if back is None or not _is_safe(sign, expression, other):
        return None
    whole = _type(expression, inner, types) not in _FLOATS and sign != "/"
    return Step(inner, back, whole, f"arithmetic with {constant}")


def _undone(sign: str, constant: str, column_left: bool) -> str | None:
    match sign, column_left:
        case "+", _:
            return f"{VALUE} - {constant}"
        case "-", True:
            return f"{VALUE} + {constant}"
        case "-", False:
            return f"{constant} - {VALUE}"
        case "*", _:
            return f"{VALUE} / {constant}"
        case "/", True:
            return f"{VALUE} * {constant}"
        case _:
            return None


def _is_safe(sign: str, expression: Layout, constant: Run) -> bool:
    """A number (not zero for * and /), or for + and - an interval of days or less."""
    text = expression.cut(constant)
    try:
        number = Decimal(text)
    except InvalidOperation:
        words = text.lower().split("'")
        is_interval = words[0].strip() == "interval" and len(words) == 3 and not words[2].strip()
        return is_interval and sign in "+-" and not any(w in words[1] for w in _CALENDAR)
    return number != 0 or sign in "+-"


def _only_operator(expression: Layout, run: Run) -> int | None:
    """The one binary operator of ``run``, when both its sides are operands."""
    for at in range(run.first + 1, run.last):
        is_sign = expression.tokens[at].text in ("+", "-", "*", "/")
        left = is_sign and _is_operand(expression, Run(run.first, at - 1))
        if left and _is_operand(expression, Run(at + 1, run.last)):
            return at
    return None


def _is_operand(expression: Layout, run: Run) -> bool:
    signed = expression.tokens[run.first].text == "-" and run.first < run.last
    return expression.start_of_operand(run.last) == run.first + signed


def _varies(expression: Layout, run: Run) -> bool:
    start, end = expression.span(run)
    return any(start <= r.start < end for r in parse(expression.text).references)

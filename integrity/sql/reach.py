"""When a part of an expression is evaluated at all: under CASE and COALESCE not always.

A cast behind ``case when code ~ '^[0-9]+$' then code::int end`` must not be judged for rows whose
code is no number. (PostgreSQL manual, section 4.2.14: CASE forces the order, AND does not.)
"""

from __future__ import annotations

from dataclasses import dataclass

from integrity.sql.layout import Layout, Run

ALWAYS = ""


def reached(expression: Layout, run: Run) -> str:
    """A condition, true when ``run`` is evaluated, else false; ALWAYS when nothing guards it."""
    condition = ALWAYS
    for opening in _around(expression, run):
        if expression.word(opening) == "case":
            condition = _under_case(expression, opening, run, condition)
        elif expression.word(opening - 1) == "coalesce":
            condition = _under_coalesce(expression, opening, run, condition)
    return condition


def _around(expression: Layout, run: Run) -> list[int]:
    """The brackets and CASEs around ``run``, innermost first."""
    found = [o for o, c in expression.partner.items() if o < run.first and run.last < c]
    return sorted(found, reverse=True)


def _under_coalesce(expression: Layout, opening: int, run: Run, condition: str) -> str:
    arguments = [expression.cut(a) for a in expression.split(opening) if a.last < run.first]
    if not arguments:
        return condition
    before = ", ".join(arguments)
    return f"case when coalesce({before}) is null then {condition or 'true'} else false end"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What follows one key word of a CASE, up to the next one."""

    word: str
    run: Run


def _under_case(expression: Layout, opening: int, run: Run, condition: str) -> str:
    """The same CASE up to the piece that holds ``run``, with conditions for results."""
    text = "case"
    for piece in _pieces(expression, opening):
        if run.last <= piece.run.last:
            return _ended(text, piece, expression.cut(piece.run), condition)
        shown = "false" if piece.word == "then" else expression.cut(piece.run)
        text += f" {piece.word} {shown}" if piece.word != "case" else f" {shown}"
    raise AssertionError("unreachable: the run lies in one of the pieces")


def _ended(text: str, piece: _Piece, own: str, condition: str) -> str:
    then = condition or "true"
    if text == "case" or (piece.word == "when" and " when " not in text):
        return condition  # the operand of CASE and its first condition are always evaluated
    match piece.word:
        case "then":
            return f"{text} then {then} else false end"
        case _:
            return f"{text} else {then} end"


def _pieces(expression: Layout, opening: int) -> list[_Piece]:
    end = expression.partner[opening]
    marks, index = [opening], opening + 1
    while index < end:
        if expression.word(index) in ("when", "then", "else"):
            marks.append(index)
        index = expression.partner.get(index, index) + 1
    pairs = zip(marks, [*marks[1:], end], strict=True)
    return [_Piece(expression.word(a), Run(a + 1, b - 1)) for a, b in pairs if b > a + 1]

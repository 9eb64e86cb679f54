"""Expressions against the columns they may read. The door from this room to ``integrity.sql``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from re import compile as pattern

from integrity.config.places import inside
from integrity.config.simple import simple
from integrity.errors import Problem, nearest
from integrity.model import Expression, Macro
from integrity.sql.quote import RESERVED

_WORD = pattern(r"[a-z_][a-z0-9_]*")
_CONSTANT = pattern(r"'[^'\\]*'|-?[0-9]+(\.[0-9]+)?|true|false|null")
_QUOTE_IT = "a text is written in quotes: \"'{}'\""

_NONE: frozenset[str] = frozenset()


def reads(expression: Expression) -> frozenset[str]:
    """The columns an expression reads; none when it cannot be parsed, which ``problems`` says."""
    if _plain_column(expression.text):
        return frozenset((expression.text,))
    if _CONSTANT.fullmatch(expression.text):
        return _NONE
    if (plain := simple(expression.text)) is not None:
        return frozenset(plain.columns)
    from integrity.sql.expression import SqlProblem, parse

    try:
        return parse(expression.text).columns
    except SqlProblem:
        return _NONE


def calls(expression: Expression) -> frozenset[str]:
    """The functions that an expression calls; none when it cannot be parsed."""
    if "(" not in expression.text:
        return _NONE
    from integrity.sql.expression import SqlProblem, parse

    try:
        return parse(expression.text).functions
    except SqlProblem:
        return _NONE


def problems(
    expression: Expression,
    columns: Collection[str],
    of: str,
    macros: tuple[Macro, ...] = (),
    *,
    stable: bool = True,
) -> Iterator[Problem]:
    """What is wrong with an expression over ``columns``, which belong to ``of``.

    ``macros`` are sound. ``stable``: functions that give something else on each run are a problem.
    """
    text = expression.text
    if not text.strip() or _CONSTANT.fullmatch(text):
        return  # nothing there was reported where it was read
    if _plain_column(text):
        if text not in columns:
            yield _unknown(expression, text, 0, columns, of)
        return
    plain = simple(text)
    if plain and plain.accepted(columns, {macro.name: len(macro.arguments) for macro in macros}):
        return
    from integrity.sql.expression import SqlProblem, expand, names_volatile, parse

    try:
        parsed = parse(text)
        if not parsed.functions.isdisjoint(macro.name for macro in macros):
            expand(text, macros)  # only to see that it can be: the macros were checked themselves
        for reference in parsed.references:
            if reference.column not in columns:
                yield _unknown(expression, reference.column, reference.start, columns, of)
        volatile = names_volatile(parsed) if stable else ()
    except SqlProblem as problem:
        yield Problem(inside(expression, problem.offset), problem.message, problem.hint)
        return
    if volatile:
        message = f"{', '.join(volatile)} gives something else on each run"
        yield Problem(expression.location, message, "use a column, or a constant")


def _plain_column(text: str) -> bool:
    return _WORD.fullmatch(text) is not None and text not in RESERVED


def _unknown(
    expression: Expression, column: str, offset: int, columns: Collection[str], of: str
) -> Problem:
    if not columns:
        message, hint = f"{of} cannot read a column: {column!r}", ""
    else:
        message, hint = f"{of} has no column {column!r}", nearest(column, columns)
    if column.isidentifier() and not hint.startswith("did you mean"):
        hint = f"{hint}; {_QUOTE_IT.format(column)}" if hint else _QUOTE_IT.format(column)
    return Problem(inside(expression, offset), message, hint)

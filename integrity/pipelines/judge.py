"""NOT NULL and checks of the target, over the row as it would stand after the write.

What the server alone can judge (foreign keys, unique keys, triggers) is left to it: the runner
narrows a batch that it refuses down to the row at fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Check, Column
from integrity.pipelines.resolve import Ready
from integrity.sql.expression import SqlProblem, parse, substitute
from integrity.sql.quote import ident


def judged_lines(ready: Ready) -> Iterator[dict[str, str]]:
    """Per fate, the condition under which a row is rejected, and the code of the reason."""
    written = {column.name for column in ready.written}
    filled = written | {column.name for column in ready.only_new}
    for fate, names in (("new", filled), ("matched", written)):
        for column in ready.target.columns:
            if column.name in names and not column.nullable:
                yield _line(fate, f"c.{ident(column.name)} is null", f"null {column.name}")
        for check in ready.target.checks:
            if condition := _condition(ready, check, fate, names):
                yield _line(fate, f"({condition}) is false", f"check {check.name}")


def _line(fate: str, wrong: str, code: str) -> dict[str, str]:
    return {"fate": fate, "wrong": wrong, "code": code}


def _condition(ready: Ready, check: Check, fate: str, names: set[str]) -> str:
    """The check over candidate and target; empty when it cannot be told, or nothing changes it."""
    generated = {c.name: f"({c.generated})" for c in ready.target.columns if c.generated}
    try:
        text = substitute(check.expression, generated)
        columns = parse(text).columns
        parts = {name: _part(ready, name, fate, names) for name in columns}
        known = {name: part for name, part in parts.items() if part}
        if len(known) < len(parts) or not columns & names:
            return ""
        return substitute(text, known)
    except SqlProblem:  # left to the server
        return ""


def _part(ready: Ready, name: str, fate: str, names: set[str]) -> str:
    column = ready.target.column(name)
    if column is None:
        return ""
    if name == ready.pipeline.stamp:
        return ""
    if name in names:
        return f"c.{ident(name)}"
    if fate == "matched":
        return f"t.{ident(name)}"
    return _default(column)


def _default(column: Column) -> str:
    """What a new row has there; empty when only the server can tell."""
    if column.identity:
        return ""
    default = column.default or "null"
    return "" if parse(default).functions else f"({default})::{column.type}"
